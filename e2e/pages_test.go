package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/browsertest"
	"intendant/internal/demo"
	"intendant/internal/directory"
	"intendant/internal/mail/mailtest"
)

// The people whose pages are looked at.
const (
	administrator = "administrator"
	vendor        = "vendor"
	prospect      = "prospect"
	stranger      = "stranger"
)

// TestPages follows the links of every page in the example, and looks at each
// kind of page once: at two widths in light and dark, and on a narrow phone. A
// route that no link leads to fails, unless it is begun with or told why not. What a
// page keeps closed is opened, and each form that asks for a text is refused once.
func TestPages(t *testing.T) {
	t.Parallel()
	w, people := example(t)
	g := newGuide(t)
	t.Run("each", func(t *testing.T) {
		for _, who := range []string{administrator, vendor, prospect, stranger} {
			t.Run(who, func(t *testing.T) {
				t.Parallel()
				one := &world{t: t, server: w.server, mails: w.mails}
				s := one.window()
				if who != stranger {
					one.tries(s, people[who], demo.Password)
					s.DontSee("Mot de passe oublié")
					if known := people[who+" secret"]; known != "" {
						s.See("Deuxième étape")
						g.look(s, "GET /sign-in/code", "")
						one.enterCode(s, known)
					}
				}
				g.crawl(s, who, one.begin(g, s, who, people))
			})
		}
	})
	for pattern, seen := range g.seen {
		if !seen {
			t.Errorf("no link leads to %s", pattern)
		}
	}
}

// example is an installation with the demo's accounts and the built-in mailbox.
func example(t *testing.T) (*world, map[string]string) {
	t.Helper()
	w := &world{t: t, mails: mailtest.Start(t)}
	clock := demo.NewClock(time.Now)
	w.open("sqlite", map[string]string{"mailbox": "true"}, clock.Now)
	made, err := w.installation.Demo(t.Context(), clock)
	if err != nil {
		t.Fatal(err)
	}
	w.serve()
	w.actOnMany(made.Account.Number)
	w.exports(made.Account.Number)
	w.sells(made.Account.Number)
	people := map[string]string{"account": made.Account.Number, "project": w.runsProjects(made.Account.Number)}
	for _, p := range made.People {
		people[p.As], people[p.As+" secret"] = p.Login, p.OneTimeSecret
	}
	return w, people
}

// actOnMany begins an act that goes on by itself, and changes nobody: what it is to
// add are no addresses.
func (w *world) actOnMany(number string) {
	w.t.Helper()
	operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	frame, err := w.installation.App.Accounts.Open(w.t.Context(), operator, number)
	if err != nil {
		w.t.Fatal(err)
	}
	rows := make([]app.NewMember, directory.BulkChunk+1)
	for i := range rows {
		rows[i] = app.NewMember{Row: i + 1, Email: fmt.Sprintf("pas-une-adresse-%d", i+1)}
	}
	_, err = w.installation.App.Members.Add(w.t.Context(), operator, frame.Account.ID, rows, app.AddOptions{Wait: time.Nanosecond})
	var going *app.Unfinished
	if !errors.As(err, &going) {
		w.t.Fatal(err)
	}
}

