package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"intendant/internal/i18n/messages"
)

// words is what the pages are held against.
type words struct {
	codes   []string                     // permissions of the catalogue, by their ids
	numbers []string                     // customer numbers, as nobody should read them
	others  map[string]map[string]string // by language: sentences of the others, and whose they are
	counted map[string]*counted          // by language
}

// counted are the words that follow a count in one form and never in the other.
type counted struct{ singular, plural map[string]bool }

// newWords gathers them from the messages, the catalogue and the customers.
func newWords(t *testing.T, w *world, people map[string]string) *words {
	t.Helper()
	out := &words{others: map[string]map[string]string{}, counted: map[string]*counted{}}
	for _, p := range w.installation.App.Catalogue.InForce().Permissions {
		out.codes = append(out.codes, p.ID)
	}
	out.numbers = []string{strings.ReplaceAll(people["account"], " ", "")}
	texts := catalogueWords(t)
	for _, code := range messages.Languages() {
		out.counted[code] = &counted{map[string]bool{}, map[string]bool{}}
		out.learn(t, code, texts[code])
	}
	for _, code := range messages.Languages() {
		out.others[code] = map[string]string{}
		for other, theirs := range texts {
			for text := range theirs {
				if other != code && !texts[code][text] && len([]rune(text)) >= 6 {
					out.others[code][text] = other
				}
			}
		}
	}
	return out
}

// catalogueWords are the labels of the example's catalogue, by language, and what
// else the example says in words that a message has too.
func catalogueWords(t *testing.T) map[string]map[string]bool {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "catalogues", "standard.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	for _, code := range messages.Languages() {
		found[code] = map[string]bool{"Acheteur": true} // somebody's job title
		for _, match := range regexp.MustCompile(`\b`+code+`: ([^,}\n]+)`).FindAllStringSubmatch(string(content), -1) {
			found[code][strings.Trim(match[1], `"' `)] = true
		}
	}
	return found
}

// learn reads one language's messages.
func (w *words) learn(t *testing.T, code string, texts map[string]bool) {
	t.Helper()
	content, err := messages.Read(code)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal([]byte(content), &raw); err != nil {
		t.Fatal(err)
	}
	one, many := map[string]bool{}, map[string]bool{}
	for key, value := range raw {
		switch v := value.(type) {
		case string:
			if !strings.Contains(v, "{{") && !strings.HasPrefix(key, "language.") {
				texts[v] = true
			}
		case map[string]any:
			single, several := firstCounted(v["one"]), firstCounted(v["other"])
			one[single], many[several] = true, true
			if several == "" { // "alle 7 Treffer"
				many[single] = true
			}
		}
	}
	for word := range one {
		if word != "" && !many[word] {
			w.counted[code].singular[word] = true
		}
	}
	for word := range many {
		if word != "" && !one[word] {
			w.counted[code].plural[word] = true
		}
	}
}

// firstCounted is the word after the count at the beginning of a message.
func firstCounted(form any) string {
	text, _ := form.(string)
	rest, found := strings.CutPrefix(text, "{{.Count}} ")
	if !found {
		return ""
	}
	word, _, _ := strings.Cut(rest, " ")
	return strings.TrimRight(word, ".,:;")
}

var (
	keyInBrackets = regexp.MustCompile(`\[[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+\]`)
	unElided      = regexp.MustCompile(`(?:^|[\s(])(?:[Dd]e|[Qq]ue|jusque|lorsque|puisque) ([AaEeIiOoUuÀÂÉÈÊÎÔŒàâéèêîôœ]\pL*)`)
	doubledName   = regexp.MustCompile(`(\p{Lu}[\pL-]+(?: \p{Lu}[\pL-]+)?), (\p{Lu}[\pL-]+(?: \p{Lu}[\pL-]+)?)( \pL)?`)
	countAndWord  = regexp.MustCompile(`(?:^|[^\d\x{202f}\x{a0}.,’/-])(\d{1,3}) (\pL+)`)
)

