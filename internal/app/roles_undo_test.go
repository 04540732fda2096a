package app_test

import (
	"reflect"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestRolesTakenBack holds what takes an entry about a role back against ROLE-6: it is an
// edit like any other.
func TestRolesTakenBack(t *testing.T) { // PLAN-2, ROLE-6, ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
			}
		}
		act := func(do func()) []audit.Entry { return w.Written(h.account.ID, do) }
		back := func(by authz.Actor, entries []audit.Entry) string { return cameOf(w, by, entries) }
		first, second := h.create(own(directory.Level, "Un")), h.create(own(directory.Level, "Deux"))
		o := h.create(app.NewRole{Kind: directory.Function, Names: map[string]string{"": "Conducteur", "en": "Driver"}, Permissions: []string{string(authz.ViewMembers)},
			DefaultLevel: first.Code, Place: directory.AtAccount})
		plain := func() directory.Role {
			is := h.role(o.UUID)
			is.Version = 0
			return is
		}
		change := func(c app.RoleChange) {
			t.Helper()
			c.Version = h.role(o.UUID).Version
			w.Must(h.Roles.Edit(w.Context(), h.admin, h.account.ID, o.UUID, c))
		}
		old := plain()
		none, both := "", directory.AtBoth
		all := app.RoleChange{Names: map[string]string{"": "Chauffeur"}, Permissions: &[]string{string(authz.ManageMembers)}, DefaultLevel: &none, Place: &both}
		for _, test := range []struct {
			field string
			since app.RoleChange
			keep  func(into *directory.Role, now directory.Role)
		}{
			{"names", app.RoleChange{Names: map[string]string{"": "Pilote"}}, func(o *directory.Role, n directory.Role) { o.Names = n.Names }},
			{"permissions", app.RoleChange{Permissions: &[]string{}}, func(o *directory.Role, n directory.Role) { o.Permissions = n.Permissions }},
			{"default_level", app.RoleChange{DefaultLevel: &second.Code}, func(o *directory.Role, n directory.Role) { o.DefaultLevel = n.DefaultLevel }},
			{"place", app.RoleChange{Place: text(directory.AtProject)}, func(o *directory.Role, n directory.Role) { o.Place = n.Place }},
		} {
			edited := act(func() { change(all) })
			since := act(func() { change(test.since) })
			wanted := old
			test.keep(&wanted, plain())
			want(test.field+" changed since", back(h.admin, edited), "changed "+test.field)
			if now := plain(); !reflect.DeepEqual(now, wanted) {
				t.Errorf("PLAN-2 %s changed since: the role is %+v, want %+v", test.field, now, wanted)
			}
			want(test.field+" alone", back(h.admin, edited), "refused "+test.field+" undo.changed_since")
			want(test.field+" netted", back(h.admin, slices.Concat(since, edited)), "changed")
			if now := plain(); !reflect.DeepEqual(now, old) {
				t.Errorf("PLAN-2 both taken back: the role is %+v, want %+v", now, old)
			}
			want("again", back(h.admin, slices.Concat(since, edited)), "unchanged")
		}
		t.Run("PLAN-2 archived, restored, created", func(t *testing.T) {
			archived := act(func() { w.Must(h.Roles.Archive(w.Context(), h.admin, h.account.ID, o.UUID)) })
			undone := act(func() { want("archived", back(h.admin, archived), "changed") })
			want("again", back(h.admin, archived), "unchanged")
			want("undo of undo", back(h.admin, undone), "changed")
			taken := h.Code(failed(h.Roles.Create(w.Context(), h.admin, h.account.ID, own(directory.Function, "Conducteur"))))
			want("a name of an archived role", taken, "role.name_archived")
			want("restored", back(h.admin, archived), "changed")
			var made directory.Role
			created := act(func() { made = h.create(own(directory.RightsRole, "Adjoint")) })
			want("created", back(h.admin, created), "changed")
			if h.role(made.UUID).Archived.IsZero() {
				t.Error("PLAN-2 the role that was created can be given still")
			}
		})
		t.Run("PLAN-2 a name taken since", func(t *testing.T) {
			renamed := act(func() { change(app.RoleChange{Names: map[string]string{"": "Chauffeur"}, DefaultLevel: &none}) })
			h.create(own(directory.Function, "Conducteur"))
			want("the rest comes back", back(h.admin, renamed), "changed names")
			want("nothing is left", back(h.admin, renamed), "refused names role.name_taken")
		})
		t.Run("ROLE-3 a shipped role that was set back", func(t *testing.T) {
			shipped := h.shipped(directory.RightsRole, "manager")
			w.Must(h.Roles.Edit(w.Context(), h.admin, h.account.ID, shipped.UUID, app.RoleChange{Version: shipped.Version, Permissions: &[]string{string(authz.ViewMembers)}}))
			reset := act(func() {
				w.Must(h.Roles.Reset(w.Context(), h.admin, h.account.ID, shipped.UUID, h.role(shipped.UUID).Version))
			})
			want("reset", back(h.admin, reset), "changed")
			if now := h.role(shipped.UUID); !now.Changed || !slices.Equal(now.Permissions, []string{string(authz.ViewMembers)}) {
				t.Errorf("ROLE-3 the role is %+v", now)
			}
		})
		h.takenBackRights(want)
	})
}

// takenBackRights: nobody gives by undo, nor takes, what they do not hold.
func (h smithy) takenBackRights(want func(what, got, want string)) {
	h.T.Helper()
	manon := h.editor("manon.perrin@maraval.example", 0)
	o := h.create(own(directory.RightsRole, "Aide", authz.AssignSeats, authz.ManageRoles))
	edited := h.Written(h.account.ID, func() {
		h.Must(h.Roles.Edit(h.Context(), h.admin, h.account.ID, o.UUID, app.RoleChange{Version: o.Version, Names: map[string]string{"": "Renfort"}, Permissions: &[]string{}}))
	})
	want("the name, not the permissions", cameOf(h.World, manon, edited), "changed permissions")
	want("the permissions alone", cameOf(h.World, manon, edited), "refused permissions role.permission_not_held")
	want("by who holds them", cameOf(h.World, h.admin, edited), "changed")
	plain, _ := h.Member(h.account, "plain@maraval.example")
	want("without the right", cameOf(h.World, plain, edited), "refused denied.permission")
	want("a stranger", cameOf(h.World, h.Person("passant@exemple.example"), edited), "refused account.not_found")
	administrator := h.shipped(directory.Level, directory.AdminLevel)
	forged := slices.Clone(edited[:1])
	forged[0].Object = int64(administrator.ID)
	want("the administrator level", cameOf(h.World, h.admin, forged), "refused role.administrator")
	there := h.AccountOf("300 100", "fleet")
	other := h.Administrator(there, "odette@autre.example")
	forged[0].Account, forged[0].Object = there.ID, int64(o.ID)
	want("another account's", cameOf(h.World, other, forged), "refused role.not_found")
}
