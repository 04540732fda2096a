package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A grown account has a tree of offices under offices and people with roles in
// it.
type grown struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
	units   map[string]directory.Unit
}

// grow makes an account with the units "Nord", "Nord/Lille", "Nord/Lille/Gare"
// and "Sud".
func grow(w *apptest.World) grown {
	w.T.Helper()
	g := grown{World: w, account: w.Account("204817"), units: map[string]directory.Unit{}}
	g.admin = w.Administrator(g.account, "helene.castaing@maraval.example")
	keys, err := w.Accounts.SeedUnits(w.Context(), g.account.ID, []app.SeedUnit{
		{Name: "Nord", Level: "office"}, {Name: "Lille", Level: "office", Under: "Nord"},
		{Name: "Gare", Level: "office", Under: "Lille"}, {Name: "Sud", Level: "office"}})
	w.Must(err)
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		units, err := r.Units(w.Context(), g.account.ID)
		for _, u := range units {
			for name, key := range keys {
				if key == u.ID {
					g.units[name] = u
				}
			}
		}
		return err
	}))
	return g
}

// give gives a role at a unit, as the administrator did.
func (g grown) give(who authz.Actor, role, unit string) {
	g.T.Helper()
	g.Must(g.Members.SeedGrants(g.Context(), g.account.ID, g.admin.User, []app.SeedGrant{{User: who.User, Role: role, Unit: g.units[unit].ID}}))
}

func (g grown) why(actor authz.Actor, person, permission, unit string) (app.Why, error) {
	g.T.Helper()
	return g.Reasons.Why(g.Context(), actor, g.account.ID, app.WhyQuery{Person: person, Permission: permission, Unit: g.units[unit].UUID})
}

func TestWhy(t *testing.T) { // ROLE-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		g := grow(w)
		karim, member := w.Member(g.account, "karim.haddad@maraval.example")
		lea, _ := w.Member(g.account, "lea.fontanel@maraval.example")
		g.give(karim, "manager", "Nord")
		g.give(karim, "basic-user", "")
		g.give(lea, "basic-user", "")
		t.Run("ROLE-9 a yes names what gives it, on the way from the root", func(t *testing.T) {
			why, err := g.why(g.admin, member.UUID, "members.manage", "Lille")
			w.Must(err)
			var way []string
			for _, step := range why.Path {
				way = append(way, step.Unit.Name)
			}
			if !why.Explanation.Allowed || !slices.Equal(way, []string{g.account.Name, "Nord", "Lille"}) {
				t.Errorf("allowed %t on the way %q", why.Explanation.Allowed, way)
			}
			if held := why.Path[1].Held; len(held) != 1 || !held[0].Gives || held[0].By.User != g.admin.User || held[0].From != w.Now() {
				t.Errorf("at Nord stands %+v", held)
			}
			if held := why.Path[0].Held; len(held) != 1 || held[0].Gives {
				t.Errorf("at the root stands %+v", held)
			}
			if len(why.Givers) != 0 {
				t.Errorf("a yes names givers: %v", why.Givers)
			}
		})
		t.Run("ROLE-9 a no says where it is held, and who could give it, the nearest first", func(t *testing.T) {
			why, err := g.why(g.admin, member.UUID, "members.manage", "Sud")
			w.Must(err)
			if why.Explanation.Allowed || why.Explanation.Reason != authz.Missing || len(why.Elsewhere) != 1 || why.Elsewhere[0].Unit.Name != "Nord" {
				t.Errorf("got %+v, elsewhere %+v", why.Explanation, why.Elsewhere)
			}
			if why.GiverTotal != 1 || len(why.Givers) != 1 || !why.Givers[0].Own || why.GiveAt.Name != "Sud" {
				t.Errorf("%d could give it at %s: %+v", why.GiverTotal, why.GiveAt.Name, why.Givers)
			}
			own, err := g.why(lea, "", "members.manage", "Lille")
			w.Must(err)
			if own.GiverTotal != 2 || own.Givers[0].Name != "Karim Haddad" && own.Givers[0].Name != "karim haddad" {
				t.Errorf("%d could give it: %+v", own.GiverTotal, own.Givers)
			}
			if own.Givers[0].Email != "" || own.Givers[0].Member != "" {
				t.Error("an address is shown to somebody who may not see members (LIST-8)")
			}
		})
		t.Run("ROLE-10 what does not count at a level is given above it", func(t *testing.T) {
			why, err := g.why(g.admin, member.UUID, "roles.manage", "Gare")
			w.Must(err)
			if why.Explanation.Allowed || !slices.Equal(counts(why), []string{"account"}) || why.GiveAt.ID != g.units[""].ID {
				t.Errorf("counts at %v, given at %q", counts(why), why.GiveAt.Name)
			}
		})
		t.Run("USER-4 who is switched off is told so", func(t *testing.T) {
			paul, m := w.Member(g.account, "paul.senac@maraval.example")
			g.give(paul, "manager", "")
			verdicts, err := w.Members.Deactivate(w.Context(), g.admin, g.account.ID, app.Selection{Members: []string{m.UUID}})
			w.Must(err)
			w.Must(verdicts.FirstRefusal())
			why, err := g.why(g.admin, m.UUID, "members.manage", "Sud")
			w.Must(err)
			if why.Explanation.Allowed || why.Explanation.Reason != authz.NotActive || why.GiverTotal != 1 {
				t.Errorf("got %+v, %d could change it", why.Explanation, why.GiverTotal)
			}
		})
		t.Run("nothing is asked without a permission", func(t *testing.T) {
			why, err := g.why(karim, "", "", "Gare")
			w.Must(err)
			if len(why.Path) != 0 || !slices.ContainsFunc(why.Here, func(p catalogue.Permission) bool { return p.ID == "members.manage" }) {
				t.Errorf("a way %v, here %d permissions", why.Path, len(why.Here))
			}
		})
	})
}

