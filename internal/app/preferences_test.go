package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A pyramid is an account of the fleet type with two groups and people who hold
// roles in it.
type pyramid struct {
	*apptest.World
	account       directory.Account
	units         map[string]directory.UnitID
	administrator authz.Actor
	manager       authz.Actor      // of the group North
	north         authz.Actor      // stands in North, basic there
	northMember   directory.Member // of north
	south         authz.Actor
	southMember   directory.Member
}

func newPyramid(w *apptest.World) pyramid {
	w.T.Helper()
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{
		Number: "204 817", Name: "Groupe Maraval", Type: "fleet", ServiceLevel: "contract", Language: "fr",
		Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	p := pyramid{World: w, account: account, administrator: w.Administrator(account, "helene.castaing@maraval.example")}
	p.units, err = w.Accounts.SeedUnits(w.Context(), account.ID, []app.SeedUnit{
		{Name: "North", Level: "group"}, {Name: "Nord SA", Level: "company", Under: "North"},
		{Name: "Lille", Level: "location", Under: "Nord SA"}, {Name: "Engins", Level: "fleet", Under: "Lille"},
		{Name: "Camions", Level: "fleet", Under: "Lille"}, {Name: "Arras", Level: "location", Under: "Nord SA"},
		{Name: "Grues", Level: "fleet", Under: "Arras"},
		{Name: "South", Level: "group"}, {Name: "Sud SA", Level: "company", Under: "South"},
		{Name: "Nice", Level: "location", Under: "Sud SA"}, {Name: "Bateaux", Level: "fleet", Under: "Nice"},
	})
	w.Must(err)
	manager, _ := p.standing("josephine.lemmens@maraval.example", "North")
	p.manager = manager
	p.north, p.northMember = p.standing("benoit.charrier@maraval.example", "North")
	p.south, p.southMember = p.standing("lea.fontanel@maraval.example", "South")
	w.Must(w.Members.SeedGrants(w.Context(), account.ID, 0, []app.SeedGrant{
		{User: p.manager.User, Role: directory.ManagerRole, Unit: p.units["North"]},
		{User: p.north.User, Role: directory.BasicUser, Unit: p.units["North"]},
	}))
	return p
}

// standing is an active member whose home is the unit called so.
func (p pyramid) standing(email, unit string) (authz.Actor, directory.Member) {
	p.T.Helper()
	users, err := p.Members.Seed(p.Context(), p.account.ID, []app.SeedMember{{Status: directory.Active, Unit: p.units[unit],
		User: directory.User{Email: email, UserName: email, First: "P", Last: email, Language: "fr", Password: directory.PasswordOwn}}})
	p.Must(err)
	var m directory.Member
	p.Must(p.DB.View(p.Context(), func(r *store.Reader) (err error) {
		m, err = r.MemberOf(p.Context(), p.account.ID, users[0].ID)
		return err
	}))
	return authz.Actor{Kind: authz.Person, User: users[0].ID, Door: authz.DoorPage}, m
}

// uuid is the public id of the unit called so.
func (p pyramid) uuid(name string) string {
	p.T.Helper()
	var uuid string
	p.Must(p.DB.View(p.Context(), func(r *store.Reader) error {
		units, err := r.Units(p.Context(), p.account.ID)
		for _, u := range units {
			if u.ID == p.units[name] {
				uuid = u.UUID
			}
		}
		return err
	}))
	return uuid
}

// tile reads one preference as somebody.
func (p pyramid) tile(as authz.Actor, member, id string) app.PreferenceTile {
	p.T.Helper()
	sheet, err := p.Preferences.Of(p.Context(), as, p.account.ID, member, app.PreferenceQuery{})
	p.Must(err)
	tile, found := sheet.Tile(id)
	if !found {
		p.T.Fatalf("no preference %s", id)
	}
	return tile
}

func (p pyramid) set(as authz.Actor, member string, change app.PreferenceChange) string {
	p.T.Helper()
	return p.Code(p.Preferences.Set(p.Context(), as, p.account.ID, member, change))
}

func choice(id, option string) app.PreferenceChange {
	return app.PreferenceChange{ID: id, Value: directory.PreferenceValue{Choice: option}}
}

func unit(id, uuid string) app.PreferenceChange {
	return app.PreferenceChange{ID: id, Value: directory.PreferenceValue{Unit: uuid}}
}

func TestPreferences(t *testing.T) { // PREF-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPyramid(w)
		t.Run("PREF-1 what nobody set is the default or the general setting", func(t *testing.T) {
			if got := p.tile(p.north, "", "start-screen"); got.From != app.PreferenceDefault || got.Value.Choice != "home" {
				t.Errorf("start screen %+v", got)
			}
			if got := p.tile(p.north, "", "unassigned-contracts"); got.From != app.PreferenceGeneral || !got.Value.Empty() {
				t.Errorf("contracts %+v", got)
			}
		})
		t.Run("PREF-1 who manages the member sets it, then the person", func(t *testing.T) {
			if got := p.set(p.manager, p.northMember.UUID, choice("start-screen", "planning")); got != "" {
				t.Fatalf("the manager: %s", got)
			}
			if got := p.tile(p.north, "", "start-screen"); got.From != app.PreferenceGiven || got.By.ID != p.manager.User || got.Value.Choice != "planning" {
				t.Errorf("given: %+v", got)
			}
			if got := p.set(p.north, "", choice("start-screen", "home")); got != "" {
				t.Fatalf("the person: %s", got)
			}
			if got := p.tile(p.manager, p.northMember.UUID, "start-screen"); got.From != app.PreferenceOwn || got.Value.Choice != "home" {
				t.Errorf("own: %+v", got)
			}
		})
		t.Run("PREF-1 empty goes back to the general setting", func(t *testing.T) {
			for _, option := range []string{"top", ""} {
				if got := p.set(p.north, "", choice("unassigned-contracts", option)); got != "" {
					t.Fatal(got)
				}
			}
			if got := p.tile(p.north, "", "unassigned-contracts"); got.From != app.PreferenceGeneral || got.Version != 3 {
				t.Errorf("after: %+v", got)
			}
		})
		t.Run("PREF-1 of use to technical users only", func(t *testing.T) {
			sheet, err := p.Preferences.Of(p.Context(), p.north, p.account.ID, "", app.PreferenceQuery{})
			p.Must(err)
			if _, found := sheet.Tile("return-fleet"); found {
				t.Error("a person is offered the return fleet")
			}
			if got := p.set(p.north, "", unit("return-fleet", p.uuid("Engins"))); got != "preference.not_found" {
				t.Errorf("set: %q", got)
			}
		})
		t.Run("PREF-1 units in the person's sight, of the declared levels", func(t *testing.T) {
			if got, want := unitNames(p.tile(p.north, "", "default-location").Units), "Arras Lille"; got != want {
				t.Errorf("locations %q, want %q", got, want)
			}
			if got, want := unitNames(p.tile(p.administrator, "", "default-location").Units), "Arras Lille Nice"; got != want {
				t.Errorf("the administrator's %q, want %q", got, want)
			}
			if got := p.set(p.north, "", unit("default-location", p.uuid("Lille"))); got != "" {
				t.Fatal(got)
			}
			if got := p.tile(p.north, "", "default-location"); got.Unit.Name != "Lille" || got.Gone {
				t.Errorf("chosen: %+v", got)
			}
		})
	})
}

