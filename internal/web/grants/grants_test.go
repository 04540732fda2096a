package grants_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/web/webtest"
)

// A tree is a fleet account with two groups and somebody in it.
type tree struct {
	*apptest.World
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
	karim   directory.Member
	ids     map[string]string
}

func newTree(t *testing.T) *tree {
	w := apptest.New(t, "sqlite")
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	f := &tree{World: w, site: webtest.New(t, w), account: account, ids: map[string]string{}}
	f.admin = w.Administrator(account, "helene.castaing@maraval.example")
	_, err = w.Accounts.SeedUnits(w.Context(), account.ID, []app.SeedUnit{{Name: "Nord", Level: "group"},
		{Name: "Nord Location", Level: "company", Under: "Nord"}, {Name: "Lille", Level: "location", Under: "Nord Location"}, {Name: "Sud", Level: "group"}})
	w.Must(err)
	_, f.karim = w.Member(account, "karim.haddad@maraval.example")
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		units, err := r.Units(w.Context(), account.ID)
		for _, u := range units {
			f.ids[u.Name] = u.UUID
		}
		return err
	}))
	return f
}

func (f *tree) person() string { return "/accounts/204817/members/" + f.karim.UUID + "/rights" }

func (f *tree) holds(t *testing.T) []string {
	t.Helper()
	shown, err := f.Grants.Of(t.Context(), f.admin, f.account.ID, f.karim.UUID, app.GrantView{})
	f.Must(err)
	held := []string{}
	for _, u := range shown.Units {
		for _, h := range u.Here {
			held = append(held, h.Role.Code+" at "+u.Unit.Name)
		}
	}
	return held
}

func TestPersonsRoles(t *testing.T) { // ROLE-2, ROLE-3
	t.Parallel()
	f := newTree(t)
	c := f.site.SignedIn(t, f.admin)
	nord := "role_" + f.ids["Nord"]
	t.Run("ROLE-3 what is missing is said, and keeps nobody from saving", func(t *testing.T) {
		p := c.Get(f.person())
		if p.Status != http.StatusOK || !strings.Contains(p.Text(), "Il manque un rôle au niveau") {
			t.Fatalf("%d: %s", p.Status, p.Text())
		}
		saved := p.Submit(f.person(), "act", "save")
		if saved.Status != http.StatusSeeOther || !strings.Contains(saved.Follow().Text(), "Il manque un rôle au niveau") {
			t.Errorf("%d: %s", saved.Status, saved.Text())
		}
	})
	t.Run("ROLE-2 a preview without script shows what a choice adds, and keeps it", func(t *testing.T) {
		p := c.Get(f.person()).Submit(f.person(), nord, "fleet-manager", "pick", f.ids["Lille"], "pick_role", "purchase-approver", "act", "preview")
		text := p.Text()
		if p.Status != http.StatusOK || !strings.Contains(text, "déjà tenu par Utilisateur de base (Instance) et Gestionnaire de parc (Nord)") || !strings.Contains(text, "Gestionnaire de parc ajoute") {
			t.Errorf("%d: %s", p.Status, text)
		}
		if got := f.holds(t); !slices.Equal(got, []string{"basic-user at Groupe Maraval"}) {
			t.Errorf("a preview changed: %v", got)
		}
		if p.Submit(f.person(), "act", "save").Status != http.StatusSeeOther {
			t.Error("not saved from the preview")
		}
		if got := f.holds(t); len(got) != 3 {
			t.Errorf("holds %v", got)
		}
	})
	t.Run("PLAN-4 a form that another has overtaken is refused", func(t *testing.T) {
		old := c.Get(f.person())
		if c.Get(f.person()).Submit(f.person(), nord, "purchase-approver", "act", "save").Status != http.StatusSeeOther {
			t.Fatal("not saved")
		}
		late := old.Submit(f.person(), nord, "basic-user", "act", "save")
		if late.Status != http.StatusConflict {
			t.Errorf("late form: %d", late.Status)
		}
	})
	t.Run("units are sought by name, and nothing is lost by it", func(t *testing.T) {
		p := c.Get(f.person()).Submit(f.person(), "unit_search", "\u202egrues", "act", "search")
		if p.Status != http.StatusOK || len(f.holds(t)) != 3 {
			t.Errorf("%d, holds %v", p.Status, f.holds(t))
		}
	})
	t.Run("bad input is refused, not broken", func(t *testing.T) {
		for _, pairs := range [][]string{
			{"unit_shown", "nothing", "role_nothing", "basic-user", "act", "save"}, {"unit_shown", "", "general_role", "emperor", "act", "save"},
			{"unit_shown", strings.Repeat("x", 70_000), "act", "save"},
		} {
			if got := c.Post(f.person(), pairs...).Status; got < 400 || got >= 500 {
				t.Errorf("%.60v: %d", pairs, got)
			}
		}
	})
}