func counts(w app.Why) []string {
	var levels []string
	for _, level := range w.Levels {
		if level.Counts {
			levels = append(levels, level.ID)
		}
	}
	return levels
}

// TestWhyAgrees asks about every person, permission and unit of a random tree
// and holds the answer against what the person is really let do.
func TestWhyAgrees(t *testing.T) { // ROLE-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		g := grow(w)
		r := rand.New(rand.NewPCG(9, 9))
		names := []string{"", "Nord", "Lille", "Gare", "Sud"}
		for i := range 4 {
			actor, _ := w.Member(g.account, fmt.Sprintf("membre%d@maraval.example", i))
			for range r.IntN(3) {
				g.give(actor, []string{"manager", "basic-user"}[r.IntN(2)], names[r.IntN(len(names))])
			}
			frame, err := w.Accounts.Open(w.Context(), actor, g.account.Number)
			w.Must(err)
			for name, unit := range g.units {
				for _, p := range authz.Permissions() {
					why, err := g.why(actor, "", string(p), name)
					if code := w.Code(err); code == "unit.not_found" {
						if frame.Rights.May(p, unit.ID) {
							t.Errorf("%s is held at %s, which is out of sight", p, name)
						}
						continue
					}
					if why.Explanation.Allowed != frame.Rights.May(p, unit.ID) || why.Explanation.Allowed != slices.ContainsFunc(why.Path, gives) {
						t.Errorf("%s at %q: told %t, decided %t, on the way %v", p, name, why.Explanation.Allowed, frame.Rights.May(p, unit.ID), why.Path)
					}
				}
			}
		}
	})
}

func gives(step app.WhyStep) bool {
	return slices.ContainsFunc(step.Held, func(h app.HeldRole) bool { return h.Gives })
}

