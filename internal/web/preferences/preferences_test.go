package preferences_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/webtest"
)

// A world is an account of the fleet type with a small tree, its administrator,
// and a member who stands in one agency.
type world struct {
	*apptest.World
	site          *webtest.Site
	account       directory.Account
	units         map[string]directory.UnitID
	administrator authz.Actor
	member        authz.Actor
	uuid          string // of the member
}

const at = "/accounts/204817"

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{World: apptest.New(t, "sqlite")}
	w.site = webtest.New(t, w.World)
	var err error
	w.account, err = w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{
		Number: "204 817", Name: "Groupe Maraval", Type: "fleet", ServiceLevel: "contract", Language: "fr",
		Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	w.administrator = w.Administrator(w.account, "helene.castaing@maraval.example")
	w.units, err = w.Accounts.SeedUnits(w.Context(), w.account.ID, []app.SeedUnit{
		{Name: "Nord", Level: "group"}, {Name: "Nord SA", Level: "company", Under: "Nord"}, {Name: "Lille", Level: "location", Under: "Nord SA"},
		{Name: "Camions", Level: "fleet", Under: "Lille"}, {Name: "Engins", Level: "fleet", Under: "Lille"}, {Name: "Grues", Level: "fleet", Under: "Lille"},
		{Name: "Sud", Level: "group"},
	})
	w.Must(err)
	var m directory.Member
	w.member, m = w.Member(w.account, "camille.aubrac@maraval.example")
	w.uuid = m.UUID
	return w
}

// rows are the units of the order as the page shows them.
func rows(p *webtest.Page) string {
	var names []string
	for _, row := range p.All("tr") {
		if head := row.All("th"); len(head) == 1 && row.Has("input[type=number]") {
			names = append(names, strings.Fields(head[0].Text())[0])
		}
	}
	return strings.Join(names, " ")
}

// TestPreferencesPage goes through a person's own preferences as source D tells
// them: the first screen opens after signing in, in the chosen language.
func TestPreferencesPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.site.SignedIn(t, w.member)
	page := c.Get("/profile/preferences")
	if page.Status != http.StatusOK || !strings.Contains(page.Text(), "Écran d’ouverture") || strings.Contains(page.Text(), "Parc de retour") {
		t.Fatalf("status %d: %s", page.Status, page.Text())
	}
	t.Run("PREF-1 the screen after sign-in opens", func(t *testing.T) {
		if got := c.Get("/").Location; got != at {
			t.Errorf("at first %q", got)
		}
		set := page.Submit("/profile/preferences", "choice.start-screen", "planning")
		if set.Status != http.StatusSeeOther || !strings.HasSuffix(set.Location, "?account=204817") {
			t.Fatalf("status %d to %q: %s", set.Status, set.Location, set.Text())
		}
		if text := set.Follow().Text(); !strings.Contains(text, "Choisi par vous") {
			t.Errorf("then: %s", text)
		}
		home := c.Get("/")
		if home.Location != at+"/start" {
			t.Fatalf("home leads to %q", home.Location)
		}
		if text := home.Follow().Text(); !strings.Contains(text, "Vous avez choisi « Planification »") {
			t.Errorf("the screen says: %s", text)
		}
	})
	t.Run("PREF-2 in the chosen language", func(t *testing.T) {
		w.Must(w.Users.SetLanguage(w.Context(), w.member, "nl"))
		if text := c.Get("/").Follow().Text(); !strings.Contains(text, "U koos ‘Planning’") {
			t.Errorf("the screen says: %s", text)
		}
		w.Must(w.Users.SetLanguage(w.Context(), w.member, "fr"))
	})
	t.Run("PLAN-4 a form made on an older version", func(t *testing.T) {
		if stale := page.Submit("/profile/preferences", "choice.start-screen", "reservations"); stale.Status != http.StatusConflict {
			t.Errorf("status %d, want 409", stale.Status)
		}
	})
	t.Run("PREF-1 a required one emptied comes back with the sentence", func(t *testing.T) {
		refused := c.Get("/profile/preferences").Submit("/profile/preferences", "choice.start-screen", "")
		if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Text(), "Ce champ est obligatoire") {
			t.Errorf("status %d: %s", refused.Status, refused.Text())
		}
	})
}

