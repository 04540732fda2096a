package app_test

import (
	"fmt"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

func (p park) preview(actor authz.Actor, name, to string) (app.MovePreview, error) {
	return p.Units.MovePreview(p.Context(), actor, p.account.ID, p.unit(name).UUID, p.unit(to).UUID)
}

func TestUnitsMove(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		west, _ := p.person("ouest@maraval.example", "manager", "Maraval Location")
		north, _ := p.person("nord@maraval.example", "manager", "Maraval Benelux")
		both, _ := p.person("deux@maraval.example", "manager", "Maraval Location")
		w.Must(w.Members.SeedGrants(w.Context(), p.account.ID, p.admin.User, []app.SeedGrant{{User: both.User, Role: "manager", Unit: p.keys["Maraval Benelux"]}}))
		t.Run("UNIT-4 the preview says whose rights change, and writes nothing", func(t *testing.T) {
			preview, err := p.preview(p.admin, "Agence de Nantes", "Maraval Benelux")
			w.Must(err)
			if preview.Changed != 2 || preview.Gaining != 1 || preview.Losing != 1 || preview.Refusal != nil || len(preview.People) != 2 {
				t.Fatalf("%d change, %d gain, %d lose, %d named, %v", preview.Changed, preview.Gaining, preview.Losing, len(preview.People), preview.Refusal)
			}
			if first := preview.People[0]; first.Person.Email != "nord@maraval.example" || !slices.Contains(first.Gained, authz.ManageMembers) || len(first.Lost) != 0 {
				t.Errorf("first %s gains %v", first.Person.Email, first.Gained)
			}
			if second := preview.People[1]; second.Person.Email != "ouest@maraval.example" || !slices.Contains(second.Lost, authz.ManageMembers) {
				t.Errorf("second %s loses %v", second.Person.Email, second.Lost)
			}
			if p.may(north, authz.ManageMembers, "Nacelles") || !p.may(west, authz.ManageMembers, "Nacelles") {
				t.Error("the preview has moved it")
			}
		})
		t.Run("UNIT-5 out of sight is counted and not named", func(t *testing.T) {
			p.person("haut@maraval.example", "manager", "Maraval Europe")
			preview, err := p.preview(both, "Agence de Nantes", "Maraval Benelux")
			w.Must(err)
			if preview.Changed != 3 || slices.ContainsFunc(preview.People, func(m app.MovedPerson) bool { return m.Person.Email == "haut@maraval.example" }) {
				t.Errorf("%d change, %d are named", preview.Changed, len(preview.People))
			}
			if seen, err := p.preview(p.admin, "Agence de Nantes", "Maraval Benelux"); err != nil || len(seen.People) != 3 {
				t.Errorf("the administrator sees %d: %v", len(seen.People), err)
			}
		})
		t.Run("UNIT-1 where it may go", func(t *testing.T) {
			goals, err := w.Units.Moves(w.Context(), p.admin, p.account.ID, p.unit("Agence de Nantes").UUID, "")
			w.Must(err)
			var names []string
			for _, g := range goals.Goals {
				names = append(names, g.Name)
			}
			if !slices.Equal(names, []string{"Maraval Benelux", "Maraval Conseil"}) || goals.Total != 2 {
				t.Errorf("%v", names)
			}
		})
		t.Run("ROLE-6 nobody gains by a move what the mover does not hold", func(t *testing.T) {
			w.Must(w.Members.SeedGrants(w.Context(), p.account.ID, p.admin.User, []app.SeedGrant{{User: north.User, Role: "fleet-manager", Unit: p.keys["Maraval Benelux"]}}))
			preview, err := p.preview(both, "Agence de Nantes", "Maraval Benelux")
			w.Must(err)
			if preview.Refusal == nil || preview.Refusal.Code != "unit.move_gives" {
				t.Errorf("the preview says %v", preview.Refusal)
			}
			if got := p.move(both, "Agence de Nantes", "Maraval Benelux"); got != "unit.move_gives" {
				t.Errorf("%q, want unit.move_gives", got)
			}
		})
		t.Run("UNIT-4 it needs the right on both sides", func(t *testing.T) {
			if got := p.move(west, "Agence de Nantes", "Maraval Benelux"); got != "unit.not_found" {
				t.Errorf("only where it hangs: %q", got)
			}
			if got := p.move(north, "Agence de Nantes", "Maraval Benelux"); got != "unit.not_found" {
				t.Errorf("only where it goes: %q", got)
			}
			if got := p.move(west, "Maraval Location", "Maraval Location"); got != "denied.permission" {
				t.Errorf("not at the unit above: %q", got)
			}
		})
		t.Run("UNIT-4 never under itself, nor where the catalogue does not put it", func(t *testing.T) {
			for _, test := range []struct{ unit, to, code string }{
				{"Maraval France", "Agence de Nantes", "unit.under_itself"}, {"Maraval France", "Maraval France", "unit.under_itself"},
				{"Nacelles", "Maraval Benelux", "unit.level_not_here"}, {"Groupe Maraval", "Maraval France", "unit.root"},
				{"Nacelles", "Agence de Nantes", ""},
			} {
				if got := p.move(p.admin, test.unit, test.to); got != test.code {
					t.Errorf("%s under %s: %q, want %q", test.unit, test.to, got, test.code)
				}
			}
		})
	})
}

