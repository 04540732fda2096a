package store_test

import (
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestPortfolioOfAccountsThatAreGone: an account goes although it is in portfolios,
// and whoever saw it alone sees none afterwards, not all.
func TestPortfolioOfAccountsThatAreGone(t *testing.T) { // APP-1, VEND-3
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t, kind)
			openAccounts(t, db, 2)
			now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
			digest := []byte("digest")
			root := func(account directory.AccountID) directory.UnitID {
				return directory.UnitID(directory.NewKey(account, 5))
			}
			insert := func(account directory.AccountID) store.Change {
				text := string(rune('a' + account))
				return store.InsertAccount{Account: directory.Account{ID: account, UUID: text, Number: text, State: directory.AccountOpen, Root: root(account)},
					Root: directory.Unit{ID: root(account), UUID: "r" + text}}
			}
			update := func(fn func(tx *store.Tx) error) {
				t.Helper()
				if err := db.Update(t.Context(), []directory.AccountID{1, 2}, fn); err != nil {
					t.Fatal(err)
				}
			}
			update(func(tx *store.Tx) error {
				return tx.Apply(t.Context(), store.Write{Changes: []store.Change{insert(1), insert(2),
					store.InsertUsers{{ID: 7, UUID: "u", Kind: directory.TechnicalKind, UserName: "u", Password: directory.PasswordNone, Created: now, Version: 1}},
					store.InsertApplication{ID: 7, Rights: directory.ApplicationRights(), Portfolio: directory.Only(1), Created: now},
					store.InsertCredential{Credential: directory.Credential{ID: 8, UUID: "c", Application: 7, Name: "c", Created: now, Expires: now.AddDate(1, 0, 0)},
						Digest: digest}}})
			})
			sees := func(first, second bool) {
				t.Helper()
				if err := db.View(t.Context(), func(r *store.Reader) error {
					found, err := r.Presented(t.Context(), digest)
					if err != nil {
						return err
					}
					read, err := r.Portfolio(t.Context(), 7)
					if p := found.Application.Portfolio; !p.Equal(read) || p.Holds(1) != first || p.Holds(2) != second {
						t.Errorf("it sees %+v, read by itself %+v", p, read)
					}
					n, countErr := r.CountAccounts(t.Context(), read)
					if countErr != nil || first != second && n != 1 || !first && !second && n != 0 {
						t.Errorf("%d accounts are listed: %v", n, countErr)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			sees(true, false)
			update(func(tx *store.Tx) error {
				for _, query := range []string{`DELETE FROM unit WHERE account_key = 1`, `DELETE FROM account WHERE key = 1`} {
					if _, err := tx.Exec(t.Context(), query, nil); err != nil {
						return err
					}
				}
				return nil
			})
			sees(false, false)
			update(func(tx *store.Tx) error {
				return tx.Apply(t.Context(), store.Write{Changes: []store.Change{store.SetPortfolio{User: 7}}})
			})
			sees(true, true)
		})
	}
}
