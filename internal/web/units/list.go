package units

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A listing is the page of all units.
type listing struct {
	ui.Page
	words
	app.UnitList
	q     app.UnitQuery
	req   *page.Request
	h     Handler
	base  string
	title string
}

// mostOpen is how many unfolded units an address carries.
const mostOpen = 60

// list shows the foldable list (UNIT-2). What is unfolded stands in the address:
// it works without scripts, and whoever gets the address sees the same.
func (h Handler) list(q *page.Request) error {
	values := q.URL.Query()
	query := app.UnitQuery{Search: values.Get("q"), Archived: values.Get("archived") != "", Folded: values.Get("folded") != "", Open: values["open"]}
	query.Open = query.Open[max(0, len(query.Open)-mostOpen):]
	list, err := h.App.Units.List(q.Context(), q.Actor(), account(q), query)
	if err != nil {
		return err
	}
	l := listing{UnitList: list, q: query, req: q, h: h, base: base(q)}
	l.Page, l.words = h.frame(q, "")
	l.title = l.words.title(l.Page)
	l.Page.Title = l.title
	return q.Render(listPage(l))
}

func (l listing) address(query app.UnitQuery) string {
	values := url.Values{}
	if query.Search != "" {
		values.Set("q", query.Search)
	}
	if query.Archived {
		values.Set("archived", "1")
	}
	if query.Folded {
		values.Set("folded", "1")
	}
	for _, unit := range query.Open {
		values.Add("open", unit)
	}
	if len(values) == 0 {
		return l.base
	}
	return l.base + "?" + values.Encode()
}

// unfolded are the public ids of all units that are unfolded on the page.
func unfolded(n app.UnitNode, into []string) []string {
	if n.Open {
		into = append(into, n.UUID)
	}
	for _, under := range n.Under {
		into = unfolded(under, into)
	}
	return into
}

// toggled is the page with one unit folded or unfolded.
func (l listing) toggled(n app.UnitNode) string {
	query := l.q
	query.Folded = true
	query.Open = unfolded(l.Root, nil)
	if i := slices.Index(query.Open, n.UUID); i >= 0 {
		query.Open = slices.Delete(query.Open, i, i+1)
	} else {
		query.Open = append(query.Open, n.UUID)
	}
	return l.address(query) + "#u-" + n.UUID
}

func (l listing) folded() string {
	return l.address(app.UnitQuery{Archived: l.q.Archived, Folded: true, Open: []string{l.Root.UUID}})
}

func (l listing) acts() []ui.Act {
	var acts []ui.Act
	if l.q.Search == "" && len(unfolded(l.Root, nil)) > 1 {
		acts = append(acts, ui.Act{Label: l.T("units.fold.all"), Href: l.folded()})
	}
	return append(acts, l.add(ui.Primary)...)
}

// add leads to a new unit under the root.
func (l listing) add(kind ui.Kind) []ui.Act {
	if !l.Root.May.Add {
		return nil
	}
	label := l.T("units.add")
	if _, sole := l.Kind.SoleLevel(); sole {
		label = l.T("units.add.only")
	}
	return []ui.Act{{Label: label, Icon: "plus", Kind: kind, Href: l.base + "/new"}}
}

// hidden keeps what the search form has no field for.
func (l listing) hidden() []ui.Hidden {
	if l.q.Archived {
		return []ui.Hidden{{Name: "archived", Value: "1"}}
	}
	return nil
}

func (l listing) foundText() string {
	if l.q.Search != "" {
		return l.T("units.found", "Count", l.Total)
	}
	return l.T("units.count", "Count", l.Total)
}

func (l listing) withoutArchived() string {
	query := l.q
	query.Archived = false
	return l.address(query)
}

// note says how many users a unit has, as far as the reader may know.
func (l listing) note(u app.ListedUnit) string {
	if !u.May.See {
		return ""
	}
	return l.T("units.users", "Count", u.All)
}

func (l listing) people(n app.UnitNode) people {
	return l.h.people(l.req, l.Page, n.Unit, n.First)
}

// all leads to every user of a unit's own table.
func (l listing) all(n app.UnitNode) string {
	return l.req.AccountPath("/members?home=" + url.QueryEscape(n.UUID))
}

func (l listing) unit(n app.ListedUnit) string { return at(l.req, n.UUID, "") }

// under are the acts below a unit's table.
func (l listing) under(n app.UnitNode) []ui.Act {
	var acts []ui.Act
	add := func(label, icon, href string) {
		acts = append(acts, ui.Act{Label: label, About: l.T("units.at", "Name", n.Name), Icon: icon, Kind: ui.Plain, Size: ui.Small, Href: href})
	}
	if n.Members > int64(len(n.First)) && n.May.See {
		add(l.T("units.users.all", "Count", n.Members), "users", l.all(n))
	}
	if n.May.AddMember {
		add(l.T("units.add.user"), "plus", l.req.AccountPath("/members/new?unit="+url.QueryEscape(n.UUID)))
	}
	if n.May.Add {
		add(l.T("units.add.under"), "corner-down-right", l.base+"/new?under="+url.QueryEscape(n.UUID))
	}
	return acts
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

func foldLabel(l listing, n app.UnitNode) string {
	if n.Open {
		return l.T("units.fold", "Name", n.Name)
	}
	return l.T("units.unfold", "Name", n.Name)
}

// unitColumns are the heads of a table of units.
func unitColumns(p ui.Page) []ui.Column {
	return []ui.Column{{Label: p.T("units.column.name"), Class: "w-name"}, {Label: p.T("units.column.level"), Class: "w-lvl"},
		{Label: p.T("units.column.users"), Class: "p2 w-date num"}, {Label: p.T("units.column.state")}}
}
