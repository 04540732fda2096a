package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The parts of an OpenDocument spreadsheet that are read.
const (
	openContent  = "content.xml"
	openManifest = "META-INF/manifest.xml"
	openType     = "application/vnd.oasis.opendocument.spreadsheet"
	maxDepth     = 256 // of elements in one another
	maxOpenPiece = maxPiece
)

// checkOpenDocument looks at the parts of an OpenDocument file before they are
// read: it is a spreadsheet, has no password, and unpacks within the limits.
func checkOpenDocument(archive *zip.Reader, limits Limits, packed int64) error {
	var total uint64
	for _, part := range archive.File {
		total += part.UncompressedSize64
	}
	if total > uint64(limits.UnzipBytes) || len(archive.File) > maxParts || total > ratioFrom && total > maxRatio*uint64(packed) {
		return refuse("sheet.bomb", "limit", limits.UnzipBytes>>20)
	}
	kind, err := startOfPart(archive, "mimetype", 256)
	if err != nil {
		return err
	}
	if said := strings.TrimSpace(string(kind)); said != "" && !strings.HasPrefix(said, openType) {
		return refuse("sheet.not_a_table")
	}
	manifest, err := startOfPart(archive, openManifest, 1<<20)
	if err != nil {
		return err
	}
	if bytes.Contains(manifest, []byte("encryption-data")) {
		return refuse("sheet.password_protected")
	}
	return nil
}

// startOfPart is the beginning of a part, none where there is no such part.
func startOfPart(archive *zip.Reader, name string, limit int64) ([]byte, error) {
	at := slices.IndexFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
	if at < 0 {
		return nil, nil
	}
	part, err := archive.File[at].Open()
	if err != nil {
		return nil, refuse("sheet.damaged")
	}
	start, err := io.ReadAll(io.LimitReader(part, limit))
	if err != nil {
		return nil, withClose(refuse("sheet.damaged"), part.Close())
	}
	return start, withClose(nil, part.Close())
}

// isOpenDocument reports whether an archive is an OpenDocument file.
func isOpenDocument(archive *zip.Reader) bool {
	return slices.ContainsFunc(archive.File, func(f *zip.File) bool { return path.Clean(f.Name) == openContent })
}

// openOpenDocument opens the sheet that is asked for, or the one to be proposed.
func (r *Reader) openOpenDocument(archive *zip.Reader, o Options) error {
	book := &openDocument{archive: archive}
	r.source, r.format.Kind = book, "ods"
	if o.Sheet == "" {
		sheets, err := book.scan()
		if err != nil {
			return err
		}
		for _, s := range sheets {
			r.sheets = append(r.sheets, s.name)
		}
		if o.Sheet = proposedSheet(sheets); o.Sheet == "" {
			return refuse("sheet.empty")
		}
	}
	r.format.Sheet = o.Sheet
	return book.start(o.Sheet)
}

// An openDocument is a source over one sheet of an OpenDocument spreadsheet. It is
// read tag by tag; a piece that is longer than a cell can be ends it.
type openDocument struct {
	archive *zip.Reader
	part    io.Closer
	budget  *budget
	tags    *xml.Decoder
	open    []string // local names of the elements around
	hides   string   // the style whose properties are read
	hidden  map[string]bool
	line    int
	again   int // how often the row before stands once more
	last    Row
}

// A budget hands bytes out until they are used up, so that no tag or text takes
// more memory than a cell.
type budget struct {
	from *bufio.Reader
	left int
}

var errTooLong = errors.New("a piece of XML is too long")

// ReadByte makes the decoder read no further than it must.
func (b *budget) ReadByte() (byte, error) {
	if b.left--; b.left < 0 {
		return 0, errTooLong
	}
	return b.from.ReadByte()
}

func (b *budget) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := b.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

func (b *openDocument) close() error {
	if b.part == nil {
		return nil
	}
	part := b.part
	b.part = nil
	return part.Close()
}

