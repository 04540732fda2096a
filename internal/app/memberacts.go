package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/app/seats"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Deactivate switches members off in this account: their access ends at their
// next request, their record and history stay, their seats are free at once and
// open invitations die (USER-2, SIGN-2, SEAT-6). The last active administrator
// is refused with administrator.last (ACC-5).
func (s *Members) Deactivate(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (gate.Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkDeactivate})
}

// Reactivate gives members back the status they had (SIGN-2). Who lacks the
// general role is proposed one, as by Invitations.Send (ROLE-3).
func (s *Members) Reactivate(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (gate.Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkReactivate})
}

// Remove takes members out of the account and of all its projects in one act:
// roles, grants, seats and places end, open invitations die (PROJ-6). Somebody
// removed can be added again and is recognised (USER-6). The last active
// administrator is refused with administrator.last (ACC-5).
func (s *Members) Remove(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (gate.Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkRemove})
}

// ExcludeAdministrator takes the administrator level away from a member, who
// stays in the account with the levels they have beside it, and is told (ACC-7). It refuses with
// member.not_administrator, and the last one with administrator.last (ACC-5).
func (s *Members) ExcludeAdministrator(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) error {
	verdicts, err := s.onOne(ctx, actor, account, member, func(a *roster.Acting, m directory.Member, u directory.User) error {
		if m.Level == 0 || m.Level != a.AdministratorLevel() {
			return &directory.Error{Kind: directory.Conflict, Code: "member.not_administrator", Args: directory.Args{"Name": roster.NameOf(u, m)}}
		}
		level := a.AdministratorLevel()
		after := m.WithLevels(level, slices.DeleteFunc(m.Levels(), func(id directory.RoleID) bool { return id == level })...)
		if err := a.Change(audit.AdministratorExcluded, u, m, after); err != nil {
			return err
		}
		a.Mail(u, directory.MailAdministratorExcluded)
		return nil
	})
	return gate.OneOf(verdicts, err)
}

// NameAdministrator gives a member the administrator level beside those they have;
// they are told, and
// invited when nobody asked them yet (ACC-6, ADD-8). Who is switched off is
// refused with member.inactive.
func (s *Members) NameAdministrator(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) error {
	verdicts, err := s.onOne(ctx, actor, account, member, func(a *roster.Acting, m directory.Member, u directory.User) error {
		level, refusal := a.Giveable(directory.Level, directory.AdminLevel, "access_level")
		switch {
		case refusal != nil:
			return refusal
		case m.Level == level.ID:
			return gate.ErrUnchanged
		case m.Status == directory.Inactive:
			return roster.Inactive(u, m)
		}
		after := m.WithLevels(level.ID, append(m.Levels(), level.ID)...)
		if m.Status == directory.NotInvited {
			after.Status = directory.Invited
			a.Invitees, a.Came = append(a.Invitees, roster.Invitee{User: u, Member: after}), true
		}
		if err := a.Change(audit.AdministratorNamed, u, m, after); err != nil {
			return err
		}
		if after.Status == m.Status {
			a.Mail(u, directory.MailAdministratorNamed)
		}
		return nil
	})
	return gate.OneOf(verdicts, err)
}

// Send invites members who were not asked yet, and sends a new invitation to
// those who were: the old link dies (INV-3, INV-8). Who lacks the general role
// that the account type requires gets the one that is proposed for everybody,
// where the actor may give it; the verdict tells what is lacked (ROLE-3). Who is
// active already is refused with member.already_active, who is switched off with
// member.inactive.
func (s *Invitations) Send(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (gate.Verdicts, error) {
	return (&Members{s.core}).onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkInvite})
}

// Withdraw takes back the open invitations of members; their links do nothing
// any more and say so (INV-9). Who is not invited is refused with
// member.not_invited.
func (s *Invitations) Withdraw(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection) (gate.Verdicts, error) {
	return (&Members{s.core}).onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkWithdraw})
}

// seatEach assigns seats to a selection, or takes them back (Seats.Assign).
func (s *Members) seatEach(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, act seats.Act) (gate.Verdicts, error) {
	return s.onEach(ctx, actor, account, who, memberDeed{kind: act.Kind, change: memberSet{Offer: act.Offer}})
}

