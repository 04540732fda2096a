package seats_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

const products = "/accounts/204817/products"

func TestProducts(t *testing.T) {
	d := sit(t)
	has(t, d.Get(products), "Aucun produit souscrit")
	d.buys(plans, 5)
	d.buys(complete, 2)
	unit, err := d.w.Units.Add(d.w.Context(), d.admin, d.account.ID, app.NewUnit{Name: "Lyon", Level: "group"})
	d.w.Must(err)
	_, maud := d.person("maud@maraval.example")
	verdicts, err := d.w.Members.MoveHome(d.w.Context(), d.admin, d.account.ID, app.Of(maud), unit.UUID)
	d.w.Must(apptest.ErrOf(verdicts, err))
	d.gives(maud, plans)
	t.Run("SEAT-1 every product with what is bought, assigned and left", func(t *testing.T) {
		has(t, d.Get(products), "Produits et licences", "Plans", "5 licences", "1 affectée, 4 disponibles", "Parc Complet", "0 affectée, 2 disponibles")
	})
	t.Run("SEAT-1 the overview shows them with their bars", func(t *testing.T) {
		has(t, d.Get("/accounts/204817"), "Licences", "6 libres", "Parc Complet", "Base, Réservation, Entretien", "1 affectée sur 5")
	})
	t.Run("SEAT-1 what is yet to begin is announced, and lapses nothing", func(t *testing.T) {
		_, err := d.w.Subscriptions.Add(d.w.Context(), d.w.Operator(), d.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "site"},
			Term: app.SubscriptionTerm{Quantity: 7, First: directory.DayOf(d.w.Now().AddDate(0, 0, 30), time.UTC)}})
		d.w.Must(err)
		p := d.Get(products)
		has(t, p, "7 licences à partir du")
		lacks(t, p, "Abonnement échu")
		lacks(t, d.Get("/accounts/204817"), "0 affectée sur 0")
	})
	to := "?product=plans&unit=" + url.QueryEscape(unit.UUID)
	t.Run("SEAT-10 allotted: first the unit, then how many, then the tree of what went where", func(t *testing.T) {
		has(t, d.Get(products+"/allot?product=plans"), "À quelle unité", "Lyon")
		has(t, d.Get(products+"/allot?product=plans&q=zzz&find=1"), "Aucune unité à doter")
		form := d.Get(products + "/allot" + to)
		has(t, form, "Licences pour cette unité", "Encore libres au-dessus")
		for _, many := range []string{"9", "", "x", "-1", "99999999999999999999"} {
			answer := form.Submit(products+"/allot", "quantity", many)
			if answer.Status != http.StatusUnprocessableEntity && answer.Status != http.StatusConflict || !answer.Has("input#f-quantity[aria-invalid]") {
				t.Errorf("%q: status %d", many, answer.Status)
			}
		}
		has(t, form.Submit(products+"/allot", "quantity", "3").Follow(), "La dotation de Plans est de 3 licences", "3 reçues de Groupe Maraval",
			"0 affectée, 3 réparties plus bas", "1 affectée, 4 disponibles")
		if answer := form.Submit(products+"/allot", "quantity", "2"); answer.Status != http.StatusConflict {
			t.Errorf("PLAN-4 an older version: %d", answer.Status)
		}
		has(t, d.Get(units), "3 licences réparties dont 2 libres")
	})
	t.Run("SEAT-10 who assigns below sees their own and what serves them, and changes no allotment", func(t *testing.T) {
		reader, _ := d.person("camille@maraval.example")
		d.w.Must(d.w.Members.SeedGrants(t.Context(), d.account.ID, d.admin.User, []app.SeedGrant{{User: reader.User, Role: "manager", Unit: unit.ID}}))
		c := d.site.SignedIn(t, reader)
		p := c.Get(products)
		has(t, p, "Lyon", "Plans", "3 licences", "Parc Complet")
		lacks(t, p, "Modifier la dotation de Lyon", "5 achetées")
		if got := c.Get(products + "/allot" + to); got.Status != http.StatusNotFound {
			t.Errorf("the form: %d", got.Status)
		}
		if got := c.Post(products+"/allot", "product", "plans", "unit", unit.UUID, "quantity", "1", "version", "1"); got.Status != http.StatusForbidden {
			t.Errorf("sent: %d", got.Status)
		}
	})
	t.Run("addresses of nothing", func(t *testing.T) {
		for _, path := range []string{"/allot", "/allot?product=nothing", "/allot?product=plans&unit=nothing"} {
			if got := d.Get(products + path); got.Status != http.StatusNotFound {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
}
