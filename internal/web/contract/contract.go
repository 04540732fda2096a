// Package contract is what referents and deputies see of an account's contract,
// subscription, renewal and invoices (SEAT-8), and the forms by which they are
// named (SEAT-7).
package contract

import (
	"net/url"
	"strconv"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/referents"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/contract", page.InAccount, h.contract)
	s.Route("GET /accounts/{account}/contract/documents/{document}", page.InAccount, h.download)
	s.Route("GET /accounts/{account}/contract/units/{unit}/name", page.InAccount, h.choose)
	s.Route("POST /accounts/{account}/contract/units/{unit}/name", page.InAccount, h.name)
	s.Route("POST /accounts/{account}/contract/units/{unit}/end", page.InAccount, h.end)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// base is the address of the contract's page.
func base(q *page.Request) string { return q.AccountPath("/contract") }

// A view is the contract's page.
type view struct {
	ui.Page
	app.ContractPage
	req         *page.Request
	level, sign string // of the account's service level, in words and as its shield
	units       []referents.View
}

// contract shows what the reader looks after.
func (h Handler) contract(q *page.Request) error {
	c, err := h.App.Contracts.Page(q.Context(), q.Actor(), account(q), q.Skip())
	if err != nil {
		return err
	}
	v := view{Page: q.InAccount(q.Printer.T("contract.title"), page.Contract), ContractPage: c, req: q}
	level, _ := h.Catalogue().ServiceLevel(c.Account.ServiceLevel)
	v.level, v.sign = level.Label.In(q.Printer.Lang()), level.Sign
	for _, unit := range c.Units {
		r := referents.Of(q, v.Page, unit, base(q))
		if len(c.Units) > 1 || unit.Unit.Parent != 0 {
			r.Title += " · " + unit.Unit.Name
		}
		v.units = append(v.units, r)
	}
	return q.Render(contractPage(v))
}

// A bought is a subscription in words: the last day is the one to its end.
type bought struct {
	app.ContractLine
	name, modules string
	last          time.Time
}

func (v view) bought() []bought {
	var lines []bought
	c, lang, zone := v.req.Site.Catalogue(), v.Printer.Lang(), v.Printer.Zone()
	for _, line := range v.Subscriptions {
		b := bought{ContractLine: line, name: c.OfferName(line.Offer, lang), last: directory.LastDay(line.End, zone).Noon(zone)}
		var modules []string
		for _, m := range c.OfferModules(line.Offer) {
			modules = append(modules, m.Label.In(lang))
		}
		b.modules = v.Printer.List(modules)
		lines = append(lines, b)
	}
	return lines
}

// facts identify the contract.
func (v view) facts() []ui.CartItem {
	ends := v.T("overview.no_date")
	if !v.ContractPage.Account.ContractEnds.IsZero() {
		ends = v.Printer.Date(v.ContractPage.Account.ContractEnds)
	}
	return []ui.CartItem{{Label: v.T("overview.number"), Value: directory.SpellNumber(v.ContractPage.Account.Number)},
		{Label: v.T("overview.level"), Body: ui.ServiceLevel(v.sign, v.level)}, {Label: v.T("overview.ends"), Value: ends}}
}

// severalUnits reports whether documents are told apart by unit.
func (v view) severalUnits() bool {
	for _, d := range v.Documents.Rows {
		if d.Unit.ID != v.Documents.Rows[0].Unit.ID {
			return true
		}
	}
	return false
}

func (v view) columns() []ui.Column {
	columns := []ui.Column{{Label: v.T("field.document_number"), Class: "w-name"}, {Label: v.T("field.document_day")}}
	if v.severalUnits() {
		columns = append(columns, ui.Column{Label: v.T("customer.documents.unit.label"), Class: "p3"})
	}
	return append(columns, ui.Column{Label: v.T("field.amount"), Class: "num"}, ui.Column{Label: v.T("ui.actions"), Class: "num", Silent: true})
}

func (v view) href(d app.ContractDocument) string {
	return base(v.req) + "/documents/" + url.PathEscape(d.UUID)
}

func (v view) pager() ui.PagerView {
	return page.DocumentsPager(v.Documents, v.T("contract.documents.count", "Count", v.Documents.Total),
		func(skip int) string { return base(v.req) + "?skip=" + strconv.Itoa(skip) + "#documents" })
}

// download hands over an invoice.
func (h Handler) download(q *page.Request) error {
	d, err := h.App.Contracts.Download(q.Context(), q.Actor(), account(q), q.PathValue("document"))
	if err != nil {
		return err
	}
	return q.SendDocument(d)
}
