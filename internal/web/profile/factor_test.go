package profile_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/web/webtest"
)

// setUp goes through the set-up and answers the secret and the page of codes.
func setUp(t *testing.T, w *apptest.World, c *webtest.Client, pairs ...string) (string, *webtest.Page) {
	t.Helper()
	setup := c.Get("/profile/factor").Submit("/profile/factor/begin").Follow()
	if !setup.Has("svg.in-qr path[d]") {
		t.Error("there is no picture to scan")
	}
	known := strings.ReplaceAll(setup.All(".in-copy code")[0].Text(), " ", "")
	code, err := secret.OneTimeCode(known, secret.OneTimeStep(w.Now()))
	w.Must(err)
	if len(pairs) == 0 {
		pairs = []string{"proof", apptest.Password}
	}
	return known, setup.Submit("/profile/factor/setup", append([]string{"code", code}, pairs...)...)
}

func TestFactorPages(t *testing.T) { // SIGN-6
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	actor := w.Person("lea.fontanel@maraval.example")
	c := site.SignedIn(t, actor)
	if page := c.Get("/profile/factor/setup"); page.Location != "/profile/factor" {
		t.Errorf("a set-up that was not begun leads to %q", page.Location)
	}
	known, codes := setUp(t, w, c)
	shown := regexp.MustCompile(`[2-9A-Y]{5}-[2-9A-Y]{5}`).FindAllString(codes.Text(), -1)
	if codes.Status != http.StatusOK || len(shown) != directory.RecoveryCodes {
		t.Fatalf("status %d with %d codes: %s", codes.Status, len(shown), codes.Text())
	}
	page := c.Get("/profile/factor")
	if strings.Contains(page.Body, known) || strings.Contains(page.Body, shown[0]) || !strings.Contains(page.Text(), "10 codes inutilisés") {
		t.Errorf("the page shows %s", page.Text())
	}
	if again := c.Post("/profile/factor/setup", "code", "123456"); again.Status != http.StatusConflict && again.Location != "/profile/factor" {
		t.Errorf("reloaded, the codes' page answers %d: %s", again.Status, again.Text())
	}
	t.Run("new codes for a code", func(t *testing.T) {
		if wrong := c.Get("/profile/factor/codes").Submit("/profile/factor/codes", "code", "000000"); wrong.Status != http.StatusUnprocessableEntity {
			t.Errorf("status %d", wrong.Status)
		}
		renewed := c.Get("/profile/factor/codes").Submit("/profile/factor/codes", "code", shown[0])
		next := regexp.MustCompile(`[2-9A-Y]{5}-[2-9A-Y]{5}`).FindAllString(renewed.Text(), -1)
		if len(next) != directory.RecoveryCodes || next[0] == shown[0] {
			t.Fatalf("status %d: %s", renewed.Status, renewed.Text())
		}
		shown = next
	})
	t.Run("another app asks for the former", func(t *testing.T) {
		if _, refused := setUp(t, w, c, "proof", "000000"); refused.Status != http.StatusUnprocessableEntity || !refused.Has("input[name=proof].is-invalid") {
			t.Errorf("status %d: %s", refused.Status, refused.Text())
		}
		if _, done := setUp(t, w, c, "proof", shown[1]); done.Status != http.StatusOK {
			t.Errorf("status %d: %s", done.Status, done.Text())
		} else {
			shown = regexp.MustCompile(`[2-9A-Y]{5}-[2-9A-Y]{5}`).FindAllString(done.Text(), -1)
		}
	})
	t.Run("removed for a code", func(t *testing.T) {
		if gone := c.Get("/profile/factor/remove").Submit("/profile/factor/remove", "code", shown[0]); gone.Location != "/profile/factor" {
			t.Errorf("status %d: %s", gone.Status, gone.Text())
		}
		if page := c.Get("/profile/factor"); page.Has("a[href='/profile/factor/remove']") {
			t.Error("it still stands")
		}
	})
}

func TestCompulsoryFactorPages(t *testing.T) { // VEND-3
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	_, err := w.Users.CreateStaff(w.Context(), w.Operator(), app.NewStaff{Email: "odile@batisoft.example", Language: "fr",
		Role: authz.Support, Password: apptest.Password})
	w.Must(err)
	c := site.As(t, "odile@batisoft.example", apptest.Password)
	if page := c.Get("/vendor/customers"); page.Location != "/profile/factor" {
		t.Errorf("the console leads to %q", page.Location)
	}
	if _, codes := setUp(t, w, c); codes.Status != http.StatusOK {
		t.Fatalf("status %d: %s", codes.Status, codes.Text())
	}
	if page := c.Get("/vendor/customers"); page.Status != http.StatusOK {
		t.Errorf("with a second factor the console answers %d", page.Status)
	}
	if page := c.Get("/profile/factor"); page.Has("a[href='/profile/factor/remove']") {
		t.Error("staff are offered to remove theirs")
	}
}

// TestAccountLeadsToFactor: of whom the account demands a second factor is led
// to the page that sets it up, after the sign-in and from any page of the
// account.
func TestAccountLeadsToFactor(t *testing.T) { // SIGN-6
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	account := w.Account("204817")
	helene := w.Administrator(account, "helene.castaing@maraval.example")
	w.Member(account, "lea.fontanel@maraval.example")
	c := site.SignedIn(t, helene)
	refused := c.Get("/accounts/204817/settings").Submit("/accounts/204817/settings", "second_factor", "all")
	if refused.Status != http.StatusUnprocessableEntity || !refused.Has("select[name=second_factor].is-invalid") {
		t.Fatalf("who has none demands it: status %d", refused.Status)
	}
	if _, codes := setUp(t, w, c); codes.Status != http.StatusOK {
		t.Fatalf("set-up: status %d", codes.Status)
	}
	settings := c.Get("/accounts/204817/settings")
	if !strings.Contains(settings.Text(), "Sans elle aujourd’hui") {
		t.Errorf("the settings do not say who lacks it: %s", settings.Text())
	}
	if done := settings.Submit("/accounts/204817/settings", "second_factor", "all"); done.Location != "/accounts/204817/settings" {
		t.Fatalf("status %d: %s", done.Status, done.Text())
	}
	if history := c.Get("/accounts/204817/history"); !strings.Contains(history.Text(), "De tout le monde") {
		t.Errorf("the history does not tell of it")
	}
	lea := site.As(t, "lea.fontanel@maraval.example", apptest.Password)
	for _, path := range []string{"/accounts/204817", "/accounts/204817/contacts"} {
		if page := lea.Get(path); page.Location != "/profile/factor" {
			t.Errorf("%s leads to %q, status %d", path, page.Location, page.Status)
		}
	}
	if page := lea.Get("/profile/factor"); page.Status != http.StatusOK || !strings.Contains(page.Text(), account.Name) {
		t.Errorf("status %d: it does not say who demands it: %s", page.Status, page.Text())
	}
	if _, codes := setUp(t, w, lea); codes.Status != http.StatusOK {
		t.Fatalf("set-up: status %d", codes.Status)
	}
	if page := lea.Get("/accounts/204817/contacts"); page.Status != http.StatusOK {
		t.Errorf("then it opens: status %d to %q", page.Status, page.Location)
	}
}
