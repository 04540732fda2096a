// Package undo takes back what the history tells of (PLAN-2): one entry with all that
// was written beside it, or a whole act, days later too. It is the opposite act, made
// from the values of the entries by the rules of every other: previewed first, asked
// for the same rights, told in the history, undone again.
//
// What has changed since, or cannot be given back, is named and left. What is done
// about people plans roster; what is done about things, the opposite of its family.
package undo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Undo takes back what the history tells of.
type Undo struct {
	gate      *gate.Gate
	roster    *roster.Writer
	acts      *acts.Acts
	opposites map[audit.Kind]gate.Opposite
}

// New makes it, with what takes back entries about things.
func New(g *gate.Gate, r *roster.Writer, a *acts.Acts, opposites map[audit.Kind]gate.Opposite) *Undo {
	s := &Undo{gate: g, roster: r, acts: a, opposites: opposites}
	a.Register(directory.BulkUndo, acts.Kind{Plan: s.planning, Whose: whose, Together: together})
	return s
}

// A Target is what is taken back: an entry by its number, with all that was written
// beside it about the same person or thing, or a whole act on many.
type Target struct {
	Entry int64
	Act   string
	// Wait is how long the asker waits for the end of one that takes more than a
	// transaction; zero: until it is over. Then it is Unfinished (BULK-4).
	Wait time.Duration
}

// A Preview is what an undo would do (PLAN-1).
type Preview struct {
	gate.Outline
	Total int // how many people and things it is about; those beyond the first are not judged yet
}

// Previewed is how many people and things a preview judges.
const Previewed = 4 * roster.Chunk

// Preview says what taking something back would do, for whom, and what it would leave
// and why: it runs the plan of the undo and writes nothing (PLAN-1). It refuses with
// undo.not_found what the actor has neither done nor may read of, with undo.already,
// and with the reason why what it says cannot be taken back.
func (s *Undo) Preview(ctx context.Context, actor authz.Actor, account directory.AccountID, t Target) (Preview, error) {
	items, err := s.items(ctx, actor, account, t)
	if err != nil {
		return Preview{}, err
	}
	d, err := deed(items[:min(len(items), Previewed)], t)
	if err != nil {
		return Preview{}, err
	}
	outline, err := s.acts.Preview(ctx, actor, account, d)
	return Preview{Outline: outline, Total: len(items)}, err
}

// Do takes something back, with a verdict for each person and thing (BULK-3): in one
// transaction, or, where they are more than it takes, in an act that goes on by itself
// (BULK-4). It refuses like Preview.
func (s *Undo) Do(ctx context.Context, actor authz.Actor, account directory.AccountID, t Target) (gate.Verdicts, error) {
	items, err := s.items(ctx, actor, account, t)
	if err != nil {
		return nil, err
	}
	d, err := deed(items, t)
	if err != nil {
		return nil, err
	}
	if len(items) > 1 {
		actor = gate.AsOneAct(actor)
	}
	if first := d.Items[:min(len(d.Items), roster.Chunk)]; together(first) < len(d.Items) {
		return s.acts.Begin(ctx, actor, account, d)
	}
	return s.gate.Perform(ctx, actor, account, s.plan(items))
}

// Latest is what the actor has done last in an account, from a moment on and by the
// door they come by: what a page offers to take back when it says that it is done. It
// answers false where there is nothing that can be.
func (s *Undo) Latest(ctx context.Context, actor authz.Actor, account directory.AccountID, since time.Time) (Target, bool, error) {
	var t Target
	found := false
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		if actor.User == 0 {
			return nil
		}
		e, is, err := r.LatestEntry(ctx, store.LatestQuery{Account: account, Actor: actor.User, Door: actor.Door, Since: since, Kinds: s.kinds()})
		if found = is; e.Batch != "" {
			t.Act = e.Batch
		} else {
			t.Entry = e.N
		}
		return err
	})
	return t, found, err
}

// kinds are those that something takes back.
func (s *Undo) kinds() []audit.Kind {
	var kinds []audit.Kind
	for _, row := range audit.Rows() {
		if s.takesBack(row.Kind) {
			kinds = append(kinds, row.Kind)
		}
	}
	return kinds
}

func (s *Undo) takesBack(k audit.Kind) bool {
	_, thing := s.opposites[k]
	return k.Row().Undo == audit.Opposite && (thing || roster.Undoes(k))
}

// items are the people and things of a target, those that are looked for in the
// history by whoever may read of them, or has done it themselves.
func (s *Undo) items(ctx context.Context, actor authz.Actor, account directory.AccountID, t Target) ([]item, error) {
	var items []item
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		sight := sightOf(actor, rights)
		var about []store.EntryAbout
		var err error
		if t.Act != "" {
			about, err = s.ofAct(ctx, r, account, t.Act, sight)
		} else {
			about, err = s.ofEntry(ctx, r, account, t.Entry, sight)
		}
		items = itemsOf(about, actor.User)
		return err
	})
	return items, err
}

// A sight is which entries an actor may know of: their own, and those that they may
// read.
type sight func(e store.EntryAbout) bool

func sightOf(actor authz.Actor, rights authz.Rights) sight {
	scope := rights.Scope(authz.ViewHistory)
	return func(e store.EntryAbout) bool {
		return actor.User != 0 && e.Actor == actor.User || scope.All() || e.Unit != 0 && scope.Sees(e.Unit)
	}
}

