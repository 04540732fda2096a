package admission

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// PlanKeys makes n admin keys after the ordinal and seals them for a letter, until
// somebody says that it was posted (KEY-5, KEY-6).
func PlanKeys(g *gate.Gate, p *gate.Plan, account directory.Account, n int, after int64) error {
	length := g.Policies(account).KeyLength
	letter := store.InsertLetter{Account: account.ID, Key: p.NewKeyIn(account.ID), By: p.Actor.User}
	var keys []store.AdminKeyRow
	for i := range n {
		text := secret.NewAdminKey(length)
		letter.Keys = append(letter.Keys, text)
		keys = append(keys, store.AdminKeyRow{ID: directory.AdminKeyID(p.NewKeyIn(account.ID)), UUID: uuid.NewString(),
			Ordinal: after + int64(i) + 1, Digest: g.Box.KeyDigest(text), By: p.Actor.User})
		entry := audit.Entry{Account: account.ID, Kind: audit.KeyMade, Object: int64(keys[i].ID)}
		entry.NoteValue("key", audit.Nothing, audit.Number(keys[i].Ordinal))
		p.Record(entry)
	}
	letter.Seal = g.Sealer()
	p.Change(store.InsertAdminKeys{Account: account.ID, Keys: keys}, letter)
	return nil
}

// Make makes n new keys for an account, sealed in a letter (KEY-6). It refuses with the
// number when it is not from 1 to directory.MostKeysAtOnce.
func (s *Keys) Make(ctx context.Context, actor authz.Actor, id directory.AccountID, n int) error {
	if n < 1 || n > directory.MostKeysAtOnce {
		return directory.InvalidField("count", "key.count", directory.Args{"Max": directory.MostKeysAtOnce})
	}
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.HandleKeys); err != nil {
			return err
		}
		return s.planMore(ctx, r, p, n)
	})
	return err
}

// planMore adds n keys after those the plan's account has.
func (s *Keys) planMore(ctx context.Context, r *store.Reader, p *gate.Plan, n int) error {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return err
	}
	last, err := lastOrdinal(ctx, r, account.ID)
	if err != nil {
		return err
	}
	return PlanKeys(s.gate, p, account, n, last)
}

func lastOrdinal(ctx context.Context, r *store.Reader, account directory.AccountID) (int64, error) {
	keys, err := r.AdminKeys(ctx, account)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return keys[len(keys)-1].Ordinal, nil
}

// Revoke ends an unused key for a reason; it works no more and its letter prints
// without it (KEY-4). It refuses with key.not_found, key.ended, and with the
// reason when it is missing.
func (s *Keys) Revoke(ctx context.Context, actor authz.Actor, id directory.AccountID, key, reason string) error {
	reason, refusal := directory.ReasonText.Required(reason)
	if refusal != nil {
		return refusal
	}
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.HandleKeys); err != nil {
			return err
		}
		keys, err := r.AdminKeys(ctx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(keys, func(k store.AdminKey) bool { return k.UUID == key })
		if i < 0 {
			return directory.Refuse(directory.NotFound, "key.not_found")
		}
		if keys[i].State != "unused" {
			return directory.Refuse(directory.Conflict, "key.ended")
		}
		entry := p.Entry(audit.KeyRevoked, 0, int64(keys[i].ID))
		entry.NoteValue("key", audit.Number(keys[i].Ordinal), audit.Nothing)
		entry.Note("reason", "", reason)
		p.Record(entry)
		p.Change(store.EndAdminKey{ID: keys[i].ID, State: "revoked", By: actor.User, Reason: reason})
		return nil
	})
	return err
}

// A LockedNumber is a customer number whose key entry is locked: the account
// that has it, or none, and who locked it.
type LockedNumber struct {
	directory.KeyCount
	Account directory.Account // zero: nobody has the number
	By      directory.User
}

// LockedNumbers lists the numbers whose key entry is locked, the latest first, also
// those nobody has (KEY-12, KEY-14).
func (s *Keys) LockedNumbers(ctx context.Context, actor authz.Actor) ([]LockedNumber, error) {
	var locked []LockedNumber
	err := s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) error {
		counts, err := r.LockedCounts(ctx, actor.Portfolio, 200)
		if err != nil {
			return err
		}
		numbers, people := make([]string, len(counts)), make([]directory.UserID, len(counts))
		for i, c := range counts {
			numbers[i], people[i] = c.Number, c.LockedBy
		}
		byNumber, err := r.AccountsByNumbers(ctx, numbers)
		if err != nil {
			return err
		}
		var ids []directory.AccountID
		for _, id := range byNumber {
			ids = append(ids, id)
		}
		accounts, err := r.AccountsByKey(ctx, ids)
		if err != nil {
			return err
		}
		users, err := r.Users(ctx, roster.Distinct(people))
		for _, c := range counts {
			locked = append(locked, LockedNumber{KeyCount: c, Account: accounts[byNumber[c.Number]], By: users[c.LockedBy]})
		}
		return err
	})
	return locked, err
}

// A ShownTry is one key entry with the person who made it.
type ShownTry struct {
	store.KeyTry
	Person directory.User
}

// shownTriesMost is how many key entries are listed at most.
const shownTriesMost = 100

