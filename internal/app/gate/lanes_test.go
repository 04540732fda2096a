package gate_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Operations that wait for each other share a transaction; each has its own
// answer all the same, and the chain of history stays whole (HIST-3).
func TestOperationsTogether(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		stranger := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage}
		var added, unchanged, refused atomic.Int64
		var wg sync.WaitGroup
		for i := range 24 {
			actor := w.Operator()
			if i%6 == 5 {
				actor = stranger
			}
			row := app.NewMember{Row: 1, Email: fmt.Sprintf("personne%d@maraval.example", i/2), Company: "Maraval"}
			wg.Go(func() {
				verdicts, err := w.Members.Add(w.Context(), actor, account.ID, []app.NewMember{row}, app.AddOptions{Invite: true})
				var refusal *directory.Error
				switch {
				case errors.As(err, &refusal):
					refused.Add(1)
				case err != nil:
					t.Errorf("add: %v", err)
				default:
					added.Add(int64(verdicts.Count(app.Added)))
					unchanged.Add(int64(verdicts.Count(app.Unchanged)))
				}
			})
		}
		wg.Wait()
		if added.Load() != 12 || unchanged.Load() != 8 || refused.Load() != 4 {
			t.Errorf("added %d, unchanged %d, refused %d; want 12, 8 and 4", added.Load(), unchanged.Load(), refused.Load())
		}
		err := w.History.Verify(w.Context(), w.Operator(), []directory.AccountID{account.ID}, func(c app.ChainCheck) error {
			if c.Break != app.Whole {
				t.Errorf("HIST-3 chain: %s at %d, want it whole", c.Break, c.N)
			}
			return nil
		})
		w.Must(err)
	})
}

// BenchmarkMemberCreate creates members one at a time, each with an invitation,
// its mail and its history, by one client and by eight.
func BenchmarkMemberCreate(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/%d", kind, clients), func(b *testing.B) {
				w := apptest.New(b, kind)
				account := w.Account("204817")
				var serial atomic.Int64
				var wg sync.WaitGroup
				start := time.Now()
				for range clients {
					wg.Go(func() {
						for i := serial.Add(1); i <= int64(b.N); i = serial.Add(1) {
							row := app.NewMember{Row: 1, Email: fmt.Sprintf("prenom.nom%d@maraval.example", i), First: "Prénom",
								Last: fmt.Sprintf("Nom%d", i), Company: "Société"}
							_, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{row}, app.AddOptions{Invite: true})
							if err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "members/s")
			})
		}
	}
}
