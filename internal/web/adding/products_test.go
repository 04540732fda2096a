package adding_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/web/webtest"
)

// newShop is a desk of an account that has bought seats: one of Plans, three of
// Chantier.
func newShop(t *testing.T, w *apptest.World) desk {
	t.Helper()
	site := webtest.New(t, w)
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "construction",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	admin := w.Administrator(account, "claire.maraval@maraval.example")
	for product, n := range map[string]int64{"plans": 1, "site": 3} {
		_, err := w.Subscriptions.Add(w.Context(), w.Operator(), account.ID, app.NewSubscription{Offer: directory.Offer{Product: product}, Term: app.SubscriptionTerm{Quantity: n}})
		w.Must(err)
	}
	return desk{site.SignedIn(t, admin), w, site, account, "/accounts/204817"}
}

func TestDraftProducts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newShop(t, w)
		page := d.Post(d.base+"/members/add", "addresses", "a@maraval.example b@maraval.example c@maraval.example").Follow()
		action := formOf(t, page, "/drafts/")
		says(t, page, "Produits d’a@maraval.example", "1 libre", "3 libres")
		t.Run("ADD-4 a role sets the products, those that were bought", func(t *testing.T) {
			page = page.Submit(action, "act", "save", "function.1", "site-manager", "function.2", "drafter").Follow()
			says(t, page, "Licences demandées : 2 de Plans (1 libre) et 1 de Chantier (3 libres).", "Il en manque 1")
		})
		t.Run("ADD-7 the panel sets products over rows, and says what it replaces", func(t *testing.T) {
			set := []string{"act", "apply", "tick", "2", "tick", "3", "set_products", "site"}
			warned := page.Submit(action, set...)
			if warned.Status != http.StatusUnprocessableEntity {
				t.Errorf("status %d", warned.Status)
			}
			says(t, warned, "Remplacera sur ces lignes : les produits de 1 personne.")
			page = warned.Submit(action, set...).Follow()
			says(t, page, "Licences demandées : 1 de Plans (1 libre) et 3 de Chantier (3 libres).")
		})
		t.Run("ADD-4 what is set by hand stands", func(t *testing.T) {
			page = page.Submit(action, "act", "save", "function.2", "site-manager").Follow()
			says(t, page, "1 de Plans (1 libre) et 3 de Chantier (3 libres).")
		})
		t.Run("ADD-3 products that are none are refused", func(t *testing.T) {
			if refused := page.Submit(action, "act", "save", "products.1", "no-such"); refused.Status != http.StatusUnprocessableEntity {
				t.Errorf("status %d: %s", refused.Status, refused.Body)
			}
		})
		t.Run("SEAT-4 BULK-3 who gets none is named", func(t *testing.T) {
			page = page.Submit(action, "act", "apply", "tick", "2", "set_products", "site", "set_products", "plans", "told_products", "1").Follow()
			result := page.Submit(action, "act", "send").Follow()
			says(t, result, "Ajoutés 2", "Il ne reste aucune licence de Plans")
		})
	})
}

func TestFormsWithProducts(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newShop(t, w)
		t.Run("ADD-10 one set of products for all addresses", func(t *testing.T) {
			path := d.base + "/members/add/quick"
			form := d.Get(path)
			says(t, form, "Plans 1 libre", "Chantier 3 libres")
			done := form.Submit(path, "addresses", "a@maraval.example, b@maraval.example", "products", "plans", "products", "site")
			says(t, done, "1 personne ajoutée, 1 refusée.", "Il ne reste aucune licence de Plans")
		})
		t.Run("ADD-11 the full form gives products", func(t *testing.T) {
			path := d.base + "/members/new"
			form := d.Get(path)
			says(t, form, "Plans 0 libre", "Chantier 2 libres")
			refused := form.Submit(path, "act", "save", "email", "k.haddad@maraval.example", "user_name", "k.haddad", "products", "plans")
			if refused.Status != http.StatusConflict {
				t.Errorf("status %d", refused.Status)
			}
			says(t, refused, "Il ne reste aucune licence de Plans")
			refused.Submit(path, "act", "save", "email", "k.haddad@maraval.example", "user_name", "k.haddad", "products", "site").Follow()
			says(t, d.Get(path), "Chantier 1 libre")
		})
	})
}