// ShownTries are the latest key entries for customer numbers, with who made them (KEY-14).
func ShownTries(ctx context.Context, r *store.Reader, numbers []string) ([]ShownTry, error) {
	tries, err := r.KeyTriesFor(ctx, numbers, shownTriesMost)
	if err != nil {
		return nil, err
	}
	people := make([]directory.UserID, len(tries))
	for i, t := range tries {
		people[i] = t.User
	}
	users, err := r.Users(ctx, roster.Distinct(people))
	shown := make([]ShownTry, len(tries))
	for i, t := range tries {
		shown[i] = ShownTry{t, users[t.User]}
	}
	return shown, err
}

// Unlock opens key entry for a customer number again: the count is zero and one
// new key is made in the same act (KEY-12). The key waits in a letter, or goes by
// mail to the contact on file. For a number that nobody has only the count is
// cleared.
//
// It refuses with key.not_locked, and a mail as Account.MayMail says.
func (s *Keys) Unlock(ctx context.Context, actor authz.Actor, number string, by directory.KeyDelivery) error {
	if directory.CleanNumber(number) == "" {
		return directory.InvalidField("number", "field.required", nil)
	}
	account, err := s.accountOrNone(ctx, number)
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.HandleKeys); err != nil {
			return err
		}
		count, err := r.KeyCount(ctx, number)
		if err != nil {
			return err
		}
		if count.Locked.IsZero() {
			return &directory.Error{Kind: directory.Conflict, Code: "key.not_locked", Args: directory.Args{"Number": number}}
		}
		p.Change(store.PutKeyCount(count.Cleared()))
		entry := p.Entry(audit.KeyUnlocked, count.LockedBy, 0)
		entry.Note("typed_number", "", count.Number)
		p.Record(entry)
		if p.Account == directory.Installation {
			return nil
		}
		return s.planUnlocked(ctx, r, p, by)
	})
	return err
}

// planUnlocked makes the one new key and tells the contact on file.
func (s *Keys) planUnlocked(ctx context.Context, r *store.Reader, p *gate.Plan, by directory.KeyDelivery) error {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return err
	}
	if err := s.planOneKey(ctx, r, p, by, ""); err != nil {
		return err
	}
	if account.Contact.Email != "" {
		p.Mail(directory.Mail{Account: account.ID, Address: account.Contact.Email, Kind: directory.MailUnlockDone, Language: account.Language,
			Path: directory.MailUnlockDone.Path(""), Facts: map[string]string{directory.FactNumber: account.Number}})
	}
	return nil
}

// planOneKey makes one key that leaves by the way given: in a letter, or by mail
// to the contact on file, never to the asker (KEY-13).
func (s *Keys) planOneKey(ctx context.Context, r *store.Reader, p *gate.Plan, by directory.KeyDelivery, asker string) error {
	switch by {
	case directory.ByLetter:
		return s.planMore(ctx, r, p, 1)
	case directory.ByMail:
		return s.planMailedKey(ctx, r, p, asker)
	}
	return directory.InvalidField("delivery", "field.unknown_choice", directory.Args{"Value": string(by)})
}

func (s *Keys) planMailedKey(ctx context.Context, r *store.Reader, p *gate.Plan, asker string) error {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return err
	}
	if refusal := account.MayMail(asker); refusal != nil {
		return refusal
	}
	last, err := lastOrdinal(ctx, r, account.ID)
	if err != nil {
		return err
	}
	text := secret.NewAdminKey(s.gate.Policies(account).KeyLength)
	key := store.AdminKeyRow{ID: directory.AdminKeyID(p.NewKey()), UUID: uuid.NewString(), Ordinal: last + 1,
		Digest: s.gate.Box.KeyDigest(text), By: p.Actor.User}
	p.Change(store.InsertAdminKeys{Account: account.ID, Keys: []store.AdminKeyRow{key}})
	entry := p.Entry(audit.KeyMade, 0, int64(key.ID))
	entry.NoteValue("key", audit.Nothing, audit.Number(key.Ordinal))
	p.Record(entry)
	p.Mail(directory.Mail{Account: account.ID, Address: account.Contact.Email, Kind: directory.MailKeyNew, Language: account.Language,
		Path: directory.MailKeyNew.Path(""), Secret: directory.FormatKey(text), Facts: map[string]string{directory.FactAt: p.Now.Format(time.RFC3339)}})
	return nil
}

// Fates are what became of an account's admin keys, never their characters
// (KEY-6); how many of them wait in letters; and whether key entry for its number
// is locked.
type Fates struct {
	Keys    []store.AdminKey
	Letters int64
	Locked  time.Time // since when; zero: it is not
}

// Fates reads what became of an account's keys, for whoever handles keys. It
// refuses with account.not_found an account out of sight.
func (s *Keys) Fates(ctx context.Context, actor authz.Actor, id directory.AccountID) (Fates, error) {
	var f Fates
	err := s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) (err error) {
		if err := gate.InPortfolio(actor, id); err != nil {
			return err
		}
		account, err := r.Account(ctx, id)
		if err != nil {
			return err
		}
		if f.Keys, err = r.AdminKeys(ctx, id); err != nil {
			return err
		}
		letters, err := LettersOf(ctx, r, actor, s.gate.Instant(), []directory.AccountID{id})
		if err != nil {
			return err
		}
		for _, l := range letters {
			f.Letters += l.Waiting
		}
		count, err := r.KeyCount(ctx, account.Number)
		f.Locked = count.Locked
		return err
	})
	return f, err
}
