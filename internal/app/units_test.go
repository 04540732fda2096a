package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A park is an account of the fleet type with a tree and people.
type park struct {
	house
	keys map[string]directory.UnitID
}

// newPark grows a group with two companies; the second has no location yet.
func newPark(w *apptest.World) park {
	w.T.Helper()
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{
		Number: "204 817", Name: "Groupe Maraval", Type: "fleet", ServiceLevel: "contract", Language: "fr",
		Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"},
	})
	w.Must(err)
	p := park{house: house{World: w, account: account}}
	p.admin = w.Administrator(account, "helene.castaing@maraval.example")
	p.keys, err = w.Accounts.SeedUnits(w.Context(), account.ID, []app.SeedUnit{
		{Name: "Maraval France", Level: "group"},
		{Name: "Maraval Location", Level: "company", Under: "Maraval France"},
		{Name: "Agence de Nantes", Level: "location", Under: "Maraval Location"},
		{Name: "Nacelles", Level: "fleet", Under: "Agence de Nantes"},
		{Name: "Maraval Conseil", Level: "company", Under: "Maraval France"},
		{Name: "Maraval Europe", Level: "group"},
		{Name: "Maraval Benelux", Level: "company", Under: "Maraval Europe"},
		{Name: "Gand", Level: "location", Under: "Maraval Benelux"},
	})
	w.Must(err)
	return p
}

// person makes an active member who holds a role at a unit.
func (p park) person(email, role, unit string) (authz.Actor, directory.Member) {
	p.T.Helper()
	actor, m := p.Member(p.account, email)
	if role != "" {
		p.Must(p.Members.SeedGrants(p.Context(), p.account.ID, p.admin.User, []app.SeedGrant{{User: actor.User, Role: role, Unit: p.keys[unit]}}))
	}
	return actor, m
}

// unit reads a unit as the administrator sees it.
func (p park) unit(name string) app.UnitPage {
	p.T.Helper()
	list, err := p.Units.List(p.Context(), p.admin, p.account.ID, app.UnitQuery{Search: name, Archived: true})
	p.Must(err)
	for _, u := range list.Found {
		if u.Name == name {
			page, err := p.Units.Unit(p.Context(), p.admin, p.account.ID, u.UUID, app.UnitView{})
			p.Must(err)
			return page
		}
	}
	p.T.Fatalf("no unit %s among %d", name, list.Total)
	return app.UnitPage{}
}

func (p park) add(actor authz.Actor, n app.NewUnit) string {
	_, err := p.Units.Add(p.Context(), actor, p.account.ID, n)
	return p.Code(err)
}

func (p park) move(actor authz.Actor, name, to string) string {
	u := p.unit(name)
	return p.Code(p.Units.Move(p.Context(), actor, p.account.ID, u.UUID, app.UnitMove{To: p.unit(to).UUID, Version: u.Version}))
}

// may asks for a permission of somebody at a unit.
func (p park) may(actor authz.Actor, permission authz.Permission, unit string) bool {
	p.T.Helper()
	var may bool
	err := p.DB.View(p.Context(), func(r *store.Reader) error {
		rights, err := p.App.Accounts.Open(p.Context(), actor, "204817")
		may = rights.Rights.May(permission, p.keys[unit])
		return err
	})
	p.Must(err)
	return may
}

