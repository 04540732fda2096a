package sheet

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// maxSheetRows is what a sheet holds; the table goes on in a next one with the
// same head.
const maxSheetRows = excelize.TotalRows

// columnWidth is that of every column, in characters: a name or most of an
// address.
const columnWidth = 24

// XLSXOptions are how a workbook is written.
type XLSXOptions struct {
	Sheet string // name of the sheet, shortened to what spreadsheets allow
}

// NewXLSX writes a workbook to w: the head bold and fixed, texts as texts, dates
// as dates. Rows lie in a temporary file until Close, which writes it all; it
// does not close w.
func NewXLSX(w io.Writer, o XLSXOptions) Writer {
	return &workbookWriter{out: w, name: sheetName(o.Sheet), maxRows: maxSheetRows}
}

type workbookWriter struct {
	out     io.Writer
	name    string
	maxRows int

	file   *excelize.File
	stream *excelize.StreamWriter
	bold   int // styles
	day    int
	moment int
	sheets int
	row    int
	head   []Cell
	values []any
	err    error
}

// Row writes one row, after a failure the same error again.
func (w *workbookWriter) Row(cells []Cell) error {
	if w.err == nil {
		w.err = w.write(cells)
	}
	return w.err
}

// Close writes the workbook and frees its temporary files.
func (w *workbookWriter) Close() error {
	if w.err == nil && w.file == nil {
		w.err = w.open()
	}
	if w.err == nil {
		w.err = w.finish()
	}
	if w.file == nil {
		return w.err
	}
	file := w.file
	w.file = nil
	return withClose(w.err, file.Close())
}

func (w *workbookWriter) finish() error {
	if err := w.stream.Flush(); err != nil {
		return fmt.Errorf("finish a sheet: %w", err)
	}
	if err := w.file.Write(w.out); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

func (w *workbookWriter) write(cells []Cell) error {
	if w.file == nil {
		w.head = slices.Clone(cells)
		if err := w.open(); err != nil {
			return err
		}
	}
	if w.row == w.maxRows {
		if err := w.nextSheet(); err != nil {
			return err
		}
		if err := w.put(w.head); err != nil {
			return err
		}
	}
	return w.put(cells)
}

func (w *workbookWriter) open() error {
	w.file = excelize.NewFile()
	for style, format := range map[*int]*excelize.Style{
		&w.bold:   {Font: &excelize.Font{Bold: true}},
		&w.day:    {CustomNumFmt: formatCode(isoDate)},
		&w.moment: {CustomNumFmt: formatCode(isoMoment)},
	} {
		id, err := w.file.NewStyle(format)
		if err != nil {
			return fmt.Errorf("declare a style: %w", err)
		}
		*style = id
	}
	return w.nextSheet()
}

func formatCode(code string) *string { return &code }

func (w *workbookWriter) nextSheet() error {
	w.sheets++
	name := w.name
	if w.sheets == 1 {
		if err := w.file.SetSheetName("Sheet1", name); err != nil {
			return fmt.Errorf("name a sheet: %w", err)
		}
	} else {
		if err := w.stream.Flush(); err != nil {
			return fmt.Errorf("finish a sheet: %w", err)
		}
		name = fmt.Sprintf("%s %d", name, w.sheets)
		if _, err := w.file.NewSheet(name); err != nil {
			return fmt.Errorf("add a sheet: %w", err)
		}
	}
	stream, err := w.file.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("start a sheet: %w", err)
	}
	w.stream, w.row = stream, 0
	if len(w.head) > 0 {
		if err := stream.SetColWidth(1, len(w.head), columnWidth); err != nil {
			return fmt.Errorf("set the widths of a sheet: %w", err)
		}
	}
	panes := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := stream.SetPanes(panes); err != nil {
		return fmt.Errorf("fix the head of a sheet: %w", err)
	}
	return nil
}

func (w *workbookWriter) put(cells []Cell) error {
	w.row++
	w.values = w.values[:0]
	for _, cell := range cells {
		w.values = append(w.values, w.value(cell))
	}
	place, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return fmt.Errorf("place a row: %w", err)
	}
	if err := w.stream.SetRow(place, w.values); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

func (w *workbookWriter) value(cell Cell) any {
	switch {
	case w.row == 1:
		return excelize.Cell{StyleID: w.bold, Value: cell.plain()}
	case cell.kind == numberCell:
		return cell.number
	case cell.kind == dateCell:
		return excelize.Cell{StyleID: w.day, Value: cell.date}
	case cell.kind == momentCell:
		return excelize.Cell{StyleID: w.moment, Value: cell.date}
	case cell.text == "":
		return nil
	}
	return cell.text
}

// sheetName drops what a sheet's name must not hold, and leaves room for the
// number of a next sheet.
func sheetName(name string) string {
	const longest = 31 - len(" 99")
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`:\/?*[]`, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	for utf8.RuneCountInString(name) > longest {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name = strings.Trim(name, " '"); name == "" {
		return "1"
	}
	return name
}
