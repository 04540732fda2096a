package roster

import (
	"context"
	"maps"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Deactivate switches one member off (Members.Deactivate).
func (a *Acting) Deactivate(m directory.Member, u directory.User) error {
	if m.Status == directory.Inactive {
		return gate.ErrUnchanged
	}
	after := m
	after.Status, after.Resumes = directory.Inactive, m.Status
	if err := a.Change(audit.MemberDeactivated, u, m, after); err != nil {
		return err
	}
	if err := a.vacate(u, m); err != nil {
		return err
	}
	a.freed = append(a.freed, m.ID)
	a.Withdraw(u, m)
	if m.Status == directory.Active {
		a.Mail(u, directory.MailMemberDeactivated)
	}
	return nil
}

// Reactivate gives one member back the status they had (Members.Reactivate).
func (a *Acting) Reactivate(m directory.Member, u directory.User) error {
	if m.Status != directory.Inactive {
		return gate.ErrUnchanged
	}
	if err := a.MayHand(m, Opens); err != nil {
		return err
	}
	after := m
	after.Status, after.Resumes = m.Resumes, 0
	if after.Status == 0 {
		after.Status = directory.NotInvited
	}
	a.Unsay(u, directory.TopicPlace)
	a.Came = true
	return a.Change(audit.MemberReactivated, u, m, after)
}

// Leave ends the place of one member and all they hold: seats are free at once,
// an open invitation dies (PROJ-6, SEAT-6).
func (a *Acting) Leave(m directory.Member, u directory.User) error {
	after := m
	after.Removed = a.Plan.Now
	if err := a.Change(audit.MemberRemoved, u, m, after); err != nil {
		return err
	}
	if err := a.vacate(u, m); err != nil {
		return err
	}
	a.left = append(a.left, m.ID)
	a.Withdraw(u, m)
	a.Unsay(u, directory.TopicAdministrator)
	return nil
}

// Remove takes one member out of the account (Members.Remove).
func (a *Acting) Remove(m directory.Member, u directory.User) error {
	if err := a.Leave(m, u); err != nil {
		return err
	}
	if u.Technical() {
		a.Plan.Change(store.RevokeTokens{User: u.ID})
	}
	if m.Status == directory.Active {
		a.Mail(u, directory.MailMemberRemoved)
	}
	return nil
}

// Invite asks one member in, or anew (Invitations.Send).
func (a *Acting) Invite(m directory.Member, u directory.User) error {
	switch m.Status {
	case directory.Active:
		return &directory.Error{Kind: directory.Conflict, Code: "member.already_active", Args: directory.Args{"Name": NameOf(u, m)}}
	case directory.Inactive:
		return Inactive(u, m)
	}
	if err := a.MayHand(m, Opens); err != nil { // ROLE-6: whoever invites gives
		return err
	}
	after := m
	after.Status = directory.Invited
	a.Invitees = append(a.Invitees, Invitee{User: u, Member: after, Again: m.Status == directory.Invited})
	a.invited, a.Came = true, true
	return a.Change(audit.MemberChanged, u, m, after)
}

// Uninvite takes one open invitation back (Invitations.Withdraw).
func (a *Acting) Uninvite(m directory.Member, u directory.User) error {
	if m.Status != directory.Invited {
		return &directory.Error{Kind: directory.Conflict, Code: "member.not_invited", Args: directory.Args{"Name": NameOf(u, m)}}
	}
	after := m
	after.Status = directory.NotInvited
	a.Withdraw(u, m)
	return a.Change(audit.MemberChanged, u, m, after)
}

// Inactive refuses what needs an active member.
func Inactive(u directory.User, m directory.Member) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: "member.inactive", Args: directory.Args{"Name": NameOf(u, m)}}
}

// NameOf is what a member is called.
func NameOf(u directory.User, m directory.Member) string {
	return ListedMember{Member: m, Person: u}.Name()
}

// A MemberAct changes one member by way of acting, or refuses. It refuses
// before it changes anything.
type MemberAct func(a *Acting, m directory.Member, u directory.User) error

