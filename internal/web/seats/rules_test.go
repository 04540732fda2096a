package seats_test

import (
	"net/http"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
)

func TestRulesPages(t *testing.T) { // SEAT-11
	d := sit(t)
	d.buys(plans, 1)
	unit, err := d.w.Units.Add(d.w.Context(), d.admin, d.account.ID, app.NewUnit{Name: "Lyon", Level: "group"})
	d.w.Must(err)
	for _, email := range []string{"maud@maraval.example", "karim@maraval.example"} {
		_, m := d.person(email)
		verdicts, err := d.w.Members.MoveHome(d.w.Context(), d.admin, d.account.ID, app.Of(m), unit.UUID)
		d.w.Must(apptest.ErrOf(verdicts, err))
	}
	has(t, d.Get(products), "Affectation automatique")
	has(t, d.Get(products+"/rules"), "Aucune règle")
	form := d.Get(products + "/rules/new")
	t.Run("SEAT-11 made for a unit; a second one, one of nobody and of nothing are refused by name", func(t *testing.T) {
		has(t, form, "Aucune unité en particulier", "Lyon", "Plans")
		for _, bad := range [][]string{{"product", "plans", "unit", "", "function", ""}, {"product", "plans", "unit", "nothing"}, {"product", "nothing", "unit", unit.UUID}, {"product", "", "unit", unit.UUID}} {
			answer := form.Submit(products+"/rules/new", bad...)
			if answer.Status != http.StatusUnprocessableEntity || len(answer.All("[aria-invalid]")) == 0 {
				t.Errorf("%v: status %d", bad, answer.Status)
			}
		}
		has(t, form.Submit(products+"/rules/new", "product", "plans", "unit", unit.UUID).Follow(), "La règle est créée", "Lyon et en dessous", "2 personnes sans licence")
		if answer := form.Submit(products+"/rules/new", "product", "plans", "unit", unit.UUID); answer.Status != http.StatusConflict {
			t.Errorf("twice: %d", answer.Status)
		}
	})
	rules, err := d.w.Seats.Rules(d.w.Context(), d.admin, d.account.ID)
	d.w.Must(err)
	at := products + "/rules/" + rules[0].UUID
	t.Run("SEAT-11 its page names who got none; what is left is assigned, and who was refused is named", func(t *testing.T) {
		page := d.Get(at)
		has(t, page, "maud", "karim", "2 personnes sans licence")
		has(t, page.Submit(at+"/follow"), "1 licence affectée", "karim", "Ceux qui n’ont pas changé")
		has(t, d.Get(at), "1 personne sans licence", "karim")
		d.buys(plans, 1)
		has(t, d.Get(at).Submit(at+"/follow").Follow(), "1 licence affectée", "Chacun a sa licence")
	})
	t.Run("SEAT-11 ended after asking; the seats stay", func(t *testing.T) {
		ask := d.Get(at + "?dialog=end")
		has(t, ask, "Les licences déjà affectées restent")
		has(t, ask.Submit(at+"/end").Follow(), "La règle est supprimée", "Aucune règle")
		has(t, d.Get(products), "2 affectées")
		for _, path := range []string{at, products + "/rules/nothing"} {
			if got := d.Get(path); got.Status != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
	t.Run("not shown to who assigns nowhere", func(t *testing.T) {
		reader, _ := d.person("camille@maraval.example")
		if got := d.site.SignedIn(t, reader).Get(products + "/rules"); got.Status != http.StatusForbidden {
			t.Errorf("status %d", got.Status)
		}
	})
}
