package seats_test

import (
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/app/seats"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// backing takes entries back as somebody; act are those that something leaves.
func (f firm) backing() (want func(what, got, want string), back func(by authz.Actor, entries []audit.Entry) string, act func(do func()) []audit.Entry) {
	want = func(what, got, want string) {
		f.T.Helper()
		if got != want {
			f.T.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
		}
	}
	back = func(by authz.Actor, entries []audit.Entry) string {
		f.T.Helper()
		return f.TakenBack(seats.Opposites(f.Seats, f.Subscriptions), by, entries...)
	}
	return want, back, func(do func()) []audit.Entry { return f.Written(f.account.ID, do) }
}

func TestAllotmentsTakenBack(t *testing.T) { // PLAN-2, SEAT-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		want, back, act := f.backing()
		f.buys(plans, 5, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		people := f.people(3)
		unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		verdicts, err := w.Members.MoveHome(ctx, f.admin, id, app.Selection{Members: people}, unit.UUID)
		w.Must(apptest.ErrOf(verdicts, err))
		allot := func(n, version int64) []audit.Entry {
			return act(func() {
				w.Must(w.Seats.Allot(ctx, f.admin, id, app.Allotment{Unit: unit.UUID, Offer: plans, Quantity: n, Version: version}))
			})
		}
		first := allot(2, 0)
		undone := act(func() { want("allotted", back(f.admin, first), "changed") })
		want("again", back(f.admin, first), "unchanged")
		want("undo of undo", back(f.admin, undone), "changed")
		if l := f.line(plans); l.HandedOn != 2 {
			t.Errorf("PLAN-2 %+v", l)
		}
		more := act(func() {
			w.Must(w.Seats.Allot(ctx, f.admin, id, app.Allotment{Unit: unit.UUID, Offer: plans, Quantity: 3, Version: 3}))
		})
		want("another number since", back(f.admin, first), "refused quantity undo.changed_since")
		for _, p := range people {
			w.Must(f.assign(p, plans))
		}
		want("in use since", back(f.admin, more), "refused quantity allotment.in_use")
		want("both, netted", back(f.admin, slices.Concat(more, first)), "changed")
		if l := f.line(plans); l.HandedOn != 0 || l.Assigned != 3 {
			t.Errorf("SEAT-10 nobody loses one: %+v", l)
		}
		plain, _ := w.Member(f.account, "plain@maraval.example")
		want("without the right", back(plain, more), "refused denied.permission")
	})
}

func TestRulesTakenBack(t *testing.T) { // PLAN-2, SEAT-11, ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		want, back, act := f.backing()
		f.buys(plans, 2, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		for _, n := range []app.NewSeatRule{{Offer: plans, Function: "architect"}, {Offer: plans, Unit: unit.UUID}} {
			made := act(func() { w.Must(w.Seats.MakeRule(ctx, f.admin, id, n)) })
			want("made", back(f.admin, made), "changed")
			want("again", back(f.admin, made), "unchanged")
			w.Must(w.Seats.MakeRule(ctx, f.admin, id, n))
			rules, err := w.Seats.Rules(ctx, f.admin, id)
			w.Must(err)
			ended := act(func() { w.Must(w.Seats.EndRule(ctx, f.admin, id, rules[0].UUID)) })
			second := w.Administrator(f.account, n.Function+n.Unit+"@maraval.example")
			want("ended", back(second, ended), "changed")
			rules, err = w.Seats.Rules(ctx, f.admin, id)
			w.Must(err)
			if len(rules) != 1 || rules[0].By != second.User {
				t.Errorf("ROLE-6 the rules are %+v", rules)
			}
			want("again", back(second, ended), "unchanged")
			want("both", back(second, slices.Concat(ended, made)), "unchanged")
			want("made, again", back(second, made), "changed")
		}
		ended := act(func() {
			w.Must(w.Seats.MakeRule(ctx, f.admin, id, app.NewSeatRule{Offer: plans, Unit: unit.UUID}))
			rules, err := w.Seats.Rules(ctx, f.admin, id)
			w.Must(err)
			w.Must(w.Seats.EndRule(ctx, f.admin, id, rules[0].UUID))
		})
		plain, _ := w.Member(f.account, "plain@maraval.example")
		want("without the right", back(plain, ended[:1]), "refused denied.permission")
		want("a stranger", back(w.Person("passant@exemple.example"), ended[:1]), "refused account.not_found")
	})
}

