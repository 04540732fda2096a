package seats_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A firm is an account with an administrator, and what it has bought.
type firm struct {
	*apptest.World
	account directory.Account
	admin   authz.Actor
}

var (
	plans    = directory.Offer{Product: "plans"}
	site     = directory.Offer{Product: "site"}
	complete = directory.Offer{Product: "fleet", Edition: "complete"}
	light    = directory.Offer{Product: "fleet", Edition: "light"}
)

func newFirm(w *apptest.World) firm {
	account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: "204 817", Name: "Groupe Maraval", Type: "fleet",
		ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"}})
	w.Must(err)
	f := firm{World: w, account: account}
	f.admin = w.Administrator(f.account, "helene.castaing@maraval.example")
	return f
}

// buys adds a subscription from today on.
func (f firm) buys(offer directory.Offer, n int64, last directory.Day) directory.Subscription {
	f.T.Helper()
	s, err := f.Subscriptions.Add(f.Context(), f.Operator(), f.account.ID, app.NewSubscription{Offer: offer,
		Term: app.SubscriptionTerm{Quantity: n, Last: last}})
	f.Must(err)
	return s
}

// people are active members, by public id.
func (f firm) people(n int) []string {
	f.T.Helper()
	var ids []string
	for i := range n {
		_, m := f.Member(f.account, fmt.Sprintf("p%d@maraval.example", i))
		ids = append(ids, m.UUID)
	}
	return ids
}

// assign gives one member a seat.
func (f firm) assign(member string, offer directory.Offer) error {
	verdicts, err := f.Seats.Assign(f.Context(), f.admin, f.account.ID, app.Of(member), offer)
	return apptest.ErrOf(verdicts, err)
}

// withdraw takes a seat back.
func (f firm) withdraw(member string, offer directory.Offer) error {
	verdicts, err := f.Seats.Withdraw(f.Context(), f.admin, f.account.ID, app.Of(member), offer)
	return apptest.ErrOf(verdicts, err)
}

// line is the pool of the account for an offer.
func (f firm) line(offer directory.Offer) app.SeatLine {
	f.T.Helper()
	panel, err := f.Seats.Panel(f.Context(), f.admin, f.account.ID, "")
	f.Must(err)
	for _, l := range panel.Lines {
		if l.Pool.Offer == offer {
			return l
		}
	}
	return app.SeatLine{}
}

// holds reports whether a member holds a seat that is not lapsed.
func (f firm) holds(member string, offer directory.Offer) bool {
	f.T.Helper()
	c, err := f.Seats.Choices(f.Context(), f.admin, f.account.ID, member)
	f.Must(err)
	for _, h := range c.Held {
		if h.Own && !h.Lapsed && h.Offer == offer {
			return true
		}
	}
	return false
}

func TestAssign(t *testing.T) { // SEAT-1, SEAT-3, SEAT-4, SEAT-5, SEAT-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		people := f.people(4)
		ctx, id := w.Context(), f.account.ID
		code := func(what string, err error, want string) {
			t.Helper()
			if got := w.Code(err); got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		code("SEAT-13 nothing bought", f.assign(people[0], plans), "seat.no_subscription")
		f.buys(plans, 2, directory.Day{})
		f.buys(complete, 1, directory.Day{})
		if f.holds(people[0], plans) {
			t.Error("SEAT-5 bought is not assigned")
		}
		w.Must(f.assign(people[0], plans))
		w.Must(f.assign(people[1], plans))
		code("SEAT-4 the third of two", f.assign(people[2], plans), "seat.none_free")
		if l := f.line(plans); l.Bought != 2 || l.Assigned != 2 || l.Free != 0 || l.Over != 0 {
			t.Errorf("SEAT-1 %+v", l)
		}
		c, err := w.Seats.Choices(ctx, f.admin, id, people[2])
		w.Must(err)
		if len(c.Free) != 1 || c.Free[0].Offer != complete || len(c.Missing) != 1 || c.Missing[0].Offer != plans {
			t.Errorf("SEAT-3 free %+v, missing %+v", c.Free, c.Missing)
		}
		verdicts, err := w.Seats.Assign(ctx, f.admin, id, app.Of(people[0]), plans)
		w.Must(err)
		if verdicts[0].Outcome != app.Unchanged {
			t.Errorf("assigned twice: %+v", verdicts[0])
		}
		w.Must(f.assign(people[2], directory.Offer{Product: "fleet"}))
		if !f.holds(people[2], complete) {
			t.Error("a product without edition is the edition that is free")
		}
		code("another edition", f.assign(people[2], light), "seat.already_held")
		code("a product nobody sells", f.assign(people[2], directory.Offer{Product: "no-such"}), "field.unknown_choice")
		w.Must(f.withdraw(people[0], plans))
		w.Must(f.assign(people[2], plans))
		verdicts, err = w.Members.Deactivate(ctx, f.admin, id, app.Of(people[2]))
		w.Must(apptest.ErrOf(verdicts, err))
		if l := f.line(plans); l.Assigned != 1 || l.Free != 1 {
			t.Errorf("SEAT-6 after deactivation %+v", l)
		}
		code("SEAT-6 deactivated", f.assign(people[2], plans), "member.inactive")
		verdicts, err = w.Members.Remove(ctx, f.admin, id, app.Of(people[1]))
		w.Must(apptest.ErrOf(verdicts, err))
		if l := f.line(plans); l.Assigned != 0 || l.Free != 2 {
			t.Errorf("SEAT-6 after removal %+v", l)
		}
		w.Must(f.assign(people[0], plans))
		handed, err := w.Seats.HandOver(ctx, f.admin, id, app.SeatHanding{From: people[0], To: people[3], Offer: plans})
		w.Must(err)
		if handed.From != "p0" || handed.To != "p3" {
			t.Errorf("handed over by name: %+v", handed)
		}
		if f.holds(people[0], plans) || !f.holds(people[3], plans) {
			t.Error("handed over")
		}
		_, err = w.Seats.HandOver(ctx, f.admin, id, app.SeatHanding{From: people[0], To: people[3], Offer: plans})
		code("from who has none", err, "seat.not_held")
	})
}

