package apptest

import (
	"context"
	"math"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// checkCounts holds what is kept of how many members and requests there are
// against counting them, in every account of the world, whatever a test did
// (LIST-12, SEAT-4), and what is kept of the day against what is kept (ACC-13).
func (w *World) checkCounts() {
	for _, m := range w.Recounted() {
		if last := w.lastDay(m.Account); last != m.Kept.ByStatus {
			w.T.Errorf("ACC-13 account %d keeps %v, and of its last day %v", m.Account, m.Kept.ByStatus, last)
		}
		if m.Wrong() {
			w.T.Errorf("LIST-12 account %d keeps %+v and counts %+v; home units are off by %v, COMP-1 companies by %v, SEAT-4 pools by %v, PROJ-6 projects by %v; LIST-3 in the order of products stand otherwise %v",
				m.Account, m.Kept, m.Counted, m.Homes, m.Companies, m.Pools, m.Projects, m.Unordered)
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

// lastDay is what is kept of the members of an account on the last day on which
// they changed.
func (w *World) lastDay(account directory.AccountID) (last [5]int64) {
	ctx := context.Background()
	w.Must(w.DB.View(ctx, func(r *store.Reader) error {
		days, err := r.AccountDays(ctx, account, math.MaxInt64)
		for _, d := range days {
			last = d.ByStatus
		}
		return err
	}))
	return last
}
