package identity

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
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

// SignedIn is who asks: the session, its person and the actor they are.
type SignedIn struct {
	Session store.Session
	User    directory.User
	Actor   authz.Actor
}

// Resolve finds who a session token belongs to; of one that waits for a second
// factor it answers the session alone. It refuses with sign_in.required when the
// session is unknown or over, or its person was switched off or erased.
func (s *Sessions) Resolve(ctx context.Context, token string, client gate.Client, limits SessionLimits) (SignedIn, error) {
	var in SignedIn
	var portfolio directory.Portfolio
	now := s.gate.Instant()
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		var err error
		if in.Session, err = r.Session(ctx, secret.Digest(token)); err != nil {
			return err
		}
		if in.User, err = r.User(ctx, in.Session.User); err != nil {
			return err
		}
		if in.Session.Purpose, err = stillOpens(ctx, r, in.User, in.Session.Purpose); err != nil || in.User.Staff == "" {
			return err
		}
		portfolio, err = r.Portfolio(ctx, in.User.ID)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	over := !now.Before(in.Session.Expires) || now.Sub(in.Session.Seen) > limits.Idle
	if over || !in.User.SwitchedOff.IsZero() || !in.User.Erased.IsZero() {
		return SignedIn{}, directory.Refuse(directory.Denied, "sign_in.required")
	}
	if in.Session.Purpose == PurposeFactor { // nobody yet: a password alone proves too little
		return SignedIn{Session: in.Session, Actor: authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage,
			Address: client.Address, Agent: client.Agent}}, nil
	}
	in.Actor = actorOf(in.User, in.Session, portfolio, now)
	in.Actor.Address, in.Actor.Agent = client.Address, client.Agent
	if now.Sub(in.Session.Seen) >= gate.SeenEvery {
		err = s.gate.Note(ctx, func(tx *store.Tx) error { return tx.TouchSession(ctx, in.Session.Digest) })
	}
	return in, err
}

// stillOpens narrows what a session opens when its person has to have a second
// factor and has none: it was reset, or they are of the vendor's staff since.
func stillOpens(ctx context.Context, r *store.Reader, u directory.User, purpose string) (string, error) {
	if purpose != PurposeFull || !u.NeedsFactor() {
		return purpose, nil
	}
	factor, err := r.Factor(ctx, u.ID)
	if err == nil && !factor.Stands() {
		purpose = PurposeEnrol
	}
	return purpose, err
}

// actorOf is the actor a signed-in person is: vendor staff by their role, and
// inside an account while their entry lasts and they look after it.
func actorOf(u directory.User, s store.Session, portfolio directory.Portfolio, now time.Time) authz.Actor {
	a := authz.Actor{Kind: authz.Person, User: u.ID, Door: authz.DoorPage}
	if u.Staff == "" || s.Purpose == PurposeEnrol { // no duties without a second factor (VEND-3)
		return a
	}
	a.Kind, a.Staff, a.Portfolio = authz.Staff, authz.StaffRole(u.Staff), portfolio
	if e := s.Entry; e.Key != 0 && a.Sees(e.Account) && e.Left.IsZero() && now.Before(e.Expires) {
		a.Kind, a.Entered, a.Entry, a.Until = authz.StaffInside, e.Account, e.Key, e.Expires
	}
	return a
}

// SignOut ends the session of a token; one that is over already is no error.
func (s *Sessions) SignOut(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.gate.Note(ctx, func(tx *store.Tx) error { return tx.EndSession(ctx, secret.Digest(token)) })
}

// Rotate gives a session another token when its person gains rights; the old
// one is worth nothing any more (SIGN-7). It refuses with sign_in.required when
// the session is over.
func (s *Sessions) Rotate(ctx context.Context, token string) (Started, error) {
	var started Started
	err := s.gate.Note(ctx, func(tx *store.Tx) error {
		session, err := tx.Session(ctx, secret.Digest(token))
		if err != nil {
			return err
		}
		if err := tx.EndSession(ctx, session.Digest); err != nil {
			return err
		}
		started = Started{Expires: session.Expires, Purpose: session.Purpose}
		started.Token, session.Digest = secret.NewToken()
		return tx.InsertSession(ctx, session)
	})
	if err != nil {
		return Started{}, err
	}
	return started, nil
}

// List shows where the actor is signed in, the last used first.
func (s *Sessions) List(ctx context.Context, actor authz.Actor) ([]store.Session, error) {
	if actor.User == 0 {
		return nil, directory.Refuse(directory.Denied, "sign_in.required")
	}
	var sessions []store.Session
	err := s.gate.Read(ctx, func(r *store.Reader) (err error) {
		sessions, err = r.SessionsOf(ctx, actor.User)
		return err
	})
	now := s.gate.Instant()
	return slices.DeleteFunc(sessions, func(one store.Session) bool { return !now.Before(one.Expires) }), err
}

// Revoke signs the actor out in one place, by its public id. Another person's
// session is refused like one that is over, with session.not_found.
func (s *Sessions) Revoke(ctx context.Context, actor authz.Actor, uuid string) error {
	return s.revoke(ctx, actor, func(all []store.Session) (store.EndSessions, int) {
		for _, one := range all {
			if one.UUID == uuid {
				return store.EndSessions{User: actor.User, UUID: uuid}, 1
			}
		}
		return store.EndSessions{}, 0
	})
}

// RevokeOthers signs the actor out everywhere but where the token is.
func (s *Sessions) RevokeOthers(ctx context.Context, actor authz.Actor, token string) error {
	keep := secret.Digest(token)
	err := s.revoke(ctx, actor, func(all []store.Session) (store.EndSessions, int) {
		others := slices.DeleteFunc(all, func(one store.Session) bool { return string(one.Digest) == string(keep) })
		return store.EndSessions{User: actor.User, Keep: keep}, len(others)
	})
	if gate.RefusedWith(err, "session.not_found") {
		return nil // there are no others
	}
	return err
}

func (s *Sessions) revoke(ctx context.Context, actor authz.Actor, choose func(all []store.Session) (store.EndSessions, int)) error {
	_, err := s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(actor.User); err != nil {
			return err
		}
		all, err := r.SessionsOf(ctx, actor.User)
		if err != nil {
			return err
		}
		end, count := choose(all)
		if count == 0 {
			return directory.Refuse(directory.NotFound, "session.not_found")
		}
		entry := p.Entry(audit.SessionRevoked, actor.User, 0)
		entry.NoteValue("count", audit.Nothing, audit.Number(count))
		p.Record(entry)
		p.Change(end)
		return nil
	})
	return err
}
