package app

import (
	"context"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// ChangeEmail mails a link to the address the actor wants; only its button
// makes it theirs. An address somebody else signs in by is answered alike, and
// its owner is told (USER-3). It asks for the password again and refuses with
// password.wrong_old, with limit.hourly, and with the field at fault.
func (u *Users) ChangeEmail(ctx context.Context, actor authz.Actor, email, password string) error {
	ctx, answer := u.evenly(ctx)
	defer answer()
	email, refusal := directory.CleanEmail("email", email)
	if refusal != nil {
		return refusal
	}
	user, err := u.Profile(ctx, actor)
	if err != nil {
		return err
	}
	if email == directory.FoldEmail(user.Email) {
		return directory.InvalidField("email", "email.same", nil)
	}
	if err := u.provesOld(ctx, Client{actor.Address, actor.Agent}, user, password); err != nil {
		return err
	}
	err = u.ration(ctx, ration{"email", user.UUID, 5}, ration{"email.to", digestOf(email), 3})
	if err != nil {
		return err
	}
	_, err = u.perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireSelf(user.ID); err != nil {
			return err
		}
		known, err := r.UserBySignInName(ctx, email)
		switch {
		case err == nil && known.ID != user.ID:
			p.Mail(knownMail(known, email))
			return nil
		case err != nil && !refusedWith(err, "user.not_found"):
			return err
		}
		u.planConfirmAddress(p, user, email)
		return nil
	})
	return err
}

// ConfirmEmail makes the address of a mailed link its person's. The old one is
// told, all open links die, and they are signed out everywhere but where the
// session of keep is theirs (USER-1). It refuses with link.dead, and with
// user.name_taken when somebody got that address meanwhile.
func (u *Users) ConfirmEmail(ctx context.Context, client Client, token, keep string) (directory.User, error) {
	var after directory.User
	accounts, err := u.accountsOfLink(ctx, token)
	if err != nil {
		return after, err
	}
	actor := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = u.perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *Plan) error {
		p.OpenToAnyone("the mailed token is the proof")
		link, err := r.MailedLink(ctx, secret.Digest(token), store.LinkEmail, p.Now)
		if err != nil {
			return err
		}
		before, err := r.User(ctx, link.User)
		if err != nil {
			return err
		}
		after = before
		after.Email = link.Email
		if err := namesFree(ctx, r, after); err != nil {
			return err
		}
		p.Actor.Kind, p.Actor.User = authz.Person, before.ID
		p.Record(userEntry(p, audit.UserEmailChanged, before, after))
		p.Change(store.UpdateUser{User: after})
		u.planAddress(p, before, secret.Digest(keep))
		return nil
	}, accounts...)
	return after, err
}

func (u *Users) accountsOfLink(ctx context.Context, token string) ([]directory.AccountID, error) {
	var link store.MailedLink
	err := u.db.View(ctx, func(r *store.Reader) (err error) {
		link, err = r.MailedLink(ctx, secret.Digest(token), store.LinkEmail, u.instant())
		return err
	})
	if err != nil {
		return nil, err
	}
	return u.accountsOf(ctx, link.User)
}
