package app_test

import (
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A fleetHouse is a fleet account with a tree, an administrator, and managers of
// parts of it.
type fleetHouse struct {
	house
	units map[string]directory.UnitID
	ids   map[string]string // public ids of units, by name

	manager, north authz.Actor // of everything, of the group Nord
	northMember    directory.Member
}

// The tree of a fleetHouse.
func fleetHouseTree() []app.SeedUnit {
	return []app.SeedUnit{
		{Name: "Nord", Level: "group"}, {Name: "Nord Location", Level: "company", Under: "Nord"},
		{Name: "Lille", Level: "location", Under: "Nord Location"}, {Name: "Nacelles", Level: "fleet", Under: "Lille"},
		{Name: "Grues", Level: "fleet", Under: "Lille"},
		{Name: "Sud", Level: "group"}, {Name: "Sud Location", Level: "company", Under: "Sud"},
		{Name: "Pau", Level: "location", Under: "Sud Location"}, {Name: "Bennes", Level: "fleet", Under: "Pau"},
	}
}

func newFleetHouse(w *apptest.World) fleetHouse {
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	p := fleetHouse{house: house{World: w, account: account}, ids: map[string]string{}}
	p.admin = w.Administrator(account, "helene.castaing@maraval.example")
	p.units, err = w.Accounts.SeedUnits(w.Context(), account.ID, fleetHouseTree())
	w.Must(err)
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		units, err := r.Units(w.Context(), account.ID)
		for _, u := range units {
			name := u.Name
			if u.Parent == 0 {
				name = ""
			}
			p.ids[name] = u.UUID
		}
		return err
	}))
	p.manager, _ = p.person("gregoire.launay", 0, "fleet-manager", "")
	p.north, p.northMember = p.person("norbert.leroux", p.units["Nord"], "fleet-manager", "Nord")
	return p
}

// person is an active member of a home unit who holds the basic role at the root
// and one more.
func (p fleetHouse) person(name string, home directory.UnitID, role, unit string) (authz.Actor, directory.Member) {
	p.T.Helper()
	email := name + "@maraval.example"
	first, last, _ := strings.Cut(name, ".")
	users, err := p.Members.Seed(p.Context(), p.account.ID, []app.SeedMember{{Status: directory.Active, Unit: home,
		User: directory.User{Email: email, UserName: email, First: first, Last: last, Language: "fr", Password: directory.PasswordOwn}}})
	p.Must(err)
	rows := []app.SeedGrant{{User: users[0].ID, Role: "basic-user", Unit: p.account.Root}}
	if role != "" {
		rows = append(rows, app.SeedGrant{User: users[0].ID, Role: role, Unit: p.units[unit]})
	}
	p.Must(p.Members.SeedGrants(p.Context(), p.account.ID, 0, rows))
	return authz.Actor{Kind: authz.Person, User: users[0].ID, Door: authz.DoorPage}, p.member(users[0].ID)
}

func (p fleetHouse) member(user directory.UserID) directory.Member {
	p.T.Helper()
	var m directory.Member
	p.Must(p.DB.View(p.Context(), func(r *store.Reader) (err error) {
		m, err = r.MemberOf(p.Context(), p.account.ID, user)
		return err
	}))
	return m
}

// give gives one role to one member at units, by name.
func (p fleetHouse) give(by authz.Actor, m directory.Member, role string, units ...string) ([]app.GrantVerdict, error) {
	return p.Grants.Give(p.Context(), by, p.account.ID, app.Giving{Who: app.Of(m.UUID), Role: role, Units: p.idsOf(units)})
}

func (p fleetHouse) idsOf(units []string) []string {
	ids := make([]string, len(units))
	for i, name := range units {
		if ids[i] = p.ids[name]; ids[i] == "" {
			ids[i] = name
		}
	}
	return ids
}

// code is the refusal of an act, or of its first verdict that was refused.
func (p fleetHouse) code(verdicts []app.GrantVerdict, err error) string {
	p.T.Helper()
	for _, v := range verdicts {
		if err == nil && v.Refusal != nil {
			err = v.Refusal
		}
	}
	return p.Code(err)
}

