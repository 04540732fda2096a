package apptest

import (
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Actor is somebody who exists already, by user name or address.
func (w *World) Actor(name string) authz.Actor {
	w.T.Helper()
	var u directory.User
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		u, err = r.UserBySignInName(w.Context(), name)
		return err
	}))
	return authz.Actor{Kind: authz.Person, User: u.ID, Door: authz.DoorPage}
}
