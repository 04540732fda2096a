package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Recognise fills in what the account knows of people: who is there, and where
// those who were removed had been, as far as the reader sees (ADD-5, USER-6).
func (w *Writer) Recognise(ctx context.Context, reader authz.Rights, account directory.AccountID, rows []directory.DraftRow) error {
	return w.gate.Read(ctx, func(r *store.Reader) error {
		emails := make([]string, len(rows))
		for n, row := range rows {
			emails[n] = row.Email
		}
		users, err := r.UsersByAddress(ctx, emails)
		if err != nil || len(users) == 0 {
			return err
		}
		keys := make([]directory.UserID, 0, len(users))
		for _, u := range users {
			keys = append(keys, u.ID)
		}
		places, err := r.MembersOf(ctx, account, keys)
		if err != nil || len(places) == 0 {
			return err
		}
		members := make([]directory.Member, 0, len(places))
		for _, m := range places {
			members = append(members, m)
		}
		companies, err := r.CompaniesByKey(ctx, CompaniesOf(members))
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, account)
		if err != nil {
			return err
		}
		for n := range rows {
			u := users[directory.FoldEmail(rows[n].Email)]
			m, known := places[u.ID]
			switch {
			case !known:
			case m.Removed.IsZero():
				rows[n].Member = m.ID
			case SeesPeopleAt(reader, m.Unit):
				comeBack(&rows[n], u, m, formerPlace{companies[m.Company].Name, roles})
			}
		}
		return nil
	})
}

// A formerPlace is what somebody's place in the account was called.
type formerPlace struct {
	company string
	roles   []directory.Role
}

// comeBack proposes for somebody who was removed what they were.
func comeBack(row *directory.DraftRow, u directory.User, m directory.Member, was formerPlace) {
	name := NamesOf(u, m)
	row.First, row.Last, row.Company = name.First, name.Last, was.company
	for _, role := range was.roles {
		if slices.Contains(m.Functions, role.ID) && role.Archived.IsZero() {
			row.Function, row.Level = role.Code, role.DefaultLevel
			return
		}
	}
}

// AddChoices are what a form offers for a new member: companies that are
// there, functions and levels the actor may give.
type AddChoices struct {
	Companies         []directory.Company
	Functions, Levels []directory.Role
	Homes             []HomeChoice // units that may be the home, at most 200 and the one asked for
	MoreHomes         bool
	Home              string // public id of the home unit that is proposed; empty: one is to be chosen
}

// offeredCompanies is how many companies a form proposes; others are typed.
const offeredCompanies = 1000

// DefaultLevel is the level a function proposes, if it may be given.
func (c AddChoices) DefaultLevel(function string) string {
	for _, role := range c.Functions {
		if role.Code == function {
			if slices.ContainsFunc(c.Levels, func(l directory.Role) bool { return l.Code == role.DefaultLevel }) {
				return role.DefaultLevel
			}
		}
	}
	return ""
}

// Choices are what the form of adding offers to somebody with these rights.
func (w *Writer) Choices(ctx context.Context, r *store.Reader, account directory.AccountID, rights authz.Rights) (AddChoices, error) {
	var found AddChoices
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return found, err
	}
	a, err := r.Account(ctx, account)
	if err != nil {
		return found, err
	}
	kind, _ := w.gate.Catalogue().AccountType(a.Type)
	found.Homes, found.MoreHomes = HomeChoices(rights, kind, "", "")
	if tops := Topmost(rights); len(tops) == 1 {
		found.Home = tops[0].UUID
	}
	ro := &Roster{Basis: gate.Basis{Account: account, Rights: rights}, Account: a, Roles: roles}
	for _, role := range roles {
		if _, refusal := ro.Giveable(role.Kind, role.Code, ""); refusal != nil {
			continue
		}
		switch role.Kind {
		case directory.Function:
			found.Functions = append(found.Functions, role)
		case directory.Level:
			found.Levels = append(found.Levels, role)
		}
	}
	found.Companies, err = r.Companies(ctx, account, offeredCompanies)
	return found, err
}
