package seats_test

import (
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestExtendOnce: of several who make a subscription last longer from the same page,
// one does, and the others are told that it is stale.
func TestExtendOnce(t *testing.T) { // PLAN-4, SEAT-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		for name, anew := range map[string]bool{"PLAN-4 the same": false, "PLAN-4 anew": true} {
			s := f.buys(plans, 5, directory.Day{Year: 2026, Month: time.December, Day: 31})
			before := len(f.subscriptions())
			longer := app.SubscriptionLonger{Last: directory.Day{Year: 2027, Month: time.December, Day: 31}, Anew: anew, Version: s.Version}
			var all sync.WaitGroup
			codes := make([]string, 4)
			for i := range codes {
				all.Go(func() {
					codes[i] = w.Code(w.Subscriptions.Extend(w.Context(), w.Operator(), f.account.ID, s.UUID, longer))
				})
			}
			all.Wait()
			count := map[string]int{}
			for _, code := range codes {
				count[code]++
			}
			if count[""] != 1 || count["stale"] != 3 {
				t.Errorf("%s: %v", name, count)
			}
			want := before
			if anew {
				want++
			}
			if got := len(f.subscriptions()); got != want {
				t.Errorf("%s: %d subscriptions, want %d", name, got, want)
			}
		}
	})
}

// subscriptions are all that the account has bought.
func (f firm) subscriptions() []app.SubscriptionLine {
	f.T.Helper()
	contract, err := f.Subscriptions.Of(f.Context(), f.Operator(), f.account.ID)
	f.Must(err)
	return contract.Subscriptions
}
