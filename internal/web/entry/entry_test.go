package entry_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/htmlcheck"
	"intendant/internal/i18n/messages"
	"intendant/internal/web/webtest"
)

const goodPassword = apptest.Password

// one is the only element that a selector finds.
func one(t *testing.T, page *webtest.Page, selector string) htmlcheck.Node {
	t.Helper()
	node, err := page.One(selector)
	if err != nil {
		t.Fatal(err)
	}
	return node
}

// mailed is the secret of the one mail of a kind that is due.
func mailed(t *testing.T, w *apptest.World, kind directory.MailKind) string {
	t.Helper()
	due, err := w.Mails.Next(w.Context(), 50)
	w.Must(err)
	for _, d := range due {
		w.Must(w.Mails.Sent(w.Context(), d, "test"))
		if d.Mail.Kind == kind {
			return d.Mail.Secret
		}
	}
	t.Fatalf("no mail of kind %s is due", kind)
	return ""
}

func TestSignInPage(t *testing.T) {
	w := apptest.New(t, "sqlite")
	w.Person("odile.marchand@batisoft.example")
	site := webtest.New(t, w)
	t.Run("a refused form keeps the name and says why", func(t *testing.T) {
		page := site.Stranger(t).Get("/sign-in").Submit("/sign-in", "name", "odile.marchand@batisoft.example", "password", "wrong")
		if page.Status != http.StatusUnprocessableEntity {
			t.Errorf("status %d, want 422", page.Status)
		}
		if got := one(t, page, "input[name=name]").Attr("value"); got != "odile.marchand@batisoft.example" {
			t.Errorf("the name typed is %q", got)
		}
		if strings.Contains(page.Body, "wrong") {
			t.Error("the password comes back in the page")
		}
	})
	t.Run("SIGN-7 return addresses are relative only", func(t *testing.T) {
		for to, want := range map[string]string{"/profile": "/profile", "https://attaquant.example/": "/", "//attaquant.example": "/", `/\attaquant.example`: "/"} {
			page := site.Stranger(t).Post("/sign-in", "name", "odile.marchand@batisoft.example", "password", goodPassword, "return", to)
			if page.Status != http.StatusSeeOther || page.Location != want {
				t.Errorf("return %q: status %d to %q, want %q", to, page.Status, page.Location, want)
			}
		}
	})
	t.Run("SIGN-6 signed out is out", func(t *testing.T) {
		c := site.As(t, "odile.marchand@batisoft.example", goodPassword)
		if page := c.Get("/profile"); page.Status != http.StatusOK {
			t.Fatalf("signed in, profile answers %d", page.Status)
		}
		c.Post("/sign-out")
		if page := c.Get("/profile"); !strings.HasPrefix(page.Location, "/sign-in") {
			t.Errorf("signed out, profile leads to %q", page.Location)
		}
	})
}

func TestRegisterPages(t *testing.T) { // SIGN-4, INV-10
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	c := site.Stranger(t)
	form := []string{"email", "l.garrec@garrec.example", "first_name", "Ludivine", "last_name", "Garrec"}
	sent := c.Get("/register").Submit("/register", form...)
	if sent.Location != "/register?sent=1" {
		t.Fatalf("status %d to %q: %s", sent.Status, sent.Location, sent.Text())
	}
	sent.Follow()
	token := mailed(t, w, "registration_confirm")
	confirm := c.Get("/register/confirm/" + token)
	if got := c.Get("/profile").Location; !strings.HasPrefix(got, "/sign-in") {
		t.Errorf("INV-10 opening the link signs in already")
	}
	if refused := confirm.Submit("/register/confirm/"+token, "password", "court"); refused.Status != http.StatusUnprocessableEntity {
		t.Errorf("SIGN-4 a password that is too short answers %d, want 422", refused.Status)
	}
	done := confirm.Submit("/register/confirm/"+token, "password", goodPassword)
	if done.Location != "/network" {
		t.Fatalf("confirmed: status %d to %q", done.Status, done.Location)
	}
	if page := c.Get("/profile"); page.Status != http.StatusOK {
		t.Errorf("after the button, profile answers %d", page.Status)
	}
	if again := site.Stranger(t).Get("/register/confirm/"+token).Submit("/register", "email", "autre@tardieu.example"); again.Location != "/register?sent=1" {
		t.Errorf("SIGN-4 a dead link leads to no other: %d to %q", again.Status, again.Location)
	}
	if page := site.Stranger(t).Post("/register/confirm/" + token); page.Status != http.StatusNotFound {
		t.Errorf("the link used twice answers %d, want 404", page.Status)
	}
	again := site.Stranger(t).Post("/register", form...)
	if again.Location != sent.Location || again.Status != sent.Status {
		t.Errorf("SIGN-4 a known address answers %d to %q, want as an unknown one", again.Status, again.Location)
	}
}

