package identity

import (
	"context"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A PasswordChange is a person's new password. Token is the session's it comes
// from; Old is asked only where that session opens more than this change.
type PasswordChange struct {
	Token    string
	Old, New string
}

// PasswordRules is the policy a person's password has to meet: the strictest of
// their accounts (USER-4).
func (u *Users) PasswordRules(ctx context.Context, actor authz.Actor) (directory.PasswordPolicy, error) {
	return u.policyOf(ctx, actor.User)
}

// ChangePassword gives the actor a new password, ends their other sessions and
// tells them by mail. The session goes on under another token and opens
// everything from now on. A provisional password is used up by that (SIGN-1),
// and makes the person active where they were invited with it (LIST-2).
//
// It refuses with what the strictest policy of their accounts says, with
// password.same, and with password.wrong_old, which counts as a wrong sign-in.
func (u *Users) ChangePassword(ctx context.Context, actor authz.Actor, change PasswordChange, limits SessionLimits) (Started, error) {
	client := gate.Client{Address: actor.Address, Agent: actor.Agent}
	user, session, err := u.changing(ctx, actor, change.Token)
	if err != nil {
		return Started{}, err
	}
	var faults directory.Faults
	if session.Purpose == PurposeFull {
		if err := faults.Note(u.provesOld(ctx, client, user, change.Old)); err != nil {
			return Started{}, err
		}
	}
	policy, err := u.policyOf(ctx, user.ID)
	if err != nil {
		return Started{}, err
	}
	if len(faults) > 0 { // whether the new one is the old one is told to nobody who does not know it
		return Started{}, faults.With(u.roster.MayHave(ctx, policy, user, change.New))
	}
	hash, err := u.roster.NewHash(ctx, policy, user, change.New)
	if err != nil {
		return Started{}, err
	}
	accounts, err := u.roster.AccountsOf(ctx, user.ID)
	if err != nil {
		return Started{}, err
	}
	var started Started
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(user.ID); err != nil {
			return err
		}
		if err := u.planNewPassword(ctx, r, p, user, hash); err != nil {
			return err
		}
		own := user
		own.Password, own.PasswordSet = directory.PasswordOwn, p.Now
		factor, err := r.Factor(ctx, user.ID)
		if err != nil {
			return err
		}
		var next store.Session
		started, next = Beginning{User: own, Policy: policy, Factor: factor, Passed: true, Client: client, Limits: limits}.Session(p.Now)
		next.Entry = session.Entry
		p.Change(store.StartSession(next))
		return nil
	}, accounts...)
	return started, err
}

// changing reads who changes their password and from which session.
func (u *Users) changing(ctx context.Context, actor authz.Actor, token string) (user directory.User, session store.Session, err error) {
	err = u.gate.Read(ctx, func(r *store.Reader) error {
		if session, err = r.Session(ctx, secret.Digest(token)); err != nil {
			return err
		}
		if session.User != actor.User {
			return directory.Refuse(directory.Denied, "denied.self")
		}
		if session.Purpose != PurposeFull && session.Purpose != PurposePassword {
			return directory.Refuse(directory.Denied, "sign_in.required")
		}
		user, err = r.User(ctx, session.User)
		return err
	})
	return user, session, err
}

// provesOld asks for the present password again, with the count of sign-ins:
// an open session is no way to guess it faster.
func (c *core) provesOld(ctx context.Context, client gate.Client, user directory.User, old string) error {
	if err := c.claim(ctx, triesOf(client, user.UserName)); err != nil {
		return err
	}
	ok, _, err := c.roster.Passwords.Verify(ctx, user.PasswordHash, old)
	if err != nil {
		return err
	}
	if !ok {
		return directory.InvalidField("old", "password.wrong_old", nil)
	}
	return c.gate.Note(ctx, func(tx *store.Tx) error { return forgive(ctx, tx, triesOf(client, user.UserName)) })
}

// planNewPassword writes a person's own password: all sessions end, mailed
// links die, and they are told. It refuses with stale when the person changed
// meanwhile.
func (c *core) planNewPassword(ctx context.Context, r *store.Reader, p *gate.Plan, user directory.User, hash string) error {
	own := user
	own.Choose(hash, p.Now)
	p.Record(p.Entry(audit.UserPasswordChanged, user.ID, 0))
	p.Change(store.UpdateUser{User: own}, store.EndSessions{User: user.ID}, store.EndLinks{User: user.ID})
	p.Mail(directory.Mail{User: user.ID, Address: user.Email, Kind: directory.MailPasswordChanged, Language: user.Language,
		Facts: map[string]string{directory.FactUserName: user.UserName, directory.FactAt: p.Now.Format(time.RFC3339)}})
	if user.Password != directory.PasswordProvisional {
		return nil
	}
	return c.planArrival(ctx, r, p, own, user)
}

