package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// What an archive may hold beside its sheets and shared strings, which alone
// are streamed; and how well a workbook packs at most, measured on sheets of
// one repeated row (about 1:120).
const (
	maxParts     = 5000
	maxPartBytes = 48 << 20
	maxRatio     = 400
	ratioFrom    = 32 << 20
	maxPiece     = 6 * 4 * 32767 // a full cell, each byte written as an entity
)

// checkArchive looks at the parts of a ZIP archive before the workbook library
// does: what they are, what they unpack to, and whether the streamed ones are
// whole, since the library silently ends at broken XML.
func checkArchive(archive *zip.Reader, limits Limits, packed int64) error {
	var total, rest uint64
	book := false
	for _, part := range archive.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))
		switch {
		case name == "xl/workbook.bin":
			return refuse("sheet.xls")
		case strings.HasPrefix(name, "xl/"):
			book = true
		}
		total += part.UncompressedSize64
		if !streamed(name) {
			rest += part.UncompressedSize64
		}
		if total > uint64(limits.UnzipBytes) || rest > maxPartBytes || len(archive.File) > maxParts {
			return refuse("sheet.bomb", "limit", limits.UnzipBytes>>20)
		}
	}
	switch {
	case !book:
		return refuse("sheet.not_a_table")
	case total > ratioFrom && total > maxRatio*uint64(packed):
		return refuse("sheet.bomb", "limit", limits.UnzipBytes>>20)
	}
	for _, part := range archive.File {
		name := strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))
		if streamed(name) || path.Dir(name) == "xl/worksheets" && path.Ext(name) == ".xml" { // a sheet by any name
			if err := checkPart(part, limits); err != nil {
				return err
			}
		}
	}
	return nil
}

// streamed says whether the library reads a part piece by piece.
func streamed(name string) bool {
	return strings.HasPrefix(name, "xl/worksheets/sheet") && path.Ext(name) == ".xml" || name == "xl/sharedstrings.xml"
}

// checkPart reads a sheet or the shared strings once, tag by tag.
func checkPart(part *zip.File, limits Limits) error {
	if strings.HasSuffix(part.Name, "/") {
		return nil
	}
	content, err := part.Open()
	if err != nil {
		return refuse("sheet.damaged")
	}
	check := partCheck{limits: limits}
	err = check.read(bufio.NewReaderSize(content, 64<<10))
	return withClose(err, content.Close())
}

// A partCheck bounds what the library would build in memory at once: one text,
// one tag, the cells of one row. Rows and cells stand in order, each once, as
// spreadsheets write them: the library joins rows of one number to a single one,
// however many they are.
type partCheck struct {
	limits Limits
	row    int
	column int
	last   string // tag
}

func (c *partCheck) read(r *bufio.Reader) error {
	for {
		text, err := c.upTo(r, '<')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !utf8.Valid(text) {
			return refuse("sheet.damaged")
		}
		tag, err := c.upTo(r, '>')
		if errors.Is(err, io.EOF) {
			return refuse("sheet.damaged")
		}
		if err != nil {
			return err
		}
		if err := c.tag(tag); err != nil {
			return err
		}
	}
	if c.last != "/worksheet" && c.last != "/sst" && c.last != "/chartsheet" && c.last != "/dialogsheet" && c.last != "sst" {
		return refuse("sheet.damaged")
	}
	return nil
}

// upTo reads until the delimiter. It refuses a piece that is too long, and
// control characters, which XML does not know.
func (c *partCheck) upTo(r *bufio.Reader, delimiter byte) ([]byte, error) {
	var whole []byte
	for {
		piece, err := r.ReadSlice(delimiter)
		for _, b := range piece {
			if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
				return nil, refuse("sheet.damaged")
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			whole = append(whole, piece...)
			if len(whole) > maxPiece {
				return nil, refuse("sheet.damaged")
			}
			continue
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		case err != nil:
			return nil, refuse("sheet.damaged") // a wrong checksum or length
		case len(whole) > 0:
			piece = append(whole, piece...)
		}
		return piece[:len(piece)-1], nil
	}
}

func (c *partCheck) tag(tag []byte) error {
	name := tag
	if end := bytes.IndexAny(tag, " \t\r\n"); end >= 0 {
		name = tag[:end]
	}
	closing := bytes.HasPrefix(name, []byte("/"))
	if _, local, found := bytes.Cut(name, []byte(":")); found {
		name = local
		if closing {
			name = append([]byte("/"), local...)
		}
	}
	switch local := string(bytes.TrimSuffix(name, []byte("/"))); local {
	case "row":
		return c.nextRow(tag)
	case "c":
		return c.nextCell(tag)
	default:
		c.last = local
	}
	return nil
}
