package roster

import (
	"time"

	"intendant/internal/audit"
	"intendant/internal/directory"
)

// Claimed gives the person their place: active, administrator, whatever they
// were before. It answers the place.
func (ro *Roster) Claimed(u directory.User, before directory.Member) directory.Member {
	after := before
	after.Status, after.Resumes, after.Level, after.Ends = directory.Active, 0, ro.AdministratorLevel(), time.Time{}
	if before.ID == 0 || !before.Removed.IsZero() {
		return ro.Add(u, after, before)
	}
	ro.Change(audit.AdministratorNamed, u, before, after)
	return after
}
