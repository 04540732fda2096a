package app_test

import (
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestDelegation: the manager of the group Nord creates, invites and edits
// people there and below, and sees nobody else.
func TestDelegation(t *testing.T) { // ROLE-5, UNIT-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		new := func(email string) app.NewPerson {
			return app.NewPerson{Password: "Chantier-2026-bleu", NewMember: app.NewMember{Email: email, UserName: email, Language: "fr", First: "Ana", Last: "Neuve"}}
		}
		t.Run("UNIT-5 somebody new stands in the topmost unit that the actor manages", func(t *testing.T) {
			n := new("ana.neuve@maraval.example")
			n.Roles = []app.RoleStep{{Unit: p.ids["Nord"], Roles: []string{"purchase-approver"}}}
			made, err := p.Members.Create(ctx, p.north, id, n)
			w.Must(err)
			if got := p.holds(made); made.Unit != p.units["Nord"] || !slices.Equal(got, []string{"purchase-approver at Nord"}) {
				t.Errorf("home %d, holds %v", made.Unit, got)
			}
		})
		t.Run("UNIT-5 there and below, nowhere else", func(t *testing.T) {
			for _, test := range []struct{ name, home, want string }{
				{"below", p.ids["Grues"], "member.ok"}, {"elsewhere", p.ids["Pau"], "denied.permission"},
				{"above", p.ids[""], "denied.permission"}, {"of nobody", "00000000-0000-7000-8000-000000000000", "unit.not_found"},
				{"no text", "\xff\x00", "unit.not_found"}, {"too long", strings.Repeat("x", 70_000), "unit.not_found"},
			} {
				_, err := p.Members.Add(ctx, p.north, id, []app.NewMember{{Row: 1, Email: "home." + strings.ReplaceAll(test.name, " ", ".") + "@maraval.example"}},
					app.AddOptions{Silent: true, Home: test.home})
				got := w.Code(err)
				if got == "" {
					got = "member.ok"
				}
				if got != test.want {
					t.Errorf("%s: %q, want %q", test.name, got, test.want)
				}
			}
		})
		t.Run("UNIT-5 who manages two parts says which", func(t *testing.T) {
			both, m := p.person("two.parts", p.units["Lille"], "fleet-manager", "Lille")
			p.Must(errOfGrants(p.give(p.manager, m, "fleet-manager", "Pau")))
			verdicts, err := p.Members.Add(ctx, both, id, []app.NewMember{{Row: 1, Email: "which.part@maraval.example"}, {Row: 2, Email: "this.part@maraval.example", Home: "Nord > Nord Location > Lille"}},
				app.AddOptions{Silent: true})
			w.Must(err)
			if verdicts[0].Refusal == nil || verdicts[0].Refusal.Field != "unit" || verdicts[1].Outcome != app.Added {
				t.Errorf("%+v", verdicts)
			}
		})
	})
}

