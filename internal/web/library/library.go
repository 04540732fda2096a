// Package library shows what an account's standards are kept in: functions with what
// they propose, templates of projects, and the list of project types. It is all that
// opens for who administers standards (ACC-13).
package library

import (
	"net/url"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/library", page.InAccount, h.roles)
	s.Route("GET /accounts/{account}/library/types", page.InAccount, h.types)
	s.Route("POST /accounts/{account}/library/types", page.InAccount, h.createType)
	s.Route("POST /accounts/{account}/library/types/{type}/rename", page.InAccount, h.renameType)
	s.Route("POST /accounts/{account}/library/types/{type}/archive", page.InAccount, h.archiveType)
	s.Route("POST /accounts/{account}/library/types/{type}/restore", page.InAccount, h.restoreType)
	s.Route("GET /accounts/{account}/library/templates", page.InAccount, h.templates)
	s.Route("GET /accounts/{account}/library/templates/new", page.InAccount, h.blank)
	s.Route("POST /accounts/{account}/library/templates/new", page.InAccount, h.createTemplate)
	s.Route("GET /accounts/{account}/library/templates/from", page.InAccount, h.sources)
	s.Route("GET /accounts/{account}/library/templates/{template}", page.InAccount, h.template)
	s.Route("GET /accounts/{account}/library/templates/{template}/edit", page.InAccount, h.editTemplate)
	s.Route("POST /accounts/{account}/library/templates/{template}/edit", page.InAccount, h.saveTemplate)
	s.Route("POST /accounts/{account}/library/templates/{template}/archive", page.InAccount, h.archiveTemplate)
	s.Route("POST /accounts/{account}/library/templates/{template}/restore", page.InAccount, h.restoreTemplate)
	s.Route("POST /accounts/{account}/library/templates/{template}/remove", page.InAccount, h.removeMember)
}

// The tabs of the library.
const (
	rolesTab     = "roles"
	templatesTab = "templates"
	listsTab     = "types"
)

func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

func base(q *page.Request) string { return q.AccountPath("/library") }

// at is a tab of the library.
func at(q *page.Request, tab string) string {
	if tab == rolesTab {
		return base(q)
	}
	return base(q) + "/" + tab
}

func typePath(q *page.Request, id, act string) string {
	return base(q) + "/types/" + url.PathEscape(id) + "/" + act
}

func templatePath(q *page.Request, id string) string {
	return base(q) + "/templates/" + url.PathEscape(id)
}

// A view is what every page of the library has.
type view struct {
	ui.Page
	req  *page.Request
	site *page.Site
}

func (h Handler) view(q *page.Request, title string) view {
	return view{Page: q.InAccount(title, page.Library), req: q, site: h.Site}
}

// A shelf is the library with one of its tabs open.
type shelf struct {
	view
	tab       string
	tabs      []ui.Tab
	roles     app.RoleList
	templates []app.ListedTemplate
	types     []app.ListedProjectType
	name      ui.Field // of a new type
	rename    *naming
	errors    []ui.FieldError
}

// A naming is the dialog that renames a project type.
type naming struct {
	app.ListedProjectType
	field  ui.Field
	hidden []ui.Hidden
	errors []ui.FieldError
}

func (h Handler) roles(q *page.Request) error { return h.show(q, rolesTab) }

func (h Handler) templates(q *page.Request) error { return h.show(q, templatesTab) }

func (h Handler) types(q *page.Request) error { return h.show(q, listsTab) }

// show opens a tab; an account without projects has the first one only.
func (h Handler) show(q *page.Request, tab string) error {
	s, err := h.shelf(q, tab)
	if err != nil {
		return err
	}
	if s.tab != tab {
		return q.Redirect(base(q))
	}
	if q.URL.Query().Get("ask") == "rename" {
		s.renaming(q.URL.Query().Get("type"), "")
	}
	return q.Render(shelfPage(s))
}

