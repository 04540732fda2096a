package decision

import (
	"context"
	"sync"
	"sync/atomic"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A load is what the index of everybody in an account is made on.
type load struct {
	account directory.Account
	tree    *authz.Tree
	marks   store.Marks // of the state that is read
}

// everybody makes the index of an account anew. What people have is read kind by kind,
// on two connections side by side: a large account is read in half the time.
func (c *core) everybody(ctx context.Context, r *store.Reader, res *residence, l load) error {
	counts, err := r.Counts(ctx, l.account.ID)
	if err != nil {
		return err
	}
	index, all := authz.NewIndex(l.tree, l.account.State, int(counts.Members())), store.ResidentsOf{All: true}
	var readings []func(*store.Reader) error
	var parts []*authz.Gathered
	for _, read := range store.ResidentParts() {
		has := authz.Gather(l.tree)
		parts = append(parts, has)
		readings = append(readings, func(r *store.Reader) error { return read(ctx, r, l.account.ID, all, has) })
	}
	readings = append(readings, func(r *store.Reader) error { return r.Residents(ctx, l.account.ID, all, index.Put) })
	if err := c.sideBySide(ctx, r, l, readings); err != nil {
		return err
	}
	index.Lay(parts...)
	res.mu.Lock()
	res.index = index
	res.mu.Unlock()
	return nil
}

// sideBySide runs readings, the last first, each on the reader or on another connection.
// The other helps only where it sees the same state: every change moves the marks
// (HIST-1), so that states with the same ones are the same. Nobody waits for it to begin.
func (c *core) sideBySide(ctx context.Context, r *store.Reader, l load, readings []func(*store.Reader) error) error {
	var taken atomic.Int32
	work := func(r *store.Reader) error {
		for {
			n := len(readings) - int(taken.Add(1))
			if n < 0 {
				return nil
			}
			if err := readings[n](r); err != nil {
				return err
			}
		}
	}
	var begun atomic.Bool // by the other, or not wanted any more
	var other error
	var helping sync.WaitGroup
	waiting, leave := context.WithCancel(ctx)
	defer leave()
	helping.Go(func() {
		_ = c.gate.Read(waiting, func(r *store.Reader) error { // where it could not begin, there is one reader
			m, err := r.Marks(ctx, l.account.ID)
			if err == nil && m == l.marks && begun.CompareAndSwap(false, true) {
				other = work(r)
			}
			return err
		})
	})
	err := work(r)
	if begun.CompareAndSwap(false, true) {
		leave()
	}
	helping.Wait()
	if err == nil {
		err = other
	}
	return err
}
