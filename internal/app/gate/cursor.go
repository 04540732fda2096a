package gate

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"unicode/utf8"

	"intendant/internal/directory"
)

// LongestCursor is more than any name and address make.
const LongestCursor = 8000

// CursorText is where a page of a list begins or ends, as it stands in an address
// (LIST-6): any struct of texts and numbers. It says nothing but where to go on:
// rights and filter are asked again.
func CursorText(cursor any) string {
	text, err := json.Marshal(cursor)
	if err != nil {
		return "" // texts and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// ReadCursor reads such a text into a struct of the same kind. Whatever else is there
// is refused with list.bad_cursor. Whether it belongs to the list that is asked for
// is the caller's to look at.
func ReadCursor(text string, cursor any) error {
	plain, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(text) > LongestCursor || !utf8.Valid(plain) {
		return BadCursor()
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(cursor); err != nil || decoder.More() {
		return BadCursor()
	}
	return nil
}

// BadCursor refuses a cursor that belongs to no page of the list.
func BadCursor() *directory.Error { return directory.Refuse(directory.Invalid, "list.bad_cursor") }

// A Turn is which page of a list is asked for: the one after a cursor, the one before
// it, or neither, the first.
type Turn struct {
	After, Before string
	Size          int
	Position      int64 // of the cursor's row in the list, from 1
}

// A Span is where a page stands in its list, and the cursors by which the list goes
// on; without rows it is nowhere.
type Span struct {
	From       int64 // position of the first row, from 1
	Next, Prev string
}

// Cut takes the row off that says whether there is more, of one row more than the
// page has, and says where the page stands. Cursor is the text of a row at a position
// (LIST-6).
func Cut[R any](t Turn, rows []R, cursor func(row R, position int64) string) ([]R, Span) {
	var s Span
	more, back := len(rows) > t.Size, t.Before != ""
	if more && back {
		rows = rows[1:]
	} else if more {
		rows = rows[:t.Size]
	}
	if len(rows) == 0 {
		return rows, s
	}
	n := int64(len(rows))
	switch {
	case back && !more:
		s.From = 1
	case back:
		s.From = max(t.Position-n, 1)
	default:
		s.From = t.Position + 1
	}
	if back && more || !back && t.After != "" {
		s.Prev = cursor(rows[0], s.From)
	}
	if back || more {
		s.Next = cursor(rows[n-1], s.From+n-1)
	}
	return rows, s
}
