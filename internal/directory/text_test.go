package directory

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextRules(t *testing.T) { // DOOR-6, HIST-3
	t.Parallel()
	columns := map[string]bool{}
	kept := map[string]Keeping{}
	for i, rule := range TextRules() {
		if int(rule.Kind) != i+1 || rule.Field == "" || rule.Most < 1 {
			t.Errorf("row %d of the table: %+v", i, rule)
		}
		for _, column := range rule.Columns {
			if columns[column] {
				t.Errorf("%s is of two kinds", column)
			}
			columns[column] = true
		}
		history := rule.History
		if history == "" {
			history = rule.Field
		}
		if before, is := kept[history]; is && before != rule.Kept {
			t.Errorf("history keeps %s in two ways", history)
		}
		kept[history] = rule.Kept
	}
	if len(TextRules()) != int(lastText)-1 {
		t.Errorf("the table has %d rows for %d kinds", len(TextRules()), lastText-1)
	}
}

func TestTextClean(t *testing.T) { // DOOR-6
	t.Parallel()
	for _, test := range []struct {
		name, text, want, code string
		kind                   Text
	}{
		{"a name as it is", "Anne-Sophie d’Été-Œuvrard", "Anne-Sophie d’Été-Œuvrard", "", FirstName},
		{"apostrophes and hyphens of all kinds", "O'Neil‑Çelik d'Aubigné", "O'Neil‑Çelik d'Aubigné", "", LastName},
		{"letters and marks come together", "Ame\u0301lie", "Amélie", "", FirstName},
		{"a mark behind nothing wide", "Ame\u200b\u0301lie", "Amélie", "", FirstName},
		{"marks without a letter of their own stay", "M\u0302aria", "M\u0302aria", "", FirstName},
		{"other scripts", "محمد\u200cرضا", "محمد\u200cرضا", "", FirstName},
		{"a joiner within a name stays", "क्\u200dष", "क्\u200dष", "", LastName},
		{"blanks", "  Léa \u00a0 Marie\t", "Léa Marie", "", FirstName},
		{"a line end in a line is a blank", "Léa\r\nMarie", "Léa Marie", "", FirstName},
		{"lines of a message", "Bonjour,\r\n\r\n\tmerci\n", "Bonjour,\n\n\tmerci", "", MessageText},
		{"direction", "Marie\u202egnp.exe", "Mariegnp.exe", "", LastName},
		{"isolates and marks", "\u2066Léa\u2069\u200f\u061c", "Léa", "", FirstName},
		{"nothing wide", "Lé\u200ba\ufeff", "Léa", "", FirstName},
		{"empty", "", "", "", FirstName},
		{"blanks only", " \u00a0\t", "", "", FirstName},
		{"invisible only", "\u200b\u200e", "", "text.broken", FirstName},
		{"a blank letter", "\u3164", "", "text.broken", LastName},
		{"marks only", "\u0301\u0302", "", "text.broken", LastName},
		{"joiners only", "\u200d\u200c", "", "text.broken", CompanyName},
		{"NUL", "a\x00b", "", "text.broken", CompanyName},
		{"broken", "a\xffb", "", "text.broken", CompanyName},
		{"a control character", "a\x1bb", "", "text.broken", PurposeText},
		{"escape codes", "\u009b31m", "", "text.broken", FirstName},
		{"as long as may be", strings.Repeat("é", 100), strings.Repeat("é", 100), "", FirstName},
		{"longer", strings.Repeat("é", 101), "", "field.too_long", FirstName},
		{"longer in plain letters", strings.Repeat("e", 101), "", "field.too_long", FirstName},
		{"seventy thousand", strings.Repeat("a", 70_000), "", "field.too_long", ReasonText},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, refusal := test.kind.Clean(test.text)
			code := ""
			if refusal != nil {
				code = refusal.Code
			}
			if got != test.want || code != test.code {
				t.Errorf("Clean(%+q) = %+q, %q; want %+q, %q", test.text, got, code, test.want, test.code)
			}
			if again, _ := test.kind.Clean(got); again != got {
				t.Errorf("cleaned twice: %+q", again)
			}
		})
	}
	if _, refusal := FirstName.Required("  "); refusal == nil || refusal.Code != "field.required" || refusal.Field != "first_name" {
		t.Errorf("a name that is missing: %v", refusal)
	}
}

func TestCleanTexts(t *testing.T) { // DOOR-6
	t.Parallel()
	first, long := " Léa ", strings.Repeat("x", 500)
	refusal := CleanTexts(Typed{Kind: FirstName, Value: &first}, Typed{Kind: Phone}, Typed{Kind: LastName, Value: &long, Field: "buyer_last_name"})
	if first != "Léa" || refusal == nil || refusal.Field != "buyer_last_name" || refusal.Code != "field.too_long" {
		t.Errorf("%q, %v", first, refusal)
	}
}

func TestShort(t *testing.T) { // DOOR-6
	t.Parallel()
	for _, test := range []struct {
		text, want string
		most       int
	}{
		{"short", "short", 5}, {"longer", "long…", 5}, {"été ici", "été…", 4}, {"a\xffb", "ab", 5}, {"", "", 3},
		{strings.Repeat("é", 1_000_000), strings.Repeat("é", 9) + "…", 10},
	} {
		if got := Short(test.text, test.most); got != test.want || utf8.RuneCountInString(got) > test.most {
			t.Errorf("Short(%.20q, %d) = %q, want %q", test.text, test.most, got, test.want)
		}
	}
	if !slices.Equal([]bool{Readable("é"), Readable("a\x00"), Readable("\xff")}, []bool{true, false, false}) {
		t.Error("Readable")
	}
}
