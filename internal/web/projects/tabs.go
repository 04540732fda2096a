package projects

import (
	"net/url"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// companies shows for which companies the members of the project work.
func (h Handler) companies(q *page.Request) error {
	p, err := h.App.Projects.Open(q.Context(), q.Actor(), here(q))
	if err != nil {
		return err
	}
	return q.Render(companiesPage(h.frame(q, q.Printer.T("projects.companies.title", "Project", p.Name), p)))
}

// of is the table of the members of one company, or of those without.
func (f frame) of(e app.ProjectEmployer) string {
	id := e.Company.UUID
	if e.Company.ID == 0 {
		id = app.NoCompany
	}
	return withQuery(f.at(membersTab), url.Values{"company": {id}})
}

func (f frame) companyName(e app.ProjectEmployer) string {
	if e.Company.ID == 0 {
		return f.T("members.filter.no_company")
	}
	return e.Company.Name
}

func (f frame) companyColumns() []ui.Column {
	return []ui.Column{{Label: f.T("companies.name"), Class: "w-name"}, {Label: f.T("companies.members"), Class: "w-date num"}}
}

// A usage is the page of a project's products.
type usage struct {
	frame
	app.ProjectUsage
}

// products shows the products of the project, and how many members have each (PROJ-4).
func (h Handler) products(q *page.Request) error {
	u, err := h.App.Projects.Usage(q.Context(), q.Actor(), here(q))
	if err != nil {
		return err
	}
	return q.Render(productsPage(usage{h.frame(q, q.Printer.T("projects.products.title", "Project", u.Project.Name), u.Project), u}))
}

func (u usage) columns() []ui.Column {
	return []ui.Column{{Label: u.T("field.product"), Class: "w-name"}, {Label: u.T("projects.products.what"), Class: "p2"},
		{Label: u.T("projects.products.members"), Class: "w-date num"}}
}

// tool is the product's own Members tool, or empty (LIST-11).
func (u usage) tool(p catalogue.Product) string {
	if !p.MembersTool {
		return ""
	}
	return u.at(productsTab + "/" + url.PathEscape(p.ID))
}

// what says how a product comes to people.
func (u usage) what(p catalogue.Product) string {
	switch {
	case p.ID == u.frame.project.Base:
		return u.T("projects.products.base")
	case p.Default:
		return u.T("projects.products.default")
	case p.Seated:
		return u.T("projects.products.seated")
	}
	return u.T("projects.products.plain")
}

// off are the products that are not switched on.
func (u usage) off() []string {
	on := map[string]bool{}
	for _, use := range u.Uses {
		on[use.Product.ID] = true
	}
	var names []string
	for _, p := range u.frame.project.Products {
		if !on[p.ID] {
			names = append(names, u.label(p))
		}
	}
	return names
}
