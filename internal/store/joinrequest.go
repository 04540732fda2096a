package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// CloseJoinRequests ends a person's waiting requests into an account: they came
// in another way (JOIN-1). None waiting is no error.
type CloseJoinRequests struct {
	User    directory.UserID
	Account directory.AccountID
}

func (c CloseJoinRequests) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE join_request SET state = 'closed', decided_at = ` + a.add(tx.Now) +
		` WHERE user_key = ` + a.add(c.User) + ` AND account_key = ` + a.add(c.Account) + ` AND state = 'waiting'`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("close join requests: %w", err)
	}
	return nil
}
