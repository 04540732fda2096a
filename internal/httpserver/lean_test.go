package httpserver

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestLean(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	said := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/panic") {
				panic("broken")
			}
			_, _ = w.Write([]byte(text))
		})
	}
	h := Wrap(Options{Handler: said("page"), Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now,
		Lean: Lean{Handler: said("lean"), Serves: func(path string) bool { return strings.HasPrefix(path, "/access/") }}})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	if w := get("/access/x"); w.Body.String() != "lean" || log.Len() != 0 {
		t.Errorf("answered %q and logged %q, want a lean answer without a line", w.Body.String(), log.String())
	}
	if w := get("/access/panic"); w.Code != http.StatusInternalServerError || !strings.Contains(log.String(), "broken") {
		t.Errorf("a panic: %d, logged %q", w.Code, log.String())
	}
	log.Reset()
	if w := get("/accounts"); w.Body.String() != "page" || w.Header().Get("Content-Security-Policy") == "" || log.Len() == 0 {
		t.Errorf("another path is answered %q, headers %v, logged %q", w.Body.String(), w.Header(), log.String())
	}
}
