// Package units is an account's tree of units: the foldable list in which each
// unit has its own table of users, the page of one unit, and the forms that add,
// change, move and archive units.
package units

import (
	"net/url"
	"strings"

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
	s.Route("GET /accounts/{account}/units", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/units/new", page.InAccount, h.showNew)
	s.Route("POST /accounts/{account}/units/new", page.InAccount, h.add)
	s.Route("GET /accounts/{account}/units/{unit}", page.InAccount, h.unit)
	s.Route("GET /accounts/{account}/units/{unit}/edit", page.InAccount, h.showEdit)
	s.Route("POST /accounts/{account}/units/{unit}/edit", page.InAccount, h.edit)
	s.Route("GET /accounts/{account}/units/{unit}/move", page.InAccount, h.showMove)
	s.Route("POST /accounts/{account}/units/{unit}/move", page.InAccount, h.move)
	s.Route("POST /accounts/{account}/units/{unit}/archive", page.InAccount, h.archive)
	s.Route("POST /accounts/{account}/units/{unit}/restore", page.InAccount, h.restore)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// base is the address of the list.
func base(q *page.Request) string { return q.AccountPath("/units") }

// at is the address of a unit, or of a page of it.
func at(q *page.Request, unit, rest string) string {
	return base(q) + "/" + url.PathEscape(unit) + rest
}

// words puts levels of an account's type into words.
type words struct {
	lang string
	kind catalogue.AccountType
}

// level is the word of a unit's level.
func (w words) level(id string) string {
	if id == catalogue.RootLevel {
		return w.kind.RootLabel.In(w.lang)
	}
	if level, known := w.kind.Level(id); known {
		return level.Label.In(w.lang)
	}
	return id
}

func (w words) levels(p ui.Page, levels []catalogue.UnitLevel) string {
	var names []string
	for _, l := range levels {
		names = append(names, l.Label.In(w.lang))
	}
	return p.Printer.List(names)
}

// title is what the units of an account are called: by the word of their level
// when there is only one.
func (w words) title(p ui.Page) string {
	if sole, is := w.kind.SoleLevel(); is {
		return sole.Plural.In(w.lang)
	}
	return p.T("units.title")
}

// addBelow is the button that adds a unit below another: in the catalogue's words
// where there is one level and it has some (SEAT-2).
func (w words) addBelow(p ui.Page) string {
	if sole, is := w.kind.SoleLevel(); is && len(sole.AddBelow) > 0 {
		return sole.AddBelow.In(w.lang)
	}
	return p.T("units.add.under")
}

// way writes the names on the way to a unit, without the unit itself.
func way(path []directory.Unit) string {
	var names []string
	for _, u := range path {
		names = append(names, u.Name)
	}
	return strings.Join(names, " › ")
}

// frame starts a page of this area with the words of the account's type.
func (h Handler) frame(q *page.Request, title string) (ui.Page, words) {
	kind, _ := h.Catalogue().AccountType(q.Frame.Account.Type)
	return q.InAccount(title, page.Units), words{lang: q.Printer.Lang(), kind: kind}
}

// A people is a table of users as both pages of units show it.
type people struct {
	ui.Page
	base    string // address of the account's members
	name    string // of the unit
	rows    []app.ListedMember
	site    *page.Site
	acts    bool   // whether somebody of the rows can be changed
	assigns bool   // whether the reader may assign seats here
	back    string // where an assignment leads back to
}

func (h Handler) people(q *page.Request, p ui.Page, unit directory.Unit, rows []app.ListedMember) people {
	t := people{Page: p, base: q.AccountPath("/members"), name: unit.Name, rows: rows, site: h.Site}
	for _, row := range rows {
		t.acts = t.acts || row.May.Edit
	}
	return t
}

func (t people) columns() []ui.Column {
	columns := []ui.Column{{Label: t.T("units.column.name")}}
	if t.assigns {
		columns = append(columns, ui.Column{Label: t.T("units.column.assign"), Class: "w-key"})
	}
	columns = append(columns, ui.Column{Label: t.T("units.column.products"), Class: "w-eprod"},
		ui.Column{Label: t.T("units.column.administrator.short"), Class: "pe w-mk"}, ui.Column{Label: t.T("units.column.referent"), Class: "pe w-mk"})
	if t.acts {
		columns = append(columns, ui.Column{Label: t.T("ui.actions"), Class: "w-acts", Silent: true})
	}
	return columns
}

func (t people) href(m app.ListedMember) string { return t.base + "/" + url.PathEscape(m.UUID) }

// productNames are in words what somebody has, the way the source of this table
// writes it.
func (t people) productNames(m app.ListedMember) string {
	var names []string
	for _, mark := range t.marks(m) {
		names = append(names, mark.Words(t.Printer))
	}
	if len(names) == 0 {
		return t.T("ui.none")
	}
	return strings.Join(names, ", ")
}

// asWell are the marks of somebody in words, for screens without those columns.
func (t people) asWell(m app.ListedMember) string {
	words := ""
	if m.ActsAsAdministrator() {
		words += ", " + strings.ToLower(t.T("units.column.administrator"))
	}
	if m.Part != "" {
		words += ", " + strings.ToLower(t.T("referents.part."+string(m.Part)))
	}
	return words
}

// assignable reports whether somebody can be given a seat at all (SEAT-6, SIGN-5).
func assignable(m app.ListedMember) bool {
	return m.Status != directory.Inactive && !m.Person.Technical()
}

// key leads to the choice of a product for somebody (SEAT-2).
func (t people) key(m app.ListedMember) ui.Act {
	href := t.href(m) + "/assign?return=" + url.QueryEscape(t.back)
	return ui.Act{Label: t.T("seats.assign.to", "Name", m.Name()), Icon: "key", IconOnly: true, Kind: ui.Plain, Size: ui.Small, Href: href,
		Attrs: ui.Asks(href, "assign", m.UUID)}
}

func (t people) marks(m app.ListedMember) []ui.ProductMark {
	return t.site.ProductMarks(t.Printer.Lang(), m.Products)
}
