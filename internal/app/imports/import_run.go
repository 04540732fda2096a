package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// JobImport is the kind of job that checks or runs an import.
const JobImport = "import"

// What is checked and run while the person waits: a file of that many bytes, or
// that many pasted rows. More is a job with a page of progress.
const (
	smallFile = 1 << 20
	smallRun  = roster.Chunk
)

// errSuperseded is why a run ends before its rows do, besides gate.ErrMoved.
var errSuperseded = errors.New("import was stopped or read anew")

func importJob(i directory.Import, wait time.Duration, now time.Time) directory.Job {
	return directory.Job{Account: i.Account, Kind: JobImport, Subject: int64(i.ID), Unique: fmt.Sprintf("import %d", i.ID), Due: now.Add(wait)}
}

// checkSoon makes the preview of a draft: now where it is small, else by a job.
// A job stands behind the small one too.
func (s *Imports) checkSoon(ctx context.Context, i directory.Import, now bool) (directory.Import, error) {
	wait := time.Duration(0)
	if now {
		wait = gate.InlineGrace
	}
	if _, err := s.gate.Perform(ctx, gate.SystemActor(), i.Account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("the preview of a draft that its maker may make")
		p.Job(importJob(i, wait, p.Now))
		return nil
	}); err != nil || !now {
		return i, err
	}
	if err := s.check(ctx, i); err != nil && !errors.Is(err, errSuperseded) {
		return i, err
	}
	return s.byKey(ctx, i.ID)
}

func (s *Imports) byKey(ctx context.Context, id directory.ImportID) (directory.Import, error) {
	var i directory.Import
	err := s.gate.Peek(func(r *store.Reader) (err error) {
		i, err = r.Import(ctx, id)
		return err
	})
	return i, err
}

// RunImport is the handler of the job: it makes the preview of a draft or runs
// what was started. It may run more than once, and beside itself: each chunk is
// one transaction that says how far the import is, so that a crash loses no row
// and does none twice.
func (s *Imports) RunImport(ctx context.Context, job directory.Job) error {
	for {
		i, err := s.byKey(ctx, directory.ImportID(job.Subject))
		if gate.RefusedWith(err, "import.not_found") {
			return nil // it was removed meanwhile
		}
		if err != nil {
			return err
		}
		switch {
		case i.State == directory.ImportRunning:
			err = s.run(ctx, i)
		case i.State == directory.ImportDraft && i.Checked.IsZero():
			err = s.check(ctx, i)
		default:
			return nil
		}
		if errors.Is(err, gate.ErrMoved) || errors.Is(err, errSuperseded) {
			continue
		}
		return err
	}
}

// check plans every row of a draft and keeps what would become of it; it writes
// nothing else (PLAN-1).
func (s *Imports) check(ctx context.Context, i directory.Import) error {
	if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.ClearImportRows(ctx, i.ID) }); err != nil {
		return err
	}
	i.LastLine = 0
	notes := s.notesOf(i)
	actor, kind, before := starterOf(i), s.noun(i), roster.NewRowsBefore()
	found, err := s.findingOf(ctx, i)
	if err != nil {
		return s.notReadable(ctx, i, err)
	}
	hidden, err := s.eachShown(ctx, i, func(rows []SourceRow) error {
		var written []store.ImportRow
		about, err := s.about(ctx, kind, ImportChunk{Import: i, Rows: rows})
		if err != nil {
			return err
		}
		_, err = s.gate.Preview(ctx, actor, i.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
			written, err = s.planChunk(ctx, r, p, kind, ImportChunk{i, rows, before, found})
			return err
		}, about...)
		if err != nil {
			return err
		}
		return notes.add(ctx, written, int64(rows[len(rows)-1].Line))
	})
	if late := notes.wait(); err == nil { // what was being written is not to come after what follows
		err = late
	}
	if err != nil {
		return s.notReadable(ctx, i, err)
	}
	if !i.Pasted() {
		if err := s.noteFound(ctx, i, found.found(hidden)); err != nil {
			return err
		}
	}
	return notes.end(ctx)
}

