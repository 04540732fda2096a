package identity

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

const (
	throttleCode        = "factor"
	throttleCodeAddress = "factor.address"
	throttleCodeUser    = "factor.user"

	// freeCodesOfUser is how many wrong one-time codes for one person go without
	// a wait, from all addresses together: a code has six digits only, and who
	// knows the password may ask from many places.
	freeCodesOfUser = 20
)

// asked is a session with its person and their second factor.
type asked struct {
	session store.Session
	user    directory.User
	factor  directory.Factor
}

func (c *core) askedFor(ctx context.Context, token string) (asked, error) {
	var in asked
	err := c.gate.Read(ctx, func(r *store.Reader) (err error) {
		in, err = readAsked(ctx, r, secret.Digest(token))
		return err
	})
	if err == nil && !c.gate.Instant().Before(in.session.Expires) {
		err = directory.Refuse(directory.Denied, "sign_in.required")
	}
	return in, err
}

func readAsked(ctx context.Context, r *store.Reader, digest []byte) (asked, error) {
	var in asked
	var err error
	if in.session, err = r.Session(ctx, digest); err != nil {
		return in, err
	}
	if in.user, err = r.User(ctx, in.session.User); err != nil {
		return in, err
	}
	if !in.user.SwitchedOff.IsZero() || !in.user.Erased.IsZero() {
		return in, directory.Refuse(directory.Denied, "sign_in.required")
	}
	in.factor, err = r.Factor(ctx, in.user.ID)
	return in, err
}

// EnterCode goes on with a sign-in that waits for the second factor: a code of
// the authenticator, or a recovery code, which is used up and noted in the
// history. The session goes on under another token (SIGN-6, SIGN-7).
//
// It refuses with factor.wrong, in the same words for a code that is wrong, too
// late, or was used before; with sign_in.wait after many wrong ones, for this
// person from this address, for this address, and for this person where it is
// no recovery code: whoever has those gets in whatever others do. It refuses
// with sign_in.required when the sign-in has to begin anew.
func (s *Sessions) EnterCode(ctx context.Context, client gate.Client, token, typed string, limits SessionLimits) (Started, error) {
	in, err := s.askedFor(ctx, token)
	if err != nil {
		return Started{}, err
	}
	if in.session.Purpose != PurposeFactor || !in.factor.Stands() {
		return Started{}, directory.Refuse(directory.Denied, "sign_in.required")
	}
	actor := authz.Actor{Kind: authz.Person, User: in.user.ID, Door: authz.DoorPage, Address: client.Address, Agent: client.Agent}
	proof, err := s.proveFactor(ctx, actor, in.user, typed)
	if err != nil {
		return Started{}, err
	}
	policy, err := s.policyOf(ctx, in.user.ID)
	if err != nil {
		return Started{}, err
	}
	started, err := s.pass(ctx, actor, in.session, proof, Beginning{Policy: policy, Passed: true, Client: client, Limits: limits})
	if gate.RefusedWith(err, "factor.wrong") { // used by somebody else meanwhile
		return Started{}, cmp.Or(s.logWrongCode(ctx, actor, in.user, err), err)
	}
	if err != nil {
		return Started{}, err
	}
	return started, s.gate.Note(ctx, func(tx *store.Tx) error {
		if err := tx.NoteSignIn(ctx, in.user.ID); err != nil {
			return err
		}
		return tx.LogAccess(ctx, store.Access{User: in.user.ID, Name: in.user.UserName, Outcome: "signed_in", Address: client.Address, Agent: client.Agent})
	})
}

// pass puts a session that opens the rest in place of the one that waited. The
// code is used up with it: of two at the same moment one gets in. A recovery
// code is history, a code of the authenticator is not.
func (s *Sessions) pass(ctx context.Context, actor authz.Actor, waited store.Session, proof *store.UseFactor, b Beginning) (Started, error) {
	var started Started
	_, err := s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSelf(actor.User); err != nil {
			return err
		}
		now, err := readAsked(ctx, r, waited.Digest)
		if err != nil {
			return err
		}
		if err := s.planProof(ctx, r, p, proof); err != nil {
			return err
		}
		var next store.Session
		b.User, b.Factor = now.user, now.factor
		started, next = b.Session(p.Now)
		p.Pending(store.EndSessions{User: actor.User, UUID: waited.UUID}, store.StartSession(next))
		return nil
	})
	return started, err
}

