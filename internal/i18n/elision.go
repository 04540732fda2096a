package i18n

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// elisions are the words of a language that lose their last letter before a vowel,
// or none: nobody can phrase a sentence for a name that he does not know, so the
// messages are written with the whole word ("l’accès de {{.Name}}").
type elisions []string

func newElisions(message string) elisions {
	var words elisions
	for word := range strings.SplitSeq(message, ",") {
		if word = strings.TrimSpace(word); word != "-" && word != "" {
			words = append(words, word)
		}
	}
	return words
}

// join writes the end of a text as it is written before the value that follows
// it: "l’accès d’Albane", "l’accès de Hugo".
func (e elisions) join(text, value string) string {
	if len(e) == 0 || !elides(value) {
		return text
	}
	whole, spaced := strings.CutSuffix(text, " ")
	last := whole[len(strings.TrimRightFunc(whole, unicode.IsLetter)):]
	if !spaced || !slices.Contains(e, strings.ToLower(last)) {
		return text
	}
	_, size := utf8.DecodeLastRuneInString(whole)
	return whole[:len(whole)-size] + "’"
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
