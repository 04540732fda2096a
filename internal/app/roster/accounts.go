package roster

import (
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
