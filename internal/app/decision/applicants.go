package decision

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An applicant is an application behind a credential, as it stood at some moment.
type applicant struct {
	digest    tokenDigest
	presented directory.Presented
	asOf      stamp // of the installation: all that changes an application is recorded there
	read      time.Time
}

// reached reports whether what is known of the application holds all that the
// marks stand for.
func (w *applicant) reached(m store.Marks) bool {
	return w.asOf.known && w.asOf.marks.Installation >= m.Installation
}

// good reports whether an applicant is known, was read after a stamp, if that
// matters, and not too long ago for noting its use.
func (w *applicant) good(after stamp, now time.Time) bool {
	return w != nil && now.Sub(w.read) < gate.SeenEvery && (!after.known || w.reached(after.marks))
}

// A spot is an account that applications name, as it stood at some moment.
type spot struct {
	account directory.Account
	asOf    stamp // of the account: its number may change
}

// reached reports whether what is known of the account holds all that the marks
// stand for.
func (s *spot) reached(m store.Marks) bool {
	return s.asOf.known && s.asOf.marks.Structure >= m.Structure && s.asOf.marks.Entries >= m.Entries
}

const (
	// mostSpots is how many names of accounts are remembered at most.
	mostSpots = 20_000
	// longestName is more than any name of an account has: a customer number, or a
	// public id.
	longestName = 64
)

// applicants remember who credentials belong to, by their digests, and which
// accounts were named. Both count only while they are proved by the marks that
// every answer reads anyhow: revoking a credential, ending or changing an
// application, leave an entry of the installation's, and so act at the next
// question (CHECK-2, APP-2). What ends by time alone is looked at each time. A
// name that leads nowhere, or out of sight, is not remembered.
type applicants struct {
	mu      sync.RWMutex
	known   map[tokenDigest]*applicant
	spots   map[string]*spot
	reading [32]gate.Turnstile // of those who wait for the same credential, one reads
}

func (a *applicants) of(digest tokenDigest) *applicant {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.known[digest]
}

func (a *applicants) keep(who *applicant) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil || len(a.known) >= mostBearers {
		a.known = map[tokenDigest]*applicant{}
	}
	a.known[who.digest] = who
}

func (a *applicants) forget(digest tokenDigest) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.known, digest)
}

func (a *applicants) spot(name string) *spot {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.spots[name]
}

func (a *applicants) keepSpot(name string, at *spot) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.spots == nil || len(a.spots) >= mostSpots {
		a.spots = map[string]*spot{}
	}
	a.spots[name] = at
}

// application reports whether an application asks, not a technical user.
func (c Caller) application() bool { return strings.HasPrefix(c.Token, directory.CredentialPrefix) }

// A calling is one request of an application, which may ask about several
// accounts. With fresh, the application was read within it; at is the account of
// the address, once it was opened for what a question names beside it.
type calling struct {
	Caller
	digest tokenDigest
	after  stamp
	fresh  bool
	at     directory.AccountID
}

func callingOf(c Caller) *calling {
	return &calling{Caller: c, digest: sha256.Sum256([]byte(c.Token))}
}

// applicant finds who a credential belongs to: as it is remembered, or read now,
// where nobody read it after the stamp of the calling, or now is set. It refuses
// with token.refused, and with denied.application one that is not registered for
// asking.
func (s *Checks) applicant(ctx context.Context, c *calling, now bool) (*applicant, error) {
	if len(c.Token) > gate.LongestBearer {
		return nil, directory.Refuse(directory.Denied, "token.refused")
	}
	at := s.gate.Instant()
	who := s.checks.applicants.of(c.digest)
	if now || !who.good(c.after, at) {
		var err error
		if who, err = s.readApplicant(ctx, c, now, at); err != nil {
			return nil, err
		}
		c.fresh = c.fresh || now || !c.after.known
	}
	switch {
	case !who.presented.Opens(at):
		s.checks.applicants.forget(c.digest)
		return nil, s.gate.TurnAwayApplication(ctx, who.presented.Credential, c.From(), at)
	case who.presented.Application.May(directory.MayAsk):
		return who, nil
	case !c.fresh: // it may be registered for it since
		return s.applicant(ctx, c, true)
	}
	return nil, s.refuse(ctx, who.asker(directory.Account{}), c.Caller, gate.NotRegistered(directory.MayAsk))
}

// readApplicant reads who a credential belongs to, remembers it, and notes its use
// once a minute. Of those who wait for the same credential one reads.
func (s *Checks) readApplicant(ctx context.Context, c *calling, again bool, now time.Time) (*applicant, error) {
	turn := &s.checks.applicants.reading[c.digest[0]%32]
	if err := turn.Take(ctx, s.gate.Deadlines().Question); err != nil {
		return nil, err
	}
	defer turn.Give()
	if who := s.checks.applicants.of(c.digest); !again && c.after.known && who.good(c.after, now) {
		return who, nil
	}
	who := &applicant{digest: c.digest, asOf: c.after, read: now}
	err := s.gate.Question(func(r *store.Reader) (err error) {
		who.presented, err = r.Presented(ctx, c.digest[:])
		return err
	})
	if err != nil || !who.presented.Opens(now) {
		return who, err
	}
	s.checks.applicants.keep(who)
	credential := who.presented.Credential
	if now.Sub(credential.LastUsed) < gate.SeenEvery {
		return who, nil
	}
	return who, s.gate.Note(ctx, func(tx *store.Tx) error { return tx.TouchCredential(ctx, credential.ID, false) })
}

// spot finds the account of a customer number, of today or before, or of a public
// id: as it is remembered, or read now, where nobody read it after the stamp. It
// refuses with account.not_found.
func (s *Checks) spot(ctx context.Context, name string, after stamp) (at *spot, readNow bool, err error) {
	nowhere := directory.Refuse(directory.NotFound, "account.not_found")
	if name == "" || len(name) > longestName || !directory.Readable(name) {
		return nil, false, nowhere
	}
	if at = s.checks.applicants.spot(name); at != nil && (!after.known || at.reached(after.marks)) {
		return at, false, nil
	}
	at = &spot{asOf: after}
	err = s.gate.Question(func(r *store.Reader) (err error) {
		if at.account, err = r.AccountByNumber(ctx, name); gate.RefusedWith(err, "account.not_found") {
			at.account, err = r.AccountByUUID(ctx, name)
		}
		return err
	})
	return at, !after.known, err
}