// clerk is somebody who manages members and may not assign seats.
func (d desk) clerk() authz.Actor {
	actor, m := d.w.Member(d.account, "clerk@maraval.example")
	role := directory.Role{UUID: "role-clerk", Kind: directory.Function, Code: "clerk", Place: directory.AtAccount, Names: map[string]string{"fr": "Commis"},
		Permissions: []string{string(authz.ViewMembers), string(authz.ManageMembers)}}
	w := d.w
	w.Must(w.DB.Update(w.Context(), []directory.AccountID{d.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(w.Context(), d.account.ID, 1)
		role.ID = directory.RoleID(key)
		if err != nil {
			return err
		}
		return tx.Apply(w.Context(), store.Write{Changes: []store.Change{store.PutRoles{Account: d.account.ID, Roles: []directory.Role{role}}}})
	}))
	functions := []string{"clerk"}
	w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), w.Operator(), d.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &functions})))
	return actor
}

// TestProductsWithoutTheRight: whoever may not assign seats sees no products, and
// what they send all the same is refused.
func TestProductsWithoutTheRight(t *testing.T) { // SEAT-3, ADD-3, ADD-10, ADD-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newShop(t, w)
		d.Client = d.site.SignedIn(t, d.clerk())
		for path, fields := range map[string][]string{
			"/members/new":       {"act", "save", "email", "k.haddad@maraval.example", "user_name", "k.haddad"},
			"/members/add/quick": {"addresses", "a@maraval.example"},
		} {
			form := d.Get(d.base + path)
			for _, box := range form.All("input") {
				if box.Attr("name") == "products" {
					t.Errorf("SEAT-3 %s offers %s", path, box.Attr("value"))
				}
			}
			forced := form.Submit(d.base+path, append(fields, "products", "site")...)
			if !strings.Contains(forced.Body, "Il vous manque un droit") {
				t.Errorf("SEAT-3 %s: status %d: %s", path, forced.Status, forced.Node.Text())
			}
		}
		page := d.Post(d.base+"/members/add", "addresses", "a@maraval.example").Follow()
		action := formOf(t, page, "/drafts/")
		if strings.Contains(page.Body, "products.1") {
			t.Error("SEAT-3 the table offers products")
		}
		forced := d.Post(action, "act", "save", "line", "1", "products_shown", "1", "products.1", "site").Follow()
		result := forced.Submit(action, "act", "send").Follow()
		says(t, result, "Ajoutés 0", "Écartés 1")
		list, err := w.Members.List(w.Context(), w.Operator(), d.account.ID, app.MemberQuery{})
		w.Must(err)
		if len(list.Rows) != 2 {
			t.Errorf("SEAT-3 %d people are there, want 2", len(list.Rows))
		}
	})
}

func TestDraftProductsHostile(t *testing.T) { // ADD-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		d := newShop(t, w)
		page := d.Post(d.base+"/members/add", "addresses", "a@maraval.example").Follow()
		action := formOf(t, page, "/drafts/")
		for name, offer := range map[string]string{"a list in one": "plans,site", "huge": strings.Repeat("x", 20_000), "an edition that is none": "plans/x",
			"markup": "<script>", "empty": ""} {
			if got := d.Post(action, "act", "save", "line", "1", "products_shown", "1", "products.1", offer); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("ADD-3 %s: status %d", name, got.Status)
			}
			if got := d.Post(action, "act", "apply", "tick", "1", "set_products", offer); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("ADD-7 %s over rows: status %d", name, got.Status)
			}
		}
		doubled := d.Post(action, "act", "save", "line", "1", "products_shown", "1", "products.1", "plans", "products.1", "plans").Follow()
		says(t, doubled, "1 de Plans (1 libre).")
	})
}
