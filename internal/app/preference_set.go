package app

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A PreferenceChange sets one preference. Value is the whole of it; of kind
// order, Placed may say instead what moves. An empty value goes back to the
// default or the general setting. Version is the tile's the change was made on
// (PLAN-4); 0 takes the present one.
type PreferenceChange struct {
	ID      string
	Value   directory.PreferenceValue
	Placed  []PlacedUnit
	Version int64
}

// A PlacedUnit is a unit's place in an order, from 1, and whether it is ticked.
type PlacedUnit struct {
	Unit   string // public id
	Place  int
	Ticked bool
}

// Set writes a preference of a member, by public id; empty means the actor's
// own. Whoever manages members at the home unit sets it for others, such as who
// created them (PREF-1). It refuses with preference.not_found, with the
// preference as the field at fault, and with stale.
func (s *Preferences) Set(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, change PreferenceChange) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		of, err := s.preferring(ctx, r, p.Rights, whose{actor, account, member})
		if err != nil {
			return err
		}
		if err := of.askFor(p); err != nil {
			return err
		}
		declared, known := of.find(change.ID)
		if !known {
			return directory.Refuse(directory.NotFound, "preference.not_found")
		}
		stored := of.stored[change.ID]
		if change.Version != 0 && change.Version != stored.Version+1 {
			return directory.Refuse(directory.Conflict, "stale")
		}
		value, err := of.value(declared, stored.Value, change)
		if err != nil || value.Equal(stored.Value) {
			return err
		}
		entry := p.Entry(audit.PreferenceChanged, of.user.ID, int64(of.member.ID))
		entry.Unit = of.member.Unit
		entry.Note("preference", "", declared.ID)
		entry.NoteValue("preference_value", of.kept(declared, stored.Value), of.kept(declared, value))
		entry.NoteValue("preference_ticked", of.things(stored.Value.Ticked), of.things(value.Ticked))
		p.Record(entry)
		p.Change(store.PutPreference{Preference: directory.Preference{
			Member: of.member.ID, ID: declared.ID, Value: value, By: actor.User, Version: stored.Version}})
		return nil
	})
	return err
}

// askFor asks for the permission to set.
func (p *preferring) askFor(plan *gate.Plan) error {
	if p.own {
		return plan.RequireSelf(p.member.User)
	}
	return plan.RequireAs(p.allowed)
}

// value is what the change chooses, once it keeps the rules.
func (p *preferring) value(declared catalogue.Preference, was directory.PreferenceValue, change PreferenceChange) (directory.PreferenceValue, error) {
	v := change.Value
	switch declared.Kind {
	case catalogue.ChoicePreference:
		v = directory.PreferenceValue{Choice: v.Choice}
		if _, offered := declared.Option(v.Choice); v.Choice != "" && !offered {
			return v, directory.InvalidField(declared.ID, "field.unknown_choice", directory.Args{"Value": directory.Short(v.Choice, directory.Quoted)})
		}
	case catalogue.UnitPreference:
		v = directory.PreferenceValue{Unit: v.Unit}
		if v.Unit != "" && v.Unit != was.Unit {
			if _, err := p.unitNamed(declared, v.Unit); err != nil {
				return v, err
			}
		}
	default:
		var err error
		if v, err = p.order(declared, was, change); err != nil {
			return v, err
		}
	}
	if declared.Required && v.Empty() {
		return v, directory.InvalidField(declared.ID, "field.required", nil)
	}
	return v, nil
}

// order is the whole order and its ticks. It refuses with preference.too_many.
func (p *preferring) order(declared catalogue.Preference, was directory.PreferenceValue, change PreferenceChange) (directory.PreferenceValue, error) {
	v := directory.PreferenceValue{Order: change.Value.Order, Ticked: change.Value.Ticked}
	tooMany := directory.InvalidField(declared.ID, "preference.too_many", directory.Args{"Max": directory.PreferenceUnits})
	if max(len(v.Order), len(v.Ticked), len(change.Placed)) > directory.PreferenceUnits {
		return v, tooMany
	}
	if change.Placed != nil {
		var err error
		if v, err = p.arrange(declared, was, change.Placed); err != nil {
			return v, err
		}
		if max(len(v.Order), len(v.Ticked)) > directory.PreferenceUnits {
			return v, tooMany
		}
		return v, nil
	}
	natural := p.natural(declared)
	seen := map[string]bool{}
	for _, u := range natural {
		seen[u.UUID] = p.shown(u)
	}
	for _, id := range slices.Concat(v.Order, v.Ticked) {
		if !seen[id] {
			if _, err := p.unitNamed(declared, id); err != nil {
				return v, err
			}
		}
	}
	v.Order = directory.Leading(uuidsOf(natural), directory.InOrder(uuidsOf(natural), v.Order))
	v.Ticked = slices.Compact(slices.Sorted(slices.Values(v.Ticked)))
	return v, nil
}

// orderMost is how many units history keeps of an order.
const orderMost = 500

// kept is a value as history keeps it: an option behind its preference, which
// the reader's language tells, else the units that are chosen.
func (p *preferring) kept(declared catalogue.Preference, v directory.PreferenceValue) audit.Value {
	switch declared.Kind {
	case catalogue.ChoicePreference:
		if v.Choice == "" {
			return audit.Nothing
		}
		return audit.Text(declared.ID + "/" + v.Choice)
	case catalogue.UnitPreference:
		return p.things([]string{v.Unit})
	}
	return p.things(v.Order)
}

// things are units as history keeps them.
func (p *preferring) things(uuids []string) audit.Value {
	known := map[string]directory.Unit{}
	for _, u := range p.sight.Tree.Units() {
		known[u.UUID] = u
	}
	var units []audit.Value
	for _, id := range uuids[:min(len(uuids), orderMost)] {
		if u, found := known[id]; found {
			units = append(units, audit.Thing(audit.Unit, u.ID, u.Name))
		}
	}
	return audit.List(units...)
}
