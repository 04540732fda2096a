package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MemberChange is what an edit sets; nil leaves a field alone (ADD-7).
type MemberChange struct {
	Company         *string   // a name; one that is not there yet is created (ADD-6); "" is none
	Functions       *[]string // codes
	Level           *string   // a code; "" is none
	JobTitle        *string
	Phone           *string
	PersonnelNumber *string
	Ends            *directory.End
	Unit            *string // public id of the home unit (UNIT-5)
	Person          PersonChange
}

// A MemberEdit is a change of one member, made on the version that the form
// showed (PLAN-4).
type MemberEdit struct {
	MemberChange
	Version string
}

// A PersonChange is what an edit sets of the person behind the member, where
// the account may (USER-1).
type PersonChange struct {
	Civility, First, Last, Email, Language *string
	Provisional                            string // a provisional password, mailed at once (SIGN-1)
}

// EditMembers gives every member of a selection what the change sets. Verdicts
// name each as changed, unchanged or refused with the reason (BULK-1, BULK-3).
// Levels and functions are given only by who holds what they permit (ROLE-6);
// the last active administrator keeps the level (ACC-5). Somebody who was not
// invited and is given a level is invited (ADD-8). The person behind a member
// is edited one at a time, by EditMember.
func (s *Members) EditMembers(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection, change MemberChange) (Verdicts, error) {
	if err := change.check(); err != nil {
		return nil, err
	}
	return s.onEach(ctx, actor, account, who, memberDeed{kind: directory.BulkEdit, change: change})
}

// EditMember changes one member and the person behind, all or nothing. It
// refuses with stale when they changed since the edit began (PLAN-4).
func (s *Members) EditMember(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, edit MemberEdit) error {
	change := edit.MemberChange
	if err := change.check(); err != nil {
		return err
	}
	keys, verdicts, err := s.selected(ctx, actor, account, Of(member))
	if err := oneOf(verdicts, err); err != nil {
		return err
	}
	hash := ""
	if change.Person.Provisional != "" {
		if hash, err = s.provisionalHash(ctx, keys[0], change.Person.Provisional); err != nil {
			return err
		}
	}
	_, err = s.perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		a, members, users, err := s.acting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		m := members[0]
		u := users[m.User]
		if err := a.reach(m); err != nil {
			return err
		}
		if edit.Version != editVersion(m, u) {
			return directory.Refuse(directory.Conflict, "stale")
		}
		if err := s.editBoth(ctx, r, a, personOf{u, m, hash}, change); err != nil && err != error(errUnchanged) {
			return err
		}
		return a.settle(ctx, r, s.core)
	})
	return err
}

// personOf is a member with the person behind, and the hash of a provisional
// password to give them.
type personOf struct {
	u    directory.User
	m    directory.Member
	hash string
}

func (s *Members) editBoth(ctx context.Context, r *store.Reader, a *acting, of personOf, change MemberChange) error {
	u, m, hash := of.u, of.m, of.hash
	edit := personEdit{Civility: change.Person.Civility, First: change.Person.First, Last: change.Person.Last,
		Email: change.Person.Email, Language: change.Person.Language, ProvisionalHash: hash}
	before := m
	suggested, err := s.suggest(ctx, r, a, of, &edit)
	if err != nil {
		return err
	}
	if edit.touched(u) != "" {
		if err := a.mayHand(m, takes); err != nil { // whoever sets the sign-in could use it
			return err
		}
	}
	after, relink, err := s.editPerson(ctx, r, a.plan, u, edit)
	if err != nil {
		return err
	}
	if hash != "" {
		a.credentials(s.core, after, change.Person.Provisional)
	}
	if relink && m.Status == directory.Invited {
		a.invitees = append(a.invitees, invitee{User: after, Member: m, Again: true})
	}
	m.Suggested = suggested
	return a.editFrom(after, before, m, change)
}

// suggest keeps names that are only suggested (ADD-3) apart from a person's
// own: unchanged ones are left alone, and where the account may not name the
// person they stay a suggestion.
func (s *Members) suggest(ctx context.Context, r *store.Reader, a *acting, of personOf, edit *personEdit) (directory.PersonName, error) {
	shown := of.m.Suggested
	if of.u.First != "" || of.u.Last != "" || edit.First == nil || edit.Last == nil {
		return shown, nil
	}
	wanted := directory.PersonName{First: *edit.First, Last: *edit.Last}
	err := s.mayTakeOver(ctx, r, a.account.ID, of.u, "first_name")
	if err != nil && !refusedWith(err, "person.not_yours") {
		return shown, err
	}
	if wanted == shown || err != nil {
		edit.First, edit.Last = nil, nil
		return wanted, nil
	}
	return shown, nil
}

// credentials mails a provisional password (SIGN-1).
func (a *acting) credentials(c *core, u directory.User, password string) {
	until := a.plan.Now.AddDate(0, 0, c.policies(a.account).InvitationDays)
	a.mails = append(a.mails, directory.Mail{Account: a.account.ID, User: u.ID, Address: u.Email, Kind: "credentials", Path: "/sign-in",
		Language: languageOf(u, a.account), Secret: password,
		Facts: map[string]string{"Actor": a.plan.By, "UserName": u.UserName, "Until": until.Format(time.RFC3339)}})
}

