package roster

import (
	"time"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// Claimed gives the person their place: active, administrator, whatever they
// were before. Other levels of a place that stands stay beside it. It answers the
// place.
func (ro *Roster) Claimed(u directory.User, before directory.Member) directory.Member {
	levels := []directory.RoleID{ro.AdministratorLevel()}
	if before.Removed.IsZero() {
		levels = append(levels, before.Levels()...)
	}
	after := ro.leveled(before, levels...)
	after.Status, after.Resumes, after.Ends = directory.Active, 0, time.Time{}
	if before.ID == 0 || !before.Removed.IsZero() {
		return ro.Add(u, after, before)
	}
	ro.Change(audit.AdministratorNamed, u, before, after)
	return after
}
