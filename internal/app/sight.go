package app

import (
	"slices"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A sight is which units a person sees: the home unit and every unit at which
// they hold something, each with all below it. It does not ask whether the
// person is active yet: what waits for them can be prepared (PREF-1).
type sight struct {
	tree *authz.Tree
	tops []directory.UnitID
}

// sightOf is what somebody with that standing sees.
func sightOf(t *authz.Tree, s authz.Standing) sight {
	tops := []directory.UnitID{s.Home}
	for _, h := range s.Held {
		if !slices.Contains(tops, h.Unit) && len(t.Gives(h.Role, h.Unit)) > 0 {
			tops = append(tops, h.Unit)
		}
	}
	return sight{t, tops}
}

// sees reports whether a unit is there, not archived, and in sight.
func (s sight) sees(unit directory.UnitID) bool {
	return s.tree.Live(unit) && slices.ContainsFunc(s.tops, func(top directory.UnitID) bool { return s.tree.Covers(top, unit) })
}

// inSight reports whether somebody with these rights may know of a member: by the
// home unit, or as a guest who holds a role at a unit whose people they see
// (UNIT-5). Whoever is out of sight is answered like nobody, by every door
// (API-3).
func inSight(rights authz.Rights, m directory.Member, grants []directory.Grant) bool {
	if seesPeopleAt(rights, m.Unit) {
		return true
	}
	return slices.ContainsFunc(grants, func(g directory.Grant) bool { return seesPeopleAt(rights, g.Unit) })
}

// seesPeopleAt reports whether the people of a home unit are in sight.
func seesPeopleAt(rights authz.Rights, unit directory.UnitID) bool {
	return rights.May(authz.ViewMembers, unit) || rights.May(authz.ManageMembers, unit)
}

// knowsUnit reports whether somebody with these rights may know that a unit is
// there, and its name; opensUnit, whether they may look into it. A unit out of
// sight is answered like none, by every door (API-3).
func knowsUnit(rights authz.Rights, unit directory.UnitID) bool {
	return rights.May(authz.ViewAccount, unit) || seesPeopleAt(rights, unit) || rights.May(authz.ManageUnits, unit)
}

// pathTo are the units above one, without the root and itself.
func pathTo(t *authz.Tree, unit directory.UnitID) []directory.Unit {
	var path []directory.Unit
	for _, id := range t.Path(unit) {
		if u, found := t.Unit(id); found && u.ID != t.Root() && u.ID != unit {
			path = append(path, u)
		}
	}
	return path
}
