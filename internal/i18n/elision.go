package i18n

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"intendant/internal/directory"
)

// elisions are the words of a language that lose their last letter before a vowel,
// and those before which they keep it; or none: nobody can phrase a sentence for a name
// that he does not know, so the messages are written with the whole word ("l’accès de
// {{.Name}}").
type elisions struct {
	words []string
	kept  []string // folded; whole words, and beginnings of words with a "*" after them
}

func newElisions(words, kept string) elisions {
	e := elisions{words: listed(words), kept: listed(kept)}
	for i, word := range e.kept {
		e.kept[i] = directory.Fold(word)
	}
	return e
}

// listed are the words of a message that is a list; "-" is an empty one.
func listed(message string) (words []string) {
	for word := range strings.SplitSeq(message, ",") {
		if word = strings.TrimSpace(word); word != "-" && word != "" {
			words = append(words, word)
		}
	}
	return words
}

// join writes the end of a text as it is written before the value that follows
// it: "l’accès d’Albane", "l’accès de Hassan".
func (e elisions) join(text, value string) string {
	if len(e.words) == 0 || !e.elides(value) {
		return text
	}
	whole, spaced := strings.CutSuffix(text, " ")
	last := whole[len(strings.TrimRightFunc(whole, unicode.IsLetter)):]
	if !spaced || !slices.Contains(e.words, strings.ToLower(last)) {
		return text
	}
	_, size := utf8.DecodeLastRuneInString(whole)
	return whole[:len(whole)-size] + "’"
}

// elides reports whether a French word loses its last e before the text: before a vowel,
// a y that is one, and an h. The h that is said cannot be told from the silent one by
// its letters, so the words that have it are listed (language.not_elided), with the few
// that begin with a vowel and are not elided before either; so does an h that stands
// alone. Whoever is missing there is added there.
func (e elisions) elides(text string) bool {
	word := text[:len(text)-len(strings.TrimLeftFunc(text, unicode.IsLetter))]
	first, size := utf8.DecodeRuneInString(word)
	second, _ := utf8.DecodeRuneInString(word[size:])
	switch first = unicode.ToLower(first); {
	case first == 'h' && size == len(word), first != 'h' && first != 'y' && !strings.ContainsRune(vowels, first):
		return false
	case first == 'y' && (!unicode.IsLetter(second) || strings.ContainsRune(vowels, unicode.ToLower(second))):
		return false
	}
	folded := directory.Fold(word)
	return !slices.ContainsFunc(e.kept, func(kept string) bool {
		beginning, open := strings.CutSuffix(kept, "*")
		return folded == kept || open && strings.HasPrefix(folded, beginning)
	})
}

const vowels = "aàâäáãåæeéèêëiîïíoôöóœuùûüú"
