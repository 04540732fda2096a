package exports

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// errOver is why a worker leaves an export: it was stopped, or another has it.
var errOver = errors.New("the export is over or another's")

// A run is an export while somebody works on it.
type run struct {
	*Exports
	e      directory.Export
	source gate.TableSource
	asker  func(context.Context) (authz.Actor, error) // whose rights are asked for again

	within context.Context // of the writing
	held   []byte          // of the file, that no piece has yet
	rows   int64           // that were written
	told   time.Time       // when the rows were last told
}

// tried writes the file while its asker waits; what does not come to its end in that
// time is left to a worker.
func (s *Exports) tried(ctx context.Context, actor authz.Actor, source gate.TableSource, e directory.Export, wait time.Duration) (directory.Export, error) {
	patience := ctx
	if wait > 0 {
		var cancel context.CancelFunc
		patience, cancel = context.WithTimeout(ctx, wait)
		defer cancel()
	}
	w := &run{Exports: s, e: e, source: source, asker: func(context.Context) (authz.Actor, error) { return actor, nil }}
	if err := w.end(ctx, w.work(patience)); err != nil {
		s.handOver(ctx, w.e)
	}
	now, err := s.byKey(ctx, e.ID)
	if err != nil {
		return e, nil // it was begun all the same
	}
	return now, nil
}

// handOver lets a worker begin the file at once. Where that cannot be written the job
// comes due by itself a little later.
func (s *Exports) handOver(ctx context.Context, e directory.Export) {
	_, err := s.gate.Perform(context.WithoutCancel(ctx), gate.SystemActor(), e.Account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("an export that was allowed to begin goes on; its worker asks for the rights again")
		p.Job(jobOf(e, 0, p.Now))
		return nil
	})
	var cut *directory.Interruption
	if err != nil && !errors.As(err, &cut) {
		s.gate.Log.ErrorContext(ctx, "hand over an export", "error", err)
	}
}

// RunExport is the handler of the job: it writes the file of an export from its first
// row. It may run more than once, and beside itself: whoever took it last writes on,
// and a file that was cut off begins anew, so that nothing of it is there twice or
// half (REP-2). Whoever asked is asked for their rights again with each part; a right
// that is lost stops it.
func (s *Exports) RunExport(ctx context.Context, job directory.Job) error {
	e, err := s.byKey(ctx, directory.ExportID(job.Subject))
	if gate.RefusedWith(err, "export.not_found") {
		return nil // it was over for long, and removed
	}
	if err != nil || e.State != directory.ExportRunning {
		return err
	}
	source, err := s.source(e.Kind)
	if err != nil {
		return err
	}
	w := &run{Exports: s, e: e, source: source, asker: func(ctx context.Context) (authz.Actor, error) { return s.needs.Asker(ctx, e.Asker, e.User, e.Batch) }}
	err = w.end(ctx, w.work(ctx))
	var cut *directory.Interruption
	if err != nil && ctx.Err() == nil && !errors.As(err, &cut) && job.Tries+1 >= directory.JobTries { // one try is left to write that
		w.e.State = directory.ExportFailed
		return errors.Join(err, w.keep(ctx, nil))
	}
	return err
}

// end notes that a refusal has stopped an export, and hands on any other error.
func (w *run) end(ctx context.Context, err error) error {
	refusal, fault := gate.AsRefusal(err)
	switch {
	case errors.Is(err, errOver):
		return nil
	case fault != nil || refusal == nil:
		return fault
	case refusal.Code == "account.not_found": // told to whoever is no longer in it, and to nobody else
		refusal = directory.Refuse(directory.Denied, "export.asker_gone")
	}
	w.e.State, w.e.Stopped = directory.ExportStopped, refusal
	err = w.keep(context.WithoutCancel(ctx), nil)
	if errors.Is(err, errOver) {
		return nil
	}
	return err
}

// work writes the file. Rows are read ahead while those before are written; between
// two parts nothing is held (NODE-7).
func (w *run) work(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.within = ctx
	if err := w.take(ctx); err != nil {
		return err
	}
	lines, err := w.needs.Words(w, File{Export: w.e, Catalogue: w.gate.Catalogue()})
	if err != nil {
		return err
	}
	parts := make(chan (<-chan part))
	go func() {
		defer close(parts)
		w.read(ctx, parts)
	}()
	for reading := range parts {
		p := <-reading
		if err = p.err; err == nil {
			err = w.write(lines, p.rows)
		}
		if err == nil {
			err = w.tell()
		}
		if err != nil {
			break
		}
	}
	cancel()
	for reading := range parts { // whoever reads ends before the caller goes on
		<-reading
	}
	if err != nil {
		_ = lines.Close() // of a file of which nobody wants the rest
		return err
	}
	return w.close(lines)
}

// write writes the rows of a part.
func (w *run) write(lines Lines, rows directory.ExportRows) error {
	if rows == nil {
		return nil
	}
	for row, err := range rows {
		if err == nil {
			err = lines.Row(row)
		}
		if err != nil {
			return err
		}
		w.rows++
	}
	return nil
}

