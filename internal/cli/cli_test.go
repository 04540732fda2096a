package cli

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"intendant": func() {
			os.Exit(Run(Machine{Args: os.Args[1:], Environ: os.Environ(), Now: time.Now, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		},
	})
}

// TestScripts runs the command line as an operator would, one script a subject.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata", Setup: func(e *testscript.Env) error {
		e.Setenv("LANG", "C.UTF-8")
		return os.WriteFile(filepath.Join(e.WorkDir, "wide.png"), picture(t), 0o600)
	}, Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exitCode}})
}

// picture is a wide PNG with something behind it.
func picture(t *testing.T) []byte {
	t.Helper()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewNRGBA(image.Rect(0, 0, 1200, 300))); err != nil {
		t.Fatal(err)
	}
	return append(drawn.Bytes(), "behind the picture"...)
}

// exitCode runs a command that must end with the code given:
// code 3 intendant restore FILE.
func exitCode(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: code N command…")
	}
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()[len("exit status "):]
	}
	if got != want {
		ts.Fatalf("exit code %s, want %s", got, want)
	}
}
