package sheet

import "strings"

// Harmless makes a text safe as a cell of a CSV: what a spreadsheet would run
// gets an apostrophe in front. Restore takes it off again, so that every text
// comes back as it was (rule REP-4). Workbooks need no such thing, their cells
// say that they are texts.
func Harmless(cell string) string {
	if runs(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// Restore undoes Harmless. An apostrophe before anything else is genuine and
// stays.
func Restore(cell string) string {
	if strings.HasPrefix(cell, "'") && runs(strings.TrimLeft(cell, "'")) {
		return cell[1:]
	}
	return cell
}

// runs says whether a spreadsheet takes the text for a formula: it begins with
// = + - @, in their full-width forms too, or with a character spreadsheets drop
// before they look.
func runs(cell string) bool {
	if cell == "" {
		return false
	}
	if strings.IndexByte("=+-@\t\r\n", cell[0]) >= 0 {
		return true
	}
	for _, wide := range []string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, wide) {
			return true
		}
	}
	return false
}
