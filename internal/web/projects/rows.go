package projects

import (
	"net/url"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

func (t table) row(m app.ProjectMember) ui.RowView {
	r := ui.RowView{ID: "m-" + m.Member.UUID, Who: m.SortedName(), Open: m.Member.UUID == t.open, Faint: m.Status() == directory.Inactive, Ticked: t.all}
	if t.manages() {
		r.Tick, r.Value, r.Form = "member", m.Member.UUID, ui.SelectionForm
	}
	return r
}

func (t table) who(m app.ProjectMember) ui.WhoView {
	w := ui.WhoView{Name: m.SortedName(), Sub: m.Person.Email, Face: m.Name()}
	if t.opens() {
		w.Href = t.view.member(m.Member.UUID)
	}
	return w
}

func (t table) functionNames(m app.ProjectMember) string {
	var names []string
	for _, f := range m.Functions {
		names = append(names, f.Name(t.lang))
	}
	return t.Printer.List(names)
}

// turn is the switch of a product for somebody. Who administers the project has every
// product and cannot lose one but with the project (PROJ-4, PROJ-5).
func (t table) turn(m app.ProjectMember, p catalogue.Product) ui.Turn {
	word := m.Access.Of(p.ID)
	s := ui.Turn{Label: t.T("projects.switch", "Product", t.label(p), "Name", m.Name()), On: word != directory.NoAccess}
	if m.Administrator && p.ID != t.project.Base {
		return s
	}
	to := directory.NoAccess
	if !s.On {
		to = directory.MemberAccess
	}
	s.Action = accessAt(t.view, m.Member.UUID)
	s.Hidden = []ui.Hidden{{Name: "switch", Value: p.ID}, {Name: "to", Value: to}, {Name: "return", Value: t.back(m)}}
	s.Attrs = replaced(s.Action)
	return s
}

// accessAt is where a switch of somebody's posts to.
func accessAt(v view, member string) string {
	return v.of("/members/" + url.PathEscape(member) + "/access")
}

// back is where an act of a row leads: to the table as it is, or to the profile that
// is open beside it.
func (t table) back(app.ProjectMember) string {
	if t.open != "" {
		return t.view.member(t.open)
	}
	return t.view.list()
}

// replaced makes the answer to a form take the place of the page that stands, with what
// it says was done.
func replaced(action string) templ.Attributes {
	attrs := ui.Live("")
	delete(attrs, "hx-get")
	delete(attrs, "hx-push-url")
	attrs["hx-post"], attrs["hx-select-oob"], attrs["hx-replace-url"] = action, "#toasts", "true"
	return attrs
}

// lacks reports whether an access of somebody lacks its seat, for whoever may do
// something about it.
func (t table) lacks(m app.ProjectMember, product string) bool { return t.opens() && m.Lacks(product) }

// further are the signs of what somebody has of the products without a column.
func (t table) further(m app.ProjectMember) []ui.ProductMark {
	_, rest := t.apart()
	var marks []ui.ProductMark
	for _, p := range rest {
		if m.Access.Of(p.ID) != directory.NoAccess {
			marks = append(marks, ui.ProductMark{Name: t.label(p)})
		}
	}
	return marks
}

// administered reports whether somebody of the rows administers the project, of whom
// the foot of the table has to say why they have everything.
func (t table) administered() bool {
	for _, m := range t.found.Rows {
		if m.Administrator {
			return true
		}
	}
	return false
}

// menu are the acts of a row: what takes something away is asked before.
func (t table) menu(m app.ProjectMember) []ui.MenuItem {
	items := []ui.MenuItem{{Label: t.T("projects.act.profile"), Icon: "user", Href: t.view.member(m.Member.UUID)}}
	return append(items, t.furtherActs(m)...)
}

// furtherActs are those of a row's menu and of the profile's alike.
func (t table) furtherActs(m app.ProjectMember) []ui.MenuItem {
	var items []ui.MenuItem
	inAccount := t.req.AccountPath("/members/" + url.PathEscape(m.Member.UUID))
	if m.Resend {
		items = append(items, ui.MenuItem{Label: t.T("members.act.resend"), Icon: "send", Href: at(t.req, t.project.UUID, "/members/"+url.PathEscape(m.Member.UUID)+"/invite"), Post: true,
			Hidden: []ui.Hidden{{Name: "return", Value: t.back(m)}}})
	}
	if m.InAccount {
		items = append(items, ui.MenuItem{Label: t.T("projects.act.account"), Icon: "users", Href: inAccount})
	}
	if t.manages() {
		items = append(items, ui.MenuItem{Label: t.T("projects.act.remove"), Icon: "trash", Danger: true, Href: t.asks(m, "remove")})
	}
	return items
}

// asks is the page that asks before an act on somebody.
func (t table) asks(m app.ProjectMember, act string) string {
	if t.open != "" {
		return t.view.member(t.open, "ask", act, "who", m.Member.UUID)
	}
	return t.view.asking("ask", act, "who", m.Member.UUID)
}
