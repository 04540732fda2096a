package seats_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A market is some customers with subscriptions of every kind: coming, running,
// over, over-used, allotted, lapsed.
type market struct {
	*apptest.World
	accounts []directory.Account
}

func newMarket(w *apptest.World) market {
	m := market{World: w}
	random := rand.New(rand.NewPCG(7, 11))
	for i := range 4 {
		account, err := w.Accounts.Create(w.Context(), w.Operator(), app.NewAccount{Number: fmt.Sprintf("30%d", i), Name: fmt.Sprintf("Client %d", i),
			Type: "fleet", ServiceLevel: "contract", Language: "fr", Address: directory.PostalAddress{Street: "1 rue", PostalCode: "44000", City: "Nantes", Country: "FR"}})
		w.Must(err)
		m.accounts = append(m.accounts, account)
		f := firm{World: w, account: account, admin: w.Administrator(account, fmt.Sprintf("admin%d@maraval.example", i))}
		m.sell(f, random)
	}
	w.Pass(40 * 24 * time.Hour)
	return m
}

// sell lets a customer buy this and that, and people use it.
func (m market) sell(f firm, random *rand.Rand) {
	ctx, id := f.Context(), f.account.ID
	unit, err := f.Units.Add(ctx, f.admin, id, app.NewUnit{Name: "Lyon", Level: "group"})
	f.Must(err)
	var people []string
	for i := range 6 {
		_, member := f.Member(f.account, fmt.Sprintf("p%d.%d@maraval.example", i, id))
		people = append(people, member.UUID)
	}
	verdicts, err := f.Seats.Assign(ctx, f.admin, id, app.Of(people[0]), plans) // refused: nothing bought
	if f.Code(apptest.ErrOf(verdicts, err)) == "" {
		f.T.Fatal("SEAT-5")
	}
	verdicts, err = f.Members.MoveHome(ctx, f.admin, id, app.Selection{Members: people[:3]}, unit.UUID)
	f.Must(apptest.ErrOf(verdicts, err))
	var bought []directory.Subscription
	for _, offer := range []directory.Offer{plans, site, complete, light} {
		for range 1 + random.IntN(3) {
			first := directory.Day{Year: 2026, Month: time.February, Day: 1 + random.IntN(28)}
			if random.IntN(5) == 0 {
				first.Month = time.June
			}
			var last directory.Day
			if random.IntN(3) > 0 {
				last = directory.Day{Year: 2026, Month: time.March + time.Month(random.IntN(6)), Day: 3 + random.IntN(25)}
				if last.Month < first.Month {
					last.Month = first.Month + 1
				}
			}
			in := ""
			if random.IntN(4) == 0 {
				in = unit.UUID
			}
			s, err := f.Subscriptions.Add(ctx, f.Operator(), id, app.NewSubscription{Offer: offer, Unit: in,
				Term: app.SubscriptionTerm{Quantity: 2 + random.Int64N(4), First: first, Last: last}})
			f.Must(err)
			bought = append(bought, s)
		}
		if random.IntN(2) == 0 {
			_ = f.Seats.Allot(ctx, f.admin, id, app.Allotment{Unit: unit.UUID, Offer: offer, Quantity: 1, Version: 0}) // where there are some
		}
		for _, p := range people[:2+random.IntN(4)] {
			_ = f.assign(p, offer)
		}
	}
	f.buys(directory.Offer{Product: "takeoff"}, 3, directory.Day{Year: 2026, Month: time.March, Day: 12})
	f.Must(f.assign(people[5], directory.Offer{Product: "takeoff"}))
	for _, s := range bought {
		if random.IntN(3) == 0 {
			zone, err := time.LoadLocation(f.account.TimeZone)
			f.Must(err)
			f.Must(f.Subscriptions.Change(ctx, f.Operator(), id, s.UUID, app.SubscriptionChange{Term: app.SubscriptionTerm{Quantity: 1,
				First: directory.DayOf(s.Starts, zone), Last: directory.LastDay(s.Ends, zone)}}))
		}
	}
}

// naive counts what the list counts, customer by customer.
func (m market) naive(accounts []directory.Account, keep func(app.SubscriptionLine) bool) store.SubscriptionTotals {
	var t store.SubscriptionTotals
	now := m.Now()
	for _, a := range accounts {
		c, err := m.Subscriptions.Of(m.Context(), m.Operator(), a.ID)
		m.Must(err)
		lines := map[directory.PoolID]app.SeatLine{}
		for _, l := range c.Lines {
			lines[l.Pool.ID] = l
		}
		last := map[directory.PoolID]app.SubscriptionLine{}
		for _, s := range c.Subscriptions {
			if was, some := last[s.Pool]; s.State == app.SubscriptionOver && (!some || s.Ends.After(was.Ends) || s.Ends.Equal(was.Ends) && s.ID > was.ID) {
				last[s.Pool] = s
			}
		}
		for _, s := range c.Subscriptions {
			if !keep(s) {
				continue
			}
			line := lines[s.Pool]
			if s.State != app.SubscriptionOver {
				t.All++
			}
			if s.State == app.SubscriptionRunning && line.Over > 0 {
				t.OverUsed++
			}
			if s.State == app.SubscriptionRunning && !s.Ends.IsZero() && !s.Ends.After(now.AddDate(0, 0, store.EndingDays)) {
				t.Ending++
			}
			if line.Lapsed && line.Pool.Held > 0 && last[s.Pool].ID == s.ID {
				t.Lapsed++
			}
		}
	}
	return t
}