func unitNames(units []app.PreferenceUnit) string {
	var list []string
	for _, u := range units {
		list = append(list, u.Unit.Name)
	}
	return strings.Join(list, " ")
}

func TestPreferencesRefuse(t *testing.T) { // PREF-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPyramid(w)
		elsewhere := w.Account("117 402")
		other := w.Administrator(elsewhere, "blanche.ferriere@ardoises.example")
		foreign, err := w.Accounts.SeedUnits(w.Context(), elsewhere.ID, []app.SeedUnit{{Name: "Angers", Level: "office"}})
		w.Must(err)
		var foreignUUID string
		w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
			units, err := r.Units(w.Context(), elsewhere.ID)
			for _, u := range units {
				if u.ID == foreign["Angers"] {
					foreignUUID = u.UUID
				}
			}
			return err
		}))
		for _, test := range []struct {
			name   string
			as     authz.Actor
			member string
			change app.PreferenceChange
			want   string
			field  string
		}{
			{"a required one emptied", p.north, "", choice("start-screen", ""), "field.required", "start-screen"},
			{"an option that is not offered", p.north, "", choice("start-screen", strings.Repeat("x", 70_000)), "field.unknown_choice", "start-screen"},
			{"a preference that does not exist", p.north, "", choice("colour", "red"), "preference.not_found", ""},
			{"a unit out of sight", p.north, "", unit("default-location", p.uuid("Nice")), "preference.unit_unknown", "default-location"},
			{"another account's unit", p.administrator, "", unit("default-location", foreignUUID), "preference.unit_unknown", "default-location"},
			{"no unit at all", p.north, "", unit("default-location", "nothing"), "preference.unit_unknown", "default-location"},
			{"a unit of another level", p.north, "", unit("default-location", p.uuid("Engins")), "preference.wrong_level", "default-location"},
			{"an order with a unit out of sight", p.north, "", app.PreferenceChange{ID: "fleet-order", Placed: []app.PlacedUnit{{Unit: p.uuid("Bateaux"), Place: 1}}}, "preference.unit_unknown", "fleet-order"},
			{"an order of too many", p.north, "", app.PreferenceChange{ID: "fleet-order", Value: directory.PreferenceValue{Ticked: make([]string, 1001)}}, "preference.too_many", "fleet-order"},
			{"PLAN-4 made on an older version", p.north, "", app.PreferenceChange{ID: "start-screen", Value: directory.PreferenceValue{Choice: "home"}, Version: 7}, "stale", "start-screen"},
			{"UNIT-5 a member of another group", p.manager, p.southMember.UUID, choice("start-screen", "planning"), "member.not_found", ""},
			{"somebody without the right", p.south, p.northMember.UUID, choice("start-screen", "planning"), "denied.permission", ""},
			{"somebody of another account", other, p.northMember.UUID, choice("start-screen", "planning"), "account.not_found", ""},
			{"a member who is not there", p.administrator, "nobody", choice("start-screen", "planning"), "member.not_found", ""},
		} {
			t.Run(test.name, func(t *testing.T) {
				err := p.Preferences.Set(p.Context(), test.as, p.account.ID, test.member, test.change)
				if got := p.Code(err); got != test.want {
					t.Fatalf("code %q, want %q", got, test.want)
				}
				if refusal, ok := err.(*directory.Error); ok && refusal.Field != test.field {
					t.Errorf("field %q, want %q", refusal.Field, test.field)
				}
			})
		}
	})
}