// planArrival makes a person active in the accounts that had invited them when
// their provisional password was set, by whoever set it: who used it has accepted
// (LIST-2). An account that asked them in later, or somebody else who did, waits
// for an answer of its own (USER-4, USER-8).
func (c *core) planArrival(ctx context.Context, r *store.Reader, p *gate.Plan, user, before directory.User) error {
	user.PasswordBy = before.PasswordBy
	memberships, err := r.Memberships(ctx, user.ID)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		there, held := p.In(m.Account())
		if m.Status != directory.Invited || m.Added.After(before.PasswordSet) || !held {
			continue
		}
		if err := c.arrive(ctx, r, there, user, m); err != nil && !gate.RefusedWith(err, "account.closed") {
			return err
		}
	}
	return nil
}

func (c *core) arrive(ctx context.Context, r *store.Reader, p *gate.Plan, user directory.User, m directory.Member) error {
	open, err := r.OpenInvitation(ctx, m.ID)
	if gate.RefusedWith(err, "invitation.unknown") {
		return nil // it was withdrawn, and must be sent again
	}
	if err != nil {
		return err
	}
	v, err := c.roster.Invited(ctx, r, open, p.Now)
	if err != nil || v.Acceptable() != nil || open.By != user.PasswordBy && user.Proved.IsZero() {
		return err
	}
	return c.roster.PlanAcceptance(ctx, r, p, v, user)
}

// resetLink is how long a forgotten password's link lives (SIGN-4).
const resetLink = 2 * time.Hour

// Forgot mails a link to choose a new password to whoever has that user name or
// address. The answer is the same whether anybody has (SIGN-4); it refuses with
// limit.hourly whoever asks too often. Who has no password yet but an open
// invitation gets that again: it is their way in (INV-4).
func (u *Users) Forgot(ctx context.Context, client gate.Client, name string) error {
	ctx, answer := u.gate.Evenly(ctx)
	defer answer()
	name = directory.Cut(name, 254)
	err := u.gate.Ration(ctx,
		gate.Ration{Scope: "forgot", Subject: gate.DigestOf(directory.Fold(name)), Most: 3},
		gate.Ration{Scope: "forgot.address", Subject: NetworkOf(client.Address), Most: 20})
	if err != nil {
		return err
	}
	stranger := authz.Actor{Kind: authz.Stranger, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	invited := false
	_, err = u.gate.Perform(ctx, stranger, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the mail goes to the person's own address")
		invited = false
		user, err := r.UserBySignInName(ctx, name)
		if gate.RefusedWith(err, "user.not_found") {
			return nil
		}
		if err != nil || !user.SwitchedOff.IsZero() {
			return err
		}
		if invited = user.Password == directory.PasswordNone; invited {
			return nil
		}
		token, digest := secret.NewToken()
		expires := p.Now.Add(resetLink)
		p.Pending(store.PutMailedLink{Digest: digest, Purpose: store.LinkPassword, User: user.ID, Expires: expires})
		p.Mail(directory.Mail{User: user.ID, Address: user.Email, Kind: directory.MailPasswordReset, Language: user.Language,
			Path: directory.MailPasswordReset.Path(""), Secret: token,
			Facts: map[string]string{directory.FactUserName: user.UserName, directory.FactDeadline: expires.Format(time.RFC3339)}})
		return nil
	})
	if err != nil || !invited {
		return err
	}
	if err := u.needs.InviteAgain(ctx, client, name); err != nil && !gate.RefusedWith(err, "limit.hourly") {
		return err
	}
	return nil
}

// A Resetting is who chooses a new password by a mailed link, and what it has
// to meet.
type Resetting struct {
	User   directory.User
	Policy directory.PasswordPolicy
}

// Resetting reads whose link a token is, without using it (INV-10). It refuses
// with link.dead.
func (u *Users) Resetting(ctx context.Context, token string) (Resetting, error) {
	var who Resetting
	err := u.gate.Read(ctx, func(r *store.Reader) error {
		link, err := r.MailedLink(ctx, secret.Digest(token), store.LinkPassword, u.gate.Instant())
		if err != nil {
			return err
		}
		if who.User, err = r.User(ctx, link.User); err != nil {
			return err
		}
		who.Policy, err = u.roster.PasswordPolicy(ctx, r, link.User)
		return err
	})
	return who, err
}

// Reset gives the person of a mailed link a new password; the link is used up
// and every session ends. It refuses with link.dead, and as ChangePassword does.
func (u *Users) Reset(ctx context.Context, client gate.Client, token, password string) error {
	who, err := u.Resetting(ctx, token)
	if err != nil {
		return err
	}
	hash, err := u.roster.NewHash(ctx, who.Policy, who.User, password)
	if err != nil {
		return err
	}
	accounts, err := u.roster.AccountsOf(ctx, who.User.ID)
	if err != nil {
		return err
	}
	actor := authz.Actor{Kind: authz.Person, User: who.User.ID, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the mailed token is the proof")
		link, err := r.MailedLink(ctx, secret.Digest(token), store.LinkPassword, p.Now)
		if err != nil {
			return err
		}
		user, err := r.User(ctx, link.User)
		if err != nil {
			return err
		}
		user.Prove(p.Now) // the link was mailed to their address
		return u.planNewPassword(ctx, r, p, user, hash)
	}, accounts...)
	return err
}
