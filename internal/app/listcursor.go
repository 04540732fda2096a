package app

import (
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A listCursor is where a page of members begins or ends, in the text that
// stands in the address (LIST-6). It says nothing but where to go on: rights
// and filter are asked again.
type listCursor struct {
	Column     string             `json:"c"`
	Descending bool               `json:"d,omitempty"`
	Number     int64              `json:"n,omitempty"`
	Text       string             `json:"t,omitempty"`
	Name       string             `json:"u,omitempty"`
	Key        directory.MemberID `json:"k"`
	Position   int64              `json:"p"` // of that member in the list, from 1
}

func (c listCursor) String() string { return gate.CursorText(c) }

func (c listCursor) place() *store.MemberPlace {
	return &store.MemberPlace{Number: c.Number, Text: c.Text, Name: c.Name, Key: c.Key}
}

func cursorAt(sort store.MemberSort, p store.MemberPlace, position int64) listCursor {
	return listCursor{Column: sort.Column, Descending: sort.Descending, Number: p.Number, Text: p.Text, Name: p.Name, Key: p.Key, Position: position}
}

// readCursor reads a cursor of a list sorted so. Whatever else is there is
// refused with list.bad_cursor.
func readCursor(text string, sort store.MemberSort) (listCursor, error) {
	var c listCursor
	if err := gate.ReadCursor(text, &c); err != nil {
		return listCursor{}, err
	}
	if c.Column != sort.Column || c.Descending != sort.Descending || c.Position < 0 || c.Key < 0 ||
		strings.ContainsRune(c.Text+c.Name, 0) {
		return listCursor{}, gate.BadCursor()
	}
	return c, nil
}
