package app

import (
	"context"
	"strings"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Again sends a new invitation to the address of whoever is invited under that
// user name or address, and the old link dies (INV-4). The answer is the same
// whether anybody is; it refuses with limit.hourly whoever asks too often.
func (s *Invitations) Again(ctx context.Context, client Client, name string) error {
	ctx, answer := s.evenly(ctx)
	defer answer()
	name = cutText(strings.TrimSpace(name), 254)
	if name == "" {
		return directory.InvalidField("name", "field.required", nil)
	}
	err := s.ration(ctx, ration{"invitation_again", digestOf(directory.Fold(name)), 3}, ration{"invitation_again.address", networkOf(client.Address), 20})
	if err != nil {
		return err
	}
	var open []directory.Invitation
	err = s.read(ctx, func(r *store.Reader) error {
		u, err := r.UserBySignInName(ctx, name)
		if err != nil {
			return err
		}
		open, err = r.OpenInvitationsOf(ctx, u.ID)
		return err
	})
	if err != nil && !refusedWith(err, "user.not_found") {
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
func (s *Invitations) AgainFor(ctx context.Context, client Client, token string) error {
	err := s.ration(ctx, ration{"invitation_again", digestOf(token), 3}, ration{"invitation_again.address", networkOf(client.Address), 20})
	if err != nil {
		return err
	}
	v, err := s.Look(ctx, token)
	if err != nil || v.State == directory.InvitationUnknown {
		return err
	}
	return s.again(ctx, client, v.invitation)
}

// again sends the invitation of a member anew, in the name of who invited them.
// A member who has none open gets none: it was withdrawn, or accepted.
func (s *Invitations) again(ctx context.Context, client Client, of directory.Invitation) error {
	stranger := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err := s.perform(ctx, stranger, of.Account, func(ctx context.Context, r *store.Reader, p *Plan) error {
		p.OpenToAnyone("the mail goes to the invited person's own address")
		open, err := r.OpenInvitation(ctx, of.Member)
		if err != nil {
			return err
		}
		v, err := s.invited(ctx, r, open, p.Now)
		if err != nil || v.member.Status != directory.Invited || v.State == directory.InvitationWithdrawn || !v.User.SwitchedOff.IsZero() {
			return err
		}
		ro, err := s.roster(ctx, r, p, v.member)
		if err != nil {
			return err
		}
		by, err := r.Users(ctx, []directory.UserID{open.By})
		if err != nil {
			return err
		}
		s.planInvitation(p, ro, invitee{User: v.User, Member: v.member, Again: true, By: by[open.By]})
		return nil
	})
	if refusedWith(err, "invitation.unknown") || refusedWith(err, "account.closed") {
		return nil
	}
	return err
}
