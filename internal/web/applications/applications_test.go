package applications_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

func TestApplicationPages(t *testing.T) {
	w := apptest.New(t, "sqlite")
	s := webtest.New(t, w)
	w.Account("204 817")
	operator := s.SignedIn(t, w.Staff("maelle@batisoft.example", authz.Operator))
	const path = "/vendor/applications"
	if page := operator.Get(path); page.Status != 200 || !strings.Contains(page.Text(), "Aucune application n’est enregistrée") {
		t.Fatalf("list: %d %s", page.Status, page.Text())
	}
	form := operator.Get(path + "/new")
	t.Run("APP-1 a refused form keeps what was typed", func(t *testing.T) {
		again := form.Submit(path+"/new", "name", "Boutique", "sees", "some", "accounts", "999")
		if again.Status != 422 || !again.Has(`#f-name[value="Boutique"]`) || !again.Has("#f-accounts[aria-invalid]") || !strings.Contains(again.Text(), "Aucun compte n’a le numéro 999") {
			t.Errorf("unknown account: %d %s", again.Status, again.Text())
		}
	})
	one := form.Submit(path+"/new", "name", `<b>"Boutique"</b>`, "sees", "some", "accounts", "204817\n").Follow()
	if !strings.Contains(one.Text(), `<b>"Boutique"</b>`) || strings.Contains(one.Body, `<b>"Boutique"`) {
		t.Fatalf("APP-1 registered: %d %s", one.Status, one.Text())
	}
	list, err := w.Applications.List(t.Context(), w.Operator())
	if err != nil || len(list) != 1 {
		t.Fatalf("applications: %v %v", list, err)
	}
	base := path + "/" + list[0].UUID
	made := one.Submit(base+"/credentials", "credential_name", "Production")
	secret := regexp.MustCompile(directory.CredentialPrefix + `[\w-]{43}`).FindString(made.Body)
	t.Run("APP-2 the secret is shown once, and nowhere afterwards", func(t *testing.T) {
		if made.Status != 200 || secret == "" || made.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("made: %d, secret %q, kept %q", made.Status, secret, made.Header.Get("Cache-Control"))
		}
		shown, err := w.Applications.Show(t.Context(), w.Operator(), list[0].UUID)
		w.Must(err)
		for _, address := range []string{base, path, "/vendor/history", base + "?revoke=" + shown.Credentials[0].UUID} {
			if page := operator.Get(address); page.Status != 200 || strings.Contains(page.Body, secret) || strings.Contains(page.Body, directory.CredentialPrefix) {
				t.Errorf("%s: %d, with the secret: %t", address, page.Status, strings.Contains(page.Body, secret))
			}
		}
	})
	t.Run("APP-2 a bad day is said beside its field", func(t *testing.T) {
		for _, day := range []string{"2020-01-01", "31/02/2026", "2099-01-01", "bald", ""} {
			again := operator.Get(base).Submit(base+"/credentials", "credential_name", "Relève", "expires", day)
			if again.Status != 422 || !again.Has("#f-expires[aria-invalid]") || !again.Has(`a[href="#f-expires"]`) {
				t.Errorf("%s: %d", day, again.Status)
			}
		}
	})
	t.Run("APP-2 at two there is no form for a third", func(t *testing.T) {
		before := operator.Get(base)
		if second := before.Submit(base+"/credentials", "credential_name", "Relève", "expires", "31/12/2026"); !strings.Contains(second.Text(), "jusqu’au 31 décembre 2026") {
			t.Errorf("until a day as it is written here: %s", second.Text())
		}
		if page := operator.Get(base); strings.Contains(page.Body, `action="`+base+`/credentials"`) || !strings.Contains(page.Text(), "Deux secrets sont valables") {
			t.Error("the form is still there")
		}
		if again := before.Submit(base+"/credentials", "credential_name", "Troisième"); again.Status != 409 {
			t.Errorf("sent all the same: %d", again.Status)
		}
	})
	t.Run("APP-2 revoking asks first and names what is lost", func(t *testing.T) {
		shown, err := w.Applications.Show(t.Context(), w.Operator(), list[0].UUID)
		w.Must(err)
		c := shown.Credentials[0]
		dialog := operator.Get(base + "?revoke=" + c.UUID)
		if !strings.Contains(dialog.Text(), "Le programme qui s’en sert est refusé") {
			t.Errorf("dialog: %s", dialog.Text())
		}
		done := dialog.Submit(base + "/credentials/" + c.UUID + "/revoke").Follow()
		if !strings.Contains(done.Text(), "révoqué le") {
			t.Errorf("afterwards: %s", done.Text())
		}
	})
	t.Run("APP-1 a change on an older version is refused and kept", func(t *testing.T) {
		old := operator.Get(base)
		operator.Get(base).Submit(base, "name", "Boutique").Follow()
		if again := old.Submit(base, "name", "Magasin"); again.Status != 409 || !strings.Contains(again.Body, `value="Magasin"`) {
			t.Errorf("stale: %d", again.Status)
		}
	})
	t.Run("APP-2 history tells who made it, and for which application", func(t *testing.T) {
		page := operator.Get("/vendor/history")
		for _, sentence := range []string{"a créé un secret pour", "a enregistré l’application"} {
			if !strings.Contains(page.Text(), sentence) {
				t.Errorf("history does not say %q", sentence)
			}
		}
	})
	t.Run("APP-1 ending asks first", func(t *testing.T) {
		dialog := operator.Get(base + "?do=end")
		if !strings.Contains(dialog.Text(), "Ses secrets n’ouvrent plus rien") {
			t.Errorf("dialog: %s", dialog.Text())
		}
		if done := dialog.Submit(base + "/end").Follow(); !strings.Contains(done.Text(), "est hors service") {
			t.Errorf("afterwards: %s", done.Text())
		}
		if gone := operator.Get(base); gone.Status != 404 {
			t.Errorf("its page: %d", gone.Status)
		}
	})
}