// EndPlaces removes the members whose end date is past (USER-6), and reports
// how many. Those of closed accounts keep their place, and stand in nobody's
// way. It may run twice.
func (s *Members) EndPlaces(ctx context.Context) (int, error) {
	done := 0
	err := gate.Sweep(ctx, func(last directory.MemberID) (ended []directory.MemberID, err error) {
		err = s.gate.Read(ctx, func(r *store.Reader) error {
			ended, err = r.EndedPlaces(ctx, s.gate.Instant(), last, roster.Chunk)
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
			if err != nil && !gate.RefusedWith(err, "account.closed") {
				errs = append(errs, fmt.Errorf("end places in account %d: %w", account, err))
			}
			done += verdicts.Count(gate.Changed)
			ended = ended[n:]
		}
		return errors.Join(errs...)
	})
	return done, err
}

func (s *Members) endPlaces(ctx context.Context, account directory.AccountID, ended []directory.MemberID) (gate.Verdicts, error) {
	return s.gate.Perform(ctx, gate.SystemActorOn(len(ended)), account, s.roster.PlanEach(ended, func(a *roster.Acting, m directory.Member, u directory.User) error {
		if m.Ends.IsZero() || a.Plan.Now.Before(m.Ends) {
			return gate.ErrUnchanged // somebody moved the day
		}
		return a.Leave(m, u)
	}))
}

// onEach does one thing to every member of a selection: in one transaction, or,
// where they are more than it takes, in an act that goes on by itself (BULK-4).
// Verdicts name each; a refusal leaves the others done (BULK-3).
func (s *Members) onEach(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, what memberDeed) (gate.Verdicts, error) {
	verdicts, err := s.eachOf(ctx, actor, account, who, what)
	if broken := acts.AsBroken(err); broken != nil {
		inRows(broken.Verdicts)
	}
	if err != nil {
		return verdicts, err
	}
	return inRows(verdicts), nil
}

func (s *Members) eachOf(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, what memberDeed) (gate.Verdicts, error) {
	one := func(key directory.MemberID) gate.Planner {
		return s.planConfirmed([]confirmedMember{{Key: key}}, what)
	}
	if who.All == nil && len(who.Members) == 1 {
		return s.gate.Perform(ctx, actor, account, planOn(who.Members[0], what.takes(), one))
	}
	keys, verdicts, err := s.selected(ctx, actor, account, who, what.takes())
	switch {
	case err != nil || len(keys) == 0:
		return verdicts, err
	case len(keys)+len(verdicts) == 1:
		return s.gate.Perform(ctx, actor, account, one(keys[0]))
	}
	d, err := s.deedOn(ctx, actor, account, chosenMembers{keys, len(verdicts)}, what)
	if err != nil {
		return nil, err
	}
	d.Wait, d.Whole, d.Told = who.Wait, who.Whole, who.Act
	return s.acts.Do(ctx, actor, account, d)
}

// A MembersAct is what is done to each of a selection: its kind, and what it sets.
type MembersAct struct {
	Kind directory.BulkKind // BulkEdit, BulkSeveral, or one that needs no more words
	roster.Several
	Offer  directory.Offer // of BulkAssign and BulkTakeBack
	Window acts.Window     // of a foresight: who is named
}

// deed is the act as it is planned. An edit that has nothing beside it is one.
func (a MembersAct) deed() (memberDeed, error) {
	if a.Kind == directory.BulkSeveral && a.Plain() {
		a.Kind = directory.BulkEdit
	}
	what := memberDeed{kind: a.Kind, change: memberSet{Several: a.Several, Offer: a.Offer}}
	if a.Kind != directory.BulkSeveral && what.act() == nil {
		return what, directory.Refuse(directory.NotFound, "not_found")
	}
	return what, what.change.Check()
}

// deedOf is the act as it is planned, if it is one; whoever may not act on members
// learns no more than that.
func (s *Members) deedOf(ctx context.Context, actor authz.Actor, account directory.AccountID, act MembersAct) (memberDeed, error) {
	what, err := act.deed()
	if err != nil {
		if _, _, refused := s.selected(ctx, actor, account, roster.Selection{}, what.takes()); refused != nil {
			return what, refused
		}
	}
	return what, err
}

// Do does one thing, of several parts perhaps, to every member of a selection (BULK-1,
// BULK-2). The parts of one member are done together or not at all; verdicts name each
// as changed, unchanged or refused. It refuses like the act that it is, and as a whole
// what it says that there is not.
func (s *Members) Do(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, act MembersAct) (gate.Verdicts, error) {
	what, err := s.deedOf(ctx, actor, account, act)
	if err != nil {
		return nil, err
	}
	return s.onEach(ctx, actor, account, who, what)
}

// Foresee is what Do would bring, by the plan that would do it: nothing is written and
// nobody waits for it (PLAN-1). It refuses what Do would refuse.
func (s *Members) Foresee(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, act MembersAct) (acts.Foresight, error) {
	what, err := s.deedOf(ctx, actor, account, act)
	if err != nil {
		return acts.Foresight{}, err
	}
	keys, verdicts, err := s.selected(ctx, actor, account, who, what.takes())
	if err != nil {
		return acts.Foresight{}, err
	}
	d, err := s.deedOn(ctx, actor, account, chosenMembers{keys, len(verdicts)}, what)
	if err != nil {
		return acts.Foresight{}, err
	}
	return s.foresee(ctx, actor, account, ahead{d, act.Window})
}

// An ahead is an act that is only looked at, and of whom it is told.
type ahead struct {
	deed   acts.Deed
	window acts.Window
}

// foresee plans an act and says what it would bring.
func (c *core) foresee(ctx context.Context, actor authz.Actor, account directory.AccountID, of ahead) (acts.Foresight, error) {
	o, err := c.acts.Preview(ctx, actor, account, of.deed)
	if err != nil {
		return acts.Foresight{}, err
	}
	return c.acts.Foresee(ctx, actor, account, o, of.window)
}

// chosenMembers are whom a selection means, and how many of its ids mean nobody.
type chosenMembers struct {
	keys    []directory.MemberID
	unknown int
}

// deedOn is an act on chosen members, in the order in which an act goes through them.
func (s *Members) deedOn(ctx context.Context, actor authz.Actor, account directory.AccountID, of chosenMembers, what memberDeed) (acts.Deed, error) {
	slices.Sort(of.keys)
	keys, err := s.ownLast(ctx, actor, account, of.keys)
	if err != nil {
		return acts.Deed{}, err
	}
	return s.memberDeed(ctx, account, keys, of.unknown, what)
}

// inRows puts the verdicts on nobody first, whichever way they came, and numbers all.
func inRows(verdicts gate.Verdicts) gate.Verdicts {
	slices.SortStableFunc(verdicts, func(a, b gate.Verdict) int { return b.Nobody() - a.Nobody() })
	for i := range verdicts {
		verdicts[i].Row = i + 1
	}
	return verdicts
}

// onOne does one thing to one member.
func (s *Members) onOne(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, do roster.MemberAct) (gate.Verdicts, error) {
	return s.gate.Perform(ctx, actor, account, planOn(member, authz.ManageMembers, func(key directory.MemberID) gate.Planner {
		return s.roster.PlanEach([]directory.MemberID{key}, do)
	}))
}

// planOn plans on one member of a public id, by who may act somewhere; of nobody's id
// the plan says so.
func planOn(member string, by authz.Permission, plan func(directory.MemberID) gate.Planner) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(by); err != nil {
			return err
		}
		keys, unknown, err := keysOf(ctx, r, p.Account, []string{member})
		if err != nil {
			return err
		}
		if p.Verdicts = unknown; len(keys) == 0 {
			return nil
		}
		return plan(keys[0])(ctx, r, p)
	}
}

