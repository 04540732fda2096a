// Package webtest serves the whole web face on a test world and asks it as
// people would: links are followed, forms are filled in and sent.
//
// Its users are external test packages (package members_test): it imports every
// area, so a test inside an area's package cannot import it.
package webtest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/htmlcheck"
	"intendant/internal/httpserver"
	"intendant/internal/i18n"
	"intendant/internal/web"
	"intendant/internal/web/page"
)

// A Site is the web face under test.
type Site struct {
	*page.Site
	World *apptest.World
	URL   string
}

// New serves the pages on the world's operations, at its clock, until the test
// ends.
func New(t testing.TB, w *apptest.World) *Site {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	bundle.Names(w.App.Catalogue.Naming)
	log := slog.New(slog.NewTextHandler(failing{t}, &slog.HandlerOptions{Level: slog.LevelError}))
	site := &page.Site{App: w.App, Bundle: bundle, Box: w.Box, Log: log, Now: w.Now, Language: "fr", Mailbox: true,
		Limits: app.SessionLimits{Idle: 24 * time.Hour, Max: 14 * 24 * time.Hour}}
	server := httptest.NewServer(httpserver.Wrap(httpserver.Options{Handler: web.Handler(site), Logger: slog.New(slog.DiscardHandler),
		Now: w.Now, Fault: site.Fault, Forged: http.HandlerFunc(site.Forged)}))
	t.Cleanup(server.Close)
	site.BaseURL = server.URL
	return &Site{Site: site, World: w, URL: server.URL}
}

// failing turns what is logged as an error into a failure of the test: a fault
// is never what a page answers on purpose.
type failing struct{ t testing.TB }

func (f failing) Write(line []byte) (int, error) {
	f.t.Helper()
	f.t.Errorf("logged: %s", line)
	return len(line), nil
}

// A Client is one browser. It keeps cookies and follows no redirect by itself.
type Client struct {
	t    testing.TB
	from string // the page that a form is sent from, as a browser says it
	site *Site
	http *http.Client
}

// Stranger is a browser nobody is signed in with.
func (s *Site) Stranger(t testing.TB) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{t: t, site: s, http: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// SignedIn is the browser of somebody who is signed in.
func (s *Site) SignedIn(t testing.TB, actor authz.Actor) *Client {
	t.Helper()
	return s.WithToken(t, s.World.Session(actor, "full"))
}

// MustChangePassword is the browser of somebody with a provisional password.
func (s *Site) MustChangePassword(t testing.TB, actor authz.Actor) *Client {
	t.Helper()
	return s.WithToken(t, s.World.Session(actor, "password"))
}

// WithToken is the browser that holds a session's token.
func (s *Site) WithToken(t testing.TB, token string) *Client {
	t.Helper()
	c := s.Stranger(t)
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.http.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: token, Path: "/"}})
	return c
}

// As signs in through the form, with a user name or address and a password, and
// where a second factor is asked with what the authenticator shows; of staff who
// signed in lately, half a minute later.
func (s *Site) As(t testing.TB, login, password string) *Client {
	t.Helper()
	c := s.Stranger(t)
	answer := c.Post("/sign-in", "name", login, "password", password)
	if answer.Location == page.CodePath {
		if answer = c.Post(page.CodePath, "code", s.World.OneTimeCode(0)); answer.Status == http.StatusUnprocessableEntity {
			s.World.Pass(30 * time.Second)
			answer = c.Post(page.CodePath, "code", s.World.OneTimeCode(0))
		}
	}
	if answer.Status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: status %d: %s", login, answer.Status, answer.Text())
	}
	return c
}

// A Page is what was answered.
type Page struct {
	htmlcheck.Node
	Status   int
	Location string // where a redirect leads, without the host
	Header   http.Header
	Body     string
	client   *Client
	at       string
}

// Get asks for an address.
func (c *Client) Get(path string) *Page {
	c.t.Helper()
	return c.ask(http.MethodGet, path, "", "")
}