func TestPreferenceOrder(t *testing.T) { // PREF-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPyramid(w)
		place := func(as authz.Actor, member, name string, at int, ticked bool) {
			t.Helper()
			change := app.PreferenceChange{ID: "fleet-order", Placed: []app.PlacedUnit{{Unit: p.uuid(name), Place: at, Ticked: ticked}}}
			if got := p.set(as, member, change); got != "" {
				t.Fatal(got)
			}
		}
		if got, want := unitNames(p.tile(p.administrator, "", "fleet-order").Units), "Grues Camions Engins Bateaux"; got != want {
			t.Fatalf("at first %q, want %q", got, want)
		}
		place(p.administrator, "", "Bateaux", 1, true)
		place(p.administrator, "", "Engins", 2, false)
		tile := p.tile(p.administrator, "", "fleet-order")
		if got, want := unitNames(tile.Units), "Bateaux Engins Grues Camions"; got != want || tile.Ticked != 1 || !tile.Units[0].Ticked {
			t.Errorf("placed: %q with %d ticked, want %q", got, tile.Ticked, want)
		}
		t.Run("who sees a part moves that part only", func(t *testing.T) {
			w.Must(w.Members.SeedGrants(w.Context(), p.account.ID, 0, []app.SeedGrant{
				{User: p.north.User, Role: directory.BasicUser, Unit: p.account.Root}}))
			place(p.north, "", "Bateaux", 1, true)
			if got, want := unitNames(p.tile(p.manager, p.northMember.UUID, "fleet-order").Units), "Grues Camions Engins"; got != want {
				t.Fatalf("the manager of North sees %q, want %q", got, want)
			}
			place(p.manager, p.northMember.UUID, "Engins", 1, true)
			tile := p.tile(p.north, "", "fleet-order")
			if got, want := unitNames(tile.Units), "Bateaux Engins Grues Camions"; got != want || tile.Ticked != 2 {
				t.Errorf("then %q with %d ticked, want %q with 2", got, tile.Ticked, want)
			}
		})
		t.Run("PLAN-4 of two at once one is told", func(t *testing.T) {
			version := p.tile(p.administrator, "", "fleet-order").Version
			codes := make([]string, 2)
			var both sync.WaitGroup
			for i, name := range []string{"Grues", "Camions"} {
				both.Go(func() {
					codes[i] = p.Code(p.Preferences.Set(p.Context(), p.administrator, p.account.ID, "", app.PreferenceChange{ID: "fleet-order",
						Placed: []app.PlacedUnit{{Unit: p.uuid(name), Place: 1}}, Version: version}))
				})
			}
			both.Wait()
			slices.Sort(codes)
			if codes[0] != "" || codes[1] != "stale" {
				t.Errorf("codes %q", codes)
			}
		})
		t.Run("HIST-1 the history tells it", func(t *testing.T) {
			page, err := p.History.List(p.Context(), p.administrator, p.account.ID, app.HistoryFilter{}, app.Window{})
			p.Must(err)
			if e := page.Entries[0].Entry; e.Kind != "preference.changed" || e.Subject != p.administrator.User || len(e.Facts) != 2 {
				t.Errorf("newest entry %+v", e)
			}
		})
	})
}

