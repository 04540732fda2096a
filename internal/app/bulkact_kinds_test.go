package app_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/storetest"
)

// TestEveryKindOfActGoesOn: whatever can be done to many is done by a worker as it
// is done in one transaction.
func TestEveryKindOfActGoesOn(t *testing.T) { // BULK-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		const many = 1100
		var rows []app.NewMember
		for i, email := range apptest.Addresses(many, "ardoises.example") {
			rows = append(rows, app.NewMember{Row: i + 1, Email: email, Last: "Foule", Company: "Ardoises", Functions: []string{"engineer"},
				Ends: directory.End{Day: directory.Day{Year: 2027, Month: time.June, Day: 30}}})
		}
		rows[many-1].Email = rows[0].Email // a double, far behind (ADD-2)
		rows[many-2].Email = "none"
		crowd := app.Selection{All: &app.MemberQuery{Search: "ardoises.example"}, Count: many - 2, Wait: noWait}
		of := func(what app.MemberQuery) int64 {
			t.Helper()
			what.Search, what.Size = "ardoises.example", 1
			return p.list(what).Total
		}
		none, level, phone := []string(nil), "", "+33 2 40 00 00 00"
		ends := directory.End{}
		giving := app.Giving{Who: crowd, Role: "purchase-approver", Units: p.idsOf([]string{"Grues", "Bennes"})}
		for _, step := range []struct {
			kind    directory.BulkKind
			do      func() error
			changed int64
			holds   func() bool
		}{
			{directory.BulkAdd, func() error {
				_, err := w.Members.Add(ctx, p.admin, id, rows, app.AddOptions{Silent: true, Wait: noWait})
				return err
			}, many - 2, func() bool { return of(app.MemberQuery{}) == many-2 }},
			{directory.BulkInvite, func() error { _, err := w.Invitations.Send(ctx, p.admin, id, crowd); return err }, many - 2,
				func() bool { return of(app.MemberQuery{Statuses: []directory.Status{directory.Invited}}) == many-2 }},
			{directory.BulkWithdraw, func() error { _, err := w.Invitations.Withdraw(ctx, p.admin, id, crowd); return err }, many - 2,
				func() bool { return of(app.MemberQuery{Statuses: []directory.Status{directory.NotInvited}}) == many-2 }},
			{directory.BulkEdit, func() error {
				_, err := w.Members.EditMembers(ctx, p.admin, id, crowd, app.MemberChange{Functions: &none, Levels: apptest.Levels(level), PlaceTexts: directory.PlaceTexts[*string]{Phone: &phone}, Ends: &ends})
				return err
			}, many - 2, func() bool {
				m := p.find(rows[many-3].Email)
				return m.Phone == phone && len(m.Functions) == 0 && m.Ends.IsZero() && of(app.MemberQuery{Functions: []string{"engineer"}}) == 0
			}},
			{directory.BulkDeactivate, func() error { _, err := w.Members.Deactivate(ctx, p.admin, id, crowd); return err }, many - 2,
				func() bool { return of(app.MemberQuery{Statuses: []directory.Status{directory.Inactive}}) == many-2 }},
			{directory.BulkReactivate, func() error { _, err := w.Members.Reactivate(ctx, p.admin, id, crowd); return err }, many - 2,
				func() bool { return of(app.MemberQuery{Statuses: []directory.Status{directory.Inactive}}) == 0 }},
			{directory.BulkGive, func() error { _, err := w.Grants.Give(ctx, p.admin, id, giving); return err }, 2 * (many - 2), nil},
			{directory.BulkEnd, func() error { _, err := w.Grants.End(ctx, p.admin, id, giving); return err }, 2 * (many - 2), nil},
			{directory.BulkRemove, func() error { _, err := w.Members.Remove(ctx, p.admin, id, crowd); return err }, many - 2,
				func() bool { return of(app.MemberQuery{}) == 0 }},
		} {
			t.Run("BULK-4 "+string(step.kind), func(t *testing.T) {
				act := p.goesOn(step.do())
				if act.Kind != step.kind || act.State != directory.BulkRunning {
					t.Fatalf("%s is %s", act.Kind, act.State)
				}
				act = p.finish(act)
				if act.State != directory.BulkDone || act.Counts.Changed != step.changed || act.Counts.Done != act.Counts.Total {
					t.Errorf("%s %v %+v, refused %v", act.State, act.Stopped, act.Counts, p.refusals(act))
				}
				if step.holds != nil && !step.holds() {
					t.Error("what was asked for does not hold")
				}
				if step.kind == directory.BulkAdd {
					if codes := p.refusals(act); len(codes) != 2 || codes["member.double_row"] != 1 {
						t.Errorf("refused: %v", codes)
					}
				}
			})
		}
	})
}

