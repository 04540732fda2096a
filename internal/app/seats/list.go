package seats

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
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
	Rows   []ListedSubscription
	Totals store.SubscriptionTotals
	Found  int64
	gate.Span
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
	at, err := cursorOf(q)
	if err != nil {
		return list, err
	}
	if of := q.digest(actor); of != at.Of {
		at.Of, at.Counted = of, 0 // what it counted is another list
	}
	if q.Before != "" {
		page.Before = at.place()
	} else if q.After != "" {
		page.After = at.place()
	}
	err = s.gate.Console(ctx, actor, toRead(actor), func(r *store.Reader) (err error) {
		if err = at.count(ctx, r, page.Filter); err != nil {
			return err
		}
		list.Totals = at.Totals
		list.Found = foundIn(list.Totals, q.View)
		rows, err := r.Subscriptions(ctx, page)
		if err != nil {
			return err
		}
		rows, list.Span = gate.Cut(gate.Turn{After: q.After, Before: q.Before, Size: q.size(), Position: at.Position}, rows,
			func(row store.SubscriptionRow, position int64) string { return at.to(q, row.Place, position) })
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

// A listCursor is where a page begins or ends, with the totals as they were counted
// on the first: on a list of ten thousand that is all the work.
type listCursor struct {
	Column     string                   `json:"c"`
	Descending bool                     `json:"d,omitempty"`
	Number     int64                    `json:"n,omitempty"`
	Text       string                   `json:"t,omitempty"`
	Key        directory.SubscriptionID `json:"k"`
	Position   int64                    `json:"p"` // in the list, from 1
	Totals     store.SubscriptionTotals `json:"s"`
	Of         string                   `json:"f"` // what was counted: filter and portfolio
	Counted    int64                    `json:"w"` // when, in seconds
}

// countedFor is how long totals are kept from page to page.
const countedFor = 10 * 60

// digest stands for what the totals of a query count, for one reader.
func (q SubscriptionQuery) digest(actor authz.Actor) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %v", q.Search, q.Products, q.States, q.Days, actor.Portfolio))
	return hex.EncodeToString(sum[:8])
}

// count counts the totals unless the cursor brought those of the same list, as they
// were a moment ago.
func (c *listCursor) count(ctx context.Context, r *store.Reader, f store.SubscriptionFilter) (err error) {
	if age := f.Now.Unix() - c.Counted; age >= 0 && age < countedFor {
		return nil
	}
	c.Totals, err = r.SubscriptionTotals(ctx, f)
	c.Counted = f.Now.Unix()
	return err
}

// to is the cursor of another place of the list.
func (c listCursor) to(q SubscriptionQuery, p store.SubscriptionPlace, position int64) string {
	c.Column, c.Descending, c.Number, c.Text, c.Key, c.Position = q.Sort, q.Descending, p.Number, p.Text, p.Key, position
	return gate.CursorText(c)
}

func (c listCursor) place() *store.SubscriptionPlace {
	return &store.SubscriptionPlace{Number: c.Number, Text: c.Text, Key: c.Key}
}

// cursorOf reads the cursor of a query, none at the beginning. Whatever else is
// there is refused with list.bad_cursor.
func cursorOf(q SubscriptionQuery) (listCursor, error) {
	var c listCursor
	text := q.After + q.Before
	if text == "" {
		return c, nil
	}
	if err := gate.ReadCursor(text, &c); err != nil {
		return listCursor{}, err
	}
	if c.Column != q.Sort || c.Descending != q.Descending || c.Position < 0 || c.Key < 0 || strings.ContainsRune(c.Text, 0) {
		return listCursor{}, gate.BadCursor()
	}
	return c, nil
}