// proveFactor finds what a typed code proves: the step of an authenticator's
// code, or a recovery code. The plan that acts on it uses it up with PlanProof.
// It counts tries before it looks, and refuses like EnterCode; with factor.none
// where there is nothing to prove.
func (c *core) proveFactor(ctx context.Context, actor authz.Actor, user directory.User, typed string) (*store.UseFactor, error) {
	code, malformed := directory.ParseFactorCode(typed)
	counts := triesOfCode(actor, user.ID, code.Recovery)
	if err := c.claim(ctx, counts); err != nil {
		return nil, cmp.Or(c.logWrongCode(ctx, actor, user, err), err)
	}
	if malformed != nil {
		return nil, cmp.Or(c.logWrongCode(ctx, actor, user, malformed), error(malformed))
	}
	proof := &store.UseFactor{User: user.ID}
	right := false
	err := c.gate.Read(ctx, func(r *store.Reader) error {
		factor, err := r.Factor(ctx, user.ID)
		if err != nil {
			return err
		}
		if !factor.Stands() {
			return &directory.Error{Kind: directory.Conflict, Code: "factor.none", Args: directory.Args{"Name": user.Name()}}
		}
		if code.Recovery {
			proof.Recovery = c.gate.Box.RecoveryDigest(code.Text)
			right, err = r.RecoveryCodeUnused(ctx, user.ID, proof.Recovery)
			return err
		}
		text, err := c.openFactor(user.ID, factor.Sealed)
		if err != nil {
			return err
		}
		proof.Step, right, err = secret.MatchOneTimeCode(text, code.Text, c.gate.Instant(), factor.LastStep)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !right {
		wrong := directory.WrongFactor()
		return nil, cmp.Or(c.logWrongCode(ctx, actor, user, wrong), error(wrong))
	}
	return proof, c.gate.Note(ctx, func(tx *store.Tx) error { return forgive(ctx, tx, counts) })
}

// provesSelf asks somebody who is signed in again who they are: for a code of
// their second factor, and for their password where they have none. It counts
// tries like a sign-in and refuses at the field "proof".
func (c *core) provesSelf(ctx context.Context, actor authz.Actor, user directory.User, factor directory.Factor, typed string) (*store.UseFactor, error) {
	if factor.Stands() {
		proof, err := c.proveFactor(ctx, actor, user, typed)
		return proof, atField(err, "proof")
	}
	return nil, atField(c.provesOld(ctx, gate.Client{Address: actor.Address, Agent: actor.Agent}, user, typed), "proof")
}

// planProof uses up what was proved. It refuses with factor.wrong what somebody
// else used meanwhile; a recovery code is recorded and told by mail.
func (c *core) planProof(ctx context.Context, r *store.Reader, p *gate.Plan, proof *store.UseFactor) error {
	if proof == nil {
		return nil
	}
	if len(proof.Recovery) == 0 {
		factor, err := r.Factor(ctx, proof.User)
		if err != nil {
			return err
		}
		if !factor.Stands() || proof.Step <= factor.LastStep {
			return directory.WrongFactor()
		}
		p.Pending(*proof)
		return nil
	}
	unused, err := r.RecoveryCodeUnused(ctx, proof.User, proof.Recovery)
	if err != nil {
		return err
	}
	if !unused {
		return directory.WrongFactor()
	}
	left, err := r.RecoveryCodesLeft(ctx, proof.User)
	if err != nil {
		return err
	}
	user, err := r.User(ctx, proof.User)
	if err != nil {
		return err
	}
	entry := p.Entry(audit.UserRecoveryUsed, proof.User, 0)
	entry.NoteValue("count", audit.Number(left), audit.Number(left-1))
	p.Record(entry)
	p.Change(*proof)
	mail := factorMail(directory.MailRecoveryUsed, user, p.Now)
	mail.Facts[directory.FactCount] = strconv.FormatInt(left-1, 10)
	p.Mail(mail)
	return nil
}

// logWrongCode keeps a refused code in the access log; what was typed is not in
// it. It answers nothing but a fault.
func (c *core) logWrongCode(ctx context.Context, actor authz.Actor, user directory.User, err error) error {
	refusal, fault := gate.AsRefusal(err)
	if fault != nil {
		return fault
	}
	what := store.Access{User: user.ID, Name: user.UserName, Outcome: refusal.Code, Address: actor.Address, Agent: actor.Agent}
	return c.gate.Note(ctx, func(tx *store.Tx) error { return tx.LogAccess(ctx, what) })
}

// triesOfCode are the counts a code adds to.
func triesOfCode(actor authz.Actor, user directory.UserID, recovery bool) []tries {
	from, who := NetworkOf(actor.Address), strconv.FormatInt(int64(user), 10)
	counts := []tries{
		{throttleCode, gate.DigestOf(who + "\n" + from), freeTries},
		{throttleCodeAddress, from, freeTriesOfAddress},
	}
	if !recovery {
		counts = append(counts, tries{throttleCodeUser, who, freeCodesOfUser})
	}
	return counts
}

// atField says at which field a wrong code was typed.
func atField(err error, field string) error {
	var refusal *directory.Error
	if !errors.As(err, &refusal) || refusal.Field == "" {
		return err
	}
	at := *refusal
	at.Field = field
	return &at
}
