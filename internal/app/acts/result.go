package acts

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Result is what became of one person in an act: those who were changed as the history
// of the act knows them, the others as the act kept them (BULK-3).
type Result struct {
	Refused
	Outcome gate.Outcome // Changed, Unchanged or gate.Refused
}

// A ResultPage is which results are read: of one outcome, after one of them.
type ResultPage struct {
	Outcome gate.Outcome
	After   int64 // Line of the last one
	Skip    int   // of those that the act kept
	Limit   int
}

// ResultsOf reads what became of people in an act. Line is what the next page goes on
// after.
func (s *Acts) ResultsOf(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, page ResultPage) ([]Result, error) {
	act, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return nil, err
	}
	var found []Result
	err = s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if page.Outcome == gate.Changed {
			found, err = changedIn(ctx, r, rights, act, page)
			return err
		}
		rows, err := r.BulkRefusals(ctx, act.ID, store.BulkRefusalPage{Outcome: string(page.Outcome), After: page.After, Skip: page.Skip, Limit: page.Limit})
		found = make([]Result, len(rows))
		for i, row := range rows {
			if err := json.Unmarshal([]byte(row.Facts), &found[i].Refused); err != nil {
				return errReadRefused(err)
			}
			found[i].Line, found[i].Outcome = row.Line, page.Outcome
		}
		return err
	})
	return found, err
}

func errReadRefused(err error) error { return fmt.Errorf("read who was refused: %w", err) }

// changedIn reads whom an act changed. Somebody whom the reader may not know of any more
// is named to nobody.
func changedIn(ctx context.Context, r *store.Reader, rights authz.Rights, act directory.BulkAct, page ResultPage) ([]Result, error) {
	rows, err := r.ChangedIn(ctx, act.Account, act.Batch, page.After, page.Limit)
	if err != nil {
		return nil, err
	}
	users := make([]directory.UserID, len(rows))
	for i, row := range rows {
		users[i] = row.User
	}
	people, err := r.Users(ctx, users)
	if err != nil {
		return nil, err
	}
	places, err := r.MembersOf(ctx, act.Account, users)
	if err != nil {
		return nil, err
	}
	found := make([]Result, len(rows))
	for i, row := range rows {
		found[i].Line, found[i].Outcome = row.N, gate.Changed
		if m := places[row.User]; m.ID != 0 && roster.SeesPeopleAt(rights, m.Unit) {
			found[i].Name, found[i].Email, found[i].Member = roster.NameOf(people[row.User], m), people[row.User].Email, m.UUID
		}
	}
	return found, nil
}

// Downloading records that the result of an act is taken away as a file (HIST-4). It
// refuses who may not look at it.
func (s *Acts) Downloading(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.BulkAct, error) {
	act, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return act, err
	}
	_, err = s.gate.Perform(ctx, actor, account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := p.RequireAs(mayLook); err != nil {
			return err
		}
		p.EvenClosed("nothing changes but what the history says")
		entry := p.Entry(audit.ExportRun, 0, int64(act.ID))
		entry.Note("purpose", "", "act")
		p.Record(entry)
		return nil
	})
	return act, err
}

// EachResult reads all results of an act, those who were refused first.
func (s *Acts) EachResult(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, each func([]Result) error) error {
	for _, outcome := range []gate.Outcome{gate.Refused, gate.Unchanged, gate.Changed} {
		for after := int64(0); ; {
			found, err := s.ResultsOf(ctx, actor, account, id, ResultPage{Outcome: outcome, After: after, Limit: readAtOnce})
			if err != nil {
				return err
			}
			if err := each(found); err != nil {
				return err
			}
			if len(found) < readAtOnce {
				break
			}
			after = found[len(found)-1].Line
		}
	}
	return nil
}

// MostUnderWay is how much of what somebody has begun is told at once.
const MostUnderWay = 5
