package store

import (
	"context"
	"errors"
	"time"
)

// Deadlines are how long the database may take. Zero values mean the usual ones.
type Deadlines struct {
	Connect   time.Duration // until a connection stands, by host
	Lock      time.Duration // waiting for a row, or for SQLite's writer
	Statement time.Duration // one step: a statement, the next rows of a long answer, a COMMIT
	Question  time.Duration // the same of what products ask
	Change    time.Duration // a whole change, from its first wait to its COMMIT
	LookUp    time.Duration // finding out afterwards whether a COMMIT happened
	Reading   time.Duration // a whole reading, such as an export
	Ready     time.Duration // answering whether the node can serve
}

// usual fills in what is not given.
func (d Deadlines) usual() Deadlines {
	for _, one := range []struct {
		given *time.Duration
		usual time.Duration
	}{
		{&d.Connect, 5 * time.Second}, {&d.Lock, 8 * time.Second}, {&d.Statement, 10 * time.Second}, {&d.Question, 5 * time.Second},
		{&d.Change, 30 * time.Second},
		{&d.LookUp, 10 * time.Second}, {&d.Reading, 10 * time.Minute}, {&d.Ready, 3 * time.Second},
	} {
		if *one.given <= 0 {
			*one.given = one.usual
		}
	}
	return d
}

// Deadlines are those in force.
func (db *DB) Deadlines() Deadlines { return db.deadlines }

// errTooLong ends what lasts longer than its deadline.
var errTooLong = errors.Join(errors.New("the database took too long"), context.DeadlineExceeded)

// A watch ends a context when nothing happens for a while.
type watch struct {
	ctx    context.Context
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

// watched is a context that ends after d, unless the watch is wound again.
func watched(ctx context.Context, d time.Duration) watch {
	ctx, cancel := context.WithCancelCause(ctx)
	return watch{ctx, time.AfterFunc(d, func() { cancel(errTooLong) }), cancel}
}

// wind lets d pass from now.
func (w watch) wind(d time.Duration) { w.timer.Reset(d) }

func (w watch) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// because adds to an error that the watch ended what failed.
func (w watch) because(err error) error {
	if err != nil && errors.Is(context.Cause(w.ctx), errTooLong) && !errors.Is(err, errTooLong) {
		return driverError(errors.Join(err, errTooLong))
	}
	return err
}