// TestActAsksAgainAtEachUnit: somebody who lost a part of what they may do goes on
// with the rest; who is out of reach by now is refused by name.
func TestActAsksAgainAtEachUnit(t *testing.T) { // BULK-3, BULK-4, UNIT-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newFleetHouse(w)
		ctx, id := w.Context(), p.account.ID
		both, m := p.person("both.parts", p.units["Nord"], "fleet-manager", "Nord")
		p.Must(errOfGrants(p.Grants.Give(ctx, p.admin, id, app.Giving{Who: app.Of(m.UUID), Role: "fleet-manager", Units: p.idsOf([]string{"Sud"})})))
		var rows []app.NewMember
		for i, email := range apptest.Addresses(1500, "ardoises.example") {
			home := "Nord"
			if i >= 1000 {
				home = "Sud"
			}
			rows = append(rows, app.NewMember{Row: i + 1, Email: email, Home: p.ids[home]})
		}
		_, err := w.Members.Add(ctx, p.admin, id, rows, app.AddOptions{Silent: true})
		w.Must(err)
		title := "Chef"
		_, err = w.Members.EditMembers(ctx, both, id, app.Selection{All: &app.MemberQuery{Search: "ardoises.example"}, Count: 1500, Wait: noWait},
			app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}})
		act := p.goesOn(err)
		p.Must(errOfGrants(p.Grants.End(ctx, p.admin, id, app.Giving{Who: app.Of(m.UUID), Role: "fleet-manager", Units: p.idsOf([]string{"Sud"})})))
		act = p.finish(act)
		if n := act.Counts; act.State != directory.BulkDone || n.Changed != 1000 || n.Refused != 500 {
			t.Errorf("%s %v %+v, refused %v", act.State, act.Stopped, n, p.refusals(act))
		}
		if other, err := w.Acts.Find(ctx, p.north, id, act.UUID); w.Code(err) != "act.not_found" {
			t.Errorf("UNIT-5 the manager of another part finds it: %v %v", other, err)
		}
	})
}

// TestActUnforeseenRow: a row at which the database breaks off is left out of its
// act, by name, wherever it stands; the others are done.
func TestActUnforeseenRow(t *testing.T) { // BULK-3, BULK-4
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := storetest.Address(t, kind)
			h := newHouse(apptest.On(t, address))
			phonesOnce(t, kind, address)
			const many = 1100
			rows := make([]app.NewMember, many)
			for i, email := range apptest.Addresses(many, "ardoises.example") {
				rows[i] = app.NewMember{Row: i + 1, Email: email}
			}
			for _, row := range []int{3, 7, 700} {
				rows[row].Phone = "+33 1 00 00 00 00"
			}
			_, err := h.Members.Add(h.Context(), h.admin, h.account.ID, rows, app.AddOptions{Silent: true, Wait: noWait})
			act := h.finish(h.goesOn(err))
			if n := act.Counts; act.State != directory.BulkDone || n.Changed != many-2 || n.Refused != 2 {
				t.Errorf("added: %s %+v", act.State, n)
			}
			refused, err := h.Acts.RefusedIn(h.Context(), h.admin, h.account.ID, act.UUID, app.RefusedPage{Limit: 10})
			h.Must(err)
			for i, row := range []int{7, 700} {
				if one := refused[i]; one.Line != int64(row+1) || one.Email != rows[row].Email || one.Refusal.Code != "row.conflict" {
					t.Errorf("refused: %+v", one)
				}
			}
		})
	}
}

