package apptest

import (
	"context"

	"intendant/internal/store"
)

// checkCounts holds what is kept of how many members and requests there are
// against counting them, in every account of the world, whatever a test did
// (LIST-12, SEAT-4).
func (w *World) checkCounts() {
	for _, m := range w.Recounted() {
		if m.Wrong() {
			w.T.Errorf("LIST-12 account %d keeps %+v and counts %+v; home units are off by %v, COMP-1 companies by %v, SEAT-4 pools by %v", m.Account, m.Kept, m.Counted, m.Homes, m.Companies, m.Pools)
		}
	}
}

// Recounted counts all accounts anew; none where the test has broken its database.
func (w *World) Recounted() []store.Miscount {
	ctx := context.Background() // at the end of a test its own has ended
	var found []store.Miscount
	err := w.DB.View(ctx, func(r *store.Reader) error {
		accounts, err := r.LedgerAccounts(ctx)
		if err != nil {
			return err
		}
		for _, account := range accounts {
			m, err := r.Recounted(ctx, account)
			if err != nil {
				return err
			}
			found = append(found, m)
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return found
}