func TestUnitsAdd(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		t.Run("UNIT-1 what may stand under what", func(t *testing.T) {
			for _, test := range []struct{ under, level, code string }{
				{"Maraval Location", "location", ""}, {"Maraval Location", "fleet", "unit.level_not_here"}, {"", "group", ""}, {"", "company", "unit.level_not_here"},
				{"Nacelles", "fleet", "unit.level_not_here"}, {"Maraval Location", "account", "unit.level_not_here"}, {"Maraval Location", "", "field.required"},
				{"Maraval Location", "nothing", "unit.level_not_here"}, {"", "project", "unit.level_not_here"},
			} {
				n := app.NewUnit{Level: test.level, Name: "Nouvelle"}
				if test.under != "" {
					n.Under = p.unit(test.under).UUID
				}
				if got := p.add(p.admin, n); got != test.code {
					t.Errorf("%q under %q: %q, want %q", test.level, test.under, got, test.code)
				}
			}
		})
		t.Run("UNIT-2 a daughter has a table of users of its own", func(t *testing.T) {
			made, err := w.Units.Add(w.Context(), p.admin, p.account.ID, app.NewUnit{Under: p.unit("Maraval Location").UUID, Level: "location", Name: " Agence de  Vannes "})
			w.Must(err)
			m := p.newcomer("vannes@maraval.example")
			w.Must(p.home(p.admin, m, made.UUID))
			page := p.unit("Agence de Vannes")
			if len(page.Table.Rows) != 1 || page.Table.Total != 1 || page.Members != 1 || page.Table.Rows[0].UUID != m {
				t.Errorf("table of %d, %d counted", page.Table.Total, page.Members)
			}
			if above := p.unit("Maraval Location"); above.Members != 0 || above.All != 1 || above.Table.Total != 0 {
				t.Errorf("above: %d members, %d with those below, table of %d", above.Members, above.All, above.Table.Total)
			}
		})
		t.Run("UNIT-3 what lacks a required child is marked", func(t *testing.T) {
			for name, want := range map[string]string{"Maraval Conseil": "location", "Maraval Location": "", "Gand": "fleet", "Nacelles": "", "Maraval Europe": ""} {
				got := ""
				for _, level := range p.unit(name).Missing {
					got += level.ID
				}
				if got != want {
					t.Errorf("%s lacks %q, want %q", name, got, want)
				}
			}
		})
		t.Run("names and ids that are none", func(t *testing.T) {
			under := p.unit("Maraval Location").UUID
			w.Must(p.change("Nacelles", app.UnitChange{External: text("PARC-1")}))
			for name, test := range map[string]struct {
				n    app.NewUnit
				code string
			}{
				"no name":             {app.NewUnit{Under: under, Level: "location"}, "field.required"},
				"70,000 characters":   {app.NewUnit{Under: under, Level: "location", Name: strings.Repeat("x", 70_000)}, "field.too_long"},
				"NUL":                 {app.NewUnit{Under: under, Level: "location", Name: "A\x00"}, "text.broken"},
				"NUL in the id":       {app.NewUnit{Under: under, Level: "location", Name: "A", External: "\x00"}, "text.broken"},
				"an id of another":    {app.NewUnit{Under: under, Level: "location", Name: "A", External: "PARC-1"}, "unit.external_taken"},
				"under nothing known": {app.NewUnit{Under: "nothing", Level: "location", Name: "A"}, "unit.not_found"},
				"NUL above":           {app.NewUnit{Under: "unknown", Level: "location", Name: "A"}, "unit.not_found"},
			} {
				if got := p.add(p.admin, test.n); got != test.code {
					t.Errorf("%s: %q, want %q", name, got, test.code)
				}
			}
		})
		t.Run("ROLE-5 only below where units are managed, USER-5 only in the account", func(t *testing.T) {
			manager, _ := p.person("chef@maraval.example", "manager", "Maraval Location")
			basic, _ := p.person("base@maraval.example", "basic-user", "Maraval Location")
			there, elsewhere := p.unit("Maraval Location").UUID, p.unit("Maraval Benelux").UUID
			for name, test := range map[string]struct {
				actor authz.Actor
				under string
				code  string
			}{
				"a manager there": {manager, there, ""}, "a manager elsewhere": {manager, elsewhere, "unit.not_found"}, "at the root": {manager, "", "denied.permission"},
				"a basic user": {basic, there, "unit.not_found"}, "a stranger": {w.Person("x@ailleurs.example"), there, "account.not_found"},
			} {
				if got := p.add(test.actor, app.NewUnit{Under: test.under, Level: "location", Name: "Annexe"}); got != test.code {
					t.Errorf("%s: %q, want %q", name, got, test.code)
				}
			}
			foreign := w.Account("117 402")
			other := w.Administrator(foreign, "blanche@ardoises.example")
			if _, err := w.Units.Unit(w.Context(), other, foreign.ID, there, app.UnitView{}); w.Code(err) != "unit.not_found" {
				t.Errorf("another account's unit in the address: %v", err)
			}
		})
	})
}

func text(s string) *string { return &s }

// change edits a unit at the version it has.
func (p park) change(name string, c app.UnitChange) error {
	u := p.unit(name)
	c.Version = u.Version
	return p.Units.Change(p.Context(), p.admin, p.account.ID, u.UUID, c)
}

// newcomer is a member at the root, by public id.
func (p park) newcomer(email string) string {
	p.house.add(app.NewMember{Email: email})
	return p.find(email).UUID
}

