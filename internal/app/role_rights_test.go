package app_test

import (
	"fmt"
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// editors manage roles at the account and hold something else at one unit only.
func (h smithy) editor(email string, unit directory.UnitID, permissions ...authz.Permission) authz.Actor {
	h.T.Helper()
	actor, m := h.Member(h.account, email)
	h.gives(m, h.create(own(directory.Function, "Rôles de "+email, authz.ManageRoles)), 0)
	if unit != 0 {
		h.gives(m, h.create(own(directory.RightsRole, "Ici "+email, permissions...)), unit)
	}
	return actor
}

// TestRoleEditorHoldsWhatTheyAdd: whoever adds a permission to a role gives it to
// all who hold the role, and so must hold it at each unit where they do.
func TestRoleEditorHoldsWhatTheyAdd(t *testing.T) { // ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		ctx, id, root := w.Context(), h.account.ID, h.account.Root
		west, east := h.unit(root, "location", "Nantes"), h.unit(root, "location", "Lyon")
		manon := h.editor("manon.perrin@maraval.example", west, authz.AssignSeats)
		helper := h.create(own(directory.RightsRole, "Aide", authz.ViewAccount))
		unheld := h.create(own(directory.RightsRole, "Personne"))
		clerk := h.create(own(directory.Function, "Secrétaire"))
		_, wim := w.Member(h.account, "wim.bertin@maraval.example")
		_, lea := w.Member(h.account, "lea.martin@maraval.example")
		h.gives(wim, helper, west)
		if code := h.edit(manon, helper, authz.ViewAccount, authz.AssignSeats); code != "" {
			t.Errorf("held at Nantes only, added by who holds it there: %q", code)
		}
		if code := h.edit(manon, helper, authz.ViewAccount); code != "" {
			t.Errorf("taken away: %q", code)
		}
		h.gives(lea, helper, east)
		for _, test := range []struct {
			name string
			do   func() error
			want string
		}{
			{"a role that is also held elsewhere", func() error { return h.add1(manon, helper, authz.AssignSeats) }, "role.permission_not_held"},
			{"a role that nobody holds", func() error { return h.add1(manon, unheld, authz.AssignSeats) }, "role.permission_not_held"},
			{"a function, which acts at the account", func() error { return h.add1(manon, clerk, authz.AssignSeats) }, "role.permission_not_held"},
			{"a new role", func() error {
				return failed(w.Roles.Create(ctx, manon, id, own(directory.RightsRole, "Neuf", authz.AssignSeats)))
			}, "role.permission_not_held"},
			{"a new role of what the maker holds", func() error {
				return failed(w.Roles.Create(ctx, manon, id, own(directory.RightsRole, "Neuf", authz.ManageRoles)))
			}, ""},
			{"a name", func() error {
				return w.Roles.Rename(ctx, manon, id, helper.UUID, app.RoleNames{Version: h.role(helper.UUID).Version, Names: map[string]string{"": "Aide de bureau"}})
			}, ""},
			{"by who holds it everywhere", func() error { return h.add1(h.admin, helper, authz.AssignSeats) }, ""},
			{"taken away by who does not hold it, and could not put it back", func() error { return h.add1(manon, helper) }, "role.permission_not_held"},
		} {
			t.Run("ROLE-6 "+test.name, func(t *testing.T) {
				if code := w.Code(test.do()); code != test.want {
					t.Errorf("code %q, want %q", code, test.want)
				}
			})
		}
		t.Run("ROLE-6 set back to what the catalogue gives", func(t *testing.T) {
			manager := h.shipped(directory.RightsRole, "fleet-manager")
			if code := h.edit(h.admin, manager, authz.ViewAccount); code != "" {
				t.Fatalf("emptied: %q", code)
			}
			if code := w.Code(w.Roles.Reset(ctx, manon, id, manager.UUID, h.role(manager.UUID).Version)); code != "role.permission_not_held" {
				t.Errorf("code %q, want role.permission_not_held", code)
			}
		})
		t.Run("ROLE-6 the form says what may be added", func(t *testing.T) {
			f, err := w.Roles.Role(ctx, manon, id, helper.UUID)
			w.Must(err)
			free := map[string]bool{}
			for _, g := range f.Groups {
				for _, p := range g.Permissions {
					free[p.ID] = p.Free
				}
			}
			if !free["roles.manage"] || free["seats.assign"] || f.Units != 2 || len(f.HeldAt) != 2 || f.Holders != 2 {
				t.Errorf("free %v, held at %d units by %d", free, f.Units, f.Holders)
			}
		})
		t.Run("ROLE-4 managing roles below the account counts for nothing", func(t *testing.T) {
			below, m := w.Member(h.account, "joris.vandamme@maraval.example")
			h.gives(m, h.create(own(directory.RightsRole, "Rôles ici", authz.ManageRoles, authz.ViewAccount)), west)
			if code := w.Code(failed(w.Roles.Create(ctx, below, id, own(directory.RightsRole, "À moi")))); code != "denied.permission" {
				t.Errorf("code %q, want denied.permission", code)
			}
		})
	})
}

