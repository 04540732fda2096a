package app_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A smithy is an account of the fleet type with an administrator, where roles
// are made.
type smithy struct{ house }

func newSmithy(w *apptest.World) smithy {
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr"})
	w.Must(err)
	return smithy{house{World: w, account: account, admin: w.Administrator(account, "helene.castaing@maraval.example")}}
}

// create makes a role as the administrator and reads it again.
func (h smithy) create(n app.NewRole) directory.Role {
	h.T.Helper()
	made, err := h.Roles.Create(h.Context(), h.admin, h.account.ID, n)
	h.Must(err)
	return h.role(made.UUID)
}

func (h smithy) role(id string) directory.Role {
	h.T.Helper()
	f, err := h.Roles.Role(h.Context(), h.admin, h.account.ID, id)
	h.Must(err)
	return f.Role
}

// shipped is a role of the catalogue as the account has it.
func (h smithy) shipped(kind directory.RoleKind, code string) directory.Role {
	h.T.Helper()
	list, err := h.Roles.List(h.Context(), h.admin, h.account.ID)
	h.Must(err)
	for _, o := range slices.Concat(list.Roles, list.Archived) {
		if o.Kind == kind && o.Code == code {
			return o.Role
		}
	}
	h.T.Fatalf("no %s %s", kind, code)
	return directory.Role{}
}

// unit adds one below another.
func (h smithy) unit(parent directory.UnitID, level, name string) directory.UnitID {
	h.T.Helper()
	var id directory.UnitID
	h.Must(h.DB.Update(h.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(h.Context(), h.account.ID, 1)
		id = directory.UnitID(key)
		if err != nil {
			return err
		}
		u := directory.Unit{ID: id, UUID: "unit-" + name, Parent: parent, Level: level, Name: name}
		return tx.Apply(h.Context(), store.Write{Changes: []store.Change{store.InsertUnits{Account: h.account.ID, Units: []directory.Unit{u}}}})
	}))
	return id
}

// gives a member a role, which is another's business to ask for.
func (h smithy) gives(m directory.Member, o directory.Role, unit directory.UnitID) {
	h.T.Helper()
	if o.Kind != directory.RightsRole {
		functions := []string{o.Code}
		h.Must(apptest.ErrOf(h.Members.EditMembers(h.Context(), h.Operator(), h.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &functions})))
		return
	}
	h.Must(h.DB.Update(h.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(h.Context(), h.account.ID, 1)
		if err != nil {
			return err
		}
		g := directory.Grant{ID: directory.GrantID(key), Member: m.ID, Role: o.ID, Unit: unit, From: h.Now()}
		return tx.Apply(h.Context(), store.Write{Changes: []store.Change{store.InsertGrants{Account: h.account.ID, Grants: []directory.Grant{g}}}})
	}))
}

// failed is the error of an operation whose answer does not matter.
func failed[T any](_ T, err error) error { return err }

// fieldOf is the input a refusal is about.
func fieldOf(err error) string {
	var refusal *directory.Error
	if errors.As(err, &refusal) {
		return refusal.Field
	}
	return ""
}

func own(kind directory.RoleKind, name string, permissions ...authz.Permission) app.NewRole {
	n := app.NewRole{Kind: kind, Names: map[string]string{"": name}}
	for _, p := range permissions {
		n.Permissions = append(n.Permissions, string(p))
	}
	return n
}

func (h smithy) edit(actor authz.Actor, o directory.Role, permissions ...authz.Permission) string {
	h.T.Helper()
	ids := own(o.Kind, "", permissions...).Permissions
	return h.Code(h.Roles.Edit(h.Context(), actor, h.account.ID, o.UUID, app.RoleChange{Version: h.role(o.UUID).Version, Permissions: &ids}))
}

