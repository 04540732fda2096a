package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

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

	ctx      context.Context
	verdicts Verdicts
	err      error
	turn     chan []*operation // receives those to lead, or none when it is done
}

// mostTogether is how many operations one transaction takes.
const mostTogether = 64

// Lanes let operations that would wait for each other share a transaction.
// Whoever finds the lane free goes alone; those who come meanwhile go together
// next, led by the first of them. Each plans on what the one before it wrote.
type lanes struct {
	mu      sync.Mutex
	waiting map[string][]*operation // a lane that is in use has an entry
}

// enter waits for the operation's turn: the operations it leads, itself first,
// or none when another has led it and it is done.
func (l *lanes) enter(lane string, o *operation) []*operation {
	l.mu.Lock()
	if l.waiting == nil {
		l.waiting = map[string][]*operation{}
	}
	queue, busy := l.waiting[lane]
	if !busy {
		l.waiting[lane] = nil
		l.mu.Unlock()
		return []*operation{o}
	}
	o.turn = make(chan []*operation, 1)
	l.waiting[lane] = append(queue, o)
	l.mu.Unlock()
	return <-o.turn
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

// errLed is what is left of an operation whose leader did not come back.
var errLed = errors.New("the transaction it was part of ended early")

// share performs an operation, in one transaction with those it meets.
func (c *core) share(o *operation) {
	lane := c.db.Lane(o.held)
	led := c.lanes.enter(lane, o)
	if led == nil {
		return
	}
	for _, other := range led {
		other.err = errLed
	}
	defer c.lanes.leave(lane, led)
	if len(led) > 1 && c.together(led) == nil {
		return
	}
	for _, one := range led { // alone, so that nobody fails for another
		one.err = c.db.Update(one.ctx, one.held, func(tx *store.Tx) error { return c.write(one.ctx, tx, one) })
	}
}

// together performs operations in one transaction. A refused plan has written
// nothing and stops no other; any other error undoes them all.
func (c *core) together(led []*operation) error {
	var held []directory.AccountID
	for _, o := range led {
		held = append(held, o.held...)
	}
	ctx := context.WithoutCancel(led[0].ctx)
	return c.db.Update(ctx, held, func(tx *store.Tx) error {
		for _, o := range led {
			if o.err = o.ctx.Err(); o.err != nil {
				o.err = fmt.Errorf("wait for the account: %w", o.err)
				continue
			}
			p, err := c.planned(context.WithoutCancel(o.ctx), tx, o)
			if refusal, fault := asRefusal(err); fault != nil || refusal != nil {
				if fault != nil {
					return fault
				}
				o.err = refusal
				continue
			}
			if err := tx.Apply(context.WithoutCancel(o.ctx), p); err != nil {
				return err
			}
		}
		return nil
	})
}

// write plans and applies one operation.
func (c *core) write(ctx context.Context, tx *store.Tx, o *operation) error {
	write, err := c.planned(ctx, tx, o)
	if err != nil {
		return err
	}
	return tx.Apply(ctx, write)
}

// planned plans an operation on the rows its transaction holds.
func (c *core) planned(ctx context.Context, tx *store.Tx, o *operation) (store.Write, error) {
	p, err := c.plan(ctx, tx.Reader, act{tx.Now, o.actor, o.account, o.held, tx.Ledgers}, o.plan)
	if err != nil {
		return store.Write{}, err
	}
	o.verdicts = p.Verdicts
	return p.finish(c.sealer())
}