// TestReserved: a seat of somebody who has not accepted yet is reserved, and is
// theirs when they do.
func TestReserved(t *testing.T) { // SEAT-1, SEAT-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 3, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		add := func(email string, products ...string) app.Verdict {
			verdicts, err := w.Members.Add(ctx, f.admin, id, []app.NewMember{{Row: 1, Email: email, Products: products}}, app.AddOptions{Invite: true})
			w.Must(err)
			return verdicts[0]
		}
		first := add("a@maraval.example", "plans")
		if l := f.line(plans); l.Reserved != 1 || l.Assigned != 0 || l.Free != 2 {
			t.Errorf("invited: %+v", l)
		}
		verdicts, err := w.Invitations.Withdraw(ctx, f.admin, id, app.Of(first.Public()))
		w.Must(apptest.ErrOf(verdicts, err))
		if l := f.line(plans); l.Reserved != 1 || l.Free != 2 {
			t.Errorf("invitation withdrawn: %+v", l)
		}
		if v := add("b@maraval.example", "plans", "site"); v.Refusal == nil || v.Refusal.Code != "seat.no_subscription" || v.Refusal.Field != "product" {
			t.Errorf("a row that cannot be done whole: %+v", v)
		}
		if l := f.line(plans); l.Reserved != 1 {
			t.Errorf("BULK-3 a refused row takes nothing: %+v", l)
		}
	})
}

// TestEnds: a subscription ends with its last day in the account's zone, also
// across the change to summer time, and its renewal finds everybody where they
// were.
func TestEnds(t *testing.T) { // SEAT-9
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w) // Europe/Paris; the clock stands at noon UTC of 2 March 2026
		people := f.people(3)
		s := f.buys(plans, 3, directory.Day{Year: 2026, Month: time.March, Day: 28}) // the night before the change of clocks
		for _, p := range people {
			w.Must(f.assign(p, plans))
		}
		end := time.Date(2026, time.March, 28, 23, 0, 0, 0, time.UTC)
		w.Pass(end.Sub(w.Now()) - time.Microsecond)
		if !f.holds(people[0], plans) {
			t.Error("a moment before")
		}
		w.Pass(time.Microsecond)
		if f.holds(people[0], plans) {
			t.Error("SEAT-9 the seat lapses at midnight of the account's zone")
		}
		if l := f.line(plans); !l.Lapsed || l.Free != 0 || l.Assigned != 3 {
			t.Errorf("%+v", l)
		}
		f.buys(plans, 2, directory.Day{})
		if l := f.line(plans); l.Lapsed || l.Over != 1 || l.Free != 0 || !f.holds(people[2], plans) {
			t.Errorf("SEAT-9 renewed with fewer: over-use, nobody loses one: %+v", l)
		}
		w.Must(f.withdraw(people[0], plans))
		if got := w.Code(f.assign(people[0], plans)); got != "seat.none_free" {
			t.Errorf("SEAT-9 new ones are refused: %q", got)
		}
		if err := w.Subscriptions.End(w.Context(), w.Operator(), f.account.ID, s.UUID, 0); w.Code(err) != "subscription.over" {
			t.Error(err)
		}
	})
}

