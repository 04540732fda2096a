package admission

import (
	"context"
	"fmt"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// LettersAtOnce is how many accounts' letters are printed in one batch.
const LettersAtOnce = 500

// A KeyLetter is what one letter says: the keys stand in it formatted, and
// nowhere else afterwards (KEY-6).
type KeyLetter struct {
	Account directory.Account
	Buyer   directory.User // zero without
	Keys    []string
}

// A ReadLetters is called with the opened letters before they are wiped, maybe
// more than once, and outside of any transaction: drawing takes its time. What it
// returns an error for is not wiped. What it was given counts only when the
// operation then says that it is done.
type ReadLetters func(letters []KeyLetter) error

// A Purpose is why letters are opened; history keeps it.
type Purpose string

// Letters are printed, or shown once on the screen after an account was made.
const (
	ToPrint Purpose = "print"
	ToShow  Purpose = "screen"
)

// OpenLetters opens the letters of an account that wait, once: read gets the keys
// that still work, then they are wiped for good (KEY-5, KEY-6). Of two people
// who open them at the same moment one gets them; the other is refused with
// letter.none.
func (s *Keys) OpenLetters(ctx context.Context, actor authz.Actor, id directory.AccountID, purpose Purpose, read ReadLetters) error {
	done, err := s.openLetters(ctx, letterRun{actor: actor, account: id, read: read, plan: func(ctx context.Context, r *store.Reader, p *gate.Plan) ([]KeyLetter, error) {
		if err := p.RequireDuty(authz.HandleKeys); err != nil {
			return nil, err
		}
		l, err := s.planLetter(ctx, r, p, id, purpose)
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

// PrintLetters opens the letters of many accounts in one act, or of all that
// wait when none is named; at most LettersAtOnce accounts. It answers how many
// letters were in it and how many accounts still wait. It refuses with
// letter.none.
func (s *Keys) PrintLetters(ctx context.Context, actor authz.Actor, ids []directory.AccountID, read ReadLetters) (printed int, rest int64, err error) {
	var waiting int64
	err = s.gate.Console(ctx, actor, authz.HandleKeys, func(r *store.Reader) (err error) {
		if len(ids) == 0 {
			if ids, err = r.LetterAccounts(ctx, actor.Portfolio, LettersAtOnce); err != nil {
				return err
			}
		}
		waiting, err = r.CountLetterAccounts(ctx, actor.Portfolio)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	if len(ids) > LettersAtOnce {
		return 0, 0, &directory.Error{Kind: directory.Invalid, Code: "letter.too_many", Args: directory.Args{"Count": len(ids), "Max": LettersAtOnce}}
	}
	ids = roster.Distinct(ids)
	printed, err = s.openLetters(ctx, letterRun{actor: actor, account: directory.Installation, others: ids, read: read, plan: func(ctx context.Context, r *store.Reader, p *gate.Plan) ([]KeyLetter, error) {
		if err := p.RequireDutyOver(authz.HandleKeys, ids...); err != nil {
			return nil, err
		}
		return s.planLetters(ctx, r, p, ids)
	}})
	if err != nil {
		return 0, 0, err
	}
	return printed, max(waiting-int64(printed), 0), nil
}

func (s *Keys) planLetters(ctx context.Context, r *store.Reader, p *gate.Plan, ids []directory.AccountID) ([]KeyLetter, error) {
	var letters []KeyLetter
	for _, id := range ids {
		l, err := s.planLetter(ctx, r, p, id, ToPrint)
		if gate.RefusedWith(err, "letter.none") {
			continue // printed meanwhile, or ticked by mistake
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

// planLetter opens what waits for one account and wipes it. Keys that were
// revoked or used meanwhile are left out.
func (s *Keys) planLetter(ctx context.Context, r *store.Reader, p *gate.Plan, id directory.AccountID, purpose Purpose) (KeyLetter, error) {
	var l KeyLetter
	sealed, err := r.WaitingLetters(ctx, id)
	if err != nil {
		return l, err
	}
	if l.Account, err = r.Account(ctx, id); err != nil {
		return l, err
	}
	if len(sealed) == 0 || l.Account.Writable() != nil {
		return l, directory.Refuse(directory.Conflict, "letter.none")
	}
	if l.Account.Referent != 0 {
		if l.Buyer, err = r.User(ctx, l.Account.Referent); err != nil {
			return l, err
		}
	}
	wipe := store.WipeLetters{By: p.Actor.User}
	for _, one := range sealed {
		plain, err := s.gate.Box.Open(one.Sealed, store.LetterContext(one.Key))
		if err != nil {
			return l, fmt.Errorf("open letter %d: %w", one.Key, err)
		}
		for _, text := range strings.Fields(string(plain)) {
			_, unused, err := r.UnusedKey(ctx, id, s.gate.Box.KeyDigest(text))
			if err != nil {
				return l, err
			}
			if unused {
				l.Keys = append(l.Keys, directory.FormatKey(text))
			}
		}
		wipe.Letters = append(wipe.Letters, one.Key)
	}
	entry := audit.Entry{Account: id, Kind: audit.LetterPrinted, Object: int64(id)}
	entry.NoteValue("count", audit.Nothing, audit.Number(len(l.Keys)))
	entry.Note("purpose", "", string(purpose))
	p.Record(entry)
	p.Change(wipe)
	return l, nil
}