func TestUnitsMoveConfirmed(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		west, _ := p.person("ouest@maraval.example", "manager", "Maraval Location")
		north, _ := p.person("nord@maraval.example", "manager", "Maraval Benelux")
		both, _ := p.person("deux@maraval.example", "manager", "Maraval Location")
		w.Must(w.Members.SeedGrants(w.Context(), p.account.ID, p.admin.User, []app.SeedGrant{{User: both.User, Role: "manager", Unit: p.keys["Maraval Benelux"]}}))
		t.Run("PLAN-4 what was confirmed has changed", func(t *testing.T) {
			u, to := p.unit("Agence de Nantes"), p.unit("Maraval Benelux")
			preview, err := p.preview(p.admin, "Agence de Nantes", "Maraval Benelux")
			w.Must(err)
			p.person("encore@maraval.example", "manager", "Maraval Benelux")
			move := app.UnitMove{To: to.UUID, Version: u.Version, Confirmed: preview.Seal}
			if got := w.Code(w.Units.Move(w.Context(), p.admin, p.account.ID, u.UUID, move)); got != "stale" {
				t.Errorf("%q, want stale", got)
			}
			move.Confirmed, move.Version = "", u.Version+1
			if got := w.Code(w.Units.Move(w.Context(), p.admin, p.account.ID, u.UUID, move)); got != "stale" {
				t.Errorf("another version: %q, want stale", got)
			}
		})
		t.Run("UNIT-4 moved with all below, as was said", func(t *testing.T) {
			u, to := p.unit("Agence de Nantes"), p.unit("Maraval Benelux")
			preview, err := p.preview(p.admin, "Agence de Nantes", "Maraval Benelux")
			w.Must(err)
			w.Must(w.Units.Move(w.Context(), p.admin, p.account.ID, u.UUID, app.UnitMove{To: to.UUID, Version: u.Version, Confirmed: preview.Seal}))
			if !p.may(north, authz.ManageMembers, "Nacelles") || p.may(west, authz.ManageMembers, "Nacelles") || !p.may(both, authz.ManageMembers, "Nacelles") {
				t.Error("rights below are not what was said")
			}
			if path := p.unit("Nacelles").Path; len(path) != 5 || path[2].Name != "Maraval Benelux" {
				t.Errorf("stands at %v", path)
			}
			if got := lastKind(p.house); got != "unit.moved" {
				t.Errorf("history says %s", got)
			}
			if p.unit("Maraval Location").Missing == nil {
				t.Error("UNIT-3: what it left is not marked incomplete")
			}
		})
	})
}