func TestRoleCreate(t *testing.T) { // ROLE-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		n := own(directory.Function, "Responsable sécurité", authz.ViewMembers, authz.ViewMembers)
		n.DefaultLevel, n.DefaultProducts = "administrator", []string{"fleet"}
		made := h.create(n)
		if !strings.HasPrefix(made.Code, "own-") || made.Shipped || len(made.Permissions) != 1 || made.DefaultProducts[0] != "fleet" || made.Version != 1 {
			t.Errorf("made %+v", made)
		}
		w.Must(h.Roles.Rename(w.Context(), h.admin, h.account.ID, made.UUID, app.RoleNames{Version: made.Version, Names: map[string]string{"": "Référente sécurité", "en": "Safety officer"}}))
		t.Run("ROLE-8 a renamed role keeps its code", func(t *testing.T) {
			if now := h.role(made.UUID); now.Code != made.Code || now.Name("fr") != "Référente sécurité" || now.Name("en") != "Safety officer" {
				t.Errorf("renamed %+v", now)
			}
		})
		for _, test := range []struct {
			name, code, field string
			role              app.NewRole
		}{
			{"no name", "field.required", "name", own(directory.Function, " ")},
			{"a name of 70,000 characters", "field.too_long", "name", own(directory.Function, strings.Repeat("x", 70_000))},
			{"NUL in a name", "text.broken", "name", own(directory.Function, "Chef\x00")},
			{"a name that is taken", "role.name_taken", "name", own(directory.Function, "REFERENTE securite")},
			{"no such kind", "field.unknown_choice", "kind", own("king", "Roi")},
			{"no such permission", "field.unknown_choice", "permissions", own(directory.RightsRole, "Espion", "everything.steal")},
			{"NUL for a permission", "field.unknown_choice", "permissions", own(directory.RightsRole, "Espion", "\x00")},
			{"no such level", "field.unknown_choice", "default_level", app.NewRole{Kind: directory.Function, Names: map[string]string{"": "A"}, DefaultLevel: "owner"}},
			{"no such product", "field.unknown_choice", "products", app.NewRole{Kind: directory.Function, Names: map[string]string{"": "A"}, DefaultProducts: []string{"moon"}}},
			{"products of a level", "field.unknown_choice", "products", app.NewRole{Kind: directory.Level, Names: map[string]string{"": "A"}, DefaultProducts: []string{"fleet"}}},
			{"no such place", "field.unknown_choice", "place", app.NewRole{Kind: directory.Function, Names: map[string]string{"": "A"}, Place: "moon"}},
			{"a place of rights", "field.unknown_choice", "place", app.NewRole{Kind: directory.RightsRole, Names: map[string]string{"": "A"}, Place: "project"}},
		} {
			t.Run(test.name, func(t *testing.T) {
				_, err := h.Roles.Create(w.Context(), h.admin, h.account.ID, test.role)
				if code := w.Code(err); code != test.code || fieldOf(err) != test.field {
					t.Errorf("code %q at %q, want %q at %q", code, fieldOf(err), test.code, test.field)
				}
			})
		}
	})
}

func TestRoleOfAnotherAccount(t *testing.T) { // KEY-14, ROLE-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		made := h.create(own(directory.RightsRole, "Espion"))
		other := w.Account("117 402")
		blanche := w.Administrator(other, "blanche.ferriere@ardoises.example")
		for name, err := range map[string]error{
			"read":    failed(w.Roles.Role(w.Context(), blanche, other.ID, made.UUID)),
			"edit":    w.Roles.Edit(w.Context(), blanche, other.ID, made.UUID, app.RoleChange{Version: 1}),
			"archive": w.Roles.Archive(w.Context(), blanche, other.ID, made.UUID),
			"restore": w.Roles.Restore(w.Context(), blanche, other.ID, made.UUID),
			"reset":   w.Roles.Reset(w.Context(), blanche, other.ID, made.UUID, 1),
			"NUL":     w.Roles.Archive(w.Context(), blanche, other.ID, "\x00"),
		} {
			if code := w.Code(err); code != "role.not_found" {
				t.Errorf("%s: %q, want role.not_found", name, code)
			}
		}
	})
}

