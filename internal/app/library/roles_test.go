package library_test

import (
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// named are the names of a role in all languages.
func named(name string) map[string]string { return map[string]string{directory.EveryLanguage: name} }

// TestStandardsAdministratorNamesFunctions: who keeps the library makes and changes
// functions that permit nothing, with what they propose, and gives nobody a right.
func TestStandardsAdministratorNamesFunctions(t *testing.T) { // ACC-13, ROLE-6, ADD-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		made, err := w.Roles.Create(ctx, h.standards, id, app.NewRole{Kind: directory.Function, Names: named("Pilote"), DefaultProducts: []string{"plans", "site"}})
		w.Must(err)
		edit := func(role directory.Role, c app.RoleChange) error {
			list, err := w.Roles.List(ctx, h.admin, id)
			w.Must(err)
			for _, o := range slices.Concat(list.Roles, list.Archived) {
				if o.UUID == role.UUID {
					c.Version = o.Version
				}
			}
			return w.Roles.Edit(ctx, h.standards, id, role.UUID, c)
		}
		products := []string{"plans"}
		w.Must(edit(made, app.RoleChange{Names: named("Pilote de chantier"), DefaultProducts: &products}))
		w.Must(w.Roles.Archive(ctx, h.standards, id, made.UUID))
		w.Must(w.Roles.Restore(ctx, h.standards, id, made.UUID))
		architect, manager := w.Role(h.account, directory.Function, "architect"), w.Role(h.account, directory.RightsRole, "manager")
		w.Must(edit(architect, app.RoleChange{Names: named("Architecte d’intérieur")})) // shipped, and permits nothing
		mighty, err := w.Roles.Create(ctx, h.admin, id, app.NewRole{Kind: directory.Function, Names: named("Puissant"), Permissions: []string{"history.view"}})
		w.Must(err)
		none, rights := []string{}, []string{"library.manage"}
		level, project, own := "executive", "project-administrator", "standards-administrator"
		create := func(n app.NewRole) error { return lost(w.Roles.Create(ctx, h.standards, id, n)) }
		for _, test := range []struct {
			name, code, field string
			err               error
		}{
			{"a function that permits", "denied.permission", "", create(app.NewRole{Kind: directory.Function, Names: named("A"), Permissions: rights})},
			{"a level", "denied.permission", "", create(app.NewRole{Kind: directory.Level, Names: named("A")})},
			{"rights", "denied.permission", "", create(app.NewRole{Kind: directory.RightsRole, Names: named("A")})},
			{"a right added, even one's own", "denied.permission", "", edit(made, app.RoleChange{Permissions: &rights})},
			{"a right taken out", "denied.permission", "", edit(mighty, app.RoleChange{Permissions: &none})},
			{"renamed what permits", "denied.permission", "", edit(mighty, app.RoleChange{Names: named("Faible")})},
			{"archived what permits", "denied.permission", "", w.Roles.Archive(ctx, h.standards, id, mighty.UUID)},
			{"a shipped role of rights", "denied.permission", "", edit(manager, app.RoleChange{Names: named("Chef")})},
			{"a level of the account as default", "role.not_held", "default_level", edit(made, app.RoleChange{DefaultLevel: &level})},
			{"a level of projects as default", "role.not_held", "default_level", edit(made, app.RoleChange{DefaultLevel: &project})},
			{"the level they hold themselves", "", "", edit(made, app.RoleChange{DefaultLevel: &own})},
			{"the report of permissions", "denied.permission", "", lost(w.Roles.Matrix(ctx, h.standards, id))},
			{"the differences", "denied.permission", "", lost(w.Roles.Differences(ctx, h.standards, id))},
			{"the form of a level", "denied.permission", "", lost(w.Roles.Role(ctx, h.standards, id, w.Role(h.account, directory.Level, "executive").UUID))},
			{"a blank level", "denied.permission", "", lost(w.Roles.Blank(ctx, h.standards, id, directory.Level))},
		} {
			h.refused(test.name, test.err, test.code, test.field)
		}
		list, err := w.Roles.List(ctx, h.standards, id)
		w.Must(err)
		if len(list.Of(directory.RightsRole)) > 0 || len(list.Of(directory.Level)) == 0 || list.Manage || !list.Makes {
			t.Errorf("ACC-13 the list of roles is %d of rights, %d levels", len(list.Of(directory.RightsRole)), len(list.Of(directory.Level)))
		}
		for _, o := range list.Roles {
			if want := o.Kind == directory.Function && o.UUID != mighty.UUID; o.Editable != want {
				t.Errorf("%s editable: %v, want %v", o.Code, o.Editable, want)
			}
		}
		form, err := w.Roles.Role(ctx, h.standards, id, made.UUID)
		w.Must(err)
		if form.Permits || len(form.Groups) > 0 || len(form.Levels) != 1 {
			t.Errorf("the form offers %d groups of permissions and %d levels", len(form.Groups), len(form.Levels))
		}
	})
}

