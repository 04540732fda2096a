package sheet

import (
	"strconv"
	"time"
)

// A Cell is one value of a table that is written. The zero Cell is empty.
type Cell struct {
	kind   cellKind
	text   string
	number int64
	date   time.Time
}

type cellKind uint8

const (
	textCell cellKind = iota
	numberCell
	dateCell
	momentCell
)

// Text is a cell that shows s and is never run (REP-4).
func Text(s string) Cell { return Cell{text: s} }

// Number is a cell a spreadsheet can count with.
func Number(n int64) Cell { return Cell{kind: numberCell, number: n} }

// Date is a day; the zero time is an empty cell.
func Date(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{kind: dateCell, date: t}
}

// Moment is a day with its time to the second; the zero time is an empty cell.
func Moment(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{kind: momentCell, date: t}
}

// plain is the cell as text, not yet harmless.
func (c Cell) plain() string {
	switch c.kind {
	case numberCell:
		return strconv.FormatInt(c.number, 10)
	case dateCell:
		return c.date.Format(time.DateOnly)
	case momentCell:
		return c.date.Format(time.DateTime)
	}
	return c.text
}

// A Writer writes a table row by row; the first row is its head. Only after
// Close without error is the table whole.
type Writer interface {
	Row(cells []Cell) error
	Close() error
}
