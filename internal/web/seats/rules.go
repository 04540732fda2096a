package seats

import (
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A ruling is the page of the rules by which people get seats (SEAT-11).
type ruling struct {
	ui.Page
	h     Handler
	base  string // address of the page of products
	rules []app.SeatRule
	open  bool // the account can be changed
}

// rules lists the rules that the reader may change.
func (h Handler) rules(q *page.Request) error {
	rules, err := h.App.Seats.Rules(q.Context(), q.Actor(), account(q))
	if err != nil {
		return err
	}
	return q.Render(rulesPage(h.ruling(q, q.Printer.T("seats.rules.title"), rules)))
}

func (h Handler) ruling(q *page.Request, title string, rules []app.SeatRule) ruling {
	return ruling{Page: q.InAccount(title, page.Products), h: h, base: q.AccountPath("/products"), rules: rules,
		open: q.Frame.Account.Writable() == nil}
}

// who says whom a rule is about.
func (h Handler) who(q ui.Page, r app.SeatRule) string {
	if r.Unit.ID != 0 {
		return q.T("seats.rules.unit", "Name", r.Unit.Name)
	}
	return q.T("seats.rules.function", "Name", r.Function.Name(q.Printer.Lang()))
}

func (r ruling) product(rule app.SeatRule) string {
	return r.h.Catalogue().OfferName(rule.Offer, r.Printer.Lang())
}

func (r ruling) href(rule app.SeatRule) string { return r.base + "/rules/" + rule.UUID }

// without says how many got none.
func (r ruling) without(rule app.SeatRule) string {
	return r.T("seats.rules.without", "Count", rule.Without)
}

func (r ruling) crumbs(more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: r.T("seats.products.title"), Href: r.base}}, more...)
}

func (r ruling) make() []ui.Act {
	if !r.open {
		return nil
	}
	return []ui.Act{{Label: r.T("seats.rules.new"), Icon: "plus", Kind: ui.Primary, Href: r.base + "/rules/new"}}
}

func (r ruling) columns() []ui.Column {
	return []ui.Column{{Label: r.T("seats.rules.who"), Class: "w-name"}, {Label: r.T("field.product"), Class: "w-pname"}, {Label: r.T("seats.rules.left")}}
}

// A ruled is the page of one rule, with those who got none.
type ruled struct {
	ruling
	app.SeatRule
	ask      bool // whether it is to end
	refused  app.Verdicts
	followed string
}

// rule shows one rule with those who got none, page by page.
func (h Handler) rule(q *page.Request) error {
	v, err := h.ruled(q)
	if err != nil {
		return err
	}
	v.ask = q.URL.Query().Get("dialog") == "end"
	return q.Render(rulePage(v))
}

func (h Handler) ruled(q *page.Request) (ruled, error) {
	rule, err := h.App.Seats.Rule(q.Context(), q.Actor(), account(q), q.PathValue("rule"), q.URL.Query().Get("after"))
	if err != nil {
		return ruled{}, err
	}
	v := ruled{ruling: h.ruling(q, "", nil), SeatRule: rule}
	v.Title = v.T("seats.rules.one", "Who", h.who(v.Page, rule), "Product", v.product(rule))
	return v, nil
}

// follow gives seats to those who got none, and names who was refused (BULK-3).
func (h Handler) follow(q *page.Request) error {
	verdicts, err := h.App.Seats.Follow(q.Context(), q.Actor(), account(q), q.PathValue("rule"))
	if err != nil {
		return err
	}
	said := q.Printer.T("seats.rules.followed", "Count", verdicts.Count(app.Changed))
	if verdicts.Count(app.Refused) == 0 {
		q.Done(said)
		return q.Redirect(q.AccountPath("/products/rules/" + url.PathEscape(q.PathValue("rule"))))
	}
	v, err := h.ruled(q)
	if err != nil {
		return err
	}
	v.followed = said
	v.refused = page.RefusedOf(verdicts)
	return q.Render(followedPage(v))
}

// endRule ends the rule; who has a seat keeps it.
func (h Handler) endRule(q *page.Request) error {
	if err := h.App.Seats.EndRule(q.Context(), q.Actor(), account(q), q.PathValue("rule")); err != nil {
		return err
	}
	q.Done(q.Printer.T("seats.rules.ended"))
	return q.Redirect(q.AccountPath("/products/rules"))
}

func (v ruled) acts() []ui.Act {
	if !v.open {
		return nil
	}
	return []ui.Act{{Label: v.T("seats.rules.end"), Icon: "circle-x", Href: v.href(v.SeatRule) + "?dialog=end"}}
}

func (v ruled) above() []ui.Link {
	return v.crumbs(ui.Link{Label: v.T("seats.rules.title"), Href: v.base + "/rules"})
}

// member is the address of somebody's own page.
func (v ruled) member(m app.ListedMember) string {
	return strings.TrimSuffix(v.base, "/products") + "/members/" + m.UUID
}

func (v ruled) pager() ui.PagerView {
	p := ui.PagerView{Things: v.without(v.SeatRule)}
	if v.Next != "" {
		p.Next = v.href(v.SeatRule) + "?after=" + v.Next
	}
	return p
}

func (v ruled) dialog() ui.DialogView {
	return ui.DialogView{ID: "end-rule", Title: v.T("seats.rules.end.title", "Name", v.Title), Action: v.href(v.SeatRule) + "/end", Open: v.ask,
		Close: v.href(v.SeatRule), Act: ui.Act{Label: v.T("seats.rules.end"), Kind: ui.Danger}}
}

func (v ruled) losses() []ui.Loss {
	return []ui.Loss{{Text: v.T("seats.rules.end.goes")}, {Text: v.T("seats.rules.end.stays"), Stays: true}}
}

// refusedColumns are those of the table of who was refused.
func (v ruled) refusedColumns() []ui.Column {
	return []ui.Column{{Label: v.T("members.column.name"), Class: "w-name"}, {Label: v.T("members.result.reason")}}
}
