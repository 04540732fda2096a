package projects

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// How the list is sorted besides by name.
const (
	byNumber  = "number"
	byMembers = "members"
	byStart   = "starts"
)

// The views of the list: those in use have no word in the address.
const (
	mineView     = "mine"
	archivedView = "archived"
)

// A listing is the page of all projects in sight.
type listing struct {
	ui.Page
	app.ProjectPage
	q    app.ProjectQuery
	req  *page.Request
	base string
}

// list shows the projects that the reader sees; view, search, type, order and page
// stand in the address (LIST-6, PROJ-1, PROJ-11).
func (h Handler) list(q *page.Request) error {
	values := q.URL.Query()
	query := app.ProjectQuery{Search: values.Get("q"), Mine: values.Get("view") == mineView, Archived: values.Get("view") == archivedView,
		Type: values.Get("type"), Sort: values.Get("sort"), Descending: values.Get("order") == "desc", After: values.Get("after"), Before: values.Get("before")}
	if !slices.Contains([]string{byNumber, byMembers, byStart}, query.Sort) {
		query.Sort = ""
	}
	if !q.HasProjects() {
		return notFound()
	}
	l := listing{q: query, req: q, base: base(q)}
	var err error
	l.ProjectPage, err = h.App.Projects.List(q.Context(), q.Actor(), account(q), query)
	if refusal, _ := page.Refusal(err); refusal != nil && (refusal.Code == "list.bad_cursor" || refusal.Field == "type") {
		query.After, query.Before = "", ""
		if refusal.Field == "type" {
			query.Type = ""
		}
		q.Toast(q.Printer.T("members.cursor_old"), "")
		return q.Redirect(l.address(query))
	}
	if err != nil {
		return err
	}
	l.Page = q.InAccount(q.Printer.T("projects.title"), page.Projects)
	return q.Render(listPage(l))
}

// address is the list in a view, from its first page on.
func (l listing) address(query app.ProjectQuery) string { return l.at(query, "", "") }

// at is a page of the list in a view: the one after or before a cursor.
func (l listing) at(query app.ProjectQuery, which, cursor string) string {
	values := url.Values{}
	for _, h := range append(l.kept(query), ui.Hidden{Name: "q", Value: query.Search}, ui.Hidden{Name: "type", Value: query.Type}) {
		if h.Value != "" {
			values.Set(h.Name, h.Value)
		}
	}
	if cursor != "" {
		values.Set(which, cursor)
	}
	return withQuery(l.base, values)
}

// withQuery is an address with values, if there are any.
func withQuery(address string, values url.Values) string {
	if len(values) == 0 {
		return address
	}
	return address + "?" + values.Encode()
}

