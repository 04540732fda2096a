package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// LettersAtOnce is how many accounts' letters are printed in one batch.
const LettersAtOnce = 500

// keptAtOnce is how many letters are looked at: an account has more than one when
// keys were made for it more than once.
const keptAtOnce = 4 * LettersAtOnce

// A KeyLetter is what one letter says: the keys stand in it formatted.
type KeyLetter struct {
	Account directory.Account
	Buyer   directory.User // zero without
	Keys    []string
}

// A ReadLetters is called with the opened letters, maybe more than once, and outside of
// any transaction: drawing takes its time. What it was given counts only when the
// operation then says that it is done.
type ReadLetters func(letters []KeyLetter) error

// A Purpose is why letters are opened; history keeps it.
type Purpose string

// Letters are printed, or shown on the screen.
const (
	ToPrint Purpose = "print"
	ToShow  Purpose = "screen"
)

// A LetterState is what an account's letters hold.
type LetterState struct {
	Account directory.Account
	Waiting int64     // keys that were neither printed nor shown
	Since   time.Time // when the first of these were made
	Opened  int64     // keys that were, and are kept until somebody says that they were posted
	At      time.Time // when these were printed or shown last
	By      directory.User
	Until   time.Time // when they are wiped by themselves
}

// A ChosenLetter is an account whose letters are meant, and when they had been printed
// last as whoever chose it saw it: what somebody else printed since is told (KEY-6).
type ChosenLetter struct {
	Account directory.AccountID
	Seen    time.Time
}

// Letters lists the accounts with letters that are kept, of all when none is named:
// those that wait longest first.
func (s *Keys) Letters(ctx context.Context, actor authz.Actor, ids []directory.AccountID) ([]LetterState, error) {
	var states []LetterState
	err := s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) (err error) {
		states, err = LettersOf(ctx, r, actor, s.gate.Instant(), ids)
		return err
	})
	return states, err
}

// LettersOf reads what the letters of accounts hold.
func LettersOf(ctx context.Context, r *store.Reader, actor authz.Actor, now time.Time, ids []directory.AccountID) ([]LetterState, error) {
	letters, err := r.KeptLetters(ctx, actor.Portfolio, ids, keptAtOnce)
	if err != nil {
		return nil, err
	}
	var order []directory.AccountID
	var people []directory.UserID
	states := map[directory.AccountID]LetterState{}
	by := map[directory.AccountID]directory.UserID{}
	for _, l := range letters {
		if directory.LetterOver(l.Printed, now) {
			continue
		}
		state, known := states[l.Account]
		if !known {
			order = append(order, l.Account)
		}
		switch {
		case l.Printed.IsZero() && state.Waiting == 0:
			state.Since = l.Made
			fallthrough
		case l.Printed.IsZero():
			state.Waiting += l.Count
		default:
			state.Opened += l.Count
			if l.Printed.After(state.At) {
				state.At, by[l.Account] = l.Printed, l.PrintedBy
			}
			if until := l.Printed.Add(directory.LetterKept); state.Until.IsZero() || until.Before(state.Until) {
				state.Until = until
			}
			people = append(people, l.PrintedBy)
		}
		states[l.Account] = state
	}
	accounts, err := r.AccountsByKey(ctx, order)
	if err != nil {
		return nil, err
	}
	users, err := r.Users(ctx, roster.Distinct(people))
	all := make([]LetterState, len(order))
	for i, id := range order {
		all[i] = states[id]
		all[i].Account, all[i].By = accounts[id], users[by[id]]
	}
	return all, err
}

// OpenLetters opens the letters of an account that are kept: read gets the keys that
// still work. They are kept on until somebody says that they were posted, or until
// directory.LetterKept is over, and history tells of each time (KEY-5, KEY-6). It
// refuses with letter.none.
func (s *Keys) OpenLetters(ctx context.Context, actor authz.Actor, id directory.AccountID, purpose Purpose, read ReadLetters) error {
	done, err := s.openLetters(ctx, letterRun{actor: actor, account: id, read: read, plan: func(ctx context.Context, r *store.Reader, p *gate.Plan) ([]KeyLetter, error) {
		if err := p.RequireDuty(authz.HandleKeys); err != nil {
			return nil, err
		}
		l, err := s.planLetter(ctx, r, p, ChosenLetter{Account: id, Seen: p.Now}, purpose)
		if err != nil || len(l.Keys) == 0 {
			return nil, err
		}
		return []KeyLetter{l}, nil
	}})
	if err == nil && done == 0 {
		return directory.Refuse(directory.Conflict, "letter.none")
	}
	return err
}

