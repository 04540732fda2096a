//go:build unix

package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// fullData tells the test binary to be the process that has no room left: the
// folder of its data.
const fullData = "INTENDANT_TEST_FULL_DATA"

// wasFull is what that process says when it has been there.
const wasFull = "the disk was full"

// TestFullDisk lets the disk of an embedded database be full: what writes is
// answered 503 in time, what reads goes on, readiness tells the truth, and with
// room again all is well by itself. It happens in a process of its own, to which
// the system allows no file to grow.
func TestFullDisk(t *testing.T) { // NODE-2
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestDiskToBeFull$")
	cmd.Env = append(os.Environ(), fullData+"="+filepath.Join(t.TempDir(), "data"))
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), wasFull) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDiskToBeFull is the process that has no room left.
func TestDiskToBeFull(t *testing.T) { // NODE-2
	data := os.Getenv(fullData)
	if data == "" {
		t.Skip("run by TestFullDisk")
	}
	i := open(t, Options{Config: settings(t, map[string]string{"data": data, "catalogue": "licences"}), OwnBase: true})
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	made := func(number string) error {
		_, err := i.App.Accounts.Create(t.Context(), operator(), app.NewAccount{Number: number, Name: "A", Type: "licences", ServiceLevel: "contract", Language: "fr"})
		return err
	}
	if err := made("1"); err != nil {
		t.Fatal(err)
	}
	signIn := door{"page", http.MethodPost, "/sign-in", url.Values{"name": {"a@b.example"}, "password": {"long enough to be one"}}.Encode(),
		"application/x-www-form-urlencoded", "", http.StatusUnprocessableEntity, "text/html"}
	ready := func(want int) {
		t.Helper()
		for began := time.Now(); status(t, s.URL()+"/readyz") != want; time.Sleep(100 * time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("NODE-2 readyz is not %d", want)
			}
		}
	}
	ready(http.StatusOK)
	back := noRoom(t)
	ready(http.StatusServiceUnavailable)
	if err := made("2"); err == nil || !strings.Contains(err.Error(), directory.DatabaseAway) {
		t.Errorf("NODE-2 an account on a full disk: %v", err)
	}
	if got := signIn.knock(t, s.URL()); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("NODE-2 signing in on a full disk: %d, Retry-After %q", got.StatusCode, got.Header.Get("Retry-After"))
	}
	if got := status(t, s.URL()+"/sign-in"); got != http.StatusOK {
		t.Errorf("NODE-2 reading a page on a full disk: %d", got)
	}
	fmt.Println(wasFull)
	back()
	ready(http.StatusOK)
	if got := signIn.knock(t, s.URL()); got.StatusCode != signIn.usual {
		t.Errorf("NODE-2 signing in afterwards: %d, want %d", got.StatusCode, signIn.usual)
	}
	if err := made("2"); err != nil { // nothing of it was left behind
		t.Errorf("NODE-2 an account afterwards: %v", err)
	}
	if err := i.App.History.Verify(t.Context(), operator(), nil, func(c app.ChainCheck) error {
		if c.Break != app.Whole {
			t.Errorf("HIST-3 chain of %d: %s at %d", c.Account, c.Break, c.N)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// noRoom lets no file of this process grow, until what it returns is called.
func noRoom(t *testing.T) (back func()) {
	t.Helper()
	var usual syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
		t.Fatal(err)
	}
	none := syscall.Rlimit{Cur: 1, Max: usual.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &none); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
			t.Fatal(err)
		}
	}
}
