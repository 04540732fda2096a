package seats_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/faultproxy"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

const (
	lastSeats = 50  // that are left
	assigners = 200 // who want one
)

// What tells the test binary to be the process that is killed: the database, the
// account, and the members to assign to.
const (
	killedDatabase = "INTENDANT_TEST_KILLED_SEATS_DATABASE"
	killedAccount  = "INTENDANT_TEST_KILLED_SEATS_ACCOUNT"
	killedMembers  = "INTENDANT_TEST_KILLED_SEATS_MEMBERS"
)

// assignAll assigns a seat to each member at once, and reports what became of each.
func assignAll(w *apptest.World, actor authz.Actor, account directory.AccountID, members []string, done func(member string, err error)) {
	var all sync.WaitGroup
	for _, member := range members {
		all.Go(func() {
			verdicts, err := w.Seats.Assign(w.Context(), actor, account, app.Of(member), plans)
			done(member, apptest.ErrOf(verdicts, err))
		})
	}
	all.Wait()
}

// TestAssignersToBeKilled is the process that is killed.
func TestAssignersToBeKilled(t *testing.T) {
	address := os.Getenv(killedDatabase)
	if address == "" {
		t.Skip("run by TestAssignersSurviveKill")
	}
	account, err := strconv.ParseInt(os.Getenv(killedAccount), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	w := apptest.On(t, address)
	fmt.Println("running")
	assignAll(w, w.Operator(), directory.AccountID(account), strings.Fields(os.Getenv(killedMembers)), func(string, error) {})
}

// wanting are members of a firm that has bought seats for some of them.
func (f firm) wanting() []string {
	f.T.Helper()
	f.buys(plans, lastSeats, directory.Day{})
	f.Crowd(f.account, 2*assigners) // of every status by turns
	var members []string
	for cursor := ""; len(members) < assigners; {
		found, err := f.Members.List(f.Context(), f.admin, f.account.ID, app.MemberQuery{Size: 100, After: cursor,
			Statuses: []directory.Status{directory.Active, directory.Invited, directory.NotInvited}})
		f.Must(err)
		for _, m := range found.Rows {
			if m.User != f.admin.User {
				members = append(members, m.UUID)
			}
		}
		if cursor = found.Next; cursor == "" {
			break
		}
	}
	return members[:assigners]
}

// agree fails unless exactly so many seats are held by what everybody says: panel,
// rows, history and what products are answered.
func (f firm) agree(seats int, members []string) {
	f.T.Helper()
	l := f.line(plans)
	if held := int(l.Assigned + l.Reserved); held != seats || l.Over != 0 || int(l.Free) != lastSeats-seats {
		f.T.Errorf("SEAT-4 the panel says %d are held, %d free, %d over; want %d", held, l.Free, l.Over, seats)
	}
	ask := f.asker()
	rows, uses := 0, 0
	for _, m := range members {
		if f.holds(m, plans) {
			rows++
		}
		if ask(m).Allowed {
			uses++
		}
	}
	entries := 0
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		found, err := r.Entries(f.Context(), store.EntryFilter{Accounts: []directory.AccountID{f.account.ID}, Kinds: []audit.Kind{audit.SeatAssigned}}, store.EntryPlace{}, 1000)
		entries = len(found)
		return err
	}))
	if rows != seats || entries != seats || uses != int(l.Assigned) {
		f.T.Errorf("SEAT-4 %d seats: %d rows, %d entries, %d may use of %d who have accepted", seats, rows, entries, uses, l.Assigned)
	}
}

// TestAssignersSurviveKill kills processes in which 200 want the last 50 seats, and
// lets another go on: at the end exactly 50 are held, and everybody says so.
func TestAssignersSurviveKill(t *testing.T) { // SEAT-4
	kills := 6
	if testing.Short() {
		kills = 2
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			w := apptest.On(t, address)
			f := newFirm(w)
			members := f.wanting()
			for range kills {
				killAssigners(t, address, f.account.ID, members, time.Duration(rand.N(400))*time.Millisecond)
			}
			assignAll(w, f.admin, f.account.ID, members, func(_ string, err error) {
				if code := w.Code(err); code != "" && code != "seat.none_free" {
					t.Error(err)
				}
			})
			f.agree(lastSeats, members)
		})
	}
}

func killAssigners(t *testing.T, address string, account directory.AccountID, members []string, after time.Duration) {
	t.Helper()
	apptest.Killed(t, "TestAssignersToBeKilled", after, killedDatabase+"="+address, fmt.Sprintf("%s=%d", killedAccount, account),
		killedMembers+"="+strings.Join(members, " "))
}

// TestAssignersLoseCommits loses answers to COMMITs, or COMMITs themselves, while
// 200 want the last 50 seats: whoever is told that they have one has one, and
// exactly 50 do.
func TestAssignersLoseCommits(t *testing.T) { // SEAT-4, NODE-1
	if !slices.Contains(storetest.Kinds(t), "postgres") {
		t.Skip("needs PostgreSQL")
	}
	for name, loss := range map[string]faultproxy.Loss{"the answer is lost": faultproxy.Answer, "the COMMIT is lost": faultproxy.Request} {
		t.Run("SEAT-4 "+name, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, "postgres")
			proxy := faultproxy.Start(t, address)
			w := apptest.OnWith(t, proxy.Address(address), store.Options{})
			f := newFirm(w)
			members := f.wanting()
			proxy.Lose(loss, 3)
			var mu sync.Mutex
			var told []string
			assignAll(w, f.admin, f.account.ID, members, func(member string, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					told = append(told, member)
				}
			})
			lost := proxy.Lost()
			proxy.Lose(faultproxy.Nothing, 1)
			for _, member := range told {
				if !f.holds(member, plans) {
					t.Error("SEAT-4 told that they have a seat, and have none")
				}
			}
			assignAll(w, f.admin, f.account.ID, members, func(string, error) {}) // whoever was not told tries again
			if lost == 0 {
				t.Error("no COMMIT was lost")
			}
			f.agree(lastSeats, members)
		})
	}
}
