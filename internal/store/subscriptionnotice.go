package store

import (
	"context"
	"fmt"
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

// EndingSubscriptions lists those that end before a moment and of which it is not
// told yet that they are over, in the order of their ends, after one given.
func (r *Reader) EndingSubscriptions(ctx context.Context, before time.Time, after EndingSubscription, size int) ([]EndingSubscription, error) {
	var a args
	query := `SELECT ` + subscriptionColumns + `, s.account_key, a.type FROM subscription s JOIN account a ON a.key = s.account_key
		WHERE s.ends_at IS NOT NULL AND s.noticed >= 0 AND s.ends_at < ` + a.add(before)
	if after.ID != 0 {
		ends := a.add(after.Ends)
		query += ` AND s.ends_at >= ` + ends + ` AND (s.ends_at > ` + ends + ` OR s.key > ` + a.add(after.ID) + `)`
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
