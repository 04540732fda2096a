// Package members is an account's first page and its table of members: the
// list with filters and search, the panel of one member, editing, and acts on
// one or many.
package members

import (
	"intendant/internal/directory"
	"intendant/internal/web/page"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}", page.InAccount, h.overview)
	s.Route("GET /accounts/{account}/members", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/members/bulk", page.InAccount, h.confirmBulk)
	s.Route("POST /accounts/{account}/members/bulk", page.InAccount, h.bulk)
	s.Route("GET /accounts/{account}/members/export", page.InAccount, h.showExport)
	s.Route("POST /accounts/{account}/members/export", page.InAccount, h.export)
	s.Route("GET /accounts/{account}/members/{member}", page.InAccount, h.profile)
	s.Route("GET /accounts/{account}/members/{member}/edit", page.InAccount, h.showEdit)
	s.Route("POST /accounts/{account}/members/{member}/edit", page.InAccount, h.edit)
	for _, a := range acts() {
		s.Route("POST /accounts/{account}/members/{member}/"+a.name, page.InAccount, h.act(a))
	}
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// member is the public id in the address.
func member(q *page.Request) string { return q.PathValue("member") }