// add1 gives a role these permissions and no others.
func (h smithy) add1(actor authz.Actor, o directory.Role, permissions ...authz.Permission) error {
	ids := own(o.Kind, "", permissions...).Permissions
	return h.Roles.Edit(h.Context(), actor, h.account.ID, o.UUID, app.RoleChange{Version: h.role(o.UUID).Version, Permissions: &ids})
}

func TestRoleNameFollows(t *testing.T) { // ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		first, second := h.create(own(directory.Function, "Zingueur")), h.create(own(directory.Function, "Monteur"))
		var people []directory.Member
		for i := range 3 {
			_, m := w.Member(h.account, fmt.Sprintf("prenom.nom%d@maraval.example", i))
			people = append(people, m)
		}
		h.gives(people[0], first, 0)
		h.gives(people[1], second, 0)
		byFunction := func() []string {
			var names []string
			for _, row := range h.list(app.MemberQuery{Sort: "functions"}).Rows {
				for _, f := range row.Functions {
					names = append(names, f.Name("fr"))
				}
			}
			return names
		}
		if got := byFunction(); !slices.Equal(got, []string{"Monteur", "Zingueur"}) {
			t.Fatalf("before: %v", got)
		}
		w.Must(w.Roles.Rename(w.Context(), h.admin, h.account.ID, first.UUID, app.RoleNames{Version: first.Version, Names: map[string]string{"": "Couvreur"}}))
		if got := byFunction(); !slices.Equal(got, []string{"Couvreur", "Monteur"}) {
			t.Errorf("after: %v", got)
		}
		w.Must(h.Roles.FoldNames(w.Context(), directory.Job{Account: h.account.ID, Subject: int64(first.ID)}))
		if got := byFunction(); !slices.Equal(got, []string{"Couvreur", "Monteur"}) {
			t.Errorf("after the job, which may run twice: %v", got)
		}
		page, err := w.History.List(w.Context(), h.admin, h.account.ID, app.HistoryFilter{Subject: people[0].User}, app.Window{Size: 1})
		w.Must(err)
		e := page.Entries[0]
		i := slices.IndexFunc(e.Entry.Facts, func(c audit.Change) bool { return c.Field == "functions" })
		if i < 0 || len(e.Entry.Facts[i].After.Refs()) != 1 {
			t.Fatalf("HIST-6 the entry does not name the function: %v", e.Entry.Facts)
		}
		if name := e.NameOf(e.Entry.Facts[i].After.Refs()[0], "fr"); name != "Couvreur" {
			t.Errorf("history calls it %q", name)
		}
	})
}

// TestRoleNameFollowsForMany renames a role with more holders than one
// transaction takes: the name is right at once, the sort key after the job.
func TestRoleNameFollowsForMany(t *testing.T) { // ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		clerk, other := h.create(own(directory.Function, "Zingueur")), h.create(own(directory.Function, "Monteur"))
		_, m := w.Member(h.account, "wim.bertin@maraval.example")
		h.gives(m, other, 0)
		const many = 4100
		rows := make([]app.NewMember, many)
		for i := range rows {
			rows[i] = app.NewMember{Row: i + 1, Email: fmt.Sprintf("p%d.n%d@maraval.example", i, i), Functions: []string{clerk.Code}}
		}
		for chunk := range slices.Chunk(rows, 1000) {
			h.Must(apptest.ErrOf(h.Members.Add(w.Context(), h.admin, h.account.ID, chunk, app.AddOptions{Silent: true})))
		}
		w.Must(w.Roles.Rename(w.Context(), h.admin, h.account.ID, clerk.UUID, app.RoleNames{Version: clerk.Version, Names: map[string]string{"": "Couvreur"}}))
		if got := h.list(app.MemberQuery{Search: "p7.n7@"}).Rows[0].Functions[0].Name("fr"); got != "Couvreur" {
			t.Errorf("shown at once: %q", got)
		}
		last := func() string {
			page := h.list(app.MemberQuery{Sort: "functions", Functions: []string{clerk.Code, other.Code}, Descending: true, Size: 1})
			return page.Rows[0].Functions[0].Name("fr")
		}
		if got := last(); got != "Couvreur" {
			t.Errorf("sorted before the job as last: %q, want it where its old name was", got)
		}
		jobs, err := w.Jobs.Next(w.Context(), 10)
		w.Must(err)
		done := 0
		for _, j := range jobs {
			if j.Kind == app.JobRoleNames {
				w.Must(h.Roles.FoldNames(w.Context(), j))
				done++
			}
		}
		if got := last(); got != "Monteur" || done != 1 {
			t.Errorf("sorted after %d jobs as last: %q, want Monteur", done, got)
		}
	})
}
