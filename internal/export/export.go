// Package export writes the tables that were asked for: heads, codes and days in the
// words of whoever asked, as text or as a workbook (REP-2). Operations hand it cells
// that say what they are; no operation knows a word.
package export

import (
	"fmt"
	"io"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/sheet"
	"intendant/internal/telling"
)

// Words begin files in the languages of the bundle.
func Words(bundle *i18n.Bundle) app.ExportWords {
	return func(out io.Writer, f app.ExportFile) (app.ExportLines, error) {
		zone, err := time.LoadLocation(f.Zone)
		if err != nil {
			return app.ExportLines{}, fmt.Errorf("zone of an export: %w", err)
		}
		w := &writer{tell: telling.Teller{Printer: bundle.Printer(f.Language, zone), Catalogue: f.Catalogue}, known: map[string]string{}}
		if f.Format == directory.ExportXLSX {
			w.table = sheet.NewXLSX(out, sheet.XLSXOptions{Sheet: w.tell.Printer.T("export.kind." + string(f.Kind)), Local: true})
		} else {
			// spreadsheets want semicolons where the comma parts decimals
			w.table = sheet.NewCSV(out, sheet.CSVOptions{Separator: w.tell.Printer.T("export.separator")[0], BOM: true})
		}
		head := make([]sheet.Cell, len(f.Columns))
		for i, id := range f.Columns {
			head[i] = sheet.Text(w.tell.Printer.T("export.column." + id))
		}
		if err := w.table.Row(head); err != nil {
			return app.ExportLines{}, err
		}
		w.columns = f.Columns
		return app.ExportLines{Row: w.row, Close: w.table.Close}, nil
	}
}

// A writer writes one table for one reader.
type writer struct {
	tell    telling.Teller
	table   sheet.Writer
	columns []string
	cells   []sheet.Cell
	known   map[string]string // words of codes and roles that were said before
}

// row writes what was read.
func (w *writer) row(row directory.ExportRow) error {
	if shown, told := row.Told.(app.Shown); told {
		return w.history(shown)
	}
	w.cells = w.cells[:0]
	for i := range row.Cells {
		w.cells = append(w.cells, w.cell(&row.Cells[i]))
	}
	return w.table.Row(w.cells)
}

// history writes an entry, one line for each change.
func (w *writer) history(s app.Shown) error {
	changes := w.tell.Changes(s)
	if len(changes) == 0 {
		changes = []telling.Change{{}}
	}
	said := map[string]sheet.Cell{"at": sheet.Moment(s.Entry.At.In(w.tell.Printer.Zone())), "what": sheet.Text(w.tell.Plain(s)), "door": sheet.Text(w.tell.Door(s))}
	for _, c := range changes {
		said["field"], said["before"], said["after"] = sheet.Text(c.Field), sheet.Text(c.Before), sheet.Text(c.After)
		w.cells = w.cells[:0]
		for _, id := range w.columns {
			w.cells = append(w.cells, said[id])
		}
		if err := w.table.Row(w.cells); err != nil {
			return err
		}
	}
	return nil
}

// cell puts words and days to a value.
func (w *writer) cell(c *directory.ExportCell) sheet.Cell {
	zone := w.tell.Printer.Zone()
	switch c.Kind {
	case directory.ExportNumber:
		return sheet.Number(c.Number)
	case directory.ExportDay:
		return sheet.Date(in(c.At, zone))
	case directory.ExportLastDay:
		if c.At.IsZero() {
			return sheet.Cell{}
		}
		return sheet.Date(directory.LastDay(c.At, zone).Noon(zone))
	case directory.ExportMoment:
		return sheet.Moment(in(c.At, zone))
	case directory.ExportCodes:
		return sheet.Text(w.codes(c))
	case directory.ExportRoles:
		return sheet.Text(w.roles(c.Roles))
	}
	return sheet.Text(c.Text)
}

// in is a moment in a zone; the zero time stays what it is.
func in(at time.Time, zone *time.Location) time.Time {
	if at.IsZero() {
		return at
	}
	return at.In(zone)
}

func (w *writer) roles(roles []directory.Role) string {
	switch len(roles) {
	case 0:
		return ""
	case 1:
		return roles[0].Name(w.tell.Printer.Lang())
	}
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = role.Name(w.tell.Printer.Lang())
	}
	return strings.Join(names, ", ")
}

func (w *writer) codes(c *directory.ExportCell) string {
	if c.Text != "" {
		return w.code(c.Vocabulary, c.Text)
	}
	words := make([]string, len(c.Texts))
	for i, code := range c.Texts {
		words[i] = w.code(c.Vocabulary, code)
	}
	if c.Vocabulary == "tool" { // its words have commas
		return strings.Join(words, "; ")
	}
	return strings.Join(words, ", ")
}

// code is the word of a code, itself where there is none.
func (w *writer) code(vocabulary, code string) string {
	key := vocabulary + "." + code
	word, known := w.known[key]
	if !known {
		word = w.word(vocabulary, code)
		w.known[key] = word
	}
	return word
}

func (w *writer) word(vocabulary, code string) string {
	p := w.tell.Printer
	switch vocabulary {
	case "product":
		return w.tell.Catalogue.OfferName(directory.OfferOf(code), p.Lang())
	case "tool":
		return w.tool(code)
	case "language":
		return p.Language(code)
	case "permission":
		if declared, known := w.tell.Catalogue.Permission(code); known {
			return declared.Label.In(p.Lang())
		}
	case "export.inherited":
		return p.T("export.inherited." + code)
	case "past.bar":
		return p.T("past.bar." + code)
	case "past.change":
		if !p.Has(vocabulary + "." + code) { // a field, by what it is called everywhere
			vocabulary = "field"
		}
		if code == "levels" {
			code = "access_level"
		}
	}
	if key := vocabulary + "." + code; p.Has(key) {
		return p.T(key)
	}
	return code
}

// tool says a level of a tool of a product, which come in one code.
func (w *writer) tool(code string) string {
	lang := w.tell.Printer.Lang()
	parts := strings.SplitN(code, " ", 3)
	product, _ := w.tell.Catalogue.Product(parts[0])
	for _, tool := range product.Tools {
		if len(parts) == 3 && tool.ID == parts[1] {
			return w.tell.Printer.T("export.tool", "Product", product.Label.In(lang), "Tool", tool.Label.In(lang), "Level", tool.LevelName(parts[2], lang))
		}
	}
	return code
}
