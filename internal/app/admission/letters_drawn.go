package admission

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A letterRun is one opening of letters: by whom, for which accounts, and how they
// are drawn.
type letterRun struct {
	actor   authz.Actor
	account directory.AccountID
	others  []directory.AccountID
	plan    func(ctx context.Context, r *store.Reader, p *gate.Plan) ([]KeyLetter, error) // opens them and notes it
	read    ReadLetters
}

// drawnTries is how often letters are drawn that change while they are.
const drawnTries = 4

// openLetters has letters drawn and then notes it: they are opened on a reader, read
// with no transaction open, and noted by a change that finds the same letters (NODE-7).
// Where it finds others, because a key was used or revoked or another letter came,
// nothing is noted and all begins anew; whoever says first that they were posted leaves
// letter.none to the other (KEY-6). It answers how many letters it were.
func (s *Keys) openLetters(ctx context.Context, run letterRun) (int, error) {
	for range drawnTries {
		drawn, err := s.drawLetters(ctx, run)
		if err != nil {
			return 0, err
		}
		changed := false
		_, err = s.gate.Perform(ctx, run.actor, run.account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
			wiped, err := run.plan(ctx, r, p)
			if changed = err == nil && !slices.EqualFunc(drawn, wiped, sameLetter); changed {
				return errLettersChanged
			}
			return err
		}, run.others...)
		if !changed {
			return len(drawn), err
		}
	}
	return 0, errLettersChanged
}

// drawLetters opens letters on a reader and has them drawn when it has ended.
func (s *Keys) drawLetters(ctx context.Context, run letterRun) ([]KeyLetter, error) {
	var drawn []KeyLetter
	_, err := s.gate.Preview(ctx, run.actor, run.account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
		drawn, err = run.plan(ctx, r, p)
		return err
	})
	if err != nil {
		s.gate.NoteRefusal(ctx, run.actor, run.account, err)
		return nil, err
	}
	if len(drawn) == 0 {
		return nil, nil
	}
	return drawn, run.read(drawn)
}

// errLettersChanged refuses to note letters that are not those that were drawn.
var errLettersChanged = directory.Refuse(directory.Conflict, "stale")

// sameLetter reports whether a letter would be drawn alike: to the same address,
// with the same keys.
func sameLetter(a, b KeyLetter) bool {
	return a.Account.ID == b.Account.ID && a.Account.Version == b.Account.Version && a.Buyer.ID == b.Buyer.ID && a.Buyer.Version == b.Buyer.Version &&
		slices.Equal(a.Keys, b.Keys)
}