// TestActOfAProgram: a token that is revoked takes what its act has left with it.
func TestActOfAProgram(t *testing.T) { // BULK-4, SIGN-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		s := newWorkshop(w)
		h := house{World: w, account: s.account, admin: s.admin}
		h.crowd(1200)
		w.Must(w.Members.NameAdministrator(w.Context(), s.admin, s.account.ID, s.robot.UUID))
		w.Must(w.TechnicalUsers.SetResponsible(w.Context(), s.admin, s.account.ID, s.robot.UUID, "helene.castaing@maraval.example"))
		token, err := s.make("bulk", 30)
		w.Must(err)
		bearing, err := w.TechnicalUsers.Resolve(w.Context(), token.Secret, app.Client{})
		w.Must(err)
		_, err = w.Members.Deactivate(w.Context(), bearing.Actor, s.account.ID, notInvited(1200, noWait))
		act := h.goesOn(err)
		w.Must(w.TechnicalUsers.RevokeToken(w.Context(), s.admin, s.account.ID, s.robot.UUID, token.UUID))
		if act = h.finish(act); act.State != directory.BulkStopped || act.Stopped == nil || act.Stopped.Code != "act.asker_gone" || act.Counts.Done != 500 {
			t.Errorf("%s %v %+v", act.State, act.Stopped, act.Counts)
		}
	})
}

// TestActOfStaff: what the vendor's staff asked for inside an account goes on while
// they are in it, and no longer than that; a person who is switched off stops too.
func TestActOfStaff(t *testing.T) { // BULK-4, VEND-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.crowd(1200)
		ctx, id := w.Context(), h.account.ID
		staff := w.Staff("bastien@batisoft.example", authz.Operator)
		inside := w.Session(staff, "full")
		_, err := w.Accounts.Enter(ctx, staff, inside, id, "They asked us to tidy up")
		w.Must(err)
		in, err := w.Sessions.Resolve(ctx, inside, app.Client{}, app.SessionLimits{Idle: time.Hour, Max: time.Hour})
		w.Must(err)
		_, err = w.Members.Deactivate(ctx, in.Actor, id, notInvited(1200, noWait))
		if act := h.finish(h.goesOn(err)); act.State != directory.BulkDone || act.Counts.Changed != 1200 {
			t.Errorf("while they are inside: %s %v %+v", act.State, act.Stopped, act.Counts)
		}
		of := app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.Inactive}}, Count: 1200, Wait: noWait}
		_, err = w.Members.Reactivate(ctx, in.Actor, id, of)
		act := h.goesOn(err)
		_, err = w.Accounts.Leave(ctx, in.Actor, inside)
		w.Must(err)
		if act = h.finish(act); act.State != directory.BulkStopped || act.Stopped == nil || act.Stopped.Code != "act.asker_gone" || act.Counts.Done != 500 {
			t.Errorf("after they left: %s %v %+v", act.State, act.Stopped, act.Counts)
		}
		of.Count = 700
		_, err = w.Members.Reactivate(ctx, h.admin, id, of)
		act = h.goesOn(err)
		_, second := w.Member(h.account, "second.admin@maraval.example")
		w.Must(w.Members.NameAdministrator(ctx, h.admin, id, second.UUID))
		w.Must(w.Users.SwitchOff(ctx, w.Operator(), h.admin.User))
		if act = h.finish(act); act.State != directory.BulkStopped || act.Stopped == nil || act.Stopped.Code != "act.asker_gone" {
			t.Errorf("of a person who was switched off: %s %v %+v", act.State, act.Stopped, act.Counts)
		}
	})
}

