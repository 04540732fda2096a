package sheet

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// nextRow takes the tag of a row, which says its number or follows the one
// before.
func (c *partCheck) nextRow(tag []byte) error {
	number := c.row + 1
	text, found, ok := position(tag)
	if found {
		said, err := strconv.Atoi(text)
		if err != nil || said < number || said > excelize.TotalRows {
			return refuse("sheet.damaged")
		}
		number = said
	}
	if !ok {
		return refuse("sheet.damaged")
	}
	c.row, c.column = number, 0
	return nil
}

// nextCell takes the tag of a cell, which says its column or follows the one
// before.
func (c *partCheck) nextCell(tag []byte) error {
	number := c.column + 1
	text, found, ok := position(tag)
	if found {
		said := columnOf(text)
		ok = ok && said >= number
		number = said
	}
	switch {
	case number > maxRawColumns:
		return refuse("sheet.too_many_columns", "limit", c.limits.Columns, "line", c.row)
	case !ok:
		return refuse("sheet.damaged")
	}
	c.column = number
	return nil
}

// position is the attribute r of a tag. It is not ok when there is more than
// one, of which the library might mean either.
func position(tag []byte) (text string, found, ok bool) {
	for rest := tag; ; {
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			return text, found, true
		}
		name := bytes.TrimSpace(rest[:equals])
		if space := bytes.LastIndexAny(name, " \t\r\n"); space >= 0 {
			name = name[space+1:]
		}
		if colon := bytes.LastIndexByte(name, ':'); colon >= 0 {
			name = name[colon+1:]
		}
		rest = bytes.TrimLeft(rest[equals+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return text, found, false
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return text, found, false
		}
		if string(name) == "r" {
			if found {
				return text, found, false
			}
			text, found = string(rest[1:end+1]), true
		}
		rest = rest[end+2:]
	}
}

// columnOf is the number of the column of a cell such as AB12; 0 for what names
// none.
func columnOf(cell string) int {
	letters := strings.TrimRight(cell, "0123456789")
	if letters == "" || letters == cell || len(letters) > 3 {
		return 0
	}
	column := 0
	for _, r := range strings.ToUpper(letters) {
		if r < 'A' || r > 'Z' {
			return 0
		}
		column = column*26 + int(r-'A') + 1
	}
	return column
}
