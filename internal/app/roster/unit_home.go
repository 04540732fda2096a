package roster

import (
	"intendant/internal/directory"
)

// settleIn gives a member the home unit of a public id. It refuses like
// MoveHome; the unit they have is no change.
func (a *Acting) settleIn(m *directory.Member, uuid string) error {
	if a.home.ID == 0 || a.home.UUID != uuid {
		tree := a.Rights.Tree()
		id, found := tree.UnitByUUID(uuid)
		if !found {
			return directory.InvalidField("unit", "unit.not_found", nil)
		}
		a.home, _ = tree.Unit(id)
	}
	if a.home.ID == m.Unit {
		return nil
	}
	if err := a.mayHome(a.home); err != nil {
		return err
	}
	m.Unit = a.home.ID
	return nil
}
