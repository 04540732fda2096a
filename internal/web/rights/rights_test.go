package rights_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/htmlcheck"
	"intendant/internal/web/webtest"
)

const at = "/accounts/204817/rights"

// An office is an administrator's browser on an account with a tree, and a
// manager in it.
type office struct {
	*webtest.Client
	site    *webtest.Site
	account directory.Account
	admin   authz.Actor
	karim   authz.Actor
	member  directory.Member
	units   map[string]directory.UnitID
}

func open(t *testing.T, rows ...app.SeedUnit) office {
	t.Helper()
	w := apptest.New(t, "sqlite")
	o := office{site: webtest.New(t, w), account: w.Account("204817")}
	o.admin = w.Administrator(o.account, "helene.castaing@maraval.example")
	o.karim, o.member = w.Member(o.account, "karim.haddad@maraval.example")
	var err error
	rows = append([]app.SeedUnit{{Name: "Nord", Level: "office"}, {Name: "Lille", Level: "office", Under: "Nord"},
		{Name: "Gare", Level: "office", Under: "Lille"}, {Name: "Sud", Level: "office"}}, rows...)
	o.units, err = w.Accounts.SeedUnits(t.Context(), o.account.ID, rows)
	w.Must(err)
	w.Must(w.Members.SeedGrants(t.Context(), o.account.ID, o.admin.User, []app.SeedGrant{
		{User: o.karim.User, Role: "manager", Unit: o.units["Nord"]}, {User: o.karim.User, Role: "basic-user", Unit: o.units[""]},
		{User: o.karim.User, Role: "basic-user", Unit: o.units["Gare"]}}))
	o.Client = o.site.SignedIn(t, o.admin)
	return o
}

