package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Options override what Open finds by itself. All may stay empty.
type Options struct {
	Charset   string // one of Charsets
	Separator string // one of Separators
	Sheet     string // a name of Reader.Sheets
	Limits    Limits
}

// Limits of a file. A zero stands for the value of DefaultLimits.
type Limits struct {
	Bytes      int64 // the file
	Rows       int   // below the head, blank ones not counted
	Columns    int
	UnzipBytes int64 // everything in a workbook, unpacked
	CellBytes  int   // one cell, in UTF-8
}

// DefaultLimits are those of an import form. A cell may hold what a spreadsheet
// allows, 32,767 characters of four bytes.
func DefaultLimits() Limits {
	return Limits{Bytes: 64 << 20, Rows: 200_000, Columns: 256, UnzipBytes: 512 << 20, CellBytes: 4 * 32767}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Bytes == 0 {
		l.Bytes = d.Bytes
	}
	if l.Rows == 0 {
		l.Rows = d.Rows
	}
	if l.Columns == 0 {
		l.Columns = d.Columns
	}
	if l.UnzipBytes == 0 {
		l.UnzipBytes = d.UnzipBytes
	}
	if l.CellBytes == 0 {
		l.CellBytes = d.CellBytes
	}
	return l
}

// A Format is how a file was read, to be shown and corrected.
type Format struct {
	Kind      string // "csv", "xlsx" or "ods"
	Charset   string // of a CSV
	Separator string // of a CSV
	Sheet     string // of a workbook
}

// A Row is one line of a table that is not blank. Cells stand as they are
// written, blanks included; there are at least as many as in the head.
type Row struct {
	Line   int // of the file, or of the sheet, from 1
	Cells  []string
	Hidden bool // the sheet does not show it, as where it is filtered
}

// A source yields the rows of one kind of file, io.EOF after the last; blank
// ones may be among them.
type source interface {
	next() (Row, error)
	close() error
}

// A Reader yields the rows of a table below its head. It is used by one
// goroutine; Close frees it.
type Reader struct {
	source  source
	format  Format
	sheets  []string
	limits  Limits
	head    []string
	pending []Row // read to find the head
	rows    int
	err     error // sticky
}

// Open recognises a file by its content and finds its head. The name only
// helps where the content says nothing: a .tsv is separated by tabs.
//
// It refuses with sheet.too_large, sheet.empty, sheet.not_a_table,
// sheet.xls (the old workbook formats), sheet.password_protected, sheet.bomb,
// sheet.damaged, sheet.unknown_charset, sheet.unknown_separator,
// sheet.unknown_sheet, and with what Next refuses.
func Open(name string, r io.ReaderAt, size int64, o Options) (*Reader, error) {
	o.Limits = o.Limits.orDefault()
	if size > o.Limits.Bytes {
		return nil, refuse("sheet.too_large", "limit", o.Limits.Bytes>>20)
	}
	start := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the start of a file: %w", err)
	}
	reader := &Reader{limits: o.Limits}
	var err error
	switch {
	case len(bytes.TrimSpace(start)) == 0 && size <= int64(len(start)):
		err = refuse("sheet.empty")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		err = reader.openWorkbook(io.NewSectionReader(r, 0, size), o)
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		err = refuseCompound(io.NewSectionReader(r, 0, size))
	case slices.ContainsFunc(foreign(), func(mark string) bool { return bytes.HasPrefix(start, []byte(mark)) }):
		err = refuse("sheet.not_a_table")
	default:
		err = reader.openText(name, io.NewSectionReader(r, 0, size), o)
	}
	if err == nil {
		err = reader.findHead()
	}
	if err != nil {
		return nil, withClose(err, reader.Close())
	}
	return reader, nil
}

// foreign are the first bytes of pictures, archives and documents.
func foreign() []string {
	return []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "\x1f\x8b", "7z\xbc\xaf", "Rar!", "%PDF-", "\x7fELF", "{\\rtf"}
}

// Format tells how the file is read.
func (r *Reader) Format() Format { return r.format }

// Sheets are the visible sheets of a workbook, none of a CSV.
func (r *Reader) Sheets() []string { return r.sheets }

// Head answers the titles of the columns, empty strings where the file has no
// head of its own.
func (r *Reader) Head() []string { return r.head }

// Next answers the next row that is not blank, io.EOF after the last. It
// refuses with sheet.too_many_rows, sheet.too_many_columns,
// sheet.cell_too_long, sheet.quote_open and sheet.damaged.
func (r *Reader) Next() (Row, error) {
	if r.err != nil {
		return Row{}, r.err
	}
	row, err := r.take()
	if err == nil && r.rows >= r.limits.Rows {
		err = refuse("sheet.too_many_rows", "limit", r.limits.Rows)
	}
	if err != nil {
		r.err = err
		return Row{}, err
	}
	r.rows++
	for len(row.Cells) < len(r.head) {
		row.Cells = append(row.Cells, "")
	}
	return row, nil
}

// Close frees what the file holds. It may be called twice.
func (r *Reader) Close() error {
	if r.source == nil {
		return nil
	}
	source := r.source
	r.source, r.pending, r.err = nil, nil, io.EOF
	if err := source.close(); err != nil {
		return fmt.Errorf("close a table: %w", err)
	}
	return nil
}

func (r *Reader) take() (Row, error) {
	if len(r.pending) > 0 {
		row := r.pending[0]
		r.pending = r.pending[1:]
		return row, nil
	}
	return r.read()
}

// read answers the next row of the source that is not blank, without the empty
// cells at its end and within the limits.
func (r *Reader) read() (Row, error) {
	for {
		row, err := r.source.next()
		if err != nil {
			return Row{}, err
		}
		for n := len(row.Cells); n > 0 && row.Cells[n-1] == ""; n-- {
			row.Cells = row.Cells[:n-1]
		}
		if blank(row.Cells) {
			continue
		}
		if len(row.Cells) > r.limits.Columns {
			return Row{}, refuse("sheet.too_many_columns", "limit", r.limits.Columns, "line", row.Line)
		}
		for _, cell := range row.Cells {
			if len(cell) > r.limits.CellBytes {
				return Row{}, tooLong(row.Line, r.limits)
			}
		}
		return row, nil
	}
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
