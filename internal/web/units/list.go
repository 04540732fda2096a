package units

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/seatpanel"
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
	at    string // public id of the unit whose products stand at the right, or empty
	seats map[string]app.SeatPanel
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
	l := listing{UnitList: list, q: query, req: q, h: h, base: base(q), at: values.Get("at")}
	l.Page, l.words = h.frame(q, "")
	l.title = l.words.title(l.Page)
	l.Page.Title = l.title
	if query.Search == "" {
		if err := l.readSeats(); err != nil {
			return err
		}
	}
	return q.Render(listPage(l))
}

// readSeats reads the seats of the units on the page, and puts those of the one
// that was chosen, else of the first one, at the right (SEAT-1).
func (l *listing) readSeats() error {
	shown := onPage(l.Root, nil)
	var err error
	if l.seats, err = l.h.App.Seats.Panels(l.req.Context(), l.req.Actor(), account(l.req), shown); err != nil {
		return err
	}
	if !l.bought(l.at) {
		l.at = ""
	}
	for _, unit := range shown {
		if l.at == "" && l.bought(unit) {
			l.at = unit
		}
	}
	if l.at != "" {
		l.Page.Aside, l.Page.Rail = seatpanel.Rail(seatpanel.Of(l.req, l.Page, l.seats[l.at])), true
	}
	return nil
}

// bought reports whether a unit has products, its own or from above.
func (l listing) bought(unit string) bool { return len(l.seats[unit].Lines) > 0 }

// onPage are the public ids of all units on the page.
func onPage(n app.UnitNode, into []string) []string {
	into = append(into, n.UUID)
	for _, under := range n.Under {
		into = onPage(under, into)
	}
	return into
}

// showing is the page with the products of a unit at the right.
func (l listing) showing(unit string) string {
	l.at = unit
	return l.address(l.q)
}

func (l listing) address(query app.UnitQuery) string {
	values := url.Values{}
	if l.at != "" && l.at != l.Root.UUID {
		values.Set("at", l.at)
	}
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
		if l.bought(n.UUID) {
			l.at = n.UUID
		}
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

// before is note as it stands before what is said of seats.
func (l listing) before(n app.UnitNode) string {
	note := l.note(n.ListedUnit)
	if note != "" && l.seatNote(n) != "" {
		note += ", "
	}
	return note
}

// seatNote sums up the seats of a unit's own; of an unfolded one that has none it
// says that they come from above.
func (l listing) seatNote(n app.UnitNode) string {
	note := seatpanel.Summary(l.Page, l.seats[n.UUID])
	if note == "" && n.Open && l.bought(n.UUID) {
		return l.T("seats.summary.above")
	}
	return note
}

func (l listing) people(n app.UnitNode) people {
	t := l.h.people(l.req, l.Page, n.Unit, n.First)
	t.assigns, t.back = l.seats[n.UUID].May && l.bought(n.UUID) && l.UnitList.Account.Writable() == nil, l.showing(n.UUID)
	return t
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
		add(l.addBelow(l.Page), "corner-down-right", l.base+"/new?under="+url.QueryEscape(n.UUID))
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
