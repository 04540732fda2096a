package admission

import (
	"context"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Enter claims an account with its customer number and an admin key. A right
// key makes the signed-in person an active member and administrator (KEY-7,
// KEY-8), closes their join request, and claims the account; the first to claim
// it is its referent (ACC-2). The session must be rotated afterwards (SIGN-7).
//
// It refuses with key.wrong, and the fifth wrong entry for a number locks it:
// key.locked from then on, even for a right key (KEY-9). key.too_many_tries
// holds one person back (KEY-14). A number that nobody has is answered alike,
// with as much work.
func (s *Keys) Enter(ctx context.Context, actor authz.Actor, number, typed string) (directory.Account, error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	if directory.CleanNumber(number) == "" {
		return directory.Account{}, directory.InvalidField("number", "field.required", nil)
	}
	account, err := s.accountOrNone(ctx, number)
	if err != nil {
		return directory.Account{}, err
	}
	e := keyEntry{Keys: s, number: number, typed: typed}
	_, err = s.gate.Perform(ctx, actor, account, e.plan)
	if err != nil {
		return directory.Account{}, err
	}
	if e.refusal != nil {
		return directory.Account{}, e.refusal
	}
	return e.account, nil
}

// accountOrNone is the account of a number, or the installation when nobody has
// it: what is noted about such a number is the vendor's.
func (c *core) accountOrNone(ctx context.Context, number string) (directory.AccountID, error) {
	var id directory.AccountID
	err := c.gate.Read(ctx, func(r *store.Reader) error {
		account, err := r.AccountByNumber(ctx, number)
		id = account.ID
		return err
	})
	if gate.RefusedWith(err, "account.not_found") {
		return directory.Installation, nil
	}
	return id, err
}

// keyEntry is one entry of a key. A wrong one is written down, so its refusal
// is kept here while the plan succeeds.
type keyEntry struct {
	*Keys
	number, typed string
	account       directory.Account
	refusal       *directory.Error
}

func (e *keyEntry) plan(ctx context.Context, r *store.Reader, p *gate.Plan) error {
	e.refusal, e.account = nil, directory.Account{}
	if err := p.RequireSignedIn(); err != nil {
		return err
	}
	p.EvenClosed("tries for a closed account's number count like any other's; a right key is refused by the roster")
	count, err := e.open(ctx, r, p)
	if err != nil {
		return err
	}
	if p.Account != directory.Installation {
		if e.account, err = r.Account(ctx, p.Account); err != nil {
			return err
		}
	}
	// An unknown number has no policy of its own; the same work is done for it,
	// and how many tries there are never depends on whose number it is.
	canonical, malformed := directory.ParseKey(e.typed, e.gate.Policies(e.account).KeyLength)
	key, right, err := r.UnusedKey(ctx, p.Account, e.gate.Box.KeyDigest(canonical))
	if err != nil {
		return err
	}
	if malformed != nil || !right || p.Account == directory.Installation {
		e.wrong(p, count, e.gate.Catalogue().EffectivePolicies("").KeyTries)
		return nil
	}
	return e.claim(ctx, r, p, count, key)
}

// open is the number's count, unless this person or this number is held back.
func (e *keyEntry) open(ctx context.Context, r *store.Reader, p *gate.Plan) (directory.KeyCount, error) {
	wrong, locked, err := r.KeyTries(ctx, p.Actor.User, p.Now.Add(-directory.KeyTriesWindow), p.Now.Add(-directory.KeyLockingWindow))
	if err != nil {
		return directory.KeyCount{}, err
	}
	count, err := r.KeyCount(ctx, e.number)
	if err != nil {
		return count, err
	}
	// The lock comes first: who locked a number is told so, not to wait.
	if refusal := count.Open(); refusal != nil {
		return count, refusal
	}
	if refusal := directory.MayTryKey(wrong, locked); refusal != nil {
		return count, refusal
	}
	return count, nil
}

// wrong counts a wrong entry; the one that reaches the limit locks the number
// and tells the vendor's support.
func (e *keyEntry) wrong(p *gate.Plan, count directory.KeyCount, limit int) {
	count = count.Wrong(p.Actor.User, limit, p.Now)
	outcome, kind := "wrong", audit.KeyRefused
	e.refusal = &directory.Error{Kind: directory.Invalid, Code: "key.wrong", Field: "admin_key"}
	if !count.Locked.IsZero() {
		outcome, kind = "locked", audit.KeyLocked
		e.refusal = count.Open()
		e.tellSupport(p, count.Number)
	}
	p.Change(store.PutKeyCount(count), store.InsertKeyTry{Key: p.NewKey(), Number: e.number, User: p.Actor.User, Outcome: outcome})
	entry := p.Entry(kind, p.Actor.User, 0)
	entry.NoteValue("tries", audit.Nothing, audit.Number(count.Tries))
	entry.Note("typed_number", "", e.number)
	p.Record(entry)
}

func (e *keyEntry) tellSupport(p *gate.Plan, counted string) {
	support := e.gate.Catalogue().Branding.Support.Email
	if support == "" {
		return
	}
	p.Mail(directory.Mail{Address: support, Kind: directory.MailKeyLocked, About: counted,
		Path: directory.MailKeyLocked.Path(""), Language: e.gate.Catalogue().Languages[0],
		Facts: map[string]string{directory.FactNumber: e.number, directory.FactPerson: p.By, directory.FactAt: p.Now.Format(time.RFC3339)}})
}

// claim makes the person administrator and the key used (KEY-3, KEY-7).
func (e *keyEntry) claim(ctx context.Context, r *store.Reader, p *gate.Plan, count directory.KeyCount, key store.AdminKeyRow) error {
	u, err := r.User(ctx, p.Actor.User)
	if err != nil {
		return err
	}
	before, err := r.MemberOf(ctx, p.Account, u.ID)
	if err != nil && !gate.RefusedWith(err, "member.not_found") {
		return err
	}
	ro, err := e.roster.Roster(ctx, r, p, before)
	if err != nil {
		return err
	}
	ro.ByKey()
	place := ro.Claimed(u, before)
	if err := ro.Settle(ctx, r); err != nil {
		return err
	}
	p.Change(store.EndAdminKey{ID: key.ID, State: "used", By: u.ID}, store.PutKeyCount(count.Cleared()),
		store.InsertKeyTry{Key: p.NewKey(), Number: e.number, User: u.ID, Outcome: "right"},
		store.CloseJoinRequests{User: u.ID, Account: p.Account},
		store.EndInvitations{Members: []directory.MemberID{before.ID}, State: string(directory.InvitationAccepted)},
		store.NoteSeen{User: u.ID, Account: p.Account})
	entry := p.Entry(audit.KeyUsed, u.ID, int64(key.ID))
	entry.NoteValue("key", audit.Nothing, audit.Number(key.Ordinal))
	p.Record(entry)
	return e.claimAccount(ctx, r, p, roster.Naming{Account: ro.Account, Unit: roster.RootOf(ro.Account), Part: directory.ReferentPart, Member: place, Person: u})
}

// claimAccount notes the first claim; the one who makes it is referent where
// there is none (ACC-2).
func (e *keyEntry) claimAccount(ctx context.Context, r *store.Reader, p *gate.Plan, first roster.Naming) error {
	before := first.Account
	e.account = before
	if !before.Claimed.IsZero() {
		return nil
	}
	after := before
	after.Claimed = p.Now
	p.Record(p.Entry(audit.AccountClaimed, first.Person.ID, int64(before.ID)))
	p.Change(store.UpdateAccount{Account: after, Before: before})
	if after.Referent == 0 {
		after.Referent = first.Person.ID
		if err := e.roster.NameReferent(ctx, r, p, first); err != nil {
			return err
		}
	}
	e.account = after
	return nil
}
