package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/faultproxy"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// behind makes a world on a PostgreSQL of its own that is reached by a proxy.
func behind(t *testing.T, d store.Deadlines) (*apptest.World, *faultproxy.Proxy) {
	t.Helper()
	address := storetest.Address(t, "postgres")
	proxy := faultproxy.Start(t, address)
	return apptest.OnWith(t, proxy.Address(address), store.Options{Deadlines: d}), proxy
}

// TestLostCommits loses the answers to COMMITs, or COMMITs themselves, while 24
// programs write at once: each has what it asked for once, and nobody is told
// that it was there already.
func TestLostCommits(t *testing.T) { // NODE-1, MAIL-2, PLAN-3
	t.Parallel()
	for name, loss := range map[string]faultproxy.Loss{"the answer is lost": faultproxy.Answer, "the COMMIT is lost": faultproxy.Request} {
		for _, keyed := range []bool{false, true} {
			t.Run(fmt.Sprintf("NODE-1 %s, with a key %t", name, keyed), func(t *testing.T) {
				t.Parallel()
				w, proxy := behind(t, store.Deadlines{})
				s := newStand(t, w)
				level := s.levelUnderRoot()
				proxy.Lose(loss, 2)
				send := func(path, body, key string) (got reply) {
					var header []string
					if keyed {
						header = []string{"Idempotency-Key", key}
					}
					for range 20 { // what is answered database.away was not done, what is in progress is yet to be told: both are sent again
						got = s.ask("POST", s.path(path), body, header...)
						if code := got.text("code"); code != "database.away" && code != "idempotency.in_progress" {
							break
						}
						time.Sleep(20 * time.Millisecond)
					}
					return got
				}
				var wg sync.WaitGroup
				for i := range 24 {
					person := strings.NewReplacer("karim", fmt.Sprint("karim", i), `"none"`, `"all"`).Replace(onePerson)
					unit := fmt.Sprintf(`{"level":%q,"name":"Agence %d"}`, level, i)
					wg.Go(func() { send("/members", person, fmt.Sprint("m", i)).is(201, "") })
					wg.Go(func() { send("/units", unit, fmt.Sprint("u", i)).is(201, "") })
				}
				wg.Wait()
				lost := proxy.Lost()
				proxy.Lose(faultproxy.Nothing, 1)
				if lost == 0 {
					t.Errorf("%d COMMITs were lost, want some", lost)
				}
				if keyed {
					for i := range 24 {
						unit := fmt.Sprintf(`{"level":%q,"name":"Agence %d"}`, level, i)
						if again := send("/units", unit, fmt.Sprint("u", i)); again.status != 201 || again.header.Get("Idempotency-Replayed") != "true" {
							t.Errorf("PLAN-3 unit %d again: %d %s", i, again.status, again.body)
						}
					}
				}
				s.onceEach(24)
			})
		}
	}
}

// onceEach counts what n programs made.
func (s *stand) onceEach(n int) {
	t := s.t
	t.Helper()
	named := map[string]int{}
	units, err := s.Units.Records(s.Context(), s.admin, s.account.ID, app.UnitRecordQuery{Size: 200})
	s.Must(err)
	for _, u := range units.Rows {
		named[u.Name]++
	}
	mails := map[string]int{}
	s.Must(s.DB.View(s.Context(), func(r *store.Reader) error {
		queued, err := r.MailQueue(s.Context(), store.MailFilter{}, store.MailPlace{}, 1000)
		for _, m := range queued {
			if m.Kind == directory.MailInvitation {
				mails[m.Address]++
			}
		}
		return err
	}))
	for i := range n {
		if got := named[fmt.Sprintf("Agence %d", i)]; got != 1 {
			t.Errorf("NODE-1 unit %d was made %d times", i, got)
		}
		if got := mails[fmt.Sprintf("karim%d@maraval.example", i)]; got != 1 {
			t.Errorf("MAIL-2 person %d has %d invitations", i, got)
		}
	}
	s.Must(s.History.Verify(s.Context(), s.Operator(), []directory.AccountID{s.account.ID}, func(c app.ChainCheck) error {
		if c.Break != app.Whole {
			t.Errorf("HIST-3 chain: %s at %d, want it whole", c.Break, c.N)
		}
		return nil
	}))
}

// TestEndIsUnknown takes the database away in the middle of a COMMIT: whoever
// asked is told that it may have happened; asked again with its key it is not
// done a second time.
func TestEndIsUnknown(t *testing.T) { // NODE-1, PLAN-3
	t.Parallel()
	w, proxy := behind(t, store.Deadlines{LookUp: 500 * time.Millisecond, Change: 20 * time.Second})
	s := newStand(t, w)
	unit := fmt.Sprintf(`{"level":%q,"name":"Agence"}`, s.levelUnderRoot())
	proxy.LoseAndGo(faultproxy.Answer, 2) // before it the use of the token is noted, and the key claimed
	got := s.ask("POST", s.path("/units"), unit, "Idempotency-Key", "u").is(503, "operation.unknown")
	if got.header.Get("Retry-After") == "" {
		t.Error("nothing says when to come again")
	}
	proxy.Speak()
	again := s.ask("POST", s.path("/units"), unit, "Idempotency-Key", "u")
	for range 100 { // until it is back
		if again.status != 503 {
			break
		}
		time.Sleep(100 * time.Millisecond)
		again = s.ask("POST", s.path("/units"), unit, "Idempotency-Key", "u")
	}
	if again.status != 409 || again.text("code") != "idempotency.in_progress" {
		t.Errorf("at once: %d %s", again.status, again.body)
	}
	w.Pass(3 * time.Minute)
	s.ask("POST", s.path("/units"), unit, "Idempotency-Key", "u").is(409, "idempotency.unfinished")
	units, err := s.Units.Records(s.Context(), s.admin, s.account.ID, app.UnitRecordQuery{Size: 200})
	s.Must(err)
	if len(units.Rows) != 2 { // the root and it
		t.Errorf("%d units, want the root and one", len(units.Rows))
	}
}
