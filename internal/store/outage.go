package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	sqlitedriver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"intendant/internal/directory"
)

// An awayError is a database that did not do what it was asked because it is
// away, overburdened, full, or no longer the one that writes.
type awayError struct{ error }

// Unwrap returns what the driver said.
func (a awayError) Unwrap() error { return a.error }

// driverError marks what a driver says when the database is away.
func driverError(err error) error {
	if err != nil && isAway(err) {
		return awayError{err}
	}
	return err
}

// isAway reports whether a driver's error is about the database as a whole and
// not about what was asked. Who stopped asking is none.
func isAway(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlitedriver.Error
	var network net.Error
	var connecting *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &pg):
		return awayCode(pg)
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY, codes.SQLITE_BUSY, codes.SQLITE_INTERRUPT:
			return true
		}
		return errors.Is(err, context.DeadlineExceeded)
	}
	for _, gone := range []error{context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return errors.As(err, &network) || errors.As(err, &connecting) || pgconn.SafeToRetry(err)
}

// awayCode reports the same of what PostgreSQL answered: connection exceptions,
// no room or no connection left, shutting down, read-only since another server
// took over, its own input and output, and its timeouts.
func awayCode(pg *pgconn.PgError) bool {
	switch pg.Code {
	case "25006", "25P03", "25P04", "55P03", "57014", "58030":
		return true
	}
	return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P")
}

// severed reports whether connections made before are of no more use.
func severed(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "25006" || strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P")
	}
	var away awayError
	return errors.As(err, &away)
}

// An outage is the time from the first loss to the next success: one line in the
// log at its begin and one at its end, however many were lost.
type outage struct {
	down    atomic.Bool
	mu      sync.Mutex
	writing bool // only a change ends it
	since   time.Time
	lost    int
}

// judge turns the error of a transaction into an interruption when the database
// was away, and ends an outage when there was none.
func (db *DB) judge(ctx context.Context, err error, writing bool) error {
	if err == nil {
		if db.outage.down.Load() {
			db.outage.end(ctx, db, writing)
		}
		return nil
	}
	var known *directory.Interruption
	var away awayError
	if errors.As(err, &known) || !errors.As(err, &away) || errors.Is(ctx.Err(), context.Canceled) {
		return err
	}
	db.outage.count(ctx, db, err, writing)
	return &directory.Interruption{Code: directory.DatabaseAway, Cause: err}
}

func (o *outage) count(ctx context.Context, db *DB, err error, writing bool) {
	o.mu.Lock()
	begins := !o.down.Load()
	if begins {
		o.since, o.lost, o.writing = db.now(), 0, false
		o.down.Store(true)
	}
	o.lost++
	o.writing = o.writing || writing
	o.mu.Unlock()
	if begins {
		db.logger.ErrorContext(ctx, "the database is away", "writing", writing, "error", err)
	}
	if db.dialect == postgres && severed(err) { // the others that wait lead to the same end
		db.write.SetMaxIdleConns(-1)
		db.write.SetMaxIdleConns(db.size)
	}
}

func (o *outage) end(ctx context.Context, db *DB, writing bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.down.Load() || o.writing && !writing {
		return
	}
	o.down.Store(false)
	db.logger.WarnContext(ctx, "the database is back", "after", db.now().Sub(o.since), "lost", o.lost)
}