func TestRoleEdit(t *testing.T) { // ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		clerk := h.create(own(directory.Function, "Secrétaire", authz.ViewMembers))
		camille, m := w.Member(h.account, "camille.aubrac@maraval.example")
		h.gives(m, clerk, 0)
		reads := func() string {
			return w.Code(failed(w.History.List(w.Context(), camille, h.account.ID, app.HistoryFilter{}, app.Window{})))
		}
		if code := reads(); code != "denied.permission" {
			t.Fatalf("before: %q", code)
		}
		stale := h.role(clerk.UUID).Version
		if code := h.edit(h.admin, clerk, authz.ViewMembers, authz.ViewHistory); code != "" {
			t.Fatalf("edit: %q", code)
		}
		t.Run("ROLE-8 what is added counts at once", func(t *testing.T) {
			if code := reads(); code != "" {
				t.Errorf("after: %q", code)
			}
		})
		t.Run("PLAN-4 a stale form is refused", func(t *testing.T) {
			if code := w.Code(w.Roles.Edit(w.Context(), h.admin, h.account.ID, clerk.UUID, app.RoleChange{Version: stale})); code != "stale" {
				t.Errorf("code %q", code)
			}
		})
		if code := h.edit(h.admin, clerk); code != "" {
			t.Fatalf("empty it: %q", code)
		}
		t.Run("ROLE-8 what is removed is gone at once", func(t *testing.T) {
			if code := reads(); code != "denied.permission" {
				t.Errorf("after: %q", code)
			}
		})
		t.Run("nothing changed writes nothing", func(t *testing.T) {
			before := h.role(clerk.UUID)
			w.Must(w.Roles.Edit(w.Context(), h.admin, h.account.ID, clerk.UUID, app.RoleChange{Version: before.Version, Permissions: &before.Permissions}))
			if after := h.role(clerk.UUID); after.Version != before.Version {
				t.Errorf("version %d, was %d", after.Version, before.Version)
			}
		})
		t.Run("ROLE-8 default products act on later assignments only", func(t *testing.T) {
			products := []string{"fleet"}
			w.Must(w.Roles.Edit(w.Context(), h.admin, h.account.ID, clerk.UUID, app.RoleChange{Version: h.role(clerk.UUID).Version, DefaultProducts: &products}))
			if got := h.find("camille").Products; len(got) != 0 {
				t.Errorf("camille got %v", got)
			}
		})
		t.Run("HIST-1 it stands in the history", func(t *testing.T) {
			page, err := w.History.List(w.Context(), h.admin, h.account.ID, app.HistoryFilter{}, app.Window{})
			w.Must(err)
			var kinds []string
			for _, e := range page.Entries {
				if e.Entry.Object == int64(clerk.ID) {
					kinds = append(kinds, string(e.Entry.Kind))
				}
			}
			if strings.Join(kinds, " ") != "role.changed role.changed role.changed role.created" {
				t.Errorf("kinds %v", kinds)
			}
		})
	})
}

func TestAdministratorLevelIsFixed(t *testing.T) { // ROLE-6, ACC-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		admin := h.shipped(directory.Level, directory.AdminLevel)
		nothing := []string{}
		for name, err := range map[string]error{
			"edit":    w.Roles.Edit(w.Context(), h.Operator(), h.account.ID, admin.UUID, app.RoleChange{Version: admin.Version, Permissions: &nothing}),
			"rename":  w.Roles.Rename(w.Context(), h.admin, h.account.ID, admin.UUID, app.RoleNames{Version: admin.Version, Names: map[string]string{"": "Personne"}}),
			"archive": w.Roles.Archive(w.Context(), h.admin, h.account.ID, admin.UUID),
			"restore": w.Roles.Restore(w.Context(), h.admin, h.account.ID, admin.UUID),
			"reset":   w.Roles.Reset(w.Context(), h.admin, h.account.ID, admin.UUID, admin.Version),
		} {
			if code := w.Code(err); code != "role.administrator" {
				t.Errorf("%s: %q, want role.administrator", name, code)
			}
		}
	})
}

