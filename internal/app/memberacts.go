package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Selection is whom an act on many is about: members by public id, or all
// that a query finds (BULK-1).
type Selection struct {
	Members []string
	All     *MemberQuery
	Count   int64 // with All: how many were found when it was confirmed (PLAN-4)
	// Wait is how long the asker waits for an act on more than one transaction
	// takes; zero: until it is over. Then it is Unfinished (BULK-4).
	Wait time.Duration
}

// Of selects one member.
func Of(member string) Selection { return Selection{Members: []string{member}} }

// Deactivate switches members off in this account: their access ends at their
// next request, their record and history stay, their seats are free at once and
// open invitations die (USER-2, SIGN-2, SEAT-6). The last active administrator
// is refused with administrator.last (ACC-5).
func (s *Members) Deactivate(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) (Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkDeactivate})
}

// deactivate switches one member off (Members.Deactivate).
func (a *acting) deactivate(m directory.Member, u directory.User) error {
	if m.Status == directory.Inactive {
		return errUnchanged
	}
	after := m
	after.Status, after.Resumes = directory.Inactive, m.Status
	if err := a.change(audit.MemberDeactivated, u, m, after); err != nil {
		return err
	}
	a.freed = append(a.freed, m.ID)
	a.withdraw(u, m)
	if m.Status == directory.Active {
		a.mail(u, "member_deactivated", "")
	}
	return nil
}

// Reactivate gives members back the status they had (SIGN-2). Who lacks the
// general role is proposed one, as by Invitations.Send (ROLE-3).
func (s *Members) Reactivate(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) (Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkReactivate})
}

// reactivate gives one member back the status they had (Members.Reactivate).
func (a *acting) reactivate(m directory.Member, u directory.User) error {
	if m.Status != directory.Inactive {
		return errUnchanged
	}
	if err := a.mayHand(m, opens); err != nil {
		return err
	}
	after := m
	after.Status, after.Resumes = m.Resumes, 0
	if after.Status == 0 {
		after.Status = directory.NotInvited
	}
	a.unsay(u, directory.TopicPlace)
	a.came = true
	return a.change(audit.MemberReactivated, u, m, after)
}

// Remove takes members out of the account and of all its projects in one act:
// roles, grants, seats and places end, open invitations die (PROJ-6). Somebody
// removed can be added again and is recognised (USER-6). The last active
// administrator is refused with administrator.last (ACC-5).
func (s *Members) Remove(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) (Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkRemove})
}

// remove takes one member out of the account (Members.Remove).
func (a *acting) remove(m directory.Member, u directory.User) error {
	after := m
	after.Removed = a.plan.Now
	if err := a.change(audit.MemberRemoved, u, m, after); err != nil {
		return err
	}
	a.left = append(a.left, m.ID)
	a.withdraw(u, m)
	a.unsay(u, directory.TopicAdministrator)
	if u.Technical() {
		a.plan.Change(store.RevokeTokens{User: u.ID})
	}
	if m.Status == directory.Active {
		a.mail(u, "member_removed", "")
	}
	return nil
}

// ExcludeAdministrator takes the administrator level away from a member, who
// stays in the account and is told (ACC-7). It refuses with
// member.not_administrator, and the last one with administrator.last (ACC-5).
func (s *Members) ExcludeAdministrator(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) error {
	verdicts, err := s.onOne(ctx, actor, account, member, func(a *acting, m directory.Member, u directory.User) error {
		if m.Level == 0 || m.Level != a.administratorLevel() {
			return &directory.Error{Kind: directory.Conflict, Code: "member.not_administrator", Args: directory.Args{"Name": nameOf(u, m)}}
		}
		after := m
		after.Level = 0
		if err := a.change(audit.AdministratorExcluded, u, m, after); err != nil {
			return err
		}
		a.mail(u, "administrator_excluded", "")
		return nil
	})
	return oneOf(verdicts, err)
}

// NameAdministrator gives a member the administrator level; they are told, and
// invited when nobody asked them yet (ACC-6, ADD-8). Who is switched off is
// refused with member.inactive.
func (s *Members) NameAdministrator(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) error {
	verdicts, err := s.onOne(ctx, actor, account, member, func(a *acting, m directory.Member, u directory.User) error {
		level, refusal := a.giveable(directory.Level, directory.AdminLevel, "access_level")
		switch {
		case refusal != nil:
			return refusal
		case m.Level == level.ID:
			return errUnchanged
		case m.Status == directory.Inactive:
			return inactive(u, m)
		}
		after := m
		after.Level = level.ID
		if m.Status == directory.NotInvited {
			after.Status = directory.Invited
			a.invitees, a.came = append(a.invitees, invitee{User: u, Member: after}), true
		}
		if err := a.change(audit.AdministratorNamed, u, m, after); err != nil {
			return err
		}
		if after.Status == m.Status {
			a.mail(u, "administrator_named", a.accountPath(""))
		}
		return nil
	})
	return oneOf(verdicts, err)
}

