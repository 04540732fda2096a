package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
)

// InsertPools opens pools of seats in an account.
type InsertPools struct {
	Account directory.AccountID
	Pools   []directory.Pool
}

func (c InsertPools) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Pools))
	for i, p := range c.Pools {
		rows[i] = []any{p.ID, p.UUID, c.Account, p.Unit, p.Offer.Product, p.Offer.Edition, orNull(p.Parent), p.Allotted, p.Held, p.Reserved, 1}
	}
	columns := []string{"key", "uuid", "account_key", "unit_key", "product", "edition", "parent_key", "allotted", "held", "reserved", "version"}
	if _, err := tx.bulkInsert(ctx, "seat_pool", columns, rows, ""); err != nil {
		return fmt.Errorf("open pools of seats: %w", err)
	}
	return nil
}

// UpdatePools writes what is allotted to pools of an account, and from where
// (SEAT-10).
type UpdatePools struct {
	Account directory.AccountID
	Pools   []directory.Pool
}

func (c UpdatePools) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Pools))
	for i, p := range c.Pools {
		rows[i] = []any{p.ID, orNull(p.Parent), p.Allotted, p.Version + 1}
	}
	if _, err := tx.bulkUpdate(ctx, "seat_pool", "key", []string{"parent_key", "allotted", "version"}, rows); err != nil {
		return fmt.Errorf("allot seats: %w", err)
	}
	return nil
}

// InsertSubscriptions writes new subscriptions of an account. Terms are the keys
// under which it is kept what they said from when to when (HIST-5), one each.
type InsertSubscriptions struct {
	Account directory.AccountID
	Rows    []directory.Subscription
	Terms   []int64
}

func (c InsertSubscriptions) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Rows))
	for i, s := range c.Rows {
		rows[i] = []any{s.ID, s.UUID, c.Account, s.Pool, s.Quantity, s.Starts, s.Ends, s.Reference, s.PriceNote, s.External, s.Noticed, 1}
	}
	columns := []string{"key", "uuid", "account_key", "pool_key", "quantity", "starts_at", "ends_at", "reference", "price_note", "external_id",
		"noticed", "version"}
	if _, err := tx.bulkInsert(ctx, "subscription", columns, rows, ""); err != nil {
		return fmt.Errorf("add subscriptions: %w", err)
	}
	return tx.openTerms(ctx, c.Account, c.Rows, c.Terms)
}

// UpdateSubscriptions writes subscriptions over the versions they were read in,
// and keeps what they said until now.
type UpdateSubscriptions struct {
	Account directory.AccountID
	Rows    []directory.Subscription
	Terms   []int64
}

func (c UpdateSubscriptions) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Rows))
	keys := make([]directory.SubscriptionID, len(c.Rows))
	for i, s := range c.Rows {
		keys[i] = s.ID
		rows[i] = []any{s.ID, s.Quantity, s.Starts, s.Ends, s.Reference, s.PriceNote, s.External, s.Noticed, s.Version + 1}
	}
	columns := []string{"quantity", "starts_at", "ends_at", "reference", "price_note", "external_id", "noticed", "version"}
	if _, err := tx.bulkUpdate(ctx, "subscription", "key", columns, rows); err != nil {
		return fmt.Errorf("change subscriptions: %w", err)
	}
	var a args
	query := `UPDATE subscription_term SET valid_to = ` + a.add(tx.Now) + ` WHERE valid_to IS NULL AND subscription_key` + inKeys(tx.Reader, keys, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end terms of subscriptions: %w", err)
	}
	return tx.openTerms(ctx, c.Account, c.Rows, c.Terms)
}

func (tx *Tx) openTerms(ctx context.Context, account directory.AccountID, subscriptions []directory.Subscription, keys []int64) error {
	if len(keys) != len(subscriptions) {
		return fmt.Errorf("%d terms of %d subscriptions", len(keys), len(subscriptions))
	}
	rows := make([][]any, len(subscriptions))
	for i, s := range subscriptions {
		rows[i] = []any{keys[i], s.ID, account, s.Pool, s.Quantity, s.Starts, s.Ends, tx.Now}
	}
	columns := []string{"key", "subscription_key", "account_key", "pool_key", "quantity", "starts_at", "ends_at", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "subscription_term", columns, rows, ""); err != nil {
		return fmt.Errorf("keep terms of subscriptions: %w", err)
	}
	return nil
}

const (
	poolColumns         = `p.key, p.uuid, p.unit_key, p.product, p.edition, coalesce(p.parent_key, 0), p.allotted, p.held, p.reserved, p.version`
	subscriptionColumns = `s.key, s.uuid, s.pool_key, s.quantity, s.starts_at, s.ends_at, s.reference, s.price_note, s.external_id, s.noticed, s.version`
)

func scanPool(row scanner) (p directory.Pool, err error) {
	err = row.Scan(&p.ID, &p.UUID, &p.Unit, &p.Offer.Product, &p.Offer.Edition, &p.Parent, &p.Allotted, &p.Held, &p.Reserved, &p.Version)
	return p, err
}

func scanSubscription(row scanner) (directory.Subscription, error) {
	var s directory.Subscription
	var starts, ends micros
	err := row.Scan(&s.ID, &s.UUID, &s.Pool, &s.Quantity, &starts, &ends, &s.Reference, &s.PriceNote, &s.External, &s.Noticed, &s.Version)
	s.Starts, s.Ends = starts.Time, ends.Time
	return s, err
}

