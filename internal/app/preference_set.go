package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
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

// PreferenceFaults are the refusals of several preferences set at once, each with
// its preference as the field.
type PreferenceFaults []*directory.Error

// Error lists them, for the log.
func (f PreferenceFaults) Error() string { return errors.Join(f.Unwrap()...).Error() }

// Unwrap lets each be found.
func (f PreferenceFaults) Unwrap() []error {
	all := make([]error, len(f))
	for i, one := range f {
		all[i] = one
	}
	return all
}

// Set writes preferences of a member, by public id; empty means the actor's own.
// Whoever manages members at the home unit sets them for others, such as who
// created them (PREF-1). It refuses with preference.not_found, with the preference
// as the field at fault, with stale, and with PreferenceFaults where several are
// refused; then none is written.
func (s *Preferences) Set(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, changes ...PreferenceChange) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		of, err := s.preferring(ctx, r, p.Rights, whose{actor, account, member})
		if err != nil {
			return err
		}
		if err := of.askFor(p); err != nil {
			return err
		}
		return of.setAll(p, changes)
	})
	return err
}

// setAll plans all changes, or refuses with every fault there is.
func (p *preferring) setAll(plan *gate.Plan, changes []PreferenceChange) error {
	var faults PreferenceFaults
	for _, change := range changes {
		err := p.set(plan, change)
		var refusal *directory.Error
		switch {
		case err == nil:
		case !errors.As(err, &refusal) || refusal.Kind == directory.NotFound:
			return err
		default:
			at := *refusal
			at.Field = change.ID
			faults = append(faults, &at)
		}
	}
	switch len(faults) {
	case 0:
		return nil
	case 1:
		return faults[0]
	}
	return faults
}

// set plans a change of one preference, where anything differs.
func (p *preferring) set(plan *gate.Plan, change PreferenceChange) error {
	declared, known := p.find(change.ID)
	if !known {
		return directory.Refuse(directory.NotFound, "preference.not_found")
	}
	stored := p.stored[change.ID]
	if change.Version != 0 && change.Version != stored.Version+1 {
		return directory.Refuse(directory.Conflict, "stale")
	}
	value, err := p.value(declared, stored.Value, change)
	if err == nil && declared.Required && value.Empty() {
		err = directory.InvalidField(declared.ID, "field.required", nil)
	}
	if err == nil {
		p.put(plan, declared, value)
	}
	return err
}

// put writes a value that may be chosen, where it is another.
func (p *preferring) put(plan *gate.Plan, declared catalogue.Preference, value directory.PreferenceValue) {
	stored := p.stored[declared.ID]
	if value.Equal(stored.Value) {
		return
	}
	entry := plan.Entry(audit.PreferenceChanged, p.user.ID, int64(p.member.ID))
	entry.Unit = p.member.Unit
	entry.Note("preference", "", declared.ID)
	entry.NoteValue("preference_value", p.kept(declared, stored.Value), p.kept(declared, value))
	entry.NoteValue("preference_ticked", p.things(stored.Value.Ticked), p.things(value.Ticked))
	plan.Record(entry)
	plan.Change(store.PutPreference{Preference: directory.Preference{
		Member: p.member.ID, ID: declared.ID, Value: value, By: plan.Actor.User, Version: stored.Version}})
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
	for _, id := range uuids {
		if u, found := known[id]; found {
			units = append(units, audit.Thing(audit.Unit, u.ID, u.Name))
		}
	}
	return audit.List(units...)
}

// opposites take back what was set (PLAN-2).
func (s *Preferences) opposites() map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.PreferenceChanged: s.takeBack}
}

// A preferenceOf is one preference of one member.
type preferenceOf struct {
	member directory.MemberID
	id     string
}

// takeBack plans the opposite of entries about preferences. It refuses as Set does, with
// member.not_found for somebody who has gone, and leaves a unit that cannot be chosen any
// more.
func (s *Preferences) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	return gate.Opposed(p, entries, func(e audit.Entry) preferenceOf {
		return preferenceOf{directory.MemberID(e.Object), factOf(e, "preference").Text()}
	}, func(one preferenceOf, n *gate.Net) (gate.Verdict, error) {
		of, err := s.preferringOf(ctx, r, p, one.member)
		if err != nil {
			return gate.Verdict{}, err
		}
		if err := of.askFor(p); err != nil { // who may not is told no name
			return gate.Verdict{}, err
		}
		err = of.back(p, one.id, n)
		v := n.Verdict(int64(of.member.ID), roster.NameOf(of.user, of.member))
		v.Member = of.member
		return v, err
	})
}

// back gives a preference its value and its ticks back. One that nobody had set before
// is set by nobody again, also where something must be chosen: the default is in force.
func (p *preferring) back(plan *gate.Plan, id string, n *gate.Net) error {
	declared, known := p.find(id)
	if !known {
		return directory.Refuse(directory.NotFound, "preference.not_found")
	}
	stored := p.stored[id].Value
	value := stored
	try := func(is directory.PreferenceValue, found bool) error {
		if !found {
			return directory.InvalidField(id, "preference.unit_unknown", nil)
		}
		is, err := p.value(declared, stored, PreferenceChange{ID: id, Value: is})
		if err == nil {
			value = is
		}
		return err
	}
	err := n.Restore("preference_value", p.kept(declared, stored), func(was audit.Value) error {
		is, found := p.valueOf(declared, was)
		is.Ticked = value.Ticked
		return try(is, found)
	})
	if err != nil {
		return err
	}
	err = n.Restore("preference_ticked", p.things(stored.Ticked), func(was audit.Value) error {
		is, found := value, false
		is.Ticked, found = p.idsOf(was)
		return try(is, found)
	})
	if err == nil {
		p.put(plan, declared, value)
	}
	return err
}

// preferringOf is preferring for a member by key, out of the reader's rows.
func (c *core) preferringOf(ctx context.Context, r *store.Reader, p *gate.Plan, member directory.MemberID) (*preferring, error) {
	p.OpenToAnyone("whose preferences may be set is asked of each who is found")
	members, err := r.Members(ctx, p.Account, []directory.MemberID{member})
	if err == nil && len(members) == 0 {
		err = directory.Refuse(directory.NotFound, "member.not_found")
	}
	if err != nil {
		return nil, err
	}
	return c.preferring(ctx, r, p.Rights, whose{p.Actor, p.Account, members[0].UUID})
}

// valueOf is what kept made of a value; false where a unit of it is none any more.
func (p *preferring) valueOf(declared catalogue.Preference, kept audit.Value) (directory.PreferenceValue, bool) {
	if declared.Kind == catalogue.ChoicePreference {
		_, choice, _ := strings.Cut(kept.Text(), "/")
		return directory.PreferenceValue{Choice: choice}, true
	}
	ids, found := p.idsOf(kept)
	switch {
	case declared.Kind != catalogue.UnitPreference:
		return directory.PreferenceValue{Order: ids}, found
	case len(ids) == 0:
		return directory.PreferenceValue{}, found
	}
	return directory.PreferenceValue{Unit: ids[0]}, found
}

// idsOf are the public ids of units that history keeps; false where one is none any more.
func (p *preferring) idsOf(kept audit.Value) ([]string, bool) {
	var ids []string
	for _, ref := range kept.Refs() {
		u, found := p.sight.Tree.Unit(directory.UnitID(ref.Key))
		if !found {
			return nil, false
		}
		ids = append(ids, u.UUID)
	}
	return ids, true
}