// PrintLetters opens the letters of chosen accounts in one act, at most LettersAtOnce
// accounts, and answers how many letters were in it. Of two of the staff who print the
// same letter one is told that the other has, with letter.printed_since, and may then
// print it again. It refuses with letter.none.
func (s *Keys) PrintLetters(ctx context.Context, actor authz.Actor, chosen []ChosenLetter, read ReadLetters) (int, error) {
	ids, err := s.lettersChosen(ctx, actor, chosen)
	if err != nil {
		return 0, err
	}
	if len(ids) > 1 {
		actor = gate.AsOneAct(actor)
	}
	return s.openLetters(ctx, letterRun{actor: actor, account: directory.Installation, others: ids, read: read, plan: func(ctx context.Context, r *store.Reader, p *gate.Plan) ([]KeyLetter, error) {
		if err := p.RequireDutyOver(authz.HandleKeys, ids...); err != nil {
			return nil, err
		}
		return s.planLetters(ctx, r, p, chosen)
	}})
}

// lettersChosen are the accounts chosen, of at most one batch.
func (s *Keys) lettersChosen(ctx context.Context, actor authz.Actor, chosen []ChosenLetter) ([]directory.AccountID, error) {
	var ids []directory.AccountID
	err := s.gate.Console(ctx, actor, authz.HandleKeys, func(*store.Reader) error {
		switch {
		case len(chosen) == 0:
			return directory.Refuse(directory.Conflict, "letter.none")
		case len(chosen) > LettersAtOnce:
			return &directory.Error{Kind: directory.Invalid, Code: "letter.too_many", Args: directory.Args{"Count": len(chosen), "Max": LettersAtOnce}}
		}
		for _, c := range chosen {
			ids = append(ids, c.Account)
		}
		return nil
	})
	return roster.Distinct(ids), err
}

func (s *Keys) planLetters(ctx context.Context, r *store.Reader, p *gate.Plan, chosen []ChosenLetter) ([]KeyLetter, error) {
	var letters []KeyLetter
	for _, c := range chosen {
		l, err := s.planLetter(ctx, r, p, c, ToPrint)
		if gate.RefusedWith(err, "letter.none") {
			continue // posted meanwhile, or ticked by mistake
		}
		if err != nil {
			return nil, err
		}
		if len(l.Keys) > 0 {
			letters = append(letters, l)
		}
	}
	if len(letters) == 0 {
		return nil, directory.Refuse(directory.Conflict, "letter.none")
	}
	return letters, nil
}

// kept are an account's letters whose keys are kept. It refuses with letter.none, and
// with letter.printed_since when somebody else printed them after they were seen.
func kept(ctx context.Context, r *store.Reader, p *gate.Plan, c ChosenLetter) (directory.Account, []store.Letter, error) {
	account, err := r.Account(ctx, c.Account)
	if err != nil {
		return account, nil, err
	}
	letters, err := r.KeptLetters(ctx, directory.Portfolio{}, []directory.AccountID{c.Account}, keptAtOnce)
	if err != nil {
		return account, nil, err
	}
	letters = slices.DeleteFunc(letters, func(l store.Letter) bool { return directory.LetterOver(l.Printed, p.Now) })
	if len(letters) == 0 || account.Writable() != nil {
		return account, nil, directory.Refuse(directory.Conflict, "letter.none")
	}
	for _, l := range letters {
		if l.Printed.After(c.Seen) && l.PrintedBy != p.Actor.User {
			by, err := r.Users(ctx, []directory.UserID{l.PrintedBy})
			if err != nil {
				return account, nil, err
			}
			return account, nil, &directory.Error{Kind: directory.Conflict, Code: "letter.printed_since",
				Args: directory.Args{"Account": account.Name, "Name": by[l.PrintedBy].Name()}}
		}
	}
	return account, letters, nil
}

