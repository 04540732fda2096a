package seats_test

import (
	"fmt"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestTakers: who could take a seat over is found among all in sight, however many
// come before them and hold one already.
func TestTakers(t *testing.T) { // SEAT-6, SEAT-10, LIST-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 20, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		for i := range 15 {
			_, m := w.Member(f.account, fmt.Sprintf("a%02d@maraval.example", i))
			w.Must(f.assign(m.UUID, plans))
		}
		people := f.people(3)
		w.Must(f.assign(people[0], plans))
		verdicts, err := w.Members.Deactivate(ctx, f.admin, id, app.Of(people[2]))
		w.Must(apptest.ErrOf(verdicts, err))
		f.token() // brings a technical user, and Léa who answers for it
		takers := func(search string) app.SeatTakers {
			t.Helper()
			found, err := w.Seats.Takers(ctx, f.admin, id, app.SeatTakerQuery{From: people[0], Offer: plans, Search: search})
			w.Must(err)
			return found
		}
		all := takers("")
		var names []string
		for _, m := range all.People {
			names = append(names, m.Person.UserName)
		}
		if all.Name != "p0" || all.Total != 3 || len(all.People) != 3 {
			t.Errorf("SEAT-6 neither holders, nor programs, nor who is switched off: %s, %d of %v", all.Name, all.Total, names)
		}
		if one := takers("p1"); one.Total != 1 || one.People[0].UUID != people[1] {
			t.Errorf("LIST-4 searched: %+v", one)
		}
		if none := takers("a03"); none.Total != 0 || len(none.People) != 0 {
			t.Errorf("SEAT-6 who holds one: %+v", none)
		}
		if _, err := w.Seats.Takers(ctx, f.admin, id, app.SeatTakerQuery{From: people[1], Offer: plans}); w.Code(err) != "seat.not_held" {
			t.Errorf("from who holds none: %v", err)
		}
		unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		moved, err := w.Members.MoveHome(ctx, f.admin, id, app.Selection{Members: people[:2]}, unit.UUID)
		w.Must(apptest.ErrOf(moved, err))
		manager, _ := w.Member(f.account, "chef@maraval.example")
		w.Must(w.Members.SeedGrants(ctx, id, f.admin.User, []app.SeedGrant{{User: manager.User, Role: "manager", Unit: unit.ID}}))
		below, err := w.Seats.Takers(ctx, manager, id, app.SeatTakerQuery{From: people[0], Offer: plans})
		w.Must(err)
		if below.Total != 1 || below.People[0].UUID != people[1] {
			t.Errorf("SEAT-10 whoever assigns below hands over there: %+v", below)
		}
		for _, m := range all.People[:1] {
			if _, err := w.Seats.HandOver(ctx, f.admin, id, app.SeatHanding{From: people[0], To: m.UUID, Offer: plans}); err != nil {
				t.Errorf("SEAT-6 who is offered can take it: %v", err)
			}
		}
	})
}
