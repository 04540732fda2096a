package httpserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// started runs a server with that ending and answers how to stop it.
func started(t *testing.T, ending *Ending, logger *slog.Logger, handler http.Handler) (url string, stop func() error) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/readyz", ending.Unready(Readyz(func(context.Context) error { return nil }, logger)))
	mux.Handle("/", handler)
	s := New(Options{Handler: mux, Addr: "127.0.0.1:0", Logger: logger, Now: time.Now, Ending: ending})
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return "http://" + s.Addr(), sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
}

// TestEndBehindAProxy ends one of two servers behind a proxy that asks whether
// they are ready, under steady requests.
func TestEndBehindAProxy(t *testing.T) { // DOOR-5
	t.Parallel()
	logger := slog.New(slog.DiscardHandler)
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(5 * time.Millisecond)
		_, _ = io.WriteString(w, "done")
	})
	first, stopFirst := started(t, &Ending{Drain: 600 * time.Millisecond}, logger, answer)
	second, stopSecond := started(t, &Ending{}, logger, answer)
	defer func() { _ = stopSecond() }()
	var firstReady atomic.Bool
	firstReady.Store(true)
	ask := func(url string) bool {
		got, err := http.Get(url + "/readyz")
		if err != nil {
			return false
		}
		defer func() { _ = got.Body.Close() }()
		return got.StatusCode == http.StatusOK
	}
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() {
		for ctx.Err() == nil {
			firstReady.Store(ask(first))
			time.Sleep(50 * time.Millisecond)
		}
	})
	var turn, onFirst atomic.Int64
	proxy := httptest.NewServer(&httputil.ReverseProxy{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo), Rewrite: func(r *httputil.ProxyRequest) {
		to := second
		if turn.Add(1)%2 == 0 && firstReady.Load() {
			to = first
			onFirst.Add(1)
		}
		at, _ := url.Parse(to)
		r.SetURL(at)
	}})
	defer proxy.Close()
	var lost, answered atomic.Int64
	for range 4 {
		working.Go(func() {
			for ctx.Err() == nil {
				got, err := http.Post(proxy.URL+"/", "text/plain", strings.NewReader("x")) // a POST: the proxy repeats none by itself
				if err != nil || got.StatusCode != http.StatusOK {
					lost.Add(1)
				}
				if err == nil {
					_, _ = io.Copy(io.Discard, got.Body)
					_ = got.Body.Close()
					answered.Add(1)
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	if err := stopFirst(); err != nil {
		t.Errorf("Run: %v", err)
	}
	time.Sleep(100 * time.Millisecond)
	cancel()
	working.Wait()
	if lost.Load() > 0 || answered.Load() == 0 || onFirst.Load() == 0 {
		t.Errorf("%d of %d requests were lost; %d went to the server that ended", lost.Load(), answered.Load(), onFirst.Load())
	}
}

// TestEndSaysSoFirst: between the signal and the closed door the server answers,
// and says that it will not for long.
func TestEndSaysSoFirst(t *testing.T) { // DOOR-5
	t.Parallel()
	url, stop := started(t, &Ending{Drain: 300 * time.Millisecond}, slog.New(slog.DiscardHandler), http.HandlerFunc(page))
	var during []string
	done := make(chan error, 1)
	go func() { done <- stop() }()
	for {
		time.Sleep(30 * time.Millisecond)
		ready, err := http.Get(url + "/readyz")
		if err != nil {
			break
		}
		_ = ready.Body.Close()
		got, err := http.Get(url + "/")
		if err != nil {
			break
		}
		_ = got.Body.Close()
		during = append(during, fmt.Sprint(ready.StatusCode, got.StatusCode, got.Close))
	}
	if len(during) < 3 || during[len(during)-1] != "503 200 true" {
		t.Errorf("before the end: %v, want not ready, answered, and the connection ended", during)
	}
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// TestEndCutsOffWhoSleeps: an upload that hangs neither holds the end up nor makes
// a failure of it.
func TestEndCutsOffWhoSleeps(t *testing.T) { // DOOR-5
	t.Parallel()
	var log bytes.Buffer
	reading := make(chan struct{})
	url, stop := started(t, &Ending{Grace: 200 * time.Millisecond}, slog.New(slog.NewTextHandler(&log, nil)),
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(reading)
			_, _ = io.Copy(io.Discard, r.Body)
		}))
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_, _ = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
	<-reading
	begun := time.Now()
	if err := stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	if took := time.Since(begun); took > 5*time.Second || !strings.Contains(log.String(), "cut off") {
		t.Errorf("the end took %v and logged %q", took, log.String())
	}
}

func TestLeft(t *testing.T) { // DOOR-5
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	reset := &net.OpError{Op: "write", Err: syscall.ECONNRESET}
	for _, test := range []struct {
		name string
		ctx  context.Context
		err  error
		want bool
	}{
		{"what was asked of the database stopped with the reader", gone, fmt.Errorf("list: %w", context.Canceled), true},
		{"the answer met a closed pipe", gone, fmt.Errorf("write: %w", syscall.EPIPE), true},
		{"the connection was reset", gone, reset, true},
		{"a fault met while the reader left", gone, errors.New("disk"), false},
		{"the database's connection was reset", t.Context(), reset, false},
		{"an inner deadline", t.Context(), context.Canceled, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Left(test.ctx, test.err); got != test.want {
				t.Errorf("Left = %v, want %v", got, test.want)
			}
		})
	}
}

// TestHurry: a form that crawls is given up, and whoever waits for a long answer
// after a form is not.
func TestHurry(t *testing.T) { // DOOR-2
	t.Parallel()
	read := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		relax := hurry(w, 50*time.Millisecond)
		_, err := io.ReadAll(r.Body)
		relax()
		time.Sleep(100 * time.Millisecond)
		read <- errors.Join(err, r.Context().Err())
	}))
	defer server.Close()
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_, _ = io.WriteString(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
	if err := <-read; err == nil {
		t.Error("a body that never ends was waited for")
	}
	if _, err := http.Post(server.URL, "text/plain", strings.NewReader("whole")); err != nil {
		t.Fatal(err)
	}
	if err := <-read; err != nil {
		t.Errorf("a body that came in time: %v", err)
	}
}
