package app_test

import (
	"slices"
	"strings"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// said are lacks in a few words: the level, and the unit where one is named.
func said(lacks []app.Lack) string {
	words := make([]string, len(lacks))
	for i, l := range lacks {
		words[i] = l.Level
		if (l.Unit == "") != (l.Name == "") {
			words[i] += " half named"
		}
		if l.Name != "" {
			words[i] += "@" + l.Name
		}
	}
	return strings.Join(words, " ")
}

// A wayIn brings one person of an address into the house, and tells what it told
// of required roles.
type wayIn func(p fleetHouse, by authz.Actor, email string) []app.Lack

// bare is somebody in the house without any role, in a status.
func (p fleetHouse) bare(email string, status directory.Status, home string) directory.Member {
	p.T.Helper()
	users, err := p.Members.Seed(p.Context(), p.account.ID, []app.SeedMember{{Status: status, Unit: p.units[home],
		User: directory.User{Email: email, UserName: email, Last: "Sansrôle", Language: "fr", Password: directory.PasswordOwn}}})
	p.Must(err)
	return p.member(users[0].ID)
}

func (p fleetHouse) brought(i directory.Import, by authz.Actor, err error) []app.Lack {
	p.T.Helper()
	p.Must(err)
	if i.Checked.IsZero() {
		i, err = p.Imports.Finish(p.Context(), by, p.account.ID, i.UUID)
		p.Must(err)
	}
	i, err = p.Imports.Start(p.Context(), by, p.account.ID, i.UUID)
	p.Must(err)
	rows, err := p.Imports.Rows(p.Context(), by, p.account.ID, i.UUID, app.ImportFilter{Limit: 10})
	p.Must(err)
	if len(rows) != 1 || rows[0].Outcome != app.Added {
		p.T.Fatalf("rows %+v", rows)
	}
	return rows[0].Lacks
}

func told(p fleetHouse, verdicts app.Verdicts, err error) []app.Lack {
	p.T.Helper()
	p.Must(apptest.ErrOf(verdicts, err))
	return verdicts[len(verdicts)-1].Lacks
}

func waysIn() map[string]wayIn {
	return map[string]wayIn{
		"one person, as REST adds": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			verdicts, err := p.Members.Add(p.Context(), by, p.account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{})
			return told(p, verdicts, err)
		},
		"a batch": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			verdicts, err := p.Members.Add(p.Context(), by, p.account.ID, []app.NewMember{{Row: 1, Email: "first." + email}, {Row: 2, Email: email}}, app.AddOptions{Invite: true})
			return told(p, verdicts, err)
		},
		"the quick form": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			verdicts, err := p.Members.AddQuick(p.Context(), by, p.account.ID, email, app.NewMember{})
			return told(p, verdicts, err)
		},
		"a paste": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			i, err := p.Imports.Paste(p.Context(), by, p.account.ID, app.Pasting{Text: email})
			return p.brought(i, by, err)
		},
		"a file": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			i, err := p.Imports.Upload(p.Context(), by, p.account.ID, "effectif.csv", strings.NewReader("E-mail;Nom\n"+email+";Neuve\n"))
			return p.brought(i, by, err)
		},
		"coming back": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			m := p.bare(email, directory.Active, "Nord")
			p.Must(apptest.ErrOf(p.Members.Remove(p.Context(), p.admin, p.account.ID, app.Of(m.UUID))))
			verdicts, err := p.Members.Add(p.Context(), by, p.account.ID, []app.NewMember{{Row: 1, Email: email}}, app.AddOptions{})
			return told(p, verdicts, err)
		},
		"an invitation": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			m := p.bare(email, directory.NotInvited, "Nord")
			verdicts, err := p.Invitations.Send(p.Context(), by, p.account.ID, app.Of(m.UUID))
			return told(p, verdicts, err)
		},
		"a reactivation": func(p fleetHouse, by authz.Actor, email string) []app.Lack {
			m := p.bare(email, directory.Inactive, "Nord")
			verdicts, err := p.Members.Reactivate(p.Context(), by, p.account.ID, app.Of(m.UUID))
			return told(p, verdicts, err)
		},
	}
}

