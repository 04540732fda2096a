package guide_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/i18n/messages"
	"intendant/internal/web/webtest"
)

// TestGuide: the guide stands in the account's pages, in the reader's language or
// with a word that it is in another, each section under the same anchor, each
// picture there, and the navigation leads to what it says of the page that is open.
func TestGuide(t *testing.T) { // PREF-2
	t.Parallel()
	w := apptest.New(t, "sqlite")
	account := w.Account("204817")
	site := webtest.New(t, w)
	c := site.SignedIn(t, w.Administrator(account, "helene.castaing@maraval.example"))
	var anchors []string
	written := map[string]bool{}
	for _, language := range messages.Languages() {
		c.Post("/preferences/language", "language", language)
		p := c.Get("/accounts/204817/guide")
		if p.Status != http.StatusOK {
			t.Fatalf("%s: status %d", language, p.Status)
		}
		article := p.All("article")[0]
		written[article.Attr("lang")] = true
		if foreign := article.Attr("lang") != language; foreign != article.Has("p.quiet") {
			t.Errorf("%s: written in %s, and says so: %t", language, article.Attr("lang"), !foreign)
		}
		for _, a := range p.All("nav a") {
			if a.Attr("href") == "/accounts/204817/guide" && strings.Contains(a.Text(), "(") != (article.Attr("lang") != language) {
				t.Errorf("%s: the guide in %s is called %q before it is opened", language, article.Attr("lang"), a.Text())
			}
		}
		if p.Has(".in-guide nav details[open]") {
			t.Errorf("%s: the contents are unfolded from the start", language)
		}
		var these []string
		for _, h := range article.All("h2") {
			these = append(these, h.Attr("id"))
		}
		if anchors == nil {
			anchors = these
		}
		if len(these) < 15 || !slices.Equal(these, anchors) {
			t.Errorf("%s: the sections are %q, elsewhere %q", language, these, anchors)
		}
		links := p.All(".in-guide nav a")
		if len(links) != len(these) {
			t.Errorf("%s: the contents lead to %d of %d sections", language, len(links), len(these))
		}
		for _, a := range slices.Concat(links, article.All("a")) {
			if id, within := strings.CutPrefix(a.Attr("href"), "#"); !within || !slices.Contains(these, id) {
				t.Errorf("%s: %q leads to %s", language, a.Text(), a.Attr("href"))
			}
		}
		pictures := article.All("img")
		for _, img := range pictures {
			if got := c.Get(img.Attr("src")); got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/png" || img.Attr("alt") == "" {
				t.Errorf("%s: picture %s: status %d", language, img.Attr("src"), got.Status)
			}
		}
		if len(pictures) < 4 {
			t.Errorf("%s: %d pictures", language, len(pictures))
		}
	}
	if len(written) < 2 {
		t.Errorf("written in %v", written)
	}
	for _, path := range []string{"/members", "/requests", "/companies", "/units", "/roles", "/rights", "/history", "/technical-users", "/settings"} {
		leads := ""
		for _, a := range c.Get("/accounts/204817" + path).All("nav a") {
			if at, is := strings.CutPrefix(a.Attr("href"), "/accounts/204817/guide#"); is {
				leads = at
			}
		}
		if !slices.Contains(anchors, leads) {
			t.Errorf("help on %s leads to %q", path, leads)
		}
	}
	if got := c.Get("/guide/none.png").Status; got != http.StatusNotFound {
		t.Errorf("an unknown picture: status %d", got)
	}
}
