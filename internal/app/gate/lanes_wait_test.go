package gate_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// TestWaitingEnds: who waits for a busy account waits no longer than they want
// to, and no longer than the deadline; what was told as not done is not done
// afterwards either.
func TestWaitingEnds(t *testing.T) { // NODE-2
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		w := apptest.OnWith(t, storetest.Address(t, kind), store.Options{Deadlines: store.Deadlines{Change: 5 * time.Second, Lock: 4 * time.Second}})
		account := w.Account("204817")
		release, held := make(chan struct{}), make(chan struct{})
		var holder, wg sync.WaitGroup
		holder.Go(func() {
			err := w.DB.Update(w.Context(), []directory.AccountID{account.ID}, func(*store.Tx) error {
				close(held)
				<-release
				return nil
			})
			var cut *directory.Interruption
			if !errors.As(err, &cut) {
				t.Errorf("%s: a change past its deadline: %v, want it interrupted", kind, err)
			}
		})
		<-held
		began := time.Now()
		add := func(ctx context.Context, address string) error {
			_, err := w.Members.Add(ctx, w.Operator(), account.ID, []app.NewMember{{Row: 1, Email: address}}, app.AddOptions{})
			return err
		}
		wg.Go(func() { // leads the lane, and waits for the account itself
			var cut *directory.Interruption
			if err := add(w.Context(), "a@maraval.example"); !errors.As(err, &cut) {
				t.Errorf("NODE-2 %s: the first that waits: %v, want it interrupted", kind, err)
			}
		})
		time.Sleep(100 * time.Millisecond)
		wg.Go(func() { // gives up
			ctx, cancel := context.WithTimeout(w.Context(), 200*time.Millisecond)
			defer cancel()
			asked := time.Now()
			var cut *directory.Interruption
			if err := add(ctx, "b@maraval.example"); !errors.As(err, &cut) || cut.Code != directory.DatabaseAway || time.Since(asked) > 3*time.Second {
				t.Errorf("NODE-2 %s: who waits a moment: %v after %s", kind, err, time.Since(asked))
			}
		})
		wg.Go(func() { // leaves
			ctx, cancel := context.WithCancel(w.Context())
			time.AfterFunc(200*time.Millisecond, cancel)
			if err := add(ctx, "c@maraval.example"); !errors.Is(err, context.Canceled) {
				t.Errorf("NODE-2 %s: who leaves: %v", kind, err)
			}
		})
		wg.Wait()
		time.Sleep(6*time.Second - time.Since(began))
		close(release)
		holder.Wait()
		w.Must(add(w.Context(), "d@maraval.example"))
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
			counts, err := r.Counts(w.Context(), account.ID)
			if got := counts.Members(); got != 1 {
				t.Errorf("NODE-2 %s: %d members, want only the one that was added in the end", kind, got)
			}
			return err
		}))
	}
}
