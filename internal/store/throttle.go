package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// Throttle claims the count of a scope and a subject until the end of the
// change, so that of two that come at once the second sees what the first
// wrote. One that was never set is zero.
func (tx *Tx) Throttle(ctx context.Context, scope, subject string) (directory.Throttle, error) {
	var a args
	query := `INSERT INTO throttle (scope, subject, since, count) VALUES (` + a.add(scope) + `, ` + a.add(subject) + `, ` +
		a.add(tx.Now) + `, 0) ON CONFLICT (scope, subject) DO UPDATE SET scope = excluded.scope RETURNING since, count`
	t, err := one(ctx, tx.Reader, query, a, func(row scanner) (directory.Throttle, error) {
		var t directory.Throttle
		var since micros
		err := row.Scan(&since, &t.Count)
		t.Since = since.Time
		return t, err
	})
	if err != nil {
		return t, fmt.Errorf("read throttle: %w", err)
	}
	return t, nil
}

// SetThrottle writes a count that Throttle claimed; a count of zero is
// forgotten.
func (tx *Tx) SetThrottle(ctx context.Context, scope, subject string, t directory.Throttle) error {
	var a args
	query := `UPDATE throttle SET since = ` + a.add(t.Since) + `, count = ` + a.add(t.Count) +
		` WHERE scope = ` + a.add(scope) + ` AND subject = ` + a.add(subject)
	if t.Count == 0 {
		a = nil
		query = `DELETE FROM throttle WHERE scope = ` + a.add(scope) + ` AND subject = ` + a.add(subject)
	}
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("write throttle: %w", err)
	}
	return nil
}

// PurgeThrottles removes at most limit counts nobody added to since a time and
// answers how many it removed.
func (tx *Tx) PurgeThrottles(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM throttle WHERE (scope, subject) IN (SELECT scope, subject FROM throttle WHERE since < ` + a.add(before) +
		` ORDER BY since` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge throttles: %w", err)
	}
	return n, nil
}
