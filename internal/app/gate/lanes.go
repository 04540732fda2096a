package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An operation is one call of perform on its way.
type operation struct {
	actor   authz.Actor
	account directory.AccountID
	held    []directory.AccountID
	plan    Planner
	alike   *Alike // nil: it is planned alone

	ctx      context.Context
	verdicts Verdicts
	queued   bool // mails or jobs
	err      error
	state    atomic.Int32
	turn     chan []*operation // receives those to lead, or none when it is done
}

// The states of an operation that waits for a lane: another may do it, is doing
// it, or must not any more since its asker is told that nothing happened.
const (
	waits int32 = iota
	begun
	left
)

// begin takes an operation on, unless its asker has left.
func (o *operation) begin() bool {
	return o.state.CompareAndSwap(waits, begun) || o.state.Load() == begun
}

// leave gives an operation up, unless it has begun.
func (o *operation) leave() bool { return o.state.CompareAndSwap(waits, left) }

// late is why an operation must not begin any more, if it must not: its asker
// has left, or it has waited too long.
func (o *operation) late() error {
	err := o.ctx.Err()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("wait for the account: %w", err)
	}
	return &directory.Interruption{Code: directory.DatabaseAway, Cause: errTooLate}
}

// mostTogether is how many operations one transaction takes.
const mostTogether = 64

// lanes let operations that would wait for each other share a transaction.
// Whoever finds the lane free goes alone; those who come meanwhile go together
// next, led by the first of them. Each plans on what the one before it wrote.
type lanes struct {
	mu      sync.Mutex
	waiting map[string][]*operation // a lane that is in use has an entry
}

// enter waits for the operation's turn: the operations it leads, itself first,
// or none when another has led it and it is done. It waits no longer than the
// operation's context: then it answers why, and whether the operation had begun.
func (l *lanes) enter(lane string, o *operation) (led []*operation, err error) {
	l.mu.Lock()
	if l.waiting == nil {
		l.waiting = map[string][]*operation{}
	}
	queue, busy := l.waiting[lane]
	if !busy {
		l.waiting[lane] = nil
		l.mu.Unlock()
		return []*operation{o}, nil
	}
	o.turn = make(chan []*operation, 1)
	l.waiting[lane] = append(queue, o)
	l.mu.Unlock()
	select {
	case led := <-o.turn:
		return led, nil
	case <-o.ctx.Done():
		return l.giveUp(lane, o)
	}
}

// giveUp takes an operation out of its lane. The lane may have come to it in the
// same moment: then it leads the others on, who have more time.
func (l *lanes) giveUp(lane string, o *operation) ([]*operation, error) {
	l.mu.Lock()
	queue := l.waiting[lane]
	if i := slices.Index(queue, o); i >= 0 {
		l.waiting[lane] = slices.Delete(slices.Clone(queue), i, i+1)
		l.mu.Unlock()
		return nil, errTooLate
	}
	l.mu.Unlock()
	select {
	case led := <-o.turn:
		return led, nil
	default: // led by another
	}
	if o.leave() {
		return nil, errTooLate
	}
	return nil, errUnseen
}

