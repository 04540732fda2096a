package app_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// levelsOf are the codes of the access levels of whom a search finds, the first first.
func (h house) levelsOf(search string) []string {
	h.T.Helper()
	var codes []string
	for _, level := range h.find(search).Levels {
		codes = append(codes, level.Code)
	}
	return codes
}

// newBuilder is a house of a type that has several access levels.
func newBuilder(w *apptest.World) house {
	h := house{World: w, account: w.AccountOf("204 817", "construction")}
	h.admin = w.Administrator(h.account, "helene.castaing@maraval.example")
	return h
}

// TestEachLevelIsAGift: of several levels each has to be held by who gives it, those
// that somebody has already may stay.
func TestEachLevelIsAGift(t *testing.T) { // ROLE-6, ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newBuilder(w)
		ctx, id := w.Context(), h.account.ID
		manager, m := w.Member(h.account, "manon.perrin@maraval.example")
		h.holds(m, "keeper", authz.ViewMembers, authz.ManageMembers, authz.ManageLibrary)
		add := func(levels ...string) (app.Verdicts, error) {
			return w.Members.Add(ctx, manager, id, []app.NewMember{{Row: 1, Email: "karim@maraval.example", Levels: levels}}, app.AddOptions{})
		}
		edit := func(levels ...string) (app.Verdicts, error) {
			return w.Members.EditMembers(ctx, manager, id, app.Of(h.find("joris").UUID), app.MemberChange{Levels: &levels})
		}
		h.add(app.NewMember{Email: "joris@maraval.example", Levels: []string{"executive"}})
		for _, test := range []struct {
			name string
			give func() (app.Verdicts, error)
			want string
		}{
			{"one of two that is not held", func() (app.Verdicts, error) { return add("standards-administrator", "executive") }, "role.not_held"},
			{"the one that is held", func() (app.Verdicts, error) { return add("standards-administrator") }, ""},
			{"one beside what is there", func() (app.Verdicts, error) { return edit("standards-administrator", "executive") }, ""},
			{"what is there taken away", func() (app.Verdicts, error) { return edit("standards-administrator") }, ""},
			{"and given back", func() (app.Verdicts, error) { return edit("executive", "standards-administrator") }, "role.not_held"},
			{"an administrator beside", func() (app.Verdicts, error) { return edit("standards-administrator", "administrator") }, "role.not_held"},
		} {
			if got := h.verdict(test.give()); got != test.want {
				t.Errorf("ROLE-6 %s: %q, want %q", test.name, got, test.want)
			}
		}
		if got := h.levelsOf("joris"); !slices.Equal(got, []string{"standards-administrator"}) {
			t.Errorf("ROLE-6 in the end: %q", got)
		}
	})
}

// TestAcceptanceOfLevels: whoever accepts keeps those of their levels that the inviter
// may give still.
func TestAcceptanceOfLevels(t *testing.T) { // ROLE-6, INV-7
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newBuilder(w)
		s := &inviting{t: t, w: w, account: h.account, helene: h.admin}
		manager, m := w.Member(h.account, "manon.perrin@maraval.example")
		h.holds(m, "keeper", authz.ViewMembers, authz.ManageMembers, authz.ManageLibrary, authz.ViewDashboards)
		mails(t, w)
		verdicts, err := w.Members.Add(w.Context(), manager, h.account.ID, []app.NewMember{{Row: 1, Email: "agathe.lormeau@maraval.example",
			Levels: []string{"executive", "standards-administrator"}}}, app.AddOptions{})
		w.Must(apptest.ErrOf(verdicts, err))
		h.holds(m, "librarian", authz.ManageMembers, authz.ManageLibrary)
		s.check("INV-7 accepts", s.accept(mails(t, w)["invitation"][0].Mail.Secret), "")
		if got := h.levelsOf("agathe"); !slices.Equal(got, []string{"standards-administrator"}) {
			t.Errorf("ROLE-6 the levels that are left: %q", got)
		}
	})
}

// TestLevelsOfAClaim: a key makes an administrator of somebody, beside what they are.
func TestLevelsOfAClaim(t *testing.T) { // KEY-8, ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := house{World: w, account: w.AccountOf("204 817", "construction")}
		keys := w.Keys(h.account)
		h.admin = w.Person("helene.castaing@maraval.example")
		ctx, id := w.Context(), h.account.ID
		_, err := w.App.Keys.Enter(ctx, h.admin, h.account.Number, keys[0])
		w.Must(err)
		karim, m := w.Member(h.account, "karim.haddad@maraval.example")
		w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, h.admin, id, app.Of(m.UUID), app.MemberChange{Levels: apptest.Levels("executive")})))
		claim := func(key int) {
			t.Helper()
			_, err := w.App.Keys.Enter(ctx, karim, h.account.Number, keys[key])
			w.Must(err)
		}
		claim(1)
		if got := h.levelsOf("karim"); !slices.Equal(got, []string{"administrator", "executive"}) {
			t.Errorf("KEY-8 a member: %q", got)
		}
		w.Must(apptest.ErrOf(w.Members.Remove(ctx, h.admin, id, app.Of(m.UUID))))
		claim(2)
		if got := h.levelsOf("karim"); !slices.Equal(got, []string{"administrator"}) {
			t.Errorf("KEY-8 somebody who was removed: %q", got)
		}
	})
}

