package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxRawColumns bounds a row before its empty end is cut off: a spreadsheet has
// no more columns.
const maxRawColumns = 16384

// A csvReader reads rows of decoded text as spreadsheets do: a quotation mark
// counts only at the start of a cell, what follows a closing one belongs to the
// cell, rows may be ragged, CR alone ends a line. NUL characters are dropped:
// no cell means them and no database takes them.
type csvReader struct {
	text      *bufio.Reader
	separator byte
	line      int
	cellBytes int
	limits    Limits

	row  []byte // the cells of a row, one after the other
	ends []int  // where each ends
}

func (c *csvReader) close() error { return nil }

// next answers the next row; a blank line is a row of one empty cell.
func (c *csvReader) next() (Row, error) {
	row := Row{Line: c.line}
	c.row, c.ends = c.row[:0], c.ends[:0]
	if _, err := c.text.Peek(1); errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	for last := false; !last; {
		var err error
		if last, err = c.cell(row.Line); err != nil {
			return Row{}, err
		}
		if len(c.ends) == maxRawColumns {
			return Row{}, refuse("sheet.too_many_columns", "limit", c.limits.Columns, "line", row.Line)
		}
		c.ends = append(c.ends, len(c.row))
	}
	whole := string(c.row)
	row.Cells = make([]string, len(c.ends))
	from := 0
	for i, end := range c.ends {
		row.Cells[i] = plainCell(whole[from:end])
		from = end
	}
	return row, nil
}

// plainCell is a cell as it was meant: without the apostrophe before a formula
// (REP-4), and ="00123", by which programs keep a spreadsheet from taking a text
// for a number, as 00123.
func plainCell(cell string) string {
	if rest, opened := strings.CutPrefix(cell, `="`); opened {
		if inner, closed := strings.CutSuffix(rest, `"`); closed && !strings.Contains(inner, `"`) {
			return inner
		}
	}
	return Restore(cell)
}

// cell reads one cell and says whether it ends its row.
func (c *csvReader) cell(line int) (last bool, err error) {
	from, start := len(c.row), true
	for {
		b, err := c.text.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("read a text: %w", err)
		case b == c.separator:
			return false, nil
		case b == '\n':
			c.line++
			return true, nil
		case b == '\r':
			c.line++
			return true, c.skipLineFeed()
		case b == 0:
			continue
		case b == '"' && start:
			if err := c.quoted(line, from); err != nil {
				return false, err
			}
		default:
			c.row = append(c.row, b)
		}
		start = false
		if len(c.row)-from > c.cellBytes {
			return false, tooLong(line, c.limits)
		}
	}
}

// quoted reads up to the closing quotation mark; two of them are one.
func (c *csvReader) quoted(line, from int) error {
	for {
		b, err := c.text.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return refuse("sheet.quote_open", "line", line)
		case err != nil:
			return fmt.Errorf("read a text: %w", err)
		case b == '"':
			next, err := c.text.Peek(1)
			if err != nil || next[0] != '"' {
				return nil
			}
			if _, err := c.text.Discard(1); err != nil {
				return fmt.Errorf("read a text: %w", err)
			}
		case b == '\r':
			b = '\n'
			c.line++
			if err := c.skipLineFeed(); err != nil {
				return err
			}
		case b == '\n':
			c.line++
		case b == 0:
			continue
		}
		c.row = append(c.row, b)
		if len(c.row)-from > c.cellBytes {
			return tooLong(line, c.limits)
		}
	}
}

// skipLineFeed takes the line feed after a carriage return.
func (c *csvReader) skipLineFeed() error {
	if next, err := c.text.Peek(1); err != nil || next[0] != '\n' {
		return nil // the end, or a fault that the next read meets again
	}
	if _, err := c.text.Discard(1); err != nil {
		return fmt.Errorf("read a text: %w", err)
	}
	return nil
}
