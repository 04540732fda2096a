package adding

import (
	"net/http"
	"slices"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Names of the fields of the home unit.
const (
	homeUnit   = "unit"
	homeSearch = "home_search"
)

// homes are the choices of a form with the units that its search finds and the
// one that is chosen or stands in the address.
func (h Handler) homes(q *page.Request, choices app.AddChoices) (app.AddChoices, error) {
	chosen, search := q.FormValue(homeUnit), q.FormValue(homeSearch)
	known := chosen == "" || slices.ContainsFunc(choices.Homes, func(c app.HomeChoice) bool { return c.Unit.UUID == chosen })
	if known && search == "" {
		return choices, nil
	}
	var err error
	choices.Homes, err = h.App.Members.Homes(q.Context(), q.Actor(), q.Frame.Account.ID, search, chosen)
	return choices, err
}

// homeFields are the choice of a home unit (UNIT-5), where there is one to make,
// and the search where the units are many.
func (t task) homeFields(q *page.Request, choices app.AddChoices, value string) []ui.Field {
	if len(choices.Homes) < 2 && q.FormValue(homeSearch) == "" {
		return nil
	}
	if value == "" {
		value = choices.Home
	}
	if q.Method == http.MethodPost && q.PostForm.Has(homeUnit) {
		value = q.Field(homeUnit)
	} else if named := q.FormValue(homeUnit); named != "" {
		value = named
	}
	f := ui.Field{Name: homeUnit, Kind: "select", Label: t.T("field.home_unit"), Hint: t.T("adding.home"), Error: t.problem(homeUnit), Required: true}
	if choices.Home == "" {
		f.Options = append(f.Options, ui.Option{Label: t.T("adding.home.choose")})
	}
	for _, c := range choices.Homes {
		f.Options = append(f.Options, ui.Option{Value: c.Unit.UUID, Label: homeName(c), Selected: c.Unit.UUID == value})
	}
	fields := []ui.Field{f}
	if choices.MoreHomes {
		fields = append(fields, ui.Field{Name: homeSearch, Kind: "search", Label: t.T("adding.home.search"), Hint: t.T("adding.home.more"),
			Value: q.FormValue(homeSearch), Attrs: map[string]any{"autocomplete": "off"}})
	}
	return fields
}

// homeName is a unit with the one above it, which tells namesakes apart.
func homeName(c app.HomeChoice) string {
	if n := len(c.Path); n > 1 {
		return c.Unit.Name + " (" + c.Path[n-2].Name + ")"
	}
	return c.Unit.Name
}
