package units_test

import (
	"net/http"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

const base = "/accounts/204817/units"

// A desk is an administrator's browser on an account with a tree.
type desk struct {
	*webtest.Client
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
	keys    map[string]directory.UnitID
}

func sit(t *testing.T, kind string, tree ...app.SeedUnit) desk {
	t.Helper()
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(t.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: kind, ServiceLevel: "contract",
		Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	d := desk{site: webtest.New(t, w), account: account}
	d.admin = w.Administrator(account, "helene.castaing@maraval.example")
	if len(tree) > 0 {
		d.keys, err = w.Accounts.SeedUnits(t.Context(), account.ID, tree)
		w.Must(err)
	}
	d.Client = d.site.SignedIn(t, d.admin)
	return d
}

func fleet(t *testing.T) desk {
	return sit(t, "fleet", app.SeedUnit{Name: "Maraval France", Level: "group"}, app.SeedUnit{Name: "Maraval Location", Level: "company", Under: "Maraval France"},
		app.SeedUnit{Name: "Agence de Nantes", Level: "location", Under: "Maraval Location"}, app.SeedUnit{Name: "Nacelles", Level: "fleet", Under: "Agence de Nantes"},
		app.SeedUnit{Name: "Maraval Conseil", Level: "company", Under: "Maraval France"})
}

// at is the address of the page of a unit.
func (d desk) at(t *testing.T, name string) string {
	t.Helper()
	list, err := d.site.App.Units.List(t.Context(), d.admin, d.account.ID, app.UnitQuery{Search: name, Archived: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range list.Found {
		if u.Name == name {
			return base + "/" + u.UUID
		}
	}
	t.Fatalf("no unit %s", name)
	return ""
}

func has(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	if p.Status != http.StatusOK {
		t.Errorf("status %d: %.300s", p.Status, p.Text())
	}
	for _, text := range texts {
		if !strings.Contains(p.Text(), text) && !strings.Contains(p.Body, text) {
			t.Errorf("page lacks %q", text)
		}
	}
}

func lacks(t *testing.T, p *webtest.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.Text(), text) {
			t.Errorf("page has %q", text)
		}
	}
}

// link is where the link leads whose name, as it is read aloud, is that.
func link(t *testing.T, p *webtest.Page, name string) string {
	t.Helper()
	for _, a := range p.All("a") {
		if a.Attr("aria-label") == name || strings.TrimSpace(a.Text()) == name {
			return a.Attr("href")
		}
	}
	t.Fatalf("no link %q", name)
	return ""
}

func TestList(t *testing.T) {
	d := fleet(t)
	t.Run("UNIT-2 unfolded and folded without a script", func(t *testing.T) {
		p := d.Get(base)
		has(t, p, "Unités", "6 unités", "Groupe Maraval", "Instance", "Maraval France", "Groupe", "helene.castaing@maraval.example", "Ajouter un utilisateur")
		lacks(t, p, "Nacelles")
		p = d.Get(link(t, p, "Déplier Maraval Location"))
		has(t, p, "Agence de Nantes", `aria-expanded="true"`)
		p = d.Get(link(t, p, "Replier Maraval France"))
		lacks(t, p, "Agence de Nantes", "Maraval Location")
		p = d.Get(link(t, d.Get(base), "Tout replier"))
		has(t, p, "Maraval France")
		lacks(t, p, "Maraval Location")
	})
	t.Run("UNIT-3 what is incomplete says what is missing", func(t *testing.T) {
		has(t, d.Get(base+"?q=conseil"), "Incomplète, il manque", "Agence")
	})
	t.Run("a search names the way, and says when it finds nothing", func(t *testing.T) {
		has(t, d.Get(base+"?q=nacelles"), "1 unité trouvée", "Groupe Maraval › Maraval France › Maraval Location › Agence de Nantes")
		has(t, d.Get(base+"?q=corvaisier"), "Aucune unité ne correspond à « corvaisier »", "Voir toutes les unités")
	})
	t.Run("the words are the catalogue's where there is one level", func(t *testing.T) {
		entities := sit(t, "licences")
		has(t, entities.Get(base), "<h1>Entités", "Pas encore d’unité", "Ajouter")
	})
	t.Run("ROLE-5 who manages one unit sees it and the way to it", func(t *testing.T) {
		w := d.site.World
		manager, _ := w.Member(d.account, "chef@maraval.example")
		w.Must(w.Members.SeedGrants(t.Context(), d.account.ID, d.admin.User, []app.SeedGrant{{User: manager.User, Role: "manager", Unit: d.keys["Agence de Nantes"]}}))
		c := d.site.SignedIn(t, manager)
		p := c.Get(base + "?open=" + strings.TrimPrefix(d.at(t, "Maraval Location"), base+"/"))
		has(t, p, "Agence de Nantes", "Maraval Location")
		lacks(t, p, "Maraval Conseil", "helene.castaing@maraval.example")
		if got := c.Get(d.at(t, "Maraval Location")).Status; got != http.StatusNotFound {
			t.Errorf("the unit above: %d", got)
		}
		member, _ := w.Member(d.account, "camille@maraval.example")
		if got := d.site.SignedIn(t, member).Get(base).Status; got != http.StatusForbidden {
			t.Errorf("a plain member: %d", got)
		}
	})
}

func TestForms(t *testing.T) {
	d := fleet(t)
	t.Run("UNIT-1 the form offers what may stand there", func(t *testing.T) {
		p := d.Get(link(t, d.Get(d.at(t, "Maraval Location")), "Ajouter en dessous"))
		has(t, p, "Ajouter une unité", "Sous Groupe Maraval › Maraval France › Maraval Location", "Agence")
		if n := len(p.All("option")); n != 1 {
			t.Errorf("%d levels", n)
		}
		refused := p.Submit(base+"/new", "external", "VA-1")
		if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, `value="VA-1"`) || !strings.Contains(refused.Body, `aria-invalid`) {
			t.Errorf("without a name: status %d, or the form lost its text", refused.Status)
		}
		has(t, refused.Submit(base+"/new", "name", "Agence de Vannes").Follow(), "L’unité Agence de Vannes est ajoutée", "VA-1", "Incomplète, il manque")
	})
	t.Run("PLAN-4 a name is changed once, an older version is told", func(t *testing.T) {
		one := d.at(t, "Nacelles")
		p := d.Get(one + "/edit")
		has(t, p.Submit(one+"/edit", "name", "Nacelles Ouest").Follow(), "Nacelles Ouest")
		if got := p.Submit(one+"/edit", "name", "Grues"); got.Status != http.StatusConflict || !strings.Contains(got.Body, `value="Grues"`) {
			t.Errorf("status %d", got.Status)
		}
	})
	t.Run("the root keeps the account's name", func(t *testing.T) {
		root := d.at(t, "Groupe Maraval")
		p := d.Get(root + "/edit")
		has(t, p, "La racine porte le nom du compte", "disabled")
		has(t, p.Submit(root+"/edit", "external", "GM").Follow(), "GM")
		lacks(t, d.Get(root), "Archiver", "Déplacer")
	})
	t.Run("archived after asking, and restored", func(t *testing.T) {
		one := d.at(t, "Maraval Location")
		p := d.Get(one + "?ask=archive")
		has(t, p, "Archiver Maraval Location", "3 unités en dessous sont archivées avec elle")
		p = p.Submit(one + "/archive").Follow()
		has(t, p, "est archivée", "Archivée", "Rétablir")
		lacks(t, p, "Ajouter un utilisateur", "Déplacer")
		lacks(t, d.Get(base), "Maraval Location")
		has(t, d.Get(base+"?archived=1"), "Maraval Location", "Archivée", "montrées")
		has(t, p.Submit(one+"/restore").Follow(), "est rétablie", "Déplacer")
	})
	t.Run("addresses of nothing", func(t *testing.T) {
		for _, path := range []string{"/nothing", "/nothing/edit", "/nothing/move", "/new?under=nothing", "/" + strings.Repeat("x", 3000)} {
			if got := d.Get(base + path).Status; got != http.StatusNotFound {
				t.Errorf("%.20s: status %d", path, got)
			}
		}
		if got := d.Get(base + "?open=nothing&open=%00&skip=-9").Status; got != http.StatusUnprocessableEntity {
			t.Errorf("NUL: status %d", got)
		}
		has(t, d.Get(d.at(t, "Groupe Maraval")+"?skip=-9&after=none").Follow(), "Groupe Maraval")
	})
}

func TestMove(t *testing.T) {
	d := fleet(t)
	w := d.site.World
	manager, _ := w.Member(d.account, "karim.haddad@maraval.example")
	w.Must(w.Members.SeedGrants(t.Context(), d.account.ID, d.admin.User, []app.SeedGrant{{User: manager.User, Role: "manager", Unit: d.keys["Maraval Location"]}}))
	one := d.at(t, "Agence de Nantes")
	to := strings.TrimPrefix(d.at(t, "Maraval Conseil"), base+"/")
	t.Run("UNIT-4 first where to, then what changes, then it moves", func(t *testing.T) {
		p := d.Get(one + "/move")
		has(t, p, "Nouvel emplacement", "Maraval Conseil", "Rien n’est déplacé avant l’étape suivante")
		lacks(t, p, "Nacelles")
		p = d.Get(one + "/move?to=" + to)
		has(t, p, "Les droits d’une personne changent", "karim.haddad@maraval.example", "Gérer les utilisateurs", "1 unité en dessous suit")
		has(t, p.Submit(one+"/move").Follow(), "est déplacée", "Maraval Conseil")
		if again := p.Submit(one + "/move"); again.Status != http.StatusConflict {
			t.Errorf("sent twice: status %d", again.Status)
		}
	})
	t.Run("UNIT-4 never under itself", func(t *testing.T) {
		group := d.at(t, "Maraval France")
		p := d.Get(group + "/move?to=" + strings.TrimPrefix(one, base+"/"))
		has(t, p, "ne peut pas se placer sous elle-même")
		if p.Has("button.btn-primary") {
			t.Error("the button is there")
		}
	})
	t.Run("no place to go says so", func(t *testing.T) {
		has(t, d.Get(d.at(t, "Nacelles")+"/move"), "Aucun autre emplacement")
		has(t, d.Get(one+"/move?find=1&q=zzz&to="+to), "Aucun autre emplacement", `value="zzz"`)
	})
	t.Run("PLAN-4 another has changed what was confirmed", func(t *testing.T) {
		back := strings.TrimPrefix(d.at(t, "Maraval Location"), base+"/")
		p := d.Get(one + "/move?to=" + back)
		other, _ := w.Member(d.account, "autre@maraval.example")
		w.Must(w.Members.SeedGrants(t.Context(), d.account.ID, d.admin.User, []app.SeedGrant{{User: other.User, Role: "manager", Unit: d.keys["Maraval Location"]}}))
		if got := p.Submit(one + "/move"); got.Status != http.StatusConflict || !strings.Contains(got.Text(), "autre@maraval.example") {
			t.Errorf("status %d: %.200s", got.Status, got.Text())
		}
	})
}

func TestHome(t *testing.T) {
	d := fleet(t)
	w := d.site.World
	const members = "/accounts/204817/members"
	_, m := w.Member(d.account, "thibaut@maraval.example")
	_, n := w.Member(d.account, "maud@maraval.example")
	fleetUnit := strings.TrimPrefix(d.at(t, "Nacelles"), base+"/")
	t.Run("UNIT-5 several ticked get another unit", func(t *testing.T) {
		p := d.Get(members + "/bulk?act=home&member=" + m.UUID + "&member=" + n.UUID)
		has(t, p, "Changer l’unité de 2 membres", "Nacelles", "Groupe Maraval › Maraval France")
		if refused := p.Submit(members + "/bulk"); refused.Status != http.StatusUnprocessableEntity {
			t.Errorf("nothing chosen: status %d", refused.Status)
		}
		has(t, p.Submit(members+"/bulk", "home_set", fleetUnit).Follow(), "2 membres modifiés")
		has(t, d.Get(base+"/"+fleetUnit), "thibaut@maraval.example", "maud@maraval.example")
		has(t, d.Get(members+"?home="+fleetUnit), "Unité de rattachement", "Nacelles", "thibaut@maraval.example")
		lacks(t, d.Get(members+"?home="+fleetUnit), "helene.castaing@maraval.example")
	})
	t.Run("UNIT-5 the edit form changes one", func(t *testing.T) {
		form := members + "/" + m.UUID + "/edit"
		p := d.Get(form)
		has(t, p, "Unité de rattachement", "Agence de Nantes (Groupe Maraval › Maraval France › Maraval Location)")
		p.Submit(form, "unit", strings.TrimPrefix(d.at(t, "Agence de Nantes"), base+"/")).Follow()
		has(t, d.Get(d.at(t, "Agence de Nantes")), "thibaut@maraval.example")
		if got := d.Get(form).Submit(form, "unit", "nothing"); got.Status != http.StatusNotFound && got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a unit of nothing: status %d", got.Status)
		}
	})
}
