package identity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// Credentials are what somebody signs in with. Before is the token of the
// session this browser had, which ends then (SIGN-7).
type Credentials struct {
	Name     string // user name or e-mail address
	Password string
	Before   string
}

// A Started session is one that begins now. Its token is shown to the browser
// once and kept as a digest only. Purpose says what it opens.
type Started struct {
	Token   string
	Expires time.Time
	Purpose string
	User    directory.User
}

// The purposes of a session. PurposeFull opens everything. PurposeFactor opens
// nothing but the page that asks for the second factor, and is nobody's yet
// (SIGN-6). PurposePassword opens only the change of the password: it was
// provisional (SIGN-1) or has ended (SIGN-3). PurposeEnrol opens only the set-up
// of a second factor that is compulsory (VEND-3).
const (
	PurposeFull     = "full"
	PurposeFactor   = "factor"
	PurposePassword = "password"
	PurposeEnrol    = "enrol"
)

const (
	throttleSignIn  = "sign_in"
	throttleAddress = "sign_in.address"

	// freeTries and freeTriesOfAddress are how many wrong sign-ins go without a
	// wait: for one name from one address, and for one address in all, where a
	// company may sit behind it.
	freeTries          = 5
	freeTriesOfAddress = 50

	// factorSession and narrowSession are how long a sign-in lasts that opens
	// only the page of the second factor, and only the change of the password or
	// the set-up of the second factor.
	factorSession = 10 * time.Minute
	narrowSession = time.Hour
)

// SignIn opens a session for who knows the password of a user name or address.
//
// It refuses with sign_in.wrong, in the same words and time for an unknown name
// as for a wrong password (SIGN-4); with user.switched_off whoever knows the
// right one; and with sign_in.wait after many wrong tries. The wait holds for
// this name from this address, and for this address: it never shuts out the
// person elsewhere (SIGN-6). Where a second factor stands the session opens only
// the page that asks for it; EnterCode goes on from there.
func (s *Sessions) SignIn(ctx context.Context, client gate.Client, given Credentials, limits SessionLimits) (Started, error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	given.Name = directory.Cut(given.Name, 254)
	user, err := s.admit(ctx, client, given)
	if refusal, fault := gate.AsRefusal(err); fault != nil || refusal != nil {
		if fault == nil {
			what := store.Access{User: user.ID, Name: given.Name, Outcome: refusal.Code, Address: client.Address, Agent: client.Agent}
			fault = s.gate.Note(ctx, func(tx *store.Tx) error { return tx.LogAccess(ctx, what) })
		}
		return Started{}, cmp.Or(fault, err)
	}
	return s.signIn(ctx, client, user, given, limits)
}

// admit finds who may sign in with what was given, or why they may not; the
// user is answered for the log with a refusal too.
func (s *Sessions) admit(ctx context.Context, client gate.Client, given Credentials) (directory.User, error) {
	if err := s.claim(ctx, triesOf(client, given.Name)); err != nil {
		return directory.User{}, err
	}
	user, ok, err := s.proves(ctx, given)
	switch {
	case err != nil:
		return user, err
	case !ok:
		return user, directory.Refuse(directory.Invalid, "sign_in.wrong")
	case !user.SwitchedOff.IsZero():
		return user, directory.Refuse(directory.Invalid, "user.switched_off")
	}
	return user, nil
}

// proves tells whether the password is the one of that name. It takes as long
// for a name nobody has.
func (s *Sessions) proves(ctx context.Context, given Credentials) (directory.User, bool, error) {
	var user directory.User
	var dead bool
	err := s.gate.Read(ctx, func(r *store.Reader) (err error) {
		if user, err = r.UserBySignInName(ctx, given.Name); err != nil || user.Password != directory.PasswordProvisional {
			return err
		}
		spans, err := r.InvitationSpans(ctx, user.ID)
		dead = user.ProvisionalDead(spans, s.gate.Catalogue().EffectivePolicies("").InvitationDays, s.gate.Instant())
		return err
	})
	if err != nil && !gate.RefusedWith(err, "user.not_found") {
		return user, false, err
	}
	if user.PasswordHash == "" || user.Password == directory.PasswordNone || user.Technical() || dead {
		return user, false, s.roster.Passwords.VerifyNothing(ctx, given.Password)
	}
	ok, stale, err := s.roster.Passwords.Verify(ctx, user.PasswordHash, given.Password)
	if err != nil || !stale {
		return user, ok, err
	}
	hash, err := s.roster.Passwords.Hash(ctx, given.Password)
	if err != nil {
		return user, ok, err
	}
	err = s.gate.Note(ctx, func(tx *store.Tx) error { return tx.Rehash(ctx, user.ID, user.PasswordHash, hash) })
	user.PasswordHash = hash
	return user, ok, err
}

