package apptest

import (
	"time"

	"github.com/google/uuid"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Session signs somebody in without a password and answers the token. Purpose
// "full" is the usual one, "password" opens only the change of the password.
func (w *World) Session(actor authz.Actor, purpose string) string {
	w.T.Helper()
	token, digest := secret.NewToken()
	w.Must(w.DB.Write(w.Context(), func(tx *store.Tx) error {
		return tx.InsertSession(w.Context(), store.Session{Digest: digest, UUID: uuid.NewString(), User: actor.User, Purpose: purpose,
			Created: w.Now(), Seen: w.Now(), Expires: w.Now().AddDate(0, 0, 14), Agent: "webtest", Address: "192.0.2.7"})
	}))
	return token
}

// OneTimeSecret is the second factor of everybody whom Staff makes.
const OneTimeSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// OneTimeCode is what an authenticator of OneTimeSecret shows so many steps from
// now.
func (w *World) OneTimeCode(steps int64) string {
	w.T.Helper()
	code, err := secret.OneTimeCode(OneTimeSecret, secret.OneTimeStep(w.Now())+steps)
	w.Must(err)
	return code
}

// Staff makes somebody of the vendor's staff, with a second factor.
func (w *World) Staff(email string, role authz.StaffRole) authz.Actor {
	w.T.Helper()
	user, err := w.Users.Seed(w.Context(), directory.User{Email: email, UserName: email, First: "Camille", Last: "Assistance",
		Language: "fr", Staff: string(role), Password: directory.PasswordOwn, PasswordHash: w.hash(), PasswordSet: w.Now().Add(-time.Hour), Proved: w.Now().Add(-time.Hour)})
	w.Must(err)
	w.Must(w.Users.SeedFactor(w.Context(), user.ID, OneTimeSecret))
	return authz.Actor{Kind: authz.Staff, User: user.ID, Staff: role, Door: authz.DoorPage}
}