func TestListSubscriptions(t *testing.T) { // VEND-1, VEND-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		m := newMarket(w)
		all := func(app.SubscriptionLine) bool { return true }
		list := func(actor authz.Actor, q app.SubscriptionQuery) app.SubscriptionList {
			t.Helper()
			found, err := w.Subscriptions.List(w.Context(), actor, q)
			w.Must(err)
			return found
		}
		want := m.naive(m.accounts, all)
		if want.OverUsed == 0 || want.Ending == 0 || want.Lapsed == 0 {
			t.Fatalf("the market lacks a kind of trouble: %+v", want)
		}
		if got := list(w.Operator(), app.SubscriptionQuery{}).Totals; got != want {
			t.Errorf("VEND-1 totals %+v, naively %+v", got, want)
		}
		fleet := m.naive(m.accounts, func(s app.SubscriptionLine) bool { return s.Offer.Product == "fleet" })
		if got := list(w.Operator(), app.SubscriptionQuery{Products: []string{"fleet"}}).Totals; got != fleet {
			t.Errorf("VEND-1 of a product: %+v, naively %+v", got, fleet)
		}
		one := m.naive(m.accounts, func(s app.SubscriptionLine) bool { return s.Offer == complete })
		if got := list(w.Operator(), app.SubscriptionQuery{Products: []string{"fleet/complete"}}).Totals; got != one {
			t.Errorf("VEND-1 of an edition: %+v, naively %+v", got, one)
		}
		searched := m.naive(m.accounts[2:3], all)
		if got := list(w.Operator(), app.SubscriptionQuery{Search: "client 2"}).Totals; got != searched {
			t.Errorf("VEND-1 of a customer: %+v, naively %+v", got, searched)
		}
		sales := w.Staff("sales@batisoft.example", authz.Sales)
		sales.Portfolio = directory.Only(m.accounts[1].ID)
		own := m.naive(m.accounts[1:2], all)
		mine := list(sales, app.SubscriptionQuery{})
		if mine.Totals != own {
			t.Errorf("VEND-3 of a portfolio: %+v, naively %+v", mine.Totals, own)
		}
		for _, row := range mine.Rows {
			if row.Account.ID != m.accounts[1].ID {
				t.Errorf("VEND-3 %s is of no portfolio of theirs", row.Account.Name)
			}
		}
		foreign := m.accounts[0]
		theirs, err := w.Subscriptions.Of(w.Context(), w.Operator(), foreign.ID)
		w.Must(err)
		uuid := theirs.Subscriptions[0].UUID
		for name, do := range map[string]func() error{
			"of": func() error { _, err := w.Subscriptions.Of(w.Context(), sales, foreign.ID); return err },
			"add": func() error {
				_, err := w.Subscriptions.Add(w.Context(), sales, foreign.ID, app.NewSubscription{Offer: plans, Term: app.SubscriptionTerm{Quantity: 1}})
				return err
			},
			"ending": func() error { _, err := w.Subscriptions.Ending(w.Context(), sales, foreign.ID, uuid); return err },
			"extend": func() error {
				return w.Subscriptions.Extend(w.Context(), sales, foreign.ID, uuid, app.SubscriptionLonger{})
			},
			"end": func() error { return w.Subscriptions.End(w.Context(), sales, foreign.ID, uuid, 0) },
			"change": func() error {
				return w.Subscriptions.Change(w.Context(), sales, foreign.ID, uuid, app.SubscriptionChange{})
			},
		} {
			if err := do(); w.Code(err) != "account.not_found" {
				t.Errorf("VEND-3 %s outside the portfolio: %v", name, err)
			}
			if _, err := w.Subscriptions.Ending(w.Context(), w.Operator(), m.accounts[1].ID, uuid); w.Code(err) != "subscription.not_found" {
				t.Errorf("USER-5 under another account: %v", err)
			}
		}
		for _, view := range app.SubscriptionViews() {
			shown := list(w.Operator(), app.SubscriptionQuery{View: view})
			if int64(len(shown.Rows)) != min(shown.Found, 25) {
				t.Errorf("VEND-1 view %s: %d rows of %d", view, len(shown.Rows), shown.Found)
			}
			for _, row := range shown.Rows {
				if view == store.SubscriptionsOverUsed && row.Line.Over == 0 || view == store.SubscriptionsLapsed && !row.Line.Lapsed {
					t.Errorf("VEND-1 view %s: %+v", view, row.Line)
				}
			}
		}
		if _, err := w.Subscriptions.List(w.Context(), m.Administrator(m.accounts[0], "other@maraval.example"), app.SubscriptionQuery{}); w.Code(err) == "" {
			t.Errorf("VEND-3 a customer's administrator: %v", err)
		}
	})
}

