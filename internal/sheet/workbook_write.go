package sheet

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// maxSheetRows is what a sheet holds; the table goes on in a next one with the
// same head.
const maxSheetRows = excelize.TotalRows

// sampled is how many rows say how wide the columns are, in characters.
const (
	sampled   = 200
	narrowest = 8
	widest    = 60
	headRoom  = 4 // for the arrow of the filter beside the title
)

// XLSXOptions are how a workbook is written.
type XLSXOptions struct {
	Sheet string // name of the sheet, shortened to what spreadsheets allow
	Local bool   // days and moments as the reader's machine writes them, else as ISO 8601 does
}

// NewXLSX writes a workbook to w: the head bold, fixed and on each printed page, a
// filter over all columns, widths by what the first rows hold, texts as texts, dates as
// dates (REP-2). No cell is a formula (REP-4). Rows lie in a temporary file until Close,
// which writes it all; it does not close w.
func NewXLSX(w io.Writer, o XLSXOptions) Writer {
	return &workbookWriter{out: w, name: sheetName(o.Sheet), local: o.Local, maxRows: maxSheetRows}
}

type workbookWriter struct {
	out     io.Writer
	name    string
	local   bool
	maxRows int
	first   [][]Cell // rows that wait until the widths are known, the head first

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
		w.err = w.begin()
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

// finish packs the workbook into what it is written to, not as tightly as one can: that
// took as long as to write all its rows, for a sixth of the size.
func (w *workbookWriter) finish() error {
	if err := w.endSheet(); err != nil {
		return err
	}
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { // the library would have all of it in memory first
		packed := zip.NewWriter(w.out)
		packed.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
		return packed
	})
	if err := w.file.Write(io.Discard); err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	return nil
}

func (w *workbookWriter) write(cells []Cell) error {
	if w.file == nil {
		if w.first = append(w.first, slices.Clone(cells)); len(w.first) <= sampled {
			return nil
		}
		return w.begin()
	}
	return w.next(cells)
}

// begin writes the rows that have waited.
func (w *workbookWriter) begin() error {
	if len(w.first) > 0 {
		w.head = w.first[0]
	}
	if err := w.open(); err != nil {
		return err
	}
	for _, cells := range w.first {
		if err := w.next(cells); err != nil {
			return err
		}
	}
	return nil
}

// next writes a row where it belongs, on another sheet when this one is full.
func (w *workbookWriter) next(cells []Cell) error {
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
	formats := map[*int]*excelize.Style{
		&w.bold: {Font: &excelize.Font{Bold: true}, Border: []excelize.Border{{Type: "bottom", Style: 1, Color: "808080"}},
			Alignment: &excelize.Alignment{Vertical: "center"}},
		&w.day:    {CustomNumFmt: formatCode(isoDate)},
		&w.moment: {CustomNumFmt: formatCode(isoMoment)},
	}
	if w.local {
		formats[&w.day], formats[&w.moment] = &excelize.Style{NumFmt: 14}, &excelize.Style{NumFmt: 22}
	}
	for style, format := range formats {
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
	if w.sheets > 0 {
		if err := w.endSheet(); err != nil {
			return err
		}
	}
	w.sheets++
	if w.sheets == 1 {
		if err := w.file.SetSheetName("Sheet1", w.name); err != nil {
			return fmt.Errorf("name a sheet: %w", err)
		}
	} else if _, err := w.file.NewSheet(w.title()); err != nil {
		return fmt.Errorf("add a sheet: %w", err)
	}
	stream, err := w.file.NewStreamWriter(w.title())
	if err != nil {
		return fmt.Errorf("start a sheet: %w", err)
	}
	w.stream, w.row = stream, 0
	for column, width := range slices.Backward(w.widths()) { // the library puts the last one first, and spreadsheets want them in order
		if err := stream.SetColWidth(column+1, column+1, width); err != nil {
			return fmt.Errorf("set the widths of a sheet: %w", err)
		}
	}
	panes := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := stream.SetPanes(panes); err != nil {
		return fmt.Errorf("fix the head of a sheet: %w", err)
	}
	return nil
}

// title is the name of the sheet that is written.
func (w *workbookWriter) title() string {
	if w.sheets == 1 {
		return w.name
	}
	return fmt.Sprintf("%s %d", w.name, w.sheets)
}

// widths are those of the columns, by the longest of the first rows.
func (w *workbookWriter) widths() []float64 {
	widths := make([]float64, len(w.head))
	for row, cells := range w.first {
		for i, cell := range cells[:min(len(cells), len(widths))] {
			width := utf8.RuneCountInString(cell.plain()) + 1
			if row == 0 {
				width += headRoom
			}
			widths[i] = max(widths[i], min(float64(width), widest), narrowest)
		}
	}
	return widths
}

// endSheet puts the filter over the rows of a sheet and its head on each page that is
// printed.
func (w *workbookWriter) endSheet() error {
	if len(w.head) > 0 {
		last, err := excelize.CoordinatesToCellName(len(w.head), w.row)
		if err != nil {
			return fmt.Errorf("place a filter: %w", err)
		}
		if err := w.file.AutoFilter(w.title(), "A1:"+last, nil); err != nil {
			return fmt.Errorf("put a filter over a sheet: %w", err)
		}
		landscape := "landscape"
		if err := w.file.SetPageLayout(w.title(), &excelize.PageLayoutOptions{Orientation: &landscape}); err != nil {
			return fmt.Errorf("lay out the pages of a sheet: %w", err)
		}
		titles := excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: w.title(),
			RefersTo: "'" + strings.ReplaceAll(w.title(), "'", "''") + "'!$1:$1"}
		if err := w.file.SetDefinedName(&titles); err != nil {
			return fmt.Errorf("print the head of a sheet: %w", err)
		}
	}
	if err := w.stream.Flush(); err != nil {
		return fmt.Errorf("finish a sheet: %w", err)
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
		y, m, d := cell.date.Date()
		return excelize.Cell{StyleID: w.day, Value: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)} // without the time of day
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
