package httpserver

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// setup wraps handler and returns it with what it logs.
func setup(handler http.HandlerFunc, change func(*Options)) (http.Handler, *bytes.Buffer) {
	var log bytes.Buffer
	o := Options{
		Handler: handler,
		Logger:  slog.New(slog.NewTextHandler(&log, nil)),
		Now:     func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
	}
	if change != nil {
		change(&o)
	}
	return Wrap(o), &log
}

func ask(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!doctype html><title>x</title>"+strings.Repeat("<p>ligne</p>", 200))
}

func TestHeaders(t *testing.T) {
	h, _ := setup(page, nil)
	got := ask(h, httptest.NewRequest("GET", "/", nil)).Header
	for name, want := range map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "same-origin",
		"X-Frame-Options":            "DENY",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Strict-Transport-Security":  "",
	} {
		if got.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, got.Get(name), want)
		}
	}
	policy := got.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'self'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %q lacks %q", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q allows something unsafe", policy)
	}
}

func TestStrictTransport(t *testing.T) {
	h, _ := setup(page, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	r := httptest.NewRequest("GET", "/", nil) // from 192.0.2.1
	r.Header.Set("X-Forwarded-Proto", "https")
	if got := ask(h, r).Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("no Strict-Transport-Security behind a trusted proxy that spoke TLS")
	}
	h, _ = setup(page, nil)
	if got := ask(h, r).Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("X-Forwarded-Proto of a stranger was believed: %q", got)
	}
	h, _ = setup(page, func(o *Options) { o.HTTPS = true })
	if got := ask(h, httptest.NewRequest("GET", "/", nil)).Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("SIGN-7 no Strict-Transport-Security where people come by https, behind a proxy that nobody named")
	}
}

func TestRequestID(t *testing.T) {
	var seen string
	h, _ := setup(func(_ http.ResponseWriter, r *http.Request) { seen = ClientOf(r.Context()).RequestID }, nil)
	for _, test := range []struct {
		name, sent string
		echoed     bool
	}{
		{"echoed as sent", "abc-123", true},
		{"made when absent", "", false},
		{"replaced when it could break the log", "a b\nc", false},
		{"replaced when too long", strings.Repeat("x", 200), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header["X-Request-Id"] = []string{test.sent}
			got := ask(h, r).Header.Get("X-Request-Id")
			if got == "" || got != seen || (got == test.sent) != test.echoed {
				t.Errorf("id %q, handler saw %q, sent %q", got, seen, test.sent)
			}
		})
	}
}

func TestClientAddr(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, test := range []struct {
		name, peer, forwarded, want string
	}{
		{"direct", "203.0.113.7:4000", "", "203.0.113.7"},
		{"a stranger's claim", "203.0.113.7:4000", "198.51.100.1", "203.0.113.7"},
		{"behind a proxy", "10.0.0.2:4000", "198.51.100.1", "198.51.100.1"},
		{"claims left of the proxy's word", "10.0.0.2:4000", "1.2.3.4, 198.51.100.1", "198.51.100.1"},
		{"two proxies", "10.0.0.2:4000", "198.51.100.1, 10.0.0.9", "198.51.100.1"},
		{"nonsense", "10.0.0.2:4000", "unknown", "10.0.0.2"},
		{"IPv6", "[2001:db8::1]:4000", "", "2001:db8::1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = test.peer
			if test.forwarded != "" {
				r.Header.Set("X-Forwarded-For", test.forwarded)
			}
			if got := clientAddr(r, proxies).String(); got != test.want {
				t.Errorf("clientAddr = %s, want %s", got, test.want)
			}
		})
	}
}

func TestAccessLogHasNoToken(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /invitation/{token}", page)
	h, log := setup(mux.ServeHTTP, nil)
	ask(h, httptest.NewRequest("GET", "/invitation/secret-of-a-mail?token=another", nil))
	if strings.Contains(log.String(), "secret-of-a-mail") || strings.Contains(log.String(), "another") ||
		!strings.Contains(log.String(), `route="GET /invitation/{token}"`) {
		t.Errorf("log: %s", log)
	}
}

