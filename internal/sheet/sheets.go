package sheet

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

// How much of a sheet is looked at to say what is in it.
const (
	lookedLines = 1000
	lookedRows  = 50
)

// A foundSheet is a sheet of a workbook that is shown.
type foundSheet struct {
	name      string
	filled    bool // one of its first rows holds something
	addressed bool // and one an e-mail address
}

// lookAt says what stands at the beginning of a sheet.
func lookAt(name string, s source) (foundSheet, error) {
	found := foundSheet{name: name}
	for lines, rows := 0, 0; lines < lookedLines && rows < lookedRows && !found.addressed; lines++ {
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return found, err
		}
		if !blank(row.Cells) {
			rows++
			found.filled, found.addressed = true, slices.ContainsFunc(row.Cells, addressed)
		}
	}
	return found, nil
}

// proposedSheet is the first sheet with an address, before which others may say
// how it is filled in; else the first that holds something.
func proposedSheet(sheets []foundSheet) string {
	for _, fits := range []func(foundSheet) bool{func(s foundSheet) bool { return s.addressed }, func(s foundSheet) bool { return s.filled }} {
		if at := slices.IndexFunc(sheets, fits); at >= 0 {
			return sheets[at].name
		}
	}
	return ""
}

// plainMoment is a moment as XML writes it in the form in which dates are read,
// without a time that is the beginning of the day; empty for what is none.
func plainMoment(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return text
	}
	day, clock, found := strings.Cut(strings.TrimSuffix(text, "Z"), "T")
	if !found {
		return ""
	}
	moment, err := time.Parse(time.DateTime, day+" "+clock)
	switch {
	case err != nil:
		return ""
	case moment.Equal(moment.Truncate(24 * time.Hour)):
		return day
	}
	return moment.Format(time.DateTime)
}
