package mail

import (
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"intendant/internal/directory"
)

// breaker is the character put inside what a mail program could take for an
// address. It has no width, so people read the text as it was typed.
const breaker = '\u200b'

const (
	nameRunes    = 120
	messageRunes = 2000
	subjectRunes = 150
)

// defuse makes one line of what somebody typed: control and direction
// characters go, the length is cut, and whatever a mail program could turn into
// a link by itself is broken by an invisible character. Rule MAIL-4.
func defuse(text string) string {
	return breakLinks(directory.Short(oneLine(text), nameRunes))
}

// defuseExact is defuse for values people copy, such as a user name: only what
// ends in a domain that exists, or holds an at sign or a scheme, is broken.
func defuseExact(text string) string {
	text = directory.Short(oneLine(text), nameRunes)
	if strings.ContainsAny(text, "@:/\\") {
		return breakLinks(text)
	}
	// Without a rule for it in the list of domains, no program guesses a link.
	if _, known := publicsuffix.PublicSuffix(strings.ToLower(strings.Trim(text, "."))); known && strings.Contains(text, ".") {
		return breakLinks(text)
	}
	return text
}

// defuseLines is defuse for a message of several lines.
func defuseLines(text string) string {
	lines := strings.Split(directory.Short(strings.ReplaceAll(text, "\r\n", "\n"), messageRunes), "\n")
	for i, line := range lines {
		lines[i] = breakLinks(oneLine(line))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// oneLine drops what shows nothing or changes the direction of writing, and
// makes one space of white space.
func oneLine(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	visible := strings.Map(func(r rune) rune {
		switch {
		case r == '\u202f' || r == '\u00a0' || r == breaker:
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(visible, func(r rune) bool { return r == ' ' }), " "))
}

// breakLinks puts the breaker after each dot, sign and colon that could hold an
// address together. A dot before a single letter, as in S.A.R.L., stays.
func breakLinks(text string) string {
	runes := []rune(text)
	var b strings.Builder
	for i, r := range runes {
		b.WriteRune(r)
		if i+1 == len(runes) {
			break
		}
		next := runes[i+1]
		switch r {
		case '.', '。', '．', '｡':
			second := i+2 < len(runes) && inLabel(runes[i+2])
			if i > 0 && inLabel(runes[i-1]) && inLabel(next) && second {
				b.WriteRune(breaker)
			}
		case '@', '＠':
			if next != ' ' {
				b.WriteRune(breaker)
			}
		case ':', '：':
			if i > 0 && unicode.IsLetter(runes[i-1]) && next != ' ' {
				b.WriteRune(breaker)
			}
		case '/', '\\':
			if next == r {
				b.WriteRune(breaker)
			}
		}
	}
	return b.String()
}

func inLabel(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_'
}

// headerText makes a value fit for a header: one line, cut.
func headerText(text string) string {
	return directory.Short(oneLine(text), subjectRunes)
}
