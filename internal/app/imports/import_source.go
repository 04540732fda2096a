package imports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/store"
)

// filePart is how much of a file one row holds.
const filePart = 1 << 20

// A SourceRow is one row to be brought in: cells of a file, or a pasted address
// with what was chosen for it.
type SourceRow struct {
	Line   int
	Cells  []string
	draft  directory.DraftRow
	Double int // the line before that is about the same thing, or 0
}

// A spool is a file on disk without a name: it is gone when it is closed.
type spool struct {
	*os.File
	size int64
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "intendant-import-*")
	if err != nil {
		return nil, fmt.Errorf("keep a file aside: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("keep a file aside: %w", err), file.Close())
	}
	return &spool{File: file}, nil
}

// spoolFile keeps what is sent, at most limit bytes; more is refused with
// sheet.too_large.
func spoolFile(from io.Reader, limit int64) (*spool, error) {
	sp, err := newSpool()
	if err != nil {
		return nil, err
	}
	if sp.size, err = io.Copy(sp, io.LimitReader(from, limit+1)); err != nil {
		return nil, errors.Join(fmt.Errorf("read upload: %w", err), sp.Close())
	}
	if sp.size > limit {
		return nil, errors.Join(directory.InvalidField("file", "sheet.too_large", directory.Args{"limit": limit >> 20}), sp.Close())
	}
	return sp, nil
}

// spoolImport takes the file of an import out of the database.
func (c *core) spoolImport(ctx context.Context, id directory.ImportID) (*spool, error) {
	sp, err := newSpool()
	if err != nil {
		return nil, err
	}
	err = c.gate.Peek(func(r *store.Reader) error {
		for part := int64(0); ; part++ {
			bytes, err := r.ImportPart(ctx, id, part)
			if err != nil || bytes == nil {
				return err
			}
			n, err := sp.Write(bytes)
			sp.size += int64(n)
			if err != nil {
				return fmt.Errorf("write file aside: %w", err)
			}
		}
	})
	if err != nil {
		return nil, errors.Join(err, sp.Close())
	}
	return sp, nil
}

// open reads the spooled file as the choices say.
func (sp *spool) open(name string, choices directory.ImportChoices) (*sheet.Reader, error) {
	return sheet.Open(name, sp, sp.size, sheet.Options{Charset: choices.Charset, Separator: choices.Separator, Sheet: choices.Sheet})
}

// openAsRead reads the spooled file as it was read before.
func (sp *spool) openAsRead(name string, choices directory.ImportChoices) (*sheet.Reader, error) {
	choices.Charset, choices.Separator = cmp.Or(choices.Charset, choices.Read.Charset), cmp.Or(choices.Separator, choices.Read.Separator)
	choices.Sheet = cmp.Or(choices.Sheet, choices.Read.Sheet)
	return sp.open(name, choices)
}

// eachChunk calls visit with the rows of an import in chunks, in order. What is
// read of a file runs ahead of visit, since unpacking a workbook takes as long
// as planning it. A row whose key stood before, wherever in the import, is told
// of the first one.
func (s *Imports) eachChunk(ctx context.Context, i directory.Import, visit func(rows []SourceRow) error) error {
	_, err := s.eachShown(ctx, i, visit)
	return err
}

// eachShown is eachChunk, and answers how many rows the sheet hides; they are among
// the others when that was chosen.
func (s *Imports) eachShown(ctx context.Context, i directory.Import, visit func(rows []SourceRow) error) (hidden int, err error) {
	read := func(ctx context.Context, i directory.Import, send func(rows []SourceRow) error) error {
		return s.fileRows(ctx, i, &hidden, send)
	}
	if i.Pasted() {
		read = s.draftRows
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	chunks, failed := make(chan []SourceRow, 2), make(chan error, 1)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer stop()
	reading.Go(func() {
		defer close(chunks)
		failed <- read(ctx, i, func(rows []SourceRow) error {
			select {
			case chunks <- rows:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	for rows := range chunks {
		if err := visit(rows); err != nil {
			return 0, err
		}
	}
	err = <-failed
	reading.Wait()
	return hidden, err
}

// fileRows reads the rows of a file. Those that the sheet hides are counted, and left
// out unless they were asked for.
func (s *Imports) fileRows(ctx context.Context, i directory.Import, hidden *int, send func(rows []SourceRow) error) error {
	sp, err := s.spoolImport(ctx, i.ID)
	if err != nil {
		return err
	}
	defer func() { _ = sp.Close() }() // read to its end
	reader, err := sp.openAsRead(i.FileName, i.Choices)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	first := roster.NewFirsts()
	key := s.noun(i).Key
	rows := make([]SourceRow, 0, roster.Chunk)
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row.Hidden {
			if *hidden++; i.Choices.Hidden != directory.HiddenTaken {
				continue
			}
		}
		row.Cells = mended(i.Choices, row.Line, row.Cells)
		double := first.Line(key(i.Choices.Columns, row.Cells), row.Line)
		if int64(row.Line) <= i.LastLine {
			continue // done before
		}
		if rows = append(rows, SourceRow{Line: row.Line, Cells: row.Cells, Double: double}); len(rows) == roster.Chunk {
			if err := send(rows); err != nil {
				return err
			}
			rows = make([]SourceRow, 0, roster.Chunk)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return send(rows)
}

// draftRows reads pasted addresses; they have no doubles (ADD-2).
func (s *Imports) draftRows(ctx context.Context, i directory.Import, send func(rows []SourceRow) error) error {
	for after := i.LastLine; ; {
		var drafts []directory.DraftRow
		err := s.gate.Peek(func(r *store.Reader) (err error) {
			drafts, err = r.DraftRows(ctx, i.ID, after, roster.Chunk)
			return err
		})
		if err != nil || len(drafts) == 0 {
			return err
		}
		rows := make([]SourceRow, len(drafts))
		for n, d := range drafts {
			rows[n] = SourceRow{Line: int(d.Line), draft: d}
		}
		after = drafts[len(drafts)-1].Line
		if err := send(rows); err != nil {
			return err
		}
	}
}