// TestDelegationEndsAtTheUnit: whom the manager of a group reaches and sees.
func TestDelegationEndsAtTheUnit(t *testing.T) { // ROLE-5, UNIT-5, LIST-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		_, south := p.person("sabine.pauwels", p.units["Pau"], "", "")
		_, here := p.person("lucas.moreau", p.units["Lille"], "", "")
		t.Run("UNIT-5 editing, switching off and removing need the home unit", func(t *testing.T) {
			title := "Chef"
			change := app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}}
			for _, test := range []struct {
				name string
				do   func(m directory.Member) (app.Verdicts, error)
			}{
				{"edit", func(m directory.Member) (app.Verdicts, error) {
					return p.Members.EditMembers(ctx, p.north, id, app.Of(m.UUID), change)
				}},
				{"invite", func(m directory.Member) (app.Verdicts, error) {
					return p.Invitations.Send(ctx, p.north, id, app.Of(m.UUID))
				}},
				{"switch off", func(m directory.Member) (app.Verdicts, error) {
					return p.Members.Deactivate(ctx, p.north, id, app.Of(m.UUID))
				}},
				{"remove", func(m directory.Member) (app.Verdicts, error) {
					return p.Members.Remove(ctx, p.north, id, app.Of(m.UUID))
				}},
			} {
				if got := p.verdict(test.do(south)); got != "member.not_found" {
					t.Errorf("%s elsewhere: %q", test.name, got)
				}
				if got := p.verdict(test.do(here)); got != "" && got != "member.already_active" && got != "member.inactive" {
					t.Errorf("%s here: %q", test.name, got)
				}
			}
		})
		t.Run("UNIT-5 authority over another unit adds and withdraws grants there only", func(t *testing.T) {
			_, guest := p.person("guest.worker", p.units["Pau"], "purchase-approver", "Nord")
			if got := p.code(p.give(p.north, guest, "purchase-approver", "Grues")); got != "" {
				t.Errorf("give to a guest: %q", got)
			}
			if got := p.verdict(p.Members.Deactivate(ctx, p.north, id, app.Of(guest.UUID))); got != "member.not_found" {
				t.Errorf("switch a guest off: %q", got)
			}
			if got := p.code(p.give(p.north, south, "purchase-approver", "Grues")); got != "member.not_found" {
				t.Errorf("give to somebody out of sight: %q", got)
			}
			shown, err := p.Grants.Of(ctx, p.north, id, guest.UUID, app.GrantView{})
			w.Must(err)
			if shown.Home.ID != 0 || shown.Grants != 3 {
				t.Errorf("of a guest: home %q, %d grants", shown.Home.Name, shown.Grants)
			}
		})
		t.Run("LIST-9 lists show only what is in sight, with honest totals", func(t *testing.T) {
			page, err := p.Members.List(ctx, p.north, id, app.MemberQuery{})
			w.Must(err)
			all, err := p.Members.List(ctx, p.manager, id, app.MemberQuery{})
			w.Must(err)
			if int(page.Total) != len(page.Rows) || page.Total != page.All || page.Total >= all.Total {
				t.Errorf("%d of %d, %d rows; everybody %d", page.Total, page.All, len(page.Rows), all.Total)
			}
			holders, err := p.Grants.AtUnit(ctx, p.north, id, p.ids["Grues"], app.HolderPage{})
			w.Must(err)
			if int(holders.Given) != len(holders.Direct) || int(holders.Flows) != len(holders.Above) {
				t.Errorf("%d direct of %d, %d above of %d", len(holders.Direct), holders.Given, len(holders.Above), holders.Flows)
			}
			for _, h := range holders.Above {
				if h.Member.Unit == p.units["Pau"] || h.Member.Unit == p.account.Root {
					t.Errorf("shows %s of another home", h.Name)
				}
			}
			_, err = p.Grants.AtUnit(ctx, p.north, id, p.ids["Sud"], app.HolderPage{})
			if got := w.Code(err); got != "unit.not_found" {
				t.Errorf("another part: %q", got)
			}
			_, err = p.Grants.Of(ctx, p.north, id, south.UUID, app.GrantView{})
			if got := w.Code(err); got != "member.not_found" {
				t.Errorf("somebody out of sight: %q", got)
			}
			_, err = p.Members.Card(ctx, p.north, id, south.UUID)
			if got := w.Code(err); got != "member.not_found" {
				t.Errorf("card: %q", got)
			}
		})
	})
}

func TestDelegatesImport(t *testing.T) { // ADD-13, UNIT-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		t.Run("ADD-13 a file names home units, and is shown to its maker only", func(t *testing.T) {
			file := "email;unité\nimp.one@maraval.example;Lille\nimp.two@maraval.example;Pau\nimp.three@maraval.example;" + p.ids["Grues"] + "\nimp.four@maraval.example;\n"
			i, err := p.Imports.Upload(ctx, p.north, id, "nord.csv", strings.NewReader(file))
			w.Must(err)
			i, err = p.Imports.Start(ctx, p.north, id, i.UUID)
			w.Must(err)
			rows, err := p.Imports.Rows(ctx, p.north, id, i.UUID, app.ImportFilter{Limit: 10})
			w.Must(err)
			var got []string
			for _, row := range rows {
				code := string(row.Outcome)
				if row.Refusal != nil {
					code = row.Refusal.Code
				}
				got = append(got, code)
			}
			if want := []string{"added", "unit.not_found", "added", "added"}; !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			other, _ := p.person("other.north", p.units["Lille"], "fleet-manager", "Nord")
			_, err = p.Imports.Find(ctx, other, id, i.UUID)
			if got := w.Code(err); got != "import.not_found" {
				t.Errorf("another delegate finds it: %q", got)
			}
			_, err = p.Imports.Find(ctx, p.manager, id, i.UUID)
			w.Must(err)
			recent, err := p.Imports.Recent(ctx, other, id, 10)
			if err != nil || len(recent) != 0 {
				t.Errorf("another delegate lists %d %v", len(recent), err)
			}
		})
	})
}

