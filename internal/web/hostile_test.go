package web_test

import (
	"strings"
	"testing"

	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/web/webtest"
)

func TestHostileRequests(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := webtest.New(t, w)
		a := w.Account("204 817")
		admin := s.SignedIn(t, w.Administrator(a, "admin@maraval.example"))
		sales := s.SignedIn(t, w.Staff("sales@batisoft.example", authz.Sales))
		auditor := s.SignedIn(t, w.Staff("auditor@batisoft.example", authz.Auditor))
		edit := "/vendor/customers/" + a.UUID + "/edit"

		t.Run("another method is named, not called unknown", func(t *testing.T) {
			for _, c := range []struct {
				page  *webtest.Page
				allow string
			}{
				{admin.Get("/sign-out"), "POST"},
				{admin.Post("/accounts/204817/members"), "GET, HEAD"},
			} {
				if got := c.page.Header.Get("Allow"); c.page.Status != 405 || got != c.allow {
					t.Errorf("%d, Allow %q, want 405, %q: %s", c.page.Status, got, c.allow, c.page.Text())
				}
			}
			if page := admin.Get("/nowhere"); page.Status != 404 {
				t.Errorf("no address at all: %d, want 404", page.Status)
			}
		})
		t.Run("an address with NUL or broken text is refused", func(t *testing.T) {
			for _, path := range []string{"/accounts/204817/members?q=%00", "/accounts/204817/contacts?q=%ff", "/accounts/204817/history?subject=%00"} {
				if page := admin.Get(path); page.Status != 422 {
					t.Errorf("%s: %d, want 422", path, page.Status)
				}
			}
		})
		t.Run("a form with NUL or broken text comes back with its field named and its text kept", func(t *testing.T) {
			for _, broken := range []string{"Atelier\x00Nord", "Atelier\xffNord"} {
				page := sales.Get(edit).Submit(edit, "name", broken, "street", "3 rue des Forges")
				if page.Status != 422 || !page.Has("form[action='"+edit+"'] textarea[name=name].is-invalid") || !strings.Contains(page.Body, `value="3 rue des Forges"`) {
					t.Fatalf("%q: %d: %s", broken, page.Status, page.Text())
				}
				if !strings.Contains(page.Body, "AtelierNord") {
					t.Errorf("%q: what can be read of it is lost: %s", broken, page.Text())
				}
				if saved := page.Submit(edit, "name", "Atelier Nord"); saved.Status != 303 {
					t.Errorf("mended: %d: %s", saved.Status, saved.Text())
				}
			}
			signIn := s.Stranger(t).Post("/sign-in", "name", "a\x00b", "password", "a secret")
			if signIn.Status != 422 || strings.Contains(signIn.Body, "a secret") || !signIn.Has("input[name=password][type=password]") {
				t.Errorf("sign-in: %d: %s", signIn.Status, signIn.Text())
			}
		})
		t.Run("a search longer than anything finds nothing", func(t *testing.T) {
			long := strings.Repeat("a", 55_000)
			for _, path := range []string{"/vendor/customers?q=", "/vendor/users?q=", "/vendor/mail?q=", "/vendor/mail?address="} {
				if page := auditor.Get(path + long); page.Status >= 500 {
					t.Errorf("%s…: %d", path, page.Status)
				}
			}
			if page := admin.Get("/accounts/204817/members?q=" + long); page.Status != 200 {
				t.Errorf("members: %d, want 200", page.Status)
			}
		})
		t.Run("PLAN-4 a form without its version is not written over what stands", func(t *testing.T) {
			for _, version := range []string{"", "x", "99999999999999999999"} {
				if page := sales.Get(edit).Submit(edit, "version", version, "name", "Autre nom"); page.Status != 409 || !strings.Contains(page.Body, "Autre nom") {
					t.Errorf("customer, version %q: %d, want 409 and the text kept", version, page.Status)
				}
				settings := "/accounts/204817/settings"
				if page := admin.Get(settings).Submit(settings, "version", version); page.Status != 409 {
					t.Errorf("settings, version %q: %d, want 409", version, page.Status)
				}
			}
		})
		t.Run("a missing right is called by its name", func(t *testing.T) {
			someone, _ := w.Member(a, "member@maraval.example")
			member := s.SignedIn(t, someone)
			page := member.Post("/accounts/204817/members/add", "addresses", "a@maraval.example")
			if page.Status != 403 || strings.Contains(page.Text(), "members.manage") {
				t.Errorf("permission: %d %s", page.Status, page.Text())
			}
			page = auditor.Post("/vendor/customers/new", "number", "204 900", "name", "Autre", "service_level", "licence", "type", "company")
			if page.Status != 403 || strings.Contains(page.Text(), "accounts.create") {
				t.Errorf("duty: %d %s", page.Status, page.Text())
			}
		})
		t.Run("a sentence repeats only the beginning of a long text", func(t *testing.T) {
			page := sales.Get(edit).Submit(edit, "service_level", strings.Repeat("z", 60_000))
			if page.Status != 422 || len(page.Text()) > 10_000 {
				t.Errorf("%d, %d bytes of text", page.Status, len(page.Text()))
			}
			page = sales.Get(edit).Submit(edit, "contract_ends", "demain")
			if page.Status != 422 || !strings.Contains(page.Text(), "n’est pas une date") {
				t.Errorf("a day that is none: %d %s", page.Status, page.Text())
			}
		})
	})
}
