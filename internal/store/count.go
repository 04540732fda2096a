package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// Counts are the figures every page of an account shows.
type Counts struct {
	Sequence int64 // of the account when they were counted
	ByStatus [5]int64
	Waiting  int64 // join requests
}

// Members is how many people are in the account.
func (c Counts) Members() int64 {
	var n int64
	for _, of := range c.ByStatus {
		n += of
	}
	return n
}

// Counts counts an account's members by status and its waiting requests.
func (r *Reader) Counts(ctx context.Context, account directory.AccountID) (Counts, error) {
	var c Counts
	var a args
	query := `SELECT status, count(*) FROM member WHERE account_key = ` + a.add(account) + ` AND removed_at IS NULL GROUP BY status`
	err := each(ctx, r, query, a, func(row scanner) error {
		var status directory.Status
		var n int64
		if err := row.Scan(&status, &n); err != nil {
			return err
		}
		c.ByStatus[status] = n
		return nil
	})
	if err != nil {
		return c, fmt.Errorf("count members: %w", err)
	}
	a = nil
	query = `SELECT count(*) FROM join_request WHERE account_key = ` + a.add(account) + ` AND state = 'waiting'`
	if c.Waiting, err = one(ctx, r, query, a, scanInt64); err != nil {
		return c, fmt.Errorf("count requests: %w", err)
	}
	c.Sequence, err = r.Sequence(ctx, account)
	return c, err
}