// TestActsBesideEachOther: two workers on one act, on two nodes where the database
// has them, and two acts on the same people, at one moment.
func TestActsBesideEachOther(t *testing.T) { // BULK-4, NODE-1
	for _, kind := range storetest.Kinds(t) {
		t.Run(kind, func(t *testing.T) {
			address := storetest.Address(t, kind)
			w := apptest.On(t, address)
			h, other := newHouse(w), w
			if kind == "postgres" {
				other = apptest.On(t, address)
			}
			const many = 3000
			h.crowd(many)
			ctx, id := w.Context(), h.account.ID
			_, err := w.Invitations.Send(ctx, h.admin, id, notInvited(many, noWait))
			act := h.goesOn(err)
			var both sync.WaitGroup
			for _, node := range []*apptest.World{w, other, w, other} {
				both.Go(func() {
					if err := node.Acts.Run(ctx, directory.Job{Subject: int64(act.ID)}); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			if act = h.act(act); act.State != directory.BulkDone || act.Counts.Changed != many {
				t.Errorf("%s %+v", act.State, act.Counts)
			}
			if people, mails := h.mails("invitation"); people != many || mails != many {
				t.Errorf("%d mails to %d people", mails, people)
			}
			all := app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.Invited}}, Count: many, Wait: noWait}
			var acts []directory.BulkAct
			for i := range 2 {
				title := fmt.Sprint("Chef ", i)
				_, err := w.Members.EditMembers(ctx, h.admin, id, all, app.MemberChange{PlaceTexts: directory.PlaceTexts[*string]{JobTitle: &title}})
				acts = append(acts, h.goesOn(err))
			}
			for i, node := range []*apptest.World{w, other} {
				both.Go(func() {
					if err := node.Acts.Run(ctx, directory.Job{Subject: int64(acts[i].ID)}); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			changed := int64(0)
			for _, one := range acts {
				one = h.act(one)
				changed += one.Counts.Changed
				if one.State != directory.BulkDone || one.Counts.Done != many || one.Counts.Changed+one.Counts.Refused != many {
					t.Errorf("%s %+v", one.State, one.Counts)
				}
			}
			if changed != many+500 { // the second was confirmed when the first had done a chunk
				t.Errorf("%d changes by two acts on %d people", changed, many)
			}
		})
	}
}

// TestQuickFormOfMany: the quick form takes more than one transaction, with the
// pieces that are no address among them.
func TestQuickFormOfMany(t *testing.T) { // ADD-10, BULK-3, BULK-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		ctx, id := w.Context(), h.account.ID
		settings, err := w.Accounts.Settings(ctx, h.admin, id)
		w.Must(err)
		settings.QuickAddLimit = directory.QuickAddMost
		w.Must(w.Accounts.ChangeSettings(ctx, h.admin, id, settings.AccountSettings))
		text := strings.Join(apptest.Addresses(600, "ardoises.example"), "\n") + "\nno-address\n"
		verdicts, err := w.Members.AddQuick(ctx, h.admin, id, text, app.NewMember{Company: "Ardoises"})
		var going *app.Unfinished
		if errors.As(err, &going) { // a slow machine
			h.finish(going.Act)
		} else if w.Must(err); verdicts.Count(app.Added) != 600 || verdicts.Count(app.Refused) != 1 {
			t.Errorf("%d added, %d refused", verdicts.Count(app.Added), verdicts.Count(app.Refused))
		}
		acts, err := w.Acts.Recent(ctx, h.admin, id, 1)
		w.Must(err)
		if act := acts[0]; act.State != directory.BulkDone || act.Counts.Changed != 600 || act.Counts.Refused != 1 {
			t.Errorf("%s %+v, refused %v", act.State, act.Counts, h.refusals(act))
		}
	})
}

// TestActTakesItsAskerLast: whoever switches everybody off, themselves among them,
// has done all the rest by then (BULK-4).
func TestActTakesItsAskerLast(t *testing.T) { // BULK-4, ACC-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w)
		h.crowd(1200)
		ctx, id := w.Context(), h.account.ID
		other, second := w.Member(h.account, "second.admin@maraval.example")
		w.Must(w.Members.NameAdministrator(ctx, h.admin, id, second.UUID))
		everybody := app.Selection{All: &app.MemberQuery{}, Count: 1202}
		verdicts, err := w.Members.Deactivate(ctx, h.admin, id, everybody)
		w.Must(err)
		if n := len(verdicts); n != 1202 || verdicts.Count(app.Changed) != 1201 || verdicts[n-1].Refusal == nil || verdicts[n-1].Refusal.Code != "administrator.last" {
			t.Errorf("%d verdicts, %d changed, the last %v", n, verdicts.Count(app.Changed), verdicts[n-1].Refusal)
		}
		t.Run("an act whose asker is out of the account says that they are gone", func(t *testing.T) {
			_, err := w.Members.Reactivate(ctx, h.admin, id, app.Selection{Members: []string{second.UUID}})
			w.Must(err)
			_, err = w.Members.Reactivate(ctx, h.admin, id, app.Selection{All: &app.MemberQuery{Statuses: []directory.Status{directory.Inactive}}, Count: 1200, Wait: noWait})
			act := h.goesOn(err)
			own := h.list(app.MemberQuery{Search: "helene.castaing"}).Rows[0]
			_, err = w.Members.Remove(ctx, other, id, app.Selection{Members: []string{own.UUID}})
			w.Must(err)
			if act = h.finish(act); act.State != directory.BulkStopped || act.Stopped == nil || act.Stopped.Code != "act.asker_gone" {
				t.Errorf("%s %v %+v", act.State, act.Stopped, act.Counts)
			}
		})
	})
}