func (p park) home(actor authz.Actor, member, unit string) error {
	verdicts, err := p.Members.MoveHome(p.Context(), actor, p.account.ID, app.Of(member), unit)
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}

func TestUnitsChange(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		t.Run("renamed, recorded, and found by the new name", func(t *testing.T) {
			w.Must(p.change("Gand", app.UnitChange{Name: text("Agence de Gand"), External: text("GE")}))
			u := p.unit("Agence de Gand")
			if u.External != "GE" {
				t.Errorf("external id %q", u.External)
			}
			found, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{Search: "ge"})
			w.Must(err)
			if !slices.ContainsFunc(found.Found, func(f app.FoundUnit) bool { return f.Name == "Agence de Gand" && len(f.Path) == 4 }) {
				t.Errorf("searching its id finds %d", found.Total)
			}
			if got := lastKind(p.house); got != "unit.changed" {
				t.Errorf("history says %s", got)
			}
		})
		t.Run("PLAN-4 an older version is told", func(t *testing.T) {
			u := p.unit("Nacelles")
			w.Must(p.change("Nacelles", app.UnitChange{Name: text("Nacelles Ouest")}))
			err := w.Units.Change(w.Context(), p.admin, p.account.ID, u.UUID, app.UnitChange{Name: text("Grues"), Version: u.Version})
			if got := w.Code(err); got != "stale" {
				t.Errorf("%q, want stale", got)
			}
		})
		t.Run("the root is called as the account is", func(t *testing.T) {
			if got := w.Code(p.change("Groupe Maraval", app.UnitChange{Name: text("Autre")})); got != "unit.root" {
				t.Errorf("%q, want unit.root", got)
			}
			w.Must(p.change("Groupe Maraval", app.UnitChange{External: text("ROOT")}))
			u := p.unit("Groupe Maraval")
			if got := w.Code(w.Units.Archive(w.Context(), p.admin, p.account.ID, u.UUID, u.Version)); got != "unit.root" {
				t.Errorf("archived: %q, want unit.root", got)
			}
		})
		t.Run("archived: kept, nothing added, its people keep their rights", func(t *testing.T) {
			manager, _ := p.person("gand@maraval.example", "manager", "Gand")
			_, m := p.person("x@maraval.example", "", "")
			u := p.unit("Maraval Benelux")
			w.Must(w.Units.Archive(w.Context(), p.admin, p.account.ID, u.UUID, u.Version))
			below := p.unit("Agence de Gand")
			if below.Live || !p.unit("Maraval Europe").Live {
				t.Error("live below an archived unit, or not live above")
			}
			if !p.may(manager, authz.ManageMembers, "Gand") {
				t.Error("its manager has lost the rights")
			}
			for name, got := range map[string]string{
				"add":     p.add(p.admin, app.NewUnit{Under: below.UUID, Level: "fleet", Name: "Parc"}),
				"home":    w.Code(p.home(p.admin, m.UUID, below.UUID)),
				"rename":  w.Code(p.change("Agence de Gand", app.UnitChange{Name: text("Gent")})),
				"move in": p.move(p.admin, "Agence de Nantes", "Maraval Benelux"),
				"again":   w.Code(w.Units.Archive(w.Context(), p.admin, p.account.ID, u.UUID, p.unit("Maraval Benelux").Version)),
			} {
				if got != "unit.archived" {
					t.Errorf("%s: %q, want unit.archived", name, got)
				}
			}
			goals, err := w.Units.Moves(w.Context(), p.admin, p.account.ID, p.unit("Agence de Nantes").UUID, "")
			w.Must(err)
			homes, err := w.Units.Homes(w.Context(), p.admin, p.account.ID, "")
			w.Must(err)
			if slices.ContainsFunc(slices.Concat(goals.Goals, homes.Units), func(g app.UnitGoal) bool { return strings.Contains(g.Name, "Benelux") || g.Name == "Agence de Gand" }) {
				t.Error("an archived unit is offered")
			}
			list, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{})
			w.Must(err)
			if list.Total != 7 || list.Archived != 2 {
				t.Errorf("%d units and %d archived, want 7 and 2", list.Total, list.Archived)
			}
			u = p.unit("Maraval Benelux")
			w.Must(w.Units.Restore(w.Context(), p.admin, p.account.ID, u.UUID, u.Version))
			if got := p.add(p.admin, app.NewUnit{Under: below.UUID, Level: "fleet", Name: "Parc"}); got != "" {
				t.Errorf("after it was restored: %q", got)
			}
		})
	})
}

