package page

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/secret"
	"intendant/internal/telling"
)

// A Site is what all pages share.
type Site struct {
	App      *app.App
	Bundle   *i18n.Bundle
	Box      *secret.Box // seals what a browser keeps for us
	Log      *slog.Logger
	Now      func() time.Time
	BaseURL  string // without one, no mail leaves
	Secure   bool   // reached by https: the cookie is __Host-
	Language string // where nobody chose one
	Mailbox  bool   // the built-in mailbox is open to vendor staff
	Limits   app.SessionLimits
	Logo     func(name string) []byte // the vendor's logo of that file name as PNG, or nil; nil where there is never one
	Wait     time.Duration            // how long a page waits for an act on many; zero: app.UsualWait

	mux    *http.ServeMux
	routes []Route
	large  chan struct{} // turns of forms that are large
}

// A Reach says who gets to a route at all; what they may do there is decided
// by the operation it calls.
type Reach string

// Who reaches a route: anybody, whoever is signed in, whoever belongs to the
// account in its address, the vendor's staff. Provisional passwords reach only
// routes of Provisional (SIGN-1), staff without a second factor only those of
// Enrolling (VEND-3).
const (
	Anyone      Reach = "anyone"
	Provisional Reach = "provisional"
	Enrolling   Reach = "enrolling"
	SignedIn    Reach = "signed_in"
	InAccount   Reach = "in_account"
	StaffOnly   Reach = "staff"
)

// A Route is one address, who reaches it, and how much may be sent to it.
type Route struct {
	Pattern string // such as "GET /accounts/{account}/members"
	Reach   Reach
	Takes   Takes
}

// A Handler answers one request; a refusal or fault it returns becomes a page.
type Handler func(q *Request) error

// Mux starts the table of routes.
func (s *Site) Mux() *http.ServeMux {
	s.mux = http.NewServeMux()
	s.large = make(chan struct{}, largeForms)
	return s.mux
}

// Routes lists what was declared.
func (s *Site) Routes() []Route { return s.routes }

// Route declares an address, who reaches it, and what answers. What a form may
// carry is declared with it; without a word it is the usual of its reach, and no
// file.
func (s *Site) Route(pattern string, reach Reach, handle Handler, takes ...Takes) {
	route := Route{Pattern: pattern, Reach: reach, Takes: usual(pattern, reach, takes)}
	s.routes = append(s.routes, route)
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		q := &Request{Request: r, W: w, Site: s}
		if err := s.serve(q, route, handle); err != nil {
			q.fail(err)
		}
	})
}

// serve finds out who asks and whether they may before a byte of a form is read.
func (s *Site) serve(q *Request, route Route, handle Handler) error {
	if err := q.identify(); err != nil {
		return err
	}
	if err := q.cleanAddress(); err != nil {
		return err
	}
	if err := q.admit(route.Reach); err != nil {
		return err
	}
	done, err := q.readForm(route.Takes)
	defer done()
	if err != nil {
		return q.mend(err)
	}
	return handle(q)
}

// admit lets through who may reach the route. Strangers are led to the sign-in
// and back; everybody else meets a page that says nothing is here.
func (q *Request) admit(reach Reach) error {
	if reach == Anyone {
		return nil
	}
	if !q.SignedIn() {
		return directory.Refuse(directory.Denied, "sign_in.required")
	}
	switch purpose := q.In.Session.Purpose; {
	case purpose == app.PurposePassword && reach != Provisional:
		return directory.Refuse(directory.Denied, "password.change_first")
	case purpose == app.PurposeEnrol && reach != Enrolling:
		return directory.Refuse(directory.Denied, "factor.set_up_first")
	}
	switch reach {
	case StaffOnly:
		if q.In.User.Staff == "" {
			return directory.Refuse(directory.NotFound, "not_found")
		}
	case InAccount:
		frame, err := q.Site.App.Accounts.Open(q.Context(), q.In.Actor, q.PathValue("account"))
		if err != nil {
			return q.outside(err)
		}
		frame.Entry = q.In.Session.Entry
		q.Frame = &frame
		q.Localise(frame.Account.TimeZone)
	}
	return nil
}

// Catalogue is the one in force.
func (s *Site) Catalogue() *catalogue.Catalogue { return s.App.Catalogue.InForce() }

// Teller puts history into the reader's words.
func (q *Request) Teller() telling.Teller {
	return telling.Teller{Printer: q.Printer, Catalogue: q.Site.Catalogue()}
}

// Actor is who asks; a stranger when nobody is signed in.
func (q *Request) Actor() authz.Actor {
	if q.SignedIn() {
		return q.In.Actor
	}
	return authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: q.client().Address, Agent: q.client().Agent}
}

// Context is the request's.
func (q *Request) Context() context.Context { return q.Request.Context() }

// outside leads who has to do with an account, but cannot open it, to the page that
// says where they stand (USER-4); for others there is no such account.
func (q *Request) outside(err error) error {
	refusal, fault := Refusal(err)
	if fault != nil || refusal.Code != "account.not_found" || q.Method != http.MethodGet {
		return err
	}
	standings, fault := q.Site.App.Users.Standings(q.Context(), q.In.Actor)
	if fault != nil {
		return fault
	}
	number := directory.FoldNumber(q.PathValue("account"))
	if slices.ContainsFunc(standings, func(s app.Standing) bool { return directory.FoldNumber(s.Account.Number) == number }) {
		return directory.Refuse(directory.Denied, "account.outside")
	}
	return err
}
