package store_test

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"intendant/internal/store"
	"intendant/internal/storetest"
)

// onPostgres is an installation with so many members on PostgreSQL, and a way to it past
// the store.
func onPostgres(t *testing.T, members int) *sql.DB {
	t.Helper()
	if !slices.Contains(storetest.Kinds(t), "postgres") {
		t.Skip("needs PostgreSQL")
	}
	address := storetest.Address(t, "postgres")
	db, err := store.Open(t.Context(), address, store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	fill(t, db, members)
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// TestFiguresAfterMany: PostgreSQL plans on what stands in its tables from the moment
// that many rows have come in, and not from some minutes later.
func TestFiguresAfterMany(t *testing.T) { // LIST-10
	pool := onPostgres(t, 11_000)
	for _, table := range []string{"member", `"user"`} {
		var rows float64
		err := pool.QueryRowContext(t.Context(), `SELECT reltuples FROM pg_class WHERE oid = $1::text::regclass`, table).Scan(&rows)
		if err != nil || rows < 10_000 {
			t.Errorf("PostgreSQL plans for %.0f rows of 11,000 in %s: %v", rows, table, err)
		}
	}
}

// TestEditTouchesNoIndex: on PostgreSQL a change of everybody, in what no index holds,
// finds its place beside the old rows and writes to none of the fifteen indexes.
func TestEditTouchesNoIndex(t *testing.T) { // LIST-10
	tx, err := onPostgres(t, 1000).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	changed, err := tx.ExecContext(t.Context(), `UPDATE member SET job_title = 'Grutière', version = version + 1`)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := changed.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	var beside int64
	err = tx.QueryRowContext(t.Context(), `SELECT pg_stat_get_xact_tuples_hot_updated('member'::regclass)`).Scan(&beside)
	if err != nil || rows < 1000 || beside < rows*9/10 {
		t.Errorf("%d of %d rows were changed beside the old ones: %v", beside, rows, err)
	}
}
