package seats

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// SubscriptionsPerPage is how many subscriptions one page of the list holds.
const SubscriptionsPerPage = 25

// A SubscriptionQuery is a view of the subscriptions of all customers, as it stands
// in an address. After and Before are cursors: the page after or before one.
type SubscriptionQuery struct {
	Search        string
	Products      []string
	States        []string
	Days          int // ends within so many; 0: whenever
	View          string
	Sort          string
	Descending    bool
	After, Before string
	Size          int // rows of a page; 0: SubscriptionsPerPage
}

// Filtered reports whether the query leaves anything out.
func (q SubscriptionQuery) Filtered() bool {
	return q.Search != "" || q.View != "" || q.Days > 0 || len(q.Products)+len(q.States) > 0
}

func (q SubscriptionQuery) size() int {
	if q.Size == 0 {
		return SubscriptionsPerPage
	}
	return q.Size
}

// Views lists the ready-made views of the subscriptions, the one of all left out.
func Views() []string {
	return []string{store.SubscriptionsEnding, store.SubscriptionsOverUsed, store.SubscriptionsLapsed}
}

// A ListedSubscription is a subscription with whose it is, and the seats of its
// pool.
type ListedSubscription struct {
	SubscriptionLine
	Account directory.Account
	Line    Line
}

// A SubscriptionList is one page of the subscriptions with exact totals: of what
// the filter finds in each view, and of the view shown.
type SubscriptionList struct {
	Rows       []ListedSubscription
	Totals     store.SubscriptionTotals
	Found      int64
	From       int64 // position of the first row, from 1; 0 without rows
	Next, Prev string
}

// List shows the vendor's staff, and applications registered for subscriptions
// (APP-4), the subscriptions of all customers of their portfolio, one page from a cursor on; over-use and lapsed seats are views with
// counts (VEND-1). It refuses with denied.duty and list.bad_cursor.
func (s *Subscriptions) List(ctx context.Context, actor authz.Actor, q SubscriptionQuery) (SubscriptionList, error) {
	var list SubscriptionList
	if !slices.Contains(store.SubscriptionSorts(), q.Sort) {
		q.Sort = "ends"
	}
	page := store.SubscriptionPage{Sort: q.Sort, Descending: q.Descending, Size: q.size() + 1,
		Filter: store.SubscriptionFilter{Search: q.Search, Products: q.Products, States: q.States, Days: q.Days, View: q.View,
			Within: actor.Portfolio, Now: s.gate.Instant()}}
	at, err := q.paging().At()
	if err != nil {
		return list, err
	}
	if q.Before != "" {
		page.Before = placeAt(at)
	} else if q.After != "" {
		page.After = placeAt(at)
	}
	err = s.gate.Console(ctx, actor, toRead(actor), func(r *store.Reader) (err error) {
		if list.Totals, err = r.SubscriptionTotals(ctx, page.Filter); err != nil {
			return err
		}
		list.Found = foundIn(list.Totals, q.View)
		rows, err := r.Subscriptions(ctx, page)
		if err != nil {
			return err
		}
		rows = list.cut(q, at, rows)
		list.Rows, err = s.listed(ctx, r, rows, page.Filter.Now)
		return err
	})
	return list, err
}

// foundIn is how many of the totals a view shows.
func foundIn(t store.SubscriptionTotals, view string) int64 {
	switch view {
	case store.SubscriptionsOverUsed:
		return t.OverUsed
	case store.SubscriptionsEnding:
		return t.Ending
	case store.SubscriptionsLapsed:
		return t.Lapsed
	}
	return t.All
}

// paging is which part of the list the query asks for.
func (q SubscriptionQuery) paging() gate.Paging {
	return gate.Paging{Sort: q.Sort, Descending: q.Descending, After: q.After, Before: q.Before, Size: q.size()}
}

// cut keeps the rows of the page and says where it stands.
func (l *SubscriptionList) cut(q SubscriptionQuery, at gate.Cursor, rows []store.SubscriptionRow) []store.SubscriptionRow {
	rows, span := gate.Cut(q.paging(), at, rows, func(row store.SubscriptionRow) gate.Cursor {
		return gate.Cursor{Number: row.Place.Number, Text: row.Place.Text, Key: int64(row.Place.Key)}
	})
	l.From, l.Next, l.Prev = span.From, span.Next, span.Prev
	return rows
}

// listed adds to rows whose they are and what their pools have, as many statements
// for a page of any size.
func (s *Subscriptions) listed(ctx context.Context, r *store.Reader, rows []store.SubscriptionRow, now time.Time) ([]ListedSubscription, error) {
	var accounts []directory.AccountID
	var units []directory.UnitID
	var pools []directory.PoolID
	for _, row := range rows {
		accounts, units, pools = append(accounts, row.Account), append(units, row.Unit), append(pools, row.Pool)
	}
	of, err := r.AccountsByKey(ctx, accounts)
	if err != nil {
		return nil, err
	}
	above, err := r.UnitsAbove(ctx, units)
	if err != nil {
		return nil, err
	}
	stock, err := r.StockOf(ctx, pools)
	if err != nil {
		return nil, err
	}
	named := map[directory.UnitID]directory.Unit{}
	for _, u := range above {
		named[u.ID] = u
	}
	listed := make([]ListedSubscription, len(rows))
	for i, row := range rows {
		pool, _ := stock.Pool(row.Pool)
		listed[i] = ListedSubscription{Account: of[row.Account], Line: lineAt(stock, named[row.Unit], pool, now),
			SubscriptionLine: SubscriptionLine{row.Subscription, row.Offer, named[row.Unit], stateOf(row.Subscription, now)}}
	}
	return listed, nil
}

func placeAt(c gate.Cursor) *store.SubscriptionPlace {
	return &store.SubscriptionPlace{Number: c.Number, Text: c.Text, Key: directory.SubscriptionID(c.Key)}
}
