package identity

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// A FactorState is what a person sees of their second factor. Setup is set while
// one waits to be confirmed.
type FactorState struct {
	Since      time.Time // zero: none
	Left       int64     // recovery codes that were not used
	Compulsory bool
	Demanded   []string // the accounts that open no page without one (SIGN-6)
	Setup      *FactorSetup
}

// A FactorSetup is what an authenticator needs: the secret to type, and the
// address in the picture to scan.
type FactorSetup struct{ Secret, Address string }

// Factor reads the actor's own second factor. It refuses with sign_in.required.
func (u *Users) Factor(ctx context.Context, actor authz.Actor) (FactorState, error) {
	var state FactorState
	if actor.User == 0 {
		return state, directory.Refuse(directory.Denied, "sign_in.required")
	}
	err := u.gate.Read(ctx, func(r *store.Reader) error {
		user, err := r.User(ctx, actor.User)
		if err != nil {
			return err
		}
		factor, err := r.Factor(ctx, actor.User)
		if err != nil {
			return err
		}
		state.Since, state.Compulsory = factor.Confirmed, user.NeedsFactor()
		if state.Demanded, err = demanding(ctx, r, user.ID); err != nil {
			return err
		}
		if state.Left, err = r.RecoveryCodesLeft(ctx, actor.User); err != nil {
			return err
		}
		if factor.Confirmable(u.gate.Instant()) != nil {
			return nil
		}
		text, err := u.openFactor(factor.User, factor.Pending)
		state.Setup = &FactorSetup{Secret: text, Address: secret.OneTimeAddress(text, u.gate.Catalogue().Branding.Name, user.UserName)}
		return err
	})
	return state, err
}

func (c *core) openFactor(user directory.UserID, sealed []byte) (string, error) {
	text, err := c.gate.Box.Open(sealed, store.FactorContext(user))
	if err != nil {
		return "", fmt.Errorf("open one-time secret of user %d: %w", user, err)
	}
	return string(text), nil
}

// BeginFactor makes a secret for the actor's authenticator, which ConfirmFactor
// lets stand. What stood before goes on until then.
func (u *Users) BeginFactor(ctx context.Context, actor authz.Actor) error {
	text := secret.NewOneTimeSecret()
	_, err := u.gate.Perform(ctx, actor, directory.Installation, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(actor.User); err != nil {
			return err
		}
		p.Pending(store.BeginFactor{User: actor.User, Sealed: u.gate.Box.Seal([]byte(text), store.FactorContext(actor.User))})
		return nil
	})
	return err
}

// A FactorConfirm is the first code of a new authenticator. Token is the
// session's it comes from; Proof is a code of the factor that stands, and the
// password where none does: an open session alone changes no sign-in.
type FactorConfirm struct{ Token, Code, Proof string }

// A ConfirmedFactor stands from now on: the session goes on under another token,
// and the recovery codes are shown this once.
type ConfirmedFactor struct {
	Started Started
	Codes   []string
}

// ConfirmFactor lets the second factor stand that was begun, once its
// authenticator shows the right code, and gives ten recovery codes in place of
// any before. The actor's other sessions end (SIGN-6, SIGN-7).
//
// It refuses with factor.not_begun, with factor.wrong at the field "code", with
// factor.wrong or password.wrong_old at "proof", and with sign_in.wait after many
// wrong proofs.
func (u *Users) ConfirmFactor(ctx context.Context, actor authz.Actor, given FactorConfirm, limits SessionLimits) (ConfirmedFactor, error) {
	var done ConfirmedFactor
	in, err := u.factorOwner(ctx, actor, given.Token)
	if err != nil {
		return done, err
	}
	if refusal := in.factor.Confirmable(u.gate.Instant()); refusal != nil {
		return done, refusal
	}
	step, err := u.firstStep(in.factor, given.Code)
	if err != nil {
		return done, err
	}
	proof, err := u.provesSelf(ctx, actor, in.user, in.factor, given.Proof)
	if err != nil {
		return done, err
	}
	policy, err := u.policyOf(ctx, in.user.ID)
	if err != nil {
		return done, err
	}
	done.Codes = secret.NewRecoveryCodes()
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(in.user.ID); err != nil {
			return err
		}
		factor, err := r.Factor(ctx, in.user.ID)
		if err != nil {
			return err
		}
		if !bytes.Equal(factor.Pending, in.factor.Pending) {
			return directory.Refuse(directory.Conflict, "factor.not_begun")
		}
		if err := u.planProof(ctx, r, p, proof); err != nil {
			return atField(err, "proof")
		}
		p.Change(store.ConfirmFactor{User: in.user.ID, Sealed: factor.Pending, Step: step}, u.recoveryCodes(in.user.ID, done.Codes),
			store.EndSessions{User: in.user.ID})
		p.Record(p.Entry(audit.UserFactorSet, in.user.ID, 0))
		p.Mail(factorMail(directory.MailFactorSet, in.user, p.Now))
		factor.Confirmed = p.Now
		next := store.Session{}
		done.Started, next = Beginning{User: in.user, Policy: policy, Factor: factor, Passed: true,
			Client: gate.Client{Address: actor.Address, Agent: actor.Agent}, Limits: limits}.Session(p.Now)
		next.Entry = in.session.Entry
		p.Change(store.StartSession(next))
		return nil
	})
	return done, err
}

