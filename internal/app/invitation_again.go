package app

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/identity"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Again sends a new invitation to the address of whoever is invited under that
// user name or address, and the old link dies (INV-4). The answer is the same
// whether anybody is; it refuses with limit.hourly whoever asks too often.
func (s *Invitations) Again(ctx context.Context, client gate.Client, name string) error {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	name = directory.Cut(strings.TrimSpace(name), 254)
	if name == "" {
		return directory.InvalidField("name", "field.required", nil)
	}
	err := s.gate.Ration(ctx, gate.Ration{Scope: "invitation_again", Subject: gate.DigestOf(directory.Fold(name)), Most: 3}, gate.Ration{Scope: "invitation_again.address", Subject: identity.NetworkOf(client.Address), Most: 20})
	if err != nil {
		return err
	}
	var open []directory.Invitation
	err = s.gate.Read(ctx, func(r *store.Reader) error {
		u, err := r.UserBySignInName(ctx, name)
		if err != nil {
			return err
		}
		open, err = r.OpenInvitationsOf(ctx, u.ID)
		return err
	})
	if err != nil && !gate.RefusedWith(err, "user.not_found") {
		return err
	}
	for _, invitation := range open {
		if err := s.again(ctx, client, invitation); err != nil {
			return err
		}
	}
	return nil
}

// AgainFor is Again for the holder of an old link, whatever became of it; the
// new one goes to the person's address, not to whoever holds the link.
func (s *Invitations) AgainFor(ctx context.Context, client gate.Client, token string) error {
	err := s.gate.Ration(ctx, gate.Ration{Scope: "invitation_again", Subject: gate.DigestOf(token), Most: 3}, gate.Ration{Scope: "invitation_again.address", Subject: identity.NetworkOf(client.Address), Most: 20})
	if err != nil {
		return err
	}
	v, err := s.Look(ctx, token)
	if err != nil || v.State == directory.InvitationUnknown {
		return err
	}
	return s.again(ctx, client, v.Invitation)
}

// again sends the invitation of a member anew, in the name of who invited them.
// A member who has none open gets none: it was withdrawn, or accepted.
func (s *Invitations) again(ctx context.Context, client gate.Client, of directory.Invitation) error {
	stranger := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err := s.gate.Perform(ctx, stranger, of.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the mail goes to the invited person's own address")
		open, err := r.OpenInvitation(ctx, of.Member)
		if err != nil {
			return err
		}
		v, err := s.roster.Invited(ctx, r, open, p.Now)
		if err != nil || v.Place.Status != directory.Invited || v.State == directory.InvitationWithdrawn || !v.User.SwitchedOff.IsZero() {
			return err
		}
		ro, err := s.roster.Roster(ctx, r, p, v.Place)
		if err != nil {
			return err
		}
		by, err := r.Users(ctx, []directory.UserID{open.By})
		if err != nil {
			return err
		}
		return s.roster.PlanInvitation(p, ro, roster.Invitee{User: v.User, Member: v.Place, Again: true, By: by[open.By]})
	})
	if gate.RefusedWith(err, "invitation.unknown") || gate.RefusedWith(err, "account.closed") {
		return nil
	}
	return err
}