// exports has a table of the account's members written.
func (w *world) exports(number string) {
	w.t.Helper()
	in := w.installation.App
	frame, err := in.Accounts.Open(w.t.Context(), operator(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = in.Exports.Begin(w.t.Context(), operator(), frame.Account.ID, app.ExportAsk{Kind: directory.ExportMembers, Format: directory.ExportXLSX,
		Query: app.MemberQuery{}, Language: "fr"})
	if err != nil {
		w.t.Fatal(err)
	}
}

// sells writes a subscription of the account, and gives seats of it to the first of
// its members.
func (w *world) sells(number string) {
	w.t.Helper()
	in := w.installation.App
	frame, err := in.Accounts.Open(w.t.Context(), operator(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	offer := in.Catalogue.InForce().OffersOf(frame.Account.Type)[0]
	_, err = in.Subscriptions.Add(w.t.Context(), operator(), frame.Account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: 200}})
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := in.Members.List(w.t.Context(), operator(), frame.Account.ID, app.MemberQuery{})
	if err != nil {
		w.t.Fatal(err)
	}
	var who app.Selection
	for _, m := range list.Rows {
		who.Members = append(who.Members, m.UUID)
	}
	if _, err = in.Seats.Assign(w.t.Context(), operator(), frame.Account.ID, who, offer); err != nil {
		w.t.Fatal(err)
	}
}

// runsProjects makes a project of the account with the first of its members, and one that is
// archived; it answers the public id of the first.
func (w *world) runsProjects(number string) string {
	w.t.Helper()
	in := w.installation.App
	frame, err := in.Accounts.Open(w.t.Context(), operator(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := in.Members.List(w.t.Context(), operator(), frame.Account.ID, app.MemberQuery{Size: 8})
	if err != nil {
		w.t.Fatal(err)
	}
	var rows []app.NewPlace
	for i, m := range list.Rows {
		rows = append(rows, app.NewPlace{NewMember: app.NewMember{Row: i + 1, Email: m.Person.Email}})
	}
	var first string
	for i, name := range []string{"Médiathèque Jules-Verne", "Collège des Sablons, Saint-Brévin"} {
		made, _, err := in.Projects.Create(w.t.Context(), operator(), frame.Account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
		at := app.ProjectAt{Account: frame.Account.ID, Project: made.UUID}
		if err == nil && i == 0 {
			err = in.Projects.Archive(w.t.Context(), operator(), at, made.Revision)
		}
		if err == nil && i == 1 {
			first = made.UUID
			_, err = in.Projects.Add(w.t.Context(), operator(), at, rows, app.PlaceOptions{})
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return first
}

// deadLinks are mailed links whose page says that they serve no more.
func deadLinks(s *browsertest.Story) []string {
	s.Allow("status 4")
	return []string{"/register/confirm/none", "/password/reset/none", "/email/confirm/none", "/invitation/none"}
}

// A guide knows every route and which kinds of page were looked at.
type guide struct {
	t      *testing.T
	mu     sync.Mutex
	mux    *http.ServeMux
	seen   map[string]bool // by pattern
	looked map[string]bool // by pattern and what its query asks
}

// newGuide reads the routes from the list that is held against the site.
func newGuide(t *testing.T) *guide {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "internal", "web", "testdata", "walls.txt"))
	if err != nil {
		t.Fatal(err)
	}
	g := &guide{t: t, mux: http.NewServeMux(), seen: map[string]bool{}, looked: map[string]bool{}}
	for line := range strings.Lines(string(text)) {
		_, pattern, found := strings.Cut(strings.TrimSpace(line), "  ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		g.mux.Handle(pattern, http.NotFoundHandler())
		if strings.HasPrefix(pattern, "GET ") {
			g.seen[pattern] = !isPage(pattern)
		}
	}
	return g
}

// isPage reports whether a route answers a page of its own: not a file, a
// redirect, or the frame that shows a mail.
func isPage(pattern string) bool {
	return !slices.Contains([]string{"GET /{$}", "GET /vendor", "GET /.well-known/change-password", "GET /mailbox/{message}/html",
		"GET /accounts/{account}/imports/{import}/result.csv", "GET /vendor/imports/{import}/result.csv",
		"GET /accounts/{account}/imports/{import}/result.xlsx", "GET /vendor/imports/{import}/result.xlsx", "GET /accounts/{account}/logo.png", "GET /brand/logo.png", "GET /profile/signature.png",
		"GET /guide/{picture}", "GET /accounts/{account}/exports/{export}/file", "GET /accounts/{account}/contract/documents/{document}", "GET /vendor/customers/{id}/documents/{document}"}, pattern)
}

// owner is who looks at a route.
func owner(pattern string) string {
	path := strings.TrimPrefix(pattern, "GET ")
	for _, one := range []struct{ prefix, who string }{{"/accounts/", administrator}, {"/accounts", administrator}, {"/vendor", vendor},
		{"/mailbox", vendor}, {"/network", prospect}, {"/profile/preferences", administrator}, {"/profile", prospect}, {"/password/change", prospect}} {
		if strings.HasPrefix(path, one.prefix) {
			return one.who
		}
	}
	return stranger
}

// crawl follows links from the first addresses on.
func (g *guide) crawl(s *browsertest.Story, who string, waiting []string) {
	for len(waiting) > 0 {
		at := waiting[0]
		waiting = waiting[1:]
		name := g.claim(at, who)
		if name == "" {
			continue
		}
		s.Open(at)
		s.LooksRight(name)
		s.Viewport(360, 740)
		s.NoSidewaysScroll()
		s.Viewport(1280, 800)
		waiting = append(waiting, s.Links()...)
		s.OpensRight()
		g.refuses(s, at)
	}
}

// look looks at the page that stands there: one that an address does not bring
// back, or one step of a task.
func (g *guide) look(s *browsertest.Story, pattern, step string) {
	g.mu.Lock()
	_, known := g.seen[pattern]
	g.seen[pattern] = true
	g.mu.Unlock()
	if known {
		s.LooksRight(fileName(pattern + " " + step))
		s.Viewport(360, 740)
		s.NoSidewaysScroll()
		s.Viewport(1280, 800)
	}
}

// claim answers the name under which somebody looks at an address, or nothing
// when such a page was looked at before or is not theirs. Dialogs over a page
// are pages of their own.
func (g *guide) claim(at, who string) string {
	address, err := url.Parse(at)
	if err != nil {
		return ""
	}
	_, pattern := g.mux.Handler(&http.Request{Method: http.MethodGet, URL: address, Host: address.Host})
	if pattern == "" || owner(pattern) != who || !isPage(pattern) {
		return ""
	}
	kind := pattern
	for _, ask := range []string{"do", "ask", "reject", "to", "sent", "mend", "member", "permission", "dialog", "withdraw"} {
		if value := address.Query().Get(ask); value != "" {
			kind += " " + ask
			if ask == "do" || ask == "ask" {
				kind += " " + value
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.looked[kind] {
		return ""
	}
	g.looked[kind], g.seen[pattern] = true, true
	return fileName(kind)
}

func fileName(kind string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.TrimPrefix(kind, "GET ")), "-")
}
