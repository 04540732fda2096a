package gate

import (
	"context"
	"errors"

	"intendant/internal/store"
)

// PurgeRows is how many rows one transaction removes.
const PurgeRows = 2000

// Purge repeats a removal until it finds nothing more.
func (g *Gate) Purge(ctx context.Context, some func(tx *store.Tx) (int64, error)) error {
	for {
		var n int64
		err := g.Note(ctx, func(tx *store.Tx) (err error) {
			n, err = some(tx)
			return err
		})
		if err != nil || n < PurgeRows {
			return err
		}
	}
}

// Sweep works through everything that is due, a page at a time, each page after
// the last of the one before, until one is empty. What goes wrong with one is
// answered at the end and keeps no other waiting: it would be as wrong the next
// time.
func Sweep[T any](ctx context.Context, page func(last T) ([]T, error), work func(some []T) error) error {
	var last T
	var errs []error
	for ctx.Err() == nil {
		some, err := page(last)
		if err != nil || len(some) == 0 {
			return errors.Join(append(errs, err)...)
		}
		errs = append(errs, work(some))
		last = some[len(some)-1]
	}
	return errors.Join(append(errs, ctx.Err())...)
}
