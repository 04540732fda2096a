package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"intendant/internal/api"
	"intendant/internal/app"
	"intendant/internal/authzen"
	"intendant/internal/directory"
	"intendant/internal/httpserver"
	"intendant/internal/jobs"
	"intendant/internal/web"
	"intendant/internal/web/page"
)

// A Server serves an installation over HTTP.
type Server struct {
	*Installation
	http    *httpserver.Server
	workers *jobs.Runner
}

// Serve makes the server of an installation and takes its address; Addr says
// which port that became. Run answers.
func Serve(ctx context.Context, i *Installation) (*Server, error) {
	trusted, err := networks(i.config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	site := i.site()
	ending := &httpserver.Ending{Drain: time.Duration(i.config.Shutdown.DrainSeconds) * time.Second,
		Grace: time.Duration(i.config.Shutdown.GraceSeconds) * time.Second}
	s := &Server{Installation: i, http: httpserver.New(httpserver.Options{
		HTTPS: site.Secure, Ending: ending,
		Handler: i.routes(site, ending), Addr: i.config.Addr, Logger: i.log, TrustedProxies: trusted, Now: i.now,
		Fault: site.Fault, CrossOrigin: []string{"/api/"}, Forged: http.HandlerFunc(site.Forged), Lean: i.products(site, trusted),
	})}
	if err := s.http.Listen(ctx); err != nil {
		return nil, err
	}
	if site.BaseURL == "" && i.ownBase {
		site.BaseURL = s.URL()
	}
	s.workers = i.workers(site.BaseURL)
	return s, nil
}

// site is what all pages share. Without a base address pages work, and no mail
// leaves (SIGN-7).
func (i *Installation) site() *page.Site {
	c := i.config
	return &page.Site{
		App: i.App, Bundle: i.bundle, Box: i.box, Log: i.log, Now: i.now, BaseURL: c.BaseURL,
		Secure: strings.HasPrefix(c.BaseURL, "https:"), Language: c.Language, Mailbox: c.Mailbox, Logo: i.logos.of,
		Limits: app.SessionLimits{
			Idle: time.Duration(c.Session.IdleMinutes) * time.Minute,
			Max:  time.Duration(c.Session.MaxDays) * 24 * time.Hour,
		},
	}
}

// products answers what products ask.
func (i *Installation) products(site *page.Site, trusted []netip.Prefix) httpserver.Lean {
	return httpserver.Lean{Serves: authzen.Serves, Handler: authzen.New(authzen.Options{
		App: i.App, Bundle: site.Bundle, Log: i.log, TrustedProxies: trusted, URL: func() string { return site.BaseURL }})}
}

// programs answers REST; a token has so many requests in a minute, or as many as
// is usual.
func (i *Installation) programs(perMinute int) http.Handler {
	return api.New(api.Options{App: i.App, Bundle: i.bundle, Log: i.log, Now: i.now, BaseURL: i.config.BaseURL, Language: i.config.Language,
		PerMinute: perMinute, LoadLines: i.config.API.LoadLines})
}

// routes puts the pages beside what watches the server.
func (i *Installation) routes(site *page.Site, ending *httpserver.Ending) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/healthz", httpserver.ReadOnly(httpserver.Healthz()))
	mux.Handle("/readyz", httpserver.ReadOnly(ending.Unready(httpserver.Readyz(i.db.Ready, i.log))))
	programs := sync.OnceValue(func() http.Handler { return i.programs(0) })
	go programs() // describing REST takes longer than all else: who asks first waits for it
	mux.Handle("/api/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { programs().ServeHTTP(w, r) }))
	mux.Handle("/", web.Handler(site))
	if i.mountDemo != nil {
		i.mountDemo(site)
	}
	return mux
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.http.Addr() }

// URL is where a browser on this machine finds the server.
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		return "http://" + s.Addr()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Run answers and works until ctx ends or the listener fails, then lets open
// requests and mails on their way finish.
func (s *Server) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	if err := s.App.Jobs.TakeBack(ctx); err != nil { // those of a process that was killed
		s.log.ErrorContext(ctx, "take back leases", "error", err)
	}
	var working sync.WaitGroup
	working.Go(func() { s.workers.Run(ctx) })
	err := s.http.Run(ctx)
	stop()
	working.Wait()
	return err
}

// Close stops answering and closes the database.
func (s *Server) Close() error {
	return errors.Join(s.http.Close(), s.Installation.Close())
}

// networks reads the proxies that are believed: networks or single addresses.
func networks(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			single, err := netip.ParseAddr(text)
			if err != nil {
				return nil, directory.InvalidField("trusted_proxies", "config.bad_network",
					directory.Args{"Key": "trusted_proxies", "Value": text})
			}
			prefix = netip.PrefixFrom(single, single.BitLen())
		}
		all = append(all, prefix)
	}
	return all, nil
}
