package e2e

import (
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"intendant/internal/browsertest"
)

// refuses sends each form of the page that asks for a text with nothing in it, each
// kind once, and looks at what the refusal looks like.
func (g *guide) refuses(s *browsertest.Story, at string) {
	for i, form := range s.RequiringForms() {
		name := g.claimForm(form)
		if name == "" {
			continue
		}
		if i > 0 {
			s.Open(at)
		}
		if status := s.SendEmpty(form); status < http.StatusBadRequest {
			g.t.Errorf("%s sent empty from %s: status %d, want a refusal", form, at, status)
			continue
		}
		s.StateLooksRight(name + "-refused")
	}
}

// claimForm answers the name under which a refused form is looked at, or nothing
// when the like of it was.
func (g *guide) claimForm(form string) string {
	_, pattern := g.mux.Handler(&http.Request{Method: http.MethodPost, URL: &url.URL{Path: form}})
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.looked[pattern] {
		return ""
	}
	g.looked[pattern] = true
	return fileName(strings.TrimPrefix(pattern, "POST "))
}

// TestNothing looks at the pages of an installation and of an account in which there
// is nothing yet, and at their searches that find nothing: each says so and leads on.
func TestNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite", nil)
	console := w.window()
	w.signIn(console, maelle)
	n := &nothing{story: console, seen: map[string]bool{}}
	n.all(t, "/vendor", nil)
	account := &nothing{story: w.maraval("fleet"), seen: map[string]bool{}}
	account.all(t, "/accounts/{account}", func(pattern string) string { return strings.Replace(pattern, "/accounts/{account}", network, 1) })
	for _, least := range []struct {
		who  string
		n    *nothing
		most int
	}{{"the console", n, 6}, {"the account", account, 10}} {
		if least.n.empty < least.most {
			t.Errorf("%d pages of %s were empty, want at least %d", least.n.empty, least.who, least.most)
		}
	}
}

// A nothing is what somebody sees where there is nothing.
type nothing struct {
	story *browsertest.Story
	seen  map[string]bool
	empty int // pages that said so
}

// all opens the pages under a prefix whose address names nothing that would have to
// be there.
func (n *nothing) all(t *testing.T, prefix string, at func(string) string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "internal", "web", "testdata", "walls.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		_, pattern, _ := strings.Cut(strings.TrimSpace(line), "  GET ")
		if !strings.HasPrefix(pattern, prefix) || !isPage("GET "+pattern) || strings.Contains(strings.TrimPrefix(pattern, prefix), "{") {
			continue
		}
		if slices.Contains([]string{"new", "import", "export", "quick", "undo", "allot", "add", "merge", "bulk", "start"}, path.Base(pattern)) || path.Ext(pattern) != "" {
			continue // forms and files, or what needs something
		}
		if at != nil {
			pattern = at(pattern)
		}
		n.look(pattern)
	}
}

// look opens a page and, where it has a search, what finds nothing.
func (n *nothing) look(at string) {
	s := n.story
	s.Open(at)
	n.state(at)
	if name := s.Search(); name != "" {
		s.Open(at + "?" + name + "=introuvable")
		n.state(at + "-sought")
	}
}

func (n *nothing) state(name string) {
	s := n.story
	if n.seen[name] {
		return
	}
	n.seen[name] = true
	if s.Count(".in-empty") > 0 {
		n.empty++
	}
	s.StateLooksRight(fileName("nothing" + name))
}
