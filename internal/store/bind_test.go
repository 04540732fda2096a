package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// trial is the table of these tests, made beside the schema.
const trial = `CREATE TABLE trial (
  key    BIGINT NOT NULL PRIMARY KEY,
  name   TEXT,
  active BOOLEAN,
  digest %s,
  at     BIGINT,
  CONSTRAINT trial_name_not_empty CHECK (name <> ''),
  CONSTRAINT trial_name_once UNIQUE (name, at))`

// withTrial gives db the table trial.
func withTrial(t *testing.T, db *store.DB) {
	t.Helper()
	blob := "BLOB"
	if db.Dialect() == "postgres" {
		blob = "BYTEA"
	}
	folded := `CREATE UNIQUE INDEX trial_digest_once ON trial (digest, lower(name))`
	for _, statement := range []string{fmt.Sprintf(trial, blob), folded} {
		if _, err := db.Pool().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// write runs fn in a Write and fails the test with its error.
func write(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

var trialColumns = []string{"key", "name", "active", "digest", "at"}

type row struct {
	Key    int64
	Name   sql.NullString
	Active sql.NullBool
	Digest []byte
	At     time.Time
}

// rows returns the rows of trial by key.
func rows(t *testing.T, db *store.DB, keys ...int64) (found []row) {
	t.Helper()
	err := db.View(t.Context(), func(r *store.Reader) error {
		found = nil
		var a store.Args
		query := `SELECT key, name, active, digest, at FROM trial WHERE key` + store.InKeys(r, keys, &a) + ` ORDER BY key`
		return r.Each(t.Context(), query, a, func(scan func(...any) error) error {
			var one row
			var at store.Micros
			if err := scan(&one.Key, &one.Name, &one.Active, &one.Digest, &at); err != nil {
				return err
			}
			one.At = at.Time
			found = append(found, one)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestValuesBindByNumberAndComeBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		withTrial(t, db)
		at := time.Date(2026, 3, 1, 13, 0, 0, 123_456_000, time.FixedZone("somewhere", 3600))
		name := "Anne"
		var none *string
		member := directory.MemberID(directory.NewKey(7, 9))
		write(t, db, func(tx *store.Tx) error {
			var a store.Args
			when, digest, active, called, key := a.Add(at), a.Add([]byte{0, 1, 255}), a.Add(true), a.Add(&name), a.Add(member)
			query := `INSERT INTO trial (key, name, active, digest, at) VALUES (` +
				strings.Join([]string{key, called, active, digest, when}, ", ") + `)`
			if _, err := tx.Exec(t.Context(), query, a); err != nil {
				return err
			}
			rows := [][]any{{int64(1), none, nil, nil, time.Time{}}, {2, "", false, []byte(nil), at}}
			rows[1][1] = "b"
			_, err := tx.BulkInsert(t.Context(), "trial", trialColumns, rows, "")
			return err
		})
		want := []row{
			{Key: 1},
			{Key: 2, Name: sql.NullString{String: "b", Valid: true}, Active: sql.NullBool{Valid: true}, At: at.UTC()},
			{Key: 7<<32 | 9, Name: sql.NullString{String: name, Valid: true}, Active: sql.NullBool{Bool: true, Valid: true},
				Digest: []byte{0, 1, 255}, At: at.UTC()},
		}
		if diff := cmp.Diff(want, rows(t, db, 1, 2, int64(member), 99)); diff != "" {
			t.Errorf("rows that came back (-want +got):\n%s", diff)
		}
		if got := rows(t, db); got != nil {
			t.Errorf("rows of no keys: %v, want none", got)
		}
	})
}

func TestBulkRows(t *testing.T) {
	t.Parallel()
	const count = 10_000
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		withTrial(t, db)
		given := make([][]any, count)
		keys := make([]int64, count)
		for i := range given {
			keys[i] = int64(i + 1)
			given[i] = []any{keys[i], fmt.Sprint("n", i), i%2 == 0, []byte(fmt.Sprint(i)), storetest.Noon}
		}
		insert := func(rows [][]any, onConflict string) (n int64) {
			write(t, db, func(tx *store.Tx) (err error) {
				n, err = tx.BulkInsert(t.Context(), "trial", trialColumns, rows, onConflict)
				return err
			})
			return n
		}
		if got := insert(given, ""); got != count {
			t.Errorf("inserted %d rows, want %d", got, count)
		}
		if got := insert(given[:10], "ON CONFLICT (key) DO NOTHING"); got != 0 {
			t.Errorf("inserted %d known rows, want 0", got)
		}
		if got := insert(nil, ""); got != 0 {
			t.Errorf("inserted %d of no rows", got)
		}
		given[0][1] = "changed"
		if got := insert(given[:1], "ON CONFLICT (key) DO UPDATE SET name = excluded.name"); got != 1 {
			t.Errorf("upserted %d rows, want 1", got)
		}
		changes := make([][]any, count+1)
		for i := range changes {
			changes[i] = []any{int64(i + 1), false, time.Time{}}
		}
		write(t, db, func(tx *store.Tx) error {
			got, err := tx.BulkUpdate(t.Context(), "trial", "key", []string{"active", "at"}, changes)
			if got != count {
				t.Errorf("updated %d rows, want %d: one key is unknown", got, count)
			}
			return err
		})
		found := rows(t, db, keys...)
		if len(found) != count {
			t.Fatalf("found %d rows, want %d", len(found), count)
		}
		if found[0].Name.String != "changed" || found[0].Active.Bool || !found[0].At.IsZero() {
			t.Errorf("first row is %v, want it changed", found[0])
		}
		if found[count-1].Name.String != fmt.Sprint("n", count-1) {
			t.Errorf("last row is %v", found[count-1])
		}
	})
}

func TestConstraintBecomesRefusal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		constraint string
		columns    string
		values     []any
	}{
		{"primary key", "trial_pkey", "trial.key", []any{1, "new", nil}},
		{"unique key", "trial_name_once", "trial.name, trial.at", []any{2, "Anne", nil}},
		{"unique index over an expression", "trial_digest_once", "", []any{2, "ANNE", []byte{1}}},
		{"check", "trial_name_not_empty", "", []any{2, "", nil}},
	} {
		t.Run(test.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				withTrial(t, db)
				write(t, db, func(tx *store.Tx) error {
					_, err := tx.Exec(t.Context(), `INSERT INTO trial (key, name, digest, at) VALUES (1, 'Anne', $1, 5)`, store.Args{[]byte{1}})
					return err
				})
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					at := int64(5)
					if test.constraint == "trial_digest_once" {
						at = 6
					}
					_, err := tx.Exec(t.Context(), `INSERT INTO trial (key, name, digest, at) VALUES ($1, $2, $3, $4)`,
						append(slices.Clone(test.values), at))
					return err
				})
				if got := code(err); err == nil || got != "" {
					t.Fatalf("Exec = %v, want a fault: the constraint is no rule's", err)
				}
				known := store.Guard(test.constraint, test.columns, "trial.refused")
				if got := code(store.RefusalOf(err, known)); got != "trial.refused" {
					t.Errorf("RefusalOf(%v): code %q, want trial.refused", err, got)
				}
				other := store.Guard("trial_other", "trial.other", "trial.refused")
				if got := store.RefusalOf(err, other); !errors.Is(got, err) {
					t.Errorf("RefusalOf with another guard = %v, want the error itself", got)
				}
			})
		})
	}
}

