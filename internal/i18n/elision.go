package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// joint writes the end of a message's text before the value that follows it.
type joint func(text, value string) string

// joints of the languages that shorten a word before some values.
func jointOf(code string) joint {
	if code == "fr" {
		return elide
	}
	return func(text, _ string) string { return text }
}

// elide writes French "de" and "que" as they are written before a name: "l’accès
// d’Albane", "de Hugo". Nobody can phrase a sentence for a name that he does not
// know, so the messages are written with "de " and "que ".
func elide(text, value string) string {
	for _, word := range []string{"de", "De", "que", "Que", "lorsque", "puisque", "jusque"} {
		before, found := strings.CutSuffix(text, word+" ")
		if !found {
			continue
		}
		if last, _ := utf8.DecodeLastRuneInString(before); unicode.IsLetter(last) || !elides(value) {
			continue
		}
		return before + strings.TrimSuffix(word, "e") + "’"
	}
	return text
}

// elides reports whether a French word loses its last e before the text. The
// silent h cannot be told from the other by its letters: only the beginnings that
// are nearly always silent count. A y before a vowel is a consonant.
func elides(text string) bool {
	first, size := utf8.DecodeRuneInString(text)
	second, _ := utf8.DecodeRuneInString(text[size:])
	switch unicode.ToLower(first) {
	case 'h':
		return strings.ContainsRune("éèêô", unicode.ToLower(second))
	case 'y':
		return unicode.IsLetter(second) && !strings.ContainsRune(vowels, unicode.ToLower(second))
	}
	return strings.ContainsRune(vowels, unicode.ToLower(first))
}

const vowels = "aàâäáãåæeéèêëiîïíoôöóœuùûüú"
