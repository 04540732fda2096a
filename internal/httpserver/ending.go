package httpserver

import (
	"net/http"
	"sync/atomic"
	"time"
)

// usualGrace is how long open requests may go on where nothing is set.
const usualGrace = 20 * time.Second

// An Ending is how a server ends. First it goes on for Drain while it says that it
// is not ready: a proxy that asks stops sending requests here, and none meets a
// closed door. Then it stops listening, and open requests have Grace to finish.
type Ending struct {
	Drain, Grace time.Duration

	begun atomic.Bool
}

func (e *Ending) begin() { e.begun.Store(true) }

// Unready answers that the server is not ready once its end has begun; until then
// ready answers.
func (e *Ending) Unready(ready http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.begun.Load() {
			plain(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
		ready.ServeHTTP(w, r)
	})
}

// lastAnswers tells whoever keeps a connection open that this answer was the last
// on it, once the end has begun: the next request finds another server.
func (e *Ending) lastAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.begun.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
