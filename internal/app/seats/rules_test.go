package seats_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestRules: whoever comes under a rule gets a seat while there are any; the list
// names who got none; a rule gives no more than whoever made it may give.
func TestRules(t *testing.T) { // SEAT-11, ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 2, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		before := f.people(1)
		unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		w.Must(w.Seats.MakeRule(ctx, f.admin, id, app.NewSeatRule{Offer: plans, Function: "architect"}))
		w.Must(w.Seats.MakeRule(ctx, f.admin, id, app.NewSeatRule{Offer: plans, Unit: unit.UUID}))
		if got := w.Code(w.Seats.MakeRule(ctx, f.admin, id, app.NewSeatRule{Offer: plans, Unit: unit.UUID})); got != "rule.exists" {
			t.Errorf("twice: %q", got)
		}
		if got := w.Code(w.Seats.MakeRule(ctx, f.admin, id, app.NewSeatRule{Offer: plans})); got != "rule.of_one" {
			t.Errorf("of nobody: %q", got)
		}
		if got := w.Code(w.Seats.MakeRule(ctx, f.admin, id, app.NewSeatRule{Unit: unit.UUID})); got != "field.required" {
			t.Errorf("of nothing: %q", got)
		}
		add := func(email string, n app.NewMember) string {
			n.Row, n.Email = 1, email
			verdicts, err := w.Members.Add(ctx, f.admin, id, []app.NewMember{n}, app.AddOptions{Invite: true})
			w.Must(apptest.ErrOf(verdicts, err))
			return verdicts[0].Public()
		}
		first := add("first@maraval.example", app.NewMember{Functions: []string{"architect"}})
		if !f.holds(first, plans) {
			t.Error("SEAT-11 who comes with the function gets a seat")
		}
		verdicts, err := w.Members.EditMembers(ctx, f.admin, id, app.Of(before[0]), app.MemberChange{Functions: &[]string{"architect"}})
		w.Must(apptest.ErrOf(verdicts, err))
		if !f.holds(before[0], plans) {
			t.Error("SEAT-11 who gets the function gets a seat")
		}
		none := add("none@maraval.example", app.NewMember{Functions: []string{"architect"}})
		if f.holds(none, plans) {
			t.Error("a third of two")
		}
		rules, err := w.Seats.Rules(ctx, f.admin, id)
		w.Must(err)
		if len(rules) != 2 || rules[0].Without != 1 || rules[1].Without != 0 {
			t.Fatalf("SEAT-11 who got none: %+v", rules)
		}
		shown, err := w.Seats.Rule(ctx, f.admin, id, rules[0].UUID, "")
		w.Must(err)
		if len(shown.Some) != 1 || shown.Some[0].UUID != none {
			t.Errorf("SEAT-11 named: %+v", shown.Some)
		}
		for _, bad := range []string{"7", "eyJrIjotMX0", "e30x"} {
			if _, err := w.Seats.Rule(ctx, f.admin, id, rules[0].UUID, bad); w.Code(err) != "list.bad_cursor" {
				t.Errorf("LIST-6 cursor %q: %v", bad, err)
			}
		}
		f.buys(plans, 1, directory.Day{})
		done, err := w.Seats.Follow(ctx, f.admin, id, rules[0].UUID)
		w.Must(apptest.ErrOf(done, err))
		if !f.holds(none, plans) {
			t.Error("SEAT-11 followed once there are more")
		}
		f.buys(plans, 2, directory.Day{})
		moved, err := w.Members.MoveHome(ctx, f.admin, id, app.Of(add("mover@maraval.example", app.NewMember{})), unit.UUID)
		w.Must(apptest.ErrOf(moved, err))
		if l := f.line(plans); l.Assigned+l.Reserved != 4 {
			t.Errorf("SEAT-11 who moves to the unit gets one: %+v", l)
		}
		w.Must(w.Seats.EndRule(ctx, f.admin, id, rules[0].UUID))
		if last := add("last@maraval.example", app.NewMember{Functions: []string{"architect"}}); f.holds(last, plans) || !f.holds(first, plans) {
			t.Error("an ended rule gives nothing, and takes nothing")
		}
		_, second := w.Member(f.account, "second.admin@maraval.example")
		w.Must(w.Members.NameAdministrator(ctx, f.admin, id, second.UUID))
		own, err := w.Members.List(ctx, f.admin, id, app.MemberQuery{Search: "helene.castaing"})
		w.Must(err)
		gone, err := w.Members.Remove(ctx, f.admin, id, app.Of(own.Rows[0].UUID))
		w.Must(apptest.ErrOf(gone, err))
		other := w.Actor("second.admin@maraval.example")
		made, err := w.Members.Add(ctx, other, id, []app.NewMember{{Row: 1, Email: "late@maraval.example", Home: unit.UUID}}, app.AddOptions{Invite: true})
		w.Must(apptest.ErrOf(made, err))
		c, err := w.Seats.Choices(ctx, other, id, made[0].Public())
		w.Must(err)
		if len(c.Held) != 0 {
			t.Error("ROLE-6 a rule of somebody who is gone gives nothing")
		}
	})
}