// signIn writes the session of somebody who proved who they are, unless their
// password or state has changed since it was read.
func (s *Sessions) signIn(ctx context.Context, client gate.Client, user directory.User, given Credentials, limits SessionLimits) (Started, error) {
	policy, err := s.policyOf(ctx, user.ID)
	if err != nil {
		return Started{}, err
	}
	var started Started
	err = s.gate.Note(ctx, func(tx *store.Tx) error {
		now, err := tx.User(ctx, user.ID)
		if err != nil {
			return err
		}
		if now.PasswordHash != user.PasswordHash || !now.SwitchedOff.IsZero() || !now.Erased.IsZero() {
			return directory.Refuse(directory.Invalid, "sign_in.wrong")
		}
		factor, err := tx.Factor(ctx, user.ID)
		if err != nil {
			return err
		}
		var session store.Session
		b := Beginning{User: now, Policy: policy, Factor: factor, Client: client, Limits: limits}
		started, session = b.Session(tx.Now)
		if given.Before != "" {
			if err := tx.EndSession(ctx, secret.Digest(given.Before)); err != nil {
				return err
			}
		}
		if err := tx.InsertSession(ctx, session); err != nil {
			return err
		}
		if err := forgive(ctx, tx, triesOf(client, given.Name)); err != nil {
			return err
		}
		logged := store.Access{User: user.ID, Name: given.Name, Outcome: "signed_in", Address: client.Address, Agent: client.Agent}
		if started.Purpose == PurposeFactor {
			logged.Outcome = "code_asked"
			return tx.LogAccess(ctx, logged)
		}
		if err := tx.NoteSignIn(ctx, user.ID); err != nil {
			return err
		}
		return tx.LogAccess(ctx, logged)
	})
	if err != nil {
		return Started{}, err
	}
	return started, nil
}

// A Beginning is what a new session begins with. Passed says that the second
// factor was asked for already, now or in the session this one follows.
type Beginning struct {
	User   directory.User
	Policy directory.PasswordPolicy
	Factor directory.Factor
	Passed bool
	Client gate.Client
	Limits SessionLimits
}

// Session makes a new session that opens what the person may open now.
func (b Beginning) Session(now time.Time) (Started, store.Session) {
	token, digest := secret.NewToken()
	purpose, lasts := b.opens(now)
	started := Started{Token: token, Expires: now.Add(min(lasts, b.Limits.Max)), Purpose: purpose, User: b.User}
	return started, store.Session{Digest: digest, UUID: uuid.NewString(), User: b.User.ID, Purpose: purpose, Created: now,
		Seen: now, Expires: started.Expires, Agent: b.Client.Agent, Address: b.Client.Address}
}

// opens is what comes next: the second factor before all else, so that a
// password that was reset by mail opens nothing without it.
func (b Beginning) opens(now time.Time) (purpose string, lasts time.Duration) {
	due, _ := b.Policy.RenewalDue(b.User.PasswordSet, now)
	switch {
	case b.Factor.Stands() && !b.Passed:
		return PurposeFactor, factorSession
	case b.User.Password != directory.PasswordOwn || due:
		return PurposePassword, narrowSession
	case b.User.NeedsFactor() && !b.Factor.Stands():
		return PurposeEnrol, narrowSession
	}
	return PurposeFull, b.Limits.Max
}

// policyOf is the strictest password policy of a person's accounts, and the
// catalogue's for who has none (USER-4).
func (c *core) policyOf(ctx context.Context, user directory.UserID) (directory.PasswordPolicy, error) {
	var policy directory.PasswordPolicy
	err := c.gate.Read(ctx, func(r *store.Reader) (err error) {
		policy, err = c.roster.PasswordPolicy(ctx, r, user)
		return err
	})
	return policy, err
}

// claim counts a try before it is made, so that many at once are counted too; a
// right one takes it back. It refuses with sign_in.wait.
func (c *core) claim(ctx context.Context, counts []tries) error {
	var wait time.Duration
	err := c.gate.Note(ctx, func(tx *store.Tx) error {
		wait = 0
		for _, of := range counts {
			t, err := tx.Throttle(ctx, of.scope, of.subject)
			if err != nil {
				return err
			}
			wait = max(wait, t.Wait(of.free, tx.Now))
			if wait == 0 {
				t = t.Tried(tx.Now)
			}
			if err := tx.SetThrottle(ctx, of.scope, of.subject, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("count sign-in: %w", err)
	}
	if wait > 0 {
		return &directory.Error{Kind: directory.Limited, Code: "sign_in.wait", Args: directory.Args{"Minutes": directory.Minutes(wait)}}
	}
	return nil
}

// forgive takes a try back that was right; of the first count all are.
func forgive(ctx context.Context, tx *store.Tx, counts []tries) error {
	for i, of := range counts {
		t, err := tx.Throttle(ctx, of.scope, of.subject)
		if err != nil {
			return err
		}
		t.Count = max(t.Count-1, 0)
		if i == 0 { // who tries here is known to be right
			t.Count = 0
		}
		if err := tx.SetThrottle(ctx, of.scope, of.subject, t); err != nil {
			return err
		}
	}
	return nil
}

// tries are counted under a scope and a subject, free of a wait up to a number.
type tries struct {
	scope, subject string
	free           int64
}

// triesOf are the counts a sign-in adds to. Names are kept as digests: somebody
// may type a password there.
func triesOf(client gate.Client, name string) []tries {
	from := NetworkOf(client.Address)
	sum := sha256.Sum256([]byte(directory.Fold(name) + "\n" + from))
	return []tries{
		{throttleSignIn, hex.EncodeToString(sum[:]), freeTries},
		{throttleAddress, from, freeTriesOfAddress},
	}
}

// NetworkOf is what one customer of a provider has: an address of version 4, the
// first half of one of version 6.
func NetworkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return directory.Cut(address, 100)
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return ip.String()
	}
	return prefix.String()
}
