package directory

import (
	"net/url"
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
	opens := func(r rune) bool { return strings.ContainsRune(opening, r) || unicode.Is(unicode.Cf, r) }
	closes := func(r rune) bool { return strings.ContainsRune(closing, r) || unicode.Is(unicode.Cf, r) }
	word := strings.TrimLeftFunc(text[from:to], opens)
	const scheme = "mailto:"
	if len(word) >= len(scheme) && strings.EqualFold(word[:len(scheme)], scheme) {
		word = strings.TrimLeftFunc(word[len(scheme):], opens)
		start = to - len(word)
		word, _, _ = strings.Cut(word, "?")
	} else {
		start = to - len(word)
	}
	return start, start + len(strings.TrimRightFunc(word, closes))
}

// unescaped is an address of which a link stood before, with the characters that
// links write as %2B. What is no whole text then stays as it is written.
func unescaped(before, address string) string {
	if !strings.Contains(address, "%") || !strings.HasSuffix(strings.ToLower(strings.TrimRight(before, "\"'<([{")), "mailto:") {
		return address
	}
	plain, err := url.PathUnescape(address)
	if err != nil || !utf8.ValidString(plain) {
		return address
	}
	return plain
}

// mostQuoted is how many bytes are looked through for the end of a quotation: no
// address is longer.
const mostQuoted = 254

// quotedPart is what the quotation mark at the start of a text encloses, without
// its backslashes, and how many bytes it takes; 0 where it is not closed in its
// line, or none stands there.
func quotedPart(text string) (inner string, length int) {
	if !strings.HasPrefix(text, `"`) {
		return "", 0
	}
	var plain strings.Builder
	escaped := false
	for i, r := range text[1:] {
		switch {
		case endsLine(r) || i > mostQuoted:
			return "", 0
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
			continue
		case r == '"':
			return plain.String(), i + 2
		}
		plain.WriteRune(r)
	}
	return "", 0
}

// marked says whether a text that passes for an address carries marks around
// it that do not belong to it.
func marked(text string) bool {
	start, stop := trimWord(text, 0, len(text))
	return start > 0 || stop < len(text) || withoutInvisible(text) != text
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
	return strings.Join(strings.Fields(strings.Trim(s, "'\"«»“”„‘’ ")), " ")
}

// Excerpt is the first 80 characters of a text, for a list or a sentence, with
// an ellipsis where there is more.
func Excerpt(s string) string {
	if cut := cutText(s); cut != s {
		return cut + "…"
	}
	return s
}

// cutText keeps the first 80 characters.
func cutText(s string) string {
	count := 0
	for i := range s {
		if count == maxFaultText {
			s = s[:i]
			break
		}
		count++
	}
	return Shown(s)
}

// Shown shows what is broken or invisible as a replacement character.
func Shown(s string) string {
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
