package app

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/identity"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Look reads an invitation by its token, without using it (INV-10). A token
// nobody sent answers with the state unknown.
func (s *Invitations) Look(ctx context.Context, token string) (roster.Invited, error) {
	var v roster.Invited
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		invitation, err := r.InvitationByDigest(ctx, secret.Digest(token))
		if err != nil {
			return err
		}
		if v, err = s.roster.Invited(ctx, r, invitation, s.gate.Instant()); err != nil {
			return err
		}
		v.Policy, err = s.roster.PasswordPolicy(ctx, r, v.User.ID)
		return err
	})
	if gate.RefusedWith(err, "invitation.unknown") {
		return roster.Invited{State: directory.InvitationUnknown}, nil
	}
	return v, err
}

// An Acceptance is what somebody new says of themselves when they accept.
type Acceptance struct {
	Token                           string
	First, Last, Language, Password string
	Before                          string // token of the session this browser had; it ends
}

// person is who somebody new is after they accepted by the mailed token.
func (a Acceptance) person(u directory.User, hash string, now time.Time) directory.User {
	u.First, u.Last, u.Language = a.First, a.Last, a.Language
	u.Choose(hash, now)
	u.Prove(now)
	return u
}

// An Accepted invitation: the account joined and, for somebody new, the session
// that begins.
type Accepted struct {
	Account directory.Account
	Started identity.Started
}

// Accept lets somebody new in: they get the names and the password they chose,
// are an active member, and are signed in. The invitation is used up (INV-1).
//
// Whoever has a password already is refused with invitation.sign_in: an
// invitation never sets an existing one, they accept with AcceptKnown (USER-4).
// It refuses an invitation that is not open by its state, invitation.expired for
// one (INV-9), user.switched_off, and the field at fault.
func (s *Invitations) Accept(ctx context.Context, client gate.Client, a Acceptance, limits identity.SessionLimits) (Accepted, error) {
	var done Accepted
	v, err := s.Look(ctx, a.Token)
	if err != nil {
		return done, err
	}
	if refusal := v.Acceptable(); refusal != nil {
		return done, refusal
	}
	if v.Known {
		return done, directory.Refuse(directory.Denied, "invitation.sign_in")
	}
	if err := s.checkAcceptance(v.Account, &a); err != nil {
		return done, err
	}
	named := v.User
	named.First, named.Last, named.Language = a.First, a.Last, a.Language
	hash, err := s.roster.NewHash(ctx, v.Policy, named, a.Password)
	if err != nil {
		return done, err
	}
	accounts, err := s.roster.AccountsOf(ctx, v.User.ID)
	if err != nil {
		return done, err
	}
	actor := authz.Actor{Kind: authz.Person, User: v.User.ID, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = s.gate.Perform(ctx, actor, v.Invitation.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the mailed token is the proof")
		now, err := s.openNow(ctx, r, p, v.Invitation.Member, a.Token)
		if err != nil {
			return err
		}
		if now.Known {
			return directory.Refuse(directory.Denied, "invitation.sign_in")
		}
		after := a.person(now.User, hash, p.Now)
		planFirstPassword(p, now.User, after)
		factor, err := r.Factor(ctx, after.ID)
		if err != nil {
			return err
		}
		started, session := identity.Beginning{User: after, Policy: v.Policy, Factor: factor, Client: client, Limits: limits}.Session(p.Now)
		done = Accepted{Account: now.Account, Started: started}
		p.Pending(store.StartSession(session))
		return s.roster.PlanAcceptance(ctx, r, p, now, after)
	}, append(accounts, directory.Installation)...)
	if err != nil {
		return done, err
	}
	return done, s.gate.Note(ctx, func(tx *store.Tx) error {
		if a.Before != "" {
			if err := tx.EndSession(ctx, secret.Digest(a.Before)); err != nil {
				return err
			}
		}
		return tx.NoteSignIn(ctx, v.User.ID)
	})
}

// planFirstPassword writes what somebody new says of themselves, and ends what
// the provisional password opened (SIGN-1).
func planFirstPassword(p *gate.Plan, before, after directory.User) {
	names := audit.Entry{Account: directory.Installation, Kind: audit.UserChanged, Subject: after.ID}
	names.Note("first_name", before.First, after.First)
	names.Note("last_name", before.Last, after.Last)
	names.Note("language", before.Language, after.Language)
	if len(names.Facts)+len(names.Personal) > 0 {
		p.Record(names)
	}
	p.Record(audit.Entry{Account: directory.Installation, Kind: audit.UserPasswordChanged, Subject: after.ID})
	p.Change(store.UpdateUser{User: after}, store.EndSessions{User: after.ID}, store.EndLinks{User: after.ID})
}

