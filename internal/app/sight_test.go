package app_test

import (
	"reflect"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestOutOfSightIsLikeNobody asks every door about somebody out of sight and about
// nobody, and about a unit out of sight and none: the answers are the same (API-3).
func TestOutOfSightIsLikeNobody(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		// Who manages Nord holds nothing at the account, and so knows of no other group.
		north, m := p.person("norah.leclerc", p.units["Nord"], "fleet-manager", "Nord")
		p.Must(errOfGrants(p.Grants.End(ctx, p.admin, id, app.Giving{Who: app.Of(m.UUID), Role: "basic-user", Units: []string{p.ids[""]}})))
		_, hidden := p.person("sabine.pauwels", p.units["Pau"], "", "")
		_, here := p.person("lucas.moreau", p.units["Lille"], "", "")
		const none = "01900000-0000-7000-8000-000000000000"
		title := "Chef"
		many := func(act func(app.Selection) (app.Verdicts, error)) func(string) any {
			return func(who string) any {
				verdicts, err := act(app.Selection{Members: []string{here.UUID, who}})
				return []any{verdicts, w.Code(err)}
			}
		}
		people := map[string]func(who string) any{
			"edit": many(func(s app.Selection) (app.Verdicts, error) {
				return p.Members.EditMembers(ctx, north, id, s, app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}})
			}),
			"deactivate": many(func(s app.Selection) (app.Verdicts, error) { return p.Members.Deactivate(ctx, north, id, s) }),
			"reactivate": many(func(s app.Selection) (app.Verdicts, error) { return p.Members.Reactivate(ctx, north, id, s) }),
			"invite":     many(func(s app.Selection) (app.Verdicts, error) { return p.Invitations.Send(ctx, north, id, s) }),
			"withdraw":   many(func(s app.Selection) (app.Verdicts, error) { return p.Invitations.Withdraw(ctx, north, id, s) }),
			"give": func(who string) any {
				verdicts, err := p.Grants.Give(ctx, north, id, app.Giving{Who: app.Selection{Members: []string{who}}, Role: "purchase-approver",
					Units: p.idsOf([]string{"Lille", "Grues"})})
				return []any{verdicts, w.Code(err)}
			},
			"card":    func(who string) any { _, err := p.Members.Card(ctx, north, id, who); return w.Code(err) },
			"editing": func(who string) any { _, err := p.Members.Editing(ctx, north, id, who); return w.Code(err) },
			"grants":  func(who string) any { _, err := p.Grants.Of(ctx, north, id, who, app.GrantView{}); return w.Code(err) },
			"why": func(who string) any {
				_, err := p.Reasons.Why(ctx, north, id, app.WhyQuery{Person: who})
				return w.Code(err)
			},
		}
		for door, ask := range people {
			t.Run("API-3 "+door, func(t *testing.T) {
				ask(none) // what it changes of the others is changed
				nobody, out := ask(none), ask(hidden.UUID)
				if !reflect.DeepEqual(nobody, out) {
					t.Errorf("nobody: %+v\nout of sight: %+v", nobody, out)
				}
			})
		}
		units := map[string]func(unit string) any{
			"home of somebody new": func(unit string) any {
				verdicts, err := p.Members.Add(ctx, north, id, []app.NewMember{{Row: 1, Email: "neuf@maraval.example", Home: unit}}, app.AddOptions{Preview: true})
				return []any{verdicts, w.Code(err)}
			},
			"move": func(unit string) any {
				return w.Code(apptest.ErrOf(p.Members.MoveHome(ctx, north, id, app.Of(here.UUID), unit)))
			},
			"give": func(unit string) any {
				verdicts, err := p.Grants.Give(ctx, north, id, app.Giving{Who: app.Of(here.UUID), Role: "purchase-approver", Units: []string{unit}})
				return []any{verdicts, w.Code(err)}
			},
			"look": func(unit string) any {
				_, err := p.Grants.AtUnit(ctx, north, id, unit, app.HolderPage{})
				return w.Code(err)
			},
		}
		for door, ask := range units {
			t.Run("API-3 unit: "+door, func(t *testing.T) {
				if nobody, out := ask(none), ask(p.ids["Sud"]); !reflect.DeepEqual(nobody, out) {
					t.Errorf("none: %+v\nout of sight: %+v", nobody, out)
				}
			})
		}
		t.Run("ADD-5 somebody there who is out of sight is there, and no more", func(t *testing.T) {
			verdicts, err := p.Members.Add(ctx, north, id, []app.NewMember{{Row: 1, Email: "sabine.pauwels@maraval.example"}}, app.AddOptions{})
			w.Must(err)
			if v := verdicts[0]; v.Outcome != app.Unchanged || v.Subject != 0 || v.Name != "" {
				t.Errorf("%+v", v)
			}
		})
	})
}
