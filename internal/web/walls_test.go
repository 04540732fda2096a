package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/web/page"
	"intendant/internal/web/webtest"
)

// reader is somebody who asks for every route.
type reader string

// readers are the columns of testdata/walls.txt, in their order. Provisional is
// the administrator with a password that must be changed; entered is the
// vendor's staff inside the account.
func readers() []reader {
	return []reader{"stranger", "prospect", "member", "administrator", "other", "off", "provisional", "staff", "entered"}
}

// TestWalls asks for every route as every reader and holds what they meet
// against testdata/walls.txt, one letter a reader:
//
//	S  led to the sign-in
//	P  led to the change of the password, and nowhere else
//	W  led to the page that says where one stands
//	N  nothing is here
//	D  denied
//	O  anything else: let through, for what the operation itself says
//
// A route without a line there fails, and so does a line without a route.
func TestWalls(t *testing.T) { // API-3, SIGN-1, USER-5, VEND-2
	t.Parallel()
	expected := readWalls(t)
	shared := newFortress(t)
	for _, route := range shared.site.Routes() {
		want, ok := expected[route.Pattern]
		delete(expected, route.Pattern)
		t.Run(route.Pattern, func(t *testing.T) {
			t.Parallel()
			f := shared
			if strings.HasPrefix(route.Pattern, http.MethodPost) {
				f = newFortress(t) // what is let through may change the next answer
			}
			if got := f.assault(t, route); got != want || !ok {
				t.Errorf("walls:\n%s  %s\nwant:\n%s", got, route.Pattern, want)
			}
		})
	}
	for pattern := range expected {
		t.Errorf("there is no route %s", pattern)
	}
}

func readWalls(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/walls.txt")
	if err != nil {
		t.Fatal(err)
	}
	walls := map[string]string{}
	for line := range strings.Lines(string(text)) {
		letters, pattern, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if ok && !strings.HasPrefix(line, "#") {
			walls[pattern] = letters
		}
	}
	return walls
}

// A fortress is a site with an account and everybody in and around it.
type fortress struct {
	site    *webtest.Site
	clients map[reader]*webtest.Client
	staff   authz.Actor
	account directory.Account
	values  map[string]string // of the routes' wildcards, by name or by the pattern up to there
}

func newFortress(t *testing.T) *fortress {
	t.Helper()
	return newFortressOn(t, apptest.New(t, "sqlite"))
}

func newFortressOn(t *testing.T, w *apptest.World) *fortress {
	t.Helper()
	f := &fortress{site: webtest.New(t, w), values: map[string]string{"account": "204817", "token": "unknown", "picture": "members.png", "preference": "start-screen"}}
	account, elsewhere := w.AccountOf("204 817", "construction"), w.Account("117 402")
	administrator := w.Administrator(account, "helene.castaing@maraval.example")
	member, _ := w.Member(account, "camille.aubrac@maraval.example")
	_, target := w.Member(account, "fatou.diarra@maraval.example")
	off, place := w.Member(account, "quentin.moreau@maraval.example")
	_, err := w.Members.Deactivate(w.Context(), w.Operator(), account.ID, app.Of(place.UUID))
	w.Must(err)
	prospect := w.Person("ophelie.tardieu@atelier.example")
	staff := w.Staff("bastien@batisoft.example", authz.Operator)
	f.staff, f.account = staff, account
	inside := w.Session(staff, "full")
	_, err = w.Accounts.Enter(w.Context(), staff, inside, account.ID, "We look for a lost import")
	w.Must(err)
	f.clients = map[reader]*webtest.Client{
		"stranger": f.site.Stranger(t), "prospect": f.site.SignedIn(t, prospect), "member": f.site.SignedIn(t, member),
		"administrator": f.site.SignedIn(t, administrator), "off": f.site.SignedIn(t, off),
		"other":       f.site.SignedIn(t, w.Administrator(elsewhere, "blanche.ferriere@ardoises.example")),
		"provisional": f.site.MustChangePassword(t, administrator), "staff": f.site.SignedIn(t, staff), "entered": f.site.WithToken(t, inside),
	}
	f.values["member"], f.values["id"] = target.UUID, account.UUID
	company, err := w.Companies.Create(w.Context(), administrator, account.ID, "Maraval Travaux")
	w.Must(err)
	f.values["company"] = company.UUID
	f.fill(t, w, account, administrator, prospect)
	return f
}

