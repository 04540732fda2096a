package gate_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
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

// Whomever a program brings in one by one at the same moment comes in as if each had
// come after the one before: everybody has their own answer, and of two of one
// address one is there already. They are planned together all the same.
func TestAlikeTogether(t *testing.T) { // HIST-1, ADD-5
	t.Parallel()
	for _, kind := range storetest.Kinds(t) {
		var asked atomic.Int64
		w := apptest.OnWith(t, storetest.Address(t, kind), store.Options{Trips: func(statements ...string) {
			for _, statement := range statements {
				if strings.HasPrefix(strings.TrimSpace(statement), "SELECT n.folded") {
					asked.Add(1)
				}
			}
		}})
		account := w.Account("204817")
		release, held := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			w.Must(w.DB.Update(w.Context(), []directory.AccountID{account.ID}, func(*store.Tx) error {
				close(held)
				<-release
				return nil
			}))
		})
		<-held
		address := func(i int) string { return "personne" + strconv.Itoa(i-i/19) + "@maraval.example" } // the last two share one
		answers := make(app.Verdicts, 20)
		for i := range answers {
			row := app.NewMember{Row: 1, Email: address(i), Company: "Maraval"}
			if i == 7 {
				row.Levels = []string{"nobody-knows-it"}
			}
			wg.Go(func() {
				verdicts, err := w.Members.Add(w.Context(), w.Operator(), account.ID, []app.NewMember{row}, app.AddOptions{Invite: true})
				if err != nil || len(verdicts) != 1 {
					t.Errorf("%s: add %s: %d verdicts, %v", kind, row.Email, len(verdicts), err)
					return
				}
				answers[i] = verdicts[0]
			})
		}
		time.Sleep(300 * time.Millisecond) // until they wait for each other
		close(release)
		wg.Wait()
		if added, there := answers.Count(app.Added), answers.Count(app.Unchanged); added != 18 || there != 1 {
			t.Errorf("ADD-5 %s: %d added and %d there already, want 18 and 1", kind, added, there)
		}
		for i, v := range answers {
			if v.Email != address(i) || v.Row != 1 || (v.Refusal != nil) != (i == 7) {
				t.Errorf("%s: row %d of %s was answered for %d: %v", kind, v.Row, v.Email, i, v.Refusal)
			}
		}
		if entries := w.Since(account.ID, 0); len(entries) < 18 {
			t.Errorf("HIST-1 %s: %d entries of eighteen people", kind, len(entries))
		}
		if n := asked.Load(); n > 5 {
			t.Errorf("%s: who is there was asked %d times for twenty, want them planned together", kind, n)
		}
	}
}