func TestImportOfLevels(t *testing.T) { // ADD-13, ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newBuilder(w)
		i := upload(w, h.admin, h.account, `E-mail;Niveau d’accès
a@maraval.example;"Exécutif; Normes"
b@maraval.example;normes, ADMINISTRATEUR, Normes
c@maraval.example;executive
d@maraval.example;Exécutif, Inconnu
e@maraval.example;
`)
		want := []string{"2 added", "3 added", "4 added", "5 refused access_level import.unknown_level", "6 added"}
		if diff := cmp.Diff(want, verdictsOf(t, w, h.admin, i)); diff != "" {
			t.Errorf("preview differs (-want +got):\n%s", diff)
		}
		i, err := w.Imports.Settings(w.Context(), h.admin, h.account.ID, i.UUID, app.ImportSetting{Columns: i.Choices.Columns, Invite: directory.InviteByLevel})
		w.Must(err)
		i, err = w.Imports.Start(w.Context(), h.admin, h.account.ID, i.UUID)
		w.Must(err)
		if i.Counts.Invited != 3 {
			t.Errorf("ADD-8 %d are invited, want 3", i.Counts.Invited)
		}
		for email, want := range map[string][]string{"a@maraval": {"executive", "standards-administrator"},
			"b@maraval": {"administrator", "standards-administrator"}, "c@maraval": {"executive"}, "e@maraval": nil} {
			if got := h.levelsOf(email); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", email, got, want)
			}
		}
		again := upload(w, h.admin, h.account, "E-mail;Niveau d’accès\na@maraval.example;\"Normes, Exécutif\"\nb@maraval.example;\nc@maraval.example;Normes\n")
		again, err = w.Imports.Settings(w.Context(), h.admin, h.account.ID, again.UUID, app.ImportSetting{Columns: again.Choices.Columns, Change: true, Invite: "nobody"})
		w.Must(err)
		want = []string{"2 unchanged", "3 unchanged", "4 changed access_level:Exécutif→Normes"}
		if diff := cmp.Diff(want, verdictsOf(t, w, h.admin, again)); diff != "" {
			t.Errorf("the preview of changes differs (-want +got):\n%s", diff)
		}
	})
}

// TestHistoryOfLevels: an entry says all levels before and after, each as the role it
// is.
func TestHistoryOfLevels(t *testing.T) { // HIST-2, ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newBuilder(w)
		ctx, id := w.Context(), h.account.ID
		h.add(app.NewMember{Email: "joris@maraval.example"})
		joris := h.find("joris")
		for _, levels := range [][]string{{"executive"}, {"standards-administrator", "executive"}, {"executive", "administrator", "standards-administrator"}, {}} {
			w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, h.admin, id, app.Of(joris.UUID), app.MemberChange{Levels: &levels})))
		}
		page, err := w.History.List(ctx, h.admin, id, app.HistoryFilter{Subject: joris.Person.ID}, app.Window{Size: 50})
		w.Must(err)
		names := func(v audit.Value) []string {
			var all []string
			for _, ref := range v.Refs() {
				all = append(all, ref.Name)
			}
			return all
		}
		var told [][2][]string
		for _, s := range slices.Backward(page.Entries) {
			for _, c := range s.Entry.Facts {
				if c.Field == "access_level" {
					told = append(told, [2][]string{names(c.Before), names(c.After)})
				}
			}
		}
		two, three := []string{"Exécutif", "Normes"}, []string{"Administrateur", "Exécutif", "Normes"}
		if diff := cmp.Diff([][2][]string{{nil, {"Exécutif"}}, {{"Exécutif"}, two}, {two, three}, {three, nil}}, told); diff != "" {
			t.Errorf("entries differ (-want +got):\n%s", diff)
		}
		kinds := map[audit.Kind]int{}
		for _, s := range page.Entries {
			kinds[s.Entry.Kind]++
		}
		if kinds[audit.AdministratorNamed] != 1 || kinds[audit.AdministratorExcluded] != 1 {
			t.Errorf("ACC-7 kinds of entries: %v", kinds)
		}
	})
}

// TestFactorOfAnyLevel: an administrator is asked for a second factor whatever else
// they are, and who is none whatever they are.
func TestFactorOfAnyLevel(t *testing.T) { // SIGN-6, ADD-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newBuilder(w)
		ctx, id := w.Context(), h.account.ID
		karim, m := w.Member(h.account, "karim.haddad@maraval.example")
		codesOf(w, h.admin, w.Session(h.admin, app.PurposeFull))
		view, err := w.Accounts.Settings(ctx, h.admin, id)
		w.Must(err)
		view.SecondFactor = directory.FactorOfAdministrators
		w.Must(w.Accounts.ChangeSettings(ctx, h.admin, id, view.AccountSettings))
		for _, test := range []struct {
			levels []string
			want   string
		}{{[]string{"executive", "standards-administrator"}, ""}, {[]string{"standards-administrator", "administrator"}, "factor.account_demands"}} {
			w.Must(apptest.ErrOf(w.Members.EditMembers(ctx, w.Operator(), id, app.Of(m.UUID), app.MemberChange{Levels: &test.levels})))
			_, err := w.Accounts.Open(ctx, karim, "204817")
			if got := w.Code(err); got != test.want {
				t.Errorf("SIGN-6 %q: %q, want %q", test.levels, got, test.want)
			}
			own, err := w.Users.Accounts(ctx, karim)
			w.Must(err)
			if len(own) != 1 || len(own[0].Levels) != 2 || own[0].Factor != (test.want != "") {
				t.Errorf("USER-5 the choice of accounts: %+v", own)
			}
		}
	})
}
