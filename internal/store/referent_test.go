package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestOldReferentsAreCarriedOver runs the migration over an account whose referent
// stands where it stood before, with and without a place.
func TestOldReferentsAreCarriedOver(t *testing.T) { // SEAT-7, ACC-2, NODE-5
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 3)
		account := c.rows[0].Account()
		run := func(statements ...string) {
			t.Helper()
			for _, statement := range statements {
				if _, err := db.Pool().ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
		}
		text, err := os.ReadFile("migrations/" + db.Dialect() + "/0028_contracts.sql")
		if err != nil {
			t.Fatal(err)
		}
		var carry []string
		for statement := range strings.SplitSeq(regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(string(text), ""), ";") {
			statement = strings.TrimSpace(statement)
			if strings.HasPrefix(statement, "UPDATE ledger") || strings.HasPrefix(statement, "INSERT") || strings.HasPrefix(statement, "UPDATE account") {
				carry = append(carry, statement)
			}
		}
		if len(carry) != 3 {
			t.Fatalf("%d statements carry referents over, want 3", len(carry))
		}
		read := func() (a directory.Account, parts []directory.Referent, next int64) {
			t.Helper()
			err := db.View(t.Context(), func(r *store.Reader) (err error) {
				if a, err = r.Account(t.Context(), account); err != nil {
					return err
				}
				if parts, err = r.ReferentsAt(t.Context(), []directory.UnitID{a.Root}); err != nil {
					return err
				}
				ledgers, err := r.Ledgers(t.Context(), []directory.AccountID{account})
				next = ledgers[account].NextNumber
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return a, parts, next
		}
		run(`UPDATE account SET referent_key = (SELECT max(user_key) FROM member)`,
			`UPDATE member SET removed_at = 1 WHERE user_key = (SELECT max(user_key) FROM member)`)
		run(carry...)
		if a, parts, _ := read(); a.Referent != 0 || len(parts) != 0 {
			t.Errorf("ACC-9 who has left is referent: %d, %v", a.Referent, parts)
		}
		run(`UPDATE member SET removed_at = NULL`, `UPDATE account SET referent_key = (SELECT max(user_key) FROM member)`)
		_, _, before := read()
		run(carry...)
		a, parts, next := read()
		if len(parts) != 1 || parts[0].Part != directory.ReferentPart || parts[0].Unit != a.Root || parts[0].User != a.Referent || a.Referent == 0 {
			t.Fatalf("SEAT-7 referent %d, rows %+v", a.Referent, parts)
		}
		if next != before+1 || int64(parts[0].ID) != directory.NewKey(account, before) {
			t.Errorf("the row is %d, the next number %d after %d", parts[0].ID, next, before)
		}
		if old := describe(t, db, `SELECT count(*) || ' left' FROM account WHERE referent_key IS NOT NULL`); old[0] != "0 left" {
			t.Errorf("%s where it was", old[0])
		}
	})
}
