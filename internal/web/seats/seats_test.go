package seats_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const (
	members = "/accounts/204817/members/"
	units   = "/accounts/204817/units"
)

var (
	plans    = directory.Offer{Product: "plans"}
	complete = directory.Offer{Product: "fleet", Edition: "complete"}
	light    = directory.Offer{Product: "fleet", Edition: "light"}
)

// A desk is an administrator's browser on an account that has bought products.
type desk struct {
	*webtest.Client
	site    *webtest.Site
	w       *apptest.World
	account directory.Account
	admin   authz.Actor
}

func sit(t *testing.T) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(t.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet", ServiceLevel: "contract",
		Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	d := desk{site: webtest.New(t, w), w: w, account: account}
	d.admin = w.Administrator(account, "helene.castaing@maraval.example")
	d.Client = d.site.SignedIn(t, d.admin)
	return d
}

func (d desk) buys(offer directory.Offer, n int64) {
	_, err := d.w.Subscriptions.Add(d.w.Context(), d.w.Operator(), d.account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: n}})
	d.w.Must(err)
}

func (d desk) person(email string) (authz.Actor, string) {
	actor, m := d.w.Member(d.account, email)
	return actor, m.UUID
}

// gives assigns a seat without a page.
func (d desk) gives(member string, offer directory.Offer) {
	verdicts, err := d.w.Seats.Assign(d.w.Context(), d.admin, d.account.ID, app.Of(member), offer)
	d.w.Must(apptest.ErrOf(verdicts, err))
}

func has(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) && !strings.Contains(p.Body, text) {
			t.Errorf("page lacks %q (status %d): %.900s", text, p.Status, p.Text())
		}
	}
}

func lacks(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.Text(), text) || strings.Contains(p.Body, text) {
			t.Errorf("page has %q", text)
		}
	}
}

// key is where the key sign of somebody leads.
func key(t *testing.T, p *webtest.Page, name string) string {
	t.Helper()
	for _, a := range p.All("a") {
		if a.Attr("aria-label") == "Attribuer un produit à "+name {
			return a.Attr("href")
		}
	}
	t.Fatalf("no key sign for %s", name)
	return ""
}

