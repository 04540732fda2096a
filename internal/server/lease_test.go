package server

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// killedData tells the test binary to be the process that is killed: the folder
// of its data.
const killedData = "INTENDANT_TEST_KILLED_DATA"

// operator acts from the command line.
func operator() authz.Actor {
	return authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
}

// TestServeToBeKilled is the process that is killed: it serves until then.
func TestServeToBeKilled(t *testing.T) {
	data := os.Getenv(killedData)
	if data == "" {
		t.Skip("run by TestWorkGoesOnAfterKill")
	}
	i := open(t, Options{Config: settings(t, map[string]string{"data": data, "catalogue": "licences"}), OwnBase: true})
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("running")
	_ = s.Run(t.Context())
}

// TestWorkGoesOnAfterKill kills a server in the middle of an import. The next one
// on the same file takes the work up at once instead of waiting for a lease to
// end.
func TestWorkGoesOnAfterKill(t *testing.T) { // ADD-13, MAIL-2
	t.Parallel()
	flags := map[string]string{"data": filepath.Join(t.TempDir(), "data"), "catalogue": "licences"}
	const rows = 20_000
	i := open(t, Options{Config: settings(t, flags), OwnBase: true})
	account, run := started(t, i, rows)
	kill := serveApart(t, flags["data"])
	until(t, time.Minute, func() bool { return progress(t, i, account, run).Counts.Done > 0 })
	kill()
	before := progress(t, i, account, run)
	if before.State != directory.ImportRunning || before.Counts.Done == rows {
		t.Fatalf("the server was killed too late: %+v", before.Counts)
	}
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- s.Run(ctx) }()
	until(t, directory.JobLease/2, func() bool { return progress(t, i, account, run).Counts.Done > before.Counts.Done })
	t.Logf("%d rows were in when it was killed; it went on after %v", before.Counts.Done, time.Since(began).Round(time.Millisecond))
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// started begins an import of many rows and leaves it to the workers.
func started(t *testing.T, i *Installation, rows int) (directory.AccountID, string) {
	t.Helper()
	account, err := i.App.Accounts.Create(t.Context(), operator(), app.NewAccount{Number: "1", Name: "A", Type: "licences", ServiceLevel: "contract", Language: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	file.WriteString("E-mail\n")
	for n := range rows {
		fmt.Fprintf(&file, "p%d@maraval.example\n", n)
	}
	run, err := i.App.Imports.Upload(t.Context(), operator(), account.ID, "a.csv", strings.NewReader(file.String()))
	if err == nil {
		run, err = i.App.Imports.Finish(t.Context(), operator(), account.ID, run.UUID)
	}
	if err == nil {
		run, err = i.App.Imports.Start(t.Context(), operator(), account.ID, run.UUID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return account.ID, run.UUID
}

func progress(t *testing.T, i *Installation, account directory.AccountID, run string) directory.Import {
	t.Helper()
	now, err := i.App.Imports.Find(t.Context(), operator(), account, run)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// serveApart serves an installation in a process of its own, and answers what
// kills it.
func serveApart(t *testing.T, data string) (kill func()) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeToBeKilled$", "-test.timeout=2m")
	command.Env = append(os.Environ(), killedData+"="+data)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 7)
	if _, err := io.ReadFull(out, said); err != nil || string(said) != "running" {
		t.Fatalf("the process to be killed said %q, %v", said, err)
	}
	return func() {
		t.Helper()
		_ = command.Process.Kill()
		_ = command.Wait()
	}
}

// until waits for something to be so, for a time at most.
func until(t *testing.T, most time.Duration, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(most); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not so after %v", most)
		}
	}
}
