package app

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// EditMembers gives every member of a selection what the change sets. Verdicts
// name each as changed, unchanged or refused with the reason (BULK-1, BULK-3).
// Levels and functions are given only by who holds what they permit (ROLE-6);
// the last active administrator keeps the level (ACC-5). Somebody who was not
// invited and is given a level is invited (ADD-8). The person behind a member
// is edited one at a time, by EditMember.
func (s *Members) EditMembers(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, change roster.MemberChange) (gate.Verdicts, error) {
	if err := change.Check(); err != nil {
		return nil, err
	}
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkEdit, change: memberSet{Several: roster.Several{MemberChange: change}}})
}

// EditMember changes one member and the person behind, all or nothing. It
// refuses with stale when they changed since the edit began (PLAN-4), and otherwise all
// fields at fault at once.
func (s *Members) EditMember(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, edit roster.MemberEdit) error {
	plan, err := s.editing(ctx, actor, account, member, edit)
	if err != nil {
		return err
	}
	return gate.OneOf(s.gate.Perform(ctx, actor, account, planOn(member, authz.ManageMembers, plan)))
}

// editing is what plans an edit of one member, once what is typed was read.
func (s *Members) editing(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, edit roster.MemberEdit) (func(directory.MemberID) gate.Planner, error) {
	var faults directory.Faults
	if err := faults.Note(edit.MemberChange.Check()); err != nil { // it cleans them too
		return nil, err
	}
	hash := ""
	if edit.Person.Provisional != "" {
		keys, verdicts, err := s.selected(ctx, actor, account, roster.Of(member), authz.ManageMembers)
		if err := gate.OneOf(verdicts, err); err != nil {
			return nil, err
		}
		hash, err = s.provisionalHash(ctx, keys[0], edit.Person.Provisional)
		if err := faults.Note(err); err != nil {
			return nil, err
		}
	}
	return func(key directory.MemberID) gate.Planner { return s.planEdit(key, edit, hash, faults) }, nil
}

// planEdit plans an edit of one member and the person behind, of which some faults are
// known already.
func (s *Members) planEdit(key directory.MemberID, edit roster.MemberEdit, hash string, known directory.Faults) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		a, members, users, err := s.roster.Acting(ctx, r, p, []directory.MemberID{key})
		if err != nil {
			return err
		}
		m := members[0]
		u := users[m.User]
		if err := a.Reach(m); err != nil {
			return err
		}
		if edit.Version != roster.EditVersion(m, u) {
			return staleMember(ctx, r, m)
		}
		err = s.editBoth(ctx, r, a, roster.PersonOf{U: u, M: m, Hash: hash}, edit.MemberChange)
		if err == error(gate.ErrUnchanged) {
			err = nil
		}
		if err := known.With(err); err != nil {
			return err
		}
		return a.Settle(ctx, r)
	}
}

// staleMember refuses what was made on an older version of a member and the person
// behind, who may have changed it themselves, outside the account.
func staleMember(ctx context.Context, r *store.Reader, m directory.Member) error {
	person := store.LatestQuery{Account: directory.Installation, Subject: m.User, Kinds: []audit.Kind{audit.UserChanged, audit.UserEmailChanged}}
	there := store.LatestQuery{Account: m.Account(), Subject: m.User, Kinds: []audit.Kind{audit.MemberChanged, audit.MemberDeactivated,
		audit.MemberReactivated, audit.AdministratorNamed, audit.AdministratorExcluded, audit.UserChanged}}
	return gate.Stale(ctx, r, there, person)
}

func (s *Members) editBoth(ctx context.Context, r *store.Reader, a *roster.Acting, of roster.PersonOf, change roster.MemberChange) error {
	u, m, hash := of.U, of.M, of.Hash
	edit := roster.PersonEdit{Civility: change.Person.Civility, First: change.Person.First, Last: change.Person.Last,
		Email: change.Person.Email, Language: change.Person.Language, ProvisionalHash: hash}
	before := m
	suggested, err := s.suggest(ctx, r, a, of, &edit)
	if err != nil {
		return err
	}
	if edit.Touched(u) != "" {
		if err := a.MayHand(m, roster.Takes); err != nil { // whoever sets the sign-in could use it
			return err
		}
	}
	var faults directory.Faults
	after, relink, err := s.roster.EditPerson(ctx, r, a.Plan, u, edit)
	if err := faults.Note(err); err != nil {
		return err
	}
	if hash != "" {
		a.Credentials(after, change.Person.Provisional)
	}
	if relink && m.Status == directory.Invited {
		a.Invitees = append(a.Invitees, roster.Invitee{User: after, Member: m, Again: true})
	}
	m.Suggested = suggested
	return faults.With(a.EditFrom(after, before, m, change))
}

