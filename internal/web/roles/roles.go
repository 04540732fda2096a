// Package roles shows the roles of an account, the form of each, what the
// catalogue says otherwise, and the report of permissions by role (ROLE-3,
// ROLE-4, ROLE-8, REP-1).
package roles

import (
	"net/url"

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
	s.Route("GET /accounts/{account}/roles", page.InAccount, h.list)
	s.Route("POST /accounts/{account}/roles", page.InAccount, h.create)
	s.Route("GET /accounts/{account}/roles/new", page.InAccount, h.blank)
	s.Route("GET /accounts/{account}/roles/differences", page.InAccount, h.differences)
	s.Route("GET /accounts/{account}/roles/matrix", page.InAccount, h.matrix)
	s.Route("GET /accounts/{account}/roles/matrix.csv", page.InAccount, h.matrixCSV)
	s.Route("GET /accounts/{account}/roles/matrix.xlsx", page.InAccount, h.matrixXLSX)
	s.Route("GET /accounts/{account}/roles/{role}", page.InAccount, h.show)
	s.Route("POST /accounts/{account}/roles/{role}", page.InAccount, h.edit)
	s.Route("POST /accounts/{account}/roles/{role}/rename", page.InAccount, h.rename)
	s.Route("POST /accounts/{account}/roles/{role}/archive", page.InAccount, h.archive)
	s.Route("POST /accounts/{account}/roles/{role}/restore", page.InAccount, h.restore)
	s.Route("POST /accounts/{account}/roles/{role}/reset", page.InAccount, h.reset)
}

// archivedTab is the list of what nobody is given any more.
const archivedTab = "archived"

// A listView is the roles of one kind.
type listView struct {
	Base    string
	Tab     string
	Tabs    []ui.Tab
	Rows    []app.ShownRole
	Manage  bool   // roles of all kinds
	Makes   bool   // functions, at least
	Note    string // how many differ from the catalogue, in words
	Rename  *renameView
	Archive *app.ShownRole
}

// A renameView is the dialog that renames one role.
type renameView struct {
	app.ShownRole
	Field  ui.Field
	Errors []ui.FieldError
}

// list shows the roles to whoever oversees them; others find their functions in the
// library (ACC-13).
func (h Handler) list(q *page.Request) error {
	if !q.Frame.Rights.Oversees() && q.SeesLibrary() {
		return q.Redirect(q.AccountPath("/library"))
	}
	list, err := h.App.Roles.List(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	v := h.listView(q, list)
	if v.Makes {
		if o, ok := find(list, q.URL.Query().Get("rename")); ok && o.Editable {
			v.Rename = &renameView{ShownRole: o, Field: h.renameField(q, o.Name(q.Printer.Lang()))}
		}
		if o, ok := find(list, q.URL.Query().Get("archive")); ok && o.Editable && o.Archived.IsZero() {
			v.Archive = &o
		}
	}
	return q.Render(listPage(q.InAccount(q.Printer.T("roles.title"), page.Roles), v))
}

func find(list app.RoleList, id string) (app.ShownRole, bool) {
	for _, all := range [][]app.ShownRole{list.Roles, list.Archived} {
		for _, o := range all {
			if o.UUID == id && o.Code != directory.AdminLevel {
				return o, true
			}
		}
	}
	return app.ShownRole{}, false
}

func (h Handler) renameField(q *page.Request, name string) ui.Field {
	return ui.Field{Name: "name", Label: q.Printer.T("roles.name"), Hint: q.Printer.T("roles.rename.hint"), Value: name, Required: true,
		Attrs: map[string]any{"autocomplete": "off"}}
}

func (h Handler) listView(q *page.Request, list app.RoleList) listView {
	t := q.Printer.T
	v := listView{Base: q.AccountPath("/roles"), Manage: list.Manage, Makes: list.Makes, Tab: string(directory.RightsRole)}
	for _, kind := range kinds() {
		if q.URL.Query().Get("kind") == string(kind) {
			v.Tab = string(kind)
		}
	}
	if q.URL.Query().Get("kind") == archivedTab && len(list.Archived) > 0 {
		v.Tab = archivedTab
	}
	tab := func(name string, n int) {
		v.Tabs = append(v.Tabs, ui.Tab{Label: t("roles.tab." + name), Href: v.Base + "?kind=" + name, Count: q.Printer.Number(int64(n)), Current: v.Tab == name})
	}
	for _, kind := range kinds() {
		tab(string(kind), len(list.Of(kind)))
	}
	if v.Rows = list.Of(directory.RoleKind(v.Tab)); v.Tab == archivedTab {
		v.Rows = list.Archived
	}
	if len(list.Archived) > 0 {
		tab(archivedTab, len(list.Archived))
	}
	if list.Manage && list.Differences > 0 {
		v.Note = t("roles.differ", "Count", list.Differences)
	}
	return v
}

// kinds are the kinds of role in the order of the tabs.
func kinds() []directory.RoleKind {
	return []directory.RoleKind{directory.RightsRole, directory.Function, directory.Level}
}

func (v listView) path(o app.ShownRole) string { return v.Base + "/" + url.PathEscape(o.UUID) }

func (v listView) at(name, value string) string {
	return v.Base + "?kind=" + v.Tab + "&" + name + "=" + url.QueryEscape(value)
}

func (v listView) acts(p ui.Page) []ui.Act {
	acts := []ui.Act{{Label: p.T("matrix.title"), Icon: "report-analytics", Href: v.Base + "/matrix"}}
	if v.may() {
		acts = append(acts, ui.Act{Label: p.T("roles.new." + v.Tab), Icon: "plus", Kind: ui.Primary, Href: v.Base + "/new?kind=" + v.Tab})
	}
	return acts
}

// may reports whether the reader makes roles of the kind that is listed.
func (v listView) may() bool {
	return v.Manage && v.Tab != archivedTab || v.Makes && v.Tab == string(directory.Function)
}

func (v listView) menu(p ui.Page, o app.ShownRole) []ui.MenuItem {
	if !o.Editable {
		return nil
	}
	items := []ui.MenuItem{{Label: p.T("roles.edit"), Icon: "pencil", Href: v.path(o)}, {Label: p.T("roles.rename"), Icon: "tag", Href: v.at("rename", o.UUID)}}
	if !o.Archived.IsZero() {
		return append(items, ui.MenuItem{Label: p.T("roles.restore"), Icon: "arrow-back-up", Post: true, Href: v.path(o) + "/restore"})
	}
	return append(items, ui.MenuItem{Label: p.T("roles.archive"), Icon: "trash", Href: v.at("archive", o.UUID)})
}

// name leads to the form of who may change the role, or reads what it permits.
func (v listView) name(o app.ShownRole) string {
	if v.Manage || v.Makes && o.Kind == directory.Function {
		return v.path(o)
	}
	return ""
}

// origin says whose the role is.
func origin(p ui.Page, o app.ShownRole) (tone, label string) {
	switch {
	case !o.Shipped:
		return "", p.T("roles.own")
	case o.Differs:
		return "warn", p.T("roles.changed")
	}
	return "", p.T("roles.shipped")
}

// holders leads to the members who have a function or level.
func (v listView) holders(o app.ShownRole) string {
	members := v.Base[:len(v.Base)-len("/roles")] + "/members?"
	switch {
	case o.Holders == 0 || o.Kind == directory.RightsRole:
		return ""
	case o.Kind == directory.Level:
		return members + "level=" + url.QueryEscape(o.Code)
	}
	return members + "role=" + url.QueryEscape(o.Code)
}
