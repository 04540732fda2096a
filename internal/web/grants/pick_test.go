package grants_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/store"
	"intendant/internal/web/webtest"
)

// TestManyUnits gives one role at several of many units, sought by name: the form
// shows what is held and no choice for each unit there is.
func TestManyUnits(t *testing.T) { // ROLE-2, ROLE-7, ROLE-10
	t.Parallel()
	f := newTree(t)
	var rows []app.SeedUnit
	for i := range 60 {
		rows = append(rows, app.SeedUnit{Name: fmt.Sprintf("Secteur %02d", i), Level: "group"})
	}
	ids := map[string]string{}
	_, err := f.Accounts.SeedUnits(t.Context(), f.account.ID, rows)
	f.Must(err)
	f.Must(f.DB.View(t.Context(), func(r *store.Reader) error {
		units, err := r.Units(t.Context(), f.account.ID)
		for _, u := range units {
			ids[u.Name] = u.UUID
		}
		return err
	}))
	c := f.site.SignedIn(t, f.admin)
	one, other := ids["Secteur 07"], ids["Secteur 41"]
	t.Run("ROLE-7 what is held stands first, the rest is sought", func(t *testing.T) {
		p := c.Get(f.person())
		if n := choices(p); n != 0 {
			t.Errorf("%d choices for units at which nothing is held", n)
		}
		if n := len(p.All("input[name=pick]")); n != 8 || !p.Has("input[name=unit_search]") {
			t.Errorf("%d units are offered to tick", n)
		}
		found := p.Submit(f.person(), "unit_search", "secteur", "act", "search")
		if n := len(found.All("input[name=pick]")); n != 50 || !strings.Contains(found.Text(), "60 unités trouvées") {
			t.Errorf("%d units are found: %s", n, found.Text())
		}
	})
	t.Run("Enter in the search saves nothing", func(t *testing.T) {
		p := c.Get(f.person()).Submit(f.person(), "general_role", "fleet-manager", "unit_search", "07", "act", "save")
		if p.Status != http.StatusOK || !p.Has("input[name=pick][value='"+one+"']") || !p.Has("option[value=fleet-manager][selected]") {
			t.Errorf("status %d", p.Status)
		}
		if got := f.holds(t); !slices.Equal(got, []string{"basic-user at Groupe Maraval"}) {
			t.Errorf("holds %v", got)
		}
	})
	t.Run("ticked without a role is refused at its field, and stays ticked", func(t *testing.T) {
		p := c.Get(f.person()).Submit(f.person(), "pick", one, "act", "save")
		if p.Status != http.StatusUnprocessableEntity || !p.Has("#f-pick_role[aria-invalid]") || !p.Has("input[name=pick][value='"+one+"'][checked]") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
		if p := c.Get(f.person()).Submit(f.person(), "pick_role", "manager", "act", "pick"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), "Aucune unité n’est cochée") {
			t.Errorf("status %d: %s", p.Status, p.Text())
		}
	})
	t.Run("ROLE-7 several units in one act, ROLE-2, ROLE-10 with what it adds and what does not count", func(t *testing.T) {
		chosen := c.Get(f.person()).Submit(f.person(), "pick", one, "pick", other, "pick", f.ids["Lille"], "pick_role", "fleet-manager", "act", "pick")
		for _, text := range []string{"Secteur 07", "Secteur 41", "Gestionnaire de parc ajoute", "Ne compte pas à ce niveau"} {
			if !strings.Contains(chosen.Text(), text) {
				t.Errorf("lacks %q: %s", text, chosen.Text())
			}
		}
		if got := f.holds(t); len(got) != 1 {
			t.Errorf("given before it is saved: %v", got)
		}
		if saved := chosen.Submit(f.person(), "act", "save"); saved.Status != http.StatusSeeOther || !strings.Contains(saved.Follow().Text(), "3 rôles attribués") {
			t.Errorf("status %d", saved.Status)
		}
		if n := choices(c.Get(f.person())); n != 6 { // what is held, and folded under each one more
			t.Errorf("%d choices at units, want 6", n)
		}
	})
}

// choices is how many choices at units a page has, that of the account left out.
func choices(p *webtest.Page) int {
	n := 0
	for _, choice := range p.All("select") {
		if strings.HasPrefix(choice.Attr("name"), "role_") {
			n++
		}
	}
	return n
}