func TestUnitsTogether(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		t.Run("UNIT-4 two moves at once make no circle", func(t *testing.T) {
			p := newEntities(w)
			a, b := p.unit("A"), p.unit("B")
			var codes [2]string
			together(
				func() {
					codes[0] = w.Code(w.Units.Move(w.Context(), p.admin, p.account.ID, a.UUID, app.UnitMove{To: b.UUID, Version: a.Version}))
				},
				func() {
					codes[1] = w.Code(w.Units.Move(w.Context(), p.admin, p.account.ID, b.UUID, app.UnitMove{To: a.UUID, Version: b.Version}))
				},
			)
			if !slices.Contains(codes[:], "") || !slices.Contains(codes[:], "unit.under_itself") {
				t.Errorf("answers %q", codes)
			}
			list, err := w.Units.List(w.Context(), p.admin, p.account.ID, app.UnitQuery{})
			w.Must(err)
			if list.Total != 4 {
				t.Errorf("%d units hang together, want 4", list.Total)
			}
		})
		t.Run("a tree ends at its deepest level, by adding and by moving", func(t *testing.T) {
			p := newDeep(w)
			if got := p.add(p.admin, app.NewUnit{Under: p.unit("23").UUID, Level: "entity", Name: "24"}); got != "unit.too_deep" {
				t.Errorf("added: %q", got)
			}
			if got := p.move(p.admin, "pair", "22"); got != "unit.too_deep" {
				t.Errorf("moved with one below: %q", got)
			}
			if got := p.move(p.admin, "pair", "21"); got != "" {
				t.Errorf("moved one higher: %q", got)
			}
		})
	})
}

func TestUnitsMoveBesideGrant(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		t.Run("ROLE-6 a role given below while the unit moves counts on the new way", func(t *testing.T) {
			p := newPark(w)
			manager, _ := p.person("chef@maraval.example", "manager", "Maraval Location")
			_, m := p.person("camille@maraval.example", "", "")
			w.Must(p.home(p.admin, m.UUID, p.unit("Nacelles").UUID))
			u, to, fleet := p.unit("Agence de Nantes"), p.unit("Maraval Benelux"), p.unit("Nacelles")
			var moved, given string
			together(
				func() {
					moved = w.Code(w.Units.Move(w.Context(), p.admin, p.account.ID, u.UUID, app.UnitMove{To: to.UUID, Version: u.Version}))
				},
				func() {
					verdicts, err := w.Grants.Give(w.Context(), manager, p.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "basic-user", Units: []string{fleet.UUID}})
					given = w.Code(err)
					if len(verdicts) == 1 && verdicts[0].Outcome == app.Added {
						given = "added"
					}
				},
			)
			if moved != "" {
				t.Fatalf("move: %q", moved)
			}
			held := p.unit("Nacelles").HoldersTotal
			if p.may(manager, authz.ManageMembers, "Nacelles") {
				t.Error("the manager of the old way manages still")
			}
			if (given == "added") != (held == 1) || held > 1 {
				t.Errorf("the gift was answered with %q, and %d roles are held", given, held)
			}
		})
	})
}

// newEntities is an account whose units stand under each other at will.
func newEntities(w *apptest.World) park {
	w.T.Helper()
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "163 918", Name: "Domaines", Type: "licences", ServiceLevel: "contract",
		Language: "fr", Address: directory.PostalAddress{Street: "1 rue du Port", PostalCode: "21200", City: "Beaune", Country: "FR"}})
	w.Must(err)
	p := park{house: house{World: w, account: account}}
	p.admin = w.Administrator(account, "prune@domaines.example")
	p.keys, err = w.Accounts.SeedUnits(w.Context(), account.ID, []app.SeedUnit{{Name: "A", Level: "entity"}, {Name: "B", Level: "entity"}, {Name: "C", Level: "entity", Under: "A"}})
	w.Must(err)
	return p
}

// newDeep is a chain of units as deep as a tree may be, and a pair beside it.
func newDeep(w *apptest.World) park {
	w.T.Helper()
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "164 000", Name: "Chaîne", Type: "licences", ServiceLevel: "contract",
		Language: "fr", Address: directory.PostalAddress{Street: "1 rue du Port", PostalCode: "21200", City: "Beaune", Country: "FR"}})
	w.Must(err)
	p := park{house: house{World: w, account: account}}
	p.admin = w.Administrator(account, "chaine@domaines.example")
	rows := []app.SeedUnit{{Name: "pair", Level: "entity"}, {Name: "below", Level: "entity", Under: "pair"}}
	for depth := 1; depth < directory.UnitDepthMost; depth++ {
		row := app.SeedUnit{Name: fmt.Sprint(depth), Level: "entity"}
		if depth > 1 {
			row.Under = fmt.Sprint(depth - 1)
		}
		rows = append(rows, row)
	}
	p.keys, err = w.Accounts.SeedUnits(w.Context(), account.ID, rows)
	w.Must(err)
	return p
}

