// Package plain takes from typed text what no screen should show. It is pure, and
// knows no field.
package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is a typed text in the form it is kept: letters and their marks put
// together, blanks single, without marks that turn directions or show nothing. In
// lines, line ends and tabs stay. It is not ok when it is no text: broken, with
// control characters, or showing nothing at all though something was typed.
func Text(typed string, lines bool) (text string, ok bool) {
	switch {
	case asItIs(typed):
		return typed, true
	case !utf8.ValidString(typed):
		return "", false
	}
	broken := false
	text = strings.Map(func(r rune) rune {
		switch {
		case turns(r):
			return -1
		case r == '\n' && lines, r == '\t' && lines:
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == 0xfffe || r == 0xffff:
			broken = true
		}
		return r
	}, strings.ReplaceAll(typed, "\r\n", "\n"))
	if broken {
		return "", false
	}
	text = norm.NFC.String(text) // last: what stood between a letter and its mark is gone
	if lines {
		text = strings.TrimSpace(text)
	} else {
		text = strings.Join(strings.Fields(text), " ")
	}
	if text == "" {
		return "", strings.TrimSpace(typed) == ""
	}
	return text, strings.ContainsFunc(text, shows)
}

// asItIs reports whether a text is already as it should be, as most are.
func asItIs(text string) bool {
	blank := true // at the start, one is too many
	for i := range len(text) {
		c := text[i]
		switch {
		case c < ' ' || c >= 0x7f || c == ' ' && blank:
			return false
		}
		blank = c == ' '
	}
	return !blank || text == ""
}

// turns reports whether a character turns the direction of what stands beside it,
// or shows nothing and joins nothing.
func turns(r rune) bool {
	switch {
	case r == 0xad, r == 0x61c, r == 0x180e, r == 0x200b, r == 0x200e, r == 0x200f, r == 0x2060, r == 0xfeff:
		return true
	}
	return 0x202a <= r && r <= 0x202e || 0x2061 <= r && r <= 0x2069 || 0xe0000 <= r && r <= 0xe007f
}

// shows reports whether a character can be seen by itself.
func shows(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x2800, 0x3164, 0xffa0: // letters and signs that are blank
		return false
	}
	return !unicode.IsSpace(r) && !unicode.IsMark(r) && unicode.IsGraphic(r)
}