func TestSubscriptionsTakenBack(t *testing.T) { // PLAN-2, SEAT-9, SEAT-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		want, back, act := f.backing()
		ctx, id := w.Context(), f.account.ID
		sales := w.Staff("ventes@batisoft.example", authz.Sales)
		first, last := directory.Day{Year: 2026, Month: time.March, Day: 2}, directory.Day{Year: 2027, Month: time.March, Day: 1}
		old := app.SubscriptionTerm{Quantity: 3, First: first, Last: last, Reference: "C-1", PriceNote: "au tarif", External: "S1"}
		var s directory.Subscription
		added := act(func() {
			var err error
			s, err = w.Subscriptions.Add(ctx, sales, id, app.NewSubscription{Offer: plans, Term: old})
			w.Must(err)
		})
		now := func() app.SubscriptionLine {
			line, err := w.Subscriptions.One(ctx, sales, id, s.UUID)
			w.Must(err)
			return line
		}
		change := func(t app.SubscriptionTerm) []audit.Entry {
			f.T.Helper()
			return act(func() { w.Must(w.Subscriptions.Change(ctx, sales, id, s.UUID, app.SubscriptionChange{Term: t})) })
		}
		was := now()
		all := app.SubscriptionTerm{Quantity: 5, First: directory.Day{Year: 2026, Month: time.May, Day: 1}, Last: directory.Day{Year: 2029, Month: time.May, Day: 1},
			Reference: "C-2", PriceNote: "remise", External: "S2"}
		for _, test := range []struct {
			field string
			since func(t *app.SubscriptionTerm)
		}{
			{"quantity", func(t *app.SubscriptionTerm) { t.Quantity = 6 }},
			{"starts", func(t *app.SubscriptionTerm) { t.First = directory.Day{Year: 2026, Month: time.June, Day: 1} }},
			{"ends", func(t *app.SubscriptionTerm) { t.Last = directory.Day{} }},
			{"reference", func(t *app.SubscriptionTerm) { t.Reference = "C-3" }},
			{"price_note", func(t *app.SubscriptionTerm) { t.PriceNote = "" }},
			{"external_id", func(t *app.SubscriptionTerm) { t.External = "" }},
		} {
			edited := change(all)
			then := all
			test.since(&then)
			since := change(then)
			want(test.field+" changed since", back(sales, edited), "changed "+test.field)
			want(test.field+" alone", back(sales, edited), "refused "+test.field+" undo.changed_since")
			want(test.field+" netted", back(sales, slices.Concat(since, edited)), "changed")
			if is := now(); is.Quantity != was.Quantity || !is.Starts.Equal(was.Starts) || !is.Ends.Equal(was.Ends) || is.Reference != was.Reference ||
				is.PriceNote != was.PriceNote || is.External != was.External {
				t.Errorf("PLAN-2 %s: the subscription is %+v, want %+v", test.field, is, was)
			}
		}
		w.Pass(time.Hour)
		ended := act(func() { w.Must(w.Subscriptions.End(ctx, sales, id, s.UUID, 0)) })
		undone := act(func() { want("ended", back(sales, ended), "changed") })
		want("again", back(sales, ended), "unchanged")
		want("undo of undo", back(sales, undone), "changed")
		want("ended, again", back(sales, ended), "changed")
		more := change(all)
		for _, p := range f.people(1) {
			more = change(app.SubscriptionTerm{Quantity: 3, First: first, Last: last, External: "S1"})
			w.Must(f.assign(p, plans))
		}
		want("its seats are in use since", back(sales, added), "refused state undo.changed_since")
		want("what would take seats from people is left", back(sales, more[:1]), "changed starts")
		want("the customer's administrator", back(f.admin, added), "refused not_found")
		f.buys(plans, 9, directory.Day{})
		want("others have seats enough", back(sales, added), "changed")
		want("over, again", back(sales, added), "unchanged")
	})
}