// lastKind is the kind of the newest entry.
func lastKind(h house) string {
	h.T.Helper()
	page, err := h.History.List(h.Context(), h.admin, h.account.ID, app.HistoryFilter{}, app.Window{})
	h.Must(err)
	return string(page.Entries[0].Entry.Kind)
}

func TestUnitsHome(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		west, _ := p.person("ouest@maraval.example", "manager", "Maraval Location")
		m := p.newcomer("thibaut@maraval.example")
		nantes, fleet, gand := p.unit("Agence de Nantes").UUID, p.unit("Nacelles").UUID, p.unit("Gand").UUID
		t.Run("UNIT-5 the default is the root", func(t *testing.T) {
			if got := p.unit("Groupe Maraval").Table.Total; got < 2 {
				t.Errorf("%d stand at the root", got)
			}
		})
		t.Run("UNIT-5 it needs the right at both units", func(t *testing.T) {
			if got := w.Code(p.home(west, m, nantes)); got != "member.not_found" {
				t.Errorf("from the root, out of sight: %q", got)
			}
			w.Must(p.home(p.admin, m, nantes))
			if got := w.Code(p.home(west, m, gand)); got != "unit.not_found" {
				t.Errorf("to a unit out of sight: %q", got)
			}
			w.Must(p.home(west, m, fleet))
			if got := p.unit("Nacelles").Table.Total; got != 1 {
				t.Errorf("%d stand there", got)
			}
		})
		t.Run("UNIT-5 who is over the home unit edits the person", func(t *testing.T) {
			_, err := w.Members.EditMembers(w.Context(), west, p.account.ID, app.Of(m), app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{Phone: text("02")}})
			w.Must(err)
			w.Must(p.home(p.admin, m, gand))
			verdicts, err := w.Members.EditMembers(w.Context(), west, p.account.ID, app.Of(m), app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{Phone: text("03")}})
			if got := p.verdict(verdicts, err); got != "member.not_found" {
				t.Errorf("after moving away: %q", got)
			}
		})
		t.Run("HIST-1 from where to where, and unchanged is nothing", func(t *testing.T) {
			page, err := w.History.List(w.Context(), p.admin, p.account.ID, app.HistoryFilter{}, app.Window{})
			w.Must(err)
			facts := page.Entries[0].Entry.Facts
			if len(facts) != 1 || facts[0].Field != "unit" || facts[0].Before != audit.Thing(audit.Unit, p.keys["Nacelles"], "Nacelles") ||
				facts[0].After != audit.Thing(audit.Unit, p.keys["Gand"], "Gand") {
				t.Errorf("recorded %v", facts)
			}
			verdicts, err := w.Members.MoveHome(w.Context(), p.admin, p.account.ID, app.Of(m), gand)
			w.Must(err)
			if verdicts.Count(app.Unchanged) != 1 {
				t.Errorf("verdicts %v", verdicts)
			}
		})
		t.Run("BULK-3 many at once, each named", func(t *testing.T) {
			others := []string{m, p.newcomer("a@maraval.example"), p.newcomer("b@maraval.example"), "nobody"}
			verdicts, err := w.Members.MoveHome(w.Context(), p.admin, p.account.ID, app.Selection{Members: others}, nantes)
			w.Must(err)
			if verdicts.Count(app.Changed) != 3 || verdicts.Count(app.Refused) != 1 {
				t.Errorf("%d changed, %d refused", verdicts.Count(app.Changed), verdicts.Count(app.Refused))
			}
			page := p.list(app.MemberQuery{Homes: []string{nantes}})
			if page.Total != 3 {
				t.Errorf("the unit's own table has %d", page.Total)
			}
			if all := p.list(app.MemberQuery{Units: []string{p.unit("Maraval France").UUID}}); all.Total != 3 {
				t.Errorf("the group with all below has %d", all.Total)
			}
			if none := p.list(app.MemberQuery{Homes: []string{"nothing"}}); none.Total != 0 {
				t.Errorf("an unknown unit has %d", none.Total)
			}
		})
		t.Run("UNIT-5 nobody belongs to a project, and the tree leaves projects out", func(t *testing.T) {
			keys, err := w.Accounts.SeedUnits(w.Context(), p.account.ID, []app.SeedUnit{{Name: "Chantier du collège", Level: "project"}})
			w.Must(err)
			var project directory.Unit
			w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
				units, err := r.Units(w.Context(), p.account.ID)
				project = units[slices.IndexFunc(units, func(u directory.Unit) bool { return u.ID == keys["Chantier du collège"] })]
				return err
			}))
			if got := w.Code(p.home(p.admin, m, project.UUID)); got != "unit.not_home" {
				t.Errorf("home: %q", got)
			}
			if found, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{Search: "chantier"}); err != nil || found.Total != 0 {
				t.Errorf("the tree has %d: %v", found.Total, err)
			}
		})
		t.Run("units that are none", func(t *testing.T) {
			for unit, want := range map[string]string{"": "unit.not_found", "nothing": "unit.not_found", strings.Repeat("x", 70_000): "unit.not_found"} {
				if got := w.Code(p.home(p.admin, m, unit)); got != want {
					t.Errorf("%.10q: %q, want %q", unit, got, want)
				}
			}
		})
	})
}

