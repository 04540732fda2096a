package app

import (
	"slices"
	"strings"

	"intendant/internal/app/roster"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

// natural are the units of the preference's levels that the person sees, in
// tree order.
func (p *preferring) natural(declared catalogue.Preference) []directory.Unit {
	return slices.DeleteFunc(p.sight.Tree.Units(), func(u directory.Unit) bool {
		return u.ID == p.sight.Tree.Root() || !slices.Contains(declared.Levels, u.Level) || !p.sight.Sees(u.ID)
	})
}

// shown reports whether the reader sees a unit that the person sees: who sets
// somebody's preferences learns of no unit beyond their own sight.
func (p *preferring) shown(u directory.Unit) bool { return p.own || roster.KnowsUnit(p.rights, u.ID) }

// units fills a tile of kind unit or order with the part that is asked for.
func (p *preferring) units(t *PreferenceTile, q PreferenceQuery) {
	natural := p.natural(t.Declared)
	known := make(map[string]directory.Unit, len(natural))
	for _, u := range natural {
		known[u.UUID] = u
	}
	chosen, seen := known[t.Value.Unit]
	switch {
	case t.Value.Unit == "":
	case seen && p.shown(chosen):
		t.Unit = chosen
	default:
		t.Gone = true
	}
	var all []PreferenceUnit
	for _, id := range directory.InOrder(uuidsOf(natural), t.Value.Order) {
		if u := known[id]; p.shown(u) {
			all = append(all, PreferenceUnit{Unit: u, Place: len(all) + 1, Ticked: slices.Contains(t.Value.Ticked, id)})
		}
	}
	t.Total, t.Search = len(all), q.Search
	for _, u := range all {
		if u.Ticked {
			t.Ticked++
		}
	}
	if words := directory.Fold(q.Search); words != "" { // only a search folds every name
		all = slices.DeleteFunc(all, func(u PreferenceUnit) bool { return !strings.Contains(directory.Fold(u.Unit.Name), words) })
	}
	t.Found = len(all)
	t.First = max(1, q.From)
	if t.First > t.Found {
		t.First = 1
	}
	t.Units = all[t.First-1 : min(t.Found, t.First-1+preferenceUnits)]
	for i := range t.Units {
		t.Units[i].Path = roster.PathTo(p.sight.Tree, t.Units[i].Unit.ID)
	}
}

func uuidsOf(units []directory.Unit) []string {
	ids := make([]string, len(units))
	for i, u := range units {
		ids[i] = u.UUID
	}
	return ids
}

// unitNamed finds a unit that the person and the actor see by its public id.
// It refuses with preference.unit_unknown, and with preference.wrong_level.
func (p *preferring) unitNamed(declared catalogue.Preference, uuid string) (directory.Unit, error) {
	units := p.sight.Tree.Units()
	i := slices.IndexFunc(units, func(u directory.Unit) bool { return u.UUID == uuid })
	if i < 0 || !p.sight.Sees(units[i].ID) || !p.shown(units[i]) {
		return directory.Unit{}, directory.InvalidField(declared.ID, "preference.unit_unknown", nil)
	}
	if units[i].ID == p.sight.Tree.Root() || !slices.Contains(declared.Levels, units[i].Level) {
		return directory.Unit{}, directory.InvalidField(declared.ID, "preference.wrong_level", directory.Args{"Name": units[i].Name})
	}
	return units[i], nil
}

// arrange is an order after what was placed and ticked in it. What the actor
// does not see keeps its place and its tick.
func (p *preferring) arrange(declared catalogue.Preference, was directory.PreferenceValue, placed []PlacedUnit) (directory.PreferenceValue, error) {
	natural := p.natural(declared)
	known := make(map[string]directory.Unit, len(natural))
	for _, u := range natural {
		known[u.UUID] = u
	}
	places := map[string]int{}
	ticked := slices.DeleteFunc(slices.Clone(was.Ticked), func(id string) bool { return known[id].ID == 0 })
	for _, one := range placed {
		u, found := known[one.Unit]
		if !found || !p.shown(u) {
			if _, err := p.unitNamed(declared, one.Unit); err != nil {
				return was, err
			}
		}
		places[one.Unit] = one.Place
		ticked = slices.DeleteFunc(ticked, func(id string) bool { return id == one.Unit })
		if one.Ticked {
			ticked = append(ticked, one.Unit)
		}
	}
	list := directory.InOrder(uuidsOf(natural), was.Order)
	visible := slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !p.shown(known[id]) })
	visible = directory.Moved(visible, places)
	for i, id := range list {
		if p.shown(known[id]) {
			list[i], visible = visible[0], visible[1:]
		}
	}
	slices.Sort(ticked)
	return directory.PreferenceValue{Order: directory.Leading(uuidsOf(natural), list), Ticked: ticked}, nil
}