// TestDoorsProposeRequiredRoles: every door proposes the general role, tells what
// is lacked, and lets people in all the same.
func TestDoorsProposeRequiredRoles(t *testing.T) { // ROLE-3, ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		inNord := map[string]bool{"coming back": false, "an invitation": true, "a reactivation": true}
		n := 0
		for name, through := range waysIn() {
			for _, test := range []struct {
				name  string
				by    authz.Actor
				holds []string
				want  string
			}{
				{"whoever may give it proposes the general role", p.admin, []string{"basic-user at "}, "group"},
				{"whoever may not brings people in and is told", p.north, []string{}, "account@Groupe Maraval group@Nord"},
			} {
				t.Run("ROLE-3 "+name+": "+test.name, func(t *testing.T) {
					n++
					email := "n" + string(rune('a'+n)) + ".porte@maraval.example"
					lacks := said(through(p, test.by, email))
					want := test.want
					if inNord[name] && test.by.User == p.admin.User {
						want = "group@Nord"
					}
					m := p.member(w.Actor(email).User)
					if got := p.holds(m); lacks != want || !slices.Equal(got, test.holds) {
						t.Errorf("lacks %q, want %q; holds %v", lacks, want, got)
					}
				})
			}
		}
	})
}

// TestRequestsProposeRequiredRoles: who asks to join and is let in, and who accepts an
// invitation.
func TestRequestsProposeRequiredRoles(t *testing.T) { // ROLE-3, ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		ask := func(by authz.Actor, who authz.Actor) string {
			j, err := p.JoinRequests.Ask(ctx, who, p.account.Number, "")
			w.Must(err)
			in, err := p.JoinRequests.Approve(ctx, by, id, j.UUID)
			w.Must(err)
			return said(in.Lacks)
		}
		t.Run("ROLE-3 whoever approves proposes the general role", func(t *testing.T) {
			who := w.Person("asks.first@atelier.example")
			if got := ask(p.admin, who); got != "group" {
				t.Errorf("lacks %q", got)
			}
			if got := p.holds(p.member(who.User)); !slices.Equal(got, []string{"basic-user at "}) {
				t.Errorf("holds %v", got)
			}
		})
		t.Run("ROLE-3 somebody who has a place without roles is proposed one too", func(t *testing.T) {
			m := p.bare("asks.again@atelier.example", directory.Inactive, "Nord")
			if got := ask(p.admin, w.Actor("asks.again@atelier.example")); got != "group@Nord" {
				t.Errorf("lacks %q", got)
			}
			if got := p.holds(m); !slices.Equal(got, []string{"basic-user at "}) {
				t.Errorf("holds %v", got)
			}
		})
		t.Run("ROLE-6 who decides and holds less gives nothing, and lets in", func(t *testing.T) {
			decider, m := p.person("decides.only", 0, "", "")
			p.house.holds(m, "decider", authz.DecideRequests, authz.ViewMembers)
			who := w.Person("asks.third@atelier.example")
			if got := ask(decider, who); got != "account group" && got != "account@Groupe Maraval group" {
				t.Errorf("lacks %q", got)
			}
			if got := p.holds(p.member(who.User)); len(got) != 0 {
				t.Errorf("holds %v", got)
			}
		})
		t.Run("ROLE-3 an acceptance is the invited person's own act: the proposal was made with the invitation", func(t *testing.T) {
			m := p.waiting("accepts.it", "Nord")
			w.Must(apptest.ErrOf(p.Invitations.Send(ctx, p.admin, id, app.Of(m.UUID))))
			p.accept("accepts.it")
			if got := p.holds(m); !slices.Equal(got, []string{"basic-user at "}) {
				t.Errorf("holds %v", got)
			}
		})
	})
}

