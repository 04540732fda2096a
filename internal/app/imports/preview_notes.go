package imports

import (
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// notedAtOnce is how many verdicts of a preview are written in one change: it holds
// other accounts' writes up no longer than a chunk that is brought in, and each change
// costs whoever reads on SQLite the pages that they remember.
const notedAtOnce = 4 * roster.Chunk

// previewNotes writes what a check finds while the check goes on. Nothing of it counts
// before the last is written, which says that the draft is checked.
type previewNotes struct {
	s        *Imports
	progress store.ImportProgress
	rows     []store.ImportRow
	writing  chan error // of the change that is being written; nil: none is
}

func (s *Imports) notesOf(i directory.Import) *previewNotes {
	return &previewNotes{s: s, progress: store.ImportProgress{Import: i.ID, Batch: i.Batch}}
}

// add notes the verdicts on rows up to a line. It answers why an earlier change was
// not written.
func (n *previewNotes) add(ctx context.Context, rows []store.ImportRow, line int64) error {
	n.progress.Counts = counted64(n.progress.Counts, rows)
	n.progress.LastLine = line
	if n.rows = append(n.rows, rows...); len(n.rows) < notedAtOnce {
		return nil
	}
	return n.write(ctx)
}

// write begins to write what has gathered.
func (n *previewNotes) write(ctx context.Context) error {
	if err := n.wait(); err != nil {
		return err
	}
	progress, rows, writing := n.progress, n.rows, make(chan error, 1)
	n.rows, n.writing = nil, writing
	go func() { writing <- n.s.notePreview(ctx, progress, rows) }()
	return nil
}

// wait ends when nothing is being written any more.
func (n *previewNotes) wait() error {
	if n.writing == nil {
		return nil
	}
	err := <-n.writing
	n.writing = nil
	return err
}

// end writes what is left, and that every row was looked at; nothing is being written.
func (n *previewNotes) end(ctx context.Context) error {
	n.progress.Counts.Total, n.progress.Checked = n.progress.Counts.Done, n.s.gate.Instant()
	return n.s.notePreview(ctx, n.progress, n.rows)
}
