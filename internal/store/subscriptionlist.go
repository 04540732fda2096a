package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
)

// The views of all customers' subscriptions that need somebody's attention
// (VEND-1): more seats are used than there are, the end is near, or people hold
// seats of what has ended.
const (
	SubscriptionsOverUsed = "over_used"
	SubscriptionsEnding   = "ending"
	SubscriptionsLapsed   = "lapsed"
)

// EndingDays is how near an end is in the view of those that end.
const EndingDays = 90

// A SubscriptionFilter chooses among the subscriptions of all customers at a
// moment. Values of one field are "or", fields among each other "and". Without
// states those that are over are left out, but for the view of the lapsed. Search
// finds customers as AccountFilter does.
type SubscriptionFilter struct {
	Search   string
	Products []string // of the catalogue, or offers: "fleet/complete"
	States   []string // coming, running, over
	Days     int      // ends within so many; 0: whenever
	View     string
	Within   directory.Portfolio
	Now      time.Time
}

// A SubscriptionPlace is where a subscription stands in the sorted list.
type SubscriptionPlace struct {
	Number int64
	Text   string
	Key    directory.SubscriptionID
}

// A SubscriptionPage is which part of the subscriptions, and by what they are
// sorted: after a place or before one.
type SubscriptionPage struct {
	Filter        SubscriptionFilter
	Sort          string // a name of SubscriptionSorts
	Descending    bool
	After, Before *SubscriptionPlace
	Size          int
}

// A SubscriptionRow is a subscription with whose it is, what of, and where it
// stands in the list.
type SubscriptionRow struct {
	directory.Subscription
	Account directory.AccountID
	Unit    directory.UnitID
	Offer   directory.Offer
	Place   SubscriptionPlace
}

// SubscriptionTotals are how many subscriptions a filter finds, by view.
type SubscriptionTotals struct{ All, OverUsed, Ending, Lapsed int64 }

// SubscriptionSorts lists what the subscriptions can be sorted by.
func SubscriptionSorts() []string {
	return []string{"ends", "customer", "product", "quantity", "starts"}
}

// sorted is the column of a sort, and whether it is a text.
func (p SubscriptionPage) sorted() (column string, text bool) {
	switch p.Sort {
	case "customer":
		return "a.name_folded", true
	case "product":
		return "p.product || '/' || p.edition", true
	case "quantity":
		return "s.quantity", false
	case "starts":
		return "s.starts_at", false
	}
	return "coalesce(s.ends_at, 9223372036854775807)", false
}

// subscriptionsAt writes the conditions of a filter at its moment.
type subscriptionsAt struct {
	SubscriptionFilter
	*Reader
	*args
	now string
}

func (f SubscriptionFilter) at(r *Reader, a *args) subscriptionsAt {
	return subscriptionsAt{f, r, a, a.add(f.Now)}
}

// runs is that a subscription gives seats.
func (c subscriptionsAt) runs(s string) string {
	return `(` + s + `.starts_at <= ` + c.now + ` AND (` + s + `.ends_at IS NULL OR ` + s + `.ends_at > ` + c.now + `))`
}

// over is that a subscription has ended.
func (c subscriptionsAt) over(s string) string {
	return `(` + s + `.ends_at IS NOT NULL AND ` + s + `.ends_at <= ` + c.now + `)`
}

// pools are what pools have: bought by what runs, received from the pool above
// while anything runs somewhere on the way up, and handed on. With goes before a
// statement, and from behind its tables.
func (c subscriptionsAt) pools() (with, from string) {
	of := func(column string) string { return within(c.Reader, column, c.Within, c.args) }
	with = `WITH RECURSIVE bought(pool_key, seats) AS (
			SELECT pool_key, sum(quantity) FROM subscription n WHERE ` + c.runs("n") + of("n.account_key") + ` GROUP BY pool_key),
		above(pool_key, up) AS (
			SELECT c.key, c.parent_key FROM seat_pool c WHERE c.parent_key IS NOT NULL AND c.allotted > 0` + of("c.account_key") + `
			UNION SELECT w.pool_key, c.parent_key FROM above w JOIN seat_pool c ON c.key = w.up WHERE c.parent_key IS NOT NULL AND c.allotted > 0),
		receives(pool_key) AS (SELECT DISTINCT w.pool_key FROM above w JOIN bought n ON n.pool_key = w.up),
		handed(pool_key, seats) AS (
			SELECT parent_key, sum(allotted) FROM seat_pool c WHERE c.parent_key IS NOT NULL` + of("c.account_key") + ` GROUP BY parent_key) `
	from = ` LEFT JOIN bought b ON b.pool_key = p.key LEFT JOIN receives v ON v.pool_key = p.key LEFT JOIN handed h ON h.pool_key = p.key`
	return with, from
}

