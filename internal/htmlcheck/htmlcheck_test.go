package htmlcheck

import (
	"slices"
	"strings"
	"testing"
)

const good = `<!doctype html><html lang="fr"><head><title>Membres</title></head><body><main>
<h1>Membres <small>3</small></h1><form><label for="q">Chercher</label><input id="q"></form>
<table><caption>Membres</caption><tr><th>Nom</th></tr></table></main></body></html>`

func TestProblems(t *testing.T) {
	for _, test := range []struct {
		name, from, to, want string
	}{
		{"a good page", "", "", ""},
		{"two h1", "<table>", "<h1>Encore</h1><table>", "2 h1, want one"},
		{"no main", "main>", "div>", "0 main, want one"},
		{"no language", ` lang="fr"`, "", "html has no lang"},
		{"inline style", "<table>", `<p style="color:red">x</p><table>`, "<p> carries style"},
		{"inline script", "<table>", `<script>x()</script><table>`, "inline script"},
		{"handler attribute", "<table>", `<p onclick="x()">x</p><table>`, "<p> carries onclick"},
		{"field without label", `for="q"`, `for="r"`, `<input id="q"> has no label`},
		{"double id", "<table>", `<p id="q">x</p><table>`, `id "q" stands 2 times`},
		{"button without name", "<table>", `<button><svg></svg></button><table>`, "<button> has no name"},
		{"form in form", `<input id="q"></form>`, `<form><input id="q"></form></form>`, "a form inside a form"},
		{"file from elsewhere", "<title>", `<script src="https://example.org/x.js"></script><title>`, "<script> loads https://example.org/x.js"},
		{"picture without words", "<table>", `<img src="/x.png"><table>`, "<img> without alt"},
		{"table without caption", "<caption>Membres</caption>", "", "<table> without caption"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Problems(strings.Replace(strings.Replace(good, test.from, test.to, 1), "</main>", closing(test.to), 1))
			if test.want == "" && len(got) > 0 || test.want != "" && !slices.Contains(got, test.want) {
				t.Errorf("Problems = %q, want %q", got, test.want)
			}
		})
	}
}

// closing keeps the page whole when a test turns main into div.
func closing(to string) string {
	if to == "div>" {
		return "</div>"
	}
	return "</main>"
}

func TestSelect(t *testing.T) {
	page, err := Parse(`<ul class="list top"><li data-x="1"><a href="/a">A</a></li><li><a href="/b" id="b">B <b>fett</b></a></li></ul><a>C</a>`)
	if err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]int{
		"a": 3, "ul a": 2, ".list a[href]": 2, `li[data-x=1] a`: 1, "a#b": 1, "ul.list.top": 1, "ol a": 0, "*#b b": 1,
	} {
		if got := len(page.All(selector)); got != want {
			t.Errorf("All(%q): %d, want %d", selector, got, want)
		}
	}
	b, err := page.One("#b")
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Text(); got != "B fett" {
		t.Errorf("Text = %q", got)
	}
	if got := b.Attr("href"); got != "/b" {
		t.Errorf("Attr = %q", got)
	}
	if _, err := page.One("a"); err == nil {
		t.Error("One with three matches: no error")
	}
}
