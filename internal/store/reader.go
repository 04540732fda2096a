package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"intendant/internal/directory"
)

// A querier runs statements: a transaction, or a pool.
type querier interface {
	QueryContext(ctx context.Context, query string, values ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, values ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// A Reader answers questions. It is valid until the function it was given to
// returns, and is not safe for concurrent use.
type Reader struct {
	q          querier
	dialect    dialect
	locked     map[directory.AccountID]*ledger // in a change: of the accounts held
	still      bool                            // all statements see one state
	known      *known                          // nil: others may change it meanwhile
	remembered *roleMemo

	patience time.Duration // with each statement; 0: a change has a deadline as a whole
}

// What is known was read and cannot have changed since: on one snapshot, or in a change
// until it writes; at a glance it does not matter that it may have. Nearly every operation
// asks for it several times.
type known struct {
	accounts   map[directory.AccountID]directory.Account
	structures map[directory.AccountID]int64
}

// forget forgets all, since something was written.
func (k *known) forget() {
	clear(k.accounts)
	clear(k.structures)
}

// structured notes how often the account's structure was changed.
func (r *Reader) structured(account directory.AccountID, changes int64) {
	if r.known != nil {
		r.known.structures[account] = changes
	}
}

func newKnown() *known {
	return &known{map[directory.AccountID]directory.Account{}, map[directory.AccountID]int64{}}
}

// View runs fn on one snapshot: whatever others commit meanwhile, fn does not
// see. It takes no lock and runs fn once.
func (db *DB) View(ctx context.Context, fn func(*Reader) error) error {
	return db.judge(ctx, db.view(ctx, db.read, fn), false)
}

// ViewLong is View for what reads much and for whom nobody waits, as exports: on SQLite
// it has connections of its own.
func (db *DB) ViewLong(ctx context.Context, fn func(*Reader) error) error {
	return db.judge(ctx, db.view(ctx, db.long, fn), false)
}

func (db *DB) view(ctx context.Context, pool *sql.DB, fn func(*Reader) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.dialect == postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	w := watched(ctx, db.deadlines.Statement)
	defer w.stop()
	tx, err := pool.BeginTx(w.ctx, options)
	if err != nil {
		return fmt.Errorf("begin reading: %w", driverError(w.because(err)))
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	w.wind(db.deadlines.Reading)
	return fn(&Reader{q: tx, dialect: db.dialect, still: true, known: newKnown(), remembered: db.roles, patience: db.deadlines.Statement})
}

// Peek runs fn without a snapshot: each statement sees what is committed when
// it starts. It saves the begin and the end of a transaction where fn asks one
// question.
func (db *DB) Peek(fn func(*Reader) error) error {
	return db.peek(context.Background(), db.deadlines.Statement, nil, fn)
}

// Glance is Peek where fn asks a few questions about the same: what it has read once it
// does not read again.
func (db *DB) Glance(ctx context.Context, fn func(*Reader) error) error {
	return db.peek(ctx, db.deadlines.Statement, newKnown(), fn)
}

// Ask is Peek for what products ask: they wait less long.
func (db *DB) Ask(fn func(*Reader) error) error {
	return db.peek(context.Background(), db.deadlines.Question, nil, fn)
}

func (db *DB) peek(ctx context.Context, patience time.Duration, k *known, fn func(*Reader) error) error {
	return db.judge(ctx, fn(&Reader{q: db.read, dialect: db.dialect, known: k, remembered: db.roles, patience: patience}), false)
}

// Sequence returns how many changes account has seen. It refuses with
// account.not_found.
func (r *Reader) Sequence(ctx context.Context, account directory.AccountID) (int64, error) {
	var a args
	query := `SELECT sequence FROM ledger WHERE account_key = ` + a.add(account)
	sequence, err := one(ctx, r, query, a, scanInt64)
	if isNoRows(err) {
		return 0, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if err != nil {
		return 0, fmt.Errorf("read sequence of account %d: %w", account, err)
	}
	return sequence, nil
}

// A part is some columns of a row, for a scan function that knows only those; what
// stands before and after them goes elsewhere.
type part struct {
	scanner
	before, after []any
}

func (p part) Scan(into ...any) error {
	return p.scanner.Scan(slices.Concat(p.before, into, p.after)...)
}

// unread takes so many columns that nobody asked for.
func unread(n int) []any {
	columns := make([]any, n)
	for i := range columns {
		columns[i] = new(any)
	}
	return columns
}
