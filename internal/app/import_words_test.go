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
		country, of := strings.CutPrefix(thing, "country.")
		if known := bundleOf(t).CountryNames()[strings.ToUpper(country)]; of && known != nil {
			continue
		}
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

func bundleOf(t *testing.T) *i18n.Bundle {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// TestImportCountries: a cell names a country by its code or its name in any language
// of the program, and no name is of two.
func TestImportCountries(t *testing.T) { // VEND-4
	t.Parallel()
	bundle := bundleOf(t)
	d := imports.NewDictionary(imports.Words{Of: bundle.ImportWords, Languages: bundle.LanguageNames(), Countries: bundle.CountryNames})
	for cell, want := range map[string]string{"": "", "FR": "FR", "fr": "FR", "FRA": "FR", " France ": "FR", "Frankreich": "FR", "Frankrijk": "FR",
		"DE": "DE", "deu": "DE", "Deutschland": "DE", "ALLEMAGNE": "DE", "Germany": "DE", "Duitsland": "DE", "Pays-Bas": "NL", "pays bas": "NL", "The Netherlands": "NL",
		"Holland": "NL", "Nederland": "NL", "Belgique": "BE", "Belgïe": "BE", "Suisse": "CH", "Schweiz": "CH", "Royaume-Uni": "GB", "UK": "GB", "Great Britain": "GB",
		"U.S.A.": "US", "États Unis": "US", "Côte d'Ivoire": "CI", "Tschechische Republik": "CZ", "Österreich": "AT"} {
		if got, refusal := d.Country("country", cell); got != want || refusal != nil {
			t.Errorf("VEND-4 %q is %q %v, want %q", cell, got, refusal, want)
		}
	}
	for _, cell := range []string{"Syldavie", "XX", "F", "75"} {
		if got, refusal := d.Country("country", cell); refusal == nil || refusal.Field != "country" || refusal.Code != "field.unknown_choice" {
			t.Errorf("VEND-4 %q is %q %v, want it refused", cell, got, refusal)
		}
	}
	for code, names := range bundle.CountryNames() {
		for _, name := range append(names, code) {
			if got, refusal := d.Country("country", name); got != code || refusal != nil {
				t.Errorf("VEND-4 %q is %q %v, want %q", name, got, refusal, code)
			}
		}
	}
}

// TestImportResultIsIgnored: what a file of results has beside the columns that came is
// read as nothing when it comes again, in any language.
func TestImportResultIsIgnored(t *testing.T) { // ADD-13, VEND-4
	t.Parallel()
	bundle := bundleOf(t)
	d := imports.NewDictionary(imports.Words{Of: bundle.ImportWords})
	for _, language := range bundle.Languages() {
		p := bundle.Printer(language, nil)
		for noun, fields := range map[string][]sheet.Field{"member": app.MemberFields(), "customer": app.CustomerFields(), "subscription": app.SubscriptionFields()} {
			head := []string{p.T("adding.line"), p.T("adding.verdict"), p.T("adding.detail")}
			fields = d.Titled(noun, fields)
			for n, column := range sheet.Match(head, [][]string{{"2", p.T("outcome.refused"), "x"}}, fields) {
				if column >= 0 && fields[n].ID != "" {
					t.Errorf("ADD-13 %s: %q is read as %s of a %s", language, head[column], fields[n].ID, noun)
				}
			}
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
	d := imports.NewDictionary(imports.Words{Of: bundle.ImportWords, Languages: bundle.LanguageNames(), Countries: bundle.CountryNames})
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