// selected are the keys of a selection, and verdicts on ids of nobody.
func (s *Members) selected(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, by authz.Permission) ([]directory.MemberID, gate.Verdicts, error) {
	var chosen []directory.MemberID
	var unknown gate.Verdicts
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if !rights.MayAnywhere(by) {
			return gate.Require(rights, by, 0)
		}
		if who.All != nil {
			l, err := s.listing(ctx, r, rights, account, *who.All)
			if err != nil {
				return err
			}
			if chosen, err = r.MemberKeys(ctx, l.l); err != nil {
				return err
			}
			if n := int64(len(chosen)); n != who.Count {
				return &directory.Error{Kind: directory.Conflict, Code: "selection.changed", Args: directory.Args{"Count": n, "Confirmed": who.Count}}
			}
			return nil
		}
		chosen, unknown, err = keysOf(ctx, r, account, who.Members)
		return err
	})
	return chosen, unknown, err
}

// keysOf are the keys of members of public ids, each once, and verdicts on ids of nobody.
func keysOf(ctx context.Context, r *store.Reader, account directory.AccountID, ids []string) (keys []directory.MemberID, unknown gate.Verdicts, err error) {
	found, err := r.MemberKeysByUUID(ctx, account, ids)
	if err != nil {
		return nil, nil, err
	}
	chosen := make(map[directory.MemberID]bool, len(found))
	for _, id := range ids {
		if key, ok := found[id]; !ok {
			unknown = append(unknown, gate.Nobody())
		} else if !chosen[key] {
			keys, chosen[key] = append(keys, key), true
		}
	}
	return keys, unknown, nil
}
