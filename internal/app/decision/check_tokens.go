package decision

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A tokenDigest stands for a token in memory.
type tokenDigest [sha256.Size]byte

// An asker is a product behind a token, as it stood at some moment, or an
// application at the desk of one account.
type asker struct {
	application *directory.Application // nil: a technical user

	digest  tokenDigest
	bearer  directory.Bearer
	account directory.Account
	asOf    stamp
	read    time.Time
}

// A stamp says after which marks something was read; the zero stamp, that nobody
// knows.
type stamp struct {
	known bool
	marks store.Marks
}

// reached reports whether what was read after the stamp holds all that the marks
// stand for.
func (s stamp) reached(m store.Marks) bool {
	return s.known && s.marks.Structure >= m.Structure && s.marks.Entries >= m.Entries && s.marks.Installation >= m.Installation
}

// mostBearers is how many tokens are remembered at most.
const mostBearers = 10_000

// bearers remember who tokens belong to, by their digests. What is remembered
// counts only while neither the account nor the installation has a newer entry
// of history: revoking a token, changing who answers for it, switching either
// off, all leave one, and so act at the next question (CHECK-2, SIGN-5). What
// ends by time alone is looked at each time.
type bearers struct {
	mu      sync.RWMutex
	known   map[tokenDigest]*asker
	told    map[directory.UserID]time.Time // when the access log was last told of a refusal
	reading [32]gate.Turnstile             // of those who wait for the same token, one reads
}

func (b *bearers) of(digest tokenDigest) *asker {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.known[digest]
}

func (b *bearers) keep(who *asker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= mostBearers {
		b.known = map[tokenDigest]*asker{}
	}
	b.known[who.digest] = who
}

func (b *bearers) forget(digest tokenDigest) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, digest)
}

// tell reports whether the access log should be told again that a product was
// refused: once a minute.
func (b *bearers) tell(user directory.UserID, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.told[user]) < gate.SeenEvery {
		return false
	}
	if b.told == nil || len(b.told) >= mostBearers {
		b.told = map[directory.UserID]time.Time{}
	}
	b.told[user] = now
	return true
}

// asker finds who a token belongs to: as it is remembered, or read now, where
// nobody read it after the stamp. It refuses with token.refused, and with
// account.not_found where the address names another account.
func (s *Checks) asker(ctx context.Context, caller Caller, after stamp) (who *asker, readNow bool, err error) {
	if !strings.HasPrefix(caller.Token, directory.TokenPrefix) || len(caller.Token) > gate.LongestBearer {
		return nil, false, directory.Refuse(directory.Denied, "token.refused")
	}
	digest, now := tokenDigest(sha256.Sum256([]byte(caller.Token))), s.gate.Instant()
	if who = s.checks.bearers.of(digest); !who.good(after, now) {
		if who, err = s.readAsker(ctx, digest, after, now); err != nil {
			return nil, false, err
		}
		readNow = !after.known
	}
	if !who.bearer.Opens(now) {
		s.checks.bearers.forget(digest)
		return nil, false, s.gate.TurnAway(ctx, who.bearer.Token, caller.From(), now)
	}
	if caller.Number != "" && directory.CleanNumber(caller.Number) != directory.CleanNumber(who.account.Number) {
		return nil, false, directory.Refuse(directory.NotFound, "account.not_found")
	}
	return who, readNow, nil
}

// good reports whether an asker is known, was read after a stamp, if that
// matters, and not too long ago for noting its use.
func (who *asker) good(after stamp, now time.Time) bool {
	return who != nil && now.Sub(who.read) < gate.SeenEvery && (!after.known || who.asOf.reached(after.marks))
}

// readAsker reads who a token belongs to, remembers it, and notes its use once a
// minute. Of those who wait for the same token one reads.
func (s *Checks) readAsker(ctx context.Context, digest tokenDigest, after stamp, now time.Time) (*asker, error) {
	turn := &s.checks.bearers.reading[digest[0]%32]
	if err := turn.Take(ctx, s.gate.Deadlines().Question); err != nil {
		return nil, err
	}
	defer turn.Give()
	if who := s.checks.bearers.of(digest); after.known && who.good(after, now) {
		return who, nil
	}
	who := &asker{digest: digest, asOf: after, read: now}
	err := s.gate.Question(func(r *store.Reader) (err error) {
		if who.bearer, err = r.Bearer(ctx, digest[:]); err != nil {
			return err
		}
		who.account, err = r.Account(ctx, who.bearer.Token.Account)
		return err
	})
	if err != nil || !who.bearer.Opens(now) {
		return who, err
	}
	s.checks.bearers.keep(who)
	if now.Sub(who.bearer.Token.LastUsed) < gate.SeenEvery {
		return who, nil
	}
	return who, s.gate.Note(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, who.bearer.Token.ID, false) })
}

// refuse keeps in the access log that a product asked without the right to, once
// a minute: the log is no place for forty thousand lines a second.
func (s *Checks) refuse(ctx context.Context, who *asker, caller Caller, err error) error {
	var refusal *directory.Error
	if errors.As(err, &refusal) && refusal.Kind == directory.Denied && s.checks.bearers.tell(who.bearer.Token.User, s.gate.Instant()) {
		s.gate.NoteRefusal(ctx, who.actor(caller.From()), who.account.ID, err)
	}
	return err
}

// actor is the product as it acts.
func (who *asker) actor(c gate.Client) authz.Actor {
	if who.application != nil {
		return gate.ActorOf(directory.Presented{Application: *who.application, Credential: directory.Credential{ID: who.bearer.Token.ID}}, c)
	}
	return authz.Actor{Kind: authz.Technical, User: who.bearer.Token.User, Door: authz.DoorAPI, Address: c.Address, Agent: c.Agent,
		Scope: who.bearer.Token.Scope}
}
