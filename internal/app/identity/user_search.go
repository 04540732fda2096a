package identity

import (
	"context"
	"strings"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A FoundUser is a person with the accounts they are in, for the vendor.
type FoundUser struct {
	directory.User
	Accounts []directory.Account
}

// foundUsersMost is how many people a search of the vendor's shows.
const foundUsersMost = 20

// Lookup finds people by the beginning of their address or user name, at least
// three characters of it: the vendor switches off or erases one person, and
// browses no list of everybody (USER-2, USER-7).
func (u *Users) Lookup(ctx context.Context, actor authz.Actor, text string) ([]FoundUser, error) {
	text = strings.TrimSpace(text)
	var found []FoundUser
	err := u.gate.Console(ctx, actor, authz.SwitchUsersOff, func(r *store.Reader) error {
		if len([]rune(text)) < 3 {
			return nil
		}
		users, err := r.FindUsers(ctx, text, foundUsersMost)
		if err != nil {
			return err
		}
		keys := make([]directory.UserID, len(users))
		for i, one := range users {
			keys[i] = one.ID
		}
		accounts, err := r.AccountsOfUsers(ctx, keys)
		for _, one := range users {
			found = append(found, FoundUser{one, accounts[one.ID]})
		}
		return err
	})
	return found, err
}

// Named is the person of a user name or address, for whoever names staff. It
// refuses with user.not_found.
func (u *Users) Named(ctx context.Context, actor authz.Actor, name string) (directory.User, error) {
	var user directory.User
	err := u.gate.Console(ctx, actor, authz.NameStaff, func(r *store.Reader) (err error) {
		user, err = r.UserBySignInName(ctx, name)
		return err
	})
	return user, err
}
