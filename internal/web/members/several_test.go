package members_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/web/webtest"
)

// TestBulkPreview: the form for many shows what it would bring, keeps what was typed, and
// changes nothing (PLAN-1).
func TestBulkPreview(t *testing.T) {
	d := sit(t, 20)
	bulk := at + "/members/bulk"
	two := "&member=" + d.uuid(t, "haddad 001") + "&member=" + d.uuid(t, "haddad 002")
	t.Run("PLAN-1 an edit of several parts", func(t *testing.T) {
		unit := rootOf(t, d.site, d.admin, d.account)
		p := d.Get(bulk+"?act=edit"+two).Submit(bulk, "step", "preview", "company_set", "Kestner Bau", "grant_role", "manager", "grant_unit", unit)
		has(t, p, "Aperçu", "Rien n’est encore fait", "Modifiés 2", "Sociétés créées 1", "2 personnes le reçoivent", "Haddad 001", "Maraval Location → Kestner Bau", "Pourra en plus", "Kestner Bau")
		lacks(t, d.Get(at+"/members?q=haddad"), "Kestner Bau")
		done := p.Submit(bulk)
		if done.Status != http.StatusSeeOther {
			t.Fatalf("the form that was previewed: status %d: %.300s", done.Status, done.Text())
		}
		has(t, d.Get(at+"/members?q=haddad"), "Kestner Bau")
	})
	t.Run("PLAN-1 who is refused, and why", func(t *testing.T) {
		p := d.Get(bulk+"?act=deactivate&member="+d.uuid(t, "helene")+two).Submit(bulk, "step", "preview")
		has(t, p, "Qui serait refusé, et pourquoi", "au moins un administrateur", "Refusés 1", "Modifiés 2")
	})
	t.Run("BULK-3 all or nothing", func(t *testing.T) {
		p := d.Get(bulk+"?act=deactivate&member="+d.uuid(t, "helene")+two).Submit(bulk, "whole", "1")
		if p.Status != http.StatusConflict {
			t.Errorf("status %d", p.Status)
		}
		says(t, p, "Rien n’a été fait", "1 refusé")
		if page := d.Get(at + "/members?q=haddad+001&status=inactive"); strings.Contains(page.Text(), "Haddad 001") {
			t.Error("somebody was switched off all the same")
		}
	})
	t.Run("BULK-1 to clear is a choice of its own", func(t *testing.T) {
		p := d.Get(bulk+"?act=edit"+two).Submit(bulk, "company_set", "Autre", "clear", "company")
		says(t, p, "à la fois rempli et vidé")
		d.Get(bulk+"?act=edit"+two).Submit(bulk, "clear", "company")
		if page := d.Get(at + "/members/" + d.uuid(t, "haddad 001") + "/edit"); strings.Contains(page.Body, `value="Kestner Bau" list`) {
			t.Error("the company stays")
		}
	})
}

// says is has of a page that refuses.
func says(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) {
			t.Errorf("page lacks %q: %.300s", text, p.Text())
		}
	}
}
