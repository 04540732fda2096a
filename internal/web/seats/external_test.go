package seats_test

import (
	"net/http"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

func TestExternalPages(t *testing.T) { // EXT-1, EXT-2, EXT-3
	d := sit(t)
	d.buys(plans, 2)
	_, maud := d.person("maud@maraval.example")
	at := members + maud + "/external"
	t.Run("EXT-3 an administrator's word needs a last day that is to come", func(t *testing.T) {
		form := d.Get(at)
		for _, last := range []string{"", "x", "1999-01-01"} {
			answer := form.Submit(at, "product", "plans", "last", last)
			if answer.Status != http.StatusUnprocessableEntity || !answer.Has("input#f-last[aria-invalid]") {
				t.Errorf("%q: status %d", last, answer.Status)
			}
		}
		if answer := form.Submit(at, "product", "nothing", "last", "2099-01-01"); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("no product: %d", answer.Status)
		}
		has(t, form.Submit(at, "product", "plans", "last", "2099-01-01").Follow(), "L’abonnement externe à Plans est noté", "Déclaré par un administrateur, jusqu’au 1")
	})
	t.Run("EXT-1 shown beside the member, and taking no seat", func(t *testing.T) {
		has(t, d.Get(members+maud), "Déclaré par un administrateur, jusqu’au", "Abonnement externe…")
		has(t, d.Get(products), "0 affectée, 2 disponibles")
	})
	t.Run("EXT-2 taken back", func(t *testing.T) {
		answer := d.Get(members+maud).Submit(at+"/end", "product", "plans").Follow()
		has(t, answer, "L’abonnement externe à Plans est retiré")
		lacks(t, answer, "Déclaré par un administrateur")
	})
	t.Run("EXT-3 a person's own word is proved by their seat elsewhere, and nobody else's page opens", func(t *testing.T) {
		actor, own := d.person("camille@maraval.example")
		c := d.site.SignedIn(t, actor)
		page := c.Get(members + own + "/external")
		has(t, page, "Un produit que vous avez déjà dans un autre compte")
		if answer := page.Submit(members+own+"/external", "product", "plans"); answer.Status != http.StatusUnprocessableEntity {
			t.Errorf("not proved: %d", answer.Status)
		}
		elsewhere, err := d.w.Accounts.Create(d.w.Context(), d.w.Operator(), app.NewAccount{Number: "300 001", Name: "Ardoises", Type: "fleet",
			ServiceLevel: "contract", Language: "fr", Address: d.account.Address})
		d.w.Must(err)
		admin := d.w.Administrator(elsewhere, "blanche@ardoises.example")
		_, err = d.w.Subscriptions.Add(d.w.Context(), d.w.Operator(), elsewhere.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Term: app.SubscriptionTerm{Quantity: 1}})
		d.w.Must(err)
		verdicts, err := d.w.Members.Add(d.w.Context(), admin, elsewhere.ID,
			[]app.NewMember{{Row: 1, Email: "camille@maraval.example", Products: []string{"plans"}}}, app.AddOptions{Invite: true})
		d.w.Must(apptest.ErrOf(verdicts, err))
		_, err = d.w.Invitations.AcceptMine(d.w.Context(), actor, verdicts[0].Public())
		d.w.Must(err)
		has(t, page.Submit(members+own+"/external", "product", "plans").Follow(), "Prouvé par une licence dans un autre compte")
		if got := c.Get(at); got.Status != http.StatusNotFound {
			t.Errorf("another's: %d", got.Status)
		}
	})
}
