package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"intendant/internal/htmlcheck"
	"intendant/internal/i18n"
	"intendant/internal/i18n/messages"
	"intendant/internal/web/assets"
	"intendant/internal/web/ui"
)

// galleryVar names a folder into which the sample pages are written with their
// files, for eyes.
const galleryVar = "INTENDANT_GALLERY"

func printer(t *testing.T, lang string) *i18n.Printer {
	t.Helper()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Printer(lang, nil)
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSamplePages renders whole pages of every shell and holds them to the
// rules of every page, in every theme and language.
func TestSamplePages(t *testing.T) {
	for _, lang := range messages.Languages() {
		for _, theme := range []ui.Theme{ui.System, ui.Dark} {
			s := samples{p: printer(t, lang), theme: theme}
			for name, component := range s.pages() {
				t.Run(name+" "+lang+" "+string(theme), func(t *testing.T) {
					page := render(t, component)
					for _, problem := range htmlcheck.Problems(page) {
						t.Error(problem)
					}
					checkAssets(t, page)
					if strings.Contains(page, "ui.") && strings.Contains(page, ">ui.") {
						t.Error("a message key stands on the page")
					}
					if dir := os.Getenv(galleryVar); dir != "" && lang == "fr" {
						write(t, dir, name, theme, page)
					}
				})
			}
		}
	}
}

// checkAssets asks for every file a page names.
func checkAssets(t *testing.T, page string) {
	t.Helper()
	root, err := htmlcheck.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range append(append(root.All("link"), root.All("script")...), root.All("use")...) {
		address, fragment, _ := strings.Cut(n.Attr("href")+n.Attr("src"), "#")
		if seen[address+fragment] {
			continue
		}
		seen[address+fragment] = true
		w := httptest.NewRecorder()
		assets.Handler().ServeHTTP(w, httptest.NewRequest("GET", address, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", address, w.Code)
		}
		if fragment != "" && !strings.Contains(w.Body.String(), `id="`+fragment+`"`) {
			t.Errorf("no icon %q; name it in icons.txt and run scripts/icons.sh", fragment)
		}
	}
}

func write(t *testing.T, dir, name string, theme ui.Theme, page string) {
	t.Helper()
	if theme != ui.System {
		name += "-" + string(theme)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFieldTellsItsError(t *testing.T) {
	page, err := htmlcheck.Parse(render(t, ui.FormField(ui.Field{
		Name: "key", Kind: "key", Label: "Clé", Hint: "Douze caractères", Error: "Relisez", Value: "K7M", Required: true,
	})))
	if err != nil {
		t.Fatal(err)
	}
	input, err := page.One("input")
	if err != nil {
		t.Fatal(err)
	}
	if got := input.Attr("aria-describedby"); got != "f-key-error f-key-hint" {
		t.Errorf("aria-describedby = %q", got)
	}
	if input.Attr("aria-invalid") != "true" || input.Attr("value") != "K7M" || !input.HasAttr("required") {
		t.Errorf("input lacks its state: %v", input)
	}
	if label, err := page.One("label"); err != nil || label.Attr("for") != "f-key" {
		t.Errorf("label: %v %v", label, err)
	}
}

// A password is never sent back to the page, whatever the form held.
func TestPasswordIsNotShown(t *testing.T) {
	for _, c := range []templ.Component{
		ui.FormField(ui.Field{Name: "password", Kind: "password", Label: "Mot de passe", Value: "secret-value"}),
		ui.PasswordField(printer(t, "fr"), ui.Field{Name: "password", Label: "Mot de passe", Value: "secret-value"}, "/meter"),
	} {
		if strings.Contains(render(t, c), "secret-value") {
			t.Error("the password stands in the page")
		}
	}
}

func TestTableHead(t *testing.T) {
	page, err := htmlcheck.Parse(render(t, ui.Table(printer(t, "fr"), ui.TableView{Caption: "Membres", Tick: true, Columns: []ui.Column{
		{Label: "Nom", Sort: "?sort=-name", Order: "ascending"}, {Label: "Statut", Sort: "?sort=status"}, {Label: "Produits"},
	}})))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(page.All("th[aria-sort]")); got != 1 {
		t.Errorf("%d heads say an order, want 1", got)
	}
	if got := len(page.All("th a")); got != 2 {
		t.Errorf("%d sort links, want 2", got)
	}
	if tick, err := page.One("th input"); err != nil || tick.Attr("aria-label") == "" {
		t.Errorf("tick of the head: %v", err)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Hélène Castaing": "HC", "Étienne Roussel": "ÉR", "Quentin Moreau-Vial": "QV", "h.castaing": "HC", "": "", "  ": "", "Wim": "W",
	} {
		if got := ui.Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSeatBar(t *testing.T) {
	p := printer(t, "fr")
	for _, test := range []struct {
		name         string
		used, bought int64
		over         bool
	}{{"some left", 912, 920, false}, {"all taken", 24, 24, false}, {"more than bought", 42, 40, true}, {"none bought", 0, 0, false}} {
		t.Run(test.name, func(t *testing.T) {
			page, err := htmlcheck.Parse(render(t, ui.SeatBar(p, test.used, test.bought)))
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Has(".g-over"); got != test.over {
				t.Errorf("over = %t, want %t", got, test.over)
			}
			if bar, err := page.One("svg"); err != nil || bar.Attr("aria-label") == "" {
				t.Errorf("bar without words: %v", err)
			}
		})
	}
}

func TestDialogIsAForm(t *testing.T) {
	p := printer(t, "fr")
	view := ui.DialogView{ID: "remove", Title: "Retirer Élodie Marchetti ?", Action: "/remove", Keep: "Garder",
		Act: ui.Act{Label: "Retirer du projet", Kind: ui.Danger}, Close: "/members"}
	closed, err := htmlcheck.Parse(render(t, ui.Dialog(p, view)))
	if err != nil {
		t.Fatal(err)
	}
	if keep, err := closed.One("button[formmethod=dialog]"); err != nil || !keep.HasAttr("autofocus") {
		t.Errorf("the safe way has no focus: %v", err)
	}
	view.Open = true
	open, err := htmlcheck.Parse(render(t, ui.Dialog(p, view)))
	if err != nil {
		t.Fatal(err)
	}
	if keep, err := open.One("a[data-keep]"); err != nil || keep.Attr("href") != "/members" {
		t.Errorf("without a script the safe way leads nowhere: %v", err)
	}
}

func TestParseTheme(t *testing.T) {
	for text, want := range map[string]ui.Theme{"dark": ui.Dark, "light": ui.Light, "": ui.System, `"><script>`: ui.System} {
		if got := ui.ParseTheme(text); got != want {
			t.Errorf("ParseTheme(%q) = %q, want %q", text, got, want)
		}
	}
}
