// Package projects shows the projects of an account and who works in them: the list,
// the form for a new project, and of each project its Members tool with the profile
// beside it, its companies, its products and its settings.
package projects

import (
	"net/url"
	"strconv"
	"time"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/projects", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/projects/new", page.InAccount, h.showNew)
	s.Route("POST /accounts/{account}/projects/new", page.InAccount, h.create)
	const one = "/accounts/{account}/projects/{project}"
	s.Route("GET "+one, page.InAccount, h.members)
	s.Route("GET "+one+"/companies", page.InAccount, h.companies)
	s.Route("GET "+one+"/products", page.InAccount, h.products)
	s.Route("GET "+one+"/products/{product}", page.InAccount, h.members)
	s.Route("GET "+one+"/settings", page.InAccount, h.showSettings)
	s.Route("POST "+one+"/settings", page.InAccount, h.change)
	s.Route("POST "+one+"/archive", page.InAccount, h.archive)
	s.Route("POST "+one+"/restore", page.InAccount, h.restore)
	s.Route("GET "+one+"/members/bulk", page.InAccount, h.confirmBulk)
	s.Route("POST "+one+"/members/bulk", page.InAccount, h.bulk)
	s.Route("GET "+one+"/members/{member}", page.InAccount, h.profile)
	s.Route("POST "+one+"/members/{member}", page.InAccount, h.save)
	s.Route("GET "+one+"/members/export", page.InAccount, h.showExport)
	s.Route("POST "+one+"/members/export", page.InAccount, h.export)
	s.Route("POST "+one+"/members/{member}/access", page.InAccount, h.access)
	s.Route("POST "+one+"/members/{member}/invite", page.InAccount, h.invite)
	s.Route("POST "+one+"/members/{member}/remove", page.InAccount, h.remove)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// base is the address of the list.
func base(q *page.Request) string { return q.AccountPath("/projects") }

// at is the address of a project, or of a page of it.
func at(q *page.Request, project, rest string) string {
	return base(q) + "/" + url.PathEscape(project) + rest
}

// here is the project in the address.
func here(q *page.Request) app.ProjectAt {
	return app.ProjectAt{Account: account(q), Project: q.PathValue("project")}
}

// A frame is what the pages of one project have in common: its head and the tabs.
type frame struct {
	ui.Page
	req     *page.Request
	project app.Project
	lang    string
	export  string // where what the page shows is exported, or empty
}

// frame starts a page of a project.
func (h Handler) frame(q *page.Request, title string, p app.Project) frame {
	return frame{Page: q.InAccount(title, page.Projects), req: q, project: p, lang: q.Printer.Lang()}
}

func (f frame) at(rest string) string { return at(f.req, f.project.UUID, rest) }

// The pages of a project, as they end their address.
const (
	membersTab   = ""
	companiesTab = "/companies"
	productsTab  = "/products"
	settingsTab  = "/settings"
)

// tabs lead to the pages of the project that the reader may open.
func (f frame) tabs(current string) []ui.Tab {
	tab := func(key, rest string, count int64) ui.Tab {
		return ui.Tab{Label: f.T(key), Href: f.at(rest), Count: f.Printer.Number(count), Current: rest == current}
	}
	var companies int64
	for _, e := range f.project.Companies {
		if e.Company.ID != 0 {
			companies++
		}
	}
	tabs := []ui.Tab{tab("projects.tab.members", membersTab, f.project.Members), tab("projects.tab.companies", companiesTab, companies),
		tab("projects.tab.products", productsTab, int64(len(f.project.Switched)))}
	if f.sets() {
		settings := tab("projects.tab.settings", settingsTab, 0)
		settings.Count = ""
		tabs = append(tabs, settings)
	}
	return tabs
}

// sets reports whether the reader may change anything about the project itself.
func (f frame) sets() bool {
	may := f.project.May
	return may.Change || may.Archive || may.Restore
}

// crumbs lead to the list.
func (f frame) crumbs() []ui.Link {
	return []ui.Link{{Label: f.T("projects.title"), Href: base(f.req)}}
}

// acts bring people into the project (PROJ-8, PROJ-9), and take along what is shown
// (REP-2).
func (f frame) acts() []ui.Act {
	var acts []ui.Act
	if f.export != "" {
		acts = append(acts, ui.Act{Label: f.T("export.act"), Icon: "download", Href: f.export})
	}
	if !f.project.May.ManageMembers {
		return acts
	}
	return append(acts, []ui.Act{
		{Label: f.T("projects.copy"), Icon: "copy", Href: f.at("/copy")},
		{Label: f.T("projects.add.quick"), Icon: "users", Href: f.at("/add/quick")},
		{Label: f.T("projects.add"), Icon: "user-plus", Kind: ui.Primary, Href: f.at("/add")},
	}...)
}

// facts identify the project (PROJ-1).
func (f frame) facts() []ui.CartItem {
	return []ui.CartItem{f.fact("field.number", f.project.Number, "ui.none"), f.fact("field.project_type", f.project.Type.Name, "ui.none"),
		f.fact("projects.dates", dates(f.Page, f.project.ProjectFacts), "projects.dates.none")}
}

// fact is a line of a cartouche, with the word for none where it is empty.
func (f frame) fact(key, value, none string) ui.CartItem {
	if value == "" {
		return ui.CartItem{Label: f.T(key), Value: f.T(none), Class: "quiet"}
	}
	return ui.CartItem{Label: f.T(key), Value: value}
}

// dates says from when to when a project runs, as far as it is known.
func dates(p ui.Page, facts directory.ProjectFacts) string {
	day := func(d directory.Day) time.Time { return d.Noon(p.Printer.Zone()) }
	none := directory.Day{}
	switch {
	case facts.Starts == none && facts.Ends == none:
		return ""
	case facts.Ends == none:
		return p.T("projects.since", "Date", p.Printer.Date(day(facts.Starts)))
	case facts.Starts == none:
		return p.T("projects.until", "Date", p.Printer.Date(day(facts.Ends)))
	}
	return p.T("projects.between", "From", p.Printer.Date(day(facts.Starts)), "To", p.Printer.Date(day(facts.Ends)))
}

// label is what a product is called.
func (f frame) label(p catalogue.Product) string { return p.Label.In(f.lang) }

// productName is what a product of an id is called.
func (f frame) productName(id string) string {
	for _, p := range f.project.Products {
		if p.ID == id {
			return f.label(p)
		}
	}
	return id
}

// version is a version in a form.
func version(v int64) string { return strconv.FormatInt(v, 10) }