func TestRoleArchive(t *testing.T) { // ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		clerk := h.create(own(directory.Function, "Secrétaire", authz.ViewHistory))
		camille, m := w.Member(h.account, "camille.aubrac@maraval.example")
		h.gives(m, clerk, 0)
		offered := func(roles []directory.Role) bool {
			return slices.ContainsFunc(roles, func(o directory.Role) bool { return o.ID == clerk.ID })
		}
		w.Must(w.Roles.Archive(w.Context(), h.admin, h.account.ID, clerk.UUID))
		w.Must(w.Roles.Archive(w.Context(), h.admin, h.account.ID, clerk.UUID))
		t.Run("holders keep it", func(t *testing.T) {
			if err := failed(w.History.List(w.Context(), camille, h.account.ID, app.HistoryFilter{}, app.Window{})); err != nil {
				t.Error(err)
			}
			if got := h.find("camille").Functions; !offered(got) {
				t.Errorf("functions %v", got)
			}
		})
		t.Run("it leaves the choice lists", func(t *testing.T) {
			choices, err := w.Members.Choices(w.Context(), h.admin, h.account.ID)
			w.Must(err)
			if offered(choices.Functions) {
				t.Error("the form to add offers it")
			}
			_, other := w.Member(h.account, "wim.bertin@maraval.example")
			e, err := w.Members.Editing(w.Context(), h.admin, h.account.ID, other.UUID)
			w.Must(err)
			if offered(e.Choices.Functions) {
				t.Error("the form of another member offers it")
			}
			functions := []string{clerk.Code}
			verdicts, err := w.Members.EditMembers(w.Context(), h.admin, h.account.ID, app.Of(other.UUID), app.MemberChange{Functions: &functions})
			if code := h.verdict(verdicts, err); code != "field.unknown_choice" {
				t.Errorf("given to another: %q", code)
			}
		})
		t.Run("the holder’s form keeps it", func(t *testing.T) {
			e, err := w.Members.Editing(w.Context(), h.admin, h.account.ID, m.UUID)
			w.Must(err)
			if !offered(e.Choices.Functions) {
				t.Error("the form would take it away")
			}
			functions, title := []string{clerk.Code}, "Assistante"
			w.Must(w.Members.EditMember(w.Context(), h.admin, h.account.ID, m.UUID,
				app.MemberEdit{MemberChange: app.MemberChange{Functions: &functions, PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}}, Version: e.Version}))
		})
		t.Run("filters keep it as long as somebody holds it", func(t *testing.T) {
			if !offered(h.list(app.MemberQuery{}).Choices.Functions) {
				t.Error("the filter lost it")
			}
			none := []string{}
			w.Must(apptest.ErrOf(w.Members.EditMembers(w.Context(), h.admin, h.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &none})))
			if offered(h.list(app.MemberQuery{}).Choices.Functions) {
				t.Error("the filter still offers what nobody holds")
			}
		})
		t.Run("its name waits for it, and it comes back", func(t *testing.T) {
			if _, err := w.Roles.Create(w.Context(), h.admin, h.account.ID, own(directory.Function, "Secrétaire")); w.Code(err) != "role.name_archived" {
				t.Errorf("made anew: %v", err)
			}
			w.Must(w.Roles.Restore(w.Context(), h.admin, h.account.ID, clerk.UUID))
			choices, err := w.Members.Choices(w.Context(), h.admin, h.account.ID)
			w.Must(err)
			if !offered(choices.Functions) {
				t.Error("not offered again")
			}
		})
	})
}

func TestRoleDifferences(t *testing.T) { // ROLE-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		ctx, id := w.Context(), h.account.ID
		differences := func() []app.RoleDifference {
			found, err := w.Roles.Differences(ctx, h.admin, id)
			w.Must(err)
			return found
		}
		if found := differences(); len(found) != 0 {
			t.Fatalf("a fresh account differs: %+v", found)
		}
		basic := h.shipped(directory.RightsRole, directory.BasicUser)
		permissions := []string{"account.view", "members.view"}
		w.Must(w.Roles.Edit(ctx, h.admin, id, basic.UUID, app.RoleChange{Version: basic.Version, Permissions: &permissions}))
		t.Run("what the account changed is shown beside the catalogue's", func(t *testing.T) {
			found := differences()
			if len(found) != 1 || !slices.Equal(found[0].More, []string{"members.view"}) || len(found[0].Less) > 0 || found[0].Names {
				t.Errorf("differences %+v", found)
			}
		})
		t.Run("a new catalogue keeps the account's", func(t *testing.T) {
			text := standard(t, "Bekijkt, wijzigt niets.\"}\n    permissions: [account.view]", "Bekijkt, wijzigt niets.\"}\n    permissions: [account.view, planning.manage]")
			operator := w.Staff("exploitation@batisoft.example", authz.Operator)
			w.Must(w.App.Catalogue.Apply(ctx, operator, text, 0))
			w.Must(failed(w.App.Catalogue.UpdateRoles(ctx)))
			if now := h.role(basic.UUID); !slices.Equal(now.Permissions, permissions) {
				t.Errorf("permissions %v", now.Permissions)
			}
			if found := differences(); len(found) != 1 || !slices.Equal(found[0].Less, []string{"planning.manage"}) {
				t.Errorf("differences %+v", found)
			}
		})
		t.Run("an archived one is not brought back by a catalogue", func(t *testing.T) {
			manager := h.shipped(directory.RightsRole, "fleet-manager")
			w.Must(w.Roles.Archive(ctx, h.admin, id, manager.UUID))
			w.Must(failed(w.App.Catalogue.UpdateRoles(ctx)))
			if h.role(manager.UUID).Archived.IsZero() || len(differences()) != 2 {
				t.Errorf("archived %v, differences %d", h.role(manager.UUID).Archived, len(differences()))
			}
			w.Must(w.Roles.Restore(ctx, h.admin, id, manager.UUID))
			if now := h.role(manager.UUID); now.Changed || !now.Archived.IsZero() {
				t.Errorf("restored as the catalogue has it, but changed %t, archived %v", now.Changed, now.Archived)
			}
		})
		t.Run("set back, it follows the catalogue again", func(t *testing.T) {
			now := h.role(basic.UUID)
			w.Must(w.Roles.Reset(ctx, h.admin, id, basic.UUID, now.Version))
			if after := h.role(basic.UUID); after.Changed || !slices.Contains(after.Permissions, "planning.manage") || len(differences()) != 0 {
				t.Errorf("after %+v", after)
			}
			if code := w.Code(w.Roles.Reset(ctx, h.admin, id, basic.UUID, now.Version)); code != "stale" {
				t.Errorf("again: %q", code)
			}
		})
		t.Run("an own role has nothing to go back to", func(t *testing.T) {
			made := h.create(own(directory.RightsRole, "Visiteur"))
			if code := w.Code(w.Roles.Reset(ctx, h.admin, id, made.UUID, made.Version)); code != "role.not_in_catalogue" {
				t.Errorf("code %q", code)
			}
		})
	})
}

