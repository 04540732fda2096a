package roster

import (
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// EffectOf compares a role at a unit with everything else that somebody holds.
func EffectOf(t *authz.Tree, held []authz.Held, role directory.RoleID, unit directory.UnitID) gate.Effect {
	var e gate.Effect
	e.Role, _ = t.Role(role)
	e.Unit, _ = t.Unit(unit)
	e.Idle = t.Idle(role, unit)
	gives := t.Gives(role, unit)
	for _, h := range Above(t, held, unit) {
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
			e.From = append(e.From, SourceOf(t, h))
		}
	}
	for _, p := range gives {
		if !slices.Contains(e.Held, p) {
			e.Adds = append(e.Adds, p)
		}
	}
	return e
}

// Above are the holdings that reach a unit, from the root down.
func Above(t *authz.Tree, held []authz.Held, unit directory.UnitID) []authz.Held {
	var reaching []authz.Held
	for _, h := range held {
		if t.Covers(h.Unit, unit) {
			reaching = append(reaching, h)
		}
	}
	slices.SortStableFunc(reaching, func(a, b authz.Held) int { return t.Depth(a.Unit) - t.Depth(b.Unit) })
	return reaching
}

// SourceOf names a role that is held, and where.
func SourceOf(t *authz.Tree, h authz.Held) gate.Source {
	var s gate.Source
	s.Role, _ = t.Role(h.Role)
	s.Unit, _ = t.Unit(h.Unit)
	return s
}

// HeldBy is all that a member holds, whether or not it counts now: level and
// functions at the root, grants at their units.
func HeldBy(t *authz.Tree, m directory.Member, grants []directory.Grant) []authz.Held {
	var held []authz.Held
	for _, role := range RolesOf(m) {
		held = append(held, authz.Held{Unit: t.Root(), Role: role})
	}
	for _, g := range grants {
		held = append(held, authz.Held{Unit: g.Unit, Role: g.Role, Grant: g.ID, From: g.From})
	}
	return held
}