// provisionalHash checks a provisional password against the strictest policy of
// the person's accounts and hashes it, before the transaction since it takes
// its time.
func (s *Members) provisionalHash(ctx context.Context, member directory.MemberID, password string) (string, error) {
	var u directory.User
	var policy directory.PasswordPolicy
	err := s.read(ctx, func(r *store.Reader) error {
		m, err := r.Member(ctx, member)
		if err != nil {
			return err
		}
		if u, err = r.User(ctx, m.User); err != nil {
			return err
		}
		policy, err = s.passwordPolicy(ctx, r, u.ID)
		return err
	})
	if err != nil {
		return "", err
	}
	if err := s.mayHave(ctx, policy, u, password); err != nil {
		return "", err
	}
	return s.passwords.Hash(ctx, password)
}

// editVersion is what an edit was made on: the member and the person.
func editVersion(m directory.Member, u directory.User) string {
	return strconv.FormatInt(m.Version, 10) + "." + strconv.FormatInt(u.Version, 10)
}

// check cleans the texts, and refuses one that is too long or no text, naming the
// field.
func (c *MemberChange) check() error {
	for _, text := range []struct {
		kind  directory.Text
		value **string
	}{
		{directory.CompanyName, &c.Company}, {directory.JobTitle, &c.JobTitle}, {directory.Phone, &c.Phone},
		{directory.PersonnelNumber, &c.PersonnelNumber}, {directory.FirstName, &c.Person.First}, {directory.LastName, &c.Person.Last},
	} {
		if *text.value == nil {
			continue
		}
		clean, refusal := text.kind.Clean(**text.value)
		if refusal != nil {
			return refusal
		}
		*text.value = &clean // the asker's own stays as it was typed
	}
	if v := c.Person.Civility; v != nil && *v != "" && *v != "mrs" && *v != "mr" {
		return directory.InvalidField("civility", "field.unknown_choice", directory.Args{"Value": *v})
	}
	return nil
}

// edit applies a change to a member and writes what is different.
func (a *acting) edit(u directory.User, m directory.Member, change MemberChange) error {
	return a.editFrom(u, m, m, change)
}

// editFrom applies a change to a member and writes the difference to before.
func (a *acting) editFrom(u directory.User, before, after directory.Member, change MemberChange) error {
	replace(&after.JobTitle, change.JobTitle)
	replace(&after.Phone, change.Phone)
	replace(&after.PersonnelNumber, change.PersonnelNumber)
	if change.Ends != nil {
		if refusal := a.end(&after, *change.Ends); refusal != nil {
			return refusal
		}
	}
	if change.Unit != nil {
		if err := a.settleIn(&after, *change.Unit); err != nil {
			return err
		}
	}
	if err := a.giveRoles(&after, change); err != nil {
		return err
	}
	if err := a.keepsOne(before, after); err != nil {
		return err
	}
	if change.Company != nil {
		company, err := a.companyNamed(*change.Company)
		if err != nil {
			return err
		}
		after.Company = company
	}
	kind := audit.MemberChanged
	switch admin := a.administratorLevel(); {
	case before.Level != admin && after.Level == admin:
		kind = audit.AdministratorNamed
	case before.Level == admin && after.Level != admin:
		kind = audit.AdministratorExcluded
	}
	if change.Level != nil && after.Level != 0 && before.Level != after.Level && before.Status == directory.NotInvited {
		after.Status = directory.Invited
		a.invitees = append(a.invitees, invitee{User: u, Member: after})
		a.invited = true
	}
	if len(a.differences(before, after)) == 0 {
		return errUnchanged
	}
	if err := a.change(kind, u, before, after); err != nil {
		return err
	}
	a.tell(kind, u, after)
	return nil
}

// tell mails who became or ceased to be administrator (MAIL-1).
func (a *acting) tell(kind audit.Kind, u directory.User, m directory.Member) {
	switch {
	case kind == audit.AdministratorNamed && !a.invited:
		a.mail(u, "administrator_named", a.accountPath(""))
	case kind == audit.AdministratorExcluded && m.Status == directory.Active:
		a.mail(u, "administrator_excluded", "")
	}
}

// giveRoles sets functions and level. What the member has already may stay;
// what is new the actor must be able to give (ROLE-6).
func (a *acting) giveRoles(m *directory.Member, change MemberChange) error {
	if change.Functions != nil {
		var functions []directory.RoleID
		for _, code := range *change.Functions {
			role, ok := a.roleByCode(directory.Function, code)
			if !ok || !slices.Contains(m.Functions, role.ID) {
				given, refusal := a.giveable(directory.Function, code, "function")
				if refusal != nil {
					return refusal
				}
				role = given
			}
			if !slices.Contains(functions, role.ID) {
				functions = append(functions, role.ID)
			}
		}
		m.Functions = functions
	}
	if change.Level == nil {
		return nil
	}
	if *change.Level == "" {
		m.Level = 0
		return nil
	}
	role, ok := a.roleByCode(directory.Level, *change.Level)
	if ok && role.ID == m.Level {
		return nil
	}
	role, refusal := a.giveable(directory.Level, *change.Level, "access_level")
	if refusal != nil {
		return refusal
	}
	m.Level = role.ID
	return nil
}

// companyNamed is the company of a name, made when there is none (ADD-6).
func (a *acting) companyNamed(name string) (directory.CompanyID, error) {
	folded := directory.Fold(name)
	if folded == "" {
		return 0, nil
	}
	for id, company := range a.companies {
		if directory.Fold(company.Name) == folded {
			return id, nil
		}
	}
	found, err := a.look(name)
	if err != nil {
		return 0, err
	}
	if company, ok := found[folded]; ok {
		a.companies[company.ID] = company
		return company.ID, nil
	}
	return a.newCompany(name).ID, nil
}