func TestPasswordPages(t *testing.T) {
	w := apptest.New(t, "sqlite")
	w.Person("odile.marchand@batisoft.example")
	site := webtest.New(t, w)
	t.Run("SIGN-4 forgotten, with a mailed link", func(t *testing.T) {
		c := site.Stranger(t)
		known := c.Get("/password/forgot").Submit("/password/forgot", "name", "odile.marchand@batisoft.example")
		unknown := c.Post("/password/forgot", "name", "nobody@batisoft.example")
		if known.Location != unknown.Location || known.Status != unknown.Status {
			t.Errorf("known answers %d to %q, unknown %d to %q", known.Status, known.Location, unknown.Status, unknown.Location)
		}
		known.Follow()
		token := mailed(t, w, "password_reset")
		reset := c.Get("/password/reset/" + token)
		short := reset.Submit("/password/reset/"+token, "password", "court")
		if short.Status != http.StatusUnprocessableEntity {
			t.Errorf("SIGN-3 too short answers %d, want 422", short.Status)
		}
		done := reset.Submit("/password/reset/"+token, "password", "Tuile-bleue-orage-58")
		if done.Location != "/sign-in" {
			t.Errorf("INV-10 leads to %q, want an address without the token", done.Location)
		}
		again := c.Get("/password/reset/"+token).Submit("/password/forgot", "name", "")
		if again.Status != http.StatusUnprocessableEntity {
			t.Errorf("SIGN-4 nobody's link is sent again: %d", again.Status)
		}
		if again = again.Submit("/password/forgot", "name", "helene.castaing@maraval.example"); again.Location != "/password/forgot?sent=1" {
			t.Errorf("SIGN-4 a dead link leads to no other: %d to %q", again.Status, again.Location)
		}
		if dead := c.Get("/password/reset/" + token); dead.Status != http.StatusNotFound {
			t.Errorf("the link used answers %d, want 404", dead.Status)
		}
	})
	t.Run("SIGN-1 provisional opens only the change", func(t *testing.T) {
		c := site.MustChangePassword(t, w.Person("nouveau@maraval.example"))
		if got := c.Get("/profile").Location; got != "/password/change" {
			t.Errorf("profile leads to %q, want /password/change", got)
		}
		if page := c.Get("/password/change"); page.Status != http.StatusOK || page.Has("input[name=old]") {
			t.Errorf("the change answers %d; it must not ask the password just typed", page.Status)
		}
	})
	t.Run("SIGN-3 the meter says how strong", func(t *testing.T) {
		page := site.Stranger(t).Post("/password/strength", "password", "bonjour")
		if page.Status != http.StatusOK || !strings.Contains(page.Body, "in-meter--0") {
			t.Errorf("status %d: %s", page.Status, page.Body)
		}
	})
}

func TestPreferences(t *testing.T) { // PREF-2
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	actor := w.Person("l.garrec@garrec.example")
	c := site.SignedIn(t, actor)
	if page := c.Post("/preferences/language", "language", "de", "return", "/profile"); page.Location != "/profile" {
		t.Errorf("leads to %q, want back", page.Location)
	}
	if got := one(t, c.Get("/profile"), "html").Attr("lang"); got != "de" {
		t.Errorf("the page is in %q, want de", got)
	}
	user, err := w.Users.Profile(w.Context(), actor)
	w.Must(err)
	if user.Language != "de" {
		t.Errorf("mails go in %q, want de", user.Language)
	}
	for _, language := range messages.Languages() {
		stranger := site.Stranger(t)
		stranger.Post("/preferences/language", "language", language)
		for _, path := range []string{"/sign-in", "/register", "/password/forgot"} {
			if got := one(t, stranger.Get(path), "html").Attr("lang"); got != language {
				t.Errorf("%s is in %q, want %q", path, got, language)
			}
		}
	}
}

