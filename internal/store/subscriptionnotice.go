package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
)

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
	query += ` ORDER BY s.ends_at, s.key LIMIT ` + a.add(size)
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
