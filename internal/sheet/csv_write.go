package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// CSVOptions are how a CSV is written. Spreadsheets of most of Europe want
// semicolons, and the byte order mark to know UTF-8.
type CSVOptions struct {
	Separator byte // a semicolon where it is 0
	BOM       bool
}

// NewCSV writes a CSV in UTF-8 to w, lines ending in CR LF, texts made harmless
// (REP-4). Close does not close w.
func NewCSV(w io.Writer, o CSVOptions) Writer {
	if o.Separator == 0 {
		o.Separator = ';'
	}
	out := &csvWriter{out: bufio.NewWriterSize(w, 64<<10), separator: o.Separator}
	out.quoted = "\"\r\n" + string(rune(o.Separator))
	if o.BOM {
		_, out.err = out.out.WriteString("\ufeff")
	}
	return out
}

type csvWriter struct {
	out       *bufio.Writer
	separator byte
	quoted    string // characters that ask for quotation marks
	err       error
}

// Row writes one line.
func (w *csvWriter) Row(cells []Cell) error {
	if w.err != nil {
		return w.err
	}
	for i, cell := range cells {
		if i > 0 {
			w.keep(w.out.WriteByte(w.separator))
		}
		text := cell.plain()
		if cell.kind == textCell {
			text = Harmless(text)
		}
		w.cell(text)
	}
	_, err := w.out.WriteString("\r\n")
	w.keep(err)
	return w.err
}

// Close writes what is still held.
func (w *csvWriter) Close() error {
	w.keep(w.out.Flush())
	return w.err
}

func (w *csvWriter) cell(text string) {
	if strings.ContainsAny(text, w.quoted) {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	_, err := w.out.WriteString(text)
	w.keep(err)
}

func (w *csvWriter) keep(err error) {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("write a table: %w", err)
	}
}
