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