// notReadable ends the check of a file that turned out to be broken further
// down: the page says why. Anything else is a fault.
func (s *Imports) notReadable(ctx context.Context, i directory.Import, err error) error {
	refusal, fault := gate.AsRefusal(err)
	if fault != nil {
		return err
	}
	now, err := s.byKey(ctx, i.ID)
	if err != nil || now.Batch != i.Batch {
		return err
	}
	now.Choices.Stopped, now.Checked = refusal.Code, s.gate.Instant()
	return s.gate.Note(ctx, func(tx *store.Tx) error { return tx.UpdateImport(ctx, now) })
}

func (s *Imports) notePreview(ctx context.Context, progress store.ImportProgress, rows []store.ImportRow) error {
	return s.gate.Note(ctx, func(tx *store.Tx) error {
		ours, err := tx.ImportProgress(ctx, progress)
		if err == nil && !ours {
			err = errSuperseded
		}
		if err != nil {
			return err
		}
		return tx.PutImportRows(ctx, progress.Import, rows)
	})
}

// An ImportChunk is some rows of an import.
type ImportChunk struct {
	directory.Import
	Rows   []SourceRow
	before *roster.RowsBefore // in a preview
	found  *finding           // in a preview
}

// planChunk plans the rows of a chunk and answers what is kept of each.
func (s *Imports) planChunk(ctx context.Context, r *store.Reader, p *gate.Plan, kind Noun, c ImportChunk) ([]store.ImportRow, error) {
	if err := kind.Require(p); err != nil {
		return nil, err
	}
	facts, err := kind.Plan(ctx, r, p, c)
	if err != nil {
		return nil, err
	}
	written := make([]store.ImportRow, len(facts))
	for n, f := range facts {
		v := p.Verdicts[n]
		f.Refusal, f.Also, f.Changes, f.Invited, f.Creates, f.Lacks = v.Refusal, v.Also, v.Changes, v.Invited, v.Creates, v.Lacks
		f.Cells = atFault(c.Import, c.Rows[n], f)
		text, err := json.Marshal(f)
		if err != nil {
			return nil, fmt.Errorf("facts of line %d: %w", c.Rows[n].Line, err)
		}
		written[n] = store.ImportRow{Line: int64(c.Rows[n].Line), Outcome: string(v.Outcome), Subject: v.Subject, Facts: string(text), Invited: v.Invited}
	}
	return written, nil
}

// counted64 adds rows to counts.
func counted64(n directory.ImportCounts, rows []store.ImportRow) directory.ImportCounts {
	for _, row := range rows {
		n.Done++
		switch gate.Outcome(row.Outcome) {
		case gate.Added:
			n.Added++
		case gate.Changed:
			n.Changed++
		case gate.Unchanged:
			n.Unchanged++
		default:
			n.Faulty++
		}
		if row.Invited {
			n.Invited++
		}
	}
	return n
}

// Start confirms a draft: from now on its rows are brought in, small ones
// before Start returns, others by a job. It refuses with import.started when it
// was before, with import.unchecked while the preview is being made, with
// import.unreadable when that found the file broken, and with import.hidden while
// nobody has said what becomes of rows that the sheet hides.
func (s *Imports) Start(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Import, error) {
	i, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return i, err
	}
	actor.Batch = uuid.NewString() // of the run: its beginning, its rows and its end are one act (HIST-6)
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := s.noun(i).Require(p); err != nil {
			return err
		}
		if i, err = r.Import(ctx, i.ID); err != nil {
			return err
		}
		if err := startable(i); err != nil {
			return err
		}
		i.State, i.Started, i.Batch, i.LastLine = directory.ImportRunning, p.Now, actor.Batch, 0
		i.Counts = directory.ImportCounts{Total: i.Counts.Total}
		startedBy(&i, actor)
		p.Pending(store.UpdateImport{Import: i}, store.ClearImportRows{Import: i.ID})
		wait := time.Duration(0)
		if i.Counts.Total <= smallRun {
			wait = gate.InlineGrace
		}
		p.Job(importJob(i, wait, p.Now))
		if !i.Pasted() {
			entry := p.Entry(audit.ImportStarted, 0, int64(i.ID))
			entry.Note("file", "", i.FileName)
			entry.NoteValue("count", audit.Nothing, audit.Number(i.Counts.Total))
			p.Record(entry)
		}
		return nil
	})
	if err != nil || i.Counts.Total > smallRun {
		return i, err
	}
	return s.finish(ctx, i)
}

