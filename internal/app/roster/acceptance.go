package roster

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
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

	Invitation directory.Invitation
	Place      directory.Member
}

// Invited reads who was invited where, by whom, and what that is worth now.
func (w *Writer) Invited(ctx context.Context, r *store.Reader, invitation directory.Invitation, now time.Time) (Invited, error) {
	v := Invited{Invitation: invitation, Until: invitation.Expires, By: w.gate.Catalogue().Branding.Name}
	var err error
	if v.Account, err = r.Account(ctx, invitation.Account); err != nil {
		return v, err
	}
	if v.Place, err = r.Member(ctx, invitation.Member); err != nil {
		return v, err
	}
	people, err := r.Users(ctx, []directory.UserID{invitation.User, invitation.By})
	if err != nil {
		return v, err
	}
	v.User, v.Suggested = people[invitation.User], v.Place.Suggested
	if by, ok := people[invitation.By]; ok {
		v.By = by.Name()
	}
	v.Known, v.State = v.User.Password == directory.PasswordOwn, invitation.Stands(v.User, v.Place, now)
	return v, nil
}

// Acceptable refuses an invitation that is over, and whose person was switched off.
func (v Invited) Acceptable() error {
	if refusal := v.State.Acceptable(); refusal != nil {
		return refusal
	}
	if !v.User.SwitchedOff.IsZero() || !v.User.Erased.IsZero() {
		return directory.Refuse(directory.Denied, "user.switched_off")
	}
	return nil
}

// PlanProof notes that a link mailed to the person's address was followed by
// whoever signs in as them (USER-8).
func PlanProof(p *gate.Plan, u *directory.User) {
	u.Prove(p.Now)
	p.Record(p.Entry(audit.UserAddressProved, u.ID, 0))
	p.Change(store.UpdateUser{User: *u})
	u.Version++
}

// PlanAcceptance makes the invited member active and ends the invitation. What
// the inviter could not give any more is dropped, and the history of the
// account shows it (ROLE-6).
func (w *Writer) PlanAcceptance(ctx context.Context, r *store.Reader, p *gate.Plan, v Invited, u directory.User) error {
	ro, err := w.Roster(ctx, r, p, v.Place)
	if err != nil {
		return err
	}
	ro.arrival.by = v.By
	after := v.Place
	after.Status, after.Resumes = directory.Active, 0
	gives, err := w.stillGives(ctx, r, ro, v.Invitation.By, p.Now)
	if err != nil {
		return err
	}
	if v.Place.Status != directory.Active {
		kept := func(roles []directory.RoleID) []directory.RoleID {
			return slices.DeleteFunc(slices.Clone(roles), func(id directory.RoleID) bool { return !gives(id) })
		}
		after.Functions = kept(after.Functions)
		after = ro.leveled(after, kept(after.Levels())...)
	}
	ro.Change(audit.InvitationAccepted, u, v.Place, after)
	if v.Place.Status != directory.Active {
		if err := w.KeepGrants(ctx, r, p, after, v.Invitation.By); err != nil {
			return err
		}
	}
	p.Change(store.EndInvitations{Members: []directory.MemberID{after.ID}, State: string(directory.InvitationAccepted)},
		store.CloseJoinRequests{User: u.ID, Account: ro.Account.ID})
	if v.Place.Status == directory.Active {
		p.Record(p.Entry(audit.InvitationAccepted, u.ID, int64(after.ID)))
	}
	return ro.Settle(ctx, r)
}

// stillGives tells which roles the inviter may still give: the vendor's staff
// and operator gave them by their duty, everybody else must hold what is in
// them now (ROLE-6).
func (w *Writer) stillGives(ctx context.Context, r *store.Reader, ro *Roster, by directory.UserID, now time.Time) (func(directory.RoleID) bool, error) {
	rights, err := w.rightsOfGiver(ctx, r, ro.Account.ID, by, now)
	if err != nil {
		return nil, err
	}
	return func(id directory.RoleID) bool {
		role, ok := ro.role(id)
		if !ok {
			return id == 0
		}
		return rights.MayGive(role.ID, ro.Account.Root)
	}, nil
}

// rightsOfGiver are what somebody who gave something may give now: the vendor's
// staff, the operator and the program itself all, by their duty.
func (w *Writer) rightsOfGiver(ctx context.Context, r *store.Reader, account directory.AccountID, by directory.UserID, now time.Time) (authz.Rights, error) {
	actor := authz.Actor{Kind: authz.Person, User: by}
	if by == 0 {
		return w.gate.RightsAt(ctx, r, gate.SystemActor(), account, now)
	}
	giver, err := r.User(ctx, by)
	if err != nil {
		return authz.Rights{}, err
	}
	if giver.Staff != "" {
		actor = gate.SystemActor()
	}
	return w.gate.RightsAt(ctx, r, actor, account, now)
}

// KeepGrants ends the grants of somebody who becomes active that neither who gave
// them nor one of the inviters may give any more (ROLE-6).
func (w *Writer) KeepGrants(ctx context.Context, r *store.Reader, p *gate.Plan, m directory.Member, inviters ...directory.UserID) error {
	g, err := w.GrantingIn(ctx, r, p)
	if err != nil {
		return err
	}
	grants, err := r.GrantsOf(ctx, m.ID)
	if err != nil {
		return err
	}
	mayStill := w.giversNow(ctx, r, p)
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
	g.Settle()
	return nil
}

// Member is the public id of the membership that the invitation is for.
func (v Invited) Member() string { return v.Place.UUID }