// Send invites members who were not asked yet, and sends a new invitation to
// those who were: the old link dies (INV-3, INV-8). Who lacks the general role
// that the account type requires gets the one that is proposed for everybody,
// where the actor may give it; the verdict tells what is lacked (ROLE-3). Who is
// active already is refused with member.already_active, who is switched off with
// member.inactive.
func (s *Invitations) Send(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) (Verdicts, error) {
	return (&Members{s.core}).onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkInvite})
}

// invite asks one member in, or anew (Invitations.Send).
func (a *acting) invite(m directory.Member, u directory.User) error {
	switch m.Status {
	case directory.Active:
		return &directory.Error{Kind: directory.Conflict, Code: "member.already_active", Args: directory.Args{"Name": nameOf(u, m)}}
	case directory.Inactive:
		return inactive(u, m)
	}
	if err := a.mayHand(m, opens); err != nil { // ROLE-6: whoever invites gives
		return err
	}
	after := m
	after.Status = directory.Invited
	a.invitees = append(a.invitees, invitee{User: u, Member: after, Again: m.Status == directory.Invited})
	a.invited, a.came = true, true
	return a.change(audit.MemberChanged, u, m, after)
}

// Withdraw takes back the open invitations of members; their links do nothing
// any more and say so (INV-9). Who is not invited is refused with
// member.not_invited.
func (s *Invitations) Withdraw(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) (Verdicts, error) {
	return (&Members{s.core}).onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkWithdraw})
}

// uninvite takes one open invitation back (Invitations.Withdraw).
func (a *acting) uninvite(m directory.Member, u directory.User) error {
	if m.Status != directory.Invited {
		return &directory.Error{Kind: directory.Conflict, Code: "member.not_invited", Args: directory.Args{"Name": nameOf(u, m)}}
	}
	after := m
	after.Status = directory.NotInvited
	a.withdraw(u, m)
	return a.change(audit.MemberChanged, u, m, after)
}

// inactive refuses what needs an active member.
func inactive(u directory.User, m directory.Member) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: "member.inactive", Args: directory.Args{"Name": nameOf(u, m)}}
}

// nameOf is what a member is called.
func nameOf(u directory.User, m directory.Member) string {
	return ListedMember{Member: m, Person: u}.Name()
}

// EndPlaces removes the members whose end date is past (USER-6), and reports
// how many. Those of closed accounts keep their place, and stand in nobody's
// way. It may run twice.
func (s *Members) EndPlaces(ctx context.Context) (int, error) {
	done := 0
	err := sweep(ctx, func(last directory.MemberID) (ended []directory.MemberID, err error) {
		err = s.read(ctx, func(r *store.Reader) error {
			ended, err = r.EndedPlaces(ctx, s.instant(), last, chunk)
			return err
		})
		return ended, err
	}, func(ended []directory.MemberID) error {
		var errs []error
		for len(ended) > 0 {
			account := ended[0].Account()
			n := slices.IndexFunc(ended, func(id directory.MemberID) bool { return id.Account() != account })
			if n < 0 {
				n = len(ended)
			}
			verdicts, err := s.endPlaces(ctx, account, ended[:n])
			if err != nil && !refusedWith(err, "account.closed") {
				errs = append(errs, fmt.Errorf("end places in account %d: %w", account, err))
			}
			done += verdicts.Count(Changed)
			ended = ended[n:]
		}
		return errors.Join(errs...)
	})
	return done, err
}

func (s *Members) endPlaces(ctx context.Context, account directory.AccountID, ended []directory.MemberID) (Verdicts, error) {
	return s.perform(ctx, SystemActor(), account, s.planEach(ended, func(a *acting, m directory.Member, u directory.User) error {
		if m.Ends.IsZero() || a.plan.Now.Before(m.Ends) {
			return errUnchanged // somebody moved the day
		}
		after := m
		after.Removed = a.plan.Now
		a.left = append(a.left, m.ID)
		a.withdraw(u, m)
		a.unsay(u, directory.TopicAdministrator)
		return a.change(audit.MemberRemoved, u, m, after)
	}))
}

