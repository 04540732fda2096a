package i18n

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"

	"intendant/internal/i18n/messages"
)

// pluralForms are those of each language, as CLDR counts them.
func pluralForms() map[string][]string {
	return map[string][]string{
		"fr": {"many", "one", "other"},
		"en": {"one", "other"},
		"de": {"one", "other"},
		"nl": {"one", "other"},
	}
}

// entries reads a file without any of the package's own leniency: every text
// by "key" or "key.form".
func entries(t *testing.T, code string) map[string]map[string]string {
	t.Helper()
	content, err := messages.Read(code)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	var raw map[string]any
	if err := json.Unmarshal([]byte(content), &raw); err != nil {
		t.Fatalf("parse %s: %v", code, err)
	}
	found := map[string]map[string]string{}
	for key, value := range raw {
		found[key] = map[string]string{}
		switch v := value.(type) {
		case string:
			found[key][""] = v
		case map[string]any:
			for form, text := range v {
				found[key][form], _ = text.(string)
			}
		default:
			t.Errorf("%s: %s is %T, want a string or plural forms", code, key, value)
		}
	}
	return found
}

// TestLanguages holds what a language needs beside its file: its row above, and a
// name, by which all know it and files of members may.
func TestLanguages(t *testing.T) {
	t.Parallel()
	b := load(t)
	if got, want := slices.Sorted(maps.Keys(pluralForms())), slices.Sorted(slices.Values(messages.Languages())); !slices.Equal(got, want) {
		t.Errorf("plural forms of %q, messages of %q", got, want)
	}
	if got := messages.Languages(); got[0] != messages.First || !slices.Equal(got, b.Languages()) {
		t.Errorf("languages %q, a bundle of %q", got, b.Languages())
	}
	named := map[string]string{}
	for code, names := range b.LanguageNames() {
		own := b.Printer(code, nil).Language(code)
		if names = append(names, own); own == "" || len(names) != len(b.Languages())+1 || slices.Contains(names, "") {
			t.Errorf("%s is called %q", code, names)
		}
		for _, name := range names {
			if other := named[name]; other != "" && other != code {
				t.Errorf("%q names %s and %s", name, code, other)
			}
			named[name] = code
		}
	}
	for _, code := range messages.Languages() {
		if got := b.Printer(code, nil).T("language.nouns"); got != "large" && got != "small" {
			t.Errorf("%s begins nouns with a %q letter", code, got)
		}
		if got := b.Printer(code, nil).T("letter.window"); got != "left" && got != "right" {
			t.Errorf("%s has the window at the %q", code, got)
		}
	}
}

func TestCatalogSameKeys(t *testing.T) {
	t.Parallel()
	want := entries(t, "fr")
	for code := range pluralForms() {
		got := entries(t, code)
		for key := range want {
			if got[key] == nil {
				t.Errorf("%s: %s is missing", code, key)
			}
		}
		for key := range got {
			if want[key] == nil {
				t.Errorf("%s: %s is in no other language", code, key)
			}
		}
	}
}

func TestCatalogPlurals(t *testing.T) {
	t.Parallel()
	french := entries(t, "fr")
	for code, want := range pluralForms() {
		for key, texts := range entries(t, code) {
			_, plain := texts[""]
			if _, frenchPlain := french[key][""]; plain != frenchPlain {
				t.Errorf("%s: %s has plural forms in one language only", code, key)
			}
			if got := slices.Sorted(maps.Keys(texts)); !plain && !slices.Equal(got, want) {
				t.Errorf("%s: %s has the forms %q, want %q", code, key, got, want)
			}
		}
	}
}