// unit is the public id of a unit.
func (o office) unit(t *testing.T, name string) string {
	t.Helper()
	tree, err := o.site.App.Reasons.Tree(t.Context(), o.admin, o.account.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range tree.Units {
		if u.ID == o.units[name] {
			return u.UUID
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
		if !strings.Contains(p.Text(), text) {
			t.Errorf("page lacks %q", text)
		}
	}
}

// drawn are the names of the units in the drawing.
func drawn(p *webtest.Page) map[string]htmlcheck.Node {
	boxes := map[string]htmlcheck.Node{}
	for _, a := range p.All("a") {
		if strings.HasPrefix(a.Attr("id"), "u-") {
			for _, title := range a.All("title") {
				name, _, _ := strings.Cut(title.Text(), " (")
				boxes[name] = a
			}
		}
	}
	return boxes
}

func TestTree(t *testing.T) { // ROLE-9
	t.Parallel()
	o := open(t)
	whose := at + "?person=" + o.member.UUID
	t.Run("ROLE-1, ROLE-2 the drawing and the list say what is held, what flows and what adds nothing", func(t *testing.T) {
		p := o.Get(whose)
		has(t, p, "Qui peut quoi", "Gestionnaire", "hérite de Gestionnaire", "Utilisateur de base n’ajoute rien", "3 attributions", "3 unités gérées sur 5",
			"N’ajoute rien", "helene castaing")
		boxes := drawn(p)
		for unit, class := range map[string]string{"Nord": "t-node--here", "Lille": "t-node--in", "Gare": "t-node--in", "Compte 204817": "t-node--base"} {
			if box, ok := boxes[unit]; !ok || !strings.Contains(box.All("rect")[0].Attr("class"), class) {
				t.Errorf("%s is not drawn as %s", unit, class)
			}
		}
		if n := strings.Count(p.Body, `class="t-flow"`); n != 3 { // two lines and the key
			t.Errorf("%d thick lines, want 2 and the key", n)
		}
	})
	t.Run("the names of the levels stay in sight beside a drawing that is moved sideways, and stand once in one that fits", func(t *testing.T) {
		wide, fits := o.Get(whose+"&zoom=150"), o.Get(whose)
		names := wide.All(".in-treeview .in-tree__names text")
		if len(names) == 0 || len(names) != len(wide.All("#tree-drawing .t-lvl")) || names[0].Text() != fits.All("#tree-drawing .t-lvl")[0].Text() {
			t.Errorf("%d names beside the wide drawing, %d in it", len(names), len(wide.All("#tree-drawing .t-lvl")))
		}
		if fits.Has(".in-tree__names") {
			t.Error("names beside a drawing that fits")
		}
	})
	t.Run("a branch closes and opens by its address", func(t *testing.T) {
		nord := o.unit(t, "Nord")
		closed := o.Get(whose + "&closed=" + nord)
		if _, drawn := drawn(closed)["Lille"]; drawn {
			t.Error("Lille is drawn under a closed branch")
		}
		has(t, closed, "+ 1 agence", "3 unités dessinées sur 5")
		for _, a := range closed.All("a") {
			if a.Attr("id") == "s-"+nord {
				if _, back := drawn(o.Get(a.Attr("href")))["Lille"]; !back {
					t.Errorf("%s does not open the branch", a.Attr("href"))
				}
				return
			}
		}
		t.Error("nothing opens the branch")
	})
	t.Run("a search leads to the person, or to a choice of people", func(t *testing.T) {
		if p := o.Get(at + "?who=haddad"); p.Location != whose {
			t.Errorf("leads to %q, want %q", p.Location, whose)
		}
		has(t, o.Get(at+"?who=maraval"), "2 personnes correspondent", "karim.haddad@maraval.example")
		has(t, o.Get(at+"?who=personne-de-ce-nom"), "Personne ne correspond")
	})
	t.Run("a search leads to the unit", func(t *testing.T) {
		if p := o.Get(whose + "&find=gare"); !strings.Contains(p.Location, "unit="+o.unit(t, "Gare")) {
			t.Errorf("leads to %q", p.Location)
		}
		has(t, o.Get(at+"?find=zzz"), "Aucune unité ne correspond")
		has(t, o.Get(at+"?find=e"), "unités correspondent")
	})
	t.Run("sizes stand in the address", func(t *testing.T) {
		p := o.Get(whose + "&zoom=200")
		if !strings.Contains(p.Body, `width="1424"`) {
			t.Error("the drawing is not twice as large")
		}
	})
}

func TestTreeWalls(t *testing.T) { // LIST-8, USER-5
	t.Parallel()
	o := open(t)
	lea, member := o.site.World.Member(o.account, "lea.fontanel@maraval.example")
	own := o.site.SignedIn(t, lea)
	t.Run("LIST-8 who may not view members sees their own rights only", func(t *testing.T) {
		p := own.Get(at)
		has(t, p, "ne tient aucun rôle ici")
		if strings.Contains(p.Body, `name="who"`) {
			t.Error("a chooser of people is shown")
		}
		for _, path := range []string{at, at + "/why"} {
			if got := own.Get(path + "?person=" + o.member.UUID).Status; got != http.StatusNotFound {
				t.Errorf("%s: status %d, want 404", path, got)
			}
		}
	})
	t.Run("what was never there", func(t *testing.T) {
		long := strings.Repeat("é", 7_000) // as much as an address may hold
		for _, query := range []string{"person=" + url.QueryEscape(long), "person=00000000-0000-4000-8000-000000000000"} {
			if got := o.Get(at + "?" + query).Status; got != http.StatusNotFound {
				t.Errorf("%.40s: status %d, want 404", query, got)
			}
		}
		for _, query := range []string{"who=" + url.QueryEscape(long), "find=" + url.QueryEscape(long), "open=x&from=-9&closed=y&zoom=7&unit=z",
			"open=" + o.unit(t, "Nord") + "&from=99999999999999999999", "all=1&zoom=50"} {
			has(t, o.Get(at+"?"+query))
		}
	})
	t.Run("USER-5 nobody else finds it", func(t *testing.T) {
		stranger := o.site.SignedIn(t, o.site.World.Person("ophelie@atelier.example"))
		for _, path := range []string{at, at + "/why"} {
			if got := stranger.Get(path).Status; got != http.StatusNotFound {
				t.Errorf("%s: status %d, want 404", path, got)
			}
		}
	})
	t.Run("VEND-2 staff without a place choose a person first", func(t *testing.T) {
		_ = member
		has(t, o.Get(at), "Compte 204817")
	})
}

func TestWhy(t *testing.T) { // ROLE-9
	t.Parallel()
	o := open(t)
	ask := func(permission, unit string) string {
		return at + "/why?person=" + o.member.UUID + "&permission=" + permission + "&unit=" + o.unit(t, unit)
	}
	t.Run("ROLE-9 a yes and the way to it", func(t *testing.T) {
		has(t, o.Get(ask("members.manage", "Lille")), "Oui", "peut gérer les utilisateurs à", "Grâce à Gestionnaire (Nord).", "comprend ce droit. Attribué par",
			"Agence, ici", "1 attribution sur 2 donne ce droit", "À tous les niveaux")
	})
	t.Run("ROLE-9 a no, where it is held and who could give it", func(t *testing.T) {
		p := o.Get(ask("members.manage", "Sud"))
		has(t, p, "Non", "ne peut pas gérer les utilisateurs à", "1 autre endroit", "Tenu ailleurs", "Nord", "Qui peut y remédier", "Vous")
		if strings.Contains(p.Body, "mailto:helene") {
			t.Error("the reader is asked to write to herself")
		}
	})
	t.Run("ROLE-10 where a permission counts", func(t *testing.T) {
		has(t, o.Get(ask("roles.manage", "Gare")), "Attribué à ce seul niveau")
	})
	t.Run("a member asks about themselves", func(t *testing.T) {
		p := o.site.SignedIn(t, o.karim).Get(at + "/why?permission=account.manage")
		has(t, p, "Vous ne pouvez pas régler le compte", "helene castaing")
	})
	t.Run("all that is possible somewhere", func(t *testing.T) {
		has(t, o.Get(at+"/why?person="+o.member.UUID+"&unit="+o.unit(t, "Lille")), "Ce que", "Gérer les utilisateurs")
	})
	t.Run("names that are written are found", func(t *testing.T) {
		if p := o.Get(at + "/why?who=haddad&permission=members.manage"); p.Location != at+"/why?permission=members.manage&person="+o.member.UUID {
			t.Errorf("leads to %q", p.Location)
		}
	})
	t.Run("what was never there", func(t *testing.T) {
		for query, status := range map[string]int{"permission=members.eat": 422, "unit=nowhere": 422, "person=nobody": 404,
			"permission=" + strings.Repeat("x", 10_000): 422} {
			if got := o.Get(at + "/why?" + query).Status; got != status {
				t.Errorf("%.40s: status %d, want %d", query, got, status)
			}
		}
	})
}

// TestWideTree draws an account with many units: no more is drawn than a page
// can bear, the rest is counted, and everything has a way in.
func TestWideTree(t *testing.T) { // ROLE-9
	t.Parallel()
	var rows []app.SeedUnit
	for i := range 900 {
		rows = append(rows, app.SeedUnit{Name: fmt.Sprintf("Agence %03d", i), Level: "office", Under: "Sud"})
	}
	o := open(t, rows...)
	p := o.Get(at + "?all=1&person=" + o.member.UUID)
	if n := len(drawn(p)); n < 25 || n > 180 {
		t.Errorf("%d units are drawn", n)
	}
	if len(p.Body) > 600_000 {
		t.Errorf("the page takes %d bytes", len(p.Body))
	}
	has(t, p, "sur 905")
	p = o.Get(at + "?open=" + o.unit(t, "Sud") + "&from=480")
	if _, ok := drawn(p)["Agence 480"]; !ok {
		t.Error("a part of a wide branch is not drawn where it was asked for")
	}
	if p := o.Get(at + "?find=agence+777"); !strings.Contains(p.Location, "unit=") {
		t.Errorf("a unit of a wide branch is not found: %q", p.Location)
	} else if _, ok := drawn(o.Get(strings.SplitN(p.Location, "#", 2)[0]))["Agence 777"]; !ok {
		t.Error("the unit that was found is not drawn")
	}
	has(t, o.Get(at+"/why?permission=members.manage&at=agence+777&unit="+o.unit(t, "Nord")).Follow(), "Agence 777")
}

// TestTreeOpensAtGrants looks where the drawing and the keyboard begin, and how
// the links that fold are told from those that lead to a unit.
func TestTreeOpensAtGrants(t *testing.T) { // ROLE-9
	t.Parallel()
	o := open(t)
	whose := at + "?person=" + o.member.UUID
	begins := func(p *webtest.Page) []string {
		var ids []string
		for _, a := range p.All("#tree-drawing a[data-start]") {
			ids = append(ids, a.Attr("id"))
		}
		return ids
	}
	if got, want := begins(o.Get(whose)), []string{"u-" + o.unit(t, "Nord")}; !slices.Equal(got, want) {
		t.Errorf("opens at %v, want where a role is held: %v", got, want)
	}
	if got, want := begins(o.Get(whose+"&unit="+o.unit(t, "Sud"))), []string{"u-" + o.unit(t, "Sud")}; !slices.Equal(got, want) {
		t.Errorf("opens at %v, want at what is looked for: %v", got, want)
	}
	p := o.Get(whose + "&closed=" + o.unit(t, "Nord"))
	nord := "u-" + o.unit(t, "Nord")
	for _, id := range []string{nord, "l" + nord} {
		if !p.Has("#" + id + "[data-level='2'][data-open]") {
			t.Errorf("%s does not say what unfolds it", id)
		}
	}
}

// TestDenied opens a page without the right to: the refusal names it and who
// could give it.
func TestDenied(t *testing.T) { // ROLE-9, API-3
	t.Parallel()
	o := open(t)
	p := o.site.SignedIn(t, o.karim).Get("/accounts/204817/settings")
	if p.Status != http.StatusForbidden {
		t.Errorf("status %d, want 403", p.Status)
	}
	for _, text := range []string{"Régler le compte", "Peuvent vous le donner", "helene castaing"} {
		if !strings.Contains(p.Text(), text) {
			t.Errorf("page lacks %q: %s", text, p.Text())
		}
	}
	for _, a := range p.All("a") {
		if href := a.Attr("href"); strings.HasPrefix(href, at+"/why?permission=account.manage") {
			has(t, o.site.SignedIn(t, o.karim).Get(href), "Vous ne pouvez pas régler le compte")
			return
		}
	}
	t.Error("nothing leads to why")
}
