package app

import (
	"context"
	"slices"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// An Invited is what the holder of a mailed invitation may know: the mail said
// as much, and it went to the person's own address.
type Invited struct {
	State     directory.InvitationState
	Account   directory.Account
	By        string // who invites
	User      directory.User
	Suggested directory.PersonName
	Known     bool // has a password of their own: accepts after signing in (USER-4)
	Until     time.Time
	Policy    directory.PasswordPolicy

	invitation directory.Invitation
	member     directory.Member
}

// Look reads an invitation by its token, without using it (INV-10). A token
// nobody sent answers with the state unknown.
func (s *Invitations) Look(ctx context.Context, token string) (Invited, error) {
	var v Invited
	err := s.read(ctx, func(r *store.Reader) error {
		invitation, err := r.InvitationByDigest(ctx, secret.Digest(token))
		if err != nil {
			return err
		}
		if v, err = s.invited(ctx, r, invitation, s.instant()); err != nil {
			return err
		}
		v.Policy, err = s.passwordPolicy(ctx, r, v.User.ID)
		return err
	})
	if refusedWith(err, "invitation.unknown") {
		return Invited{State: directory.InvitationUnknown}, nil
	}
	return v, err
}

// invited reads who was invited where, by whom, and what that is worth now.
func (c *core) invited(ctx context.Context, r *store.Reader, invitation directory.Invitation, now time.Time) (Invited, error) {
	v := Invited{invitation: invitation, Until: invitation.Expires, By: c.catalogue().Branding.Name}
	var err error
	if v.Account, err = r.Account(ctx, invitation.Account); err != nil {
		return v, err
	}
	if v.member, err = r.Member(ctx, invitation.Member); err != nil {
		return v, err
	}
	people, err := r.Users(ctx, []directory.UserID{invitation.User, invitation.By})
	if err != nil {
		return v, err
	}
	v.User, v.Suggested = people[invitation.User], v.member.Suggested
	if by, ok := people[invitation.By]; ok {
		v.By = by.Name()
	}
	v.Known, v.State = v.User.Password == directory.PasswordOwn, invitation.Stands(v.User, v.member, now)
	return v, nil
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
	Started Started
}

// Accept lets somebody new in: they get the names and the password they chose,
// are an active member, and are signed in. The invitation is used up (INV-1).
//
// Whoever has a password already is refused with invitation.sign_in: an
// invitation never sets an existing one, they accept with AcceptKnown (USER-4).
// It refuses an invitation that is not open by its state, invitation.expired for
// one (INV-9), user.switched_off, and the field at fault.
func (s *Invitations) Accept(ctx context.Context, client Client, a Acceptance, limits SessionLimits) (Accepted, error) {
	var done Accepted
	v, err := s.Look(ctx, a.Token)
	if err != nil {
		return done, err
	}
	if refusal := v.acceptable(); refusal != nil {
		return done, refusal
	}
	if v.Known {
		return done, directory.Refuse(directory.Denied, "invitation.sign_in")
	}
	if err := s.checkAcceptance(&a); err != nil {
		return done, err
	}
	named := v.User
	named.First, named.Last, named.Language = a.First, a.Last, a.Language
	hash, err := s.newHash(ctx, v.Policy, named, a.Password)
	if err != nil {
		return done, err
	}
	accounts, err := s.accountsOf(ctx, v.User.ID)
	if err != nil {
		return done, err
	}
	actor := authz.Actor{Kind: authz.Person, User: v.User.ID, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = s.perform(ctx, actor, v.invitation.Account, func(ctx context.Context, r *store.Reader, p *Plan) error {
		p.OpenToAnyone("the mailed token is the proof")
		now, err := s.openNow(ctx, r, p, v.invitation.Member, a.Token)
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
		started, session := beginning{User: after, Policy: v.Policy, Factor: factor, Client: client, Limits: limits}.session(p.Now)
		done = Accepted{Account: now.Account, Started: started}
		p.Pending(store.StartSession(session))
		return s.planAcceptance(ctx, r, p, now, after)
	}, append(accounts, directory.Installation)...)
	if err != nil {
		return done, err
	}
	return done, s.note(ctx, func(tx *store.Tx) error {
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
func planFirstPassword(p *Plan, before, after directory.User) {
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

func (s *Invitations) checkAcceptance(a *Acceptance) error {
	for _, name := range []struct {
		kind  directory.Text
		value *string
	}{{directory.FirstName, &a.First}, {directory.LastName, &a.Last}} {
		clean, refusal := name.kind.Required(*name.value)
		if refusal != nil {
			return refusal
		}
		*name.value = clean
	}
	if !slices.Contains(s.catalogue().Languages, a.Language) {
		return directory.InvalidField("language", "field.unknown_choice", directory.Args{"Value": a.Language})
	}
	return nil
}

// acceptable refuses an invitation that is over, and whose person was switched off.
func (v Invited) acceptable() error {
	if refusal := v.State.Acceptable(); refusal != nil {
		return refusal
	}
	if !v.User.SwitchedOff.IsZero() || !v.User.Erased.IsZero() {
		return directory.Refuse(directory.Denied, "user.switched_off")
	}
	return nil
}

// openNow reads an invitation anew under the account's lock, by its token or,
// without one, as the member's open one, and refuses what cannot be accepted
// any more: of two at once, one finds it ended.
func (s *Invitations) openNow(ctx context.Context, r *store.Reader, p *Plan, member directory.MemberID, token string) (Invited, error) {
	var invitation directory.Invitation
	var err error
	if token != "" {
		invitation, err = r.InvitationByDigest(ctx, secret.Digest(token))
	} else {
		invitation, err = r.OpenInvitation(ctx, member)
	}
	if err != nil {
		return Invited{}, err
	}
	v, err := s.invited(ctx, r, invitation, p.Now)
	if err != nil {
		return v, err
	}
	return v, v.acceptable()
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
	return s.acceptSignedIn(ctx, actor, v.invitation.Account, v.invitation.Member, token)
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
	_, err := s.perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *Plan) error {
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
			planProof(p, &v.User)
		}
		done.Account = v.Account
		return s.planAcceptance(ctx, r, p, v, v.User)
	})
	return done, err
}

// planProof notes that a link mailed to the person's address was followed by
// whoever signs in as them (USER-8).
func planProof(p *Plan, u *directory.User) {
	u.Prove(p.Now)
	p.Record(p.Entry(audit.UserAddressProved, u.ID, 0))
	p.Change(store.UpdateUser{User: *u})
	u.Version++
}

// planAcceptance makes the invited member active and ends the invitation. What
// the inviter could not give any more is dropped, and the history of the
// account shows it (ROLE-6).
func (c *core) planAcceptance(ctx context.Context, r *store.Reader, p *Plan, v Invited, u directory.User) error {
	ro, err := c.roster(ctx, r, p, v.member)
	if err != nil {
		return err
	}
	after := v.member
	after.Status, after.Resumes = directory.Active, 0
	gives, err := c.stillGives(ctx, r, ro, v.invitation.By, p.Now)
	if err != nil {
		return err
	}
	if v.member.Status != directory.Active {
		after.Functions = slices.DeleteFunc(slices.Clone(after.Functions), func(id directory.RoleID) bool { return !gives(id) })
		if !gives(after.Level) {
			after.Level = 0
		}
	}
	ro.change(audit.InvitationAccepted, u, v.member, after)
	if v.member.Status != directory.Active {
		if err := c.keepGrants(ctx, r, p, after, v.invitation.By); err != nil {
			return err
		}
	}
	p.Change(store.EndInvitations{Members: []directory.MemberID{after.ID}, State: string(directory.InvitationAccepted)},
		store.CloseJoinRequests{User: u.ID, Account: ro.account.ID})
	if v.member.Status == directory.Active {
		p.Record(p.Entry(audit.InvitationAccepted, u.ID, int64(after.ID)))
	}
	return ro.settle(ctx, r)
}

// stillGives tells which roles the inviter may still give: the vendor's staff
// and operator gave them by their duty, everybody else must hold what is in
// them now (ROLE-6).
func (c *core) stillGives(ctx context.Context, r *store.Reader, ro *roster, by directory.UserID, now time.Time) (func(directory.RoleID) bool, error) {
	rights, err := c.rightsOfGiver(ctx, r, ro.account.ID, by, now)
	if err != nil {
		return nil, err
	}
	return func(id directory.RoleID) bool {
		role, ok := ro.role(id)
		if !ok {
			return id == 0
		}
		return rights.MayGive(role.ID, ro.account.Root)
	}, nil
}

// rightsOfGiver are what somebody who gave something may give now: the vendor's
// staff, the operator and the program itself all, by their duty.
func (c *core) rightsOfGiver(ctx context.Context, r *store.Reader, account directory.AccountID, by directory.UserID, now time.Time) (authz.Rights, error) {
	actor := authz.Actor{Kind: authz.Person, User: by}
	if by == 0 {
		return c.rightsAt(ctx, r, SystemActor(), account, now)
	}
	giver, err := r.User(ctx, by)
	if err != nil {
		return authz.Rights{}, err
	}
	if giver.Staff != "" {
		actor = SystemActor()
	}
	return c.rightsAt(ctx, r, actor, account, now)
}

// keepGrants ends the grants of somebody who becomes active that neither who gave
// them nor one of the inviters may give any more (ROLE-6).
func (c *core) keepGrants(ctx context.Context, r *store.Reader, p *Plan, m directory.Member, inviters ...directory.UserID) error {
	g, err := c.grantingIn(ctx, r, p)
	if err != nil {
		return err
	}
	grants, err := r.GrantsOf(ctx, m.ID)
	if err != nil {
		return err
	}
	mayStill := c.giversNow(ctx, r, p)
	for _, grant := range grants {
		stands := false
		for _, by := range append(slices.Clone(inviters), grant.By) {
			rights, err := mayStill(by)
			if err != nil {
				return err
			}
			stands = stands || rights.MayGive(grant.Role, grant.Unit)
		}
		if !stands {
			g.end(m, grant)
		}
	}
	g.settle()
	return nil
}

// proved refuses with address.unproved whoever has not proved their address.
func (c *core) proved(ctx context.Context, user directory.UserID) error {
	return c.read(ctx, func(r *store.Reader) error {
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
	err := s.read(ctx, func(r *store.Reader) error {
		u, err := r.User(ctx, actor.User)
		if err != nil || u.Proved.IsZero() {
			return err
		}
		open, err := r.OpenInvitationsOf(ctx, actor.User)
		if err != nil {
			return err
		}
		for _, invitation := range open {
			v, err := s.invited(ctx, r, invitation, s.instant())
			if err != nil {
				return err
			}
			if v.State == directory.InvitationOpen && v.Account.State != directory.AccountClosed && v.member.Status != directory.Active {
				waiting = append(waiting, WaitingInvitation{Member: v.member.UUID, Account: v.Account, By: v.By, member: v.member.ID})
			}
		}
		return nil
	})
	return waiting, err
}

// Member is the public id of the membership that the invitation is for.
func (v Invited) Member() string { return v.member.UUID }
