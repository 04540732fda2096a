package identity

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// ChangeEmail mails a link to the address the actor wants; only its button
// makes it theirs. An address somebody else signs in by is answered alike, and
// its owner is told (USER-3). It asks for the password again and refuses all at once
// what is wrong with the text of the address and with the password, with
// password.wrong_old: neither says whose the address is. It refuses with limit.hourly.
func (u *Users) ChangeEmail(ctx context.Context, actor authz.Actor, email, password string) error {
	ctx, answer := u.gate.Evenly(ctx)
	defer answer()
	user, err := u.Profile(ctx, actor)
	if err != nil {
		return err
	}
	email, refusal := directory.CleanEmail("email", email)
	if refusal == nil && email == directory.FoldEmail(user.Email) {
		refusal = directory.InvalidField("email", "email.same", nil)
	}
	var faults directory.Faults
	if err := faults.Note(refusal); err != nil {
		return err
	}
	if err := faults.With(u.provesOld(ctx, gate.Client{Address: actor.Address, Agent: actor.Agent}, user, password)); err != nil {
		return err
	}
	err = u.gate.Ration(ctx, gate.Ration{Scope: "email", Subject: user.UUID, Most: 5}, gate.Ration{Scope: "email.to", Subject: gate.DigestOf(email), Most: 3})
	if err != nil {
		return err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(user.ID); err != nil {
			return err
		}
		known, err := r.UserByAddress(ctx, email)
		switch {
		case err == nil && known.ID != user.ID:
			p.Mail(knownMail(known))
			return nil
		case err != nil && !gate.RefusedWith(err, "user.not_found"):
			return err
		}
		u.roster.PlanConfirmAddress(p, user, email)
		return nil
	})
	return err
}

// ProveEmail mails the actor a link by which they prove the address they have
// (USER-8). For whoever has proved it nothing goes out; it refuses with
// limit.hourly.
func (u *Users) ProveEmail(ctx context.Context, actor authz.Actor) error {
	ctx, answer := u.gate.Evenly(ctx)
	defer answer()
	user, err := u.Profile(ctx, actor)
	if err != nil {
		return err
	}
	err = u.gate.Ration(ctx, gate.Ration{Scope: "email", Subject: user.UUID, Most: 5}, gate.Ration{Scope: "email.to", Subject: gate.DigestOf(directory.FoldEmail(user.Email)), Most: 3})
	if err != nil {
		return err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(user.ID); err != nil {
			return err
		}
		now, err := r.User(ctx, user.ID)
		if err == nil && now.Proved.IsZero() && now.Email != "" {
			u.roster.PlanConfirmAddress(p, now, now.Email)
		}
		return err
	})
	return err
}

// ConfirmEmail makes the address of a mailed link its person's, proved from now
// on (USER-8). Whoever follows the link is signed in as that person: the owner of
// a mailbox who only presses the button gives it to nobody. A changed address ends
// all open links, the old one is told, and the person is signed out everywhere
// but in the session of keep (USER-1).
//
// It refuses with link.dead, also anybody else's link, and with user.name_taken
// when somebody got that address meanwhile.
func (u *Users) ConfirmEmail(ctx context.Context, actor authz.Actor, token, keep string) (directory.User, error) {
	var after directory.User
	accounts, err := u.accountsOfLink(ctx, token)
	if err != nil {
		return after, err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSignedIn(); err != nil {
			return err
		}
		link, err := r.MailedLink(ctx, secret.Digest(token), store.LinkEmail, p.Now)
		if err != nil {
			return err
		}
		if link.User != p.Actor.User {
			return directory.Refuse(directory.NotFound, "link.dead")
		}
		before, err := r.User(ctx, link.User)
		if err != nil {
			return err
		}
		after = before
		if directory.FoldEmail(link.Email) == directory.FoldEmail(before.Email) {
			roster.PlanProof(p, &after)
			p.Change(store.EndLinks{User: before.ID})
			return nil
		}
		after.Readdress(directory.FoldEmail(link.Email))
		after.Prove(p.Now)
		if err := roster.NamesFree(ctx, r, after); err != nil {
			return err
		}
		p.Record(roster.UserEntry(p, audit.UserEmailChanged, before, after))
		p.Change(store.UpdateUser{User: after})
		u.roster.PlanAddress(p, before, secret.Digest(keep))
		return nil
	}, accounts...)
	return after, err
}

func (u *Users) accountsOfLink(ctx context.Context, token string) ([]directory.AccountID, error) {
	var link store.MailedLink
	err := u.gate.Read(ctx, func(r *store.Reader) (err error) {
		link, err = r.MailedLink(ctx, secret.Digest(token), store.LinkEmail, u.gate.Instant())
		return err
	})
	if err != nil {
		return nil, err
	}
	return u.roster.AccountsOf(ctx, link.User)
}