// fill makes one of each thing that routes name.
func (f *fortress) fill(t *testing.T, w *apptest.World, account directory.Account, administrator, prospect authz.Actor) {
	t.Helper()
	asked, err := w.JoinRequests.Ask(w.Context(), prospect, account.Number, "Good morning")
	w.Must(err)
	f.values["request"] = asked.UUID
	draft, err := w.Imports.Paste(w.Context(), administrator, account.ID, app.Pasting{Text: "new@maraval.example"})
	w.Must(err)
	f.values["draft"] = draft.UUID
	run, err := w.Imports.Upload(w.Context(), administrator, account.ID, "people.csv", strings.NewReader("E-mail\nnew@maraval.example\n"))
	w.Must(err)
	f.values["import"] = run.UUID
	queue, err := w.Mails.Queue(w.Context(), w.Operator(), app.MailFilter{}, app.Window{})
	w.Must(err)
	if len(queue.Mails) == 0 {
		t.Fatal("no mail waits")
	}
	f.values["mail"] = fmt.Sprint(int64(queue.Mails[0].ID))
	f.values["message"] = f.values["mail"]
	w.Must(w.Mails.Deliver(w.Context(), store.MailboxMessage{Mail: queue.Mails[0].ID, Address: "contact@maraval.example", Subject: "Clé",
		HTML: "<p>Bonjour</p>", Text: "Bonjour"}))
	domain, err := w.Accounts.AddDomain(w.Context(), administrator, account.ID, "maraval.example")
	w.Must(err)
	f.values["domain"] = domain.Name
	program, err := w.TechnicalUsers.Create(w.Context(), administrator, account.ID,
		app.NewTechnicalUser{Name: "Paie", Purpose: "Reprend les salariés", Responsible: "helene.castaing@maraval.example"})
	w.Must(err)
	f.values["technical"], f.values["secret"] = program.UUID, "unknown"
	unit, err := w.Units.Add(w.Context(), administrator, account.ID, app.NewUnit{Level: "division", Name: "Angers"})
	w.Must(err)
	f.values["unit"] = unit.UUID
	invoice, err := w.Contracts.AddDocument(w.Context(), w.Operator(), account.ID, app.ContractNewDocument{Number: "F-1",
		Day: directory.DayOf(w.Now(), time.UTC), Content: []byte("%PDF-1.4")})
	w.Must(err)
	f.values["document"] = invoice.UUID
	role, err := w.Roles.Create(w.Context(), administrator, account.ID,
		app.NewRole{Kind: directory.RightsRole, Names: map[string]string{directory.EveryLanguage: "Visiteur"}})
	w.Must(err)
	f.values["role"] = role.UUID
	f.values["user"] = f.uuidOf(w, prospect)
	f.values["act"] = actOnNobody(w, account.ID, administrator, app.Giving{Role: role.UUID, Units: []string{unit.UUID}})
	keys, err := w.App.Keys.Request(w.Context(), prospect, account.Number, "We lost the letter")
	w.Must(err)
	f.values["/vendor/key-requests/{request}"] = keys.UUID
	customers, err := w.Imports.Upload(w.Context(), f.staff, directory.Installation, "customers.csv", strings.NewReader("Number;Name\n1;A\n"))
	w.Must(err)
	f.values["/vendor/imports/{import}"] = customers.UUID
	f.values["application"], f.values["credential"] = applicationOf(w), "unknown"
	bought, err := w.Subscriptions.Add(w.Context(), f.staff, account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 2}})
	w.Must(err)
	f.values["subscription"] = bought.UUID
	w.Must(w.Seats.MakeRule(w.Context(), administrator, account.ID, app.NewSeatRule{Offer: directory.Offer{Product: "plans"}, Unit: unit.UUID}))
	rules, err := w.Seats.Rules(w.Context(), administrator, account.ID)
	w.Must(err)
	f.values["rule"] = rules[0].UUID
	kind, err := w.Library.CreateType(w.Context(), administrator, account.ID, "Logement neuf")
	w.Must(err)
	template, err := w.Library.CreateTemplate(w.Context(), administrator, account.ID, app.NewProjectTemplate{Name: "Logement type"})
	w.Must(err)
	f.values["type"], f.values["template"] = kind.UUID, template.UUID
	f.project(w, account, administrator)
	table, err := w.Exports.Begin(w.Context(), administrator, account.ID, app.ExportAsk{Kind: directory.ExportMembers, Format: directory.ExportCSV,
		Query: app.MemberQuery{}, Language: "fr"})
	w.Must(err)
	f.values["export"] = table.UUID
}

// project makes one with somebody in it.
func (f *fortress) project(w *apptest.World, account directory.Account, administrator authz.Actor) {
	name := "Collège des Sablons"
	made, _, err := w.Projects.Create(w.Context(), administrator, account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
	w.Must(err)
	verdicts, err := w.Projects.Add(w.Context(), administrator, app.ProjectAt{Account: account.ID, Project: made.UUID},
		[]app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "fatou.diarra@maraval.example"}}}, app.PlaceOptions{})
	w.Must(apptest.ErrOf(verdicts, err))
	f.values["project"], f.values["/accounts/{account}/projects/{project}/products/{product}"] = made.UUID, "plans"
}

// applicationOf registers an application, and answers its id.
func applicationOf(w *apptest.World) string {
	a, err := w.Applications.Register(w.Context(), w.Operator(), app.ApplicationRegistration{Name: "Boutique", All: true, Rights: directory.ApplicationRights()})
	w.Must(err)
	return a.UUID
}