// rewind begins to read from the start.
func (b *openDocument) rewind() error {
	if err := b.close(); err != nil {
		return err
	}
	at := slices.IndexFunc(b.archive.File, func(f *zip.File) bool { return path.Clean(f.Name) == openContent })
	part, err := b.archive.File[at].Open()
	if err != nil {
		return refuse("sheet.damaged")
	}
	b.part, b.budget = part, &budget{from: bufio.NewReaderSize(part, 64<<10)}
	b.tags, b.open, b.hidden = xml.NewDecoder(b.budget), nil, map[string]bool{}
	b.line, b.again = 0, 0
	return nil
}

// token answers the next tag or text and keeps the elements around it; io.EOF
// after the last.
func (b *openDocument) token() (xml.Token, error) {
	b.budget.left = maxOpenPiece
	token, err := b.tags.RawToken()
	switch {
	case errors.Is(err, io.EOF) && len(b.open) == 0:
		return nil, io.EOF
	case err != nil:
		return nil, refuse("sheet.damaged")
	}
	switch t := token.(type) {
	case xml.StartElement:
		if b.open = append(b.open, t.Name.Local); len(b.open) > maxDepth {
			return nil, refuse("sheet.damaged")
		}
	case xml.EndElement:
		n := len(b.open) - 1
		if n < 0 || b.open[n] != t.Name.Local {
			return nil, refuse("sheet.damaged")
		}
		b.open = b.open[:n]
	case xml.Directive:
		return nil, refuse("sheet.damaged") // a document type may define entities
	}
	return token, nil
}

// skip passes over the rest of the element that was opened last.
func (b *openDocument) skip() error {
	for depth := len(b.open); len(b.open) >= depth; {
		if _, err := b.token(); err != nil {
			return damagedAtEnd(err)
		}
	}
	return nil
}

func damagedAtEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return refuse("sheet.damaged")
	}
	return err
}

func attribute(tag xml.StartElement, name string) string {
	for _, a := range tag.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// nextSheet goes on to the next sheet that is shown and answers its name, io.EOF
// after the last.
func (b *openDocument) nextSheet() (string, error) {
	for {
		token, err := b.token()
		if err != nil {
			return "", err
		}
		tag, opens := token.(xml.StartElement)
		switch {
		case !opens:
		case tag.Name.Local == "style":
			b.hides = attribute(tag, "name")
		case tag.Name.Local == "table-properties" && attribute(tag, "display") == "false":
			b.hidden[b.hides] = true
		case tag.Name.Local == "table" && len(b.open) > 1 && b.open[len(b.open)-2] == "spreadsheet":
			if !b.hidden[attribute(tag, "style-name")] {
				b.line, b.again = 0, 0
				return attribute(tag, "name"), nil
			}
			if err := b.skip(); err != nil {
				return "", err
			}
		}
	}
}

// scan looks at the beginning of every sheet.
func (b *openDocument) scan() ([]foundSheet, error) {
	if err := b.rewind(); err != nil {
		return nil, err
	}
	var sheets []foundSheet
	for {
		name, err := b.nextSheet()
		if errors.Is(err, io.EOF) {
			return sheets, nil
		}
		if err != nil {
			return nil, err
		}
		found, err := lookAt(name, b)
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, found)
		for slices.Contains(b.open, "table") {
			if _, err := b.token(); err != nil {
				return nil, damagedAtEnd(err)
			}
		}
	}
}

// start goes to the first row of a sheet.
func (b *openDocument) start(name string) error {
	if err := b.rewind(); err != nil {
		return err
	}
	for {
		found, err := b.nextSheet()
		if errors.Is(err, io.EOF) {
			return refuse("sheet.unknown_sheet", "sheet", name)
		}
		if err != nil || found == name {
			return err
		}
		if err := b.skip(); err != nil {
			return err
		}
	}
}

