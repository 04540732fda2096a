package app

import (
	"context"
	"slices"
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

// keptTotal is how many members a list without further filters has, when the
// kept counts say so: the whole account or some of its statuses, or the part of
// the tree that is asked for or in sight (LIST-12). It answers false for any
// other list.
func (l *listing) keptTotal(ctx context.Context, list store.MemberList) (total int64, kept bool, err error) {
	rest := list.Filter
	rest.Statuses, rest.Units = nil, nil
	within := len(list.Filter.Units) > 0 || !list.Scope.All()
	switch {
	case !rest.Empty() || within && len(list.Filter.Statuses) > 0:
		return 0, false, nil
	case within:
		homes, err := l.homes.of(ctx, l.r, list.Account)
		return atUnitsInSight(homes, list), true, err
	case len(list.Filter.Statuses) == 0:
		return l.counts.Members(), true, nil
	}
	for status, n := range l.counts.ByStatus {
		if slices.Contains(list.Filter.Statuses, directory.Status(status)) {
			total += n
		}
	}
	return total, true, nil
}

// atUnitsInSight adds up the members of the home units that a list means.
func atUnitsInSight(homes map[directory.UnitID]int64, list store.MemberList) int64 {
	meant := slices.Compact(slices.Sorted(slices.Values(list.Filter.Units)))
	if len(meant) == 0 {
		meant = list.Scope.Units()
	}
	var total int64
	for _, unit := range meant {
		if list.Scope.Sees(unit) {
			total += homes[unit]
		}
	}
	return total
}
