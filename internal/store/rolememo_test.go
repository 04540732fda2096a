package store_test

import (
	"testing"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

func TestRolesAreRememberedUntilSomebodyChangesThem(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			var nodes [2]*store.DB
			for i := range nodes {
				nodes[i] = openNode(t, address)
			}
			openAccounts(t, nodes[0], 1)
			insert := func(tx *store.Tx) error {
				account := store.InsertAccount{Account: directory.Account{ID: 1, UUID: "a", Number: "1", State: directory.AccountOpen, Root: 5},
					Root: directory.Unit{ID: 5, UUID: "r"}}
				return tx.Apply(t.Context(), store.Write{Changes: []store.Change{account}})
			}
			if err := nodes[0].Update(t.Context(), []directory.AccountID{1}, insert); err != nil {
				t.Fatal(err)
			}
			put := func(db *store.DB, place string, fail error) {
				err := db.Update(t.Context(), []directory.AccountID{1}, func(tx *store.Tx) error {
					ledgers, err := tx.Ledgers(t.Context(), []directory.AccountID{1})
					if err != nil {
						return err
					}
					ledgers[1].Sequence++
					role := directory.Role{ID: directory.RoleID(directory.NewKey(1, 9)), UUID: "u", Kind: directory.Level, Code: "c", Place: place}
					write := store.Write{Ledgers: []store.Ledger{*ledgers[1]}, Changes: []store.Change{store.PutRoles{Account: 1, Roles: []directory.Role{role}}}}
					if err := tx.Apply(t.Context(), write); err != nil {
						return err
					}
					if got := rolePlace(t, tx); got != place {
						t.Errorf("place in the change itself: %q, want %q", got, place)
					}
					return fail
				})
				if err != fail {
					t.Fatal(err)
				}
			}
			check := func(want string) {
				t.Helper()
				for i, db := range nodes {
					write := func(tx *store.Tx) error {
						if got := rolePlace(t, tx); got != want {
							t.Errorf("node %d reads place %q, want %q", i, got, want)
						}
						return nil
					}
					if err := db.Update(t.Context(), []directory.AccountID{1}, write); err != nil {
						t.Fatal(err)
					}
				}
			}
			put(nodes[0], directory.AtProject, nil)
			check(directory.AtProject)
			put(nodes[1], directory.AtBoth, nil)
			check(directory.AtBoth)
			put(nodes[0], directory.AtProject, directory.Refuse(directory.Conflict, "undone"))
			check(directory.AtBoth)
		})
	}
}

// openNode opens a database another node has open too.
func openNode(t *testing.T, address string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address, store.Options{Now: storetest.Noon.UTC})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// rolePlace is the place of the account's only role.
func rolePlace(t *testing.T, tx *store.Tx) string {
	t.Helper()
	roles, err := tx.Roles(t.Context(), 1)
	if err != nil || len(roles) != 1 {
		t.Fatalf("Roles = %v, %v; want one", roles, err)
	}
	return roles[0].Place
}
