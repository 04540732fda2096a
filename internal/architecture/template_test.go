package architecture

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

// words is what makes a text a sentence for people: two letters in a row.
var words = regexp.MustCompile(`\p{L}\p{L}`)

// spoken lists the attributes people read or hear.
func spoken() []string {
	return []string{"alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription",
		"aria-valuetext", "label", "placeholder", "title"}
}

// TestTemplatesSayNothing keeps every word in the message files: a template
// has no text of its own, neither between tags nor in an attribute people read.
func TestTemplatesSayNothing(t *testing.T) {
	t.Parallel()
	walk(t, ".templ", func(path string) {
		for _, text := range texts(t, path) {
			t.Errorf("%s: %q belongs into the message files", filepath.ToSlash(path), text)
		}
	})
}

// texts returns what a template says by itself.
func texts(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	file, err := parser.ParseString(string(content))
	if err != nil {
		t.Logf("left out: %s: %v", path, err)
		return nil
	}
	var found []string
	look := func(text string) {
		if words.MatchString(html.UnescapeString(text)) {
			found = append(found, strings.TrimSpace(text))
		}
	}
	v := visitor.New()
	v.Text = func(n *parser.Text) error {
		look(n.Value)
		return nil
	}
	v.ConstantAttribute = func(n *parser.ConstantAttribute) error {
		if slices.Contains(spoken(), n.Key.String()) {
			look(n.Value)
		}
		return nil
	}
	if err := file.Visit(v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return found
}

// TestTexts proves that the rule above finds something.
func TestTexts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.templ")
	template := `package a

templ A(name string) {
	<p title="Bonjour" class="in-note" aria-label={ name }>
		· { name } &nbsp;: 1 &times; 2
		<b>Merci</b>
		if name == "" {
			<img alt="Logo" src="/logo.png"/>
		}
	</p>
}
`
	if err := os.WriteFile(path, []byte(template), 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	got := texts(t, path)
	if want := []string{"Bonjour", "Merci", "Logo"}; !slices.Equal(got, want) {
		t.Errorf("texts = %q, want %q", got, want)
	}
}

var (
	component = regexp.MustCompile(`^templ (\([^)]*\) )?([A-Z]\w*)`)
	inline    = regexp.MustCompile(`(?i)<style|<script(>|\s[^>]*>\s*[^<\s])|\s(style|on[a-z]+)="`)
)

// TestComponents holds exported components to a comment, as any exported name.
func TestComponents(t *testing.T) {
	t.Parallel()
	walk(t, ".templ", func(path string) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		before := ""
		for line := range strings.Lines(string(content)) {
			if match := component.FindStringSubmatch(line); match != nil && !strings.HasPrefix(before, "//") {
				t.Errorf("%s: %s has no comment", filepath.ToSlash(path), match[2])
			}
			before = line
		}
	})
}

// TestNothingInline keeps script and style out of pages: the content security
// policy forbids both. Mails are not pages.
func TestNothingInline(t *testing.T) {
	t.Parallel()
	walk(t, ".templ", func(path string) {
		if !strings.Contains(filepath.ToSlash(path), "/internal/web/") {
			return
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		for _, match := range inline.FindAllString(string(content), -1) {
			t.Errorf("%s: %q: script and style stand in files of their own", filepath.ToSlash(path), strings.TrimSpace(match))
		}
	})
}
