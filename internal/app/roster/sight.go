package roster

import (
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Matches reports whether a unit is called so, in part; folded is folded text.
func Matches(u directory.Unit, folded string) bool {
	return strings.Contains(directory.Fold(u.Name), folded) || strings.Contains(directory.Fold(u.External), folded)
}

// A Sight is which units a person sees: the home unit and every unit at which
// they hold something, each with all below it. It does not ask whether the
// person is active yet: what waits for them can be prepared (PREF-1).
type Sight struct {
	Tree *authz.Tree
	tops []directory.UnitID
}

// SightOf is what somebody with that standing sees.
func SightOf(t *authz.Tree, s authz.Standing) Sight {
	tops := []directory.UnitID{s.Home}
	for _, h := range s.Held {
		if !slices.Contains(tops, h.Unit) && len(t.Gives(h.Role, h.Unit)) > 0 {
			tops = append(tops, h.Unit)
		}
	}
	return Sight{t, tops}
}

// Sees reports whether a unit is there, not archived, and in sight.
func (s Sight) Sees(unit directory.UnitID) bool {
	return s.Tree.Live(unit) && slices.ContainsFunc(s.tops, func(top directory.UnitID) bool { return s.Tree.Covers(top, unit) })
}

// InSight reports whether somebody with these rights may know of a member: by the
// home unit, or as a guest who holds a role at a unit whose people they see
// (UNIT-5). Whoever is out of sight is answered like nobody, by every door
// (API-3).
func InSight(rights authz.Rights, m directory.Member, grants []directory.Grant) bool {
	if SeesPeopleAt(rights, m.Unit) {
		return true
	}
	return slices.ContainsFunc(grants, func(g directory.Grant) bool { return SeesPeopleAt(rights, g.Unit) })
}

// SeesPeopleAt reports whether the people of a home unit are in sight.
func SeesPeopleAt(rights authz.Rights, unit directory.UnitID) bool {
	return rights.May(authz.ViewMembers, unit) || rights.May(authz.ManageMembers, unit)
}

// RequireAllHolders refuses with denied.permission whoever may not know of everybody
// in the account for their seats' sake (REP-3).
func RequireAllHolders(rights authz.Rights) error {
	if rights.Member() && KnowsHolder(rights, 0) {
		return nil
	}
	return gate.Require(rights, authz.AssignSeats, 0)
}

// KnowsHolder reports whether somebody with these rights may know of the people of a
// home unit for their seats' sake: whoever assigns there sees whom.
func KnowsHolder(rights authz.Rights, unit directory.UnitID) bool {
	return SeesPeopleAt(rights, unit) || rights.May(authz.AssignSeats, unit)
}

// KnowsUnit reports whether somebody with these rights may know that a unit is
// there, and its name; OpensUnit, whether they may look into it. A unit out of
// sight is answered like none, by every door (API-3).
func KnowsUnit(rights authz.Rights, unit directory.UnitID) bool {
	return rights.May(authz.ViewAccount, unit) || SeesPeopleAt(rights, unit) || rights.May(authz.ManageUnits, unit)
}

// PathTo are the units above one, without the root and itself.
func PathTo(t *authz.Tree, unit directory.UnitID) []directory.Unit {
	var path []directory.Unit
	for _, id := range t.Path(unit) {
		if u, found := t.Unit(id); found && u.ID != t.Root() && u.ID != unit {
			path = append(path, u)
		}
	}
	return path
}

// ArchivedAt is the refusal that names the nearest archived unit on the way up.
func ArchivedAt(tree *authz.Tree, unit directory.UnitID) *directory.Error {
	path := tree.Path(unit)
	for i := len(path) - 1; i >= 0; i-- {
		u, _ := tree.Unit(path[i])
		if refusal := u.Changeable(); refusal != nil {
			return refusal
		}
	}
	return nil
}

// OpensUnit reports whether a reader may know what a unit holds.
func OpensUnit(rights authz.Rights, unit directory.UnitID) bool {
	return rights.May(authz.ViewMembers, unit) || rights.May(authz.ManageUnits, unit)
}

// HistoryScope is the part of an account of which somebody reads the history, and
// with it the past: all of it, or the units where they hold history.view (HIST-2). It
// refuses with denied.permission who holds it nowhere.
func HistoryScope(rights authz.Rights) (authz.Scope, error) {
	if !rights.MayAnywhere(authz.ViewHistory) {
		return authz.Scope{}, gate.Require(rights, authz.ViewHistory, 0)
	}
	return rights.Scope(authz.ViewHistory), nil
}