// overUsed is that more seats are held and handed on of the pool than it has.
func (c subscriptionsAt) overUsed() string {
	return `(` + c.runs("s") + ` AND p.held + coalesce(h.seats, 0) > coalesce(b.seats, 0) + CASE WHEN v.pool_key IS NULL THEN 0 ELSE p.allotted END)`
}

// ends is that a subscription runs and is over within so many days.
func (c subscriptionsAt) ends(days int) string {
	return `(` + c.runs("s") + ` AND s.ends_at <= ` + c.add(c.Now.AddDate(0, 0, days)) + `)`
}

// lapsed is the last subscription that has ended of a pool that gives nothing any
// more and of which seats are held.
func (c subscriptionsAt) lapsed() string {
	return `(` + c.over("s") + ` AND p.held > 0 AND b.seats IS NULL AND v.pool_key IS NULL AND NOT EXISTS (SELECT 1 FROM subscription n
		WHERE n.pool_key = s.pool_key AND ` + c.over("n") + ` AND (n.ends_at > s.ends_at OR n.ends_at = s.ends_at AND n.key > s.key)))`
}

// where is the filter without its view.
func (c subscriptionsAt) where() string {
	parts := []string{"1 = 1" + within(c.Reader, "s.account_key", c.Within, c.args)}
	if len(c.Products) > 0 {
		parts = append(parts, `(p.product`+inTexts(c.Reader, c.Products, c.args)+` OR p.product || '/' || p.edition`+inTexts(c.Reader, c.Products, c.args)+`)`)
	}
	if len(c.States) > 0 {
		of := map[string]string{"coming": `s.starts_at > ` + c.now, "running": c.runs("s"), "over": c.over("s")}
		any := []string{"1 = 0"}
		for _, state := range c.States {
			if condition, known := of[state]; known {
				any = append(any, condition)
			}
		}
		parts = append(parts, `(`+strings.Join(any, " OR ")+`)`)
	}
	if c.Days > 0 {
		parts = append(parts, c.ends(c.Days))
	}
	if sought := strings.TrimSpace(c.Search); sought != "" {
		parts = append(parts, `s.account_key IN (SELECT a.key FROM account a WHERE `+soughtAccount(sought, c.args)+`)`)
	}
	return strings.Join(parts, " AND ")
}

// view is the condition of the filter's view, and whether it asks what pools have.
func (c subscriptionsAt) view() (condition string, pools bool) {
	switch c.View {
	case SubscriptionsOverUsed:
		return c.overUsed(), true
	case SubscriptionsEnding:
		return c.ends(EndingDays), false
	case SubscriptionsLapsed:
		return c.lapsed(), true
	}
	return c.all(), false
}

// all is the view of all: those that are over only when asked for.
func (c subscriptionsAt) all() string {
	if len(c.States) > 0 {
		return "1 = 1"
	}
	return "NOT " + c.over("s")
}

// SubscriptionTotals counts the subscriptions of a filter, all of them and by
// view, in one statement.
func (r *Reader) SubscriptionTotals(ctx context.Context, f SubscriptionFilter) (SubscriptionTotals, error) {
	var a args
	c := f.at(r, &a)
	with, from := c.pools()
	query := with + `SELECT count(CASE WHEN ` + c.all() + ` THEN 1 END), count(CASE WHEN ` + c.overUsed() + ` THEN 1 END),
		count(CASE WHEN ` + c.ends(EndingDays) + ` THEN 1 END), count(CASE WHEN ` + c.lapsed() + ` THEN 1 END)
		FROM subscription s JOIN seat_pool p ON p.key = s.pool_key` + from + ` WHERE ` + c.where()
	totals, err := one(ctx, r, query, a, func(row scanner) (SubscriptionTotals, error) {
		var t SubscriptionTotals
		return t, row.Scan(&t.All, &t.OverUsed, &t.Ending, &t.Lapsed)
	})
	if err != nil {
		return totals, fmt.Errorf("count subscriptions: %w", err)
	}
	return totals, nil
}