// onEach does one thing to every member of a selection: in one transaction, or,
// where they are more than it takes, in an act that goes on by itself (BULK-4).
// Verdicts name each; a refusal leaves the others done (BULK-3).
func (s *Members) onEach(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection, what memberDeed) (Verdicts, error) {
	keys, verdicts, err := s.selected(ctx, actor, account, who)
	if err != nil {
		return nil, err
	}
	switch {
	case len(keys) > chunk:
		var d deed
		if d, err = s.memberDeed(ctx, account, keys, len(verdicts), what); err != nil {
			return nil, err
		}
		d.wait = who.Wait
		verdicts, err = s.inParts(ctx, actor, account, d)
	case len(keys) > 0:
		if len(keys) > 1 && actor.Batch == "" {
			actor.Batch = uuid.NewString()
		}
		var done Verdicts
		done, err = s.perform(ctx, actor, account, s.planEach(keys, what.act()))
		verdicts = append(verdicts, done...)
	}
	if err != nil {
		return verdicts, err
	}
	slices.SortStableFunc(verdicts, func(a, b Verdict) int { return b.nobody() - a.nobody() }) // those of nobody first, whichever way
	for i := range verdicts {
		verdicts[i].Row = i + 1
	}
	return verdicts, nil
}

// onOne does one thing to one member.
func (s *Members) onOne(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, do memberAct) (Verdicts, error) {
	keys, verdicts, err := s.selected(ctx, actor, account, Of(member))
	if err != nil || len(keys) == 0 {
		return verdicts, err
	}
	return s.perform(ctx, actor, account, s.planEach(keys, do))
}

// selected are the keys of a selection, and verdicts on ids of nobody.
func (s *Members) selected(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection) ([]directory.MemberID, Verdicts, error) {
	var keys []directory.MemberID
	var verdicts Verdicts
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return require(rights, authz.ManageMembers, 0)
		}
		if who.All != nil {
			l, err := s.listing(ctx, r, rights, account, *who.All)
			if err != nil {
				return err
			}
			if keys, err = r.MemberKeys(ctx, l.l); err != nil {
				return err
			}
			if n := int64(len(keys)); n != who.Count {
				return &directory.Error{Kind: directory.Conflict, Code: "selection.changed", Args: directory.Args{"Count": n, "Confirmed": who.Count}}
			}
			return nil
		}
		found, err := r.MemberKeysByUUID(ctx, account, who.Members)
		if err != nil {
			return err
		}
		for _, id := range who.Members {
			if key, ok := found[id]; !ok {
				verdicts = append(verdicts, nobody())
			} else if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		return nil
	})
	return keys, verdicts, err
}

// A memberAct changes one member by way of acting, or refuses. It refuses
// before it changes anything.
type memberAct func(a *acting, m directory.Member, u directory.User) error

// errUnchanged is the answer of a memberAct that finds everything so already.
var errUnchanged = directory.Refuse(directory.Conflict, "unchanged")

// acting is one chunk of an act on members while it is planned.
type acting struct {
	*roster
	invitees        []invitee
	invited         bool
	freed           []directory.MemberID // seats end
	left            []directory.MemberID // everything they hold ends
	came            bool                 // the member's place opens by this act
	withdrawn       []directory.MemberID
	unasked         []directory.UserID // of the withdrawn
	mails           []directory.Mail
	look            func(company string) (map[string]directory.Company, error)
	home            directory.Unit                                      // that members were moved to last
	mayHome         func(unit directory.Unit) error                     // whether members may be moved there
	grants          func(directory.MemberID) ([]directory.Grant, error) // what a member holds at units
	mayStill        func(by directory.UserID) (authz.Rights, error)     // what somebody who gave may give now
	generalRequired bool                                                // the account type requires a role at the account (ROLE-3)
}

