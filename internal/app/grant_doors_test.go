package app_test

import (
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// TestNobodyGivesAtAUnitWhatTheyDoNotHold: a manager of the group Nord gives
// nothing elsewhere, above, or more than they hold, by any door.
func TestNobodyGivesAtAUnitWhatTheyDoNotHold(t *testing.T) { // ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		approver, approverMember := p.person("anne.courtois", p.units["Nord"], "purchase-approver", "Nord")
		plain := func(name string) directory.Member {
			_, m := p.person(name, p.units["Lille"], "", "")
			return m
		}
		karim := plain("karim.haddad")
		t.Run("ROLE-6 grant: at the unit, below, elsewhere, above, and more than is held", func(t *testing.T) {
			for _, test := range []struct {
				name string
				by   authz.Actor
				role string
				unit string
				want string
			}{
				{"at the unit", p.north, "fleet-manager", "Nord", ""},
				{"below", p.north, "purchase-approver", "Grues", ""},
				{"elsewhere", p.north, "basic-user", "Sud", "denied.permission"},
				{"above", p.north, "basic-user", "", "denied.permission"},
				{"what others manage", approver, "purchase-approver", "Nord", "denied.permission"},
			} {
				if got := p.code(p.give(test.by, karim, test.role, test.unit)); got != test.want {
					t.Errorf("%s: %q, want %q", test.name, got, test.want)
				}
			}
			p.role("everything", authz.ManageAdministrators, authz.ViewMembers)
			if got := p.code(p.give(p.north, karim, "everything", "Nord")); got != "" {
				t.Errorf("what does not count there gives nothing: %q", got)
			}
			p.role("library", authz.ManageLibrary)
			if got := p.code(p.give(p.manager, karim, "library", "")); got != "role.not_held" {
				t.Errorf("more than is held at the root: %q", got)
			}
		})
		t.Run("ROLE-6 taking back needs what giving needs", func(t *testing.T) {
			end := func(by authz.Actor, m directory.Member, role, unit string) string {
				return p.code(p.Grants.End(ctx, by, id, app.Giving{Who: app.Of(m.UUID), Role: role, Units: []string{p.ids[unit]}}))
			}
			if got := end(p.north, karim, "basic-user", ""); got != "denied.permission" {
				t.Errorf("at the root: %q", got)
			}
			if got := end(approver, p.northMember, "fleet-manager", "Nord"); got != "denied.permission" {
				t.Errorf("without managing users: %q", got)
			}
		})
		t.Run("ROLE-6 bulk and preview: each person and unit has a verdict of its own", func(t *testing.T) {
			g := app.Giving{Who: app.Selection{Members: []string{karim.UUID, approverMember.UUID}}, Role: "purchase-approver",
				Units: p.idsOf([]string{"Nacelles", "Bennes"}), Preview: true}
			verdicts, err := p.Grants.Give(ctx, p.north, id, g)
			w.Must(err)
			refused := 0
			for _, v := range verdicts {
				if v.Refusal != nil {
					refused++
				}
			}
			if refused != 2 || len(verdicts) != 4 || slices.Contains(p.holds(karim), "purchase-approver at Nacelles") {
				t.Errorf("%d of %d refused; holds %v", refused, len(verdicts), p.holds(karim))
			}
		})
	})
}

