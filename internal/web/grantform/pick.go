package grantform

import (
	"net/url"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// choose adds a role to what is chosen at a unit. Nothing was held at one that no
// step names: those that hold something are shown.
func choose(chosen []app.RoleStep, unit, role string) []app.RoleStep {
	i := slices.IndexFunc(chosen, func(s app.RoleStep) bool { return s.Unit == unit })
	if i < 0 {
		return append(chosen, app.RoleStep{Unit: unit, Roles: []string{role}, Was: &[]string{}})
	}
	if !slices.Contains(chosen[i].Roles, role) {
		chosen[i].Roles = append(chosen[i].Roles, role)
	}
	return chosen
}

// Unready is why a form cannot go on with the units ticked: no role says what is
// given at them, or a role is to be given and none is ticked (ROLE-7). Other acts
// than that and saving leave both as they are.
func Unready(form url.Values, saving bool) *directory.Error {
	picking := form.Get("act") == Pick
	switch ticked, role := len(form[pickField]) > 0, form.Get(pickRole) != ""; {
	case ticked && !role && (picking || saving):
		return directory.InvalidField(pickRole, "field.required", nil)
	case !ticked && (picking || role && saving):
		return directory.InvalidField(pickField, "grants.no_unit", nil)
	}
	return nil
}

// Seeks reports whether a form seeks units that it does not show yet, whatever it
// was sent for: Enter in the field of the search saves nothing.
func Seeks(form url.Values) bool {
	text := strings.TrimSpace(form.Get(searchField))
	return form.Get("act") == Search || text != "" && text != form.Get(soughtField)
}

// sought are the units to choose from.
func (v View) sought() []app.UnitGrants {
	return slices.DeleteFunc(slices.Clone(v.Grants.Units), func(u app.UnitGrants) bool { return !u.Sought || !u.Edits || len(u.Offered) == 0 })
}

// picking reports whether there is something to choose from, or to seek.
func (v View) picking() bool { return v.Grants.Search || len(v.sought()) > 0 }

// ticks are the boxes of the units to choose from.
func (v View) ticks() []ui.Check {
	var checks []ui.Check
	for _, u := range v.sought() {
		checks = append(checks, ui.Check{Name: pickField, Value: id(u), Label: v.name(u), Hint: v.LevelName(u.Level),
			Checked: slices.Contains(v.view.Picked, id(u))})
	}
	return checks
}

// roleField is the choice of what is given at all units ticked. A role that gives
// nothing at any of those shown says so (ROLE-10), like one that adds nothing
// there (ROLE-2).
func (v View) roleField() ui.Field {
	f := ui.Field{Name: pickRole, Kind: "select", Label: v.T("grants.pick.role"), Options: []ui.Option{{Label: v.T("grants.give.role.choose")}}, Error: v.problem(pickRole)}
	var roles []app.Effect
	nothing := map[string]bool{}
	for _, u := range v.sought() {
		for _, e := range u.Offered {
			if was, known := nothing[e.Role.Code]; known {
				nothing[e.Role.Code] = was && e.Nothing()
				continue
			}
			nothing[e.Role.Code] = e.Nothing()
			roles = append(roles, e)
		}
	}
	for _, e := range roles {
		label := e.Role.Name(v.Printer.Lang())
		if nothing[e.Role.Code] {
			label = v.T("grants.option.nothing", "Role", label)
		}
		f.Options = append(f.Options, ui.Option{Value: e.Role.Code, Label: label})
	}
	return f
}

// searched says what the search found, and that there is more.
func (v View) searched() string {
	switch {
	case v.view.Search == "":
		return v.T("grants.search.hint")
	case v.Grants.Found == 0:
		return v.T("grants.search.none", "Text", v.view.Search)
	}
	return v.T("grants.search.found", "Count", v.Grants.Found)
}