func TestHome(t *testing.T) { // USER-5
	w := apptest.New(t, "sqlite")
	site := webtest.New(t, w)
	nobody := site.SignedIn(t, w.Person("l.garrec@garrec.example"))
	if got := nobody.Get("/").Location; got != "/network" {
		t.Errorf("without account: %q, want /network", got)
	}
	first, second := w.Account("204817"), w.Account("163918")
	actor := w.Administrator(first, "helene.castaing@maraval.example")
	c := site.SignedIn(t, actor)
	if got := c.Get("/").Location; got != "/accounts/204817" {
		t.Errorf("one account: %q, want it", got)
	}
	_, err := w.App.Keys.Enter(w.Context(), actor, second.Number, w.Keys(second)[0])
	w.Must(err)
	if got := c.Get("/").Location; got != "/accounts" {
		t.Errorf("two accounts: %q, want the choice", got)
	}
	page := c.Get("/accounts")
	for _, number := range []string{"204817", "163918"} {
		if !page.Has(`a[href="/accounts/` + number + `"]`) {
			t.Errorf("the choice lacks %s", number)
		}
	}
	if got := site.SignedIn(t, w.Staff("odile.marchand@batisoft.example", authz.Support)).Get("/").Location; got != "/vendor/customers" {
		t.Errorf("staff: %q, want the console", got)
	}
}

func TestCodePage(t *testing.T) { // SIGN-6
	w := apptest.New(t, "sqlite")
	w.Staff("bastien@batisoft.example", authz.Support)
	site := webtest.New(t, w)
	c := site.Stranger(t)
	asked := c.Get("/sign-in?return=/profile").Submit("/sign-in", "name", "bastien@batisoft.example", "password", apptest.Password)
	if asked.Location != "/sign-in/code?return=%2Fprofile" {
		t.Fatalf("the password leads to %q", asked.Location)
	}
	form := asked.Follow()
	field := one(t, form, "input[name=code]")
	if field.Attr("autocomplete") != "one-time-code" || field.Attr("inputmode") != "numeric" {
		t.Errorf("the field is no one-time code: %v", field)
	}
	if waits := c.Get("/vendor/customers"); waits.Location != "/sign-in/code?return=%2Fvendor%2Fcustomers" {
		t.Errorf("a page leads to %q", waits.Location)
	}
	wrong := form.Submit("/sign-in/code", "code", "000000")
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("form[action='/sign-in/code'] input[name=return][value='/profile']") {
		t.Errorf("a wrong code: status %d: %s", wrong.Status, wrong.Text())
	}
	if right := wrong.Submit("/sign-in/code", "code", w.OneTimeCode(0)); right.Location != "/profile" {
		t.Errorf("the right code leads to %q: %s", right.Location, right.Text())
	}
	if page := c.Get("/profile"); page.Status != http.StatusOK {
		t.Errorf("signed in, profile answers %d", page.Status)
	}
	if over := c.Get("/sign-in/code"); over.Location != "/sign-in" {
		t.Errorf("the second page without a first leads to %q", over.Location)
	}
	t.Run("429 says when to come again", func(t *testing.T) {
		site.Stranger(t).Post("/sign-in", "name", "bastien@batisoft.example", "password", apptest.Password)
		held := site.Stranger(t)
		held.Post("/sign-in", "name", "bastien@batisoft.example", "password", apptest.Password)
		for range 5 {
			held.Post("/sign-in/code", "code", "000000")
		}
		page := held.Post("/sign-in/code", "code", "000000")
		if page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") != "60" {
			t.Errorf("status %d, Retry-After %q", page.Status, page.Header.Get("Retry-After"))
		}
	})
}