// TestListSubscriptionsByPages: every sort, either way, leads through all of them
// once, and back.
func TestListSubscriptionsByPages(t *testing.T) { // VEND-1, LIST-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		m := newMarket(w)
		f := firm{World: w, account: m.accounts[0]}
		for range 40 { // alike in all they are sorted by
			f.buys(plans, 3, directory.Day{})
		}
		states := []string{"coming", "running", "over"}
		for _, sort := range store.SubscriptionSorts() {
			for _, descending := range []bool{false, true} {
				q := app.SubscriptionQuery{Sort: sort, Descending: descending, States: states}
				var there, back []string
				for {
					page, err := w.Subscriptions.List(w.Context(), w.Operator(), q)
					w.Must(err)
					if page.From != int64(len(there))+1 {
						t.Errorf("%s: page begins at %d, want %d", sort, page.From, len(there)+1)
					}
					for _, row := range page.Rows {
						there = append(there, row.UUID)
					}
					if q.After = page.Next; page.Next == "" {
						q.Before = page.Prev
						back = uuids(page.Rows)
						if int64(len(there)) != page.Found {
							t.Errorf("LIST-6 %s: %d of %d", sort, len(there), page.Found)
						}
						break
					}
				}
				for q.Before != "" {
					page, err := w.Subscriptions.List(w.Context(), w.Operator(), q)
					w.Must(err)
					back = append(uuids(page.Rows), back...)
					q.Before = page.Prev
				}
				if !slices.Equal(there, back) {
					t.Errorf("LIST-6 %s, descending %t: there and back differ", sort, descending)
				}
				slices.Sort(back)
				if len(slices.Compact(back)) != len(there) {
					t.Errorf("LIST-6 %s: some twice", sort)
				}
			}
		}
		for _, bad := range []string{"x", "e30", strings.Repeat("A", 9000), "bnVsbA"} {
			if _, err := w.Subscriptions.List(w.Context(), w.Operator(), app.SubscriptionQuery{After: bad}); w.Code(err) != "list.bad_cursor" {
				t.Errorf("cursor %.10q: %v", bad, err)
			}
		}
	})
}

// TestTotalsOfPages: the totals are those of the first page while one goes on, are
// counted again after a while, and never those of another list.
func TestTotalsOfPages(t *testing.T) { // VEND-1, VEND-3, LIST-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		for range 4 {
			f.buys(plans, 1, directory.Day{})
		}
		f.buys(site, 1, directory.Day{})
		list := func(actor authz.Actor, q app.SubscriptionQuery) app.SubscriptionList {
			t.Helper()
			q.Size = 2
			found, err := w.Subscriptions.List(w.Context(), actor, q)
			w.Must(err)
			return found
		}
		first := list(w.Operator(), app.SubscriptionQuery{})
		f.buys(plans, 1, directory.Day{})
		second := list(w.Operator(), app.SubscriptionQuery{After: first.Next})
		if first.Totals.All != 5 || second.Totals != first.Totals || second.Found != 5 {
			t.Errorf("VEND-1 the second page counts %+v, the first %+v", second.Totals, first.Totals)
		}
		if back := list(w.Operator(), app.SubscriptionQuery{Before: second.Prev}); back.Totals != first.Totals {
			t.Errorf("VEND-1 and back: %+v", back.Totals)
		}
		if other := list(w.Operator(), app.SubscriptionQuery{After: first.Next, Products: []string{"site"}}); other.Totals.All != 1 {
			t.Errorf("VEND-1 under another filter: %+v", other.Totals)
		}
		sales := w.Staff("sales@batisoft.example", authz.Sales)
		sales.Portfolio = directory.Only(w.Account("999 000").ID)
		if theirs := list(sales, app.SubscriptionQuery{After: first.Next}); theirs.Totals.All != 0 {
			t.Errorf("VEND-3 of another portfolio: %+v", theirs.Totals)
		}
		w.Pass(time.Hour)
		if late := list(w.Operator(), app.SubscriptionQuery{After: first.Next}); late.Totals.All != 6 {
			t.Errorf("VEND-1 an hour later: %+v", late.Totals)
		}
	})
}

func uuids(rows []app.ListedSubscription) []string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.UUID
	}
	return ids
}
