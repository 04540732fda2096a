package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

// mark is what a role gives of a permission in a matrix.
func mark(t *testing.T, m app.Matrix, role directory.Role, permission string) app.Mark {
	t.Helper()
	for i, column := range m.Columns {
		if column.ID != role.ID {
			continue
		}
		for _, g := range m.Groups {
			for _, row := range g.Rows {
				if row.Permission.ID == permission {
					return row.Marks[i]
				}
			}
		}
	}
	t.Fatalf("no %s of %s", permission, role.Code)
	return app.Mark{}
}

func TestMatrix(t *testing.T) { // REP-1, ROLE-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		ctx, id := w.Context(), h.account.ID
		group := h.unit(h.account.Root, "group", "Ouest")
		location := h.unit(group, "location", "Nantes")
		text := standard(t, "id: rentals.close\n    group: fleet", "id: rentals.close\n    levels: [location, fleet, project]\n    group: fleet",
			"id: contracts.manage\n    group: fleet", "id: contracts.manage\n    levels: [group, location]\n    group: fleet")
		w.Must(w.App.Catalogue.Apply(ctx, w.Staff("exploitation@batisoft.example", authz.Operator), text, 0))
		w.Must(failed(w.App.Catalogue.UpdateRoles(ctx)))
		operator := w.Operator()
		wide := own(directory.RightsRole, "Large", authz.ManageMembers, "rentals.close", "contracts.manage", "account.manage", "account.view")
		rights, err := w.Roles.Create(ctx, operator, id, wide)
		w.Must(err)
		wide.Kind, wide.Names = directory.Function, map[string]string{"": "Large fonction"}
		function, err := w.Roles.Create(ctx, operator, id, wide)
		w.Must(err)
		wide.Kind, wide.Place, wide.Names = directory.Level, directory.AtProject, map[string]string{"": "Large en projet"}
		inProject, err := w.Roles.Create(ctx, operator, id, wide)
		w.Must(err)
		m, err := w.Roles.Matrix(ctx, h.admin, id)
		w.Must(err)
		if m.Columns[0].Code != directory.AdminLevel || m.Columns[0].Holders != 1 {
			t.Errorf("first column %s with %d holders", m.Columns[0].Code, m.Columns[0].Holders)
		}
		for _, test := range []struct {
			name       string
			role       directory.Role
			permission string
			want       app.MarkState
			levels     int
		}{
			{"counts everywhere", rights, "account.view", app.MarkFull, 0},
			{"counts at the account and not at the lowest level", rights, "members.manage", app.MarkOnly, 5},
			{"counts from a level down", rights, "rentals.close", app.MarkFrom, 1},
			{"counts at some levels", rights, "contracts.manage", app.MarkOnly, 2},
			{"counts at the account only, though the role is given at units", rights, "account.manage", app.MarkOnly, 1},
			{"counts where a function acts", function, "account.manage", app.MarkFull, 0},
			{"the administrator level stands above all levels", m.Columns[0].Role, "rentals.close", app.MarkFull, 0},
			{"is not in the role", rights, "roles.manage", app.MarkNone, 0},
			{"acts in projects only", inProject, "members.manage", app.MarkOnly, 1},
			{"counts nowhere a function acts", function, "rentals.close", app.MarkIdle, 0},
		} {
			t.Run(test.name, func(t *testing.T) {
				if got := mark(t, m, test.role, test.permission); got.State != test.want || len(got.Levels) != test.levels {
					t.Errorf("mark %+v, want %s with %d levels", got, test.want, test.levels)
				}
			})
		}
		t.Run("an archived role stands in it as long as it is held", func(t *testing.T) {
			camille, one := w.Member(h.account, "camille.aubrac@maraval.example")
			h.gives(one, rights, location)
			w.Must(w.Roles.Archive(ctx, operator, id, rights.UUID))
			w.Must(w.Roles.Archive(ctx, operator, id, function.UUID))
			m, err := w.Roles.Matrix(ctx, h.admin, id)
			w.Must(err)
			mark(t, m, rights, "members.manage")
			for _, o := range m.Columns {
				if o.ID == function.ID {
					t.Error("a role that nobody holds stands in it")
				}
			}
			if code := w.Code(failed(w.Roles.Matrix(ctx, camille, id))); code != "denied.permission" {
				t.Errorf("a manager of a location: %q, want denied.permission", code)
			}
			h.gives(one, rights, group)
			if code := w.Code(failed(w.Roles.Matrix(ctx, camille, id))); code != "" {
				t.Errorf("a manager of a group: %q", code)
			}
			if code := w.Code(failed(w.Roles.Role(ctx, camille, id, rights.UUID))); code != "denied.permission" {
				t.Errorf("who may read may not change: %q", code)
			}
		})
		t.Run("HIST-4 taking it as a file stands in the history", func(t *testing.T) {
			w.Must(failed(w.Roles.ExportMatrix(ctx, h.admin, id)))
			page, err := w.History.List(ctx, h.admin, id, app.HistoryFilter{}, app.Window{Size: 1})
			w.Must(err)
			if got := page.Entries[0].Entry.Kind; got != "export.run" {
				t.Errorf("last entry %s", got)
			}
		})
		t.Run("narrowed to a row and a column", func(t *testing.T) {
			one := m.Narrow(func(o app.ShownRole) bool { return o.ID == rights.ID }, func(p catalogue.Permission) bool { return p.ID == "rentals.close" })
			if len(one.Columns) != 1 || one.Rows() != 1 || one.Groups[0].Rows[0].Marks[0].State != app.MarkFrom {
				t.Errorf("narrowed %+v", one)
			}
		})
	})
}
