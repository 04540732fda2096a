package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestOldCountsAndReferentsMove runs the migration over rows as they were made
// before it: counts under former numbers, a referent who has left.
func TestOldCountsAndReferentsMove(t *testing.T) { // KEY-9, ACC-9, NODE-5
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
		accountKey := "(SELECT key FROM account WHERE number_folded = '204817')"
		run(`INSERT INTO account_former_number (number_folded, account_key, until_at) SELECT '100', key, 1 FROM account`,
			`INSERT INTO account_former_number (number_folded, account_key, until_at) SELECT '101', key, 2 FROM account`,
			`INSERT INTO key_count (number_folded, tries, locked_at, locked_by) VALUES ('204817', 2, NULL, NULL), ('100', 5, 7000000, 9), ('101', 1, NULL, NULL), ('999', 3, NULL, NULL)`,
			`UPDATE account SET referent_key = (SELECT max(user_key) FROM member) WHERE key = `+accountKey,
			`UPDATE member SET removed_at = 1 WHERE user_key = (SELECT referent_key FROM account WHERE key = `+accountKey+`)`)
		text, err := os.ReadFile("migrations/" + db.Dialect() + "/0017_counts_and_referents.sql")
		if err != nil {
			t.Fatal(err)
		}
		for statement := range strings.SplitSeq(regexp.MustCompile(`(?m)^--.*$`).ReplaceAllString(string(text), ""), ";") {
			if strings.TrimSpace(statement) != "" {
				run(statement)
			}
		}
		err = db.View(t.Context(), func(r *store.Reader) error {
			for _, number := range []string{"204 817", "100", "101"} {
				count, err := r.KeyCount(t.Context(), number)
				if err != nil || count.Number != "204817" || count.Tries != 5 || count.LockedBy != 9 || count.Locked.IsZero() {
					t.Errorf("KEY-9 the count of %s is %+v, %v", number, count, err)
				}
			}
			if count, err := r.KeyCount(t.Context(), "999"); err != nil || count.Tries != 3 || count.Number != "999" {
				t.Errorf("KEY-14 the count of nobody's number is %+v, %v", count, err)
			}
			a, err := r.Account(t.Context(), account)
			if a.Referent != 0 {
				t.Errorf("ACC-9 who left is still referent: %d", a.Referent)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		left := describe(t, db, `SELECT number_folded FROM key_count ORDER BY number_folded`)
		if got := strings.Join(left, " "); got != "204817 999" {
			t.Errorf("KEY-9 counts are left under %s", got)
		}
	})
}
