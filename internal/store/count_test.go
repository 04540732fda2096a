package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// recounted counts an account anew.
func recounted(t *testing.T, db *store.DB, account directory.AccountID) store.Miscount {
	t.Helper()
	var m store.Miscount
	err := db.View(t.Context(), func(r *store.Reader) (err error) {
		m, err = r.Recounted(t.Context(), account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// execAll runs statements that no operation makes.
func execAll(t *testing.T, db *store.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Pool().ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestCountsFollowMembers writes members over and over, some of them twice in one
// change, and reads the counts inside the change and after it.
func TestCountsFollowMembers(t *testing.T) { // LIST-12
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 200)
		if m := recounted(t, db, c.account); m.Wrong() || m.Kept.Members() != 200 {
			t.Fatalf("after they came %+v are kept and %+v counted, home units off by %v", m.Kept, m.Counted, m.Homes)
		}
		moved := func(i int) store.MemberRow {
			row := c.rows[i]
			row.Status = directory.Status(1 + i%4)
			switch i % 5 {
			case 0:
				row.Unit = c.branch
			case 1:
				row.Removed = storetest.Noon
			}
			return row
		}
		err := db.Update(t.Context(), []directory.AccountID{c.account}, func(tx *store.Tx) error {
			var first, again store.UpdateMembers
			for i := range 60 {
				first = append(first, moved(i))
			}
			for i := range 20 {
				row := moved(i)
				row.Status, row.Unit, row.Removed = directory.Inactive, c.branch, time.Time{}
				again = append(again, row)
			}
			nobody := moved(3)
			nobody.ID += 1 << 20
			if err := tx.Apply(t.Context(), store.Write{Changes: []store.Change{first, again, store.UpdateMembers{nobody}}}); err != nil {
				return err
			}
			m, err := tx.Recounted(t.Context(), c.account)
			if m.Wrong() {
				t.Errorf("in the change %+v are kept and %+v counted, home units off by %v", m.Kept, m.Counted, m.Homes)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if m := recounted(t, db, c.account); m.Wrong() || m.Kept.Members() == 200 {
			t.Errorf("after it %+v are kept and %+v counted, home units off by %v", m.Kept, m.Counted, m.Homes)
		}
	})
}

// TestRecountMends takes the counts away, as a program would that does not know
// them, and has them counted anew: by the check, and by the migration.
func TestRecountMends(t *testing.T) { // LIST-12
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := fill(t, db, 50)
		wrong := []string{`UPDATE ledger SET members_active = 7, members_invited = 0, requests_waiting = 3`, `DELETE FROM home_count`}
		execAll(t, db, wrong...)
		if m := recounted(t, db, c.account); !m.Wrong() || len(m.Homes) != 2 || m.Kept.ByStatus[directory.Active] != 7 {
			t.Errorf("wrong counts are found as %+v", m)
		}
		err := db.Update(t.Context(), []directory.AccountID{c.account}, func(tx *store.Tx) error {
			_, err := tx.Recount(t.Context(), c.account)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if m := recounted(t, db, c.account); m.Wrong() {
			t.Errorf("after mending %+v are kept and %+v counted, home units off by %v", m.Kept, m.Counted, m.Homes)
		}
		execAll(t, db, wrong...)
		text, err := os.ReadFile("migrations/" + db.Dialect() + "/0025_counts.sql")
		if err != nil {
			t.Fatal(err)
		}
		for statement := range strings.SplitSeq(regexp.MustCompile(`(?m)^--.*$`).ReplaceAllString(string(text), ""), ";") {
			if fills := strings.TrimSpace(statement); strings.HasPrefix(fills, "UPDATE ledger") || strings.HasPrefix(fills, "INSERT INTO home_count") {
				execAll(t, db, fills)
			}
		}
		if m := recounted(t, db, c.account); m.Wrong() || m.Kept.Members() != 50 {
			t.Errorf("after the migration %+v are kept and %+v counted, home units off by %v", m.Kept, m.Counted, m.Homes)
		}
	})
}