// finish runs what was started to its end, as the command line does.
func (s *Imports) finish(ctx context.Context, i directory.Import) (directory.Import, error) {
	err := s.RunImport(ctx, directory.Job{Subject: int64(i.ID)})
	if err != nil {
		return i, err
	}
	return s.byKey(ctx, i.ID)
}

// Finish checks or runs an import of the account to the end before it returns.
func (s *Imports) Finish(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Import, error) {
	i, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return i, err
	}
	return s.finish(ctx, i)
}

func startable(i directory.Import) error {
	switch {
	case i.State != directory.ImportDraft:
		return directory.Refuse(directory.Conflict, "import.started")
	case i.Choices.Stopped != "":
		return directory.Refuse(directory.Conflict, "import.unreadable")
	case i.Choices.HiddenUnsaid():
		return directory.Refuse(directory.Conflict, "import.hidden")
	case i.Checked.IsZero() && !i.Pasted():
		return directory.Refuse(directory.Conflict, "import.unchecked")
	}
	return nil
}

// Stop ends a running import after the chunk it is at; what was brought in
// stays. It refuses with import.ended when it is not running.
func (s *Imports) Stop(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) error {
	i, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := s.noun(i).Require(p); err != nil {
			return err
		}
		if i, err = r.Import(ctx, i.ID); err != nil {
			return err
		}
		if i.State != directory.ImportRunning {
			return directory.Refuse(directory.Conflict, "import.ended")
		}
		planEnd(p, i, directory.ImportStopped, audit.ImportStopped)
		return nil
	})
	return err
}

// planEnd ends an import with its counts in the history.
func planEnd(p *gate.Plan, i directory.Import, state directory.ImportState, kind audit.Kind) {
	i.State, i.Ended = state, p.Now
	p.Pending(store.UpdateImport{Import: i})
	if i.Pasted() && state == directory.ImportDone {
		return // its rows say it all
	}
	entry := p.Entry(kind, 0, int64(i.ID))
	entry.Note("file", "", i.FileName)
	for _, count := range []struct {
		field string
		n     int64
	}{{"added", i.Counts.Added}, {"changed", i.Counts.Changed}, {"unchanged", i.Counts.Unchanged}, {"faulty", i.Counts.Faulty}} {
		entry.NoteValue(count.field, audit.Nothing, audit.Number(count.n))
	}
	p.Record(entry)
}

// run brings in the rows that are not in yet. What the person who started it
// may no longer do stops it.
func (s *Imports) run(ctx context.Context, i directory.Import) error {
	at := i // as far as this run has come
	err := s.eachChunk(ctx, i, func(rows []SourceRow) error {
		return roster.Parted(rows, func(rows []SourceRow) error {
			return s.bringIn(ctx, &at, rows, nil)
		}, func(row SourceRow, fault error) error {
			return s.bringIn(ctx, &at, []SourceRow{row}, s.roster.FoundBroken(ctx, fault))
		})
	})
	state, kindOfEnd := directory.ImportDone, audit.ImportFinished
	if refusal, fault := gate.AsRefusal(err); fault != nil {
		return err
	} else if refusal != nil {
		state, kindOfEnd = directory.ImportStopped, audit.ImportStopped
		i.Choices.Stopped = refusal.Code
	}
	return s.end(ctx, i, state, kindOfEnd)
}

// bringIn brings in some rows after those that at has come to, in one
// transaction that says so; with a refusal they are left out for it.
func (s *Imports) bringIn(ctx context.Context, at *directory.Import, rows []SourceRow, refusal *directory.Error) error {
	kind, last := s.noun(*at), int64(rows[len(rows)-1].Line)
	about, err := s.about(ctx, kind, ImportChunk{Import: *at, Rows: rows})
	if err != nil {
		return err
	}
	_, err = s.gate.Perform(ctx, starterOf(*at), at.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		now, err := stillAt(ctx, r, *at)
		if err != nil {
			return err
		}
		plan := s.planChunk
		if refusal != nil {
			plan = leaveOut(refusal)
		}
		written, err := plan(ctx, r, p, kind, ImportChunk{Import: now, Rows: rows})
		if err != nil {
			return err
		}
		progress := store.ImportProgress{Import: at.ID, Batch: at.Batch, Counts: counted64(now.Counts, written), LastLine: last, Checked: now.Checked}
		p.Pending(progress, store.PutImportRows{Import: at.ID, Rows: written})
		return nil
	}, about...)
	if err == nil {
		at.LastLine = last
	}
	return err
}

