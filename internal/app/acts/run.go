package acts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// UsualWait is how long a face waits for an act on many before it answers that
// the act goes on by itself.
const UsualWait = 2 * time.Second

// An Unfinished says that an act on many was begun and confirmed, and that
// whoever asked for it finds the rest at its own address: it goes on by itself, or
// it ended before everything was done. It is no refusal and no fault (BULK-4).
type Unfinished struct {
	Act   directory.BulkAct
	Cause error // why nobody waited to the end, when it was neither time nor a refusal
}

// Error says it for logs.
func (u *Unfinished) Error() string {
	text := fmt.Sprintf("act on many %s is %s, %d of %d done", u.Act.UUID, u.Act.State, u.Act.Counts.Done, u.Act.Counts.Total)
	if u.Cause != nil {
		text += ": " + u.Cause.Error()
	}
	return text
}

// Unwrap is why nobody waited to the end.
func (u *Unfinished) Unwrap() error { return u.Cause }

// Why a worker leaves an act, other than that it is done.
var (
	errActOver  = errors.New("act on many was ended by another")
	errNoMore   = errors.New("nobody waits for the act any longer")
	errActPiece = errors.New("what an act has to do is not there")
)

// A Deed is what an act on many does, and to what; what is set and the items are
// JSON, as their kind reads them. No secret is in it.
type Deed struct {
	Kind   directory.BulkKind
	Change json.RawMessage
	Items  []json.RawMessage
	Wait   time.Duration // how long the asker waits for the end; zero: until it is over
	Whole  bool          // everything or nothing, in one transaction (BULK-3)
	Told   *string       // is told the public id of the act, where it is not nil
}

// A Kind is what an act on many can do to each of its items. It is the same planner
// that does it in one transaction, where that is enough.
type Kind struct {
	Takes authz.Permission // held somewhere by whoever begins it; empty: its planner alone asks
	Plan  Planning
	// Whose is a verdict with who an item is about, for one that the database
	// broke off at.
	Whose func(ctx context.Context, r *store.Reader, account directory.AccountID, item json.RawMessage) (gate.Verdict, error)
	// Renew is items of those who were refused as they are now, to be tried again; nil
	// where an item says nothing that grows old.
	Renew func(ctx context.Context, r *store.Reader, account directory.AccountID, items []json.RawMessage) ([]json.RawMessage, error)
	// Together is how many of the first of some items one transaction takes, where not
	// all: those that follow need to see these written. Nil: all.
	Together func(items []json.RawMessage) int
}

// together is how many of the first of some items go into one transaction.
func (k Kind) together(items []json.RawMessage) int {
	if k.Together == nil || len(items) == 0 {
		return len(items)
	}
	return k.Together(items)
}

// A Planning plans some items of an act and leaves a verdict for each, in their
// order.
type Planning func(change []byte, items []json.RawMessage) (gate.Planner, error)

// ItemsOf are things to do as an act keeps them.
func ItemsOf[T any](things []T) ([]json.RawMessage, error) {
	items := make([]json.RawMessage, len(things))
	for i, thing := range things {
		var err error
		if items[i], err = json.Marshal(thing); err != nil {
			return nil, fmt.Errorf("write act on many: %w", err)
		}
	}
	return items, nil
}

// Whole reports whether things to do are kept as they are: text that is none would be
// mended in keeping it, and is to be refused instead (DOOR-6).
func Whole(items []json.RawMessage) bool {
	return !slices.ContainsFunc(items, func(item json.RawMessage) bool { return bytes.Contains(item, []byte(`\ufffd`)) })
}

// A course is an act on many while somebody works on it.
type course struct {
	*Acts
	act      directory.BulkAct
	asker    func(context.Context) (authz.Actor, error) // whose rights are asked for again
	given    []json.RawMessage                          // all there is to do, where this run began the act; nil: it is read
	awaited  bool                                       // somebody waits for the verdicts
	verdicts gate.Verdicts                              // of what this run has done, when they are awaited
}