// planLetter opens what is kept for one account and notes that it was read. Keys that
// were revoked or used meanwhile are left out; a letter of which no key works is wiped.
func (s *Keys) planLetter(ctx context.Context, r *store.Reader, p *gate.Plan, c ChosenLetter, purpose Purpose) (KeyLetter, error) {
	var l KeyLetter
	account, letters, err := kept(ctx, r, p, c)
	if err != nil {
		return l, err
	}
	l.Account = account
	if account.Referent != 0 {
		if l.Buyer, err = r.User(ctx, account.Referent); err != nil {
			return l, err
		}
	}
	read, wipe := store.PrintLetters{By: p.Actor.User}, store.WipeLetters{By: p.Actor.User}
	for _, one := range letters {
		keys, err := s.openLetter(ctx, r, one)
		if err != nil {
			return l, err
		}
		if l.Keys = append(l.Keys, keys...); len(keys) > 0 {
			read.Letters = append(read.Letters, one.Key)
		} else {
			wipe.Letters = append(wipe.Letters, one.Key)
		}
	}
	entry := audit.Entry{Account: c.Account, Kind: audit.LetterPrinted, Object: int64(c.Account)}
	entry.NoteValue("count", audit.Nothing, audit.Number(len(l.Keys)))
	entry.Note("purpose", "", string(purpose))
	p.Record(entry)
	if len(read.Letters) > 0 {
		p.Change(read)
	}
	if len(wipe.Letters) > 0 {
		p.Change(wipe)
	}
	return l, nil
}

// openLetter unseals a letter and answers, formatted, the keys in it that still work.
func (s *Keys) openLetter(ctx context.Context, r *store.Reader, one store.Letter) ([]string, error) {
	plain, err := s.gate.Box.Open(one.Sealed, store.LetterContext(one.Key))
	if err != nil {
		return nil, fmt.Errorf("open letter %d: %w", one.Key, err)
	}
	var keys []string
	for _, text := range strings.Fields(string(plain)) {
		_, unused, err := r.UnusedKey(ctx, one.Account, s.gate.Box.KeyDigest(text))
		if err != nil {
			return nil, err
		}
		if unused {
			keys = append(keys, directory.FormatKey(text))
		}
	}
	return keys, nil
}

// Posted says that the letters of chosen accounts that were printed or shown have left:
// their keys are wiped for good, those of letters that wait stay (KEY-6). It answers how
// many accounts they were of. It refuses with letter.printed_since, and with letter.none
// where nothing was printed.
func (s *Keys) Posted(ctx context.Context, actor authz.Actor, chosen []ChosenLetter) (int, error) {
	ids, err := s.lettersChosen(ctx, actor, chosen)
	if err != nil {
		return 0, err
	}
	if len(ids) > 1 {
		actor = gate.AsOneAct(actor)
	}
	posted := 0
	_, err = s.gate.Perform(ctx, actor, directory.Installation, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDutyOver(authz.HandleKeys, ids...); err != nil {
			return err
		}
		posted = 0
		for _, c := range chosen {
			done, err := planPosted(ctx, r, p, c)
			if err != nil && !gate.RefusedWith(err, "letter.none") {
				return err
			}
			if done {
				posted++
			}
		}
		if posted == 0 {
			return directory.Refuse(directory.Conflict, "letter.none")
		}
		return nil
	}, ids...)
	return posted, err
}

func planPosted(ctx context.Context, r *store.Reader, p *gate.Plan, c ChosenLetter) (bool, error) {
	_, letters, err := kept(ctx, r, p, c)
	if err != nil {
		return false, err
	}
	wipe, count := store.WipeLetters{By: p.Actor.User}, int64(0)
	for _, l := range letters {
		if !l.Printed.IsZero() {
			wipe.Letters, count = append(wipe.Letters, l.Key), count+l.Count
		}
	}
	if len(wipe.Letters) == 0 {
		return false, nil
	}
	entry := audit.Entry{Account: c.Account, Kind: audit.LetterPosted, Object: int64(c.Account)}
	entry.NoteValue("count", audit.Nothing, audit.Number(count))
	p.Record(entry)
	p.Change(wipe)
	return true, nil
}

// PurgeLetters wipes the keys of letters that were printed or shown longer ago than
// they are kept, though nobody said that they were posted (KEY-6).
func (s *Keys) PurgeLetters(ctx context.Context) error {
	before := s.gate.Instant().Add(-directory.LetterKept)
	return s.gate.Purge(ctx, func(tx *store.Tx) (int64, error) { return tx.PurgeLetters(ctx, before, gate.PurgeRows) })
}