// Acting is one chunk of an act on members while it is planned.
type Acting struct {
	*Roster
	writer          *Writer
	Invitees        []Invitee
	invited         bool
	freed           []directory.MemberID // seats end
	left            []directory.MemberID // everything they hold ends
	Came            bool                 // the member's place opens by this act
	withdrawn       []directory.MemberID
	unasked         []directory.UserID             // of the withdrawn
	named           map[string]directory.CompanyID // by folded name, those that the plan has met
	look            func(company string) (map[string]directory.Company, error)
	home            directory.Unit                                      // that members were moved to last
	mayHome         func(unit directory.Unit) error                     // whether members may be moved there
	grants          func(directory.MemberID) ([]directory.Grant, error) // what a member holds at units
	placed          func(directory.MemberID) ([]authz.Held, error)      // what a member holds in projects
	mayStill        func(by directory.UserID) (authz.Rights, error)     // what somebody who gave may give now
	generalRequired bool                                                // the account type requires a role at the account (ROLE-3)
}

// PlanEach plans an act on the members of these keys, by who may manage them.
func (w *Writer) PlanEach(keys []directory.MemberID, do MemberAct) gate.Planner {
	return w.PlanEachBy(authz.ManageMembers, keys, do)
}

// PlanEachBy plans an act on the members of these keys that takes a permission at
// their home unit: ManageMembers, or AssignSeats for what is about seats alone.
func (w *Writer) PlanEachBy(permission authz.Permission, keys []directory.MemberID, do MemberAct) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(permission); err != nil {
			return err
		}
		a, members, users, err := w.Acting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		if err := a.each(ctx, r, members, users, func(m directory.Member, u directory.User) error {
			if err := a.ReachBy(permission, m); err != nil {
				return err
			}
			return do(a, m, u)
		}); err != nil {
			return err
		}
		if err := a.Settle(ctx, r); err != nil {
			return err
		}
		return w.ProposeRoles(ctx, r, a.Roster, p.Verdicts)
	}
}

