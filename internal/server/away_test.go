package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/faultproxy"
	"intendant/internal/storetest"
)

// A watchedLog is a log that is read while it is written.
type watchedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *watchedLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *watchedLog) lines(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

// TestDatabaseAway lets PostgreSQL fall silent under a running server: pages,
// REST and products are answered 503 in time, in their own forms, readiness
// tells the truth, and all is well again by itself.
func TestDatabaseAway(t *testing.T) { // NODE-2
	t.Parallel()
	address := storetest.Address(t, "postgres")
	proxy := faultproxy.Start(t, address)
	var log watchedLog
	flags := map[string]string{"database": proxy.Address(address)}
	for _, name := range []string{"connect", "lock", "statement", "question", "change", "look_up", "ready"} {
		flags["deadline."+name+"_seconds"] = "1"
	}
	i, err := Open(t.Context(), Options{Config: settings(t, flags), Now: time.Now, OwnBase: true,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Serve(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		stop()
		<-ended
		_ = s.Close()
	}()
	token := "Bearer " + directory.TokenPrefix + strings.Repeat("x", 43)
	doors := []door{
		{"page", http.MethodPost, "/sign-in", url.Values{"name": {"a@b.example"}, "password": {"long enough to be one"}}.Encode(), "application/x-www-form-urlencoded", "", http.StatusUnprocessableEntity, "text/html"},
		{"REST", http.MethodGet, "/api/v1/accounts/204817", "", "", token, http.StatusUnauthorized, "application/problem+json"},
		{"product", http.MethodPost, "/access/v1/evaluation", `{"subject":{"type":"user","id":"a"},"action":{"name":"b"},"resource":{"type":"account","id":"c"}}`, "application/json", token, http.StatusUnauthorized, "text/plain"},
	}
	for _, d := range doors {
		d.served(t, s.URL())
	}
	if got := status(t, s.URL()+"/readyz"); got != http.StatusOK {
		t.Fatalf("readyz before: %d", got)
	}
	awayBefore := log.lines("the database is away") // a busy machine may overrun a deadline of a second
	time.Sleep(1100 * time.Millisecond)             // until readiness is found anew
	proxy.Silence()
	var wg sync.WaitGroup
	for _, d := range doors {
		for range 6 {
			wg.Go(func() {
				began := time.Now()
				got := d.knock(t, s.URL())
				if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || !strings.HasPrefix(got.Header.Get("Content-Type"), d.form) {
					t.Errorf("NODE-2 %s: %d, Retry-After %q, %s", d.name, got.StatusCode, got.Header.Get("Retry-After"), got.Header.Get("Content-Type"))
				}
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("NODE-2 %s answered after %s", d.name, took)
				}
			})
		}
	}
	wg.Wait()
	if got := status(t, s.URL()+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("NODE-2 readyz of a silent database: %d, want 503", got)
	}
	if got := status(t, s.URL()+"/healthz"); got != http.StatusOK {
		t.Errorf("healthz of a silent database: %d, want 200", got)
	}
	if away, failed := log.lines("the database is away")-awayBefore, log.lines("request failed"); away != 1 || failed != 0 {
		t.Errorf("NODE-2 logged %d times that it is away and %d failed requests", away, failed)
	}
	proxy.Speak()
	for back := time.Now(); status(t, s.URL()+"/readyz") != http.StatusOK; time.Sleep(100 * time.Millisecond) {
		if time.Since(back) > 20*time.Second {
			t.Fatal("NODE-2 not ready again")
		}
	}
	for _, d := range doors {
		d.served(t, s.URL())
	}
}

// A door is a request by one face, and what a stranger is answered by it.
type door struct {
	name, method, path, body, kind, token string
	usual                                 int
	form                                  string
}

// served holds that the door answers a stranger as usual, within the time a busy
// machine may need to do so under the short deadlines of this test.
func (d door) served(t *testing.T, base string) {
	t.Helper()
	var got *http.Response
	for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(100 * time.Millisecond) {
		if got = d.knock(t, base); got.StatusCode == d.usual {
			return
		}
	}
	t.Fatalf("NODE-2 %s: %d, want %d", d.name, got.StatusCode, d.usual)
}

func (d door) knock(t *testing.T, base string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), d.method, base+d.path, strings.NewReader(d.body))
	if err != nil {
		t.Error(err)
		return &http.Response{}
	}
	r.Header.Set("Accept-Language", "de")
	if d.kind != "" {
		r.Header.Set("Content-Type", d.kind)
	}
	if d.token != "" {
		r.Header.Set("Authorization", d.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return &http.Response{}
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode == http.StatusServiceUnavailable && !strings.Contains(string(text), "Datenbank") {
		t.Errorf("%s does not say it in the reader's language: %s", d.name, text)
	}
	return answer
}