// holds are the roles a member holds at units, as "role at unit", sorted.
func (p fleetHouse) holds(m directory.Member) []string {
	p.T.Helper()
	held := []string{}
	p.Must(p.DB.View(p.Context(), func(r *store.Reader) error {
		grants, err := r.GrantsOf(p.Context(), m.ID)
		if err != nil {
			return err
		}
		roles, err := r.Roles(p.Context(), p.account.ID)
		if err != nil {
			return err
		}
		for _, g := range grants {
			for _, role := range roles {
				for name, unit := range p.units {
					if role.ID == g.Role && unit == g.Unit {
						held = append(held, role.Code+" at "+name)
					}
				}
			}
		}
		return nil
	}))
	slices.Sort(held)
	return held
}

func TestGrants(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		_, karim := p.person("karim.haddad", p.units["Lille"], "", "")
		t.Run("ROLE-7 one role for several people at several units in one act", func(t *testing.T) {
			_, wim := p.person("wim.bertin", p.units["Lille"], "", "")
			verdicts, err := p.Grants.Give(w.Context(), p.manager, p.account.ID, app.Giving{Role: "purchase-approver",
				Who: app.Selection{Members: []string{karim.UUID, wim.UUID}}, Units: p.idsOf([]string{"Nacelles", "Bennes"})})
			if got := p.code(verdicts, err); got != "" || len(verdicts) != 4 {
				t.Fatalf("%q, %d verdicts", got, len(verdicts))
			}
			want := []string{"basic-user at ", "purchase-approver at Bennes", "purchase-approver at Nacelles"}
			for _, m := range []directory.Member{karim, wim} {
				if got := p.holds(m); !slices.Equal(got, want) {
					t.Errorf("holds %v, want %v", got, want)
				}
			}
			again, err := p.give(p.manager, wim, "purchase-approver", "Nacelles", "Bennes", "Bennes")
			if p.code(again, err) != "" || len(again) != 2 || again[0].Outcome != app.Unchanged {
				t.Errorf("given again: %+v", again)
			}
		})
		t.Run("ROLE-2 what adds nothing is given and said, with where it is held", func(t *testing.T) {
			_, maud := p.person("maud.segalen", p.units["Lille"], "fleet-manager", "Nord")
			verdicts, err := p.give(p.manager, maud, "purchase-approver", "Nacelles")
			if p.code(verdicts, err) != "" || verdicts[0].Outcome != app.Added {
				t.Fatalf("%+v %v", verdicts, err)
			}
			e := verdicts[0].Effect
			if !e.Nothing() || len(e.From) != 2 || e.From[1].Unit.Name != "Nord" || e.From[1].Role.Code != "fleet-manager" {
				t.Errorf("effect %+v", e)
			}
			adding, err := p.Grants.Adding(w.Context(), p.manager, p.account.ID, karim.UUID,
				app.Source{Role: directory.Role{Code: "fleet-manager"}, Unit: directory.Unit{UUID: p.ids["Sud"]}})
			if err != nil || adding.Nothing() || !slices.Contains(adding.Adds, authz.ManageMembers) || !slices.Contains(adding.Held, authz.ViewAccount) {
				t.Errorf("adding %+v %v", adding, err)
			}
		})
		t.Run("ROLE-10 a role given lower gives less, and says what does not count", func(t *testing.T) {
			adding, err := p.Grants.Adding(w.Context(), p.manager, p.account.ID, karim.UUID,
				app.Source{Role: directory.Role{Code: "fleet-manager"}, Unit: directory.Unit{UUID: p.ids["Grues"]}})
			if err != nil || slices.Contains(adding.Adds, authz.ManageMembers) || !slices.Contains(adding.Idle, authz.ManageMembers) {
				t.Errorf("adding %+v %v", adding, err)
			}
		})
		t.Run("ROLE-1 a right holds at the unit and below, and ends with the grant (HIST-5)", func(t *testing.T) {
			ludo, m := p.person("ludovic.armand", p.units["Lille"], "", "")
			may := func() bool {
				_, err := w.Members.List(w.Context(), ludo, p.account.ID, app.MemberQuery{})
				return err == nil
			}
			if may() {
				t.Error("sees members before")
			}
			p.Must(errOfGrants(p.give(p.manager, m, "fleet-manager", "Nord")))
			if !may() {
				t.Error("does not see members with the role")
			}
			ended, err := p.Grants.End(w.Context(), p.manager, p.account.ID, app.Giving{Who: app.Of(m.UUID), Role: "fleet-manager", Units: p.idsOf([]string{"Nord"})})
			if p.code(ended, err) != "" || ended[0].Outcome != app.Changed || may() {
				t.Errorf("ended: %+v %v, still sees: %t", ended, err, may())
			}
			p.Must(errOfGrants(p.give(p.manager, m, "fleet-manager", "Nord"))) // once more, after it ended
		})
	})
}

