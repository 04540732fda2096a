// Package seats is who uses what an account has bought: assigning a product at the
// key sign of a person, taking it back, handing it over, and the page of all
// products with what is allotted where.
package seats

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/products", page.InAccount, h.products)
	s.Route("GET /accounts/{account}/products/allot", page.InAccount, h.showAllot)
	s.Route("POST /accounts/{account}/products/allot", page.InAccount, h.allot)
	s.Route("GET /accounts/{account}/products/report", page.InAccount, h.report)
	s.Route("GET /accounts/{account}/products/report.csv", page.InAccount, h.reportCSV)
	s.Route("GET /accounts/{account}/products/report.xlsx", page.InAccount, h.reportXLSX)
	s.Route("GET /accounts/{account}/products/rules", page.InAccount, h.rules)
	s.Route("GET /accounts/{account}/products/rules/new", page.InAccount, h.showNewRule)
	s.Route("POST /accounts/{account}/products/rules/new", page.InAccount, h.makeRule)
	s.Route("GET /accounts/{account}/products/rules/{rule}", page.InAccount, h.rule)
	s.Route("POST /accounts/{account}/products/rules/{rule}/follow", page.InAccount, h.follow)
	s.Route("POST /accounts/{account}/products/rules/{rule}/end", page.InAccount, h.endRule)
	s.Route("GET /accounts/{account}/members/{member}/assign", page.InAccount, h.showAssign)
	s.Route("POST /accounts/{account}/members/{member}/assign", page.InAccount, h.assign)
	s.Route("GET /accounts/{account}/members/{member}/external", page.InAccount, h.externals)
	s.Route("POST /accounts/{account}/members/{member}/external", page.InAccount, h.stateExternal)
	s.Route("POST /accounts/{account}/members/{member}/external/end", page.InAccount, h.endExternal)
	s.Route("POST /accounts/{account}/members/{member}/seats/withdraw", page.InAccount, h.withdraw)
	s.Route("GET /accounts/{account}/members/{member}/seats/hand-over", page.InAccount, h.showHandOver)
	s.Route("POST /accounts/{account}/members/{member}/seats/hand-over", page.InAccount, h.handOver)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// member is the public id in the address.
func member(q *page.Request) string { return q.PathValue("member") }

// back is where the reader came from: a page of ours, or the member's own.
func back(q *page.Request) string { return q.ReturnTo(q.AccountPath("/members/" + member(q))) }

// product is what an offer is called.
func (h Handler) product(q *page.Request, o directory.Offer) string {
	return h.Catalogue().OfferName(o, q.Printer.Lang())
}

// choices reads what the member in the address has and can be given.
func (h Handler) choices(q *page.Request) (app.SeatChoices, error) {
	return h.App.Seats.Choices(q.Context(), q.Actor(), account(q), member(q))
}
