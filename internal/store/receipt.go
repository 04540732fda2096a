package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"intendant/internal/directory"
)

// A receipt is a row that a change writes with all else and that nobody else can
// write: when the answer to a COMMIT is lost, it says whether it happened.
type receipt struct{ at, id int64 }

// keptReceipts is how long receipts are kept: much longer than any look-up.
const keptReceipts = time.Hour

// leaveReceipt writes the receipt of a change that wrote something.
func (tx *Tx) leaveReceipt(ctx context.Context) error {
	if !tx.line.wrote {
		return nil
	}
	tx.receipt = receipt{tx.Now.UnixMicro(), rand.Int64()}
	var a args
	query := `INSERT INTO receipt (at, id, void) VALUES (` + a.add(tx.receipt.at) + `, ` + a.add(tx.receipt.id) + `, 0)`
	if err := tx.unwaited(ctx, query, a); err != nil {
		return fmt.Errorf("leave receipt: %w", err)
	}
	return nil
}

// errNotDone says that a change whose COMMIT failed was looked up: it did not
// happen and cannot happen any more.
var errNotDone = errors.New("the change did not happen")

// certain reports whether a failed COMMIT says itself that nothing happened:
// the server answered, lived on, and took it all back.
func certain(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Severity == "ERROR" || pg.SeverityUnlocalized == "ERROR"
	}
	return errors.Is(err, pgx.ErrTxCommitRollback)
}

// afterCommit finds out what became of a change whose COMMIT failed. It returns
// nil when it happened, an error that wraps errNotDone when it did not and, when
// that cannot be found out, an interruption that says so.
func (db *DB) afterCommit(ctx context.Context, tx *Tx, failed error) error {
	switch {
	case certain(failed):
		return refusal(failed)
	case !tx.line.wrote:
		return driverError(failed)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), db.deadlines.LookUp)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		done, err := db.lookUp(ctx, tx.receipt)
		switch {
		case err == nil && done:
			return nil
		case err == nil && db.dialect == sqlite:
			return refusal(failed) // it will fail again
		case err == nil:
			return errors.Join(errNotDone, driverError(failed))
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			unknown := errors.Join(failed, fmt.Errorf("look up whether it was committed: %w", err))
			db.outage.count(ctx, db, awayError{unknown}, true)
			return &directory.Interruption{Code: directory.OperationUnknown, Cause: unknown}
		}
	}
}

// lookUp reads a receipt on a connection of its own. On PostgreSQL the lost
// COMMIT may still be on its way: writing the same receipt waits for its end
// and, when there is none, makes that it can no longer come.
func (db *DB) lookUp(ctx context.Context, r receipt) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, max(db.deadlines.LookUp/3, time.Millisecond))
	defer cancel()
	pool := db.read
	if db.dialect == postgres {
		pool = db.fresh
		if _, err := pool.ExecContext(ctx, `INSERT INTO receipt (at, id, void) VALUES ($1, $2, 1) ON CONFLICT (at, id) DO NOTHING`, r.at, r.id); err != nil {
			return false, err
		}
	}
	rows, err := pool.QueryContext(ctx, `SELECT void FROM receipt WHERE at = $1 AND id = $2`, r.at, r.id)
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }() // read to its end
	for rows.Next() {
		var void int64
		if err := rows.Scan(&void); err != nil {
			return false, err
		}
		done = void == 0
	}
	return done, rows.Err()
}

// PurgeReceipts removes at most limit receipts that nobody looks up any more and
// answers how many it removed.
func (tx *Tx) PurgeReceipts(ctx context.Context, limit int) (int64, error) {
	var a args
	query := `DELETE FROM receipt WHERE (at, id) IN (SELECT at, id FROM receipt WHERE at < ` + a.add(tx.Now.Add(-keptReceipts)) +
		` ORDER BY at, id` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge receipts: %w", err)
	}
	return n, nil
}

// reads reports whether a statement only reads.
func reads(query string) bool {
	return strings.HasPrefix(strings.TrimLeft(query, " \t\n("), "SELECT")
}