// TestLacksRoleIsFound: the filter, the mark and the pages say the same of whom.
func TestLacksRoleIsFound(t *testing.T) { // ROLE-3, LIST-5, BULK-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		lacking := func(by authz.Actor) map[string]string {
			page, err := p.Members.List(ctx, by, id, app.MemberQuery{LacksRole: true, Size: 200})
			w.Must(err)
			if int64(len(page.Rows)) != page.Total || !page.Choices.LacksRole {
				t.Errorf("%d rows of %d, offered %v", len(page.Rows), page.Total, page.Choices.LacksRole)
			}
			found := map[string]string{}
			for _, row := range page.Rows {
				found[row.Person.Email] = said(row.Lacks)
				profile, err := p.Members.Profile(ctx, by, id, row.UUID, app.MemberQuery{LacksRole: true})
				w.Must(err)
				if said(profile.Lacks) != said(row.Lacks) || !profile.Found {
					t.Errorf("profile of %s: %q, found %v", row.Person.Email, said(profile.Lacks), profile.Found)
				}
			}
			everybody, err := p.Members.List(ctx, by, id, app.MemberQuery{Size: 200})
			w.Must(err)
			for _, row := range everybody.Rows {
				if _, in := found[row.Person.Email]; in != (len(row.Lacks) > 0) {
					t.Errorf("%s is marked %q and found %v", row.Person.Email, said(row.Lacks), in)
				}
			}
			return found
		}
		_, whole := p.person("whole.roles", p.units["Lille"], "purchase-approver", "Nord")
		_, guest := p.person("fleet.only", p.units["Pau"], "purchase-approver", "Bennes")
		p.bare("bare.here@maraval.example", directory.Active, "Lille")
		robot, err := p.TechnicalUsers.Create(ctx, p.admin, id, app.NewTechnicalUser{Name: "Paie", Purpose: "Reprend les salariés", Responsible: "helene.castaing@maraval.example"})
		w.Must(err)
		t.Run("ROLE-3 people of both levels, and no program", func(t *testing.T) {
			got := lacking(p.admin)
			for email, want := range map[string]string{"bare.here@maraval.example": "account@Groupe Maraval group@Nord", "fleet.only@maraval.example": "group@Sud",
				"whole.roles@maraval.example": "", "helene.castaing@maraval.example": "account@Groupe Maraval group", "": ""} {
				if got[email] != want {
					t.Errorf("%q: %q, want %q", email, got[email], want)
				}
			}
		})
		t.Run("UNIT-5 of one's own part, and no name of a unit out of sight", func(t *testing.T) {
			got := lacking(p.north)
			if got["bare.here@maraval.example"] != "account@Groupe Maraval group@Nord" || got["fleet.only@maraval.example"] != "" {
				t.Errorf("%v", got)
			}
			local := p.bare("local.only@maraval.example", directory.Active, "Lille")
			w.Must(p.Members.SeedGrants(ctx, id, 0, []app.SeedGrant{{User: local.User, Role: "fleet-manager", Unit: p.units["Lille"]}}))
			got = lacking(authz.Actor{Kind: authz.Person, User: local.User, Door: authz.DoorPage})
			if got["bare.here@maraval.example"] != "account group" {
				t.Errorf("%v", got)
			}
			w.Must(apptest.ErrOf(p.Members.Remove(ctx, p.admin, id, app.Of(local.UUID))))
		})
		t.Run("BULK-1 all that are found are given one in one act", func(t *testing.T) {
			page, err := p.Members.List(ctx, p.admin, id, app.MemberQuery{LacksRole: true, Homes: []string{p.ids["Lille"]}})
			w.Must(err)
			verdicts, err := p.Grants.Give(ctx, p.admin, id, app.Giving{Role: "basic-user", Units: p.idsOf([]string{"", "Nord"}),
				Who: app.Selection{All: &app.MemberQuery{LacksRole: true, Homes: []string{p.ids["Lille"]}}, Count: page.Total}})
			w.Must(errOfGrants(verdicts, err))
			if _, still := lacking(p.admin)["bare.here@maraval.example"]; still || len(verdicts) != 2 || said(verdicts[0].Lacks) != "" {
				t.Errorf("lacks one still, after %+v", verdicts)
			}
		})
		t.Run("UNIT-5 another home takes no role and asks none", func(t *testing.T) {
			w.Must(apptest.ErrOf(p.Members.MoveHome(ctx, p.admin, id, app.Of(whole.UUID), p.ids["Pau"])))
			w.Must(apptest.ErrOf(p.Members.MoveHome(ctx, p.admin, id, app.Of(guest.UUID), p.ids["Lille"])))
			got := lacking(p.admin)
			if got["whole.roles@maraval.example"] != "" || got["fleet.only@maraval.example"] != "group@Nord" {
				t.Errorf("%v", got)
			}
		})
		t.Run("ROLE-3 of a technical user's page nothing is asked", func(t *testing.T) {
			w.Must(errOfGrants(p.Grants.Set(ctx, p.admin, id, robot.UUID, []app.RoleStep{{Unit: p.ids["Nord"], Roles: []string{"purchase-approver"}}})))
			of, err := p.Grants.Of(ctx, p.admin, id, robot.UUID, app.GrantView{})
			w.Must(err)
			if len(of.Missing) > 0 || !of.Program || slices.ContainsFunc(of.Units, func(u app.UnitGrants) bool { return u.Required }) {
				t.Errorf("missing %v, program %v", of.Missing, of.Program)
			}
		})
	})
}

