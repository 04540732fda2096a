package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"intendant/internal/web/assets"
	"intendant/internal/web/ui"
)

// TestProgressAsksOnce tells of work whose page is slow to come: it is asked for once at
// a time, so that no later answer comes over what the reader has done since.
func TestProgressAsksOnce(t *testing.T) { // ADD-13
	t.Parallel()
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET /work", func(w http.ResponseWriter, _ *http.Request) {
		live := ""
		switch asked.Add(1) {
		case 1:
			for name, value := range ui.LiveEvery("/work", 1) {
				live += fmt.Sprintf(` %s="%s"`, name, value)
			}
		case 2:
			time.Sleep(2500 * time.Millisecond) // longer than it waits before it asks again
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="fr"><head><title>Travail</title><link rel="icon" href="data:,">
			<script src="%s" defer></script></head><body><main id="page"><p%s>Réponse %d</p></main></body></html>`, assets.Path("htmx.min.js"), live, asked.Load())
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s := browser.Story(t, server.URL)
	s.Open("/work")
	s.See("Réponse 2")
	time.Sleep(2 * time.Second)
	if n := asked.Load(); n != 2 {
		t.Errorf("the page was asked for %d times, want once and once more", n)
	}
}