// each does something to every member, and leaves a verdict for each in the plan. Of
// more than a chunk it is the same as one chunk after the other.
func (a *Acting) each(ctx context.Context, r *store.Reader, members []directory.Member, users map[directory.UserID]directory.User, do func(directory.Member, directory.User) error) error {
	for part := range slices.Chunk(members, Chunk) {
		for _, m := range part {
			u := users[m.User]
			v := gate.Verdict{Subject: int64(m.ID), Name: NameOf(u, m), Email: u.Email, Outcome: gate.Changed, Member: m}
			a.invited, a.Came = false, false
			refusal, err := gate.AsRefusal(do(m, u))
			switch {
			case err != nil:
				return err
			case refusal == gate.ErrUnchanged:
				v.Outcome = gate.Unchanged
			case refusal != nil && refusal.Code == "member.not_found":
				v = gate.Nobody() // neither name nor address of who is out of sight (API-3)
			case refusal != nil:
				v = v.Refused(refusal)
			default:
				v.Invited, v.Came = a.invited, a.Came
			}
			a.Plan.Verdicts = append(a.Plan.Verdicts, v)
		}
		if err := a.followSeatRules(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// Acting loads the members of these keys, in the order of the keys, but for the
// asker's own place, which comes last: whoever takes their own rights away with
// those of many has done all the rest by then (BULK-3).
func (w *Writer) Acting(ctx context.Context, r *store.Reader, p *gate.Plan, keys []directory.MemberID) (*Acting, []directory.Member, map[directory.UserID]directory.User, error) {
	members, err := r.Members(ctx, p.Account, keys)
	if err != nil {
		return nil, nil, nil, err
	}
	own := func(m directory.Member) bool { return p.Actor.User != 0 && m.User == p.Actor.User }
	if i := slices.IndexFunc(members, own); i >= 0 {
		mine := members[i]
		members = append(slices.Delete(members, i, i+1), mine)
	}
	people := make([]directory.UserID, len(members))
	for i, m := range members {
		people[i] = m.User
	}
	users, err := r.Users(ctx, people)
	if err != nil {
		return nil, nil, nil, err
	}
	ro, err := w.Roster(ctx, r, p, members...)
	if err != nil {
		return nil, nil, nil, err
	}
	a := w.Hands(ctx, r, ro, keys)
	a.look = func(company string) (map[string]directory.Company, error) {
		return r.CompaniesByName(ctx, p.Account, []string{company})
	}
	a.mayHome = func(unit directory.Unit) error { return w.MayBeHome(p.Rights, a.Account, unit) }
	maps.Copy(a.People, users)
	if slices.ContainsFunc(members, a.isAdministrator) {
		a.administrators, err = r.ActiveAdministrators(ctx, p.Account, nil, enoughBeside(len(members)))
	}
	return a, members, users, err
}

// Change writes a member and keeps count of the administrators: it refuses
// with administrator.last when none would remain (ACC-5).
func (a *Acting) Change(kind audit.Kind, u directory.User, before, after directory.Member) error {
	if err := a.keepsOne(before, after); err != nil {
		return err
	}
	moves, err := a.reseating(before, after)
	if err != nil {
		return err
	}
	a.reseat(u, before, after, moves)
	a.counts(before, after)
	a.Roster.Change(kind, u, before, after)
	return nil
}

// Withdraw ends a member's open invitation; its mail does not go when it waits
// still (MAIL-4).
func (a *Acting) Withdraw(u directory.User, m directory.Member) {
	if m.Status != directory.Invited {
		return
	}
	a.withdrawn, a.unasked = append(a.withdrawn, m.ID), append(a.unasked, u.ID)
	entry := a.Plan.Entry(audit.InvitationWithdrawn, u.ID, int64(m.ID))
	entry.Unit = m.Unit
	a.Plan.Record(entry)
}

// Mail tells the person; of an act on many it waits for Undo (MAIL-4). A
// technical user has no address.
func (ro *Roster) Mail(u directory.User, kind directory.MailKind) { ro.mailWith(u, kind) }

// mailWith is Mail with more facts, as names and values.
func (ro *Roster) mailWith(u directory.User, kind directory.MailKind, more ...string) {
	ro.mailAbout(u, kind, "", more...)
}

// mailAbout is mailWith of what tells of another state than its reader's.
func (ro *Roster) mailAbout(u directory.User, kind directory.MailKind, about string, more ...string) {
	if u.Technical() {
		return
	}
	var due time.Time
	if ro.Plan.Actor.Batch != "" {
		due = ro.Plan.Now.Add(directory.UndoWindow)
	}
	facts := map[string]string{directory.FactActor: ro.Plan.By}
	for i := 0; i+1 < len(more); i += 2 {
		facts[more[i]] = more[i+1]
	}
	ro.Plan.Mail(directory.Mail{Account: ro.Account.ID, User: u.ID, Address: u.Email, Kind: kind, About: about, Due: due,
		Path: kind.Path(ro.Account.Number), Language: LanguageOf(u, ro.Account), Facts: facts})
}

// Settle plans what the acts of the chunk left to be written together.
func (a *Acting) Settle(ctx context.Context, r *store.Reader) error {
	if err := a.Roster.Settle(ctx, r); err != nil {
		return err
	}
	if len(a.withdrawn) > 0 {
		a.Plan.Change(store.EndInvitations{Members: a.withdrawn, State: "withdrawn"},
			store.WithdrawMails{Account: a.Account.ID, Users: a.unasked, Kinds: directory.InvitingMails()})
	}
	if len(a.freed) > 0 {
		a.Plan.Change(store.EndHoldings{Members: a.freed})
	}
	if len(a.left) > 0 {
		a.Plan.Change(store.EndHoldings{Members: a.left, All: true})
	}
	if len(a.Invitees) > 0 {
		if err := a.writer.PlanInvitation(a.Plan, a.Roster, a.Invitees...); err != nil {
			return err
		}
	}
	return nil
}