// next answers the next row. Empty rows that are repeated are passed over at once.
func (b *openDocument) next() (Row, error) {
	if b.again > 0 {
		b.again--
		b.line++
		row := b.last
		row.Line, row.Cells = b.line, slices.Clone(row.Cells)
		return row, nil
	}
	for slices.Contains(b.open, "table") {
		token, err := b.token()
		if err != nil {
			return Row{}, damagedAtEnd(err)
		}
		tag, opens := token.(xml.StartElement)
		if !opens {
			continue
		}
		switch tag.Name.Local {
		case "table-row":
			return b.row(tag)
		case "table", "shapes", "forms": // no part of this sheet's rows
			if err := b.skip(); err != nil {
				return Row{}, err
			}
		}
	}
	return Row{}, io.EOF
}

// row reads the cells of a row to its end.
func (b *openDocument) row(tag xml.StartElement) (Row, error) {
	visibility := attribute(tag, "visibility")
	row := Row{Line: b.line + 1, Hidden: visibility == "collapse" || visibility == "filter"}
	for {
		token, err := b.token()
		if err != nil {
			return Row{}, damagedAtEnd(err)
		}
		if end, ends := token.(xml.EndElement); ends && end.Name.Local == "table-row" {
			break
		}
		cell, opens := token.(xml.StartElement)
		if !opens {
			continue
		}
		if cell.Name.Local != "table-cell" && cell.Name.Local != "covered-table-cell" {
			if err := b.skip(); err != nil {
				return Row{}, err
			}
			continue
		}
		text, err := b.cell(cell)
		if err != nil {
			return Row{}, err
		}
		repeated := repeats(cell, "number-columns-repeated")
		if text != "" && len(row.Cells)+repeated > maxRawColumns {
			return Row{}, refuse("sheet.damaged")
		}
		for range min(repeated, maxRawColumns-len(row.Cells)) {
			row.Cells = append(row.Cells, text)
		}
	}
	for n := len(row.Cells); n > 0 && row.Cells[n-1] == ""; n-- {
		row.Cells = row.Cells[:n-1]
	}
	repeated := repeats(tag, "number-rows-repeated")
	if b.line += repeated; b.line > excelize.TotalRows {
		return Row{}, refuse("sheet.damaged")
	}
	if !blank(row.Cells) {
		b.line -= repeated - 1
		b.again, b.last = repeated-1, row
	}
	return row, nil
}

// repeats is how often a row or cell stands, at least once.
func repeats(tag xml.StartElement, name string) int {
	n, err := strconv.Atoi(attribute(tag, name))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, excelize.TotalRows+1)
}

// cell reads a cell to its end: a date and a truth as they are meant, all else as
// it is shown, and a number that is shown rounded as it is.
func (b *openDocument) cell(tag xml.StartElement) (string, error) {
	var shown strings.Builder
	paragraphs := 0
	for depth := len(b.open); len(b.open) >= depth; {
		token, err := b.token()
		if err != nil {
			return "", damagedAtEnd(err)
		}
		switch t := token.(type) {
		case xml.CharData:
			if slices.Contains(b.open[depth:], "p") {
				shown.Write(t)
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "p":
				if paragraphs++; paragraphs > 1 {
					shown.WriteByte('\n')
				}
			case "s":
				shown.WriteString(strings.Repeat(" ", min(repeats(t, "c"), 1000)))
			case "tab":
				shown.WriteByte('\t')
			case "line-break":
				shown.WriteByte('\n')
			case "span", "a":
			default: // a note, a picture
				if err := b.skip(); err != nil {
					return "", err
				}
			}
		}
		if shown.Len() > maxOpenPiece {
			return "", refuse("sheet.damaged")
		}
	}
	return valueOf(tag, shown.String()), nil
}

func valueOf(tag xml.StartElement, shown string) string {
	switch attribute(tag, "value-type") {
	case "date":
		if day := plainMoment(attribute(tag, "date-value")); day != "" {
			return day
		}
	case "boolean":
		return strings.ToUpper(attribute(tag, "boolean-value"))
	case "float":
		if value := attribute(tag, "value"); shown == "" || strings.ContainsAny(shown, "#E") {
			return value
		}
	}
	return shown
}