func TestLostRaceRunsAgain(t *testing.T) {
	t.Parallel()
	lost := fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: "40001"})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		openAccounts(t, db, 1)
		runs := 0
		err := db.Update(t.Context(), []directory.AccountID{1}, func(tx *store.Tx) error {
			if err := tx.Bump(t.Context(), 1); err != nil {
				return err
			}
			if runs++; runs < 3 {
				return lost
			}
			return nil
		})
		if err != nil || runs != 3 || sequence(t, db, 1) != 1 {
			t.Errorf("Update = %v after %d runs, sequence %d; want success after 3, sequence 1", err, runs, sequence(t, db, 1))
		}
		runs = 0
		err = db.Write(t.Context(), func(*store.Tx) error { runs++; return lost })
		if !errors.Is(err, lost) || runs != 8 {
			t.Errorf("Write = %v after %d runs, want the error after 8", err, runs)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = db.Write(ctx, func(*store.Tx) error { cancel(); return lost })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Write cancelled while waiting = %v, want context.Canceled", err)
		}
	})
}

func TestDeadlockRunsAgain(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, "postgres")
	withTrial(t, db)
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.BulkInsert(t.Context(), "trial", []string{"key", "at"}, [][]any{{1, 0}, {2, 0}}, "")
		return err
	})
	var runs atomic.Int64
	var met, ended [2]chan struct{}
	for i := range met {
		met[i], ended[i] = make(chan struct{}), make(chan struct{})
	}
	together(t, 2, func(i int) error {
		defer close(ended[i])
		first := true
		return db.Write(t.Context(), func(tx *store.Tx) error {
			if runs.Add(1); !first {
				<-ended[1-i] // else who lost could take the row back before the other wakes, and lose again
			}
			for step, key := range []int{1 + i, 2 - i} {
				if _, err := tx.Exec(t.Context(), `UPDATE trial SET at = at + 1 WHERE key = $1`, store.Args{key}); err != nil {
					return err
				}
				if step == 0 && first { // both hold one row before they want the other's
					first = false
					close(met[i])
					<-met[1-i]
				}
			}
			return nil
		})
	})
	if got := runs.Load(); got != 3 {
		t.Errorf("ran %d times, want 3: one of two lost", got)
	}
	if got := rows(t, db, 1, 2); got[0].At.UnixMicro() != 2 || got[1].At.UnixMicro() != 2 {
		t.Errorf("counters are %v, want 2 and 2", got)
	}
}

func TestDialectParts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		withTrial(t, db)
		write(t, db, func(tx *store.Tx) error {
			if _, err := tx.BulkInsert(t.Context(), "trial", []string{"key", "name"}, [][]any{{1, "a"}, {2, "b"}}, ""); err != nil {
				return err
			}
			for _, lock := range []string{tx.ForUpdate(), tx.SkipLocked()} {
				key, err := tx.OneInt(t.Context(), `SELECT key FROM trial ORDER BY key LIMIT 1`+lock, nil)
				if err != nil || key != 1 {
					t.Errorf("first key%s = %d, %v; want 1", lock, key, err)
				}
			}
			if _, err := tx.OneInt(t.Context(), `SELECT key FROM trial WHERE key = 3`, nil); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("no row: %v, want sql.ErrNoRows", err)
			}
			var a store.Args
			names, err := tx.Strings(t.Context(), `SELECT value FROM `+tx.JSONEach(a.Add(`["x", "é", "12"]`))+` ORDER BY value`, a)
			if diff := cmp.Diff([]string{"12", "x", "é"}, names); diff != "" || err != nil {
				t.Errorf("JSON elements (-want +got): %s %v", diff, err)
			}
			return nil
		})
	})
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.View(t.Context(), func(r *store.Reader) error {
			_, err := r.OneInt(t.Context(), `UPDATE ledger SET sequence = 9 RETURNING sequence`, nil)
			return err
		})
		if err == nil || sequence(t, db, 0) != 0 {
			t.Errorf("a write in a View: %v, want an error", err)
		}
	})
}
