package preferences

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// A form is what the page sends: all its preferences at once, each field's name
// ending with the preference. Of placed units four lists stand side by side.
type form struct{ url.Values }

// Names of fields, before the preference.
const (
	choiceField  = "choice."
	chosenField  = "chosen." // a unit
	wasField     = "was."    // either, as the page showed it
	versionField = "version."
	unitField    = "unit."
	placeField   = "place."
	tickField    = "tick."
	rowField     = "row." // place and tick of a unit, as the page showed them
	findField    = "find."
	soughtField  = "sought." // what the units shown were sought by
	fromField    = "from."
	asideField   = "aside." // units that are sent and not shown
)

// preferences are those that the form sets, in the order of the page.
func (f form) preferences() []string { return f.Values["preference"] }

// changes are what differs from what the page showed: a default that nobody
// touched is not chosen by saving the page.
func (f form) changes() ([]app.PreferenceChange, app.PreferenceFaults) {
	var changes []app.PreferenceChange
	var faults app.PreferenceFaults
	for _, id := range f.preferences() {
		c := app.PreferenceChange{ID: id}
		c.Version, _ = strconv.ParseInt(f.Get(versionField+id), 10, 64) // none is asked of what is no number
		c.Value.Choice, c.Value.Unit = f.Get(choiceField+id), f.Get(chosenField+id)
		changed := c.Value.Choice+c.Value.Unit != f.Get(wasField+id)
		if units := f.Values[unitField+id]; len(units) > 0 {
			var fault *directory.Error
			if c.Placed, changed, fault = f.placed(id, units); fault != nil {
				faults = append(faults, fault)
				continue
			}
		}
		if changed {
			changes = append(changes, c)
		}
	}
	return changes, faults
}

// placed are the units of an order, and whether any of them is placed or ticked
// otherwise than the page showed.
func (f form) placed(id string, units []string) ([]app.PlacedUnit, bool, *directory.Error) {
	places, rows := f.Values[placeField+id], f.Values[rowField+id]
	var placed []app.PlacedUnit
	changed := false
	for i, unit := range units {
		if i >= len(places) {
			return nil, false, directory.InvalidField(id, "form.broken", nil)
		}
		at, err := strconv.Atoi(places[i])
		if err != nil {
			return nil, false, directory.InvalidField(id, "preference.bad_place", nil)
		}
		switch f.Get("move") {
		case "up:" + unit:
			at--
		case "down:" + unit:
			at++
		}
		one := app.PlacedUnit{Unit: unit, Place: at, Ticked: slices.Contains(f.Values[tickField+id], unit)}
		changed = changed || i >= len(rows) || rows[i] != row(at, one.Ticked)
		placed = append(placed, one)
	}
	return placed, changed, nil
}

// row is a unit's place and tick as one value.
func row(place int, ticked bool) string {
	if ticked {
		return strconv.Itoa(place) + " ticked"
	}
	return strconv.Itoa(place)
}

// act is what the form is sent for, and of which preference; empty for saving.
func (f form) act() (act, id string) {
	act, id, _ = strings.Cut(f.Get("act"), ":")
	return act, id
}

// seeking is the preference whose units are to be shown, and whether they are
// others than the page showed: Enter in the field of a search saves nothing.
func (f form) seeking() (string, bool) {
	if act, id := f.act(); act == "find" || act == "previous" || act == "next" {
		return id, true
	}
	for _, id := range f.preferences() {
		if f.Has(findField+id) && strings.TrimSpace(f.Get(findField+id)) != f.Get(soughtField+id) {
			return id, true
		}
	}
	for _, id := range f.preferences() {
		if f.Get(soughtField+id) != "" || f.Get(fromField+id) != "" {
			return id, false
		}
	}
	return "", false
}

func (f form) seeks() bool {
	_, other := f.seeking()
	return other
}

// query asks for the part of the units that the form seeks, or shows.
func (f form) query() app.PreferenceQuery {
	id, _ := f.seeking()
	asked := app.PreferenceQuery{Preference: id, Search: strings.TrimSpace(f.Get(findField + id)), Chosen: map[string]string{}}
	asked.From, _ = strconv.Atoi(f.Get(fromField + id)) // what is no number is the beginning
	asked.From = max(asked.From, 1)
	shown := len(f.Values[unitField+id]) - len(f.Values[asideField+id])
	switch act, _ := f.act(); {
	case act == "previous":
		asked.From -= shown
	case act == "next":
		asked.From += shown
	case asked.Search != f.Get(soughtField+id):
		asked.From = 1
	}
	asked.From = max(asked.From, 1)
	for _, one := range f.preferences() {
		if unit := f.Get(chosenField + one); unit != "" {
			asked.Chosen[one] = unit
		}
	}
	return asked
}

// rowOf is what was typed for a unit of an order.
func (f form) rowOf(id, unit string) (place string, ticked, sent bool) {
	i := slices.Index(f.Values[unitField+id], unit)
	if i < 0 || i >= len(f.Values[placeField+id]) {
		return "", false, false
	}
	return f.Values[placeField+id][i], slices.Contains(f.Values[tickField+id], unit), true
}
