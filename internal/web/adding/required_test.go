package adding_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// TestAddingTellsRequiredRoles: the pages that bring people in say which required
// role is lacked, before and after, and bring them in.
func TestAddingTellsRequiredRoles(t *testing.T) { // ROLE-3
	t.Parallel()
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	admin := w.Administrator(account, "helene.castaing@maraval.example")
	_, err = w.Accounts.SeedUnits(w.Context(), account.ID, []app.SeedUnit{{Name: "Nord", Level: "group"}})
	w.Must(err)
	c := webtest.New(t, w).SignedIn(t, admin)
	const base, lack = "/accounts/204817", "Il manque un rôle : Groupe."
	t.Run("ROLE-3 the quick form", func(t *testing.T) {
		form := c.Get(base + "/members/add/quick")
		says(t, form.Submit(base+"/members/add/quick", "addresses", "a@maraval.example"), "1 personne ajoutée", lack)
	})
	t.Run("ROLE-3 a paste, in its preview and its result", func(t *testing.T) {
		page := c.Post(base+"/members/add", "addresses", "b@maraval.example").Follow()
		action := formOf(t, page, "/drafts/")
		preview := page.Submit(action, "act", "check").Follow()
		says(t, preview, lack)
		says(t, page.Submit(action, "act", "send").Follow(), "Résultat", lack)
	})
}
