package apptest

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// Killed runs a test of the calling package in a process of its own, with more in its
// environment, and kills it a while after it has printed that its work begins. A process
// that fails before is a failure of the test.
func Killed(t testing.TB, test string, after time.Duration, environ ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$")
	command.Env = append(os.Environ(), environ...)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = out.Read(make([]byte, 16)) // it says when the work begins
	time.Sleep(after)
	_ = command.Process.Kill() // it may have ended
	if err := command.Wait(); err != nil && command.ProcessState.Exited() {
		t.Fatalf("the process failed before it was killed: %v", err)
	}
}
