package members

import (
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// fillHomes reads the units where members can be put, when that is the act
// (UNIT-5).
func (h Handler) fillHomes(q *page.Request, b *bulk) error {
	if b.name != "home" {
		return nil
	}
	b.Title = b.T("members.bulk.home", "Count", b.chosen.Count)
	var err error
	b.homes, err = h.App.Units.Homes(q.Context(), q.Actor(), account(q), b.typed("home_search"))
	return err
}

// homeChoices are the units to choose from, with the way to each.
func (b bulk) homeChoices() []ui.Check {
	var checks []ui.Check
	for _, u := range b.homes.Units {
		checks = append(checks, ui.Check{Name: "home_set", Value: u.UUID, Label: u.Name, Hint: above(u), Checked: u.UUID == b.typed("home_set")})
	}
	return checks
}

// above writes the names on the way to a unit.
func above(u app.UnitGoal) string {
	var names []string
	for _, step := range u.Path[:len(u.Path)-1] {
		names = append(names, step.Name)
	}
	return strings.Join(names, " › ")
}

// homeProblem is the sentence of a refused choice.
func (b bulk) homeProblem() string {
	if b.fault == nil || b.fault.Field != "unit" {
		return ""
	}
	return b.Printer.Error(b.fault)
}

// homes are the names of the units whose own tables the list is narrowed to.
func (t table) homes() []string {
	var names []string
	for _, u := range t.found.Choices.Homes {
		names = append(names, u.Name)
	}
	return names
}

// fill reads where the member stands and may be put (UNIT-5), and which of
// their pages the reader may open.
func (h Handler) fill(q *page.Request, e *editing) error {
	var err error
	if e.tabs, err = q.MemberTabs(e.m.UUID, page.MemberData); err != nil {
		return err
	}
	if e.homes, err = h.App.Units.Homes(q.Context(), q.Actor(), account(q), ""); err != nil {
		return err
	}
	e.home, _ = q.Frame.Rights.Tree().Unit(e.m.Unit)
	e.picker = q.AccountPath("/members/bulk?act=home&member=" + url.QueryEscape(e.m.UUID))
	typed, home := e.typed, e.home.UUID
	e.typed = func(field string) string {
		if field == "unit" {
			return home
		}
		return typed(field)
	}
	return nil
}

// hasUnits reports whether there is more than one unit to stand in.
func (e editing) hasUnits() bool { return e.homes.Total > 1 || e.home.Parent != 0 }

// unit is the home unit: a choice while there are few, else a link to where one
// is sought.
func (e editing) unit() ui.Field {
	if e.homes.Total > len(e.homes.Units) {
		return ui.Field{Name: "home_name", Label: e.T("members.home.unit"), Value: e.home.Name, Attrs: map[string]any{"disabled": true},
			Side: &ui.Link{Label: e.T("members.act.home"), Href: e.picker}}
	}
	f := e.field("unit", "select", "members.home.unit")
	f.Hint = e.T("members.home.edit.hint")
	here := false
	for _, u := range e.homes.Units {
		label := u.Name
		if way := above(u); way != "" {
			label += " (" + way + ")"
		}
		here = here || u.ID == e.home.ID
		f.Options = append(f.Options, ui.Option{Value: u.UUID, Label: label})
	}
	if !here {
		f.Options = append(f.Options, ui.Option{Value: e.home.UUID, Label: e.home.Name})
	}
	return f
}
