package store_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// fullDisk tells the test binary to be the process whose files may not grow, and
// where its database is.
const fullDisk = "INTENDANT_TEST_FULL_DISK"

// TestNoRoom lets the disk of SQLite be full when a change is committed: it is
// told as away and did not happen, the node is not ready, and goes on when there
// is room again.
func TestNoRoom(t *testing.T) { // NODE-1, NODE-2
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoRoomInside$", "-test.v")
	command.Env = append(os.Environ(), fullDisk+"="+storetest.Address(t, "sqlite"))
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestNoRoomInside") {
		t.Errorf("NODE-2 %v\n%s", err, out)
	}
}

// TestNoRoomInside is that process: a limit on the size of files is one of its
// own, and would reach every other test.
func TestNoRoomInside(t *testing.T) {
	address := os.Getenv(fullDisk)
	if address == "" {
		t.Skip("run by TestNoRoom")
	}
	db, err := store.Open(t.Context(), address, store.Options{Now: time.Now, Deadlines: store.Deadlines{Ready: 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	change := func() error {
		return db.Update(t.Context(), []directory.AccountID{0}, func(tx *store.Tx) error { return tx.Bump(t.Context(), 0) })
	}
	if err := change(); err != nil {
		t.Fatal(err)
	}
	before := sequenceOf(t, db)
	log, err := os.Stat(strings.TrimPrefix(address, "sqlite:") + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(size uint64) {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
			t.Fatal(err)
		}
		now.Cur = min(size, now.Max)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
			t.Fatal(err)
		}
	}
	limit(uint64(log.Size()))
	for range 3 {
		if got := codeOf(change()); got != directory.DatabaseAway {
			t.Errorf("NODE-1 a change without room: %q, want %s", got, directory.DatabaseAway)
		}
	}
	if db.Ready(t.Context()) == nil {
		t.Error("NODE-2 ready without room on the disk")
	}
	limit(1 << 40)
	if got := sequenceOf(t, db); got != before {
		t.Errorf("NODE-1 %d changes happened without room", got-before)
	}
	time.Sleep(1100 * time.Millisecond)
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("NODE-2 not ready with room again: %v", err)
	}
	if err := change(); err != nil || sequenceOf(t, db) != before+1 {
		t.Errorf("NODE-1 a change with room again: %v, sequence %d after %d", err, sequenceOf(t, db), before)
	}
}
