package roster

import (
	"time"

	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// UsersFirst takes the new users out of the roster: an account's referent must
// exist before the account does.
func (ro *Roster) UsersFirst() []store.Change {
	if len(ro.NewUsers) == 0 {
		return nil
	}
	users := store.InsertUsers(ro.NewUsers)
	ro.NewUsers = nil
	return []store.Change{users}
}

// Claimed gives the person their place: active, administrator, whatever they
// were before.
func (ro *Roster) Claimed(u directory.User, before directory.Member) {
	after := before
	after.Status, after.Resumes, after.Level, after.Ends = directory.Active, 0, ro.AdministratorLevel(), time.Time{}
	if before.ID == 0 || !before.Removed.IsZero() {
		ro.Add(u, after, before)
		return
	}
	ro.Change(audit.AdministratorNamed, u, before, after)
}
