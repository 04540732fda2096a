// Package unitfilter is the filter by unit of lists: the tree with boxes to
// tick, from the level the reader chose downwards and in their order, and the
// units they ticked beforehand (PREF-1). Lists name units in their address as
// "unit", once for each.
package unitfilter

import (
	"net/url"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/i18n"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Names in an address.
const (
	Param  = "unit"  // public ids of units
	Whole  = "all"   // the value of Param that takes the units ticked beforehand away
	search = "units" // words that the names of units are sought by
)

// A Filter is the filter of one page.
type Filter struct {
	app.UnitFilter
	Preset bool // the units chosen are those ticked beforehand
	words  string
	chosen []string
}

// Read is the filter of a list by a permission. Where the address names no
// unit, those ticked beforehand are chosen; elsewhere says that the address
// narrows the list to a place by other means, so that they are not.
func Read(q *page.Request, permission authz.Permission, elsewhere bool) (Filter, error) {
	values := q.URL.Query()
	f := Filter{words: strings.TrimSpace(values.Get(search))}
	named := values[Param]
	for _, id := range named {
		if id = clean(id); id != "" && id != Whole && !slices.Contains(f.chosen, id) {
			f.chosen = append(f.chosen, id)
		}
	}
	ask := app.UnitFilterQuery{For: permission, Search: f.words, Chosen: f.chosen}
	var err error
	if f.UnitFilter, err = q.Site.App.Preferences.Filter(q.Context(), q.Actor(), q.Frame.Account.ID, ask); err != nil {
		return f, err
	}
	if len(named) > 0 || elsewhere || len(f.Ticked) == 0 {
		return f, nil
	}
	f.Preset, f.chosen = true, f.Ticked
	ask.Chosen = f.Ticked
	f.UnitFilter, err = q.Site.App.Preferences.Filter(q.Context(), q.Actor(), q.Frame.Account.ID, ask)
	return f, err
}

func clean(id string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(id), "\x00", ""), "")
}

// IDs are the public ids of the units that are chosen.
func (f Filter) IDs() []string { return f.chosen }

// Named reports whether an address names units, or that none is meant.
func Named(values url.Values) bool { return len(values[Param]) > 0 }

// ChipLabel is what the chip of the chosen units is called.
func (f Filter) ChipLabel(p *i18n.Printer) string {
	if f.Preset {
		return p.T("unitfilter.preset")
	}
	return p.T("unitfilter.title")
}

// ChipValue names the one unit that is chosen, or counts them.
func (f Filter) ChipValue(p *i18n.Printer) string {
	if len(f.chosen) == 1 && len(f.Chosen) == 1 {
		return f.Chosen[0].Name
	}
	return p.T("unitfilter.chosen", "Count", len(f.chosen))
}

// many is from how many units on a filter can be searched.
const many = 12

func (f Filter) searchable() bool { return f.Total > many || f.words != "" }

// note says how many units are shown of how many.
func (f Filter) note(p *i18n.Printer) string {
	switch {
	case f.words != "":
		return p.T("unitfilter.found", "Count", f.Found, "Total", f.Total)
	case len(f.Nodes) < f.Found:
		return p.T("unitfilter.shown", "Shown", len(f.Nodes), "Total", f.Total)
	}
	return ""
}

// aside are the units chosen that the part shown does not hold: their boxes
// stand before it, so that a search loses none.
func (f Filter) aside() []ui.Check {
	var checks []ui.Check
	for _, u := range f.Chosen {
		if !slices.ContainsFunc(f.Nodes, func(n app.FilterUnit) bool { return n.Unit.ID == u.ID }) {
			checks = append(checks, ui.Check{Name: Param, Value: u.UUID, Label: u.Name, Checked: true})
		}
	}
	return checks
}

// A knot is a unit with those that stand under it in the filter.
type knot struct {
	check ui.Check
	under []knot
}

// knots are the units as trees.
func (f Filter) knots() []knot {
	at := 0
	return grow(f.Nodes, &at, 0)
}

func grow(nodes []app.FilterUnit, at *int, depth int) []knot {
	var knots []knot
	for *at < len(nodes) && nodes[*at].Depth >= depth {
		n := nodes[*at]
		*at++
		k := knot{check: ui.Check{Name: Param, Value: n.Unit.UUID, Label: n.Unit.Name, Hint: above(n), Checked: n.Chosen}}
		k.under = grow(nodes, at, n.Depth+1)
		knots = append(knots, k)
	}
	return knots
}

func above(n app.FilterUnit) string {
	names := make([]string, len(n.Path))
	for i, u := range n.Path {
		names[i] = u.Name
	}
	return strings.Join(names, " › ")
}
