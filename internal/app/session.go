package app

import (
	"context"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// SessionLimits say how long a sign-in lasts.
type SessionLimits struct {
	Idle time.Duration // without a request
	Max  time.Duration // in any case
}

// A Client is where a request comes from.
type Client struct{ Address, Agent string }

// SignedIn is who asks: the session, its person and the actor they are.
type SignedIn struct {
	Session store.Session
	User    directory.User
	Actor   authz.Actor
}

// seenEvery is how exactly a session's last use is kept: one write a minute is
// enough for a list, and reading stays reading.
const seenEvery = time.Minute

// Resolve finds who a session token belongs to. It refuses with
// sign_in.required when the session is unknown or over, or its person was
// switched off or erased.
func (s *Sessions) Resolve(ctx context.Context, token string, client Client, limits SessionLimits) (SignedIn, error) {
	var in SignedIn
	now := s.instant()
	err := s.db.View(ctx, func(r *store.Reader) error {
		var err error
		if in.Session, err = r.Session(ctx, secret.Digest(token)); err != nil {
			return err
		}
		in.User, err = r.User(ctx, in.Session.User)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	over := !now.Before(in.Session.Expires) || now.Sub(in.Session.Seen) > limits.Idle
	if over || !in.User.SwitchedOff.IsZero() || !in.User.Erased.IsZero() {
		return SignedIn{}, directory.Refuse(directory.Denied, "sign_in.required")
	}
	in.Actor = actorOf(in.User, in.Session, now)
	in.Actor.Address, in.Actor.Agent = client.Address, client.Agent
	if now.Sub(in.Session.Seen) >= seenEvery {
		err = s.note(ctx, func(tx *store.Tx) error { return tx.TouchSession(ctx, in.Session.Digest) })
	}
	return in, err
}

// actorOf is the actor a signed-in person is: vendor staff by their role, and
// inside an account while their entry lasts.
func actorOf(u directory.User, s store.Session, now time.Time) authz.Actor {
	a := authz.Actor{Kind: authz.Person, User: u.ID, Door: authz.DoorPage}
	if u.Staff == "" {
		return a
	}
	a.Kind, a.Staff = authz.Staff, authz.StaffRole(u.Staff)
	if e := s.Entry; e.Key != 0 && e.Left.IsZero() && now.Before(e.Expires) {
		a.Kind, a.Entered, a.Entry, a.Until = authz.StaffInside, e.Account, e.Key, e.Expires
	}
	return a
}