func TestPanic(t *testing.T) {
	h, log := setup(func(http.ResponseWriter, *http.Request) { panic("broken") }, nil)
	answer := ask(h, httptest.NewRequest("GET", "/", nil))
	body, _ := io.ReadAll(answer.Body)
	reference := strings.TrimSpace(strings.TrimPrefix(string(body), "fault "))
	if answer.StatusCode != http.StatusInternalServerError || reference == "" {
		t.Fatalf("status %d, body %q", answer.StatusCode, body)
	}
	if strings.Contains(string(body), "broken") {
		t.Error("the answer tells what broke")
	}
	if !strings.Contains(log.String(), reference) || !strings.Contains(log.String(), "broken") {
		t.Errorf("log lacks the reference or the reason: %s", log)
	}
	if answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("a fault without security headers")
	}
}

func TestForgedRequests(t *testing.T) {
	h, _ := setup(page, func(o *Options) { o.CrossOrigin = []string{"POST /oauth/token"} })
	for _, test := range []struct {
		name, method, path, site string
		want                     int
	}{
		{"a form of our own", "POST", "/members", "same-origin", 200},
		{"a form of another site", "POST", "/members", "cross-site", 403},
		{"a link from another site", "GET", "/members", "cross-site", 200},
		{"a program", "POST", "/members", "", 200},
		{"a path with its own proof", "POST", "/oauth/token", "cross-site", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, nil)
			if test.site != "" {
				r.Header.Set("Sec-Fetch-Site", test.site)
			}
			if got := ask(h, r).StatusCode; got != test.want {
				t.Errorf("status %d, want %d", got, test.want)
			}
		})
	}
}

func TestCompress(t *testing.T) {
	ask := func(handler http.HandlerFunc, accept string) (*http.Response, string) {
		h, _ := setup(handler, nil)
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		answer := ask(h, r)
		var body io.Reader = answer.Body
		if answer.Header.Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = unpacked
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(text)
	}
	packed, text := ask(page, "br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || !strings.HasSuffix(text, "<p>ligne</p>") {
		t.Errorf("HTML: %q, ends %q", packed.Header.Get("Content-Encoding"), text[max(0, len(text)-20):])
	}
	if plain, text := ask(page, "gzip;q=0"); plain.Header.Get("Content-Encoding") != "" || text == "" {
		t.Error("packed for a reader who refuses it")
	}
	json := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	}
	if answer, _ := ask(json, "gzip"); answer.Header.Get("Content-Encoding") != "" {
		t.Error("JSON was packed")
	}
	moved := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusSeeOther) }
	if answer, _ := ask(moved, "gzip"); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("redirect: status %d", answer.StatusCode)
	}
}

func TestBodyLimit(t *testing.T) {
	h, _ := setup(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}, nil)
	r := httptest.NewRequest("POST", "/", io.LimitReader(zeros{}, MaxBody+1))
	if got := ask(h, r).StatusCode; got != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", got)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestRunEndsGracefully(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := New(Options{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-release
			_, _ = io.WriteString(w, "done")
		}),
		Addr: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	body := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + s.Addr() + "/")
		if err != nil {
			body <- err.Error()
			return
		}
		defer answer.Body.Close()
		text, _ := io.ReadAll(answer.Body)
		body <- string(text)
	}()
	<-entered
	cancel()
	close(release)
	if got := <-body; got != "done" {
		t.Errorf("an open request ended with %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestHealth(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	for _, test := range []struct {
		name    string
		handler http.Handler
		want    int
	}{
		{"alive", Healthz(), 200},
		{"ready", Readyz(func(context.Context) error { return nil }, logger), 200},
		{"not ready", Readyz(func(context.Context) error { return errors.New("database asleep") }, logger), 503},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := ask(test.handler, httptest.NewRequest("GET", "/", nil))
			body, _ := io.ReadAll(answer.Body)
			if answer.StatusCode != test.want || strings.Contains(string(body), "asleep") {
				t.Errorf("status %d, body %q", answer.StatusCode, body)
			}
		})
	}
}