// suggest keeps names that are only suggested (ADD-3) apart from a person's
// own: unchanged ones are left alone, and where the account may not name the
// person they stay a suggestion.
func (s *Members) suggest(ctx context.Context, r *store.Reader, a *roster.Acting, of roster.PersonOf, edit *roster.PersonEdit) (directory.PersonName, error) {
	shown := of.M.Suggested
	if of.U.First != "" || of.U.Last != "" || edit.First == nil || edit.Last == nil {
		return shown, nil
	}
	wanted := directory.PersonName{First: *edit.First, Last: *edit.Last}
	err := s.roster.MayTakeOver(ctx, r, a.Account.ID, of.U, "first_name")
	if err != nil && !gate.RefusedWith(err, "person.not_yours") {
		return shown, err
	}
	if wanted == shown || err != nil {
		edit.First, edit.Last = nil, nil
		return wanted, nil
	}
	return shown, nil
}

// provisionalHash checks a provisional password against the strictest policy of
// the person's accounts and hashes it, before the transaction since it takes
// its time.
func (s *Members) provisionalHash(ctx context.Context, member directory.MemberID, password string) (string, error) {
	var u directory.User
	var policy directory.PasswordPolicy
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		m, err := r.Member(ctx, member)
		if err != nil {
			return err
		}
		if u, err = r.User(ctx, m.User); err != nil {
			return err
		}
		policy, err = s.roster.PasswordPolicy(ctx, r, u.ID)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := s.roster.MayHave(ctx, policy, u, password); err != nil {
		return "", err
	}
	return s.roster.Passwords.Hash(ctx, password)
}

// peopleOpposites take back what an account set of people (PLAN-2).
func (s *Members) peopleOpposites() map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.UserChanged: s.takePeopleBack}
}

// takePeopleBack plans the opposite of entries about people themselves: what they are
// called and their language, where the account may set that (USER-1). It refuses as
// EditMember does; what only the person sets, and an address, on which proofs hang, is
// left, with person.not_yours. Of somebody who was erased nothing is kept.
func (s *Members) takePeopleBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.RequireSomewhere(authz.ManageMembers)
	var people []directory.UserID
	for _, e := range entries {
		people = append(people, e.Subject)
	}
	members, err := r.MembersOf(ctx, p.Account, roster.Distinct(people))
	if err != nil {
		return err
	}
	var keys []directory.MemberID
	for _, m := range members {
		keys = append(keys, m.ID)
	}
	slices.Sort(keys)
	a, _, users, err := s.roster.Acting(ctx, r, p, keys)
	if err != nil {
		return err
	}
	return gate.Opposed(p, entries, func(e audit.Entry) directory.UserID { return e.Subject }, func(id directory.UserID, n *gate.Net) (gate.Verdict, error) {
		m, known := members[id]
		switch {
		case denied != nil:
			return gate.Verdict{}, denied
		case !known:
			return gate.Nobody(), directory.Refuse(directory.NotFound, "member.not_found")
		}
		if err := a.Reach(m); err != nil {
			return gate.Verdict{}, err
		}
		u := users[id]
		v := gate.Verdict{Subject: int64(m.ID), Name: roster.NameOf(u, m), Member: m}
		if n.Entries[0].Erased {
			return v, gate.NotKept()
		}
		edit, err := personBack(u, n)
		if err == nil && edit.Touched(u) != "" {
			err = a.MayHand(m, roster.Takes) // as editing them takes
		}
		if err == nil {
			_, _, err = s.roster.EditPerson(ctx, r, p, u, edit)
		}
		done := n.Verdict(v.Subject, v.Name)
		done.Member = m
		return done, err
	})
}

// personBack is what an account sets of a person so that they are called as before.
func personBack(u directory.User, n *gate.Net) (roster.PersonEdit, error) {
	var edit roster.PersonEdit
	for _, f := range []struct {
		field string
		now   string
		into  **string
	}{
		{"civility", u.Civility, &edit.Civility}, {"first_name", u.First, &edit.First}, {"last_name", u.Last, &edit.Last}, {"language", u.Language, &edit.Language},
		{"phone", u.Phone, nil}, {"email", u.Email, nil}, {"user_name", u.UserName, nil}, {"staff", string(u.Staff), nil},
	} {
		err := n.Restore(f.field, audit.Text(f.now), func(was audit.Value) error {
			if f.into == nil {
				return &directory.Error{Kind: directory.Denied, Code: "person.not_yours", Field: f.field, Args: directory.Args{"Name": u.Name()}}
			}
			text := was.Text()
			*f.into = &text
			return nil
		})
		if err != nil {
			return edit, err
		}
	}
	return edit, nil
}
