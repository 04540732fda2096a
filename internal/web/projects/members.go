package projects

import (
	"net/http"
	"slices"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A table is the Members tool of a project, or of one product in it (PROJ-2, LIST-11).
type table struct {
	frame
	h     Handler
	view  view
	found app.ProjectMemberPage
	all   bool   // every found member is ticked
	open  string // public id of the member beside
	ask   *ui.DialogView
	loses []ui.Loss
}

// members shows who works in a project. A product that is not there, and one that is
// declared without a Members tool of its own, has no address (LIST-11).
func (h Handler) members(q *page.Request) error {
	v := readView(q, q.URL.Query())
	found, err := h.App.Projects.Members(q.Context(), q.Actor(), here(q), v.ProjectMemberQuery)
	if refusal, _ := page.Refusal(err); refusal != nil {
		return h.otherView(q, v, refusal)
	}
	if err != nil {
		return err
	}
	if product, known := h.Catalogue().Product(v.Product); v.Product != "" && (!known || !product.MembersTool) {
		return notFound()
	}
	t := h.table(q, v, found)
	t.all = q.URL.Query().Get("all") != "" && t.manages()
	t.askHere()
	return q.Render(membersPage(t))
}

// otherView leads on from a view that there is not: to its beginning, or to the view
// without the filter that stands for nothing any more.
func (h Handler) otherView(q *page.Request, v view, refusal *directory.Error) error {
	switch filter := map[string]string{"company": "company", "function": "role", "level": "level"}[refusal.Field]; {
	case refusal.Code == "list.bad_cursor":
		q.Toast(q.Printer.T("members.cursor_old"), "")
		return q.Redirect(v.first().list())
	case filter != "":
		q.Toast(q.Printer.T("projects.filter.gone"), "")
		return q.Redirect(v.without(filter).list())
	case refusal.Field == "sort":
		return q.Redirect(v.sorted("").list())
	case refusal.Field == "product":
		return notFound()
	}
	return refusal
}

func notFound() error { return directory.Refuse(directory.NotFound, "not_found") }

func (h Handler) table(q *page.Request, v view, found app.ProjectMemberPage) table {
	title := found.Project.Name
	t := table{h: h, view: v, found: found}
	if v.Product != "" {
		t.frame = h.frame(q, "", found.Project)
		title = q.Printer.T("projects.product.title", "Project", title, "Product", t.productName(v.Product))
	}
	t.frame = h.frame(q, title, found.Project)
	if found.Project.May.Export {
		t.export = v.first().of("/members/export")
	}
	return t
}

// manages reports whether the reader changes who is there; opens, whether they look
// into profiles (LIST-8).
func (t table) manages() bool { return t.project.May.ManageMembers }
func (t table) opens() bool   { return t.project.May.OpenProfiles }

// facts are those of the project, and how many accesses lack a seat, for whoever may
// do something about it.
func (t table) facts() []ui.CartItem {
	facts := t.frame.facts()
	if !t.opens() {
		return facts
	}
	lacks := ui.CartItem{Label: t.T("projects.unseated"), Value: t.T("projects.unseated.none"), Class: "quiet"}
	if t.found.Unseated > 0 {
		lacks.Value, lacks.Class = t.T("projects.unseated.count", "Count", t.found.Unseated), "is-warn"
	}
	if t.found.Found > int64(len(t.found.Rows)) {
		lacks.Note = t.T("projects.unseated.page")
	}
	return append(facts, lacks)
}

// switcher leads from the Members tool of one product to another (LIST-11).
func (t table) switcher() []ui.Tab {
	tabs := []ui.Tab{{Label: t.T("projects.product.all"), Href: t.view.with("").list(), Current: t.view.Product == ""}}
	for _, p := range t.project.Switched {
		if p.MembersTool {
			tabs = append(tabs, ui.Tab{Label: t.label(p), Href: t.view.with(p.ID).list(), Current: t.view.Product == p.ID})
		}
	}
	return tabs
}

// mostNamed is how many products have a column with their name; mostColumns, how many
// have one at all: more stand together in the last one.
const (
	mostNamed   = 6
	mostColumns = 7
)

// apart are the products with a column of their own, and those that share one.
func (t table) apart() (own, rest []catalogue.Product) {
	products := t.project.Switched
	if len(products) <= mostColumns {
		return products, nil
	}
	return products[:mostColumns-1], products[mostColumns-1:]
}

// roomy is how many products leave room for names as long as they are.
const roomy = 5

// signed reports whether products are headed by their sign, since there are many.
func (t table) signed() bool { return len(t.project.Switched) > mostNamed }

// width is the class of a product's column.
func (t table) width() string {
	if t.signed() {
		return "w-sg"
	}
	return "w-sw"
}

func (t table) class() string {
	if len(t.project.Switched) > roomy {
		return "in-table--proj in-table--many"
	}
	return "in-table--proj"
}

func (t table) columns() []ui.Column {
	head := func(name, class string) ui.Column {
		return ui.Column{Label: t.T("members.column." + name), Class: class, Sort: t.view.sorted(name).list(), Order: t.order(name)}
	}
	name := head("name", "w-pname")
	name.Also = &ui.SortLink{Label: t.T("members.column.email"), Sort: t.view.sorted("email").list(), Order: t.order("email")}
	role := head("company", "pr")
	role.Label = t.T("projects.column.role")
	columns := []ui.Column{name, head("status", "w-state"), role, head("level", "p5 w-plv")}
	own, rest := t.apart()
	for _, p := range own {
		c := ui.Column{Label: t.label(p), Class: "pj " + t.width(), Sign: t.signed()}
		if p.ID == t.project.Base {
			c.Note = t.T("projects.base")
		}
		columns = append(columns, c)
	}
	if len(rest) > 0 {
		columns = append(columns, ui.Column{Label: t.T("projects.products.more"), Class: "pj w-further"})
	}
	return columns
}

func (t table) order(column string) string {
	switch {
	case t.view.column() != column:
		return ""
	case t.view.Descending:
		return "descending"
	}
	return "ascending"
}

func (t table) foundText() string {
	if t.found.Found == t.project.Members {
		return ""
	}
	return t.T("members.found", "Found", t.found.Found, "All", t.project.Members)
}

// kept are the values that the search form keeps and no field of it holds.
func (t table) kept() []ui.Hidden {
	var hidden []ui.Hidden
	if t.view.Sort != "" {
		hidden = append(hidden, ui.Hidden{Name: "sort", Value: t.view.Sort})
	}
	if t.view.Descending {
		hidden = append(hidden, ui.Hidden{Name: "order", Value: "desc"})
	}
	return hidden
}

// A chip is a filter that is set.
type chip struct{ label, value, remove string }

func (t table) chips() []chip {
	var chips []chip
	for _, f := range []struct {
		field, key string
		checks     []ui.Check
	}{{"status", "members.column.status", t.statuses()}, {"company", "members.column.company", t.companies()},
		{"role", "members.column.functions", t.functions()}, {"level", "members.column.level", t.levels()}} {
		var names []string
		for _, c := range f.checks {
			if c.Checked {
				names = append(names, c.Label)
			}
		}
		switch remove := t.view.without(f.field).list(); len(names) {
		case 0:
		case 1:
			chips = append(chips, chip{t.T(f.key), names[0], remove})
		default:
			chips = append(chips, chip{t.T(f.key), t.T("members.filter.chosen", "Count", len(names)), remove})
		}
	}
	return chips
}

// statuses are those of a project: nobody is there who was never invited (LIST-2).
func (t table) statuses() []ui.Check {
	var checks []ui.Check
	for _, s := range []directory.Status{directory.Active, directory.Invited, directory.Inactive} {
		checks = append(checks, ui.Check{Name: "status", Value: s.String(), Label: t.T("status." + s.String()), Checked: slices.Contains(t.view.Statuses, s)})
	}
	return checks
}

// companies are those of the project's members.
func (t table) companies() []ui.Check {
	var checks []ui.Check
	for _, e := range t.project.Companies {
		id, name := e.Company.UUID, e.Company.Name
		if e.Company.ID == 0 {
			id, name = app.NoCompany, t.T("members.filter.no_company")
		}
		checks = append(checks, ui.Check{Name: "company", Value: id, Label: name, Checked: slices.Contains(t.view.Companies, id)})
	}
	return checks
}

func (t table) functions() []ui.Check {
	return t.roles("role", t.project.Functions, t.view.Functions)
}
func (t table) levels() []ui.Check { return t.roles("level", t.project.Levels, t.view.Levels) }

func (t table) roles(field string, roles []directory.Role, set []string) []ui.Check {
	var checks []ui.Check
	for _, r := range roles {
		checks = append(checks, ui.Check{Name: field, Value: r.Code, Label: r.Name(t.lang), Checked: slices.Contains(set, r.Code)})
	}
	return checks
}

func (t table) pager() ui.PagerView {
	p := ui.PagerView{From: t.found.From, To: t.found.From + int64(len(t.found.Rows)) - 1, Things: t.T("members.count", "Count", t.found.Found)}
	turn := t.view.first()
	if t.found.Prev != "" {
		turn.Before = t.found.Prev
		p.Previous = turn.list()
	}
	if t.found.Next != "" {
		turn.Before, turn.After = "", t.found.Next
		p.Next = turn.list()
	}
	return p
}

// selection is the bar of acts on those ticked.
func (t table) selection() ui.SelectionView {
	ask := func(name, icon string) ui.Act {
		return ui.Act{Label: t.T("projects.act." + name), Icon: icon, Name: "act", Value: name, Attrs: map[string]any{"formmethod": http.MethodGet}}
	}
	s := ui.SelectionView{Action: t.view.base + "/members/bulk", Total: t.found.Found, All: t.all, AllHref: t.view.asking("all", "1"), Clear: t.view.list(),
		Acts: []ui.Act{ask("edit", "pencil"), ask("remove", "trash")}}
	if t.view.Product != "" {
		s.Hidden = []ui.Hidden{{Name: "product", Value: t.view.Product}}
	}
	if t.all {
		s.Hidden = append(s.Hidden, hiddenOf(t.view.first().values())...)
	}
	return s
}

// emptyText says why nobody is shown.
func (t table) emptyText() (icon, title, text string) {
	switch {
	case t.view.Search != "":
		return "search", t.T("members.empty.search", "Text", t.view.Search), t.T("members.empty.search.text")
	case t.view.filtered():
		return "filter", t.T("members.empty.filter"), t.T("members.empty.filter.text")
	case t.view.Product != "":
		return "users", t.T("projects.members.empty.product", "Product", t.productName(t.view.Product)), ""
	}
	return "users", t.T("projects.members.empty"), t.T("projects.members.empty.text")
}

// waysOn lead on from a table without rows.
func (t table) waysOn() []ui.Act {
	switch {
	case t.found.Found > 0:
		return []ui.Act{{Label: t.T("members.first_page"), Href: t.view.first().list()}}
	case t.view.Search != "" || t.view.filtered():
		return []ui.Act{{Label: t.T("projects.members.clear"), Href: view{base: t.view.base}.with(t.view.Product).list()}}
	}
	acts := t.acts()
	return acts[max(0, len(acts)-1):]
}