// TestNeverOversold: of many who assign at once, exactly as many succeed as there are
// seats.
func TestNeverOversold(t *testing.T) { // SEAT-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		const seats, assigners = 10, 40
		f.buys(plans, seats, directory.Day{})
		people := f.people(assigners)
		var wait sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for _, p := range people {
			wait.Add(1)
			go func() {
				defer wait.Done()
				err := f.assign(p, plans)
				mu.Lock()
				defer mu.Unlock()
				switch w.Code(err) {
				case "":
					done++
				case "seat.none_free":
				default:
					t.Error(err)
				}
			}()
		}
		wait.Wait()
		if l := f.line(plans); done != seats || l.Assigned != seats || l.Free != 0 || l.Over != 0 {
			t.Errorf("SEAT-4 %d of %d: %+v", done, seats, l)
		}
	})
}

// TestAllot: an entity assigns from its allotment; seats its people have come with
// it and go back with it.
func TestAllot(t *testing.T) { // SEAT-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 5, directory.Day{})
		ctx, id := w.Context(), f.account.ID
		people := f.people(4)
		unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		verdicts, err := w.Members.MoveHome(ctx, f.admin, id, app.Selection{Members: people[:3]}, unit.UUID)
		w.Must(apptest.ErrOf(verdicts, err))
		w.Must(f.assign(people[0], plans))
		w.Must(f.assign(people[3], plans))
		allot := func(n, version int64) string {
			return w.Code(w.Seats.Allot(ctx, f.admin, id, app.Allotment{Unit: unit.UUID, Offer: plans, Quantity: n, Version: version}))
		}
		if got := allot(6, 0); got != "allotment.too_many" {
			t.Errorf("more than there are: %q", got)
		}
		if got := allot(2, 0); got != "" {
			t.Fatal(got)
		}
		if l := f.line(plans); l.HandedOn != 2 || l.Assigned != 1 || l.Free != 2 {
			t.Errorf("above: %+v", l)
		}
		w.Must(f.assign(people[1], plans))
		if got := w.Code(f.assign(people[2], plans)); got != "seat.none_free" {
			t.Errorf("SEAT-10 the third of an allotment of two: %q", got)
		}
		if got := allot(1, 1); got != "allotment.in_use" {
			t.Errorf("less than is used: %q", got)
		}
		if got := allot(3, 0); got != "stale" {
			t.Errorf("PLAN-4 %q", got)
		}
		verdicts, err = w.Members.MoveHome(ctx, f.admin, id, app.Of(people[0]), f.root())
		w.Must(apptest.ErrOf(verdicts, err))
		if l := f.line(plans); l.Assigned != 2 || l.Free != 1 {
			t.Errorf("moved up with their seat: %+v", l)
		}
		if got := allot(0, 1); got != "" {
			t.Errorf("given back: %q", got)
		}
		if l := f.line(plans); l.HandedOn != 0 || l.Assigned != 3 || l.Free != 2 || !f.holds(people[1], plans) {
			t.Errorf("SEAT-10 given back, nobody loses one: %+v", l)
		}
	})
}