// read names what is wrong with a page: a key instead of its message, a
// placeholder, a permission's id, "de Albane", a word or name twice, "1 membres", a
// customer number without its groups, a sentence of another language.
func (w *words) read(root *html.Node, language string) []string {
	faults := map[string]bool{}
	for _, text := range readable(root, language) {
		add := func(format string, args ...any) {
			faults[fmt.Sprintf(format, args...)+fmt.Sprintf(" in %q", text)] = true
		}
		if key := keyInBrackets.FindString(text); key != "" {
			add("no message %s", key)
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "}}") {
			add("a placeholder")
		}
		for _, code := range w.codes {
			if strings.Contains(code, ".") && hasToken(text, code) {
				add("the permission %s", code)
			}
		}
		for _, number := range w.numbers {
			if hasToken(text, number) {
				add("the number %s", number)
			}
		}
		if other := w.others[language][text]; other != "" {
			add("words of %s", other)
		}
		if found := unElided.FindStringSubmatch(text); language == "fr" && found != nil {
			add("no elision before %s", found[1])
		}
		for _, found := range doubledName.FindAllStringSubmatch(text, -1) {
			if found[1] == found[2] && found[3] == "" {
				add("%s twice", found[1])
			}
		}
		if word := doubledWord(text, language); word != "" {
			add("%q twice", word)
		}
		w.count(text, language, add)
	}
	return slices.Sorted(maps.Keys(faults))
}

// count names counts that the word after them does not agree with.
func (w *words) count(text, language string, add func(string, ...any)) {
	for _, found := range countAndWord.FindAllStringSubmatch(text, -1) {
		single := found[1] == "1" || found[1] == "0" && language == "fr"
		if single && w.counted[language].plural[found[2]] || !single && w.counted[language].singular[found[2]] {
			add("%s %s", found[1], found[2])
		}
	}
}

// doubledWord is a word that stands twice in a row where the language does not ask
// for it ("vous vous connectez", "die, die").
func doubledWord(text, language string) string {
	allowed := map[string][]string{"fr": {"vous", "nous"}, "de": {"die", "das", "der", "sie"}, "nl": {"dat", "die"}, "en": {"that", "had"}}[language]
	fields := strings.Fields(text)
	for i := 1; i < len(fields); i++ {
		word := strings.ToLower(fields[i])
		if word == strings.ToLower(fields[i-1]) && len([]rune(word)) > 1 && !slices.Contains(allowed, word) &&
			strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
			return word
		}
	}
	return ""
}

func hasToken(text, token string) bool {
	for rest := text; ; {
		at := strings.Index(rest, token)
		if at < 0 {
			return false
		}
		before, after := rest[:at], rest[at+len(token):]
		word := func(r rune) bool {
			return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/.@", r)
		}
		if strings.TrimRightFunc(before, word) == before && (after == "" || !word([]rune(after)[0])) {
			return true
		}
		rest = after
	}
}

// readable are the texts of a page as they are read: those between tags, and those
// that tags tell. What is meant to be copied, what is typed into fields, and what
// is in another language on purpose is left out.
func readable(n *html.Node, language string) []string {
	var texts []string
	switch {
	case n.Type == html.TextNode:
		if text := strings.Join(strings.FieldsFunc(n.Data, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }), " "); text != "" {
			texts = append(texts, text)
		}
	case n.Type == html.ElementNode:
		if slices.Contains([]string{"script", "style", "textarea", "code", "pre", "kbd"}, n.Data) {
			return nil
		}
		if lang := attribute(n, "lang"); lang != "" && lang != language {
			return nil
		}
		for _, name := range []string{"aria-label", "title", "placeholder", "alt"} {
			if text := attribute(n, name); text != "" {
				texts = append(texts, text)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		texts = append(texts, readable(c, language)...)
	}
	return texts
}