// about are the accounts that rows write to beside the import's own.
func (s *Imports) about(ctx context.Context, kind Noun, c ImportChunk) (accounts []directory.AccountID, err error) {
	if kind.About == nil {
		return nil, nil
	}
	err = s.gate.Peek(func(r *store.Reader) error {
		accounts, err = kind.About(ctx, r, c)
		return err
	})
	return accounts, err
}

// leaveOut is planChunk for a row that was tried and is left out, with what is
// known of it.
func leaveOut(refusal *directory.Error) func(ctx context.Context, r *store.Reader, p *gate.Plan, kind Noun, c ImportChunk) ([]store.ImportRow, error) {
	return func(_ context.Context, _ *store.Reader, p *gate.Plan, kind Noun, c ImportChunk) ([]store.ImportRow, error) {
		if err := kind.Require(p); err != nil {
			return nil, err
		}
		row := c.Rows[0]
		facts := RowFacts{Email: row.draft.Email, Refusal: refusal}
		if !c.Pasted() {
			facts.Email = kind.Key(c.Choices.Columns, row.Cells)
		}
		text, err := json.Marshal(facts)
		if err != nil {
			return nil, fmt.Errorf("facts of line %d: %w", row.Line, err)
		}
		return []store.ImportRow{{Line: int64(row.Line), Outcome: string(gate.Refused), Facts: string(text)}}, nil
	}
}

// end notes that a run is over.
func (s *Imports) end(ctx context.Context, i directory.Import, state directory.ImportState, kind audit.Kind) error {
	_, err := s.gate.Perform(ctx, starterOf(i), i.Account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("a run that was allowed to start may end")
		now, err := r.Import(ctx, i.ID)
		if err != nil {
			return err
		}
		if now.State != directory.ImportRunning || now.Batch != i.Batch {
			return errSuperseded
		}
		now.Choices.Stopped = i.Choices.Stopped
		planEnd(p, now, state, kind)
		return nil
	})
	return err
}

// stillAt reads how far an import is; whoever runs it must be the one to go on.
func stillAt(ctx context.Context, r *store.Reader, i directory.Import) (directory.Import, error) {
	now, err := r.Import(ctx, i.ID)
	switch {
	case err != nil:
		return now, err
	case now.State != directory.ImportRunning || now.Batch != i.Batch:
		return now, errSuperseded
	case now.LastLine != i.LastLine:
		return now, gate.ErrMoved
	}
	return now, nil
}

// startedBy keeps who an import acts for.
func startedBy(i *directory.Import, actor authz.Actor) {
	c := &i.Choices
	c.By, c.Staff, c.Entry, c.Until = string(actor.Kind), string(actor.Staff), actor.Entry, actor.Until
}

// starterOf is who started an import, coming in by the file's door.
func starterOf(i directory.Import) authz.Actor {
	kind := authz.ActorKind(i.Choices.By)
	actor := authz.Actor{Kind: kind, User: i.User, Door: authz.DoorImport, Staff: authz.StaffRole(i.Choices.Staff), Entry: i.Choices.Entry,
		Until: i.Choices.Until, Batch: i.Batch}
	if kind == authz.StaffInside {
		actor.Entered = i.Account
	}
	if i.Pasted() {
		actor.Door = authz.DoorPage
	}
	return actor
}

// Purge removes drafts nobody confirmed and the files and results of old
// imports; the people stay (USER-7).
func (s *Imports) Purge(ctx context.Context) error {
	now := s.gate.Instant()
	for {
		var old []directory.ImportID
		err := s.gate.Peek(func(r *store.Reader) (err error) {
			old, err = r.OldImports(ctx, now.AddDate(0, 0, -directory.DraftDays), now.AddDate(0, 0, -directory.ImportDays), 20)
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		for _, id := range old {
			if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.DeleteImport(ctx, id) }); err != nil {
				return err
			}
		}
	}
}
