package preferences

import (
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// label is what a preference is called.
func (v view) label(t app.PreferenceTile) string { return t.Declared.Label.In(v.Printer.Lang()) }

// from says where the value in force comes from.
func (v view) from(t app.PreferenceTile) string {
	switch t.From {
	case app.PreferenceDefault:
		return v.T("preferences.from.default")
	case app.PreferenceGeneral:
		switch {
		case t.Declared.Use == catalogue.FilterTop:
			return v.T("preferences.all_levels")
		case t.Declared.Kind == catalogue.ChoicePreference:
			return v.T("preferences.from.general")
		}
		return v.T("preferences.from.nothing")
	case app.PreferenceGiven:
		if name := t.By.Name(); name != "" {
			return v.T("preferences.from.given", "Name", name)
		}
		return v.T("preferences.from.somebody")
	}
	if v.Sheet.Own {
		return v.T("preferences.from.own")
	}
	return v.T("preferences.from.given", "Name", v.Sheet.Person.Name())
}

// hidden are the values that a preference carries: the version its value was
// shown at, and which part of its units is shown.
func (v view) hidden(t app.PreferenceTile) []ui.Hidden {
	id := t.Declared.ID
	version := strconv.FormatInt(t.Version, 10)
	if v.typed.Has(versionField + id) {
		version = v.typed.Get(versionField + id)
	}
	hidden := []ui.Hidden{{Name: "preference", Value: id}, {Name: versionField + id, Value: version}}
	if t.Declared.Kind != catalogue.OrderPreference {
		hidden = append(hidden, ui.Hidden{Name: wasField + id, Value: v.was(t)})
	}
	if v.searched(t) {
		hidden = append(hidden, ui.Hidden{Name: soughtField + id, Value: t.Search})
	}
	if t.First > 1 {
		hidden = append(hidden, ui.Hidden{Name: fromField + id, Value: strconv.Itoa(t.First)})
	}
	return hidden
}

// was is the value that the page first showed.
func (v view) was(t app.PreferenceTile) string {
	if v.typed.Has(wasField + t.Declared.ID) {
		return v.typed.Get(wasField + t.Declared.ID)
	}
	return t.Value.Choice + t.Value.Unit
}

// A placedRow is a unit of an order as the page shows it.
type placedRow struct {
	app.PreferenceUnit
	place string // as typed
	was   string
}

// rows are the units of an order that are shown, with what was typed.
func (v view) rows(t app.PreferenceTile) []placedRow {
	var rows []placedRow
	for _, u := range t.Units {
		one := placedRow{PreferenceUnit: u, place: strconv.Itoa(u.Place), was: row(u.Place, u.Ticked)}
		if place, ticked, sent := v.typed.rowOf(t.Declared.ID, u.Unit.UUID); sent {
			one.place, one.Ticked = place, ticked
		}
		rows = append(rows, one)
	}
	return rows
}

// aside are the units of an order that were typed at and are not in the part
// shown: they are sent as they were, so that a search loses none.
func (v view) aside(t app.PreferenceTile) []ui.Hidden {
	id := t.Declared.ID
	var hidden []ui.Hidden
	for i, unit := range v.typed.Values[unitField+id] {
		place, ticked, sent := v.typed.rowOf(id, unit)
		rows := v.typed.Values[rowField+id]
		if !sent || i >= len(rows) || slices.ContainsFunc(t.Units, func(u app.PreferenceUnit) bool { return u.Unit.UUID == unit }) {
			continue
		}
		if at, err := strconv.Atoi(place); err == nil && rows[i] == row(at, ticked) {
			continue // nothing was changed there
		}
		hidden = append(hidden, ui.Hidden{Name: unitField + id, Value: unit}, ui.Hidden{Name: placeField + id, Value: place},
			ui.Hidden{Name: rowField + id, Value: rows[i]}, ui.Hidden{Name: asideField + id, Value: unit})
		if ticked {
			hidden = append(hidden, ui.Hidden{Name: tickField + id, Value: unit})
		}
	}
	return hidden
}

// field is the input of a choice or of a unit.
func (v view) field(t app.PreferenceTile) ui.Field {
	f := ui.Field{ID: "p-" + t.Declared.ID, Label: v.label(t), Kind: "select", Hint: v.hint(t), Required: t.Declared.Required,
		Error: v.errors[t.Declared.ID]}
	if t.Declared.Kind == catalogue.UnitPreference {
		f.Name, f.Value, f.Options = chosenField+t.Declared.ID, t.Value.Unit, v.unitOptions(t)
	} else {
		f.Name, f.Value, f.Options = choiceField+t.Declared.ID, t.Value.Choice, v.choiceOptions(t)
	}
	if v.typed.Has(f.Name) {
		f.Value = v.typed.Get(f.Name)
	}
	return f
}

// hint says where the value comes from, and what the catalogue says of it.
func (v view) hint(t app.PreferenceTile) string {
	help := t.Declared.Help.In(v.Printer.Lang())
	if help != "" && t.From == app.PreferenceGeneral {
		return help // which says so in its own words
	}
	return strings.TrimSpace(v.from(t) + ". " + help)
}

// single are the preferences of one value.
func (v view) single() []app.PreferenceTile {
	return slices.DeleteFunc(slices.Clone(v.Sheet.Tiles), func(t app.PreferenceTile) bool { return t.Declared.Kind == catalogue.OrderPreference })
}

// choiceOptions are the options, after the one that chooses none of them.
func (v view) choiceOptions(t app.PreferenceTile) []ui.Option {
	var options []ui.Option
	usual, has := t.Declared.Option(t.Declared.Default)
	switch {
	case t.Declared.Required:
	case has:
		options = append(options, ui.Option{Label: v.T("preferences.default", "Name", usual.Label.In(v.Printer.Lang()))})
	case t.Declared.Use == catalogue.FilterTop:
		options = append(options, ui.Option{Label: v.T("preferences.all_levels")})
	default:
		options = append(options, ui.Option{Label: v.T("preferences.general")})
	}
	for _, o := range t.Declared.Options {
		options = append(options, ui.Option{Value: o.ID, Label: o.Label.In(v.Printer.Lang())})
	}
	return options
}

// unitOptions are the units shown and the one chosen.
func (v view) unitOptions(t app.PreferenceTile) []ui.Option {
	options := []ui.Option{{Label: v.T("preferences.no_unit")}}
	if t.Gone {
		options = append(options, ui.Option{Value: t.Value.Unit, Label: v.T("preferences.unit_gone")})
	}
	listed := false
	for _, u := range t.Units {
		listed = listed || u.Unit.UUID == t.Unit.UUID
		options = append(options, ui.Option{Value: u.Unit.UUID, Label: v.pathName(u)})
	}
	if t.Unit.ID != 0 && !listed {
		options = append(options, ui.Option{Value: t.Unit.UUID, Label: t.Unit.Name})
	}
	return options
}

// pathName is a unit with the one above it, which tells namesakes apart.
func (v view) pathName(u app.PreferenceUnit) string {
	if len(u.Path) == 0 {
		return u.Unit.Name
	}
	return u.Unit.Name + " (" + u.Path[len(u.Path)-1].Name + ")"
}

// above are the names of the units above one.
func above(path []directory.Unit) string {
	names := make([]string, len(path))
	for i, u := range path {
		names[i] = u.Name
	}
	return strings.Join(names, " › ")
}

// searched reports whether a tile has more units than it shows at once.
func (v view) searched(t app.PreferenceTile) bool {
	return t.Total > len(t.Units) || t.Search != ""
}

// found says how many units there are, and how many of them are meant.
func (v view) found(t app.PreferenceTile) string {
	if t.Search != "" {
		return v.T("preferences.found", "Count", t.Found, "Total", t.Total)
	}
	return v.T("preferences.units", "Count", t.Total)
}

// turns are the buttons to the previous and the next part of a tile's units: of
// the form, so that nothing typed is lost.
func (v view) turns(t app.PreferenceTile) []ui.Act {
	last := t.First + len(t.Units) - 1
	turn := func(act, icon string, off bool) ui.Act {
		return ui.Act{Label: v.T("ui.pager." + act), Icon: icon, Kind: ui.Plain, Size: ui.Small, Disabled: off, Name: "act", Value: act + ":" + t.Declared.ID,
			Attrs: map[string]any{"formnovalidate": true}}
	}
	return []ui.Act{turn("previous", "chevron-left", t.First <= 1), turn("next", "chevron-right", last >= t.Found)}
}

func (v view) pager(t app.PreferenceTile) ui.PagerView {
	return ui.PagerView{From: int64(t.First), To: int64(t.First + len(t.Units) - 1), Things: v.T("preferences.units", "Count", t.Found)}
}

func (v view) columns(t app.PreferenceTile) []ui.Column {
	return []ui.Column{{Label: v.levelOf(t)}, {Label: v.T("preferences.column.tick"), Class: "w-sw"},
		{Label: v.T("preferences.column.place"), Class: "w-key"}, {Label: v.T("preferences.column.move"), Class: "w-acts", Silent: true}}
}

// levelOf is what the units of a tile are.
func (v view) levelOf(t app.PreferenceTile) string {
	var words []string
	for _, level := range t.Declared.Levels {
		if word := v.levels[level]; word != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return v.T("preferences.column.unit")
	}
	return strings.Join(words, ", ")
}

func (v view) tick(t app.PreferenceTile, u placedRow) ui.Check {
	return ui.Check{Name: tickField + t.Declared.ID, Value: u.Unit.UUID, Label: v.T("preferences.tick", "Name", u.Unit.Name), Checked: u.Ticked}
}

// moves are the two steps of a unit; at the ends one of them leads nowhere.
func (v view) moves(t app.PreferenceTile, u placedRow) []ui.Act {
	step := func(name, icon string, off bool) ui.Act {
		return ui.Act{Label: v.T("preferences."+name, "Name", u.Unit.Name), Icon: icon, IconOnly: true, Kind: ui.Plain, Size: ui.Small, Disabled: off,
			Name: "move", Value: name + ":" + u.Unit.UUID}
	}
	return []ui.Act{step("up", "arrow-up", u.Place == 1), step("down", "arrow-down", u.Place == t.Total)}
}

// summary is a tile's value in words, for the page of a first screen.
func (v view) summary() []ui.CartItem {
	var items []ui.CartItem
	for _, t := range v.Sheet.Tiles {
		if t.Declared.Use == catalogue.StartScreen || t.Declared.Kind == catalogue.OrderPreference {
			continue
		}
		text := t.Unit.Name
		if o, chosen := t.Declared.Option(t.Value.Choice); chosen {
			text = o.Label.In(v.Printer.Lang())
		}
		if text == "" {
			text = v.from(t)
		}
		items = append(items, ui.CartItem{Label: v.label(t), Value: text})
	}
	return items
}

// problems are the refusals above the tiles, each leading to its own.
func (v view) problems() []ui.FieldError {
	var problems []ui.FieldError
	for _, t := range v.Sheet.Tiles {
		if text := v.errors[t.Declared.ID]; text != "" {
			problems = append(problems, ui.FieldError{ID: "p-" + t.Declared.ID, Text: text})
		}
	}
	return problems
}