func TestPreferenceOrderPage(t *testing.T) { // PREF-1
	t.Parallel()
	w := newWorld(t)
	c := w.site.SignedIn(t, w.member)
	const form = "/profile/preferences"
	page := c.Get("/profile/preferences")
	if got, want := rows(page), "Camions Engins Grues"; got != want {
		t.Fatalf("rows %q, want %q", got, want)
	}
	ids := map[string]string{}
	for _, row := range page.All("tr") {
		if row.Has("input[type=number]") {
			for _, input := range row.All("input") {
				if input.Attr("name") == "unit.fleet-order" {
					ids[strings.Fields(row.All("th")[0].Text())[0]] = input.Attr("value")
				}
			}
		}
	}
	t.Run("PREF-1 a step up, without a script", func(t *testing.T) {
		page = page.Submit(form, "move", "up:"+ids["Grues"]).Follow()
		if got, want := rows(page), "Camions Grues Engins"; got != want {
			t.Errorf("rows %q, want %q", got, want)
		}
	})
	t.Run("PREF-1 numbers and ticks", func(t *testing.T) {
		send := []string{"account", "204817", "preference", "fleet-order", "version.fleet-order", "2", "tick.fleet-order", ids["Engins"]}
		for i, name := range []string{"Camions", "Grues", "Engins"} {
			send = append(send, "unit.fleet-order", ids[name], "place.fleet-order", strconv.Itoa(3-i))
		}
		saved := c.Post(form, send...)
		if saved.Status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", saved.Status, saved.Text())
		}
		page = saved.Follow()
		if got, want := rows(page), "Engins Grues Camions"; got != want || !strings.Contains(page.Text(), "1 cochée d’avance") {
			t.Errorf("rows %q, want %q", got, want)
		}
	})
	for _, test := range []struct {
		name  string
		pairs []string
		want  int
	}{
		{"a place that is no number", []string{"unit.fleet-order", ids["Engins"], "place.fleet-order", "first"}, http.StatusUnprocessableEntity},
		{"a unit without place", []string{"unit.fleet-order", ids["Engins"]}, http.StatusUnprocessableEntity},
		{"another account's unit", []string{"unit.fleet-order", "0196f3b0-0000-7000-8000-000000000000", "place.fleet-order", "1"}, http.StatusUnprocessableEntity},
		{"NUL", []string{"unit.fleet-order", "a\x00b", "place.fleet-order", "1"}, http.StatusUnprocessableEntity},
		{"long", []string{"unit.fleet-order", strings.Repeat("x", 70_000), "place.fleet-order", "1"}, http.StatusUnprocessableEntity},
		{"another account", []string{"account", "117402", "unit.fleet-order", ids["Engins"], "place.fleet-order", "1"}, http.StatusNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := c.Post(form, append([]string{"preference", "fleet-order", "version.fleet-order", "3"}, test.pairs...)...); got.Status != test.want {
				t.Errorf("status %d, want %d: %s", got.Status, test.want, got.Text())
			}
		})
	}
	t.Run("an unknown preference", func(t *testing.T) {
		if got := c.Post(form, "preference", "colour", "choice.colour", "red", "version.colour", "1"); got.Status != http.StatusNotFound {
			t.Errorf("status %d", got.Status)
		}
	})
}

func TestMemberPreferencesPage(t *testing.T) { // PREF-1
	t.Parallel()
	w := newWorld(t)
	c := w.site.SignedIn(t, w.administrator)
	path := at + "/members/" + w.uuid + "/preferences"
	set := c.Get(path).Submit(path, "choice.unassigned-contracts", "top")
	if set.Status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", set.Status, set.Text())
	}
	if text := w.site.SignedIn(t, w.member).Get("/profile/preferences").Text(); !strings.Contains(text, "Choisi par") {
		t.Errorf("the member reads: %s", text)
	}
	t.Run("HIST-1 in the words of the catalogue", func(t *testing.T) {
		if text := c.Get(at + "/history").Text(); !strings.Contains(text, "Contrats sans ressource dans la planification") || !strings.Contains(text, "En haut") {
			t.Errorf("history: %s", text)
		}
	})
	t.Run("a member without the right", func(t *testing.T) {
		if got := w.site.SignedIn(t, w.member).Get(at + "/members/" + w.uuid + "/preferences"); got.Status != http.StatusOK {
			t.Errorf("their own: %d", got.Status) // by whatever address
		}
	})
	t.Run("somebody who is not there", func(t *testing.T) {
		if got := c.Get(at + "/members/nobody/preferences"); got.Status != http.StatusNotFound {
			t.Errorf("status %d", got.Status)
		}
	})
}