// actOnNobody begins an act on many of whom there is none, and answers its id.
func actOnNobody(w *apptest.World, account directory.AccountID, by authz.Actor, g app.Giving) string {
	for i := range directory.BulkChunk + 1 {
		g.Who.Members = append(g.Who.Members, fmt.Sprint("nobody ", i))
	}
	g.Who.Wait = time.Nanosecond
	_, err := w.Grants.Give(w.Context(), by, account, g)
	var going *app.Unfinished
	if !errors.As(err, &going) {
		w.T.Fatal(err)
	}
	return going.Act.UUID
}

func (f *fortress) uuidOf(w *apptest.World, actor authz.Actor) string {
	user, err := w.Users.Profile(w.Context(), actor)
	w.Must(err)
	return user.UUID
}

// at is the method of a route, and its address with the fortress' things in it.
func (f *fortress) at(t *testing.T, route page.Route) (method, path string) {
	t.Helper()
	method, pattern, _ := strings.Cut(route.Pattern, " ")
	return method, wildcard.ReplaceAllStringFunc(pattern, func(name string) string {
		before, _, _ := strings.Cut(pattern, name)
		if value, ok := f.values[before+name]; ok {
			return value
		}
		name = strings.Trim(name, "{}")
		value, ok := f.values[name]
		if !ok && name != "$" {
			t.Fatalf("%s: the fortress has no {%s}", route.Pattern, name)
		}
		return value
	})
}

var wildcard = regexp.MustCompile(`\{[a-z_]*\$?\}`)

// assault asks for a route as everybody and answers a letter for each.
func (f *fortress) assault(t *testing.T, route page.Route) string {
	t.Helper()
	method, path := f.at(t, route)
	act := "invite"
	if strings.Contains(path, "/projects/") {
		act = "edit"
	}
	form := []string{"act", act, "member", f.values["member"], "addresses", "new@maraval.example"} // others read none of it
	if strings.HasSuffix(path, "/bulk") && method == http.MethodGet {
		path += "?act=" + act + "&member=" + f.values["member"]
	}
	var letters strings.Builder
	for _, r := range readers() {
		ask := f.clients[r].Get
		if method == http.MethodPost {
			ask = func(path string) *webtest.Page { return f.clients[r].Post(path, form...) }
		}
		letters.WriteByte(letter(ask(path)))
	}
	return letters.String()
}

func letter(p *webtest.Page) byte {
	switch {
	case p.Status == http.StatusSeeOther && strings.HasPrefix(p.Location, "/sign-in"):
		return 'S'
	case p.Status == http.StatusSeeOther && p.Location == "/password/change":
		return 'P'
	case p.Status == http.StatusSeeOther && p.Location == "/network":
		return 'W'
	case p.Status == http.StatusNotFound:
		return 'N'
	case p.Status == http.StatusForbidden:
		return 'D'
	case p.Status >= http.StatusInternalServerError:
		return 'X'
	}
	return 'O'
}

// TestOutsideNothingDiffers: who does not belong to an account cannot tell it
// from one that does not exist (KEY-14, USER-5). Who belongs to it and is switched off
// is told so (USER-4).
func TestOutsideNothingDiffers(t *testing.T) {
	t.Parallel()
	f := newFortress(t)
	for _, r := range []reader{"prospect", "other"} {
		there, nowhere := f.clients[r].Get("/accounts/204817/members"), f.clients[r].Get("/accounts/999999/members")
		if there.Status != nowhere.Status || there.Text() != nowhere.Text() {
			t.Errorf("%s tells %d %q from %d %q", r, there.Status, there.Text(), nowhere.Status, nowhere.Text())
		}
	}
}

// TestNarrowSessions: a sign-in that waits for its second factor reaches nothing
// but the page that asks for it, and staff without one nothing but its set-up.
func TestNarrowSessions(t *testing.T) { // SIGN-6, VEND-3
	t.Parallel()
	f := newFortress(t)
	w := f.site.World
	user, err := w.Users.CreateStaff(w.Context(), w.Operator(), app.NewStaff{Email: "odile@batisoft.example", Language: "fr",
		Role: authz.Operator, Password: apptest.Password})
	w.Must(err)
	narrow := map[string]*webtest.Client{
		page.CodePath:   f.site.WithToken(t, w.Session(f.staff, app.PurposeFactor)),
		page.FactorPath: f.site.SignedIn(t, authz.Actor{User: user.ID}),
	}
	for _, route := range f.site.Routes() {
		if route.Reach == page.Anyone {
			continue
		}
		for to, c := range narrow {
			if to == page.FactorPath && route.Reach == page.Enrolling {
				continue
			}
			method, pattern, _ := strings.Cut(route.Pattern, " ")
			ask := c.Get
			if method == http.MethodPost {
				ask = func(path string) *webtest.Page { return c.Post(path) }
			}
			path := wildcard.ReplaceAllString(strings.NewReplacer("{account}", "204817", "{$}", "").Replace(pattern), "1")
			if got := ask(path); got.Status != http.StatusSeeOther || !strings.HasPrefix(got.Location, to) {
				t.Errorf("%s: status %d to %q, want %s", route.Pattern, got.Status, got.Location, to)
			}
		}
	}
}
