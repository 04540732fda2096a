package undo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

func (s *Undo) planning(_ []byte, texts []json.RawMessage) (gate.Planner, error) {
	items, err := read(texts)
	return s.plan(items), err
}

// A step is an item with its entries, those that nobody has undone meanwhile.
type step struct {
	item
	entries []audit.Entry
}

// plan takes items back, and marks their entries as undone.
func (s *Undo) plan(items []item) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		steps, err := stepsOf(ctx, r, p.Account, items)
		if err != nil {
			return err
		}
		planned := len(p.Verdicts)
		mark := store.MarkUndone{Account: p.Account}
		for len(steps) > 0 {
			n := run(steps)
			first := p.NextEntry()
			if err := s.take(ctx, r, p, steps[:n]); err != nil {
				return err
			}
			if len(p.Verdicts) != planned+n {
				return fmt.Errorf("%d verdicts on %d things that are undone", len(p.Verdicts)-planned, n)
			}
			mark.Marks = append(mark.Marks, marks(steps[:n], p.Verdicts[planned:], p.Recorded(first))...)
			steps, planned = steps[n:], planned+n
		}
		if len(mark.Marks) > 0 {
			p.Change(mark)
		}
		return nil
	}
}

// stepsOf reads the entries of items.
func stepsOf(ctx context.Context, r *store.Reader, account directory.AccountID, items []item) ([]step, error) {
	var numbers []int64
	for _, one := range items {
		numbers = append(numbers, one.Entries...)
	}
	entries, err := r.EntriesNumbered(ctx, account, numbers)
	if err != nil {
		return nil, err
	}
	done, err := r.Undone(ctx, account, numbers)
	if err != nil {
		return nil, err
	}
	known := make(map[int64]audit.Entry, len(entries))
	for _, e := range entries {
		if done[e.N].By == 0 {
			known[e.N] = e
		}
	}
	steps := make([]step, len(items))
	for i, one := range items {
		steps[i].item = one
		for _, n := range one.Entries {
			if e, is := known[n]; is {
				steps[i].entries = append(steps[i].entries, e)
			}
		}
	}
	return steps, nil
}

// run is how many of the first steps are planned by one call: people, entries about
// things of one kind, or what was undone meanwhile.
func run(steps []step) int {
	like := func(a, b step) bool {
		switch {
		case len(a.entries) == 0 || len(b.entries) == 0:
			return len(a.entries) == len(b.entries)
		case a.Phase == people || b.Phase == people:
			return a.Phase == b.Phase
		}
		return a.entries[0].Kind == b.entries[0].Kind || a.Part && b.Part
	}
	n := 1
	for n < len(steps) && like(steps[0], steps[n]) {
		n++
	}
	return n
}

// take plans a run of steps, with a verdict for each.
func (s *Undo) take(ctx context.Context, r *store.Reader, p *gate.Plan, steps []step) error {
	if len(steps[0].entries) == 0 {
		p.OpenToAnyone("nothing is done, but to say that others have undone it")
		for range steps {
			p.Verdicts = append(p.Verdicts, gate.Verdict{}.Refused(directory.Refuse(directory.Conflict, "undo.already")))
		}
		return nil
	}
	if steps[0].Phase == people {
		pasts := make([]roster.Past, len(steps))
		for i, one := range steps {
			pasts[i] = roster.Past{User: one.User, Entries: one.entries}
		}
		return s.roster.PlanUndo(ctx, r, p, pasts)
	}
	var entries []audit.Entry
	for _, one := range steps {
		entries = append(entries, one.entries...)
	}
	opposite, known := s.opposites[entries[0].Kind]
	if !known {
		return fmt.Errorf("nothing takes back entries of kind %s", entries[0].Kind)
	}
	return opposite(ctx, r, p, entries)
}

// marks say by which entries those of steps were undone: the first that was recorded
// about the same person or thing.
func marks(steps []step, verdicts gate.Verdicts, recorded []audit.Entry) []store.UndoneMark {
	users, things := map[directory.UserID]int64{}, map[int64]int64{}
	for _, e := range slices.Backward(recorded) {
		if e.Subject != 0 {
			users[e.Subject] = e.N
		}
		if e.Object != 0 {
			things[e.Object] = e.N
		}
	}
	var all []store.UndoneMark
	for i, one := range steps {
		if verdicts[i].Outcome != gate.Changed && verdicts[i].Outcome != gate.Added || len(recorded) == 0 {
			continue
		}
		by := recorded[0].N
		if n := users[one.User]; one.Phase == people && n != 0 {
			by = n
		} else if n := things[one.Object]; one.Phase != people && n != 0 {
			by = n
		}
		for _, e := range one.entries {
			all = append(all, store.UndoneMark{N: e.N, By: by, Batch: e.Batch})
		}
	}
	return all
}

// whose is a verdict with whom an item is about, for one that the database broke off at.
func whose(ctx context.Context, r *store.Reader, account directory.AccountID, text json.RawMessage) (gate.Verdict, error) {
	items, err := read([]json.RawMessage{text})
	if err != nil || items[0].User == 0 {
		return gate.Verdict{}, err
	}
	m, err := r.MemberOf(ctx, account, items[0].User)
	if err != nil {
		refusal, fault := gate.AsRefusal(err)
		return gate.Verdict{Refusal: refusal}, fault
	}
	u, err := r.User(ctx, m.User)
	return gate.Verdict{Subject: int64(m.ID), Name: roster.NameOf(u, m), Email: u.Email, Member: m}, err
}
