package imports

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"intendant/internal/directory"
	"intendant/internal/sheet"
)

// Words are what files may call things, in every language the program speaks.
// They are handed in: operations say nothing themselves.
type Words struct {
	// Of are the words for a thing: for the title of a column by noun and field
	// ("member.email"), for what stands in a cell by its own name ("civility.mr").
	Of func(thing string) []string
	// Languages are the names of the program's languages by their codes.
	Languages map[string][]string
	// Countries answers the names of countries by their codes of two letters. It is
	// asked when the first country is read.
	Countries func() map[string][]string
}

// A Dictionary knows what the titles and cells of files mean. One made of no
// words knows codes only.
type Dictionary struct {
	of                    func(thing string) []string
	languages, civilities map[string]string        // folded word to code
	countries             func() map[string]string // letters of the folded word to code
	none                  map[string]bool          // folded words for nothing
}

// NewDictionary makes a dictionary of words.
func NewDictionary(w Words) *Dictionary {
	d := &Dictionary{of: w.Of, languages: map[string]string{}, civilities: map[string]string{}, none: map[string]bool{"": true, "-": true}}
	if d.of == nil {
		d.of = func(string) []string { return nil }
	}
	for code, names := range w.Languages {
		d.languages[code] = code
		for _, name := range names {
			d.languages[directory.Fold(name)] = code
		}
	}
	d.countries = sync.OnceValue(func() map[string]string { return d.countryWords(w) })
	for _, code := range directory.Civilities() {
		for _, word := range append(d.of("civility."+code), code) {
			d.civilities[directory.Fold(word)] = code
		}
	}
	for _, word := range d.of("none") {
		d.none[directory.Fold(word)] = true
	}
	return d
}

func (d *Dictionary) countryWords(w Words) map[string]string {
	words := map[string]string{}
	if w.Countries == nil {
		return words
	}
	for code, names := range w.Countries() {
		for _, name := range slices.Concat(names, d.of("country."+strings.ToLower(code)), []string{code}) {
			words[lettersOf(name)] = code
		}
	}
	return words
}

// Titled gives the fields of a noun the words their titles may be, and adds what
// the usual exports call columns that are none of them.
func (d *Dictionary) Titled(noun string, fields []sheet.Field) []sheet.Field {
	for i := range fields {
		field := &fields[i]
		field.Words = d.of(noun + "." + field.ID)
		if field.ID == columnCivility { // a "Title" may be a position too
			field.Only, field.Looks = true, func(cell string) bool {
				_, refusal := d.civility(cell)
				return refusal == nil
			}
		}
	}
	return append(fields, sheet.Field{Words: d.of(noun + ".ignored")})
}

// Language is the language that a cell names, by its code or in a language of the
// program, whatever the country after it ("fr-FR"); an empty cell names none.
func (d *Dictionary) Language(cell string) (string, *directory.Error) {
	folded := directory.Fold(cell)
	if code, _, found := strings.Cut(strings.ReplaceAll(folded, "_", "-"), "-"); found && d.languages[code] != "" {
		folded = code
	}
	return choice(d.languages, ColumnLanguage, cell, folded)
}

// Country is the country that a cell names, by its code or in a language of the
// program, however it is hyphenated ("Pays Bas", "U.S.A."); an empty cell names none.
func (d *Dictionary) Country(field, cell string) (string, *directory.Error) {
	if letters := lettersOf(cell); letters != "" {
		return choice(d.countries(), field, cell, letters)
	}
	return choice(d.countries(), field, cell, strings.TrimSpace(cell))
}

// lettersOf are the letters of a text, folded.
func lettersOf(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) {
			return c
		}
		return -1
	}, directory.Fold(text))
}

// civility is the civility that a cell names, with or without the dot of an
// abbreviation; an empty cell names none.
func (d *Dictionary) civility(cell string) (string, *directory.Error) {
	return choice(d.civilities, columnCivility, cell, strings.TrimSuffix(directory.Fold(cell), "."))
}

func choice(codes map[string]string, field, cell, folded string) (string, *directory.Error) {
	if folded == "" {
		return "", nil
	}
	if code, known := codes[folded]; known {
		return code, nil
	}
	return "", directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": cell})
}
