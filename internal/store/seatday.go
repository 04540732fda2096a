package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// keepSeatDay keeps what a pool counts as that of the day, over what was kept of it
// before. Nothing waits for it on PostgreSQL.
func (tx *Tx) keepSeatDay(ctx context.Context, pool directory.PoolID) error {
	var a args
	query := `INSERT INTO seat_day (pool_key, day, held) SELECT key, CAST(` + a.add(directory.DayNumber(tx.Now)) + ` AS BIGINT), held FROM seat_pool WHERE key = ` + a.add(pool) +
		` ON CONFLICT (pool_key, day) DO UPDATE SET held = excluded.held`
	if err := tx.unwaited(ctx, query, a); err != nil {
		return fmt.Errorf("keep the seats of a day: %w", err)
	}
	return nil
}

// SeatDays reads what the pools of an account held at the end of the days on which
// that changed, by pool and day: those since a day, and the last one before it.
func (r *Reader) SeatDays(ctx context.Context, account directory.AccountID, since int64) ([]directory.SeatDay, error) {
	var a args
	query := `SELECT d.pool_key, d.day, d.held FROM seat_pool p JOIN seat_day d ON d.pool_key = p.key
		WHERE p.account_key = ` + a.add(account) + ` AND d.day >= coalesce((SELECT max(b.day) FROM seat_day b WHERE b.pool_key = p.key AND b.day < ` + a.add(since) + `), 0)
		ORDER BY 1, 2`
	days, err := collect(ctx, r, query, a, func(row scanner) (d directory.SeatDay, err error) {
		return d, row.Scan(&d.Pool, &d.Day, &d.Held)
	})
	if err != nil {
		return nil, fmt.Errorf("read the seats of days: %w", err)
	}
	return days, nil
}

// Terms reads what the subscriptions of an account said from when to when, as far
// as they said it after a moment (HIST-5).
func (r *Reader) Terms(ctx context.Context, account directory.AccountID, after time.Time) ([]directory.PastTerm, error) {
	var a args
	query := `SELECT pool_key, quantity, starts_at, ends_at, valid_from, valid_to FROM subscription_term
		WHERE account_key = ` + a.add(account) + ` AND (valid_to IS NULL OR valid_to > ` + a.add(after) + `) AND (ends_at IS NULL OR ends_at > ` + a.add(after) + `) ORDER BY key`
	terms, err := collect(ctx, r, query, a, func(row scanner) (directory.PastTerm, error) {
		var t directory.PastTerm
		var starts, ends, from, to micros
		err := row.Scan(&t.Pool, &t.Quantity, &starts, &ends, &from, &to)
		t.Starts, t.Ends, t.From, t.To = starts.Time, ends.Time, from.Time, to.Time
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what subscriptions said: %w", err)
	}
	return terms, nil
}