// kept is the view and the order as the search form keeps them.
func (l listing) kept(query app.ProjectQuery) []ui.Hidden {
	var hidden []ui.Hidden
	keep := func(is bool, name, value string) {
		if is {
			hidden = append(hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	keep(query.Mine, "view", mineView)
	keep(query.Archived, "view", archivedView)
	keep(query.Sort != "", "sort", query.Sort)
	keep(query.Descending, "order", "desc")
	return hidden
}

// views are those in use, the reader's own and those archived, with how many each has.
func (l listing) views() []ui.Tab {
	view := func(key string, mine, archived bool, n int64) ui.Tab {
		of := l.q
		of.Mine, of.Archived = mine, archived
		return ui.Tab{Label: l.T(key), Href: l.address(of), Count: l.Printer.Number(n), Current: l.q.Mine == mine && l.q.Archived == archived}
	}
	return []ui.Tab{view("projects.view.active", false, false, l.Counts.InUse), view("projects.view.mine", true, false, l.Counts.Mine),
		view("projects.view.archived", false, true, l.Counts.Archived)}
}

// columns are the heads; the count of members begins with the largest.
func (l listing) columns() []ui.Column {
	name := ui.Column{Label: l.T("projects.name"), Class: "w-pjname"}
	name.Sort, name.Order = l.sort("", false)
	number := ui.SortLink{Label: l.T("field.number")}
	number.Sort, number.Order = l.sort(byNumber, false)
	name.Also = &number
	starts := ui.Column{Label: l.T("projects.dates"), Class: "p3"}
	starts.Sort, starts.Order = l.sort(byStart, false)
	members := ui.Column{Label: l.T("projects.members"), Class: "w-date num"}
	members.Sort, members.Order = l.sort(byMembers, true)
	return []ui.Column{name, {Label: l.T("field.project_type"), Class: "p2"}, starts, members}
}

// sort is where the head of an order leads, and which way it is sorted now.
func (l listing) sort(by string, largest bool) (href, order string) {
	of := l.q
	of.Sort, of.Descending = by, largest
	if l.q.Sort == by {
		order = "ascending"
		if l.q.Descending {
			order = "descending"
		}
		of.Descending = !l.q.Descending
	}
	return l.address(of), order
}

func (l listing) foundText() string {
	if l.q.Search == "" && l.q.Type == "" {
		return ""
	}
	return l.T("members.found", "Found", l.Found, "All", l.all())
}

// all is how many the view has, whatever is sought in it.
func (l listing) all() int64 {
	switch {
	case l.q.Mine:
		return l.Counts.Mine
	case l.q.Archived:
		return l.Counts.Archived
	}
	return l.Counts.InUse
}

// none reports whether there is no project at all for the reader.
func (l listing) none() bool { return l.Counts.InUse+l.Counts.Archived == 0 }

// typeName is what the type of the filter is called.
func (l listing) typeName() string {
	for _, t := range l.Types {
		if t.UUID == l.q.Type {
			return t.Name
		}
	}
	return ""
}

func (l listing) withoutType() string {
	of := l.q
	of.Type = ""
	return l.address(of)
}

// types are the choices of the filter.
func (l listing) types() ui.Field {
	f := ui.Field{Name: "type", Kind: "select", Label: l.T("field.project_type"), Value: l.q.Type, Options: []ui.Option{{Label: l.T("projects.type.any")}}}
	for _, t := range l.Types {
		f.Options = append(f.Options, ui.Option{Value: t.UUID, Label: t.Name})
	}
	return f
}

// create leads to the form for a new project.
func (l listing) create(kind ui.Kind) []ui.Act {
	if !l.Create {
		return nil
	}
	return []ui.Act{{Label: l.T("projects.new"), Icon: "plus", Kind: kind, Href: l.base + "/new"}}
}

// clear leads to the view without search and filter.
func (l listing) clear() ui.Act {
	return ui.Act{Label: l.T("projects.search.clear"), Href: l.address(app.ProjectQuery{Mine: l.q.Mine, Archived: l.q.Archived})}
}

// emptyView says what would be in a view that has nothing.
func (l listing) emptyView() string {
	switch {
	case l.q.Mine:
		return l.T("projects.empty.mine")
	case l.q.Archived:
		return l.T("projects.empty.archived")
	}
	return l.T("projects.empty.active")
}

// sought is what a search or a filter that finds nothing was about.
func (l listing) sought() string {
	if l.q.Search == "" {
		return l.T("projects.empty.type", "Type", l.typeName())
	}
	return l.T("projects.empty.search", "Text", l.q.Search)
}

// marked reports whether a project is marked as the reader's: where all are, or only
// those are shown, there is nothing to tell.
func (l listing) marked(r app.ProjectRow) bool {
	return r.Mine && !l.q.Mine && l.Counts.Mine < l.Counts.InUse
}

func (l listing) href(r app.ProjectRow) string { return at(l.req, r.UUID, "") }

// second is the line under a project's name on phones.
func (l listing) second(r app.ProjectRow) string {
	text, when := r.TypeName, dates(l.Page, r.ProjectFacts)
	if text != "" && when != "" {
		text += " · "
	}
	return text + when
}

func (l listing) pager() ui.PagerView {
	p := ui.PagerView{From: l.From, To: l.From + int64(len(l.Rows)) - 1, Things: l.T("projects.count", "Count", l.Found)}
	if l.Prev != "" {
		p.Previous = l.at(l.q, "before", l.Prev)
	}
	if l.Next != "" {
		p.Next = l.at(l.q, "after", l.Next)
	}
	return p
}