// factorOwner reads whose factor is set up, and from which session.
func (u *Users) factorOwner(ctx context.Context, actor authz.Actor, token string) (asked, error) {
	in, err := u.askedFor(ctx, token)
	if err == nil && (actor.User == 0 || in.user.ID != actor.User) {
		err = directory.Refuse(directory.Denied, "denied.self")
	}
	if err == nil && in.session.Purpose != PurposeFull && in.session.Purpose != PurposeEnrol {
		err = directory.Refuse(directory.Denied, "sign_in.required")
	}
	return in, err
}

// firstStep is the step of the first code of what is set up.
func (c *core) firstStep(factor directory.Factor, typed string) (int64, error) {
	code, refusal := directory.ParseFactorCode(typed)
	if refusal != nil {
		return 0, refusal
	}
	text, err := c.openFactor(factor.User, factor.Pending)
	if err != nil {
		return 0, err
	}
	step, ok, err := secret.MatchOneTimeCode(text, code.Text, c.gate.Instant(), 0)
	if err == nil && !ok {
		err = directory.WrongFactor()
	}
	return step, err
}

func (c *core) recoveryCodes(user directory.UserID, codes []string) store.PutRecoveryCodes {
	put := store.PutRecoveryCodes{User: user}
	for _, code := range codes {
		put.Digests = append(put.Digests, c.gate.Box.RecoveryDigest(code))
	}
	return put
}

// factorMail tells a person what became of their second factor.
func factorMail(kind directory.MailKind, u directory.User, at time.Time) directory.Mail {
	return directory.Mail{User: u.ID, Address: u.Email, Kind: kind, Language: u.Language,
		Facts: map[string]string{directory.FactUserName: u.UserName, directory.FactAt: at.Format(time.RFC3339)}}
}

// RemoveFactor takes the actor's second factor away, for a code of it or a
// recovery code. It refuses the vendor's staff with factor.compulsory (VEND-3),
// and with factor.none and factor.wrong.
func (u *Users) RemoveFactor(ctx context.Context, actor authz.Actor, typed string) error {
	return u.withProof(ctx, actor, typed, func(p *gate.Plan, user directory.User) error {
		if user.NeedsFactor() {
			return directory.Refuse(directory.Denied, "factor.compulsory")
		}
		p.Change(store.DropFactor{User: user.ID})
		p.Record(p.Entry(audit.UserFactorRemoved, user.ID, 0))
		p.Mail(factorMail(directory.MailFactorRemoved, user, p.Now))
		return nil
	})
}

// NewRecoveryCodes gives the actor ten recovery codes in place of those they
// had, for a code; they are shown this once. It refuses with factor.none and
// factor.wrong.
func (u *Users) NewRecoveryCodes(ctx context.Context, actor authz.Actor, typed string) ([]string, error) {
	codes := secret.NewRecoveryCodes()
	err := u.withProof(ctx, actor, typed, func(p *gate.Plan, user directory.User) error {
		p.Change(u.recoveryCodes(user.ID, codes))
		p.Record(p.Entry(audit.UserRecoveryRenewed, user.ID, 0))
		return nil
	})
	return codes, err
}

// withProof plans a change of the actor's own second factor that asks for it.
func (u *Users) withProof(ctx context.Context, actor authz.Actor, typed string, plan func(p *gate.Plan, user directory.User) error) error {
	user, err := u.Profile(ctx, actor)
	if err != nil {
		return err
	}
	proof, err := u.proveFactor(ctx, actor, user, typed)
	if err != nil {
		return err
	}
	_, err = u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(user.ID); err != nil {
			return err
		}
		now, err := r.User(ctx, user.ID)
		if err != nil {
			return err
		}
		if err := u.planProof(ctx, r, p, proof); err != nil {
			return err
		}
		return plan(p, now)
	})
	return err
}

// ResetFactor takes somebody's second factor away who has lost it, for a reason
// they are told by mail; they are signed out everywhere. It is for staff who name
// staff. It refuses with factor.none, with user.yourself, and with the reason
// when it is missing or too long.
func (u *Users) ResetFactor(ctx context.Context, actor authz.Actor, user directory.UserID, reason string) error {
	reason, refusal := directory.ReasonText.Required(reason)
	_, err := u.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.NameStaff); err != nil {
			return err
		}
		switch {
		case refusal != nil:
			return refusal
		case user != 0 && user == actor.User:
			return directory.Refuse(directory.Conflict, "user.yourself")
		}
		who, err := r.User(ctx, user)
		if err != nil {
			return err
		}
		factor, err := r.Factor(ctx, user)
		if err != nil {
			return err
		}
		if !factor.Stands() {
			return &directory.Error{Kind: directory.Conflict, Code: "factor.none", Args: directory.Args{"Name": who.Name()}}
		}
		p.Change(store.DropFactor{User: user}, store.EndSessions{User: user})
		entry := p.Entry(audit.UserFactorRemoved, user, 0)
		entry.Note("reason", "", reason)
		p.Record(entry)
		mail := factorMail(directory.MailFactorReset, who, p.Now)
		mail.Facts[directory.FactMessage] = reason
		p.Mail(mail)
		return nil
	})
	return err
}

// SeedFactor gives a person a second factor with a secret that is known: for
// generated data and tests.
func (u *Users) SeedFactor(ctx context.Context, user directory.UserID, text string) error {
	sealed := u.gate.Box.Seal([]byte(text), store.FactorContext(user))
	_, err := u.gate.Perform(ctx, gate.SystemActor(), directory.Installation, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("only the program itself seeds second factors")
		p.Change(store.BeginFactor{User: user, Sealed: sealed}, store.ConfirmFactor{User: user, Sealed: sealed})
		p.Record(p.Entry(audit.UserFactorSet, user, 0))
		return nil
	})
	return err
}