func TestCatalogPlaceholders(t *testing.T) {
	t.Parallel()
	french := entries(t, "fr")
	for code := range pluralForms() {
		for key, texts := range entries(t, code) {
			want := placeholders(french[key]["other"] + french[key][""])
			for form, text := range texts {
				got := placeholders(text)
				if form == "one" { // "un membre" need not say the number
					got = withCount(got, want)
				}
				if !slices.Equal(got, want) && !sameMoment(got, want) {
					t.Errorf("%s: %s %s has the placeholders %q, French %q", code, key, form, got, want)
				}
				if rest := placeholder.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
					t.Errorf("%s: %s %s: only {{.Name}} is understood: %q", code, key, form, text)
				}
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{\.([A-Za-z][A-Za-z_]*)\}\}`)

func placeholders(text string) []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// withCount adds the count to the names of a form that leaves it out.
func withCount(got, want []string) []string {
	for _, name := range want {
		if strings.EqualFold(name, "count") && !slices.Contains(got, name) {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	return got
}

// sameMoment allows one language to write the hour with one digit and another
// with two.
func sameMoment(got, want []string) bool {
	join := func(names []string) string {
		return strings.ReplaceAll(strings.Join(names, " "), "HourTwo", "Hour")
	}
	return join(got) == join(want)
}

func TestCatalogTexts(t *testing.T) {
	t.Parallel()
	for code := range pluralForms() {
		for key, texts := range entries(t, code) {
			for form, text := range texts {
				name := strings.TrimSpace(code + ": " + key + " " + form)
				switch {
				case strings.TrimSpace(text) == "" && key != "number.group":
					t.Errorf("%s is empty", name)
				case strings.TrimSpace(text) != text && key != "number.group":
					t.Errorf("%s begins or ends with a space", name)
				case strings.Contains(text, "'"):
					t.Errorf("%s has a typewriter’s apostrophe: %q", name, text)
				case strings.ContainsAny(text, "!¡"):
					t.Errorf("%s exclaims: %q", name, text)
				case strings.Contains(text, "..."):
					t.Errorf("%s has three dots instead of an ellipsis: %q", name, text)
				}
				if fault := frenchFault(text); code == "fr" && fault != "" {
					t.Errorf("%s: %s: %q", name, fault, text)
				}
			}
		}
	}
}

var (
	plainSpace = regexp.MustCompile(` [;:?»]|\x{a0}[;:?]|« `)
	noSpace    = regexp.MustCompile(`[^\s\x{202f}\x{a0}][;?»](\s|$)|[^\s\x{202f}\x{a0}]:\s|«[^\x{202f}\x{a0}]`)
)

// frenchFault names what French typography forbids.
func frenchFault(text string) string {
	text = placeholder.ReplaceAllString(text, "x")
	switch {
	case strings.Contains(text, `"`):
		return "straight quotation marks"
	case plainSpace.MatchString(text):
		return "a wide space before ; : ? or inside « »"
	case noSpace.MatchString(text):
		return "no space before ; : ? or inside « »"
	}
	return ""
}

func TestPluralForm(t *testing.T) {
	t.Parallel()
	b := load(t)
	for _, test := range []struct {
		code  string
		count any
		want  int
	}{
		{"fr", 0, one}, {"fr", 1, one}, {"fr", 2, other}, {"fr", 1_000_000, many}, {"fr", int64(1_248), other},
		{"en", 0, other}, {"en", 1, one}, {"en", 2, other},
		{"de", 0, other}, {"de", 1, one},
		{"nl", 0, other}, {"nl", 1, one}, {"nl", "3", other},
	} {
		if got := b.speeches[test.code].pluralForm(test.count); got != test.want {
			t.Errorf("%s: form of %v = %d, want %d", test.code, test.count, got, test.want)
		}
	}
}

func TestFormsPlural(t *testing.T) {
	t.Parallel()
	p := load(t).Printer("fr", nil)
	p.speech.forms["members"] = newForms(&i18n.Message{
		One: "{{.Count}} membre", Many: "{{.Count}} de membres", Other: "{{.Count}} membres",
	})
	for count, want := range map[int]string{
		0: "0 membre", 1: "1 membre", 1248: "1\u202f248 membres", 3_000_000: "3\u202f000\u202f000 de membres",
	} {
		if got := p.T("members", "Count", count); got != want {
			t.Errorf("T = %q, want %q", got, want)
		}
	}
}