// TestNobodyGetsBackWhatOthersDoNotHold: what makes grants count needs what
// they give.
func TestNobodyGetsBackWhatOthersDoNotHold(t *testing.T) { // ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		t.Run("ROLE-6 edit: whoever sets the sign-in must hold the grants", func(t *testing.T) {
			_, both := p.person("both.sides", p.units["Lille"], "fleet-manager", "Sud")
			first := "Anna"
			edit := app.MemberEdit{MemberChange: app.MemberChange{Person: app.PersonChange{First: &first, Provisional: "Chantier-2026-bleu"}}}
			editing, err := p.Members.Editing(ctx, p.north, id, both.UUID)
			w.Must(err)
			edit.Version = editing.Version
			if got := w.Code(p.Members.EditMember(ctx, p.north, id, both.UUID, edit)); got != "role.not_held" {
				t.Errorf("%q", got)
			}
		})
		t.Run("ROLE-6 reactivation: the grants come back only from who holds them", func(t *testing.T) {
			_, off := p.person("off.sides", p.units["Lille"], "fleet-manager", "Sud")
			p.Must(apptest.ErrOf(p.Members.Deactivate(ctx, p.admin, id, app.Of(off.UUID))))
			if got := p.verdict(p.Members.Reactivate(ctx, p.north, id, app.Of(off.UUID))); got != "role.not_held" {
				t.Errorf("by the manager of Nord: %q", got)
			}
			if got := p.verdict(p.Members.Reactivate(ctx, p.manager, id, app.Of(off.UUID))); got != "" {
				t.Errorf("by the manager of all: %q", got)
			}
		})
		t.Run("ROLE-6 invitation: whoever invites must hold the grants", func(t *testing.T) {
			m := p.waiting("invited.soon", "Lille")
			p.Must(errOfGrants(p.give(p.manager, m, "fleet-manager", "Sud")))
			if got := p.verdict(p.Invitations.Send(ctx, p.north, id, app.Of(m.UUID))); got != "role.not_held" {
				t.Errorf("by the manager of Nord: %q", got)
			}
			p.Must(apptest.ErrOf(p.Invitations.Send(ctx, p.manager, id, app.Of(m.UUID))))
		})
		t.Run("ROLE-6 acceptance: what neither inviter nor giver may give any more is dropped", func(t *testing.T) {
			giver, giverMember := p.person("giver.today", p.units["Lille"], "fleet-manager", "Nord")
			m := p.waiting("late.accept", "Lille")
			p.Must(errOfGrants(p.give(giver, m, "fleet-manager", "Lille")))
			p.Must(apptest.ErrOf(p.Invitations.Send(ctx, giver, id, app.Of(m.UUID))))
			p.Must(errOfGrants(p.Grants.End(ctx, p.manager, id, app.Giving{Who: app.Of(giverMember.UUID), Role: "fleet-manager", Units: []string{p.ids["Nord"]}})))
			p.accept("late.accept")
			if got := p.holds(m); !slices.Equal(got, []string{"basic-user at "}) {
				t.Errorf("after the giver lost it: %v", got)
			}
			kept := p.waiting("good.accept", "Lille")
			p.Must(errOfGrants(p.give(p.north, kept, "purchase-approver", "Lille")))
			p.Must(apptest.ErrOf(p.Invitations.Send(ctx, p.north, id, app.Of(kept.UUID))))
			p.accept("good.accept")
			if got := p.holds(kept); !slices.Contains(got, "purchase-approver at Lille") {
				t.Errorf("while the giver holds it: %v", got)
			}
		})
		t.Run("ROLE-6 approval: a place that gives more is not let in", func(t *testing.T) {
			decider, deciderMember := p.person("decides.only", 0, "", "")
			p.house.holds(deciderMember, "decider", authz.DecideRequests, authz.ViewMembers)
			asks, off := p.person("asks.again", p.units["Lille"], "fleet-manager", "Sud")
			p.Must(apptest.ErrOf(p.Members.Deactivate(ctx, p.admin, id, app.Of(off.UUID))))
			j, err := p.JoinRequests.Ask(ctx, asks, p.account.Number, "")
			w.Must(err)
			_, err = p.JoinRequests.Approve(ctx, decider, id, j.UUID)
			if got := w.Code(err); got != "role.not_held" {
				t.Errorf("by who holds less: %q", got)
			}
			_, err = p.JoinRequests.Approve(ctx, p.admin, id, j.UUID)
			w.Must(err)
		})
		t.Run("ROLE-6 domain approval: nobody gives, so who has a place waits", func(t *testing.T) {
			d, err := p.Accounts.AddDomain(ctx, p.admin, id, "maraval.example")
			w.Must(err)
			w.TXT["maraval.example"] = []string{d.Record()}
			w.Must(p.Accounts.VerifyDomain(ctx, p.admin, id, "maraval.example"))
			w.Must(p.Accounts.SetAutoApprove(ctx, p.admin, id, "maraval.example", true))
			asks, off := p.person("domain.again", p.units["Lille"], "fleet-manager", "Sud")
			p.Must(apptest.ErrOf(p.Members.Deactivate(ctx, p.admin, id, app.Of(off.UUID))))
			_, err = p.JoinRequests.Ask(ctx, asks, p.account.Number, "")
			w.Must(err)
			if got := p.member(asks.User).Status; got != directory.Inactive {
				t.Errorf("let in by the domain: %s", got)
			}
			stranger := w.Person("new.one@maraval.example")
			_, err = p.JoinRequests.Ask(ctx, stranger, p.account.Number, "")
			w.Must(err)
			if m := p.member(stranger.User); m.Status != directory.Active || len(p.holds(m)) != 0 {
				t.Errorf("new: %s, holds %v", m.Status, p.holds(m))
			}
		})
	})
}

// role makes a role of kind rights.
func (p fleetHouse) role(code string, permissions ...authz.Permission) {
	p.T.Helper()
	role := directory.Role{UUID: "role-" + code, Kind: directory.RightsRole, Code: code, Place: directory.AtBoth, Names: map[string]string{"": code}}
	for _, permission := range permissions {
		role.Permissions = append(role.Permissions, string(permission))
	}
	p.Must(p.DB.Update(p.Context(), []directory.AccountID{p.account.ID}, func(tx *store.Tx) error {
		key, err := tx.NextKeys(p.Context(), p.account.ID, 1)
		role.ID = directory.RoleID(key)
		if err != nil {
			return err
		}
		return tx.Apply(p.Context(), store.Write{Changes: []store.Change{store.PutRoles{Account: p.account.ID, Roles: []directory.Role{role}}}})
	}))
}

// waiting is a member whom nobody has invited yet.
func (p fleetHouse) waiting(name, home string) directory.Member {
	p.T.Helper()
	verdicts, err := p.Members.Add(p.Context(), p.admin, p.account.ID, []app.NewMember{{Row: 1, Email: name + "@maraval.example"}},
		app.AddOptions{Silent: true, Home: p.ids[home]})
	p.Must(apptest.ErrOf(verdicts, err))
	var m directory.Member
	p.Must(p.DB.View(p.Context(), func(r *store.Reader) (err error) {
		m, err = r.Member(p.Context(), directory.MemberID(verdicts[0].Subject))
		return err
	}))
	return m
}

// accept lets an invited member accept by the mail they got.
func (p fleetHouse) accept(name string) {
	p.T.Helper()
	for {
		due, err := p.Mails.Next(p.Context(), 50)
		p.Must(err)
		if len(due) == 0 {
			p.T.Fatalf("no invitation for %s", name)
		}
		for _, d := range due {
			p.Must(p.Mails.Sent(p.Context(), d, "test"))
			if d.Mail.Address == name+"@maraval.example" && d.Mail.Kind == "invitation" {
				_, err := p.Invitations.Accept(p.Context(), here(), acceptance(d.Mail.Secret), limits())
				p.Must(err)
				return
			}
		}
	}
}
