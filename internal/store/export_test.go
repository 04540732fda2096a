package store

import (
	"context"
	"database/sql"

	"intendant/internal/directory"
)

// What the tests of package store_test, which need storetest, use of the inside.

var (
	RefusalOf = refusalOf
	LostRace  = lostRace
	InKeys    = inKeys[int64]
)

type (
	Args   = args
	Micros = micros
)

// Guard makes an entry of the table of constraints.
func Guard(constraint, columns, code string) func() []guard {
	return func() []guard { return []guard{{constraint, columns, directory.Refuse(directory.Conflict, code)}} }
}

func (a *Args) Add(v any) string { return a.add(v) }

func (tx *Tx) Exec(ctx context.Context, query string, a Args) (int64, error) {
	return exec(ctx, tx, query, a)
}

func (tx *Tx) BulkInsert(ctx context.Context, table string, columns []string, rows [][]any, onConflict string) (int64, error) {
	return tx.bulkInsert(ctx, table, columns, rows, onConflict)
}

func (tx *Tx) BulkUpdate(ctx context.Context, table, key string, columns []string, rows [][]any) (int64, error) {
	return tx.bulkUpdate(ctx, table, key, columns, rows)
}

func (r *Reader) Each(ctx context.Context, query string, a Args, visit func(scan func(...any) error) error) error {
	return each(ctx, r, query, a, func(row scanner) error { return visit(row.Scan) })
}

func (r *Reader) OneInt(ctx context.Context, query string, a Args) (int64, error) {
	return one(ctx, r, query, a, scanInt64)
}

func (r *Reader) Strings(ctx context.Context, query string, a Args) ([]string, error) {
	return collect(ctx, r, query, a, scanString)
}

func (r *Reader) ForUpdate() string            { return r.dialect.forUpdate() }
func (r *Reader) SkipLocked() string           { return r.dialect.skipLocked() }
func (r *Reader) JSONEach(param string) string { return r.dialect.jsonEach(param) }
func (db *DB) Pool() *sql.DB                   { return db.write }