// TestPreferenceManyUnits reads and finds in ten thousand units a part at a
// time, with the true numbers.
func TestPreferenceManyUnits(t *testing.T) { // PREF-1
	t.Parallel()
	w := apptest.New(t, "sqlite")
	p := newPyramid(w)
	var rows []app.SeedUnit
	rows = append(rows, app.SeedUnit{Name: "Est", Level: "group"}, app.SeedUnit{Name: "Est SA", Level: "company", Under: "Est"},
		app.SeedUnit{Name: "Metz", Level: "location", Under: "Est SA"})
	for i := range 10_000 {
		rows = append(rows, app.SeedUnit{Name: fmt.Sprintf("Parc %05d", i), Level: "fleet", Under: "Metz"})
	}
	_, err := w.Accounts.SeedUnits(w.Context(), p.account.ID, rows)
	w.Must(err)
	sheet, err := w.Preferences.Of(w.Context(), p.administrator, p.account.ID, "", app.PreferenceQuery{Preference: "fleet-order", Search: "parc 0777"})
	w.Must(err)
	tile, _ := sheet.Tile("fleet-order")
	if tile.Total != 10_004 || tile.Found != 10 || len(tile.Units) != 10 {
		t.Errorf("total %d, found %d, shown %d", tile.Total, tile.Found, len(tile.Units))
	}
	f, err := w.Preferences.Filter(w.Context(), p.administrator, p.account.ID, app.UnitFilterQuery{For: authz.ViewMembers})
	w.Must(err)
	if f.Total != 10_014 || len(f.Nodes) != 200 {
		t.Errorf("the filter has %d units and shows %d", f.Total, len(f.Nodes))
	}
	f, err = w.Preferences.Filter(w.Context(), p.administrator, p.account.ID, app.UnitFilterQuery{For: authz.ViewMembers, Search: "ÉNGINS"})
	w.Must(err)
	if f.Found != 1 || f.Nodes[0].Unit.Name != "Engins" || len(f.Nodes[0].Path) != 3 {
		t.Errorf("search: %+v", f.Nodes)
	}
}