// leave hands the lane to those who wait for it and tells the ones led that
// they are done.
func (l *lanes) leave(lane string, led []*operation) {
	for _, o := range led[1:] {
		close(o.turn)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.waiting[lane]
	if len(queue) == 0 {
		delete(l.waiting, lane)
		return
	}
	next := queue[:min(mostTogether, len(queue))]
	l.waiting[lane] = slices.Clone(queue[len(next):])
	next[0].turn <- next
}

var (
	// errLed is what is left of an operation whose leader did not come back.
	errLed = errors.New("the transaction it was part of ended early")
	// errTooLate ends an operation that nobody has begun.
	errTooLate = errors.New("the account was busy for too long")
	// errUnseen ends an operation that another has begun and not yet ended.
	errUnseen = errors.New("the transaction it is part of takes too long")
)

// share performs an operation, in one transaction with those it meets. Its end
// stands in the operation unless share answers an error.
func (g *Gate) share(o *operation) error {
	lane := g.db.Lane(o.held)
	led, err := g.lanes.enter(lane, o)
	switch {
	case errors.Is(err, errUnseen):
		return &directory.Interruption{Code: directory.OperationUnknown, Cause: err}
	case err != nil:
		return o.late()
	case led == nil:
		return nil
	}
	for _, other := range led {
		other.err = errLed
	}
	defer g.lanes.leave(lane, led)
	if len(led) > 1 {
		err := g.together(led)
		if err == nil {
			return nil
		}
		var cut *directory.Interruption
		if errors.As(err, &cut) {
			endAll(led, err, cut)
			return nil
		}
	}
	for _, one := range led { // alone, so that nobody fails for another
		if one.begin() {
			one.err = g.db.Update(one.ctx, one.held, func(tx *store.Tx) error { return g.write(one.ctx, tx, one) })
		}
	}
	return nil
}

// endAll tells operations that shared a transaction how it was cut short. Those
// that wrote nothing in it know that nothing happened.
func endAll(led []*operation, err error, cut *directory.Interruption) {
	for _, o := range led {
		wrote := o.err == nil
		o.err = err
		if !wrote && cut.Code == directory.OperationUnknown {
			o.err = &directory.Interruption{Code: directory.DatabaseAway, Cause: err}
		}
	}
}

// together performs operations in one transaction. A refused plan has written
// nothing and stops no other; any other error undoes them all. An error means
// that nothing was written, unless it is an interruption that says otherwise.
func (g *Gate) together(led []*operation) error {
	var held []directory.AccountID
	for _, o := range led {
		held = append(held, o.held...)
	}
	// No asker that leaves ends what others wait for; the change has its deadline.
	ctx := context.WithoutCancel(led[0].ctx)
	return g.db.Update(ctx, held, func(tx *store.Tx) error {
		for _, set := range sets(begin(led)) {
			alone, err := g.asOne(ctx, tx, set)
			if err != nil {
				return err
			}
			if err := g.oneByOne(ctx, tx, alone); err != nil {
				return err
			}
		}
		return nil
	})
}

// begin takes on those of the operations whose askers still wait.
func begin(led []*operation) []*operation {
	var begun []*operation
	for _, o := range led {
		if !o.begin() {
			continue
		}
		if o.err = o.late(); o.err == nil {
			begun = append(begun, o)
		}
	}
	return begun
}

// oneByOne plans and writes operations, each on what the one before it wrote.
func (g *Gate) oneByOne(ctx context.Context, tx *store.Tx, led []*operation) error {
	for _, o := range led {
		d, err := g.planned(ctx, tx, o)
		if refusal, fault := AsRefusal(err); fault != nil || refusal != nil {
			if fault != nil {
				return fault
			}
			o.err = refusal
			continue
		}
		if err := d.apply(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// write plans and applies one operation.
func (g *Gate) write(ctx context.Context, tx *store.Tx, o *operation) error {
	d, err := g.planned(ctx, tx, o)
	if err != nil {
		return err
	}
	return d.apply(ctx, tx)
}

// planned plans an operation on the rows its transaction holds.
func (g *Gate) planned(ctx context.Context, tx *store.Tx, o *operation) (done, error) {
	p, err := g.plan(ctx, tx.Reader, act{tx.Now, o.actor, o.account, o.held, tx.Ledgers}, o.plan)
	if err != nil {
		return done{}, err
	}
	o.took(p, p.Verdicts)
	return g.done(p)
}

// A done is a plan that is at its end.
type done struct {
	*Plan
	write store.Write
}

func (g *Gate) done(p *Plan) (done, error) {
	w, err := p.finish(g.Sealer())
	return done{p, w}, err
}

// apply writes what the plan changes, and reads what it wants to know of that.
func (d done) apply(ctx context.Context, tx *store.Tx) error {
	if err := tx.Apply(ctx, d.write); err != nil || d.afterwards == nil {
		return err
	}
	_, fault := AsRefusal(d.afterwards(ctx))
	return fault
}

// took keeps what came of the operation in a plan.
func (o *operation) took(p *Plan, verdicts Verdicts) {
	o.verdicts = verdicts
	o.queued = len(p.write.Mails)+len(p.write.Jobs) > 0
}