// TestRoleChangedWhileUsed changes a role under those who hold it and those who
// give it: nobody keeps what was taken away once the change is confirmed, and
// nobody ends with more than who gave it holds.
func TestRoleChangedWhileUsed(t *testing.T) { // ROLE-6, ROLE-8, CHECK-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		clerk := h.create(own(directory.Function, "Secrétaire", authz.ViewMembers, authz.ManageMembers))
		auditor := h.create(own(directory.Function, "Auditeur", authz.ViewMembers))
		manager, m := w.Member(h.account, "manon.perrin@maraval.example")
		h.gives(m, clerk, 0)
		var people []string
		for i := range 8 {
			_, one := w.Member(h.account, "lea.martin"+string(rune('a'+i))+"@maraval.example")
			people = append(people, one.UUID)
		}
		var group sync.WaitGroup
		outcomes := make([]string, len(people))
		for i, id := range people {
			group.Go(func() {
				functions := []string{auditor.Code}
				verdicts, err := w.Members.EditMembers(w.Context(), manager, h.account.ID, app.Of(id), app.MemberChange{Functions: &functions})
				outcomes[i] = h.verdict(verdicts, err)
			})
		}
		group.Go(func() {
			if code := h.edit(h.admin, auditor, authz.ViewMembers, authz.ViewHistory); code != "" {
				t.Errorf("edit: %q", code)
			}
			functions := []string{auditor.Code}
			verdicts, err := w.Members.EditMembers(w.Context(), manager, h.account.ID, app.Of(people[0]), app.MemberChange{Functions: &[]string{}})
			if code := h.verdict(verdicts, err); code != "" {
				t.Errorf("take away: %q", code)
			}
			verdicts, err = w.Members.EditMembers(w.Context(), manager, h.account.ID, app.Of(people[0]), app.MemberChange{Functions: &functions})
			if code := h.verdict(verdicts, err); code != "role.not_held" {
				t.Errorf("given after it grew: %q, want role.not_held", code)
			}
			if code := h.edit(h.admin, clerk, authz.ViewMembers); code != "" {
				t.Errorf("edit: %q", code)
			}
			verdicts, err = w.Members.EditMembers(w.Context(), manager, h.account.ID, app.Of(people[0]), app.MemberChange{Functions: &[]string{}})
			if code := h.verdict(verdicts, err); code != "denied.permission" {
				t.Errorf("acts after it was taken away: %q, want denied.permission", code)
			}
		})
		group.Wait()
		for i, code := range outcomes {
			if code != "" && code != "role.not_held" && code != "denied.permission" {
				t.Errorf("%d: %q", i, code)
			}
		}
	})
}