func TestUnitsRoles(t *testing.T) { // ROLE-7
	t.Parallel()
	f := newTree(t)
	c := f.site.SignedIn(t, f.admin)
	at := "/accounts/204817/units/" + f.ids["Nord"] + "/rights"
	t.Run("ROLE-7 tick people, choose a role and several units", func(t *testing.T) {
		empty := c.Post(at, "role", "fleet-manager", "unit", f.ids["Nord"])
		if empty.Status != http.StatusUnprocessableEntity || !strings.Contains(empty.Text(), "Cochez") {
			t.Errorf("nobody ticked: %d", empty.Status)
		}
		if got := c.Post(at, "member", f.karim.UUID, "role", "", "unit", f.ids["Nord"]).Status; got != http.StatusUnprocessableEntity {
			t.Errorf("no role: %d", got)
		}
		done := c.Post(at, "member", f.karim.UUID, "role", "fleet-manager", "unit", f.ids["Nord"], "unit", f.ids["Sud"])
		if done.Status != http.StatusSeeOther || !strings.Contains(done.Follow().Text(), "2 rôles attribués") {
			t.Errorf("%d", done.Status)
		}
		nothing := c.Post(at, "member", f.karim.UUID, "role", "purchase-approver", "unit", f.ids["Lille"])
		if nothing.Status != http.StatusOK || !strings.Contains(nothing.Text(), "n’ajoute rien") {
			t.Errorf("adds nothing: %d", nothing.Status)
		}
	})
	t.Run("the page lists who holds what, and takes back", func(t *testing.T) {
		p := c.Get(at)
		if !strings.Contains(p.Text(), "Gestionnaire de parc") || !strings.Contains(p.Text(), "Venus d’en haut") {
			t.Errorf("%s", p.Text())
		}
		if back := p.Submit(at + "/end"); back.Status != http.StatusSeeOther || len(f.holds(t)) != 3 {
			t.Errorf("taken back: %d, holds %v", back.Status, f.holds(t))
		}
	})
	t.Run("ROLE-7 the members' table gives a role to many", func(t *testing.T) {
		bulk := c.Get("/accounts/204817/members/bulk?act=grant&all=1")
		done := bulk.Submit("/accounts/204817/members/bulk", "grant_role", "purchase-approver", "grant_unit", f.ids["Sud"])
		if done.Status != http.StatusSeeOther {
			t.Errorf("%d: %s", done.Status, done.Text())
		}
	})
	t.Run("of another part nothing is shown", func(t *testing.T) {
		for _, path := range []string{"/accounts/204817/units/nothing/rights", "/accounts/204817/members/nothing/rights"} {
			if got := c.Get(path).Status; got != http.StatusNotFound {
				t.Errorf("%s: %d", path, got)
			}
		}
	})
}

func TestSomebodyNew(t *testing.T) { // UNIT-5, ROLE-3
	t.Parallel()
	f := newTree(t)
	c := f.site.SignedIn(t, f.admin)
	const form = "/accounts/204817/members/new"
	typed := []string{"email", "ana.neuve@maraval.example", "user_name", "ana.neuve", "language", "fr", "password", "Chantier-2026-bleu",
		"unit", f.ids["Lille"], "role_" + f.ids["Nord"], "fleet-manager"}
	preview := c.Get(form+"?unit="+f.ids["Lille"]).Submit(form, append(typed, "act", "preview")...)
	if preview.Status != http.StatusOK || !strings.Contains(preview.Text(), "Gestionnaire de parc ajoute") {
		t.Fatalf("preview: %d: %s", preview.Status, preview.Text())
	}
	saved := preview.Submit(form, append(typed, "act", "save")...)
	if saved.Status != http.StatusSeeOther || !strings.Contains(saved.Follow().Text(), "Inviter") {
		t.Fatalf("save: %d: %s", saved.Status, saved.Text())
	}
	page, err := f.Members.List(t.Context(), f.admin, f.account.ID, app.MemberQuery{Search: "ana.neuve"})
	f.Must(err)
	shown, err := f.Grants.Of(t.Context(), f.admin, f.account.ID, page.Rows[0].UUID, app.GrantView{})
	f.Must(err)
	if shown.Home.Name != "Lille" || shown.Grants != 2 || page.Rows[0].Status != directory.NotInvited {
		t.Errorf("home %q, %d grants, %s", shown.Home.Name, shown.Grants, page.Rows[0].Status)
	}
}
