package roster

import (
	"slices"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// leveled is a member with these access levels and no others (ADD-8).
func (ro *Roster) leveled(m directory.Member, levels ...directory.RoleID) directory.Member {
	return m.WithLevels(ro.AdministratorLevel(), levels...)
}

// gainsLevel reports whether a member gets an access level that they had not.
func gainsLevel(before, after directory.Member) bool {
	had := before.Levels()
	return slices.ContainsFunc(after.Levels(), func(id directory.RoleID) bool { return !slices.Contains(had, id) })
}

// levelsValue are the access levels of a member as history keeps them: one as
// itself, several as a list.
func (ro *Roster) levelsValue(levels []directory.RoleID) audit.Value {
	switch len(levels) {
	case 0:
		return audit.Nothing
	case 1:
		return ro.RoleValue(levels[0])
	}
	return ro.rolesValue(levels)
}
