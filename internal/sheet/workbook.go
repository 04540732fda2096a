package sheet

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// openWorkbook checks the archive, then opens the sheet that is asked for, or the
// one to be proposed.
func (r *Reader) openWorkbook(file *io.SectionReader, o Options) error {
	archive, err := zip.NewReader(file, file.Size())
	if err != nil {
		return refuse("sheet.damaged")
	}
	if isOpenDocument(archive) {
		if err := checkOpenDocument(archive, o.Limits, file.Size()); err != nil {
			return err
		}
		return r.openOpenDocument(archive, o)
	}
	if err := checkArchive(archive, o.Limits, file.Size()); err != nil {
		return err
	}
	book, err := openBook(file, o.Limits)
	if err != nil {
		return err
	}
	r.source, r.format.Kind = book, "xlsx"
	if r.sheets, err = book.sheets(); err != nil {
		return err
	}
	switch {
	case o.Sheet == "":
		if o.Sheet, err = book.proposed(r.sheets); err != nil {
			return err
		}
	case !slices.Contains(r.sheets, o.Sheet):
		return refuse("sheet.unknown_sheet", "sheet", o.Sheet)
	}
	if o.Sheet == "" {
		return refuse("sheet.empty")
	}
	r.format.Sheet = o.Sheet
	return book.start(o.Sheet)
}

// proposed is the sheet to be proposed; those after the first with an address
// are not looked at.
func (b *workbook) proposed(names []string) (string, error) {
	var sheets []foundSheet
	for _, name := range names {
		if err := b.start(name); err != nil {
			return "", err
		}
		found, err := lookAt(name, b)
		if err != nil {
			return "", err
		}
		if sheets = append(sheets, found); found.addressed {
			break
		}
	}
	return proposedSheet(sheets), nil
}

// A workbook is a source over one sheet. The library panics on some broken
// files, so that every call of it runs under guard.
type workbook struct {
	file *excelize.File
	rows *excelize.Rows
	line int
}

func openBook(file io.Reader, limits Limits) (book *workbook, err error) {
	defer guard(&err)
	opened, err := excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: limits.UnzipBytes})
	if err != nil {
		if opened != nil {
			return nil, withClose(refuse("sheet.damaged"), closeFile(opened))
		}
		return nil, refuse("sheet.damaged")
	}
	book = &workbook{file: opened}
	if err := book.showValues(); err != nil {
		return nil, withClose(err, closeFile(opened))
	}
	return book, nil
}

// guard makes a panic of the workbook library a refusal.
func guard(err *error) {
	if recover() != nil {
		*err = refuse("sheet.damaged")
	}
}

func closeFile(file *excelize.File) (err error) {
	defer guard(&err)
	return file.Close()
}

func (b *workbook) showValues() (err error) {
	defer guard(&err)
	return showISODates(b.file)
}

func (b *workbook) sheets() (names []string, err error) {
	defer guard(&err)
	for _, name := range b.file.GetSheetList() {
		if visible, err := b.file.GetSheetVisible(name); err == nil && visible {
			names = append(names, name)
		}
	}
	return names, nil
}

func (b *workbook) start(name string) (err error) {
	defer guard(&err)
	if err := b.stop(); err != nil {
		return err
	}
	rows, err := b.file.Rows(name)
	if err != nil {
		return refuse("sheet.damaged")
	}
	b.rows, b.line = rows, 0
	return nil
}

func (b *workbook) stop() error {
	if b.rows == nil {
		return nil
	}
	rows := b.rows
	b.rows = nil
	if err := rows.Close(); err != nil && rows.Error() == nil {
		return fmt.Errorf("close a sheet: %w", err)
	}
	return nil
}

func (b *workbook) next() (row Row, err error) {
	defer guard(&err)
	if !b.rows.Next() {
		if b.rows.Error() != nil {
			return Row{}, refuse("sheet.damaged")
		}
		return Row{}, io.EOF
	}
	if b.line++; b.line > excelize.TotalRows {
		return Row{}, refuse("sheet.damaged") // a row number out of reach, to which the library counts up
	}
	cells, err := b.rows.Columns()
	if err != nil {
		return Row{}, refuse("sheet.damaged")
	}
	for i, cell := range cells {
		if strings.HasSuffix(cell, " 00:00:00") && len(cell) == len("2026-03-01 00:00:00") {
			cells[i] = cell[:len("2026-03-01")]
		} else if moment := strictMoment(cell); moment != "" {
			cells[i] = moment
		}
	}
	return Row{Line: b.line, Cells: cells, Hidden: b.rows.GetRowOpts().Hidden}, nil
}

// strictMoment is a date as strict workbooks write it in the form in which others
// are read, empty for any other cell.
func strictMoment(cell string) string {
	if len(cell) < len("2026-03-01T00:00:00") || cell[4] != '-' || cell[10] != 'T' {
		return ""
	}
	return plainMoment(cell)
}

func (b *workbook) close() error {
	err := b.stop()
	return withClose(err, closeFile(b.file))
}
