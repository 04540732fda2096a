package app_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestNobodyGainsByAnyDoor does random acts by random people through all doors
// that give: after each, nobody holds what they did not hold before unless
// whoever acted held it at that unit.
func TestNobodyGainsByAnyDoor(t *testing.T) { // ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		p.role("reader", authz.ViewMembers)
		p.role("clerk", authz.ViewMembers, authz.ManageMembers)
		p.role("historian", authz.ViewHistory, authz.RunExports)
		d := &doors{fleetHouse: p, roles: []string{"reader", "fleet-manager", "purchase-approver", "basic-user", "clerk", "historian"},
			units: []string{"", "Nord", "Lille", "Grues", "Sud", "Bennes"}}
		for i, home := range []string{"", "Nord", "Lille", "Grues", "Sud", "Bennes"} {
			actor, m := p.person(fmt.Sprintf("someone.n%d", i), p.units[home], d.roles[i], home)
			d.people, d.members = append(d.people, actor), append(d.members, m)
		}
		d.people, d.members = append(d.people, p.north, p.manager), append(d.members, p.northMember, p.member(p.manager.User))
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(r, "acts") {
				d.act(r)
			}
		})
	})
}

// doors are people who try everything.
type doors struct {
	fleetHouse
	roles, units []string
	people       []authz.Actor
	members      []directory.Member
	added        int
}

func (d *doors) act(r *rapid.T) {
	by := rapid.IntRange(0, len(d.people)-1).Draw(r, "by")
	actor, before := d.people[by], d.rights()
	who := d.members[rapid.IntRange(0, len(d.members)-1).Draw(r, "who")]
	role, unit := rapid.SampledFrom(d.roles).Draw(r, "role"), rapid.SampledFrom(d.units).Draw(r, "unit")
	ctx, id, giving := d.Context(), d.account.ID, app.Giving{Who: app.Of(who.UUID), Role: role, Units: []string{d.ids[unit]}}
	door := rapid.SampledFrom([]string{"give", "end", "set", "off", "on", "invite", "add", "edit", "home", "remove"}).Draw(r, "door")
	var others func(person int, p authz.Permission) bool
	if door == "on" || door == "invite" {
		others = d.othersGifts(who, before)
	}
	var err error
	switch door {
	case "give":
		_, err = d.Grants.Give(ctx, actor, id, giving)
	case "end":
		_, err = d.Grants.End(ctx, actor, id, giving)
	case "set":
		_, err = d.Grants.Set(ctx, actor, id, who.UUID, []app.RoleStep{{Unit: d.ids[unit], Roles: []string{role}}})
	case "off":
		_, err = d.Members.Deactivate(ctx, actor, id, app.Of(who.UUID))
	case "on":
		_, err = d.Members.Reactivate(ctx, actor, id, app.Of(who.UUID))
	case "invite":
		_, err = d.Invitations.Send(ctx, actor, id, app.Of(who.UUID))
	case "add":
		d.added++
		_, err = d.Members.Add(ctx, actor, id, []app.NewMember{{Row: 1, Email: fmt.Sprintf("door.n%d@maraval.example", d.added), Levels: []string{"administrator"}}}, app.AddOptions{Home: d.ids[unit]})
	case "edit":
		level := "administrator"
		_, err = d.Members.EditMembers(ctx, actor, id, app.Of(who.UUID), app.MemberChange{Levels: apptest.Levels(level)})
	case "home":
		_, err = d.Members.MoveHome(ctx, actor, id, app.Of(who.UUID), d.ids[unit])
	case "remove":
		if rapid.IntRange(0, 9).Draw(r, "seldom") == 0 {
			_, err = d.Members.Remove(ctx, actor, id, app.Of(who.UUID))
		}
	}
	d.Code(err) // a fault fails the test
	after := d.rights()
	for i := range d.people {
		for _, unit := range d.units {
			for _, p := range after[i].At(d.fleetHouse.units[unit]) {
				if !before[i].May(p, d.fleetHouse.units[unit]) && !before[by].May(p, d.fleetHouse.units[unit]) && (others == nil || !others(i, p)) {
					r.Fatalf("%d gained %s at %q from %d, who did not hold it", i, p, unit, by)
				}
			}
		}
	}
}

// othersGifts tells which permissions a member has by roles at the account that
// somebody gave who holds them still: whoever lets the member in again gives none
// of these (ROLE-3).
func (d *doors) othersGifts(m directory.Member, before []authz.Rights) func(person int, p authz.Permission) bool {
	root := d.fleetHouse.units[""]
	gives := map[authz.Permission]bool{}
	d.Must(d.DB.View(d.Context(), func(r *store.Reader) error {
		roles, err := r.Roles(d.Context(), d.account.ID)
		if err != nil {
			return err
		}
		grants, err := r.GrantsOfAll(d.Context(), []directory.MemberID{m.ID})
		for _, g := range grants[m.ID] {
			role := slices.IndexFunc(roles, func(role directory.Role) bool { return role.ID == g.Role })
			giver := slices.IndexFunc(d.people, func(by authz.Actor) bool { return by.User == g.By })
			if g.Unit != root || role < 0 {
				continue
			}
			for _, name := range roles[role].Permissions {
				if p := authz.Permission(name); giver < 0 || before[giver].May(p, root) {
					gives[p] = true
				}
			}
		}
		return err
	}))
	return func(person int, p authz.Permission) bool { return d.people[person].User == m.User && gives[p] }
}