// ofAct are the entries of an act that can be taken back: of one that went on by
// itself too, by its public id.
func (s *Undo) ofAct(ctx context.Context, r *store.Reader, account directory.AccountID, batch string, may sight) ([]store.EntryAbout, error) {
	batch, err := r.BatchNamed(ctx, account, batch)
	if err != nil {
		return nil, err
	}
	all, err := r.EntriesOfAct(ctx, account, batch)
	if err != nil {
		return nil, err
	}
	seen := slices.DeleteFunc(slices.Clone(all), func(e store.EntryAbout) bool { return !may(e) })
	taken := slices.DeleteFunc(slices.Clone(seen), func(e store.EntryAbout) bool { return !s.takesBack(e.Kind) })
	if len(taken) > 0 {
		return taken, nil
	}
	done, err := r.UndoneActs(ctx, account, []string{batch})
	switch {
	case err != nil:
		return nil, err
	case len(seen) == 0 && done[batch].Entries == 0:
		return nil, directory.Refuse(directory.NotFound, "undo.not_found")
	case done[batch].Entries > 0:
		return nil, directory.Refuse(directory.Conflict, "undo.already")
	}
	return nil, directory.Refuse(directory.Conflict, seen[0].Kind.NeverMessage())
}

// ofEntry are the entries of the operation that wrote one.
func (s *Undo) ofEntry(ctx context.Context, r *store.Reader, account directory.AccountID, n int64, may sight) ([]store.EntryAbout, error) {
	missing := directory.Refuse(directory.NotFound, "undo.not_found")
	found, err := r.EntriesNumbered(ctx, account, []int64{n})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || !may(aboutOf(found[0])) {
		return nil, missing
	}
	beside, err := r.EntriesBeside(ctx, found[0])
	if err != nil {
		return nil, err
	}
	var numbers []int64
	var about []store.EntryAbout
	for _, e := range beside {
		if s.takesBack(e.Kind) {
			about, numbers = append(about, aboutOf(e)), append(numbers, e.N)
		}
	}
	if len(about) == 0 {
		return nil, directory.Refuse(directory.Conflict, found[0].Kind.NeverMessage())
	}
	done, err := r.Undone(ctx, account, numbers)
	if err != nil {
		return nil, err
	}
	about = slices.DeleteFunc(about, func(e store.EntryAbout) bool { return done[e.N].By != 0 })
	if len(about) == 0 {
		return nil, directory.Refuse(directory.Conflict, "undo.already")
	}
	return about, nil
}

func aboutOf(e audit.Entry) store.EntryAbout {
	return store.EntryAbout{N: e.N, Kind: e.Kind, Subject: e.Subject, Object: e.Object, Unit: e.Unit, Actor: e.Actor}
}

// A phase is when something is taken back: what people need to come back to is given
// back before them, and what would not stand without them after.
type phase int

const (
	before phase = iota
	people
	after
)

// An item is one person with all entries about them, newest first, or one entry about
// a thing.
type item struct {
	User    directory.UserID `json:"u,omitempty"`
	Object  int64            `json:"o,omitempty"`
	Phase   phase            `json:"p,omitempty"`
	Part    bool             `json:"r,omitempty"` // who looks after a unit: all of it is taken back by one call
	Entries []int64          `json:"n"`
}

// partOf reports whether an entry is about who looks after a unit, as referent or as
// deputy: one goes as the other comes, so that they are taken back together (SEAT-7).
func partOf(k audit.Kind) bool { return k.Group() == "referent" || k.Group() == "deputy" }

// phaseOf is when an entry of a kind is taken back.
func phaseOf(k audit.Kind) phase {
	switch {
	case roster.Undoes(k):
		return people
	case k.Row().Person, strings.HasSuffix(string(k), ".created"), strings.HasSuffix(string(k), ".added"):
		return after
	}
	return before
}

// itemsOf are entries as what is done, each person once, the asker last.
func itemsOf(about []store.EntryAbout, self directory.UserID) []item {
	var by [after + 1][]item
	at := map[directory.UserID]int{}
	for _, e := range about {
		when := phaseOf(e.Kind)
		if when != people {
			by[when] = append(by[when], item{Object: e.Object, Phase: when, Part: partOf(e.Kind), Entries: []int64{e.N}})
			continue
		}
		i, known := at[e.Subject]
		if !known {
			i = len(by[people])
			at[e.Subject], by[people] = i, append(by[people], item{User: e.Subject, Phase: people})
		}
		by[people][i].Entries = append(by[people][i].Entries, e.N)
	}
	if i, own := at[self]; own {
		mine := by[people][i]
		by[people] = append(slices.Delete(by[people], i, i+1), mine)
	}
	return slices.Concat(by[before], by[people], by[after])
}

func deed(items []item, t Target) (acts.Deed, error) {
	d := acts.Deed{Kind: directory.BulkUndo, Change: json.RawMessage(`{}`), Wait: t.Wait}
	var err error
	d.Items, err = acts.ItemsOf(items)
	return d, err
}

func read(items []json.RawMessage) ([]item, error) {
	found := make([]item, len(items))
	for i, text := range items {
		if err := json.Unmarshal(text, &found[i]); err != nil {
			return nil, fmt.Errorf("read what an undo takes back: %w", err)
		}
	}
	return found, nil
}

// together is how many of the first items one transaction takes: those of one phase,
// and no thing twice, since a plan does not see what it writes itself; but for who looks
// after a unit.
func together(texts []json.RawMessage) int {
	items, err := read(texts)
	if err != nil {
		return len(texts) // its planner says so
	}
	seen := map[int64]bool{}
	for i, one := range items {
		if one.Phase != items[0].Phase || one.Phase != people && seen[one.Object] && !one.Part {
			return i
		}
		seen[one.Object] = true
	}
	return len(items)
}
