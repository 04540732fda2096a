package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestRequiredRoleOfOthersIsNoGift: who manages a group only gives nothing at the
// account, and so does not give the role that everybody must hold there (ROLE-6,
// ROLE-3).
func TestRequiredRoleOfOthersIsNoGift(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		p.role("reader", authz.ViewAccount, authz.ViewHistory)
		north := func(name string) authz.Actor { // manages Nord, holds nothing at the account
			actor, m := p.person(name, p.units["Nord"], "fleet-manager", "Nord")
			p.Must(errOfGrants(p.Grants.End(ctx, p.admin, id, app.Giving{Who: app.Of(m.UUID), Role: "basic-user", Units: []string{p.ids[""]}})))
			return actor
		}("norah.leclerc")
		waiting := func(name string) directory.Member { return p.waiting(name, "Lille") }
		t.Run("ROLE-6 inviting and inviting again", func(t *testing.T) {
			m := waiting("first.time")
			for _, round := range []string{"first", "again"} {
				if got := p.verdict(p.Invitations.Send(ctx, north, id, app.Of(m.UUID))); got != "" {
					t.Errorf("%s: %q", round, got)
				}
			}
		})
		t.Run("ROLE-6 reactivating", func(t *testing.T) {
			_, m := p.person("back.again", p.units["Lille"], "", "")
			p.Must(apptest.ErrOf(p.Members.Deactivate(ctx, north, id, app.Of(m.UUID))))
			if got := p.verdict(p.Members.Reactivate(ctx, north, id, app.Of(m.UUID))); got != "" {
				t.Errorf("%q", got)
			}
		})
		t.Run("ROLE-6 a general role that somebody else gave and may still give", func(t *testing.T) {
			m := waiting("other.general")
			p.Must(errOfGrants(p.give(p.admin, m, "reader", "")))
			if got := p.verdict(p.Invitations.Send(ctx, north, id, app.Of(m.UUID))); got != "" {
				t.Errorf("invite: %q", got)
			}
			email := "elsewhere.general@maraval.example"
			if got := w.Code(p.readdress(north, m, email)); got != "role.not_held" {
				t.Errorf("a new address would lend it: %q", got)
			}
		})
		t.Run("ROLE-6 a new address for who holds what is proposed for everybody", func(t *testing.T) {
			m := waiting("wrong.address")
			if got := w.Code(p.readdress(north, m, "right.address@maraval.example")); got != "" {
				t.Errorf("%q", got)
			}
		})
		t.Run("ROLE-6 PROJ-7 a place in a project is its administrators' gift, and nobody takes it over", func(t *testing.T) {
			m := waiting("runs.a.project")
			name := "Gare de Rezé"
			project, _, err := p.Projects.Create(ctx, p.admin, id, app.NewProject{Change: app.ProjectChange{Name: &name}})
			w.Must(err)
			w.Must(apptest.ErrOf(p.Projects.Add(ctx, p.admin, app.ProjectAt{Account: id, Project: project.UUID},
				[]app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "runs.a.project@maraval.example"}, Level: "project-administrator"}}, app.PlaceOptions{Silent: true})))
			if got := w.Code(p.readdress(north, m, "another@maraval.example")); got != "role.not_held" {
				t.Errorf("a new address would lend it: %q", got)
			}
			if got := p.verdict(p.Invitations.Send(ctx, north, id, app.Of(m.UUID))); got != "" {
				t.Errorf("invite: %q", got)
			}
		})
		t.Run("ROLE-6 another role at the account is asked for", func(t *testing.T) {
			_, m := p.person("more.else", p.units["Lille"], "fleet-manager", "Sud")
			p.Must(apptest.ErrOf(p.Members.Deactivate(ctx, p.admin, id, app.Of(m.UUID))))
			if got := p.verdict(p.Members.Reactivate(ctx, north, id, app.Of(m.UUID))); got != "role.not_held" {
				t.Errorf("%q", got)
			}
		})
	})
}

func (p fleetHouse) readdress(by authz.Actor, m directory.Member, email string) error {
	p.T.Helper()
	editing, err := p.Members.Editing(p.Context(), by, p.account.ID, m.UUID)
	p.Must(err)
	return p.Members.EditMember(p.Context(), by, p.account.ID, m.UUID,
		app.MemberEdit{MemberChange: app.MemberChange{Person: app.PersonChange{Email: &email}}, Version: editing.Version})
}

// TestAReferenceToARoleIsAGift: whoever edits functions makes nobody administrator
// by what a function proposes (ROLE-6).
func TestAReferenceToARoleIsAGift(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		ctx, id := w.Context(), h.account.ID
		manon := h.editor("manon.perrin@maraval.example", 0)
		clerk := h.create(own(directory.Function, "Secrétaire"))
		level, none, products := "administrator", "", []string{}
		list, err := w.Roles.Role(ctx, h.admin, id, clerk.UUID)
		w.Must(err)
		for _, p := range list.Products {
			products = append(products, p.ID)
		}
		if len(products) == 0 {
			t.Fatal("the account type has no products")
		}
		edit := func(by authz.Actor, change app.RoleChange) error {
			change.Version = h.role(clerk.UUID).Version
			return w.Roles.Edit(ctx, by, id, clerk.UUID, change)
		}
		n := own(directory.Function, "Gérant")
		n.DefaultLevel = level
		for _, test := range []struct {
			name  string
			do    func() error
			want  string
			field string
		}{
			{"set by an editor", func() error { return edit(manon, app.RoleChange{DefaultLevel: &level}) }, "role.not_held", "default_level"},
			{"of a new function", func() error { return failed(w.Roles.Create(ctx, manon, id, n)) }, "role.not_held", "default_level"},
			{"products", func() error { return edit(manon, app.RoleChange{DefaultProducts: &products}) }, "denied.permission", "products"},
			{"set by who holds it", func() error { return edit(h.admin, app.RoleChange{DefaultLevel: &level, DefaultProducts: &products}) }, "", ""},
			{"kept by an editor", func() error {
				return edit(manon, app.RoleChange{DefaultLevel: &level, DefaultProducts: &products, Names: map[string]string{"": "Greffier"}})
			}, "", ""},
			{"taken out", func() error { return edit(manon, app.RoleChange{DefaultLevel: &none}) }, "", ""},
		} {
			t.Run("ROLE-6 "+test.name, func(t *testing.T) {
				err := test.do()
				if code := w.Code(err); code != test.want || fieldOf(err) != test.field {
					t.Errorf("code %q at %q, want %q at %q", code, fieldOf(err), test.want, test.field)
				}
			})
		}
	})
}
