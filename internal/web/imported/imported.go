// Package imported is what the pages of imports share, of members as of customers: what
// is asked about rows that the sheet hides, all that is wrong with a row in words, and
// the file of what became of the rows, ready to come in again.
package imported

import (
	"cmp"
	"slices"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// HiddenRadios say what becomes of the rows that the sheet hides.
func HiddenRadios(p *i18n.Printer, c directory.ImportChoices) []ui.Check {
	var checks []ui.Check
	for _, choice := range []string{directory.HiddenLeft, directory.HiddenTaken} {
		checks = append(checks, ui.Check{Name: "hidden", Value: choice, Label: p.T("import.hidden." + choice), Checked: c.Hidden == choice})
	}
	return checks
}

// Faults are all that is wrong with a row, a sentence each with its column.
func Faults(p *i18n.Printer, row app.ImportedRow) []string {
	var said []string
	for _, fault := range row.Faults() {
		text, label := p.Error(fault), "field."+row.Column(fault)
		if fault.Field != "" && p.Has(label) {
			text = p.T("form.mend.said", "Field", p.T(label), "Error", text)
		}
		said = append(said, text)
	}
	return said
}

// Downloads are the acts that hand a file of results over, one for each form it has;
// key is their label, which says the form, query what follows the address.
func Downloads(p *i18n.Printer, base, query, key string, pairs ...any) []ui.Act {
	var acts []ui.Act
	for _, form := range []string{"csv", "xlsx"} {
		acts = append(acts, ui.Act{Label: p.T(key, append(slices.Clone(pairs), "Form", strings.ToUpper(form))...), Icon: "download",
			Href: base + "/result." + form + query})
	}
	return acts
}

// A File is what became of the rows of an import: their cells under the heads they came
// with, and beside them their line, outcome and what there is to say, which are ignored
// when the file comes in again.
type File struct {
	Import directory.Import
	Head   []string // of a paste; nil: as the file had them
	Only   app.Outcome
	Detail func(row app.ImportedRow) string
}

// Send hands the file over as a table or a workbook, as the address says.
func (f File) Send(q *page.Request) error {
	t, head := q.Printer.T, f.head(q)
	var w sheet.Writer
	if name := t("import.result.file"); strings.HasSuffix(q.URL.Path, ".xlsx") {
		w = q.XLSX(strings.TrimSuffix(name, ".csv")+".xlsx", t("adding.result"))
	} else {
		w = q.CSV(name)
	}
	if err := w.Row(page.Texts(slices.Concat([]string{t("adding.line")}, head, []string{t("adding.verdict"), t("adding.detail")}))); err != nil {
		return err
	}
	err := q.Site.App.Imports.Result(q.Context(), q.Actor(), f.Import.Account, f.Import.UUID, func(row app.ResultRow) error {
		if f.Only != "" && row.Outcome != f.Only {
			return nil
		}
		cells := make([]string, len(head)+2)
		copy(cells[:len(head)], row.Cells)
		if row.Outcome != "" {
			cells[len(head)] = t("outcome." + string(row.Outcome))
		}
		cells[len(head)+1] = cmp.Or(strings.Join(Faults(q.Printer, row.ImportedRow), " "), f.Detail(row.ImportedRow))
		return w.Row(append([]sheet.Cell{sheet.Number(row.Line)}, page.Texts(cells)...))
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// head are the titles of the columns; a file without gets some, to come again.
func (f File) head(q *page.Request) []string {
	if f.Head != nil {
		return f.Head
	}
	head := slices.Clone(f.Import.Choices.Head)
	for field, at := range f.Import.Choices.Columns {
		if at >= 0 && at < len(head) && head[at] == "" {
			head[at] = q.Printer.T("field." + field)
		}
	}
	return head
}
