package app

import (
	"slices"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// An Effect is what a role does for somebody at a unit, beside what they hold
// there already (ROLE-1, ROLE-2).
type Effect struct {
	Role directory.Role
	Unit directory.Unit
	Adds []authz.Permission // held there because of the role alone
	Held []authz.Permission // held there without it as well
	Idle []authz.Permission // named by the role, but not counting at the unit's level (ROLE-10)
	From []Source           // what gives Held, from the root down
}

// Nothing reports whether the role adds nothing for the person (ROLE-2).
func (e Effect) Nothing() bool { return len(e.Adds) == 0 }

// A Source is a role at a unit, as what gives something.
type Source struct {
	Role directory.Role
	Unit directory.Unit
}

// effect compares a role at a unit with everything else that somebody holds.
func effect(t *authz.Tree, held []authz.Held, role directory.RoleID, unit directory.UnitID) Effect {
	var e Effect
	e.Role, _ = t.Role(role)
	e.Unit, _ = t.Unit(unit)
	e.Idle = t.Idle(role, unit)
	gives := t.Gives(role, unit)
	for _, h := range above(t, held, unit) {
		if h.Role == role && h.Unit == e.Unit.ID {
			continue
		}
		used := false
		for _, p := range t.Gives(h.Role, h.Unit) {
			if slices.Contains(gives, p) {
				used = true
				if !slices.Contains(e.Held, p) {
					e.Held = append(e.Held, p)
				}
			}
		}
		if used {
			e.From = append(e.From, sourceOf(t, h))
		}
	}
	for _, p := range gives {
		if !slices.Contains(e.Held, p) {
			e.Adds = append(e.Adds, p)
		}
	}
	return e
}

// above are the holdings that reach a unit, from the root down.
func above(t *authz.Tree, held []authz.Held, unit directory.UnitID) []authz.Held {
	var reaching []authz.Held
	for _, h := range held {
		if t.Covers(h.Unit, unit) {
			reaching = append(reaching, h)
		}
	}
	slices.SortStableFunc(reaching, func(a, b authz.Held) int { return t.Depth(a.Unit) - t.Depth(b.Unit) })
	return reaching
}

// sourceOf names a role that is held, and where.
func sourceOf(t *authz.Tree, h authz.Held) Source {
	var s Source
	s.Role, _ = t.Role(h.Role)
	s.Unit, _ = t.Unit(h.Unit)
	return s
}

// heldBy is all that a member holds, whether or not it counts now: level and
// functions at the root, grants at their units.
func heldBy(t *authz.Tree, m directory.Member, grants []directory.Grant) []authz.Held {
	var held []authz.Held
	for _, role := range rolesOf(m) {
		held = append(held, authz.Held{Unit: t.Root(), Role: role})
	}
	for _, g := range grants {
		held = append(held, authz.Held{Unit: g.Unit, Role: g.Role, Grant: g.ID, From: g.From})
	}
	return held
}