// planEach plans an act on the members of these keys.
func (c *core) planEach(keys []directory.MemberID, do memberAct) Planner {
	return func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		a, members, users, err := c.acting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		for _, m := range members {
			u := users[m.User]
			v := Verdict{Subject: int64(m.ID), Name: nameOf(u, m), Email: u.Email, Outcome: Changed, member: m}
			a.invited, a.came = false, false
			err := a.reach(m)
			if err == nil {
				err = do(a, m, u)
			}
			refusal, err := asRefusal(err)
			switch {
			case err != nil:
				return err
			case refusal == errUnchanged:
				v.Outcome = Unchanged
			case refusal != nil && refusal.Code == "member.not_found":
				v = nobody() // neither name nor address of who is out of sight (API-3)
			case refusal != nil:
				v = v.refused(refusal)
			default:
				v.Invited, v.came = a.invited, a.came
			}
			p.Verdicts = append(p.Verdicts, v)
		}
		if err := a.settle(ctx, r, c); err != nil {
			return err
		}
		return c.proposeRoles(ctx, r, a.roster, p.Verdicts)
	}
}

// acting loads the members of these keys, in the order of the keys.
func (c *core) acting(ctx context.Context, r *store.Reader, p *Plan, keys []directory.MemberID) (*acting, []directory.Member, map[directory.UserID]directory.User, error) {
	members, err := r.Members(ctx, p.Account, keys)
	if err != nil {
		return nil, nil, nil, err
	}
	people := make([]directory.UserID, len(members))
	for i, m := range members {
		people[i] = m.User
	}
	users, err := r.Users(ctx, people)
	if err != nil {
		return nil, nil, nil, err
	}
	ro, err := c.roster(ctx, r, p, members...)
	if err != nil {
		return nil, nil, nil, err
	}
	a := c.hands(ctx, r, ro, keys)
	a.look = func(company string) (map[string]directory.Company, error) {
		return r.CompaniesByName(ctx, p.Account, []string{company})
	}
	a.mayHome = func(unit directory.Unit) error { return c.mayBeHome(p.Rights, a.account, unit) }
	maps.Copy(a.people, users)
	a.administrators, err = r.ActiveAdministrators(ctx, p.Account, nil, enoughBeside(len(members)))
	return a, members, users, err
}

// change writes a member and keeps count of the administrators: it refuses
// with administrator.last when none would remain (ACC-5).
func (a *acting) change(kind audit.Kind, u directory.User, before, after directory.Member) error {
	if err := a.keepsOne(before, after); err != nil {
		return err
	}
	a.counts(before, after)
	a.roster.change(kind, u, before, after)
	return nil
}

// withdraw ends a member's open invitation; its mail does not go when it waits
// still (MAIL-4).
func (a *acting) withdraw(u directory.User, m directory.Member) {
	if m.Status != directory.Invited {
		return
	}
	a.withdrawn, a.unasked = append(a.withdrawn, m.ID), append(a.unasked, u.ID)
	entry := a.plan.Entry(audit.InvitationWithdrawn, u.ID, int64(m.ID))
	entry.Unit = m.Unit
	a.plan.Record(entry)
}

// mail tells the person; of an act on many it waits for Undo (MAIL-4). A
// technical user has no address.
func (a *acting) mail(u directory.User, kind, path string) {
	if u.Technical() {
		return
	}
	var due time.Time
	if a.plan.Actor.Batch != "" {
		due = a.plan.Now.Add(directory.UndoWindow)
	}
	a.mails = append(a.mails, directory.Mail{Account: a.account.ID, User: u.ID, Address: u.Email, Kind: kind, Path: path, Due: due,
		Language: languageOf(u, a.account), Facts: map[string]string{"Actor": a.plan.By}})
}

// accountPath is the address of a page of the account.
func (a *acting) accountPath(rest string) string {
	return "/accounts/" + directory.CleanNumber(a.account.Number) + rest
}

// settle plans what the acts of the chunk left to be written together.
func (a *acting) settle(ctx context.Context, r *store.Reader, c *core) error {
	if err := a.roster.settle(ctx, r); err != nil {
		return err
	}
	if len(a.withdrawn) > 0 {
		a.plan.Change(store.EndInvitations{Members: a.withdrawn, State: "withdrawn"},
			store.WithdrawMails{Account: a.account.ID, Users: a.unasked, Kinds: []string{"invitation", "invitation_known", "credentials"}})
	}
	if len(a.freed) > 0 {
		a.plan.Change(store.EndHoldings{Members: a.freed})
	}
	if len(a.left) > 0 {
		a.plan.Change(store.EndHoldings{Members: a.left, All: true})
	}
	if len(a.invitees) > 0 {
		c.planInvitation(a.plan, a.roster, a.invitees...)
	}
	a.plan.Mail(a.mails...)
	return nil
}

// oneOf is the refusal of a set of one.
func oneOf(verdicts Verdicts, err error) error {
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}