// rights are what each of the people may do.
func (d *doors) rights() []authz.Rights {
	all := make([]authz.Rights, len(d.people))
	d.Must(d.DB.View(d.Context(), func(r *store.Reader) error {
		units, err := r.Units(d.Context(), d.account.ID)
		if err != nil {
			return err
		}
		roles, err := r.Roles(d.Context(), d.account.ID)
		if err != nil {
			return err
		}
		var rules []authz.Rule
		for _, declared := range d.Catalogue.InForce().Permissions {
			rules = append(rules, authz.Rule{Permission: authz.Permission(declared.ID), Levels: declared.Levels})
		}
		tree := authz.NewTree(authz.Structure{Units: units, Roles: roles, Rules: rules})
		for i, actor := range d.people {
			standing, err := r.Standing(d.Context(), d.account.ID, actor.User)
			if err != nil {
				return err
			}
			all[i] = authz.Decide(actor, tree, standing, d.Now())
		}
		return nil
	}))
	return all
}

// TestGrantsAtOnce: what happens at the same time leaves one outcome.
func TestGrantsAtOnce(t *testing.T) { // ROLE-7, ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		t.Run("ROLE-7 two givers at once make one grant", func(t *testing.T) {
			_, m := p.person("twice.given", p.units["Lille"], "", "")
			var wait sync.WaitGroup
			outcomes := make([]app.Outcome, 8)
			for i := range outcomes {
				wait.Go(func() {
					verdicts, err := p.give([]authz.Actor{p.manager, p.admin}[i%2], m, "purchase-approver", "Nord")
					if err == nil && len(verdicts) == 1 {
						outcomes[i] = verdicts[0].Outcome
					}
				})
			}
			wait.Wait()
			added := 0
			for _, o := range outcomes {
				if o == app.Added {
					added++
				}
			}
			if got := p.holds(m); added != 1 || !slices.Equal(got, []string{"basic-user at ", "purchase-approver at Nord"}) {
				t.Errorf("%d added of %v; holds %v", added, outcomes, got)
			}
		})
		t.Run("ROLE-8 a role archived meanwhile is not given, its holders keep it and can lose it", func(t *testing.T) {
			_, m := p.person("keeps.role", p.units["Lille"], "purchase-approver", "Nord")
			_, other := p.person("late.role", p.units["Lille"], "", "")
			p.archiveRole("purchase-approver")
			if got := p.code(p.give(p.manager, other, "purchase-approver", "Nord")); got != "field.unknown_choice" {
				t.Errorf("given: %q", got)
			}
			_, err := p.Grants.Set(w.Context(), p.manager, p.account.ID, other.UUID, []app.RoleStep{{Unit: p.ids["Nord"], Roles: []string{"purchase-approver"}}})
			if got := w.Code(err); got != "field.unknown_choice" {
				t.Errorf("set on the person's page: %q", got)
			}
			if got := p.holds(m); len(got) != 2 {
				t.Errorf("holder: %v", got)
			}
			ended, err := p.Grants.End(w.Context(), p.manager, p.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "purchase-approver", Units: []string{p.ids["Nord"]}})
			if got := p.code(ended, err); got != "" {
				t.Errorf("taken back: %q", got)
			}
		})
		t.Run("a unit archived meanwhile takes no grant, and gives its own back", func(t *testing.T) {
			_, m := p.person("gone.unit", p.units["Lille"], "fleet-manager", "Bennes")
			w.Must(p.Units.Archive(w.Context(), p.admin, p.account.ID, p.ids["Sud"], 1))
			if got := p.code(p.give(p.manager, m, "basic-user", "Bennes")); got != "unit.archived" {
				t.Errorf("given: %q", got)
			}
			ended, err := p.Grants.End(w.Context(), p.manager, p.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "fleet-manager", Units: []string{p.ids["Bennes"]}})
			if got := p.code(ended, err); got != "" {
				t.Errorf("taken back: %q", got)
			}
		})
	})
}

// archiveRole takes a role of kind rights out of the choices.
func (p fleetHouse) archiveRole(code string) {
	p.T.Helper()
	p.Must(p.DB.Update(p.Context(), []directory.AccountID{p.account.ID}, func(tx *store.Tx) error {
		roles, err := tx.Roles(p.Context(), p.account.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(roles, func(o directory.Role) bool { return o.Code == code && o.Kind == directory.RightsRole })
		roles[i].Archived = p.Now()
		return tx.Apply(p.Context(), store.Write{Changes: []store.Change{store.PutRoles{Account: p.account.ID, Roles: roles[i : i+1]}}})
	}))
}