// Post sends a form; pairs are names and values, a name may come twice.
func (c *Client) Post(path string, pairs ...string) *Page {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return c.ask(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

// Send sends a body of any kind, such as a form with a file.
func (c *Client) Send(path, contentType, body string) *Page {
	c.t.Helper()
	return c.ask(http.MethodPost, path, contentType, body)
}

// Ask sends a body of any kind by any method.
func (c *Client) Ask(method, path, contentType, body string) *Page {
	c.t.Helper()
	return c.ask(method, path, contentType, body)
}

// Cookies are those the browser holds for the site.
func (c *Client) Cookies() []*http.Cookie {
	at, err := url.Parse(c.site.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.http.Jar.Cookies(at)
}

func (c *Client) ask(method, path, contentType, body string) *Page {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.Header.Set("Accept-Language", "fr")
	if c.from != "" {
		r.Header.Set("Referer", c.site.URL+c.from)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end below
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	p := &Page{Status: answer.StatusCode, Header: answer.Header, Body: string(text), client: c, at: path,
		Location: strings.TrimPrefix(answer.Header.Get("Location"), c.site.URL)}
	if p.Node, err = htmlcheck.Parse(p.Body); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && strings.Contains(p.Body, "<html") {
		for _, problem := range htmlcheck.Problems(p.Body) {
			c.t.Errorf("%s %s: %s", method, path, problem)
		}
	}
	return p
}

// Follow asks for the page a redirect leads to; anything else fails the test.
func (p *Page) Follow() *Page {
	p.client.t.Helper()
	if p.Location == "" {
		p.client.t.Fatalf("no redirect but %d: %s", p.Status, p.Node.Text())
	}
	return p.client.Get(p.Location)
}

// Submit sends the form that posts to action, with what stands in it and the
// pairs over that, as a browser would.
func (p *Page) Submit(action string, pairs ...string) *Page {
	p.client.t.Helper()
	for _, form := range p.All("form") {
		if form.Attr("action") == action && strings.EqualFold(form.Attr("method"), "post") {
			p.client.from = p.at
			defer func() { p.client.from = "" }()
			return p.client.Post(action, append(filled(p.parts(form), pairs), pairs...)...)
		}
	}
	p.client.t.Fatalf("no form posts to %s", action)
	return nil
}

// parts are the fields of a form: those inside, and those elsewhere that name it.
func (p *Page) parts(form htmlcheck.Node) func(tag string) []htmlcheck.Node {
	return func(tag string) []htmlcheck.Node {
		found := form.All(tag)
		for _, field := range p.All(tag) {
			if id := form.Attr("id"); id != "" && field.Attr("form") == id {
				found = append(found, field)
			}
		}
		return found
	}
}

// filled are the values standing in a form, but for the names given.
func filled(parts func(tag string) []htmlcheck.Node, given []string) []string {
	var pairs []string
	keep := func(name, value string) {
		for i := 0; i < len(given); i += 2 {
			if given[i] == name {
				return
			}
		}
		if name != "" {
			pairs = append(pairs, name, value)
		}
	}
	for _, input := range parts("input") {
		kind := input.Attr("type")
		choice := kind == "checkbox" || kind == "radio"
		switch {
		case slices.Contains([]string{"submit", "button", "file"}, kind), choice && !input.HasAttr("checked"), input.HasAttr("disabled"):
		case choice && input.Attr("value") == "":
			keep(input.Attr("name"), "on")
		default:
			keep(input.Attr("name"), input.Attr("value"))
		}
	}
	for _, area := range parts("textarea") {
		keep(area.Attr("name"), area.Text())
	}
	for _, choice := range parts("select") {
		for i, option := range choice.All("option") {
			if option.HasAttr("selected") || i == 0 && !choice.Has("option[selected]") {
				keep(choice.Attr("name"), option.Attr("value"))
			}
		}
	}
	return pairs
}
