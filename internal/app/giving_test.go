package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestNobodyGivesWhatTheyDoNotHold: somebody who manages members and holds no
// more gives neither level nor function that permits more, by any door.
func TestNobodyGivesWhatTheyDoNotHold(t *testing.T) { // ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		manager, m := w.Member(h.account, "manon.perrin@maraval.example")
		h.holds(m, "clerk", authz.ViewMembers, authz.ManageMembers)
		_, reader := w.Member(h.account, "wim.bertin@maraval.example")
		h.holds(reader, "auditor", authz.ViewHistory)
		w.Must(apptest.ErrOf(w.Members.Deactivate(ctx, h.admin, id, app.Of(reader.UUID))))
		h.add(app.NewMember{Email: "joris.vandamme@maraval.example", Last: "Vandamme"})
		joris, administrator := h.find("vandamme").UUID, "administrator"
		add := func(level string, functions ...string) (app.Verdicts, error) {
			rows := []app.NewMember{{Row: 1, Email: "karim@maraval.example", Levels: *apptest.Levels(level), Functions: functions}}
			return w.Members.Add(ctx, manager, id, rows, app.AddOptions{})
		}
		for _, test := range []struct {
			name string
			give func() (app.Verdicts, error)
			want string
		}{
			{"an administrator added", func() (app.Verdicts, error) { return add("administrator") }, "role.not_held"},
			{"a function added that permits more", func() (app.Verdicts, error) { return add("", "auditor") }, "role.not_held"},
			{"a level edited", func() (app.Verdicts, error) {
				return w.Members.EditMembers(ctx, manager, id, app.Of(joris), app.MemberChange{Levels: apptest.Levels(administrator)})
			}, "role.not_held"},
			{"an administrator named", func() (app.Verdicts, error) { return nil, w.Members.NameAdministrator(ctx, manager, id, joris) }, "role.not_held"},
			{"a function switched on again", func() (app.Verdicts, error) {
				return w.Members.Reactivate(ctx, manager, id, app.Of(reader.UUID))
			}, "role.not_held"},
			{"what they hold", func() (app.Verdicts, error) { return add("", "clerk") }, ""},
		} {
			t.Run("ROLE-6 "+test.name, func(t *testing.T) {
				if got := h.verdict(test.give()); got != test.want {
					t.Errorf("code %q, want %q", got, test.want)
				}
			})
		}
	})
}

// holds gives a member permissions by a function made for them.
func (h house) holds(m directory.Member, code string, permissions ...authz.Permission) {
	h.T.Helper()
	role := directory.Role{UUID: "role-" + code, Kind: directory.Function, Code: code, Place: directory.AtAccount,
		Names: map[string]string{"fr": code}}
	for _, p := range permissions {
		role.Permissions = append(role.Permissions, string(p))
	}
	h.Must(h.DB.Update(h.Context(), []directory.AccountID{h.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(h.Context(), h.account.ID, 1)
		role.ID = directory.RoleID(key)
		if err != nil {
			return err
		}
		return tx.Apply(h.Context(), store.Write{Changes: []store.Change{store.PutRoles{Account: h.account.ID, Roles: []directory.Role{role}}}})
	}))
	functions := []string{code}
	h.Must(apptest.ErrOf(h.Members.EditMembers(h.Context(), h.Operator(), h.account.ID, app.Of(m.UUID), app.MemberChange{Functions: &functions})))
}