func TestApplicationPagesAreTheOperators(t *testing.T) {
	w := apptest.New(t, "sqlite")
	s := webtest.New(t, w)
	a, err := w.Applications.Register(t.Context(), w.Operator(), app.ApplicationRegistration{Name: "Boutique", All: true, Rights: directory.ApplicationRights()})
	w.Must(err)
	const path = "/vendor/applications"
	base := path + "/" + a.UUID
	t.Run("APP-1 for operators only", func(t *testing.T) {
		support := s.SignedIn(t, w.Staff("sacha@batisoft.example", authz.Support))
		for _, address := range []string{path, path + "/new", base} {
			if page := support.Get(address); page.Status != 403 {
				t.Errorf("support at %s: %d", address, page.Status)
			}
		}
		if page := support.Get("/vendor/customers"); strings.Contains(page.Body, path) {
			t.Error("support is offered the place")
		}
		if page := s.SignedIn(t, w.Person("quelquun@ailleurs.example")).Get(path); page.Status != 404 {
			t.Errorf("somebody else: %d", page.Status)
		}
	})
}

// TestCredentialOverBeforeItWasRevoked: the page tells by what a credential ended.
func TestCredentialOverBeforeItWasRevoked(t *testing.T) { // APP-2
	w := apptest.New(t, "sqlite")
	s := webtest.New(t, w)
	a, err := w.Applications.Register(t.Context(), w.Operator(), app.ApplicationRegistration{Name: "Boutique", All: true, Rights: directory.ApplicationRights()})
	w.Must(err)
	made, err := w.Applications.MakeCredential(t.Context(), w.Operator(), a.UUID, app.NewCredential{Name: "Production", Expires: w.Now().AddDate(0, 1, 0)})
	w.Must(err)
	w.Pass(40 * 24 * time.Hour)
	w.Must(w.Applications.RevokeCredential(t.Context(), w.Operator(), a.UUID, made.UUID))
	operator := s.SignedIn(t, w.Staff("maelle@batisoft.example", authz.Operator))
	if text := operator.Get("/vendor/applications/" + a.UUID).Text(); !strings.Contains(text, "Expiré") || strings.Contains(text, "révoqué le") {
		t.Errorf("it says %s", text)
	}
}
