package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// change writes to the account of a crowd.
func (c crowd) change(t *testing.T, db *store.DB, changes ...store.Change) error {
	t.Helper()
	return db.Update(t.Context(), []directory.AccountID{c.account}, func(tx *store.Tx) error {
		return tx.Apply(t.Context(), store.Write{Changes: changes})
	})
}

// sound holds what is kept of how many members companies have against counting.
func (c crowd) sound(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.View(t.Context(), func(r *store.Reader) error {
		m, err := r.Recounted(t.Context(), c.account)
		if m.Wrong() {
			t.Errorf("COMP-1 kept otherwise: %+v", m)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCompanyPages walks through the list both ways, by name and by count.
func TestCompanyPages(t *testing.T) { // COMP-1
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 600)
		c.sound(t, db)
		counts := map[directory.CompanyID]int64{}
		for _, m := range c.rows {
			counts[m.Company]++
		}
		for _, l := range []store.CompanyList{{}, {Descending: true}, {ByMembers: true}, {ByMembers: true, Descending: true}, {Search: "É 0"}} {
			l.Account, l.Size = c.account, 5
			read := func(l store.CompanyList) (page []store.CompanyLine) {
				if err := db.View(t.Context(), func(r *store.Reader) (err error) {
					page, err = r.CompanyPage(t.Context(), l)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				return page
			}
			var all, back []string
			for page := read(l); len(page) > 0; page = read(l) {
				for _, line := range page {
					all = append(all, line.Name)
					if line.Members != counts[line.ID] {
						t.Errorf("COMP-1 %s has %d members, want %d", line.Name, line.Members, counts[line.ID])
					}
				}
				l.From = &page[len(page)-1].Place
			}
			l.From, l.Back = nil, true
			for page := read(l); len(page) > 0; page = read(l) {
				for _, line := range slices.Backward(page) {
					back = append(back, line.Name)
				}
				l.From = &page[0].Place
			}
			slices.Reverse(back)
			if diff := cmp.Diff(all, back); diff != "" || len(all) < 10 {
				t.Errorf("COMP-1 %+v: forwards (-) and backwards (+) differ:\n%s", l, diff)
			}
		}
	})
}

// TestMergedCompanies reads a double as the company it went into, by key, id, name
// and count, before and after its members follow.
func TestMergedCompanies(t *testing.T) { // COMP-4
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 400)
		into, double, first := c.companies[0], c.companies[1], c.companies[2]
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(c.change(t, db, store.MergeCompanies{Into: double, Doubles: []directory.CompanyID{first}}))
		c.sound(t, db)
		must(c.change(t, db, store.MergeCompanies{Into: into, Doubles: []directory.CompanyID{double}}))
		c.sound(t, db)
		must(db.View(t.Context(), func(r *store.Reader) error {
			byKey, err := r.CompaniesByKey(t.Context(), []directory.CompanyID{first, double})
			must(err)
			byName, err := r.CompaniesByName(t.Context(), c.account, []string{"societe  01", "SOCIÉTÉ 02"})
			must(err)
			for _, got := range []directory.Company{byKey[first], byKey[double], byName["societe 01"], byName["societe 02"]} {
				if got.ID != into {
					t.Errorf("COMP-4 a double is %+v, want company %d", got, into)
				}
			}
			keys, err := r.CompanyKeys(t.Context(), []directory.Company{{ID: into}})
			slices.Sort(keys)
			if diff := cmp.Diff([]directory.CompanyID{into, double, first}, keys); diff != "" {
				t.Errorf("COMP-4 keys (-want +got):\n%s", diff)
			}
			return err
		}))
		if err := c.change(t, db, store.MergeCompanies{Into: double, Doubles: []directory.CompanyID{c.companies[3]}}); err == nil {
			t.Error("COMP-4 merged into a company that is none any more")
		}
		must(c.change(t, db, store.RenameCompany{ID: into, Name: "société 01", Version: 1}))
		must(db.View(t.Context(), func(r *store.Reader) error {
			byName, err := r.CompaniesByName(t.Context(), c.account, []string{"Société 01"})
			if got := byName["societe 01"]; got.ID != into || got.Name != "société 01" {
				t.Errorf("COMP-4 who bears the name now: %+v", got)
			}
			return err
		}))
	})
}
