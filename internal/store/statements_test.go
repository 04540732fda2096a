package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestKeptStatements runs one text where keeping it prepared could go wrong:
// inside itself, after an error, after the schema changed, more than are kept.
func TestKeptStatements(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, "sqlite")
	openAccounts(t, db, 3)
	const query = `SELECT account_key FROM ledger WHERE account_key > $1 ORDER BY account_key`
	pairs := func(ctx context.Context, stop error) (n int, err error) {
		err = db.View(ctx, func(r *store.Reader) error {
			return r.Each(ctx, query, store.Args{0}, func(scan func(...any) error) error {
				var outer directory.AccountID
				if err := scan(&outer); err != nil {
					return err
				}
				return r.Each(ctx, query, store.Args{int64(outer)}, func(func(...any) error) error { n++; return stop })
			})
		})
		return n, err
	}
	stop := errors.New("stop")
	for range 3 {
		if n, err := pairs(t.Context(), nil); n != 3 || err != nil {
			t.Errorf("nested queries met %d pairs, %v; want 3", n, err)
		}
		if _, err := pairs(t.Context(), stop); !errors.Is(err, stop) {
			t.Errorf("a visit that stops: %v, want its error", err)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := pairs(cancelled, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v, want context.Canceled", err)
		}
	}
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE INDEX ledger_trial ON ledger (sequence)`, nil)
		return err
	})
	if n, err := pairs(t.Context(), nil); n != 3 || err != nil {
		t.Errorf("after a change of the schema: %d pairs, %v; want 3", n, err)
	}
	write(t, db, func(tx *store.Tx) error {
		for i := range 1000 {
			got, err := tx.OneInt(t.Context(), fmt.Sprintf(`SELECT $1 + %d`, i%400), store.Args{1})
			if err != nil || got != int64(i%400+1) {
				return fmt.Errorf("statement %d gave %d: %w", i, got, err)
			}
		}
		return nil
	})
}
