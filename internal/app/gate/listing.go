package gate

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"intendant/internal/directory"
)

// A Cursor is where a page of a list begins or ends, in the text that stands in the
// address (LIST-6). It says nothing but where to go on: rights and filter are asked
// again. Which of its fields count depends on the list and the column.
type Cursor struct {
	Column     string `json:"c"`
	Descending bool   `json:"d,omitempty"`
	Number     int64  `json:"n,omitempty"`
	Text       string `json:"t,omitempty"`
	Name       string `json:"u,omitempty"`
	Key        int64  `json:"k"`
	Position   int64  `json:"p"` // of that row in the list, from 1
}

// LongestCursor is more than any name and address make.
const LongestCursor = 8000

// String is the cursor as it stands in an address.
func (c Cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // texts and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ReadCursor reads a cursor of a list sorted so. Whatever else is there is refused
// with list.bad_cursor.
func ReadCursor(text, column string, descending bool) (Cursor, error) {
	var c Cursor
	bad := directory.Refuse(directory.Invalid, "list.bad_cursor")
	if len(text) > LongestCursor {
		return c, bad
	}
	plain, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || !utf8.Valid(plain) {
		return c, bad
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil || decoder.More() {
		return Cursor{}, bad
	}
	if c.Column != column || c.Descending != descending || c.Position < 0 || c.Key < 0 || strings.ContainsRune(c.Text+c.Name, 0) {
		return Cursor{}, bad
	}
	return c, nil
}

// A Paging is which part of a list is asked for: the page after or before a cursor,
// or the first.
type Paging struct {
	Sort          string
	Descending    bool
	After, Before string
	Size          int
}

// At reads the cursor of a paging; without one it is the zero Cursor.
func (p Paging) At() (Cursor, error) {
	if p.After+p.Before == "" {
		return Cursor{}, nil
	}
	return ReadCursor(p.After+p.Before, p.Sort, p.Descending)
}

// A Span is where a page stands in its list and how the list goes on.
type Span struct {
	From       int64 // position of the first row, from 1; 0 without rows
	Next, Prev string
}

// Cut takes the row off that says whether there is more, of rows of which one more
// than a page was read, and answers where the page stands. place is a row's cursor
// but for column and position.
func Cut[R any](p Paging, at Cursor, rows []R, place func(R) Cursor) ([]R, Span) {
	more, back := len(rows) > p.Size, p.Before != ""
	if more && back {
		rows = rows[1:]
	} else if more {
		rows = rows[:p.Size]
	}
	var s Span
	if len(rows) == 0 {
		return rows, s
	}
	n := int64(len(rows))
	switch {
	case back && !more:
		s.From = 1
	case back:
		s.From = max(at.Position-n, 1)
	default:
		s.From = at.Position + 1
	}
	stand := func(row R, position int64) string {
		c := place(row)
		c.Column, c.Descending, c.Position = p.Sort, p.Descending, position
		return c.String()
	}
	if back && more || !back && p.After != "" {
		s.Prev = stand(rows[0], s.From)
	}
	if back || more {
		s.Next = stand(rows[n-1], s.From+n-1)
	}
	return rows, s
}
