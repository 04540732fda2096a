package undo_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

var plans = directory.Offer{Product: "plans"}

// buys adds seats of an offer.
func (f firm) buys(offer directory.Offer, n int64) {
	f.T.Helper()
	_, err := f.Subscriptions.Add(f.Context(), f.Operator(), f.account.ID, app.NewSubscription{Offer: offer, Term: app.SubscriptionTerm{Quantity: n}})
	f.Must(err)
}

// unit adds a unit below the root.
func (f firm) unit(name, level string) directory.Unit {
	f.T.Helper()
	u, err := f.Units.Add(f.Context(), f.admin, f.account.ID, app.NewUnit{Name: name, Level: level})
	f.Must(err)
	return u
}

// gives gives somebody a role at a unit.
func (f firm) gives(m directory.Member, role string, at directory.Unit) {
	f.T.Helper()
	verdicts, err := f.Grants.Give(f.Context(), f.admin, f.account.ID, app.Giving{Who: of(m), Role: role, Units: []string{at.UUID}})
	f.Must(err)
	for _, v := range verdicts {
		if v.Refusal != nil {
			f.T.Fatal(v.Refusal)
		}
	}
}

// does runs an act on members, and lets time pass.
func (f firm) does(verdicts app.Verdicts, err error) {
	f.T.Helper()
	f.Must(apptest.ErrOf(verdicts, err))
	f.Pass(time.Second)
}

// TestStatus takes acts on the place of members back: removed with all they held,
// switched off and on, added, invited.
func TestStatus(t *testing.T) { // PLAN-2, USER-6, SEAT-6, PROJ-6
	testEach(t, "construction", func(t *testing.T, f firm) {
		ctx, id := f.Context(), f.account.ID
		f.buys(plans, 5)
		unit := f.unit("Direction Ouest", "division")
		project, _, err := f.Projects.Create(ctx, f.admin, id, app.NewProject{Change: app.ProjectChange{Name: text("Collège")}})
		f.Must(err)
		at := app.ProjectAt{Account: id, Project: project.UUID}
		m := f.people(1)[0]
		f.edit(app.MemberChange{Company: text("Maraval"), Functions: &[]string{"architect"}, Unit: &unit.UUID}, m)
		f.gives(m, "manager", unit)
		f.does(f.Seats.Assign(ctx, f.admin, id, of(m), plans))
		f.Must(f.Seats.StateExternal(ctx, f.admin, id, app.ExternalClaim{Member: m.UUID, Product: "site", Last: directory.Day{Year: 2026, Month: 12, Day: 31}}))
		f.does(f.Projects.Add(ctx, f.admin, at, []app.NewPlace{{NewMember: app.NewMember{Row: 1, Email: "p0@maraval.example"}, Level: "project-administrator"}}, app.PlaceOptions{}))
		was := f.state()
		for _, act := range []struct {
			name string
			do   func()
			kind audit.Kind
		}{
			{"removed", func() { f.does(f.Members.Remove(ctx, f.admin, id, of(m))) }, audit.MemberRemoved},
			{"switched off", func() { f.does(f.Members.Deactivate(ctx, f.admin, id, of(m))) }, audit.MemberDeactivated},
			{"out of the project", func() {
				f.does(f.Projects.RemovePlaces(ctx, f.admin, at, app.ProjectSelection{Members: []string{m.UUID}}))
			}, audit.PlaceRemoved},
			{"another place in the project", func() {
				f.does(f.Projects.ChangePlaces(ctx, f.admin, at, app.ProjectSelection{Members: []string{m.UUID}}, app.PlaceChange{Company: text("Kestner"), Functions: &[]string{"site-manager"}}))
			}, audit.PlaceChanged},
			{"a seat taken back", func() { f.does(f.Seats.Withdraw(ctx, f.admin, id, of(m), plans)) }, audit.SeatWithdrawn},
			{"an external subscription ended", func() {
				f.Must(f.Seats.EndExternal(ctx, f.admin, id, app.ExternalClaim{Member: m.UUID, Product: "site"}))
			}, audit.ExternalEnded},
			{"a role ended", func() {
				_, err := f.Grants.End(ctx, f.admin, id, app.Giving{Who: of(m), Role: "manager", Units: []string{unit.UUID}})
				f.Must(err)
			}, audit.GrantEnded},
			{"named administrator", func() { f.Must(f.Members.NameAdministrator(ctx, f.admin, id, m.UUID)) }, audit.AdministratorNamed},
		} {
			t.Run("PLAN-2 "+act.name, func(t *testing.T) {
				act.do()
				f.Pass(time.Second)
				is := f.state()
				f.undoes(f.entry(act.kind))
				f.same("back", was)
				e := f.last()
				f.undoes(app.UndoTarget{Entry: e.N})
				f.same("undone again", is)
				f.undoes(app.UndoTarget{Entry: f.last().N})
				f.same("and back", was)
			})
		}
	})
}

