package app_test

import (
	"fmt"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// headcount is who is in an account.
func headcount(t *testing.T, w *apptest.World, account directory.Account) int64 {
	t.Helper()
	var n int64
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		counts, err := r.Counts(w.Context(), account.ID)
		n = counts.Members()
		return err
	}))
	return n
}

// memberByEmail finds somebody's place.
func memberByEmail(t *testing.T, w *apptest.World, account directory.Account, email string) directory.Member {
	t.Helper()
	var m directory.Member
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		u, err := r.UserBySignInName(w.Context(), email)
		if err != nil {
			return err
		}
		m, err = r.MemberOf(w.Context(), account.ID, u.ID)
		return err
	}))
	return m
}

// roll is everybody in an account but its administrator, in the order they
// came.
func roll(t *testing.T, w *apptest.World, account directory.Account) []string {
	t.Helper()
	var lines []string
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		scope := authz.Decide(w.Operator(), nil, authz.Standing{}, w.Now()).Scope(authz.ViewMembers)
		keys, err := r.MemberKeys(w.Context(), store.MemberList{Account: account.ID, Scope: scope})
		if err != nil {
			return err
		}
		people, err := r.MemberLines(w.Context(), keys[1:], w.Now())
		if err != nil {
			return err
		}
		var companies []directory.CompanyID
		for _, m := range people {
			companies = append(companies, m.Company)
		}
		named, err := r.CompaniesByKey(w.Context(), companies)
		for _, m := range people {
			lines = append(lines, fmt.Sprint(m.Person.Email, m.Suggested, named[m.Company].Name, m.Phone, m.PersonnelNumber, m.Ends, m.Status, m.Functions != nil))
		}
		return err
	}))
	return lines
}
