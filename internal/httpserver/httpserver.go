// Package httpserver carries every face of Intendant over HTTP: timeouts and
// limits, a graceful end, and what each answer needs whoever writes it: security
// headers, a request id, an access log, compression, a barrier against requests
// forged from other sites, the client's address.
//
// It knows no page and no error format. A panic becomes a fault with a reference
// that stands in the log; how it looks is the caller's (Options.Fault).
package httpserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	// MaxBody is the most bytes of a request that are read, uploads included.
	// Faces set tighter limits of their own.
	MaxBody = 64 << 20

	headerTimeout = 10 * time.Second
	readTimeout   = 2 * time.Minute // an upload of MaxBody over a slow line
	writeTimeout  = 5 * time.Minute // an export of a million rows
	idleTimeout   = 2 * time.Minute
	headerBytes   = 64 << 10
)

// Options are what a Server is made of. TrustedProxies are those whose
// X-Forwarded-For and X-Forwarded-Proto are believed. Fault writes the answer
// when a handler panicked; nil answers in plain text. CrossOrigin holds patterns
// of http.ServeMux that other sites may post to, because they bring a proof of
// their own, such as a protocol's token endpoint; Forged answers any other such
// request, nil in plain text. HTTPS says that people reach the server by https,
// whatever speaks to it. Ending is how it ends; the zero one at once.
type Options struct {
	Handler        http.Handler
	Addr           string
	Logger         *slog.Logger
	TrustedProxies []netip.Prefix
	Now            func() time.Time
	Fault          func(w http.ResponseWriter, r *http.Request, reference string)
	CrossOrigin    []string
	Forged         http.Handler
	Lean           Lean
	HTTPS          bool
	Ending         *Ending
}

// Lean answers the requests that programs send by the thousand: around them
// stands recovery from panics and nothing else. Its handler sees to headers and
// limits by itself, echoes the request's id, and no line in the log says that
// somebody asked. Requests need a proof that no browser sends by itself, since
// nothing keeps other sites away. The zero Lean answers none.
type Lean struct {
	Handler http.Handler
	Serves  func(path string) bool
}

// A Server listens until it is closed.
type Server struct {
	http     *http.Server
	logger   *slog.Logger
	ending   *Ending
	listener net.Listener
}

// New makes a server that does not listen yet.
func New(o Options) *Server {
	if o.Ending == nil {
		o.Ending = &Ending{}
	}
	return &Server{
		logger: o.Logger,
		ending: o.Ending,
		http: &http.Server{
			Addr:              o.Addr,
			Handler:           o.Ending.lastAnswers(Wrap(o)),
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    headerBytes,
			ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn),
		},
	}
}

// Listen takes the address; afterwards Addr says which port it became. Run
// listens by itself when nobody has.
func (s *Server) Listen(ctx context.Context) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.http.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.http.Addr, err)
	}
	s.listener = listener
	return nil
}

// Addr is where the server listens, or what it was told before it does.
func (s *Server) Addr() string {
	if s.listener == nil {
		return s.http.Addr
	}
	return s.listener.Addr().String()
}

// Run serves until ctx ends, then goes on for as long as its Ending says, so that
// whoever sends requests here learns of it, and lets open ones finish. It returns
// nil after such an end.
func (s *Server) Run(ctx context.Context) error {
	if s.listener == nil {
		if err := s.Listen(ctx); err != nil {
			return err
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	select {
	case err := <-ended:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.ending.begin()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-time.After(s.ending.Drain):
		return s.Close()
	}
}

// Close lets open requests finish, at most for a while; then it cuts off who is
// still there, such as an upload whose sender sleeps, and says so in the log. That
// is an end like any other. Closing twice is no error.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(s.ending.Grace, usualGrace))
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.logger.Warn("requests cut off at the end")
		err = s.http.Close()
	}
	if err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	return nil
}

// Wrap puts everything this package adds around o.Handler. Tests serve it
// without a listener.
func Wrap(o Options) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, pattern := range o.CrossOrigin {
		protection.AddInsecureBypassPattern(pattern)
	}
	if o.Forged != nil {
		protection.SetDenyHandler(o.Forged)
	}
	h := protection.Handler(o.Handler)
	h = limitBody(h)
	h = compress(h)
	h = recoverPanic(h, o)
	h = secure(h, o.HTTPS)
	h = logAccess(h, o)
	h = identify(h, o.TrustedProxies)
	if o.Lean.Handler == nil {
		return h
	}
	lean := recoverPanic(o.Lean.Handler, Options{Logger: o.Logger})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.Lean.Serves(r.URL.Path) {
			lean.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Healthz says that the process lives.
func Healthz() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
}

// ReadOnly answers any method but GET and HEAD with 405, where a pattern with a
// method would leave them to whatever takes every address.
func ReadOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			plain(w, http.StatusMethodNotAllowed, "method not allowed\n")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Readyz says whether requests can be served: ready returns why not. The reason
// goes to the log, not to whoever asks, and once until it is ready again.
func Readyz(ready func(context.Context) error, logger *slog.Logger) http.Handler {
	var unready atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := ready(r.Context())
		if was := unready.Swap(err != nil); err != nil && !was {
			logger.WarnContext(r.Context(), "not ready", "error", err)
		}
		if err != nil {
			plain(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
		plain(w, http.StatusOK, "ready\n")
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A reader that hangs up is not our fault to report.
	_, _ = w.Write([]byte(text))
}