func TestRightsTree(t *testing.T) { // ROLE-9
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		g := grow(w)
		karim, member := w.Member(g.account, "karim.haddad@maraval.example")
		g.give(karim, "manager", "Nord")
		g.give(karim, "manager", "Lille")
		t.Run("ROLE-1, ROLE-2 what is held, how far it reaches, and what adds nothing", func(t *testing.T) {
			tree, err := w.Reasons.Tree(w.Context(), g.admin, g.account.ID, member.UUID)
			w.Must(err)
			if len(tree.Held) != 2 || tree.Held[0].Reach != 3 || !tree.Held[0].Adds || tree.Held[1].Reach != 2 || tree.Held[1].Adds {
				t.Errorf("held: %+v", tree.Held)
			}
			if tree.Managed != 3 || len(tree.Units) != 5 || !tree.MayGive || tree.Holder.Own {
				t.Errorf("%d of %d units managed", tree.Managed, len(tree.Units))
			}
		})
		t.Run("LIST-8 one's own tree shows the units where something is held, and the way there", func(t *testing.T) {
			tree, err := w.Reasons.Tree(w.Context(), karim, g.account.ID, "")
			w.Must(err)
			if len(tree.Units) != 4 || !tree.Holder.Own {
				t.Errorf("%d units in sight, want 4 without Sud", len(tree.Units))
			}
		})
		t.Run("an archived unit is left out", func(t *testing.T) {
			w.Must(w.Units.Archive(w.Context(), g.admin, g.account.ID, g.units["Gare"].UUID, g.units["Gare"].Version))
			tree, err := w.Reasons.Tree(w.Context(), g.admin, g.account.ID, member.UUID)
			w.Must(err)
			if len(tree.Units) != 4 || tree.Held[0].Reach != 2 {
				t.Errorf("%d units, reach %d", len(tree.Units), tree.Held[0].Reach)
			}
		})
	})
}

func TestWhyRefuses(t *testing.T) { // LIST-8, USER-5
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		g := grow(w)
		karim, member := w.Member(g.account, "karim.haddad@maraval.example")
		lea, _ := w.Member(g.account, "lea.fontanel@maraval.example")
		g.give(lea, "manager", "Sud")
		other := w.Account("777666")
		foreign := w.Administrator(other, "ophelie@atelier.example")
		_, far := w.Member(other, "sofia@atelier.example")
		long := strings.Repeat("é", 70_000)
		for name, test := range map[string]struct {
			actor authz.Actor
			q     app.WhyQuery
			code  string
		}{
			"who may not view members asks about themselves only": {karim, app.WhyQuery{Person: "x"}, "member.not_found"},
			"LIST-8 a member of another branch is out of sight":   {lea, app.WhyQuery{Person: member.UUID}, "member.not_found"},
			"somebody of another account":                         {g.admin, app.WhyQuery{Person: far.UUID}, "member.not_found"},
			"nobody":                                              {g.admin, app.WhyQuery{Person: "00000000-0000-4000-8000-000000000000"}, "member.not_found"},
			"no unit":                                             {g.admin, app.WhyQuery{Unit: "00000000-0000-4000-8000-000000000000"}, "unit.not_found"},
			"no permission":                                       {g.admin, app.WhyQuery{Permission: "members.eat"}, "field.unknown_choice"},
			"70,000 characters for a person":                      {g.admin, app.WhyQuery{Person: long}, "member.not_found"},
			"70,000 characters for a unit":                        {g.admin, app.WhyQuery{Unit: long}, "unit.not_found"},
			"70,000 characters for a permission":                  {g.admin, app.WhyQuery{Permission: long}, "field.unknown_choice"},
			"USER-5 the account of others":                        {foreign, app.WhyQuery{}, "account.not_found"},
			"a stranger":                                          {authz.Actor{}, app.WhyQuery{}, "account.not_found"},
			"a unit out of one's own sight":                       {lea, app.WhyQuery{Unit: g.units["Gare"].UUID}, "unit.not_found"},
		} {
			t.Run(name, func(t *testing.T) {
				if _, err := w.Reasons.Why(w.Context(), test.actor, g.account.ID, test.q); w.Code(err) != test.code {
					t.Errorf("got %v, want %s", err, test.code)
				}
			})
		}
	})
}
