package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// An InvitationRow is a new open invitation; any other open one of the member
// is replaced by it, and its link dies (INV-3).
type InvitationRow struct {
	ID      directory.InvitationID
	Member  directory.MemberID
	User    directory.UserID
	Digest  []byte
	By      directory.UserID
	Expires time.Time
}

// InsertInvitations writes new invitations of an account.
type InsertInvitations struct {
	Account directory.AccountID
	Rows    []InvitationRow
}

func (c InsertInvitations) apply(ctx context.Context, tx *Tx) error {
	members := make([]directory.MemberID, len(c.Rows))
	rows := make([][]any, len(c.Rows))
	for i, v := range c.Rows {
		members[i] = v.Member
		rows[i] = []any{v.ID, c.Account, v.Member, v.User, v.Digest, "open", tx.Now, v.By, v.Expires}
	}
	if err := (EndInvitations{Members: members, State: "replaced"}).apply(ctx, tx); err != nil {
		return err
	}
	columns := []string{"key", "account_key", "member_key", "user_key", "digest", "state", "created_at", "created_by", "expires_at"}
	if _, err := tx.bulkInsert(ctx, "invitation", columns, rows, ""); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	return nil
}

// EndInvitations ends the open invitations of members: withdrawn, accepted or
// replaced.
type EndInvitations struct {
	Members []directory.MemberID
	State   string
}

func (c EndInvitations) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE invitation SET state = ` + a.add(c.State) + `, ended_at = ` + a.add(tx.Now) +
		` WHERE state = 'open' AND member_key` + inKeys(tx.Reader, c.Members, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end invitations: %w", err)
	}
	return nil
}