// last is the newest entry of the account.
func (f firm) last() (e audit.Entry) {
	f.T.Helper()
	f.Must(f.DB.View(f.Context(), func(r *store.Reader) error {
		entries, err := r.Entries(f.Context(), store.EntryFilter{Accounts: []directory.AccountID{f.account.ID}}, store.EntryPlace{}, 1)
		if err == nil {
			e = entries[0]
		}
		return err
	}))
	return e
}

// TestHandedOver gives a seat that was handed over back to who had it, in one act.
func TestHandedOver(t *testing.T) { // PLAN-2, SEAT-9
	testEach(t, "construction", func(t *testing.T, f firm) {
		f.buys(plans, 1)
		people := f.people(2)
		f.does(f.Seats.Assign(f.Context(), f.admin, f.account.ID, of(people[0]), plans))
		was, since := f.state(), f.Now()
		_, err := f.Seats.HandOver(f.Context(), f.admin, f.account.ID, app.SeatHanding{From: people[0].UUID, To: people[1].UUID, Offer: plans})
		f.Must(err)
		latest, found, err := f.Undo.Latest(f.Context(), f.admin, f.account.ID, since)
		f.Must(err)
		if !found || latest.Act == "" {
			t.Fatalf("the way back is %+v", latest)
		}
		f.Pass(time.Second)
		verdicts, err := f.Undo.Do(f.Context(), f.admin, f.account.ID, latest)
		f.Must(err)
		f.same("PLAN-2 "+told(verdicts), was)
		f.Pass(time.Second)
		if _, found, err := f.Undo.Latest(f.Context(), f.admin, f.account.ID, f.Now()); err != nil || found {
			t.Errorf("a way back from nothing: %v %v", found, err)
		}
	})
}

// TestLeft names what cannot be given back, and gives the rest.
func TestLeft(t *testing.T) { // PLAN-2, SEAT-4, UNIT-9, USER-7
	testEach(t, "construction", func(t *testing.T, f firm) {
		ctx, id := f.Context(), f.account.ID
		f.buys(plans, 1)
		unit := f.unit("Direction Ouest", "division")
		people := f.people(3)
		f.does(f.Seats.Assign(ctx, f.admin, id, of(people[0]), plans))
		f.does(f.Members.Remove(ctx, f.admin, id, of(people[0])))
		removed := f.entry(audit.MemberRemoved)
		f.does(f.Seats.Assign(ctx, f.admin, id, of(people[1]), plans))
		f.wants("SEAT-4 no seat is free", removed, "changed product:seat.none_free")

		f.gives(people[1], "manager", unit)
		f.Pass(time.Second)
		f.edit(app.MemberChange{Unit: &unit.UUID}, people[2])
		f.Pass(time.Second)
		f.does(f.Members.Remove(ctx, f.admin, id, of(people[1], people[2])))
		gone := f.act(audit.MemberRemoved)
		f.Must(f.Units.Archive(ctx, f.admin, id, unit.UUID, unit.Version))
		f.Pass(time.Second)
		f.wants("PLAN-2 an archived unit", gone, "refused unit.archived; changed role:unit.archived")
		f.Must(f.Users.Erase(ctx, f.Operator(), people[2].User))
		f.Pass(time.Second)
		f.wants("USER-7 who was erased", gone, "refused undo.erased")
	})
}
