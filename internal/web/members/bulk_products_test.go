package members_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

func TestBulkProducts(t *testing.T) {
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "construction",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	d := desk{site: webtest.New(t, w), account: account, admin: w.Administrator(account, "helene.castaing@maraval.example")}
	rows := []app.NewMember{{Row: 1, Email: "a@maraval.example"}, {Row: 2, Email: "b@maraval.example"}}
	_, err = w.Members.Add(w.Context(), d.admin, account.ID, rows, app.AddOptions{Silent: true})
	w.Must(err)
	d.Client = d.site.SignedIn(t, d.admin)
	bulk, two := at+"/members/bulk", "&member="+d.uuid(t, "a@maraval")+"&member="+d.uuid(t, "b@maraval")
	t.Run("BULK-1 nothing bought, nothing to choose", func(t *testing.T) {
		p := d.Get(bulk + "?act=edit" + two)
		for _, field := range p.All("select") {
			if field.Attr("name") == "assign_set" {
				t.Error("a product can be chosen")
			}
		}
	})
	_, err = w.Subscriptions.Add(w.Context(), w.Operator(), account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 1}})
	w.Must(err)
	t.Run("BULK-1 BULK-3 a product for more than there are seats", func(t *testing.T) {
		p := d.Get(bulk + "?act=edit" + two)
		has(t, p, "Affecter un produit", "Plans (1 libre)", "Retirer un produit")
		has(t, p.Submit(bulk, "assign_set", "plans"), "Résultat", "1 refusé", "Il ne reste aucune licence de Plans")
	})
	t.Run("BULK-1 withdrawn", func(t *testing.T) {
		has(t, d.Get(bulk+"?act=edit"+two).Submit(bulk, "takeback_set", "plans").Follow(), "1 membre modifié")
	})
}
