package store_test

import (
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// failover is a script that crashes and promotes PostgreSQL servers. With it
// INTENDANT_TEST_POSTGRES names both, the second a synchronous standby.
const failover = "INTENDANT_TEST_FAILOVER"

// TestFailover kills, and then freezes, the server that writes while eight write
// to it, and lets the other take over: what was confirmed is there, once, and
// the same open database goes on within seconds.
func TestFailover(t *testing.T) { // NODE-1, NODE-2
	script := os.Getenv(failover)
	if script == "" {
		t.Skip(failover + " is not set: it needs two servers of its own")
	}
	db, err := store.Open(t.Context(), storetest.Address(t, "postgres"), store.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	before := sequenceOf(t, db)
	var confirmed, unknown, away atomic.Int64
	end := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-end:
					return
				default:
				}
				err := db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error { return tx.Bump(t.Context(), 0) })
				switch codeOf(err) {
				case "":
					confirmed.Add(1)
				case directory.OperationUnknown:
					unknown.Add(1)
				case directory.DatabaseAway:
					away.Add(1)
					time.Sleep(50 * time.Millisecond)
				default:
					t.Errorf("change: %v", err)
				}
			}
		})
	}
	run := func(words ...string) {
		t.Helper()
		for _, word := range words {
			if out, err := exec.CommandContext(t.Context(), script, word).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", word, err, out)
			}
		}
	}
	time.Sleep(2 * time.Second)
	for _, how := range []string{"crash", "freeze"} {
		run(how)
		lost := time.Now()
		time.Sleep(200 * time.Millisecond) // for what was confirmed just before
		was := confirmed.Load()
		run("promote")
		promoted := time.Now()
		for confirmed.Load() == was {
			if time.Since(promoted) > time.Minute {
				t.Fatalf("NODE-2 no change is confirmed a minute after the other took over (%s)", how)
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Logf("%s: changes again %s after the loss, %s after the other took over; confirmed %d, away %d, unknown %d", how,
			time.Since(lost).Round(time.Millisecond), time.Since(promoted).Round(time.Millisecond), confirmed.Load(), away.Load(), unknown.Load())
		time.Sleep(2 * time.Second)
		if how == "crash" {
			run("rejoin")
		}
	}
	close(end)
	wg.Wait()
	happened := sequenceOf(t, db) - before
	if happened < confirmed.Load() || happened > confirmed.Load()+unknown.Load() {
		t.Errorf("NODE-1 %d changes happened; %d were confirmed and %d of unknown end", happened, confirmed.Load(), unknown.Load())
	}
}