// close ends the file and with its last piece the export.
func (w *run) close(lines Lines) error {
	w.within = context.WithoutCancel(w.within)
	if err := lines.Close(); err != nil {
		return err
	}
	w.e.State, w.e.Total = directory.ExportDone, w.rows
	return w.piece(len(w.held))
}

// A part is what was read at once.
type part struct {
	rows directory.ExportRows
	err  error
}

// read reads part after part, each with the rights of that moment. Where a source says
// soon where the next one begins, that is read beside it while nothing can be written:
// one is read ahead of the one that is waited for.
func (w *run) read(ctx context.Context, into chan<- (<-chan part)) {
	var table *gate.Table
	for more := true; more && ctx.Err() == nil; {
		reading, onward := make(chan part, 1), make(chan bool, 2)
		go func() {
			rows, more, err := w.part(ctx, &table, func() { onward <- true })
			reading <- part{rows, err}
			onward <- more && err == nil
		}()
		into <- reading
		more = <-onward
	}
}

func (w *run) part(ctx context.Context, table **gate.Table, onward func()) (rows directory.ExportRows, more bool, err error) {
	actor, err := w.asker(ctx)
	if err != nil {
		return nil, false, err
	}
	err = w.gate.ViewLong(ctx, actor, w.e.Account, func(r *store.Reader, rights authz.Rights) error {
		if *table == nil {
			opened, err := w.source.Open(ctx, r, rights, w.e.Account, json.RawMessage(w.e.Asked))
			if err != nil {
				return err
			}
			*table = &opened
		}
		if err := reaches(w.source, rights, w.e); err != nil {
			return err
		}
		rows, more, err = (*table).Next(ctx, r, rights, w.e.Columns, onward)
		return err
	})
	return rows, more, err
}

// reaches refuses who may not export any more what they asked for: with
// denied.permission where nothing of it is left, else with export.reach_lost.
func reaches(source gate.TableSource, rights authz.Rights, e directory.Export) error {
	scope := source.Scope(rights, e.Over)
	switch {
	case scope.All():
		return nil
	case len(scope.Units()) == 0:
		for _, right := range []authz.Permission{authz.RunExports, source.Sees} {
			if err := gate.Require(rights, right, e.Over); err != nil {
				return err
			}
		}
		return directory.Refuse(directory.Denied, "export.reach_lost")
	case len(e.Reach) == 0:
		return directory.Refuse(directory.Denied, "export.reach_lost")
	}
	for _, unit := range e.Reach {
		if !scope.Sees(unit) {
			return directory.Refuse(directory.Denied, "export.reach_lost")
		}
	}
	return nil
}

// take makes the export this run's: whoever had it writes nothing more.
func (w *run) take(ctx context.Context) error {
	mine := false
	err := w.gate.Note(ctx, func(tx *store.Tx) (err error) {
		mine, err = tx.TakeExport(ctx, w.e)
		return err
	})
	if err != nil {
		return err
	}
	if !mine {
		now, err := w.byKey(ctx, w.e.ID)
		switch {
		case err != nil:
			return err
		case now.State == directory.ExportRunning:
			return gate.ErrMoved
		}
		return errOver
	}
	w.e.Run, w.e.Done, w.e.Bytes, w.e.Parts = w.e.Run+1, 0, 0, 0
	return nil
}

// pieceBytes is how much of a file one piece has as it is downloaded. Text is kept
// packed, so that what a row of the database has is a quarter of it.
func (w *run) pieceBytes() int {
	if w.e.Format == directory.ExportCSV {
		return 4 << 20
	}
	return 1 << 20
}

// Write takes what comes next of the file.
func (w *run) Write(text []byte) (int, error) {
	w.held = append(w.held, text...)
	for n := w.pieceBytes(); len(w.held) >= n; {
		if err := w.piece(n); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// piece keeps the first bytes of what is held.
func (w *run) piece(n int) error {
	piece, err := packed(w.e.Format, w.held[:n])
	if err != nil {
		return err
	}
	w.e.Bytes, w.e.Parts, w.e.Done = w.e.Bytes+int64(n), w.e.Parts+1, w.rows
	if err := w.keep(w.within, piece); err != nil {
		return err
	}
	w.held = append(w.held[:0], w.held[n:]...)
	return nil
}

// tellEvery is how often the rows are told where pieces take longer to fill.
const tellEvery = time.Second

// tell says how many rows are written, now and then.
func (w *run) tell() error {
	if now := w.gate.Now(); now.Sub(w.told) > tellEvery {
		if w.told = now; w.rows > 0 {
			w.e.Done = w.rows
			return w.keep(w.within, nil)
		}
	}
	return nil
}

// keep writes how far the export is, with the next piece of its file.
func (w *run) keep(ctx context.Context, piece []byte) error {
	mine := false
	err := w.gate.Note(ctx, func(tx *store.Tx) (err error) {
		mine, err = tx.KeepExport(ctx, w.e, piece)
		return err
	})
	if err == nil && !mine {
		err = errOver
	}
	return err
}

func (s *Exports) byKey(ctx context.Context, id directory.ExportID) (e directory.Export, err error) {
	err = s.gate.Peek(func(r *store.Reader) error {
		e, err = r.Export(ctx, id)
		return err
	})
	return e, err
}