// TestNobodyGainsByTheLibrary: random acts of who keeps the library change nobody's
// rights, whatever function they hold.
func TestNobodyGainsByTheLibrary(t *testing.T) { // ROLE-6
	w := apptest.New(t, "sqlite")
	h := newHouse(w)
	ctx, id := w.Context(), h.account.ID
	function := w.Role(h.account, directory.Function, "architect")
	actor, m := w.Member(h.account, "camille@maraval.example")
	functions := []string{function.Code}
	w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, h.admin, id, app.Of(m.UUID), app.MemberChange{Functions: &functions})))
	all := make([]string, 0, len(authz.Permissions()))
	for _, p := range authz.Permissions() {
		all = append(all, string(p))
	}
	levels := []string{"", "administrator", "executive", "standards-administrator", "project-member", "project-administrator"}
	for i := range 60 {
		permissions := all[:i%len(all)]
		level := levels[i%len(levels)]
		change := app.RoleChange{Version: w.Role(h.account, directory.Function, "architect").Version, DefaultLevel: &level}
		if i%2 == 0 {
			change.Permissions = &permissions
		}
		w.Code(w.Roles.Edit(ctx, h.standards, id, function.UUID, change)) // refused or not, never a fault
		after := w.Role(h.account, directory.Function, "architect")
		if len(after.Permissions) > 0 || !slices.Contains([]string{"", "standards-administrator", "project-member"}, after.DefaultLevel) {
			t.Fatalf("ROLE-6 the function permits %v and proposes %q", after.Permissions, after.DefaultLevel)
		}
		rights, err := w.Rights(ctx, actor, id)
		w.Must(err)
		if held := rights.At(0); len(held) > 0 {
			t.Fatalf("ROLE-6 who has the function may %v", held)
		}
	}
}

// TestFunctionsProposeLevelsOfProjects: a function may propose a level of projects
// where the account has some, and editing it keeps what it proposes (ADD-4).
func TestFunctionsProposeLevelsOfProjects(t *testing.T) { // ADD-4, ROLE-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		level, products := "project-administrator", []string{"plans", "budget"}
		made, err := w.Roles.Create(ctx, h.admin, id, app.NewRole{Kind: directory.Function, Names: named("Pilote"), DefaultLevel: level, DefaultProducts: products})
		w.Must(err)
		form, err := w.Roles.Role(ctx, h.admin, id, made.UUID)
		w.Must(err)
		if !slices.ContainsFunc(form.Levels, func(o directory.Role) bool { return o.Code == level }) || form.DefaultLevel != level {
			t.Errorf("the form offers %v", form.Levels)
		}
		elsewhere := w.Account("117402") // has no projects
		other := w.Administrator(elsewhere, "blanche.ferriere@ardoises.example")
		_, err = w.Roles.Create(ctx, other, elsewhere.ID, app.NewRole{Kind: directory.Function, Names: named("Pilote"), DefaultLevel: level})
		h.refused("where there are none", err, "field.unknown_choice", "default_level")
	})
}