// shelf reads the library for one tab; each says in its label how much it has.
func (h Handler) shelf(q *page.Request, tab string) (shelf, error) {
	s := shelf{view: h.view(q, q.Printer.T("nav.library")), tab: rolesTab}
	s.name = s.nameField("")
	var err error
	if s.roles, err = h.App.Roles.List(q.Context(), q.Actor(), account(q)); err != nil {
		return s, err
	}
	if s.types, err = h.App.Library.Types(q.Context(), q.Actor(), account(q)); err != nil {
		return s, err
	}
	if s.templates, err = h.App.Library.Templates(q.Context(), q.Actor(), account(q)); err != nil {
		return s, err
	}
	counts := map[string]int{rolesTab: len(s.roles.Of(directory.Function))}
	order := []string{rolesTab}
	if q.HasProjects() { // else there is nothing that types and templates are for
		order = append(order, templatesTab, listsTab)
		for _, t := range s.templates {
			counts[templatesTab] += one(t.Archived.IsZero())
		}
		for _, t := range s.types {
			counts[listsTab] += one(t.Archived.IsZero())
		}
	}
	for _, name := range order {
		if name == tab {
			s.tab = name
		}
	}
	for _, name := range order {
		s.tabs = append(s.tabs, ui.Tab{Label: s.T("library.tab." + name), Href: at(q, name), Count: s.Printer.Number(int64(counts[name])), Current: s.tab == name})
	}
	return s, nil
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// acts are what is made in the open tab.
func (s shelf) acts() []ui.Act {
	switch {
	case s.tab == rolesTab && s.roles.Makes:
		return []ui.Act{{Label: s.T("roles.new.function"), Icon: "plus", Kind: ui.Primary, Href: s.req.AccountPath("/roles/new?kind=" + string(directory.Function))}}
	case s.tab == templatesTab:
		acts := []ui.Act{{Label: s.T("library.template.new"), Icon: "plus", Kind: ui.Primary, Href: base(s.req) + "/templates/new"}}
		if s.req.Frame.Rights.AdministersProjects() {
			acts = append([]ui.Act{{Label: s.T("library.template.from"), Icon: "folders", Href: base(s.req) + "/templates/from"}}, acts...)
		}
		return acts
	}
	return nil
}

// functions are those that can be given, then the archived ones.
func (s shelf) functions() []app.ShownRole {
	functions := s.roles.Of(directory.Function)
	for _, o := range s.roles.Archived {
		if o.Kind == directory.Function {
			functions = append(functions, o)
		}
	}
	return functions
}

func (s shelf) rolePath(o app.ShownRole) string {
	return s.req.AccountPath("/roles/" + url.PathEscape(o.UUID))
}

func (s shelf) roleMenu(o app.ShownRole) []ui.MenuItem {
	if !o.Editable {
		return nil
	}
	items := []ui.MenuItem{{Label: s.T("roles.edit"), Icon: "pencil", Href: s.rolePath(o)}}
	if !o.Archived.IsZero() {
		return append(items, ui.MenuItem{Label: s.T("roles.restore"), Icon: "arrow-back-up", Post: true, Href: s.rolePath(o) + "/restore"})
	}
	return append(items, ui.MenuItem{Label: s.T("roles.archive"), Icon: "trash", Href: s.rolePath(o) + "?ask=archive"})
}

// level is what the level of a code is called.
func (s shelf) level(code string) string {
	for _, all := range [][]app.ShownRole{s.roles.Roles, s.roles.Archived} {
		for _, o := range all {
			if o.Kind == directory.Level && o.Code == code {
				return o.Name(s.Printer.Lang())
			}
		}
	}
	return code
}

// products are what products are called, by their ids.
func (v view) products(ids []string) []string {
	var names []string
	for _, id := range ids {
		names = append(names, v.site.Catalogue().OfferName(directory.Offer{Product: id}, v.Printer.Lang()))
	}
	return names
}

// functionNames are what functions are called, in a few words.
func (v view) functionNames(roles []directory.Role) string {
	var names []string
	for _, o := range roles {
		names = append(names, o.Name(v.Printer.Lang()))
	}
	return strings.Join(names, ", ")
}

func version(v int64) string { return strconv.FormatInt(v, 10) }