// Stock reads all pools and subscriptions of an account, those that are over too.
func (r *Reader) Stock(ctx context.Context, account directory.AccountID) (*directory.Stock, error) {
	var a args
	pools, err := collect(ctx, r, `SELECT `+poolColumns+` FROM seat_pool p WHERE p.account_key = `+a.add(account)+` ORDER BY p.key`, a, scanPool)
	if err != nil {
		return nil, fmt.Errorf("read pools of seats: %w", err)
	}
	if len(pools) == 0 {
		return directory.NewStock(nil, nil), nil
	}
	a = nil
	query := `SELECT ` + subscriptionColumns + ` FROM subscription s WHERE s.account_key = ` + a.add(account) + ` ORDER BY s.starts_at, s.key`
	subscriptions, err := collect(ctx, r, query, a, scanSubscription)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	return directory.NewStock(pools, subscriptions), nil
}

// SubscriptionByUUID reads the subscription of a public id within one account;
// another account's id is refused like an unknown one, with
// subscription.not_found (USER-5).
func (r *Reader) SubscriptionByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Subscription, error) {
	var a args
	query := `SELECT ` + subscriptionColumns + ` FROM subscription s WHERE s.account_key = ` + a.add(account) + ` AND s.uuid = ` + a.add(uuid)
	s, err := one(ctx, r, query, a, scanSubscription)
	if isNoRows(err) {
		return s, directory.Refuse(directory.NotFound, "subscription.not_found")
	}
	if err != nil {
		return s, fmt.Errorf("read subscription: %w", err)
	}
	return s, nil
}

// An EndingSubscription is a subscription of any account whose end may be to be
// told, with the type of the account, which says when.
type EndingSubscription struct {
	directory.Subscription
	Account directory.AccountID
	Type    string
}

// Ending says at which moment it is looked for ends to tell, and how many days
// before an end something is told.
type Ending struct {
	Days []int
	Now  time.Time
}

// due writes which subscriptions have something to tell by how far it is told: as
// many statements as there are steps, each of them a range of one index.
func (e Ending) due(a *args) string {
	days := slices.Compact(slices.Sorted(slices.Values(append([]int{0}, e.Days...))))
	var parts []string
	told := func(noticed, ends string, within int) {
		parts = append(parts, `SELECT key FROM subscription WHERE noticed >= 0 AND ends_at IS NOT NULL AND `+noticed+` AND `+ends+` <= `+a.add(e.Now.AddDate(0, 0, within)))
	}
	const exact, stray = `ends_at`, `+ends_at` // of what a catalogue before told there is little: by how far, not by end
	last := len(days) - 1
	told(`noticed = 0`, exact, days[last])
	told(`noticed > `+a.add(days[last]), stray, days[last])
	for i := last; i > 0; i-- {
		told(`noticed = `+a.add(days[i]), exact, days[i-1])
		told(`noticed > `+a.add(days[i-1])+` AND noticed < `+a.add(days[i]), stray, days[i-1])
	}
	return strings.Join(parts, ` UNION ALL `)
}

// EndingSubscriptions lists those of which there is something to tell: they have
// begun, and are over or end within a number of days of which it is not told yet. In
// the order of their ends, after one given.
func (r *Reader) EndingSubscriptions(ctx context.Context, e Ending, after EndingSubscription, size int) ([]EndingSubscription, error) {
	var a args
	query := `SELECT ` + subscriptionColumns + `, s.account_key, a.type FROM (` + e.due(&a) + `) d JOIN subscription s ON s.key = d.key
		JOIN account a ON a.key = s.account_key WHERE s.starts_at <= ` + a.add(e.Now)
	if after.ID != 0 {
		query += ` AND (s.ends_at, s.key) > (` + a.add(after.Ends) + `, ` + a.add(after.ID) + `)`
	}
	query += ` ORDER BY s.ends_at, s.key` + atMost(size)
	found, err := collect(ctx, r, query, a, func(row scanner) (EndingSubscription, error) {
		var s EndingSubscription
		var starts, ends micros
		err := row.Scan(&s.ID, &s.UUID, &s.Pool, &s.Quantity, &starts, &ends, &s.Reference, &s.PriceNote, &s.External, &s.Noticed, &s.Version,
			&s.Account, &s.Type)
		s.Starts, s.Ends = starts.Time, ends.Time
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("list subscriptions that end: %w", err)
	}
	return found, nil
}

// NoteSubscriptionNotice keeps how far the end of a subscription has been told.
// What it says stays, and so its version.
type NoteSubscriptionNotice struct {
	Subscription directory.SubscriptionID
	Noticed      int
}

func (c NoteSubscriptionNotice) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE subscription SET noticed = ` + a.add(c.Noticed) + ` WHERE key = ` + a.add(c.Subscription)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("note that the end of a subscription is told: %w", err)
	}
	return nil
}

// PassNotice notes that a notice needs no telling, which leaves no history: nothing
// was told.
func (tx *Tx) PassNotice(ctx context.Context, subscription directory.SubscriptionID, noticed int) error {
	return NoteSubscriptionNotice{subscription, noticed}.apply(ctx, tx)
}

// NoteSubscriptionFollowed keeps that another subscription was made to follow one:
// what it says stays, and whoever would make one more from the page on which there
// was none is told (PLAN-4).
type NoteSubscriptionFollowed directory.SubscriptionID

func (c NoteSubscriptionFollowed) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE subscription SET version = version + 1 WHERE key = ` + a.add(c)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("note that a subscription is followed: %w", err)
	}
	return nil
}
