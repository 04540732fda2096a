package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// What tells the test binary to be the process that is killed within an act: the
// database, the account, how many are invited, and the act to go on with, or none
// to begin one.
const (
	killedDatabase = "INTENDANT_TEST_KILLED_ACT_DATABASE"
	killedAccount  = "INTENDANT_TEST_KILLED_ACT_ACCOUNT"
	killedMany     = "INTENDANT_TEST_KILLED_ACT_MANY"
	killedAct      = "INTENDANT_TEST_KILLED_ACT"
)

// TestActToBeKilled is the process that is killed: it asks for an act and waits for
// its end, or goes on with one like a worker.
func TestActToBeKilled(t *testing.T) {
	address := os.Getenv(killedDatabase)
	if address == "" {
		t.Skip("run by TestActSurvivesKill")
	}
	number := func(name string) int64 {
		n, err := strconv.ParseInt(os.Getenv(name), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	w := apptest.On(t, address)
	fmt.Println("running")
	if act := number(killedAct); act != 0 {
		w.Must(w.Acts.Run(w.Context(), directory.Job{Subject: act}))
		return
	}
	_, err := w.Invitations.Send(w.Context(), w.Operator(), directory.AccountID(number(killedAccount)), notInvited(int(number(killedMany)), 0))
	w.Must(err)
}

// TestActSurvivesKill kills the process that invites many at random moments: within
// the request that asked for it, and within the workers after. Each time what is
// done is whole, and the next goes on exactly there: at the end everybody is
// invited once, with one mail and one entry.
func TestActSurvivesKill(t *testing.T) { // BULK-4, MAIL-2
	many, kills := 20_000, 12
	if testing.Short() {
		many, kills = 5_000, 3
	}
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			address := storetest.Address(t, kind)
			h := newHouse(apptest.On(t, address))
			h.crowd(many)
			d := doomed{address, h.account.ID, many}
			var act directory.BulkAct
			for tries := 1; act.ID == 0; tries++ { // until the first transaction is through, however slow the machine
				d.kill(t, 0, time.Duration(tries*(150+rand.N(500)))*time.Millisecond)
				acts, err := h.Acts.Recent(h.Context(), h.admin, h.account.ID, 100)
				h.Must(err)
				for _, one := range acts {
					if one.Kind == directory.BulkInvite {
						act = one
					}
				}
			}
			midway := 0
			for killed := 0; killed < kills && act.State == directory.BulkRunning; killed++ {
				if n := act.Counts; 0 < n.Done && n.Done < int64(many) {
					midway++
				}
				d.kill(t, act.ID, rand.N(600*time.Millisecond))
				act = h.act(act)
				if n := h.with(directory.Invited); act.Counts.Done%500 != 0 || int64(n) != act.Counts.Changed {
					t.Fatalf("half a chunk: %+v, %d are invited", act.Counts, n)
				}
			}
			h.Pass(directory.JobLease) // the job stands behind the request that died
			jobs, err := h.Jobs.Next(h.Context(), 100)
			h.Must(err)
			if len(jobs) != 2 { // and one of the act that brought them in
				t.Errorf("%d jobs are due", len(jobs))
			}
			act = h.finish(act)
			if act.State != directory.BulkDone || act.Counts.Changed != int64(many) {
				t.Errorf("%s %+v", act.State, act.Counts)
			}
			if people, mails := h.mails("invitation"); people != many || mails != many {
				t.Errorf("%d mails to %d people", mails, people)
			}
			if entries, lines := h.entries(act, audit.InvitationSent); entries != int64(many) || lines != 1 {
				t.Errorf("HIST-6 %d entries in %d lines", entries, lines)
			}
			if midway == 0 && !testing.Short() {
				t.Error("no kill left the act half done")
			}
			t.Logf("%d kills left the act half done", midway)
		})
	}
}

// doomed is what processes are told that are killed.
type doomed struct {
	address string
	account directory.AccountID
	many    int
}

// kill runs a process that begins an act, or goes on with one, and kills it after a
// while.
func (d doomed) kill(t *testing.T, act directory.BulkActID, after time.Duration) {
	t.Helper()
	apptest.Killed(t, "TestActToBeKilled", after, killedDatabase+"="+d.address, fmt.Sprintf("%s=%d", killedAccount, d.account),
		fmt.Sprintf("%s=%d", killedMany, d.many), fmt.Sprintf("%s=%d", killedAct, act))
}