func TestGrantsRefusedAndEnded(t *testing.T) { // ROLE-5, USER-6, SIGN-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		_, karim := p.person("karim.haddad", p.units["Lille"], "", "")
		t.Run("ROLE-5 bad choices are refused by name", func(t *testing.T) {
			other := w.Account("117 402")
			stranger := w.Administrator(other, "blanche.ferriere@ardoises.example")
			for _, test := range []struct {
				name, role string
				units      []string
				want       string
			}{
				{"no unit", "basic-user", nil, "field.required"},
				{"no role", "", []string{"Nord"}, "field.required"},
				{"unknown role", "emperor", []string{"Nord"}, "field.unknown_choice"},
				{"a function", "technician", []string{"Nord"}, "field.unknown_choice"},
				{"a level", "administrator", []string{"Nord"}, "field.unknown_choice"},
				{"unknown unit", "basic-user", []string{"00000000-0000-7000-8000-000000000000"}, "unit.not_found"},
				{"bytes that are no text", "basic-user", []string{"\x00\xff"}, "unit.not_found"},
				{"much too long", strings.Repeat("x", 70_000), []string{strings.Repeat("y", 70_000)}, "field.unknown_choice"},
			} {
				verdicts, err := p.give(p.manager, karim, test.role, test.units...)
				if got := p.code(verdicts, err); got != test.want {
					t.Errorf("%s: %q, want %q", test.name, got, test.want)
				}
			}
			verdicts, err := p.Grants.Give(w.Context(), stranger, other.ID, app.Giving{Who: app.Of(karim.UUID), Role: "basic-user", Units: []string{p.ids["Nord"]}})
			if got := p.code(verdicts, err); got != "member.not_found" {
				t.Errorf("another account's member: %q", got)
			}
			_, err = p.Grants.Give(w.Context(), stranger, p.account.ID, app.Giving{Who: app.Of(karim.UUID), Role: "basic-user", Units: []string{p.ids["Nord"]}})
			if got := w.Code(err); got != "account.not_found" {
				t.Errorf("a stranger: %q", got)
			}
		})
		t.Run("a removed member's grants end, and do not come back (USER-6)", func(t *testing.T) {
			_, m := p.person("removed.soon", p.units["Lille"], "fleet-manager", "Nord")
			p.Must(apptest.ErrOf(w.Members.Remove(w.Context(), p.admin, p.account.ID, app.Of(m.UUID))))
			if got := p.holds(m); len(got) != 0 {
				t.Errorf("after removal: %v", got)
			}
			p.Must(apptest.ErrOf(w.Members.Add(w.Context(), p.admin, p.account.ID, []app.NewMember{{Row: 1, Email: "removed.soon@maraval.example"}}, app.AddOptions{Silent: true})))
			if got := p.holds(m); !slices.Equal(got, []string{"basic-user at "}) {
				t.Errorf("after the return: %v", got)
			}
		})
		t.Run("who is switched off keeps the rows and holds nothing (SIGN-2)", func(t *testing.T) {
			off, m := p.person("quentin.moreau", p.units["Lille"], "fleet-manager", "Nord")
			p.Must(apptest.ErrOf(w.Members.Deactivate(w.Context(), p.admin, p.account.ID, app.Of(m.UUID))))
			_, err := w.Members.List(w.Context(), off, p.account.ID, app.MemberQuery{})
			if got := w.Code(err); got != "account.not_found" || len(p.holds(m)) != 2 {
				t.Errorf("%q, holds %v", got, p.holds(m))
			}
		})
	})
}

func errOfGrants(verdicts []app.GrantVerdict, err error) error {
	for _, v := range verdicts {
		if err == nil && v.Refusal != nil {
			err = v.Refusal
		}
	}
	return err
}
