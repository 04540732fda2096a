package app_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"intendant/internal/app"
	"intendant/internal/app/imports"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
	"intendant/internal/sheet"
)

// importWords are the words of a bundle's languages by which files are read.
const importWords = "import.words."

// letters are what a title is compared by.
func letters(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, directory.Fold(word))
}

// TestImportWords: whoever writes in a language of the program names each column
// in it, and no word is of two.
func TestImportWords(t *testing.T) { // ADD-13
	t.Parallel()
	said := messages.Under(importWords)
	for noun, fields := range map[string][]sheet.Field{"member": app.MemberFields(), "customer": app.CustomerFields(), "subscription": app.SubscriptionFields()} {
		of := map[string]string{}
		if said[importWords+noun+".ignored"] != nil {
			fields = append(fields, sheet.Field{ID: "ignored"})
		}
		for _, field := range fields {
			texts := said[importWords+noun+"."+field.ID]
			delete(said, importWords+noun+"."+field.ID)
			for _, language := range messages.Languages() {
				if texts[language] == "" {
					t.Errorf("ADD-13 %s: no title for %s of a %s", language, field.ID, noun)
				}
				for word := range strings.SplitSeq(texts[language], ",") {
					key := letters(word)
					byCells := field.ID == "job_title" && of[key] == "civility" // the cells decide
					if other := of[key]; key == "" || other != "" && other != field.ID && !byCells {
						t.Errorf("ADD-13 %s: %q is %s and %s of a %s", language, word, field.ID, other, noun)
					}
					of[key] = field.ID
				}
			}
		}
	}
	for _, rest := range slices.Sorted(maps.Keys(said)) {
		thing := strings.TrimPrefix(rest, importWords)
		civility, is := strings.CutPrefix(thing, "civility.")
		if thing != "none" && (!is || !slices.Contains(directory.Civilities(), civility)) {
			t.Errorf("ADD-13 no file is read by %s", rest)
		}
	}
	for _, civility := range directory.Civilities() {
		if said[importWords+"civility."+civility] == nil {
			t.Errorf("ADD-13 no word for the civility %s", civility)
		}
	}
}

// TestImportLanguages: a cell names a language of the program in any of them.
func TestImportLanguages(t *testing.T) { // ADD-13
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := imports.NewDictionary(imports.Words{Of: bundle.ImportWords, Languages: bundle.LanguageNames()})
	for cell, want := range map[string]string{"": "", "FR": "fr", " Français ": "fr", "french": "fr", "Französisch": "fr", "frans": "fr",
		"en": "en", "anglais": "en", "English": "en", "Englisch": "en", "Engels": "en", "allemand": "de", "german": "de", "Deutsch": "de",
		"duits": "de", "néerlandais": "nl", "Dutch": "nl", "Niederländisch": "nl", "nederlands": "nl"} {
		if got, refusal := d.Language(cell); got != want || refusal != nil {
			t.Errorf("ADD-13 %q is %q %v, want %q", cell, got, refusal, want)
		}
	}
	if got, refusal := d.Language("klingon"); refusal == nil || refusal.Code != "field.unknown_choice" {
		t.Errorf("ADD-13 klingon is %q %v", got, refusal)
	}
	for _, language := range bundle.Languages() {
		name := bundle.Printer(language, nil).Language(language)
		if got, refusal := d.Language(name); got != language || refusal != nil {
			t.Errorf("ADD-13 %q is %q %v, want %q", name, got, refusal, language)
		}
	}
}
