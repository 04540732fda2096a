// Package companies shows the companies of an account, the employers of its
// members: the list with how many each has, the forms that create and rename one,
// and the merging of doubles.
package companies

import (
	"net/http"
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
	"intendant/internal/web/unitfilter"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/companies", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/companies/new", page.InAccount, h.showNew)
	s.Route("POST /accounts/{account}/companies/new", page.InAccount, h.create)
	s.Route("GET /accounts/{account}/companies/merge", page.InAccount, h.showMerge)
	s.Route("POST /accounts/{account}/companies/merge", page.InAccount, h.merge)
	s.Route("GET /accounts/{account}/companies/{company}/edit", page.InAccount, h.showEdit)
	s.Route("POST /accounts/{account}/companies/{company}/edit", page.InAccount, h.rename)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// base is the address of the list.
func base(q *page.Request) string { return q.AccountPath("/companies") }

// membersOf is the table of a company's members, whatever units the reader has
// ticked beforehand (PREF-1).
func membersOf(q *page.Request, company string) string {
	return q.AccountPath("/members?" + url.Values{"company": {company}, unitfilter.Param: {unitfilter.Whole}}.Encode())
}

// picked is an address of the form or choice of a merge of these companies.
func picked(q *page.Request, companies ...string) string {
	return base(q) + "/merge?" + url.Values{field: companies}.Encode()
}

// field is the name of a company's tick.
const field = "company"

// A listing is the page of all companies.
type listing struct {
	ui.Page
	app.CompanyPage
	q    app.CompanyQuery
	req  *page.Request
	base string
}

// list shows the companies; search, order and page stand in the address (LIST-6).
func (h Handler) list(q *page.Request) error {
	values := q.URL.Query()
	query := app.CompanyQuery{Search: values.Get("q"), Sort: values.Get("sort"), Descending: values.Get("order") == "desc",
		After: values.Get("after"), Before: values.Get("before")}
	if query.Sort != app.CompaniesByMembers {
		query.Sort = ""
	}
	l := listing{q: query, req: q, base: base(q)}
	var err error
	l.CompanyPage, err = h.App.Companies.List(q.Context(), q.Actor(), account(q), query)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "list.bad_cursor" {
		q.Toast(q.Printer.T("members.cursor_old"), "")
		return q.Redirect(l.address(query))
	}
	if err != nil {
		return err
	}
	l.Page = q.InAccount(q.Printer.T("companies.title"), page.Companies)
	return q.Render(listPage(l))
}

// address is the list in a view, from its first page on.
func (l listing) address(query app.CompanyQuery) string { return l.at(query, "", "") }

// at is a page of the list in a view: the one after or before a cursor.
func (l listing) at(query app.CompanyQuery, which, cursor string) string {
	values := url.Values{}
	if query.Search != "" {
		values.Set("q", query.Search)
	}
	for _, h := range order(query) {
		values.Set(h.Name, h.Value)
	}
	if cursor != "" {
		values.Set(which, cursor)
	}
	if len(values) == 0 {
		return l.base
	}
	return l.base + "?" + values.Encode()
}

// order is the sort of a view as the search form keeps it.
func order(query app.CompanyQuery) []ui.Hidden {
	var hidden []ui.Hidden
	if query.Sort != "" {
		hidden = append(hidden, ui.Hidden{Name: "sort", Value: query.Sort})
	}
	if query.Descending {
		hidden = append(hidden, ui.Hidden{Name: "order", Value: "desc"})
	}
	return hidden
}

// columns are the heads; the count begins with the largest.
func (l listing) columns() []ui.Column {
	head := func(label, sort, class string) ui.Column {
		by, c := l.q, ui.Column{Label: label, Class: class}
		by.Sort, by.Descending = sort, sort != ""
		if l.q.Sort == sort {
			c.Order = "ascending"
			if l.q.Descending {
				c.Order = "descending"
			}
			by.Descending = !l.q.Descending
		}
		c.Sort = l.address(by)
		return c
	}
	return []ui.Column{head(l.T("companies.name"), "", ""), head(l.T("companies.members"), app.CompaniesByMembers, "w-date num")}
}

func (l listing) foundText() string {
	if l.q.Search == "" {
		return ""
	}
	return l.T("members.found", "Found", l.Found, "All", l.All)
}

// create leads to the form for a new company, with what was sought as its name.
func (l listing) create(kind ui.Kind) []ui.Act {
	if !l.May.Create {
		return nil
	}
	href := l.base + "/new"
	if l.q.Search != "" {
		href += "?" + url.Values{"name": {l.q.Search}}.Encode()
	}
	return []ui.Act{{Label: l.T("companies.new"), Icon: "plus", Kind: kind, Href: href}}
}

// waysOn lead on from a search that finds nothing.
func (l listing) waysOn() []ui.Act {
	return append(l.create(ui.Ordinary), ui.Act{Label: l.T("companies.search.clear"), Href: l.base})
}

func (l listing) row(c directory.Company) ui.RowView {
	r := ui.RowView{ID: "c-" + c.UUID, Who: c.Name}
	if l.May.Manage {
		r.Tick, r.Value, r.Form = field, c.UUID, ui.SelectionForm
	}
	return r
}

func (l listing) menu(c directory.Company) []ui.MenuItem {
	return []ui.MenuItem{{Label: l.T("companies.rename"), Icon: "pencil", Href: l.base + "/" + c.UUID + "/edit"},
		{Label: l.T("companies.merge.into"), Icon: "building-community", Href: picked(l.req, c.UUID)}}
}

// selection is the bar of what is done with those ticked.
func (l listing) selection() ui.SelectionView {
	which, cursor := l.cursor()
	return ui.SelectionView{Action: l.base + "/merge", Total: l.Found, Clear: l.at(l.q, which, cursor),
		Acts: []ui.Act{{Label: l.T("companies.merge"), Icon: "building-community", Attrs: map[string]any{"formmethod": http.MethodGet}}}}
}

// cursor is the one of this page.
func (l listing) cursor() (which, cursor string) {
	if l.q.Before != "" {
		return "before", l.q.Before
	}
	return "after", l.q.After
}

func (l listing) pager() ui.PagerView {
	p := ui.PagerView{From: l.From, To: l.From + int64(len(l.Rows)) - 1, Things: l.T("companies.count", "Count", l.Found)}
	if l.Prev != "" {
		p.Previous = l.at(l.q, "before", l.Prev)
	}
	if l.Next != "" {
		p.Next = l.at(l.q, "after", l.Next)
	}
	return p
}

// members says how many members a company has.
func members(p ui.Page, n int64) string { return p.T("members.count", "Count", n) }

// version is a company's version in a form.
func version(v int64) string { return strconv.FormatInt(v, 10) }