func TestKeySign(t *testing.T) {
	d := sit(t)
	d.buys(plans, 1)
	d.buys(complete, 5)
	d.buys(light, 2)
	_, edouard := d.person("edouard.ribault@maraval.example")
	_, karim := d.person("karim.haddad@maraval.example")
	d.gives(karim, plans)
	list := d.Get(units)
	t.Run("SEAT-1 SEAT-2 the list says what was bought, who has it and what is left", func(t *testing.T) {
		has(t, list, "Vos produits", "7 licences disponibles", "Parc Complet", "Base, Réservation, Entretien", "× 5", "1 affectée, aucune disponible",
			"3 utilisateurs, 8 licences dont 7 libres", "Attribuer", "Aucun")
	})
	page := d.Get(key(t, list, "edouard ribault"))
	t.Run("SEAT-3 only what is free is offered, and why the rest is not", func(t *testing.T) {
		has(t, page, "Attribuer un produit à edouard ribault", "5 sur 5", "2 sur 2", "Plans n’apparaît pas : sa licence est affectée")
		if n := len(page.All("input[name=product]")); n != 2 {
			t.Errorf("%d choices", n)
		}
	})
	t.Run("SEAT-5 assigned, and back where one was", func(t *testing.T) {
		answer := page.Submit(members+edouard+"/assign", "product", "fleet/complete")
		if answer.Status != http.StatusSeeOther || answer.Location != units {
			t.Fatalf("status %d to %q", answer.Status, answer.Location)
		}
		has(t, answer.Follow(), "Parc Complet est attribué à edouard ribault", "6 licences disponibles", "1 affectée, 4 disponibles")
	})
	t.Run("what is held is told, with ways to take it back", func(t *testing.T) {
		page := d.Get(members + edouard + "/assign?return=" + url.QueryEscape(units))
		has(t, page, "Déjà affecté", "Licence affectée", "Parc Léger n’apparaît pas : une licence de Parc Complet est déjà affectée", "Transmettre")
		d.w.Pass(time.Minute)
		answer := page.Submit(members+edouard+"/seats/withdraw", "held", "fleet/complete")
		if answer.Location != units {
			t.Fatalf("back to %q", answer.Location)
		}
		p := answer.Follow()
		has(t, p, "La licence de Parc Complet est retirée à edouard ribault", "7 licences disponibles")
		undo := d.Get(p.All("a.in-toast__undo")[0].Attr("href"))
		has(t, undo, "Annuler cette action", "Parc Complet")
		has(t, undo.Submit("/accounts/204817/history/undo").Follow(), "Annulé : 1 rétabli")
	})
	t.Run("SEAT-4 somebody else was faster: refused in place, with what is free now", func(t *testing.T) {
		_, err := d.w.Seats.Withdraw(d.w.Context(), d.admin, d.account.ID, app.Of(karim), plans)
		d.w.Must(err)
		form := d.Get(members + edouard + "/assign?return=" + url.QueryEscape(units))
		d.gives(karim, plans)
		answer := form.Submit(members+edouard+"/assign", "product", "plans")
		if answer.Status != http.StatusConflict {
			t.Fatalf("status %d", answer.Status)
		}
		has(t, answer, "Il ne reste aucune licence de Plans", "Plans n’apparaît pas")
		if answer.Has("input[value=plans][type=radio]") {
			t.Error("what is gone is offered")
		}
	})
	t.Run("bad input", func(t *testing.T) {
		for _, product := range []string{"", "nothing", "fleet/none", strings.Repeat("x", 5000)} {
			if got := d.Post(members+edouard+"/assign", "product", product); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%.20q: status %d", product, got.Status)
			}
		}
		if got := d.Get(members + "nobody/assign"); got.Status != http.StatusNotFound {
			t.Errorf("nobody: %d", got.Status)
		}
		answer := d.Post(members+edouard+"/assign", "product", "fleet/complete", "return", "https://elsewhere.example/")
		if answer.Location != members[:len(members)-1]+"/"+edouard {
			t.Errorf("a return address elsewhere leads to %q", answer.Location)
		}
		if got := d.Post(members+edouard+"/seats/withdraw", "held", "plans").Follow(); !strings.Contains(got.Text(), "n’a pas de licence de Plans") {
			t.Errorf("what is not held: %.300s", got.Text())
		}
	})
}

func TestWhoAssigns(t *testing.T) {
	d := sit(t)
	d.buys(plans, 3)
	_, off := d.person("quentin.moreau@maraval.example")
	_, err := d.w.Members.Deactivate(d.w.Context(), d.admin, d.account.ID, app.Of(off))
	d.w.Must(err)
	t.Run("SEAT-6 whoever is inactive has no key sign and gets nothing", func(t *testing.T) {
		p := d.Get(units)
		has(t, p, "moreau quentin")
		lacks(t, p, "Attribuer un produit à quentin moreau")
		has(t, d.Get(members+off+"/assign"), "est désactivé")
		if got := d.Post(members+off+"/assign", "product", "plans"); got.Status != http.StatusConflict {
			t.Errorf("status %d", got.Status)
		}
	})
	t.Run("SEAT-2 who may not assign sees no key sign", func(t *testing.T) {
		unit, err := d.w.Units.Add(d.w.Context(), d.admin, d.account.ID, app.NewUnit{Name: "Lyon", Level: "group"})
		d.w.Must(err)
		reader, _ := d.person("camille@maraval.example")
		_, local := d.person("maud@maraval.example")
		verdicts, err := d.w.Members.MoveHome(d.w.Context(), d.admin, d.account.ID, app.Of(local), unit.UUID)
		d.w.Must(apptest.ErrOf(verdicts, err))
		d.w.Must(d.w.Members.SeedGrants(t.Context(), d.account.ID, d.admin.User, []app.SeedGrant{{User: reader.User, Role: "manager", Unit: unit.ID}}))
		c := d.site.SignedIn(t, reader)
		p := c.Get(units)
		has(t, p, "Attribuer un produit à maud", "3 licences disponibles", "Licences de Groupe Maraval")
		lacks(t, p, "quentin moreau")
		if got := c.Get(members + off + "/assign"); got.Status != http.StatusNotFound {
			t.Errorf("somebody out of sight: %d", got.Status)
		}
	})
}

