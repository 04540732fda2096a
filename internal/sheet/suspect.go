package sheet

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Suspect names what is wrong with the characters of a cell, as the code of a
// refusal, or answers the empty string: text.unreadable for one with characters
// that its set does not have, text.twice for one that was read in another set
// than it was written in and saved again (Ã© for é), with what was meant.
func Suspect(cell string) (code, meant string) {
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