// Begin does what more than one transaction takes: it begins an act, works on it
// as long as its asker waits, and leaves the rest to a job. A job stands behind it
// from the first row on, so that nothing is lost with the process or the asker.
func (s *Acts) Begin(ctx context.Context, actor authz.Actor, account directory.AccountID, d Deed) (gate.Verdicts, error) {
	actor = gate.AsOneAct(actor)
	run := &course{Acts: s, given: d.Items, awaited: true, asker: func(context.Context) (authz.Actor, error) { return actor, nil }}
	run.act = directory.BulkAct{UUID: roster.PublicID(), Account: account, User: actor.User, Asker: gate.AskerOf(actor), Kind: d.Kind, Change: string(d.Change),
		State: directory.BulkRunning, Batch: actor.Batch, Request: actor.Request, Counts: directory.BulkCounts{Total: int64(len(d.Items))}}
	err := run.open(ctx, actor, d.Items, s.kinds[d.Kind].together(d.Items[:min(roster.Chunk, len(d.Items))]))
	if store.Broken(err) { // at a row that no rule foresaw: found where they go one by one (BULK-3)
		err = run.open(ctx, actor, d.Items, 0)
	}
	if err != nil {
		return nil, err
	}
	d.tell(run.act.UUID)
	patience := ctx
	if d.Wait > 0 {
		var cancel context.CancelFunc
		patience, cancel = context.WithTimeout(ctx, d.Wait)
		defer cancel()
	}
	return run.waited(ctx, run.finish(ctx, patience))
}

// open writes the act, with the first of its items done in the same transaction.
func (run *course) open(ctx context.Context, actor authz.Actor, items []json.RawMessage, first int) error {
	plan, err := run.planner(items[:first])
	if err != nil {
		return err
	}
	var parts [][]byte
	for part := range slices.Chunk(items, roster.Chunk) {
		text, err := json.Marshal(part)
		if err != nil {
			return fmt.Errorf("write act on many: %w", err)
		}
		parts = append(parts, text)
	}
	if first == min(roster.Chunk, len(items)) {
		parts[0] = nil
	}
	act := run.act
	verdicts, err := run.gate.Perform(ctx, actor, act.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := run.mayBegin(p, first); err != nil {
			return err
		}
		act.ID, act.Created, act.Counts = directory.BulkActID(p.NewKey()), p.Now, run.act.Counts
		p.Pending(store.InsertBulkAct{Act: act, Parts: parts})
		p.Job(actJob(act, gate.InlineGrace, p.Now))
		if err := plan(ctx, r, p); err != nil || first == 0 {
			return err
		}
		return advance(p, &act, items[:first])
	})
	if err == nil {
		run.act, run.verdicts = act, verdicts
	}
	return err
}

// tell tells under which public id an act is kept.
func (d Deed) tell(uuid string) {
	if d.Told != nil {
		*d.Told = uuid
	}
}

// mayBegin asks for what an act of the kind takes; of one that takes nothing by itself
// the planner of each piece asks.
func (run *course) mayBegin(p *gate.Plan, first int) error {
	takes := run.kinds[run.act.Kind].Takes
	if takes == "" && first == 0 {
		p.OpenToAnyone("each piece asks by itself, and nothing is done yet")
	}
	if takes == "" {
		return nil
	}
	return p.RequireSomewhere(takes)
}