func TestUnitFilter(t *testing.T) { // PREF-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPyramid(w)
		tree := func(as authz.Actor) string {
			t.Helper()
			f, err := p.Preferences.Filter(p.Context(), as, p.account.ID, app.UnitFilterQuery{For: authz.ViewMembers})
			p.Must(err)
			var text []string
			for _, n := range f.Nodes {
				text = append(text, strings.Repeat(".", n.Depth)+n.Unit.Name)
			}
			return strings.Join(text, " ")
		}
		for _, test := range []struct{ name, top, want string }{
			{"nothing chosen", "", "North .Nord SA ..Arras ...Grues ..Lille ...Camions ...Engins South .Sud SA ..Nice ...Bateaux"},
			{"group", "group", "North .Nord SA ..Arras ...Grues ..Lille ...Camions ...Engins South .Sud SA ..Nice ...Bateaux"},
			{"company", "company", "Nord SA .Arras ..Grues .Lille ..Camions ..Engins Sud SA .Nice ..Bateaux"},
			{"location", "location", "Arras .Grues Lille .Camions .Engins Nice .Bateaux"},
			{"fleet", "fleet", "Grues Camions Engins Bateaux"},
		} {
			t.Run("PREF-1 top level: "+test.name, func(t *testing.T) {
				p.Must(p.Preferences.Set(p.Context(), p.administrator, p.account.ID, "", choice("filter-top", test.top)))
				if got := tree(p.administrator); got != test.want {
					t.Errorf("filter %q\nwant   %q", got, test.want)
				}
			})
		}
		t.Run("PREF-1 order and ticks", func(t *testing.T) {
			p.Must(p.Preferences.Set(p.Context(), p.administrator, p.account.ID, "", choice("filter-top", "location")))
			p.Must(p.Preferences.Set(p.Context(), p.administrator, p.account.ID, "", app.PreferenceChange{ID: "fleet-order",
				Value: directory.PreferenceValue{Order: []string{p.uuid("Bateaux"), p.uuid("Engins")}, Ticked: []string{p.uuid("Engins")}}}))
			if got, want := tree(p.administrator), "Nice .Bateaux Lille .Engins .Camions Arras .Grues"; got != want {
				t.Errorf("filter %q, want %q", got, want)
			}
			f, err := p.Preferences.Filter(p.Context(), p.administrator, p.account.ID, app.UnitFilterQuery{For: authz.ViewMembers})
			p.Must(err)
			if len(f.Ticked) != 1 || f.Ticked[0] != p.uuid("Engins") {
				t.Errorf("ticked %v", f.Ticked)
			}
		})
		t.Run("UNIT-5 a manager is offered what they manage", func(t *testing.T) {
			if got, want := tree(p.manager), "North .Nord SA ..Arras ...Grues ..Lille ...Camions ...Engins"; got != want {
				t.Errorf("filter %q, want %q", got, want)
			}
		})
		t.Run("without the right to the list", func(t *testing.T) {
			_, err := p.Preferences.Filter(p.Context(), p.south, p.account.ID, app.UnitFilterQuery{For: authz.ViewMembers})
			if got := p.Code(err); got != "denied.permission" {
				t.Errorf("code %q", got)
			}
		})
		t.Run("LIST-5 the table, and HIST-2 the history, by units", func(t *testing.T) {
			list, err := p.Members.List(p.Context(), p.administrator, p.account.ID, app.MemberQuery{Units: []string{p.uuid("South")}})
			p.Must(err)
			if list.Total != 1 || list.Rows[0].ID != p.southMember.ID {
				t.Errorf("members of South: %d", list.Total)
			}
			history := func(as authz.Actor, units ...string) int64 {
				found, err := p.History.List(p.Context(), as, p.account.ID, app.HistoryFilter{Units: units}, app.Window{})
				p.Must(err)
				return found.Total
			}
			if south, both := history(p.administrator, p.uuid("South")), history(p.administrator, p.uuid("South"), p.uuid("North")); south == 0 || both <= south {
				t.Errorf("history of South %d, with North %d", south, both)
			}
			if own, beyond := history(p.manager), history(p.manager, p.uuid("South")); own == 0 || beyond != 0 {
				t.Errorf("HIST-2 the manager of North reads %d entries, of South %d", own, beyond)
			}
			if got := history(p.administrator, "nothing"); got != 0 {
				t.Errorf("history of no unit: %d", got)
			}
		})
	})
}

func TestStartScreen(t *testing.T) { // PREF-1
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPyramid(w)
		screen := func() catalogue.Option {
			home, err := p.Users.Home(p.Context(), p.north)
			p.Must(err)
			return home.Accounts[0].Screen
		}
		if got := screen(); got.ID != "home" || got.ScreenLink("204817") != "/accounts/204817" {
			t.Errorf("at first %+v", got)
		}
		p.Must(p.Preferences.Set(p.Context(), p.north, p.account.ID, "", choice("start-screen", "planning")))
		if got := screen(); got.ID != "planning" {
			t.Errorf("chosen %+v", got)
		}
	})
}