// checkAcceptance asks for the names that the account's type requires of its people,
// and no others (ADD-11).
func (s *Invitations) checkAcceptance(account directory.Account, a *Acceptance) error {
	var refusals []*directory.Error
	kind, _ := s.gate.Catalogue().AccountType(account.Type)
	for _, name := range []struct {
		kind  directory.Text
		value *string
		field string
	}{{directory.FirstName, &a.First, catalogue.FieldFirstName}, {directory.LastName, &a.Last, catalogue.FieldLastName}} {
		check := name.kind.Clean
		if kind.Form.Requires(name.field) {
			check = name.kind.Required
		}
		clean, refusal := check(*name.value)
		refusals = append(refusals, refusal)
		*name.value = clean
	}
	if !slices.Contains(s.gate.Catalogue().Languages, a.Language) {
		refusals = append(refusals, directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": a.Language}))
	}
	if refusal := directory.Together(refusals...); refusal != nil {
		return refusal
	}
	return nil
}

// openNow reads an invitation anew under the account's lock, by its token or,
// without one, as the member's open one, and refuses what cannot be accepted
// any more: of two at once, one finds it ended.
func (s *Invitations) openNow(ctx context.Context, r *store.Reader, p *gate.Plan, member directory.MemberID, token string) (roster.Invited, error) {
	var invitation directory.Invitation
	var err error
	if token != "" {
		invitation, err = r.InvitationByDigest(ctx, secret.Digest(token))
	} else {
		invitation, err = r.OpenInvitation(ctx, member)
	}
	if err != nil {
		return roster.Invited{}, err
	}
	v, err := s.roster.Invited(ctx, r, invitation, p.Now)
	if err != nil {
		return v, err
	}
	return v, v.Acceptable()
}

// AcceptKnown lets whoever is signed in accept an invitation that was mailed to
// them (INV-7). It refuses with invitation.not_yours anybody else, and as Accept
// does.
func (s *Invitations) AcceptKnown(ctx context.Context, actor authz.Actor, token string) (Accepted, error) {
	v, err := s.Look(ctx, token)
	if err != nil {
		return Accepted{}, err
	}
	if v.State == directory.InvitationUnknown {
		return Accepted{}, directory.Refuse(directory.NotFound, "invitation.unknown")
	}
	return s.acceptSignedIn(ctx, actor, v.Invitation.Account, v.Invitation.Member, token)
}

// AcceptMine accepts an invitation that waits for whoever is signed in, by the
// public id of their membership. Without its link it asks for a proved address,
// and refuses with address.unproved (USER-8).
func (s *Invitations) AcceptMine(ctx context.Context, actor authz.Actor, member string) (Accepted, error) {
	waiting, err := s.Pending(ctx, actor)
	if err == nil && len(waiting) == 0 {
		err = s.proved(ctx, actor.User)
	}
	if err != nil {
		return Accepted{}, err
	}
	for _, w := range waiting {
		if w.Member == member {
			return s.acceptSignedIn(ctx, actor, w.Account.ID, w.member, "")
		}
	}
	return Accepted{}, directory.Refuse(directory.NotFound, "invitation.unknown")
}

func (s *Invitations) acceptSignedIn(ctx context.Context, actor authz.Actor, account directory.AccountID, member directory.MemberID, token string) (Accepted, error) {
	var done Accepted
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSignedIn(); err != nil {
			return err
		}
		v, err := s.openNow(ctx, r, p, member, token)
		if err != nil {
			return err
		}
		if v.User.ID != p.Actor.User {
			return directory.Refuse(directory.Denied, "invitation.not_yours")
		}
		if v.User.Proved.IsZero() {
			if token == "" {
				return directory.Refuse(directory.Denied, "address.unproved")
			}
			roster.PlanProof(p, &v.User)
		}
		done.Account = v.Account
		if err := s.roster.PlanAcceptance(ctx, r, p, v, v.User); err != nil {
			return err
		}
		p.Change(store.NoteSeen{User: p.Actor.User, Account: account})
		return nil
	})
	return done, err
}

// proved refuses with address.unproved whoever has not proved their address.
func (c *core) proved(ctx context.Context, user directory.UserID) error {
	return c.gate.Read(ctx, func(r *store.Reader) error {
		u, err := r.User(ctx, user)
		if err == nil && u.Proved.IsZero() {
			err = directory.Refuse(directory.Denied, "address.unproved")
		}
		return err
	})
}

// A WaitingInvitation is an account that waits for whoever is signed in.
type WaitingInvitation struct {
	Member  string // public id of the membership
	Account directory.Account
	By      string

	member directory.MemberID
}

// Pending lists the invitations that the person who is signed in could accept
// now, newest first. Nothing is told to whoever has not proved their address:
// the invitations went there (USER-8). It refuses with sign_in.required.
func (s *Invitations) Pending(ctx context.Context, actor authz.Actor) ([]WaitingInvitation, error) {
	if actor.User == 0 {
		return nil, directory.Refuse(directory.Denied, "sign_in.required")
	}
	var waiting []WaitingInvitation
	err := s.gate.Read(ctx, func(r *store.Reader) error {
		u, err := r.User(ctx, actor.User)
		if err != nil || u.Proved.IsZero() {
			return err
		}
		open, err := r.OpenInvitationsOf(ctx, actor.User)
		if err != nil {
			return err
		}
		for _, invitation := range open {
			v, err := s.roster.Invited(ctx, r, invitation, s.gate.Instant())
			if err != nil {
				return err
			}
			if v.State == directory.InvitationOpen && v.Account.State != directory.AccountClosed && v.Place.Status != directory.Active {
				waiting = append(waiting, WaitingInvitation{Member: v.Place.UUID, Account: v.Account, By: v.By, member: v.Place.ID})
			}
		}
		return nil
	})
	return waiting, err
}