// TestUnitFilterPages follows the filter by unit through the table of members
// and the history, with what is ticked beforehand and without.
func TestUnitFilterPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	users, err := w.Members.Seed(w.Context(), w.account.ID, []app.SeedMember{{Status: directory.Active, Unit: w.units["Engins"],
		User: directory.User{Email: "engins@maraval.example", UserName: "engins@maraval.example", First: "Paul", Last: "Engins", Language: "fr"}}})
	w.Must(err)
	if len(users) != 1 {
		t.Fatal(users)
	}
	c := w.site.SignedIn(t, w.administrator)
	engins := ""
	for _, box := range c.Get(at + "/members").All("label") {
		if strings.TrimSpace(box.Text()) == "Engins" {
			engins = box.All("input")[0].Attr("value")
		}
	}
	if engins == "" {
		t.Fatal("the table offers no unit Engins")
	}
	total := func(path string) int {
		t.Helper()
		page := c.Get(path)
		if page.Status != http.StatusOK {
			t.Fatalf("%s: status %d: %s", path, page.Status, page.Text())
		}
		n := 0
		for _, row := range page.All("tbody tr") {
			if row.Has("th") {
				n++
			}
		}
		return n
	}
	t.Run("PREF-1 chosen in the address", func(t *testing.T) {
		if all, some := total(at+"/members"), total(at+"/members?unit="+engins); all != 3 || some != 1 {
			t.Errorf("all %d, of Engins %d", all, some)
		}
	})
	t.Run("PREF-1 ticked beforehand, and taken off", func(t *testing.T) {
		w.Must(w.Preferences.Set(w.Context(), w.administrator, w.account.ID, "", app.PreferenceChange{ID: "fleet-order",
			Value: directory.PreferenceValue{Ticked: []string{engins}}}))
		page := c.Get(at + "/members")
		if got := total(at + "/members"); got != 1 || !strings.Contains(page.Text(), "Unités, cochées d’avance") {
			t.Fatalf("rows %d: %s", got, page.Text())
		}
		off := ""
		for _, link := range page.All("a") {
			if strings.Contains(link.Attr("aria-label"), "cochées d’avance") {
				off = link.Attr("href")
			}
		}
		if got := total(off); got != 3 {
			t.Errorf("%s: rows %d, want 3", off, got)
		}
	})
	t.Run("HIST-2 history by unit, and its export", func(t *testing.T) {
		whole, part := c.Get(at+"/history?unit=all").All("li.in-event"), c.Get(at+"/history?unit="+engins).All("li.in-event")
		if len(part) == 0 || len(part) >= len(whole) {
			t.Errorf("of Engins %d of %d entries", len(part), len(whole))
		}
		form := at + "/history/export?unit=" + engins
		run := c.Get(form).Submit(form, "format", "csv")
		file := c.Get(run.Location + "/file")
		if lines := strings.Count(file.Body, "\n"); file.Status != http.StatusOK || lines < 2 || lines > 20 {
			t.Errorf("export: status %d, %d lines", file.Status, lines)
		}
	})
	t.Run("bad input", func(t *testing.T) {
		for _, value := range []string{strings.Repeat("x", 20_000), "%00", "nothing"} {
			if got := c.Get(at + "/members?unit=" + url.QueryEscape(value)); got.Status != http.StatusOK {
				t.Errorf("unit %.10q: status %d", value, got.Status)
			}
		}
		if got := c.Get(at + "/members?unit=" + engins + "&units=" + url.QueryEscape("GRU")); !strings.Contains(got.Text(), "1 unité trouvée sur 7") {
			t.Errorf("search: %s", got.Text())
		}
	})
}