// Subscriptions reads one part of all customers' subscriptions.
func (r *Reader) Subscriptions(ctx context.Context, page SubscriptionPage) ([]SubscriptionRow, error) {
	var a args
	c := page.Filter.at(r, &a)
	condition, pools := c.view()
	column, text := page.sorted()
	from, with := `FROM subscription s JOIN seat_pool p ON p.key = s.pool_key JOIN account a ON a.key = s.account_key`, ""
	if pools {
		before, behind := c.pools()
		with, from = before, from+behind
	}
	back := page.Before != nil
	order, way := "", ">"
	if page.Descending != back {
		order, way = " DESC", "<"
	}
	where := c.where() + ` AND ` + condition
	for _, place := range []*SubscriptionPlace{page.After, page.Before} {
		if place == nil {
			continue
		}
		value := any(place.Number)
		if text {
			value = place.Text
		}
		where += ` AND (` + column + `, s.key) ` + way + ` (` + a.add(value) + `, ` + a.add(place.Key) + `)`
	}
	query := with + `SELECT ` + subscriptionColumns + `, s.account_key, p.unit_key, p.product, p.edition, ` + column + ` ` + from +
		` WHERE ` + where + ` ORDER BY ` + column + order + `, s.key` + order + atMost(page.Size)
	rows, err := collect(ctx, r, query, a, func(row scanner) (SubscriptionRow, error) { return scanSubscriptionRow(row, text) })
	if err != nil {
		return nil, fmt.Errorf("list subscriptions: %w", err)
	}
	if back {
		slices.Reverse(rows)
	}
	return rows, nil
}

func scanSubscriptionRow(row scanner, text bool) (SubscriptionRow, error) {
	var s SubscriptionRow
	var starts, ends micros
	sorted := any(&s.Place.Number)
	if text {
		sorted = &s.Place.Text
	}
	err := row.Scan(&s.ID, &s.UUID, &s.Pool, &s.Quantity, &starts, &ends, &s.Reference, &s.PriceNote, &s.External, &s.Noticed, &s.Version,
		&s.Account, &s.Unit, &s.Offer.Product, &s.Offer.Edition, sorted)
	s.Starts, s.Ends, s.Place.Key = starts.Time, ends.Time, s.ID
	return s, err
}

// StockOf reads what there is to say of some pools, of any accounts: they, those
// above them and those directly below, with all their subscriptions.
func (r *Reader) StockOf(ctx context.Context, pools []directory.PoolID) (*directory.Stock, error) {
	if len(pools) == 0 {
		return directory.NewStock(nil, nil), nil
	}
	var a args
	of := inKeys(r, pools, &a)
	query := `WITH RECURSIVE up(key) AS (SELECT key FROM seat_pool WHERE key` + of + `
			UNION SELECT c.parent_key FROM up JOIN seat_pool c ON c.key = up.key WHERE c.parent_key IS NOT NULL)
		SELECT ` + poolColumns + ` FROM seat_pool p WHERE p.key IN (SELECT key FROM up) OR p.parent_key` + of + ` ORDER BY p.key`
	found, err := collect(ctx, r, query, a, scanPool)
	if err != nil {
		return nil, fmt.Errorf("read pools of seats: %w", err)
	}
	keys := make([]directory.PoolID, len(found))
	for i, p := range found {
		keys[i] = p.ID
	}
	a = nil
	subscriptions, err := collect(ctx, r, `SELECT `+subscriptionColumns+` FROM subscription s WHERE s.pool_key`+inKeys(r, keys, &a)+` ORDER BY s.starts_at, s.key`, a, scanSubscription)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	return directory.NewStock(found, subscriptions), nil
}
