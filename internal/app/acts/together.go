package acts

import (
	"context"
	"encoding/json"
	"errors"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Do does an act on many and keeps how it ended, so that its result is found again: what
// one transaction takes in that one, without a job, more as Begin does (BULK-4). All or
// nothing is one transaction as well: where anything is refused it is Broken, and nothing
// was done. It refuses with act.too_many_whole what is more than that takes.
func (s *Acts) Do(ctx context.Context, actor authz.Actor, account directory.AccountID, d Deed) (gate.Verdicts, error) {
	n := len(d.Items)
	if d.Whole && n > directory.BulkWholeMost {
		return nil, &directory.Error{Kind: directory.Conflict, Code: "act.too_many_whole", Args: directory.Args{"Count": n, "Limit": directory.BulkWholeMost}}
	}
	if !d.Whole && n > roster.Chunk {
		return s.Begin(ctx, actor, account, d)
	}
	verdicts, err := s.together(ctx, gate.AsOneAct(actor), account, d)
	if store.Broken(err) && !d.Whole { // at a row that no rule foresaw: found where they go one by one (BULK-3)
		return s.Begin(ctx, actor, account, d)
	}
	return verdicts, err
}

// A Broken is an act that was to be done all or nothing and of which something was
// refused: nothing was done, and the verdicts say what it would have been (BULK-3).
type Broken struct {
	Verdicts gate.Verdicts
	refusal  *directory.Error
}

// Error says it for logs.
func (b *Broken) Error() string { return b.refusal.Error() }

// Unwrap is the refusal, act.broken.
func (b *Broken) Unwrap() error { return b.refusal }

// AsBroken is the act that an error tells of, or nil.
func AsBroken(err error) *Broken {
	var broken *Broken
	if errors.As(err, &broken) {
		return broken
	}
	return nil
}

// together does an act in one transaction, which also keeps how it ended.
func (s *Acts) together(ctx context.Context, actor authz.Actor, account directory.AccountID, d Deed) (gate.Verdicts, error) {
	kind, err := s.kind(d.Kind)
	if err != nil {
		return nil, err
	}
	plan, err := kind.Plan(d.Change, d.Items)
	if err != nil {
		return nil, err
	}
	uuid := roster.PublicID()
	verdicts, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := plan(ctx, r, p); err != nil {
			return err
		}
		if n := p.Verdicts.Count(gate.Refused); d.Whole && n > 0 {
			return &Broken{Verdicts: p.Verdicts, refusal: &directory.Error{Kind: directory.Conflict, Code: "act.broken", Args: directory.Args{"Count": n}}}
		}
		act := directory.BulkAct{ID: directory.BulkActID(p.NewKey()), UUID: uuid, Account: account, User: actor.User, Asker: gate.AskerOf(actor), Kind: d.Kind,
			State: directory.BulkDone, Batch: actor.Batch, Counts: directory.BulkCounts{Total: int64(len(d.Items))}, Created: p.Now, Ended: p.Now}
		left, err := count(&act.Counts, p.Verdicts, d.Items)
		if err != nil {
			return err
		}
		if act.Counts.Refused > 0 {
			act.Change = string(d.Change)
		}
		p.Pending(store.InsertBulkAct{Act: act, Left: left})
		return nil
	})
	if err == nil {
		d.tell(uuid)
	}
	return verdicts, err
}

// Again tries those once more who were refused in an act that is over: the same is set,
// for them as they are now, by the rights that whoever asks has now (BULK-3). It refuses
// with act.not_over, and with act.nobody_left where nobody was refused, or all of them
// were erased since.
func (s *Acts) Again(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, d Deed) (gate.Verdicts, error) {
	act, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return nil, err
	}
	if act.State == directory.BulkRunning {
		return nil, directory.Refuse(directory.Conflict, "act.not_over")
	}
	kind, err := s.kind(act.Kind)
	if err != nil {
		return nil, err
	}
	d.Kind, d.Change = act.Kind, json.RawMessage(act.Change)
	err = s.gate.Read(ctx, func(r *store.Reader) error {
		if d.Items, err = refusedItems(ctx, r, act.ID); err != nil || kind.Renew == nil {
			return err
		}
		d.Items, err = kind.Renew(ctx, r, account, d.Items)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(d.Items) == 0 || act.Change == "" {
		return nil, directory.Refuse(directory.Conflict, "act.nobody_left")
	}
	return s.Do(ctx, actor, account, d)
}

// refusedItems reads what there was to do of those who were refused.
func refusedItems(ctx context.Context, r *store.Reader, act directory.BulkActID) ([]json.RawMessage, error) {
	var items []json.RawMessage
	for after := int64(0); ; {
		rows, err := r.BulkRefusals(ctx, act, store.BulkRefusalPage{After: after, Limit: readAtOnce})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			var one Refused
			if err := json.Unmarshal([]byte(row.Facts), &one); err != nil {
				return nil, errReadRefused(err)
			}
			if len(one.Item) > 0 {
				items = append(items, one.Item)
			}
			after = row.Line
		}
		if len(rows) < readAtOnce {
			return items, nil
		}
	}
}