func TestHandOver(t *testing.T) {
	d := sit(t)
	d.buys(plans, 1)
	_, from := d.person("edouard.ribault@maraval.example")
	_, to := d.person("karim.haddad@maraval.example")
	d.gives(from, plans)
	at := members + from + "/seats/hand-over"
	p := d.Get(at + "?held=plans&return=" + url.QueryEscape(units))
	has(t, p, "Transmettre la licence de Plans", "karim haddad", "helene castaing")
	lacks(t, p, `value="`+from+`"`)
	if got := p.Submit(at); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("nobody chosen: %d", got.Status)
	}
	if got := p.Submit(at, "to", from); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("to themselves: %d", got.Status)
	}
	if got := p.Submit(at, "to", "nobody"); got.Status != http.StatusNotFound {
		t.Errorf("to nobody: %d", got.Status)
	}
	answer := p.Submit(at, "to", to)
	if answer.Location != units {
		t.Fatalf("status %d to %q: %.300s", answer.Status, answer.Location, answer.Text())
	}
	has(t, answer.Follow(), "La licence de Plans passe d’edouard ribault à karim haddad", "1 affectée, aucune disponible")
	if got := p.Submit(at, "to", to); got.Status != http.StatusNotFound && got.Status != http.StatusConflict {
		t.Errorf("sent twice: %d", got.Status)
	}
	has(t, d.Get(at+"?held=plans"), "n’a pas de licence de ce produit")
}

func TestMembersTable(t *testing.T) {
	d := sit(t)
	d.buys(plans, 2)
	d.buys(complete, 1)
	_, one := d.person("edouard.ribault@maraval.example")
	_, two := d.person("karim.haddad@maraval.example")
	_, three := d.person("maud.segalen@maraval.example")
	list := strings.TrimSuffix(members, "/")
	chosen := "?act=assign&member=" + one + "&member=" + two + "&member=" + three
	t.Run("BULK-3 SEAT-4 many are given a seat; who comes too late is refused, the others have theirs", func(t *testing.T) {
		p := d.Get(list + "/bulk" + chosen)
		has(t, p, "Affecter une licence à 3 membres", "2 disponibles", "1 disponible")
		if got := p.Submit(list + "/bulk"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("no product: %d", got.Status)
		}
		has(t, p.Submit(list+"/bulk", "seat_product", "plans"), "2 membres modifiés", "Il ne reste aucune licence de Plans")
	})
	t.Run("EXT-2 the product is a filter, in an edition too, and by what it is held", func(t *testing.T) {
		d.gives(three, complete)
		has(t, d.Get(list+"?product=fleet%2Fcomplete"), "segalen maud", "Parc Complet")
		lacks(t, d.Get(list+"?product=fleet%2Fcomplete"), "ribault edouard", "haddad karim")
		lacks(t, d.Get(list+"?product=fleet%2Flight"), "segalen maud")
		has(t, d.Get(list+"?held=own"), "segalen maud", "Licence affectée")
		lacks(t, d.Get(list+"?held=external"), "segalen maud")
	})
	t.Run("SEAT-6 the panel shows seats, with what can be done", func(t *testing.T) {
		at := list + "/" + three
		p := d.Get(at)
		has(t, p, "Parc Complet", "Licence affectée", "Affecter une licence", "Transmettre")
		answer := p.Submit(at + "/seats/withdraw")
		if answer.Location != at {
			t.Errorf("back to %q", answer.Location)
		}
		has(t, answer.Follow(), "Aucune licence affectée")
	})
	t.Run("BULK-2 many are taken theirs back", func(t *testing.T) {
		p := d.Get(list + "/bulk?act=take_back&all=1")
		has(t, p, "Retirer une licence à 4 membres", "2 affectées")
		has(t, p.Submit(list+"/bulk", "seat_product", "plans").Follow(), "2 membres modifiés")
		has(t, d.Get(products), "0 affectée, 2 disponibles")
	})
}
