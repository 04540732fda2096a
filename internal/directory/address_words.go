package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func endsLine(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// separates says whether r ends a piece for good; a comma does not, for it may
// stand inside a name.
func separates(r rune) bool {
	return r == ';' || r == '\t' || r == '；' || r == '、' || endsLine(r)
}

// meaningful says whether a word is more than a bullet, a dash or another mark
// between addresses. Broken text is meaningful: it must not vanish.
func meaningful(word string) bool {
	for _, r := range word {
		if r == '@' || r == utf8.RuneError {
			return true
		}
		if !unicode.IsPunct(r) && !unicode.IsSymbol(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsSpace(r) {
			return true
		}
	}
	return false
}

// showable says whether a text is whole and without control characters.
func showable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// trimWord answers the part of text[from:to] without quotes, parentheses,
// "mailto:" and the full stop of a sentence around it. The apostrophe of a cell
// made harmless goes with the quotes (ADD-14, REP-4).
func trimWord(text string, from, to int) (start, stop int) {
	const opening, closing = "'\"([{«»“”„‘’‹›", "'\")]}«»“”„‘’‹›.,:!?"
	word := strings.TrimLeft(text[from:to], opening)
	const scheme = "mailto:"
	if len(word) >= len(scheme) && strings.EqualFold(word[:len(scheme)], scheme) {
		word = strings.TrimLeft(word[len(scheme):], opening)
		start = to - len(word)
		word, _, _ = strings.Cut(word, "?")
	} else {
		start = to - len(word)
	}
	return start, start + len(strings.TrimRight(word, closing))
}

// withoutInvisible drops the zero-width and other format characters that come
// along when text is copied from a page.
func withoutInvisible(s string) string {
	if !utf8.ValidString(s) || !strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// surname says whether a text before a comma can be the name of a person, and
// is not rather an address without its @.
func surname(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != ' ' && r != '\u00a0' && r != '-' && r != '\'' && r != '’' && r != '"'
	})
}

// suggestName splits the name before an address: "Bertin, Yann", "BERTIN Yann"
// or "Yann Bertin". A name that is itself an address suggests nothing.
func suggestName(name string) (first, last string) {
	if strings.Contains(name, "@") {
		return "", ""
	}
	if before, after, found := strings.Cut(name, ","); found {
		return cleanName(after), cleanName(before)
	}
	words := strings.Fields(cleanName(name))
	if len(words) == 0 {
		return "", ""
	}
	capitals := 0
	for capitals < len(words) && capital(words[capitals]) {
		capitals++
	}
	if 0 < capitals && capitals < len(words) {
		return strings.Join(words[capitals:], " "), strings.Join(words[:capitals], " ")
	}
	return words[0], strings.Join(words[1:], " ")
}

// capital says whether a word is written in capitals only.
func capital(word string) bool {
	return utf8.RuneCountInString(word) > 1 && strings.ToUpper(word) == word && strings.ToLower(word) != word
}

// cleanName takes the quotes and invisible characters off a name.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || invisible(r) && !unicode.IsMark(r):
			return -1
		}
		return r
	}, s)
	return cutText(strings.Join(strings.Fields(strings.Trim(s, "'\"«»“”„‘’ ")), " "))
}

// cutText keeps the first 80 characters and shows what is broken or invisible
// as a replacement character.
func cutText(s string) string {
	count := 0
	for i := range s {
		if count == maxFaultText {
			s = s[:i]
			break
		}
		count++
	}
	if showable(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// SplitName splits a full name as the name before an address is split.
func SplitName(name string) (first, last string) { return suggestName(name) }