func TestUnitsList(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		t.Run("UNIT-2 folded and unfolded", func(t *testing.T) {
			list, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{Folded: true, Open: []string{p.unit("Groupe Maraval").UUID, p.unit("Maraval France").UUID}})
			w.Must(err)
			if got := shape(list.Root); got != "Groupe Maraval(Maraval Europe Maraval France(Maraval Conseil Maraval Location))" {
				t.Errorf("shows %s", got)
			}
			folded, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{Folded: true})
			w.Must(err)
			if shape(folded.Root) != "Groupe Maraval" || folded.Total != 9 || folded.Root.Children != 2 || folded.Root.Below != 8 {
				t.Errorf("folded shows %s of %d", shape(folded.Root), folded.Total)
			}
		})
		t.Run("ROLE-5 a manager of one unit sees it and the way to it", func(t *testing.T) {
			manager, _ := p.person("ouest@maraval.example", "manager", "Maraval Location")
			list, err := w.Units.List(w.Context(), manager, p.account.ID, app.UnitQuery{})
			w.Must(err)
			if got := shape(list.Root); got != "Groupe Maraval(Maraval France(Maraval Location))" || list.Total != 3 {
				t.Errorf("sees %s, %d in all", got, list.Total)
			}
			if list.Root.All != 0 || list.Root.May.See {
				t.Error("is told who stands at the root")
			}
			if _, err := w.Units.Unit(w.Context(), manager, p.account.ID, p.unit("Maraval France").UUID, app.UnitView{}); w.Code(err) != "unit.not_found" {
				t.Errorf("opens the group: %v", err)
			}
		})
		t.Run("LIST-9 many units are cut with the exact number of those left", func(t *testing.T) {
			rows := []app.SeedUnit{}
			for i := range 250 {
				rows = append(rows, app.SeedUnit{Name: fmt.Sprintf("Groupe %03d", i), Level: "group"})
			}
			_, err := w.Accounts.SeedUnits(w.Context(), p.account.ID, rows)
			w.Must(err)
			list, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{})
			w.Must(err)
			if shown := len(list.Root.Under); shown+list.Root.More != 252 || list.Root.Children != 252 || shown > 100 || list.Total != 259 {
				t.Errorf("shows %d and %d more of %d, %d in all", shown, list.Root.More, list.Root.Children, list.Total)
			}
			found, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{Search: "groupe"})
			w.Must(err)
			if found.Total != 251 || len(found.Found) > 100 {
				t.Errorf("a search finds %d and shows %d", found.Total, len(found.Found))
			}
			page, err := w.Units.Unit(w.Context(), p.admin, p.account.ID, p.unit("Groupe Maraval").UUID, app.UnitView{Skip: 200})
			w.Must(err)
			if page.ChildrenTotal != 252 || page.ChildrenFrom != 201 || len(page.Children) != 52 {
				t.Errorf("the unit's page shows %d from %d of %d", len(page.Children), page.ChildrenFrom, page.ChildrenTotal)
			}
		})
	})
}

// shape writes a tree as its unfolded part stands on the page.
func shape(n app.UnitNode) string {
	if len(n.Under) == 0 {
		return n.Name
	}
	var under []string
	for _, u := range n.Under {
		under = append(under, shape(u))
	}
	return n.Name + "(" + strings.Join(under, " ") + ")"
}

// together runs acts at once.
func together(acts ...func()) {
	var group sync.WaitGroup
	for _, act := range acts {
		group.Go(act)
	}
	group.Wait()
}