// finish goes on until everything is done or nobody waits any longer.
func (run *course) finish(ctx, patience context.Context) error {
	for run.act.State == directory.BulkRunning {
		if patience.Err() != nil {
			return errNoMore
		}
		err := run.step(ctx)
		if errors.Is(err, gate.ErrMoved) || errors.Is(err, errActOver) {
			run.act, err = run.byKey(ctx, run.act.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// waited is what the asker is told when the work in their request is over.
func (run *course) waited(ctx context.Context, err error) (gate.Verdicts, error) {
	refusal, fault := gate.AsRefusal(err)
	var cut *directory.Interruption
	var cause error
	switch {
	case err == nil && run.act.State == directory.BulkDone && int64(len(run.verdicts)) == run.act.Counts.Total:
		return run.verdicts, nil
	case refusal != nil:
		if err := run.end(ctx, directory.BulkStopped, whyStopped(refusal)); err != nil {
			return nil, &Unfinished{run.act, err}
		}
	case errors.Is(err, errNoMore):
		run.handOver(ctx)
	case fault != nil:
		cause = err
		if !errors.As(err, &cut) { // else nothing can be written, and the job comes due by itself
			run.handOver(ctx)
		}
	}
	return nil, &Unfinished{run.act, cause}
}

// handOver lets a worker go on at once. Where that cannot be written the job comes
// due by itself a little later.
func (run *course) handOver(ctx context.Context) {
	_, err := run.gate.Perform(context.WithoutCancel(ctx), gate.SystemActor(), run.act.Account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("an act that was allowed to begin goes on; its worker asks for the rights again")
		p.Job(actJob(run.act, 0, p.Now))
		return nil
	})
	var cut *directory.Interruption
	if err != nil && !errors.As(err, &cut) {
		run.gate.Log.ErrorContext(ctx, "hand over an act on many", "error", err)
	}
}

func actJob(act directory.BulkAct, wait time.Duration, now time.Time) directory.Job {
	return directory.Job{Account: act.Account, Kind: Job, Subject: int64(act.ID), Unique: fmt.Sprintf("act %d", act.ID), Due: now.Add(wait)}
}

// step does the next piece, or what is left of it. A row at which the database
// breaks off is found and left out (BULK-3).
func (run *course) step(ctx context.Context) error {
	actor, err := run.asker(ctx)
	if err != nil {
		return err
	}
	items, err := run.todo(ctx)
	if err != nil {
		return err
	}
	items = items[:run.kinds[run.act.Kind].together(items)]
	return roster.Parted(items, func(part []json.RawMessage) error {
		plan, err := run.planner(part)
		if err != nil {
			return err
		}
		return run.do(ctx, actor, plan, part)
	}, func(item json.RawMessage, fault error) error {
		return run.do(ctx, actor, run.leaveOut(item, run.roster.FoundBroken(ctx, fault)), []json.RawMessage{item})
	})
}

// todo is what is left of the piece that the act has come to.
func (run *course) todo(ctx context.Context) ([]json.RawMessage, error) {
	done := run.act.Counts.Done
	if all := int64(len(run.given)); done < all {
		return run.given[done:min((done/roster.Chunk+1)*roster.Chunk, all)], nil
	}
	var text []byte
	err := run.gate.Peek(func(r *store.Reader) (err error) {
		text, err = r.BulkPart(ctx, run.act.ID, done/roster.Chunk)
		return err
	})
	if err != nil {
		return nil, err
	}
	if text == nil { // done, or dropped with the act
		now, err := run.byKey(ctx, run.act.ID)
		if err == nil && now.State == directory.BulkRunning && now.Counts.Done == done {
			err = errActPiece
		}
		if err == nil {
			err = gate.ErrMoved
		}
		return nil, err
	}
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, fmt.Errorf("read what an act has to do: %w", err)
	}
	return items[done%roster.Chunk:], nil
}

// do performs the plan of items, in one transaction that says how far the act is
// then. Whoever works beside it loses the race and does nothing twice.
func (run *course) do(ctx context.Context, actor authz.Actor, plan gate.Planner, items []json.RawMessage) error {
	var after directory.BulkAct
	verdicts, err := run.gate.Perform(ctx, actor, run.act.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		now, err := r.BulkAct(ctx, run.act.ID)
		switch {
		case err != nil:
			return err
		case now.State != directory.BulkRunning:
			return errActOver
		case now.Counts.Done != run.act.Counts.Done:
			return gate.ErrMoved
		}
		if err := plan(ctx, r, p); err != nil {
			return err
		}
		after = now
		return advance(p, &after, items)
	})
	if err != nil {
		return err
	}
	if run.act = after; run.awaited {
		run.verdicts = append(run.verdicts, verdicts...)
	}
	return nil
}

// advance counts the verdicts of a plan into an act, keeps of whom nothing was
// changed, and ends the act when nothing is left.
func advance(p *gate.Plan, act *directory.BulkAct, items []json.RawMessage) error {
	progress := store.BulkProgress{Act: act.ID, From: act.Counts.Done}
	var err error
	if progress.Left, err = count(&act.Counts, p.Verdicts, items); err != nil {
		return err
	}
	if n := act.Counts; n.Done >= n.Total {
		act.State, act.Ended = directory.BulkDone, p.Now
		if n.Refused == 0 {
			act.Change = ""
		}
	}
	progress.Counts, progress.State = act.Counts, act.State
	p.Pending(progress)
	return nil
}

// count counts verdicts on items, and answers those of whom nothing was changed. A plan
// that did not judge each item is a fault: the act would lose count of what is left.
func count(n *directory.BulkCounts, verdicts gate.Verdicts, items []json.RawMessage) ([]store.BulkRefusal, error) {
	if len(verdicts) != len(items) {
		return nil, fmt.Errorf("%d verdicts on %d items of an act on many", len(verdicts), len(items))
	}
	var left []store.BulkRefusal
	for i, v := range verdicts {
		n.Done++
		if v.Invited {
			n.Invited++
		}
		one := store.BulkRefusal{Line: n.Done, Outcome: store.BulkRefused}
		facts := refusedFacts(v)
		switch v.Outcome {
		case gate.Added, gate.Changed:
			n.Changed++
			continue
		case gate.Unchanged:
			n.Unchanged++
			one.Outcome = store.BulkUnchanged
		default:
			n.Refused++
			facts.Item = items[i]
		}
		text, err := json.Marshal(facts)
		if err != nil {
			return nil, fmt.Errorf("keep who was refused: %w", err)
		}
		one.Facts = string(text)
		left = append(left, one)
	}
	return left, nil
}

// end notes that an act is over before everything was done: what is left will
// not be done.
func (run *course) end(ctx context.Context, state directory.BulkState, refusal *directory.Error) error {
	_, err := run.gate.Perform(context.WithoutCancel(ctx), gate.SystemActor(), run.act.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("an act that was allowed to begin may end")
		now, err := r.BulkAct(ctx, run.act.ID)
		if err != nil || now.State != directory.BulkRunning {
			return err
		}
		planActEnd(p, now, state, refusal)
		return nil
	})
	if err == nil {
		run.act, err = run.byKey(context.WithoutCancel(ctx), run.act.ID)
	}
	return err
}

func planActEnd(p *gate.Plan, act directory.BulkAct, state directory.BulkState, refusal *directory.Error) {
	p.Pending(store.BulkProgress{Act: act.ID, From: act.Counts.Done, Counts: act.Counts, State: state, Stopped: refusal})
}

func (run *course) byKey(ctx context.Context, id directory.BulkActID) (act directory.BulkAct, err error) {
	err = run.gate.Peek(func(r *store.Reader) error {
		act, err = r.BulkAct(ctx, id)
		return err
	})
	return act, err
}

// leaveOut plans nothing for one item but to say who it is about and why.
func (run *course) leaveOut(item json.RawMessage, refusal *directory.Error) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("nothing is done, but to say why")
		v, err := run.kinds[run.act.Kind].Whose(ctx, r, run.act.Account, item)
		p.Verdicts = append(p.Verdicts, v.Refused(refusal))
		return err
	}
}

// planner plans some items of the act.
func (run *course) planner(items []json.RawMessage) (gate.Planner, error) {
	kind, err := run.kind(run.act.Kind)
	if err != nil {
		return nil, err
	}
	return kind.Plan([]byte(run.act.Change), items)
}