// TestPools: all pools by product with what went where, as far as one sees them.
func TestPools(t *testing.T) { // SEAT-1, SEAT-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		ctx, id := w.Context(), f.account.ID
		f.buys(plans, 5, directory.Day{})
		f.buys(complete, 2, directory.Day{})
		f.buys(light, 1, directory.Day{})
		unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
		w.Must(err)
		people := f.people(2)
		w.Must(f.assign(people[0], plans))
		w.Must(f.assign(people[0], complete))
		w.Must(w.Seats.Allot(ctx, f.admin, id, app.Allotment{Unit: unit.UUID, Offer: plans, Quantity: 3}))
		all, err := w.Seats.Products(ctx, f.admin, id)
		w.Must(err)
		if len(all) != 3 || len(all[0].Pools) != 2 || all[0].Pools[1].Depth != 1 || all[0].Pools[1].Source.ID != f.account.Root || !all[0].Pools[1].Change {
			t.Fatalf("SEAT-10 %+v", all)
		}
		if sum := all[0].Sum(); sum.Bought != 5 || sum.Assigned != 1 || sum.Free != 4 || sum.Total() != 5 || sum.Used() != 1 {
			t.Errorf("SEAT-1 what is handed on is counted where it went: %+v", sum)
		}
		c, err := w.Seats.Choices(ctx, f.admin, id, people[0])
		w.Must(err)
		if len(c.Free) != 0 || len(c.Instead) != 1 || c.Instead[0].Offer != light {
			t.Errorf("SEAT-3 another edition of what is held is no choice: %+v", c)
		}
		manager, _ := w.Member(f.account, "chef@maraval.example")
		w.Must(w.Members.SeedGrants(ctx, id, f.admin.User, []app.SeedGrant{{User: manager.User, Role: "manager", Unit: unit.ID}}))
		seen, err := w.Seats.Products(ctx, manager, id)
		w.Must(err)
		if len(seen) != 3 || len(seen[0].Pools) != 1 || seen[0].Pools[0].Unit.ID != unit.ID || seen[0].Pools[0].Change || seen[1].Pools[0].Unit.ID != f.account.Root {
			t.Errorf("SEAT-10 below: one's own, and what serves it from above: %+v", seen)
		}
		may, err := w.Seats.Allottable(ctx, manager, id, plans, app.AllotmentQuery{})
		w.Must(err)
		if may.Total != 0 {
			t.Errorf("SEAT-10 who assigns below allots nothing from above: %+v", may)
		}
		may, err = w.Seats.Allottable(ctx, f.admin, id, plans, app.AllotmentQuery{Search: "LYÔN"})
		w.Must(err)
		if may.Total != 1 || may.Choices[0].Has != 3 || may.Choices[0].Most != 4 {
			t.Errorf("%+v", may)
		}
		plain, _ := w.Member(f.account, "camille@maraval.example")
		if _, err := w.Seats.Products(ctx, plain, id); w.Code(err) != "denied.permission" {
			t.Errorf("a plain member: %v", err)
		}
	})
}

// TestPoolsInPart: the sum of what one sees of a product counts no seat twice and
// leaves none out, whichever pools above are shown.
func TestPoolsInPart(t *testing.T) { // SEAT-1, SEAT-10
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		ctx, id := w.Context(), f.account.ID
		f.buys(plans, 5, directory.Day{})
		var units []directory.Unit
		for _, name := range []string{"Lyon", "Brest"} {
			unit, err := w.Units.Add(ctx, f.admin, id, app.NewUnit{Name: name, Level: "group"})
			w.Must(err)
			units = append(units, unit)
		}
		w.Must(w.Seats.Allot(ctx, f.admin, id, app.Allotment{Unit: units[0].UUID, Offer: plans, Quantity: 3}))
		_, err := w.Subscriptions.Add(ctx, w.Operator(), id, app.NewSubscription{Offer: plans, Unit: units[0].UUID, Term: app.SubscriptionTerm{Quantity: 2}})
		w.Must(err)
		sees := func(email string, at ...directory.Unit) app.SeatLine {
			t.Helper()
			manager, _ := w.Member(f.account, email)
			var grants []app.SeedGrant
			for _, unit := range at {
				grants = append(grants, app.SeedGrant{User: manager.User, Role: "manager", Unit: unit.ID})
			}
			w.Must(w.Members.SeedGrants(ctx, id, f.admin.User, grants))
			all, err := w.Seats.Products(ctx, manager, id)
			w.Must(err)
			if len(all) != 1 {
				t.Fatalf("%+v", all)
			}
			return all[0].Sum()
		}
		if sum := sees("un@maraval.example", units[0]); sum.Total() != 5 || sum.Free != 5 {
			t.Errorf("SEAT-10 bought there and received from out of sight: %+v", sum)
		}
		if sum := sees("deux@maraval.example", units...); sum.Total() != 7 || sum.Free != 7 {
			t.Errorf("SEAT-10 received from what is shown since it serves another unit: %+v", sum)
		}
		all, err := w.Seats.Products(ctx, f.admin, id)
		w.Must(err)
		if sum := all[0].Sum(); sum.Total() != 7 || sum.Free != 7 {
			t.Errorf("SEAT-1 %+v", sum)
		}
	})
}

// root is the public id of the account's root.
func (f firm) root() string {
	f.T.Helper()
	panel, err := f.Seats.Panel(f.Context(), f.admin, f.account.ID, "")
	f.Must(err)
	return panel.Unit.UUID
}
