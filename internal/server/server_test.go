package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/config"
	"intendant/internal/demo"
	"intendant/internal/directory"
)

func settings(t *testing.T, flags map[string]string) config.Config {
	t.Helper()
	all := map[string]string{"addr": "127.0.0.1:0", "shutdown.drain_seconds": "0", "data": filepath.Join(t.TempDir(), "data")}
	for name, value := range flags {
		all[name] = value
	}
	c, err := config.Load("", nil, all)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, o Options) *Installation {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Log = slog.New(slog.DiscardHandler)
	i, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func code(err error) string {
	var refusal *directory.Error
	if err == nil {
		return ""
	}
	if !asRefusal(err, &refusal) {
		return err.Error()
	}
	return refusal.Code
}

func asRefusal(err error, into **directory.Error) bool { return errors.As(err, into) }

func TestServe(t *testing.T) {
	t.Parallel()
	i := open(t, Options{Config: settings(t, nil), OwnBase: true})
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/nowhere": 404, "/assets/none": 404} {
		if got := status(t, s.URL()+path); got != want {
			t.Errorf("GET %s = %d, want %d", path, got, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func status(t *testing.T, url string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// TestDemo: the example is built by operations, its history is whole, and the
// line for programs has what stories need.
func TestDemo(t *testing.T) {
	t.Parallel()
	clock := demo.NewClock(time.Now)
	i := open(t, Options{Config: settings(t, map[string]string{"mailbox": "true"}), Now: clock.Now, Wait: clock.Wait})
	defer i.Close()
	world, err := i.Demo(t.Context(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if len(world.People) != 11 || len(world.Unclaimed.UnusedKeys) != 3 || len(world.Account.UnusedKeys) == 0 {
		line, _ := json.Marshal(world)
		t.Errorf("world: %s", line)
	}
	if _, err := i.App.TechnicalUsers.Resolve(t.Context(), world.Account.APIToken, app.Client{Address: "192.0.2.1"}); err != nil {
		t.Errorf("SIGN-5 the program's token opens nothing: %v", err)
	}
	operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	err = i.App.History.Verify(t.Context(), operator, nil, func(c app.ChainCheck) error {
		if c.Break != app.Whole {
			t.Errorf("HIST-3 account %d breaks at %d: %s", c.Account, c.N, c.Break)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	frame, err := i.App.Accounts.Open(t.Context(), operator, world.Account.Number)
	if err != nil {
		t.Fatal(err)
	}
	if got := frame.Counts.Members(); got < 1200 || got > 1400 {
		t.Errorf("%d members", got)
	}
	for _, p := range world.People {
		_, err := i.App.Sessions.SignIn(t.Context(), app.Client{Address: "192.0.2.1"}, app.Credentials{Name: p.Login, Password: p.Password},
			app.SessionLimits{Idle: time.Hour, Max: time.Hour})
		if err != nil {
			t.Errorf("%s cannot sign in: %v", p.As, err)
		}
	}
}