// TestLacksRoleAtTheEdges: an archived role, and an account that requires none.
func TestLacksRoleAtTheEdges(t *testing.T) { // ROLE-3, ROLE-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		p.person("holds.it", p.units["Lille"], "basic-user", "Nord")
		t.Run("ROLE-8 an archived role is held still, and is proposed to nobody", func(t *testing.T) {
			shown, err := p.Grants.Of(ctx, p.admin, id, "", app.GrantView{})
			w.Must(err)
			basic := slices.IndexFunc(shown.Units[0].Offered, func(e app.Effect) bool { return e.Role.Proposed })
			w.Must(p.Roles.Archive(ctx, p.admin, id, shown.Units[0].Offered[basic].Role.UUID))
			page, err := p.Members.List(ctx, p.admin, id, app.MemberQuery{LacksRole: true, Search: "holds.it"})
			w.Must(err)
			if page.Total != 0 {
				t.Errorf("whoever holds it lacks %+v", page.Rows[0].Lacks)
			}
			verdicts, err := p.Members.Add(ctx, p.admin, id, []app.NewMember{{Row: 1, Email: "late.comer@maraval.example"}}, app.AddOptions{})
			if got := said(told(p, verdicts, err)); got != "account@Groupe Maraval group" {
				t.Errorf("lacks %q", got)
			}
		})
		t.Run("ROLE-3 where no role is required nobody lacks one", func(t *testing.T) {
			other := w.Account("300 400")
			admin := w.Administrator(other, "odette.marsan@autre.example")
			page, err := p.Members.List(ctx, admin, other.ID, app.MemberQuery{LacksRole: true})
			w.Must(err)
			all, err := p.Members.List(ctx, admin, other.ID, app.MemberQuery{})
			w.Must(err)
			if page.Total != 0 || page.Choices.LacksRole || all.Total == 0 || len(all.Rows[0].Lacks) > 0 {
				t.Errorf("%d found, offered %v", page.Total, page.Choices.LacksRole)
			}
		})
	})
}

// TestRequiredRoleTakenBack: taking back is never refused for being the last one
// required, by whichever door; it is told.
func TestRequiredRoleTakenBack(t *testing.T) { // ROLE-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		for name, take := range map[string]func(m directory.Member) ([]app.GrantVerdict, error){
			"by the form": func(m directory.Member) ([]app.GrantVerdict, error) {
				return p.Grants.Set(ctx, p.manager, id, m.UUID, []app.RoleStep{{Unit: p.ids["Nord"]}, {Unit: p.ids["Sud"]}})
			},
			"by the act on many": func(m directory.Member) ([]app.GrantVerdict, error) {
				return p.Grants.End(ctx, p.manager, id, app.Giving{Who: app.Of(m.UUID), Role: "purchase-approver", Units: p.idsOf([]string{"Nord", "Sud"})})
			},
		} {
			t.Run("ROLE-3 "+name, func(t *testing.T) {
				_, m := p.person("last."+strings.ReplaceAll(name, " ", "."), p.units["Lille"], "purchase-approver", "Nord")
				w.Must(errOfGrants(p.give(p.manager, m, "purchase-approver", "Sud")))
				verdicts, err := take(m)
				w.Must(errOfGrants(verdicts, err))
				if len(verdicts) != 2 || said(verdicts[0].Lacks) != "group@Nord" || said(verdicts[1].Lacks) != "group@Nord" {
					t.Errorf("%+v", verdicts)
				}
				if got := p.holds(m); !slices.Equal(got, []string{"basic-user at "}) {
					t.Errorf("holds %v", got)
				}
			})
		}
		t.Run("UNIT-5 of a guest nothing more is told", func(t *testing.T) {
			_, guest := p.person("guest.there", p.units["Pau"], "purchase-approver", "Nord")
			verdicts, err := p.Grants.End(ctx, p.north, id, app.Giving{Who: app.Of(guest.UUID), Role: "purchase-approver", Units: p.idsOf([]string{"Nord"})})
			w.Must(errOfGrants(verdicts, err))
			if len(verdicts[0].Lacks) > 0 {
				t.Errorf("%+v", verdicts[0].Lacks)
			}
		})
	})
}
