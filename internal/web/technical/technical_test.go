package technical_test

import (
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/web/webtest"
)

func TestTechnicalUserPages(t *testing.T) { // SIGN-5
	t.Parallel()
	w := apptest.New(t, "sqlite")
	s := webtest.New(t, w)
	account := w.Account("204 817")
	admin := s.SignedIn(t, w.Administrator(account, "helene.castaing@maraval.example"))
	const base = "/accounts/204817/technical-users"
	if page := admin.Get(base); page.Status != 200 || !strings.Contains(page.Text(), "Aucun programme") {
		t.Errorf("empty list: %d %s", page.Status, page.Text())
	}
	form := admin.Get(base + "/new")
	refused := form.Submit(base+"/new", "name", "Paie", "purpose", "Reprend les salariés", "responsible", "nobody@maraval.example")
	if refused.Status != 422 || !strings.Contains(refused.Text(), "membre actif") || !strings.Contains(refused.Body, "Reprend les salariés") {
		t.Fatalf("an unknown person: %d %s", refused.Status, refused.Text())
	}
	one := form.Submit(base+"/new", "name", "Paie", "purpose", "Reprend les salariés")
	path := one.Location
	shown := one.Follow()
	if shown.Status != 200 || !strings.Contains(shown.Text(), "Pas encore de jeton") {
		t.Fatalf("just added: %d %s", shown.Status, shown.Text())
	}
	made := shown.Submit(path+"/tokens", "token_name", "Serveur de nuit")
	secret := made.All("code")[0].Text()
	t.Run("SIGN-5 a token is shown once", func(t *testing.T) {
		if made.Status != 200 || !strings.HasPrefix(secret, "int_") || made.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %q", made.Status, secret)
		}
		for _, address := range []string{path, base, "/accounts/204817/history", "/accounts/204817/members"} {
			if page := admin.Get(address); page.Status != 200 || strings.Contains(page.Body, secret) {
				t.Errorf("%s: %d, shows the token: %t", address, page.Status, strings.Contains(page.Body, secret))
			}
		}
		if _, err := w.TechnicalUsers.Resolve(w.Context(), secret, app.Client{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("SIGN-5 a last day too far, in the past, or none", func(t *testing.T) {
		for _, day := range []string{"2028-01-01", "2020-01-01", "", "bald", "99999-01-01"} {
			page := shown.Submit(path+"/tokens", "token_name", "x", "expires", day)
			if page.Status != 422 || !page.Has("#f-expires[aria-invalid]") {
				t.Errorf("%q: %d %s", day, page.Status, page.Text())
			}
		}
	})
	t.Run("SIGN-5 it lasts through its last day", func(t *testing.T) {
		w.Pass(90*24*time.Hour + 10*time.Hour - time.Minute) // the account is in Paris, in summer
		if _, err := w.TechnicalUsers.Resolve(w.Context(), secret, app.Client{}); err != nil {
			t.Errorf("on the last day: %v", err)
		}
		w.Pass(time.Hour)
		if _, err := w.TechnicalUsers.Resolve(w.Context(), secret, app.Client{}); err == nil {
			t.Error("it opens the day after")
		}
	})
	fresh := s.SignedIn(t, w.Actor("helene.castaing@maraval.example"))
	t.Run("SIGN-5 revoked, answered for by another, removed", func(t *testing.T) {
		again := fresh.Get(path)
		token := again.Submit(path+"/tokens", "token_name", "Neuf").All("code")[0].Text()
		page := fresh.Get(path)
		for _, f := range page.All("form") {
			if action := f.Attr("action"); strings.HasSuffix(action, "/revoke") {
				if done := fresh.Post(action); done.Status != 303 {
					t.Errorf("revoke: %d", done.Status)
				}
			}
		}
		if _, err := w.TechnicalUsers.Resolve(w.Context(), token, app.Client{}); err == nil {
			t.Error("revoked, it opens still")
		}
		w.Member(account, "lea.fontanel@maraval.example")
		if done := page.Submit(path+"/responsible", "responsible", "lea.fontanel@maraval.example"); done.Status != 303 {
			t.Errorf("responsible: %d %s", done.Status, done.Text())
		}
		if stale := page.Submit(path, "name", "Autre", "version", "99"); stale.Status != 409 || !strings.Contains(stale.Body, "Autre") {
			t.Errorf("PLAN-4 another version: %d", stale.Status)
		}
		if done := fresh.Get(path + "?dialog=remove").Submit(path + "/remove"); done.Status != 303 {
			t.Errorf("remove: %d", done.Status)
		}
		if gone := fresh.Get(path); gone.Status != 404 {
			t.Errorf("removed, it is shown still: %d", gone.Status)
		}
	})
}
