package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"intendant/internal/directory"
)

// attempts is how often a change is tried before a lost race becomes a fault.
const attempts = 8

// A Tx is one change: it reads, writes and commits or fails as a whole. It is
// valid until the function it was given to returns, and is not safe for
// concurrent use. A Tx that was refused by a constraint must be given up.
type Tx struct {
	*Reader
	// Now is the instant of the change, the same in every row it writes: UTC,
	// in whole microseconds, not before the locks were taken.
	Now time.Time

	line    *pipeline
	types   *columnTypes
	ledgers map[directory.AccountID]*ledger
	receipt receipt
	grown   []growth // PostgreSQL: what it wrote in bulk
}

// Update runs fn in a transaction that holds the locks of accounts, taken in
// the order of their numbers; account 0 is the installation. Who updates one of
// them meanwhile waits, and fn sees what whoever came before has committed.
//
// When a race is lost, everything is undone and fn runs again, at most eight
// times in all: fn may run more than once and must touch nothing but its Tx and
// what it sets anew. An account without a ledger is refused with
// account.not_found.
//
// An error means that nothing happened, unless it is an interruption with the
// code operation.unknown: when the answer to a COMMIT is lost, what became of it
// is looked up, and only what did not happen is done again (NODE-1).
func (db *DB) Update(ctx context.Context, accounts []directory.AccountID, fn func(*Tx) error) error {
	return db.retry(ctx, accounts, fn)
}

// Lane names the queue in which an Update of accounts waits: two Updates of one
// lane never run at the same time and may as well be one.
func (db *DB) Lane(accounts []directory.AccountID) string {
	if db.dialect == sqlite {
		return ""
	}
	return fmt.Sprint(accounts)
}

// Write runs fn in a short transaction that locks no account. It is for rows no
// rule counts and no history tells of. Like Update it may run fn more than once.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return db.retry(ctx, nil, fn)
}

// change is one attempt.
func (db *DB) change(ctx context.Context, accounts []directory.AccountID, fn func(*Tx) error) error {
	w := watched(ctx, db.deadlines.Statement)
	defer w.stop()
	return w.because(db.changeWithin(w, accounts, fn))
}

// changeWithin is a change whose context ends when one step of it takes too
// long: getting a connection, a statement, the COMMIT.
func (db *DB) changeWithin(w watch, accounts []directory.AccountID, fn func(*Tx) error) error {
	ctx := w.ctx
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin change: %w", driverError(err))
	}
	defer func() { _ = conn.Close() }() // gives it back
	begun, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin change: %w", driverError(err))
	}
	defer func() { _ = begun.Rollback() }() // does nothing after the commit
	line := &pipeline{Tx: begun, conn: conn, within: ctx, wind: func() { w.wind(db.deadlines.Statement) }, known: newKnown()}
	if db.dialect == sqlite {
		line.unwatched = context.WithoutCancel(ctx)
	}
	tx := &Tx{
		Reader:  &Reader{q: line, dialect: db.dialect, known: line.known, remembered: db.roles},
		line:    line,
		types:   db.types,
		ledgers: make(map[directory.AccountID]*ledger, len(accounts)),
	}
	if len(accounts) > 0 {
		if err := tx.lock(ctx, accounts); err != nil {
			return err
		}
		tx.locked = tx.ledgers
	}
	tx.Now = db.now().UTC().Truncate(time.Microsecond)
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.saveLedgers(ctx); err != nil {
		return err
	}
	if err := tx.leaveReceipt(ctx); err != nil {
		return err
	}
	if err := line.flush(ctx); err != nil {
		return err
	}
	line.wind()
	if err := begun.Commit(); err != nil {
		discard(conn)
		err = errors.Join(err, context.Cause(ctx)) // package sql says only that it has ended
		if err := db.afterCommit(ctx, tx, err); err != nil {
			return fmt.Errorf("commit change: %w", err)
		}
		return nil
	}
	db.lookAnew(ctx, conn, tx.grown)
	return nil
}

// discard closes a connection that would otherwise be used again: nobody knows
// what state it is in.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // that is how package sql is told
}

// retry makes a change again while it loses races, after a pause that grows and
// differs between the losers. Then the error is the database's own.
func (db *DB) retry(ctx context.Context, accounts []directory.AccountID, fn func(*Tx) error) error {
	within, cancel := context.WithTimeoutCause(ctx, db.deadlines.Change, errTooLong)
	defer cancel()
	pause := time.Millisecond
	for attempt := 1; ; attempt++ {
		err := db.change(within, accounts, fn)
		if err == nil || !again(err) || attempt == attempts {
			return db.judge(ctx, err, true)
		}
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-within.Done():
			timer.Stop()
			return db.judge(ctx, driverError(fmt.Errorf("wait after a lost race: %w", within.Err())), true)
		case <-timer.C:
		}
		pause *= 2
	}
}

// again reports whether a change that failed is made once more: it lost a race,
// or its COMMIT was lost on the way and a connection stands again.
func again(err error) bool {
	return lostRace(err) || errors.Is(err, errNotDone)
}