func TestRequiredRoles(t *testing.T) { // ROLE-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		create := func(name string, steps []app.RoleStep) (directory.Member, error) {
			email := name + "@maraval.example"
			return p.Members.Create(ctx, p.manager, id, app.NewPerson{Password: "Chantier-2026-bleu", Roles: steps,
				NewMember: app.NewMember{Email: email, UserName: email, Language: "fr", First: "Ana", Last: "Neuve"}})
		}
		field := func(err error) string {
			var refusal *directory.Error
			if code := w.Code(err); code == "" {
				return ""
			}
			refusal, _ = err.(*directory.Error)
			return refusal.Field
		}
		general := app.RoleStep{Roles: []string{"basic-user"}}
		group := app.RoleStep{Unit: p.ids["Nord"], Roles: []string{"purchase-approver"}}
		t.Run("ROLE-3 a missing general role and a missing group role are refused with their fields", func(t *testing.T) {
			_, err := create("no.general", []app.RoleStep{group})
			if got := field(err); got != "general_role" {
				t.Errorf("no general role: %q", got)
			}
			_, err = create("no.group", []app.RoleStep{general})
			if got := field(err); got != "role_at_group" {
				t.Errorf("no group role: %q", got)
			}
			_, err = create("no.roles", nil)
			if got := field(err); got != "role_at_group" {
				t.Errorf("the general one is proposed by itself: %q", got)
			}
			if _, total := p.search("Neuve"); total != 0 {
				t.Errorf("%d were saved all the same", total)
			}
			m, err := create("all.roles", []app.RoleStep{general, group, {Unit: p.ids["Grues"], Roles: []string{"purchase-approver"}}})
			w.Must(err)
			if got := p.holds(m); len(got) != 3 {
				t.Errorf("holds %v", got)
			}
		})
		t.Run("ROLE-3 basic user is proposed for everybody who is added", func(t *testing.T) {
			if got := p.holds(p.waiting("pasted.one", "Lille")); !slices.Equal(got, []string{"basic-user at "}) {
				t.Errorf("holds %v", got)
			}
			offered, err := p.Grants.Of(ctx, p.manager, id, "", app.GrantView{})
			w.Must(err)
			root := offered.Units[0]
			if !slices.ContainsFunc(root.Offered, func(e app.Effect) bool { return e.Role.Proposed && e.Role.Code == "basic-user" }) {
				t.Errorf("offered at the root: %+v", root.Offered)
			}
		})
		t.Run("ROLE-3 a person's roles are set in one act", func(t *testing.T) {
			_, m := p.person("set.once", p.units["Lille"], "purchase-approver", "Nord")
			was := []string{"purchase-approver"}
			steps := []app.RoleStep{{Unit: p.ids["Nord"], Roles: []string{"fleet-manager"}, Was: &was}, {Unit: p.ids["Bennes"], Roles: []string{"purchase-approver"}}}
			verdicts, err := p.Grants.Set(ctx, p.manager, id, m.UUID, steps)
			w.Must(err)
			want := []string{"basic-user at ", "fleet-manager at Nord", "purchase-approver at Bennes"}
			if got := p.holds(m); !slices.Equal(got, want) || len(verdicts) != 3 {
				t.Errorf("holds %v after %d changes", got, len(verdicts))
			}
			_, err = p.Grants.Set(ctx, p.manager, id, m.UUID, steps)
			if got := w.Code(err); got != "stale" {
				t.Errorf("from what was shown before: %q", got)
			}
			_, err = p.Grants.Set(ctx, p.manager, id, m.UUID, []app.RoleStep{{Roles: []string{"emperor"}}})
			if got := field(err); got != "general_role" {
				t.Errorf("unknown role: %q", got)
			}
			if got := p.holds(m); !slices.Equal(got, want) {
				t.Errorf("after refusals: %v", got)
			}
		})
		t.Run("ROLE-3 who manages a group only is not asked for the general role", func(t *testing.T) {
			m := p.waiting("north.only", "Lille")
			_, err := p.Grants.Set(ctx, p.north, id, m.UUID, []app.RoleStep{{Unit: p.ids["Nord"], Roles: []string{"basic-user"}}})
			w.Must(err)
		})
	})
}

// search finds members by name.
func (p fleetHouse) search(text string) ([]app.ListedMember, int64) {
	p.T.Helper()
	page, err := p.Members.List(p.Context(), p.admin, p.account.ID, app.MemberQuery{Search: text})
	p.Must(err)
	return page.Rows, page.Total
}