// TestMovedContracts: the preview of a move says who is nothing any more for a
// contract and who sees what the moved units hold, and a move that was confirmed
// stands for that too.
func TestMovedContracts(t *testing.T) { // UNIT-4, SEAT-7, SEAT-8, PLAN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		_, along := p.housed("nantes@maraval.example", "Nacelles")
		_, stays := p.housed("location@maraval.example", "Maraval Location")
		_, goal := p.housed("benelux@maraval.example", "Maraval Benelux")
		_, always := p.housed("groupe@maraval.example", "Groupe Maraval")
		referent, deputy := directory.ReferentPart, directory.DeputyPart
		name := func(part directory.Part, unit string, m directory.Member) {
			t.Helper()
			if got := p.name(p.admin, part, unit, m.UUID); got != "" {
				t.Fatalf("%s of %s: %s", part, unit, got)
			}
		}
		name(referent, "Maraval Location", along)
		name(deputy, "Agence de Nantes", along)
		name(deputy, "Maraval Location", stays)
		name(referent, "Maraval Benelux", goal)
		name(deputy, "Groupe Maraval", always)
		buy := func(unit string) {
			t.Helper()
			_, err := w.Subscriptions.Add(w.Context(), w.Operator(), p.account.ID, app.NewSubscription{Offer: directory.Offer{Product: "plans"}, Unit: p.uuid(unit),
				Term: app.SubscriptionTerm{Quantity: 1}})
			w.Must(err)
		}
		buy("Nacelles")
		buy("Maraval Location")
		look := func() app.MovePreview {
			t.Helper()
			preview, err := p.preview(p.admin, "Agence de Nantes", "Maraval Benelux")
			w.Must(err)
			return preview
		}
		first := look()
		c := first.Contract
		if c.Ending != 1 || c.Subscriptions != 1 || c.Gaining != 1 || c.Losing != 1 || len(c.Ended) != 1 ||
			c.Ended[0].Name != "nantes" || c.Ended[0].Part != referent || c.Ended[0].Unit.Name != "Maraval Location" {
			t.Fatalf("SEAT-7 %+v", c)
		}
		u, to := p.unit("Agence de Nantes"), p.unit("Maraval Benelux")
		confirm := func(seal string) string {
			return w.Code(w.Units.Move(w.Context(), p.admin, p.account.ID, u.UUID, app.UnitMove{To: to.UUID, Version: u.Version, Confirmed: seal}))
		}
		for what, change := range map[string]func(){
			"somebody else looks after what it leaves": func() {
				_, m := p.housed("conseil@maraval.example", "Maraval Conseil")
				name(deputy, "Maraval France", m)
			},
			"somebody else looks after the unit it goes to": func() {
				_, m := p.housed("gand@maraval.example", "Gand")
				name(deputy, "Maraval Benelux", m)
			},
			"a part more ends":               func() { name(deputy, "Maraval France", along) },
			"a moved unit holds another one": func() { buy("Agence de Nantes") },
		} {
			before := look()
			change()
			if got := confirm(before.Seal); got != "stale" {
				t.Errorf("PLAN-4 %s: %q, want stale", what, got)
			}
		}
		if look := look().Contract; look.Ending != 2 || look.Subscriptions != 2 || look.Gaining != 2 || look.Losing != 2 {
			t.Errorf("SEAT-8 %+v", look)
		}
		if got := confirm(look().Seal); got != "" {
			t.Fatalf("UNIT-4 %q", got)
		}
		if c := p.contract("Maraval Location"); c.Referent.Member != "" || !slices.Equal(emails(c.Deputies), []string{"location@maraval.example"}) {
			t.Errorf("SEAT-7 after the move: %+v", c)
		}
		if c := p.contract("Agence de Nantes"); c.Above.Email != "benelux@maraval.example" || !slices.Equal(emails(c.Deputies), []string{"nantes@maraval.example"}) {
			t.Errorf("SEAT-7 the moved unit: %+v", c)
		}
	})
}
