package directory

import (
	"strings"
	"time"
	"unicode"
)

// KeyAlphabet is every character of an admin key. Of each pair that looks
// alike on paper or on the telephone one is missing, or both: no 0 and O, no
// 1, I and L, no B beside 8, G beside 6, S beside 5, Z beside 2, U beside V.
// Rule KEY-1.
const KeyAlphabet = "23456789ACDEFHJKMNPQRTVWXY"

const keyGroups = 4

// LetterOver reports whether the keys of a letter that was printed or shown at a time,
// or never, are no longer to be read. Rule KEY-6.
func LetterOver(printed, now time.Time) bool {
	return !printed.IsZero() && !now.Before(printed.Add(LetterKept))
}

// FormatKey writes a canonical key in four groups, as it is printed: three
// characters a group for twelve, four for sixteen. Rule KEY-1.
func FormatKey(canonical string) string {
	size := max(1, (len(canonical)+keyGroups-1)/keyGroups)
	var b strings.Builder
	for i, r := range canonical {
		if i > 0 && i%size == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ParseKey reads a key as somebody typed it and answers its length canonical
// characters. Case, spaces and separators do not count (rule KEY-1). It refuses
// another length and foreign characters with "key.malformed" and never says
// which of both. Whether a malformed key counts as a wrong try (rule KEY-9) is
// the caller's to decide: ParseKey has no memory.
func ParseKey(text string, length int) (string, *Error) {
	canonical := make([]byte, 0, length)
	for _, r := range text {
		if separatesKey(r) {
			continue
		}
		r = unicode.ToUpper(r)
		if r >= unicode.MaxASCII || !strings.ContainsRune(KeyAlphabet, r) || len(canonical) == length {
			return "", malformedKey()
		}
		canonical = append(canonical, byte(r))
	}
	if len(canonical) != length {
		return "", malformedKey()
	}
	return string(canonical), nil
}

func malformedKey() *Error {
	return InvalidField("admin_key", "key.malformed", nil)
}

// separatesKey tells what people, word processors and mail programs put
// between the groups: spaces and line ends of every width, every dash, the minus
// sign, the soft hyphen, and marks of order.
func separatesKey(r rune) bool {
	switch r {
	case '.', '·', '•', '_', '/', '\\', '|', ':', ',', ';', '+', '~',
		'\u2212', '\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || unicode.Is(unicode.Zs, r)
}
