package sheet

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Suspect names what is wrong with the characters of a cell, as the code of a
// refusal, or answers the empty string: text.unreadable for one with characters
// that its set does not have, text.twice for one that was read in another set
// than it was written in and saved again (Ã© for é), with what was meant;
// text.error_value for what a formula that failed shows.
func Suspect(cell string) (code, meant string) {
	if failed(cell) {
		return "text.error_value", ""
	}
	foreign := strings.IndexFunc(cell, func(r rune) bool { return r >= utf8.RuneSelf })
	switch {
	case foreign < 0:
		return "", ""
	case strings.ContainsRune(cell, utf8.RuneError):
		return "text.unreadable", ""
	case !strings.ContainsAny(cell, "ÃÂâÅ√├┬Γ"): // what the first byte of UTF-8 looks like elsewhere
		return "", ""
	}
	for _, set := range []*charmap.Charmap{charmap.Windows1252, charmap.ISO8859_1, charmap.Macintosh, charmap.CodePage850, charmap.CodePage437} {
		written, err := set.NewEncoder().String(cell)
		if err == nil && utf8.ValidString(written) && written != cell {
			return "text.twice", written
		}
	}
	return "", ""
}

// failed reports whether a cell shows the error of a formula, as the spreadsheets
// of our languages call it.
func failed(cell string) bool {
	cell = strings.TrimSpace(cell)
	if number, is := strings.CutPrefix(cell, "Err:"); is {
		return len(number) == 3 && strings.Trim(number, "0123456789") == ""
	}
	if !strings.HasPrefix(cell, "#") {
		return false
	}
	switch strings.TrimRight(strings.TrimPrefix(cell, "#"), "!?") {
	case "N/A", "NA", "NV", "N/B", // nothing found
		"REF", "BEZUG", "VERW", "NAME", "NOM", "NAAM", "VALUE", "VALEUR", "WERT", "WAARDE", "DIV/0", "DEEL/0", "NUM", "NOMBRE", "ZAHL", "GETAL",
		"NULL", "NUL", "LEEG", "SPILL", "PROPAGATION", "CALC", "CALCUL", "FIELD", "BLOCKED", "CONNECT", "UNKNOWN", "GETTING_DATA", "BUSY":
		return true
	}
	return false
}
