// Package grants is who holds which roles at units: one person's roles, step by
// step, and the people of one unit.
package grants

import (
	"net/url"

	"github.com/a-h/templ"

	"intendant/internal/directory"
	"intendant/internal/web/page"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/members/{member}/rights", page.InAccount, h.showPerson)
	s.Route("POST /accounts/{account}/members/{member}/rights", page.InAccount, h.person)
	s.Route("GET /accounts/{account}/units/{unit}/rights", page.InAccount, h.showUnit)
	s.Route("POST /accounts/{account}/units/{unit}/rights", page.InAccount, h.give)
	s.Route("POST /accounts/{account}/units/{unit}/rights/end", page.InAccount, h.end)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

func memberPath(q *page.Request, member string) string {
	return q.AccountPath("/members/" + url.PathEscape(member))
}

func unitPath(q *page.Request, unit string) string {
	return q.AccountPath("/units/" + url.PathEscape(unit))
}

// morph sends the form around a choice when it changes and puts the answer in
// the place of the page.
func morph(action string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-trigger": "change", "hx-target": "#page", "hx-select": "#page", "hx-swap": "outerMorph"}
}
