package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// DomainVerified reports whether a mail domain is known to be the account's
// (USER-1).
func (r *Reader) DomainVerified(ctx context.Context, account directory.AccountID, domain string) (bool, error) {
	var a args
	query := `SELECT count(*) FROM domain WHERE account_key = ` + a.add(account) + ` AND name = ` + a.add(domain) + ` AND verified_at IS NOT NULL`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return false, fmt.Errorf("read domain: %w", err)
	}
	return n > 0, nil
}
