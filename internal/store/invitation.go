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
	First   bool // the member is new, there is none to replace
}

// InsertInvitations writes new invitations of an account.
type InsertInvitations struct {
	Account directory.AccountID
	Rows    []InvitationRow
}

func (c InsertInvitations) apply(ctx context.Context, tx *Tx) error {
	var members []directory.MemberID
	rows := make([][]any, len(c.Rows))
	for i, v := range c.Rows {
		if !v.First {
			members = append(members, v.Member)
		}
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
	if len(c.Members) == 0 {
		return nil
	}
	var a args
	query := `UPDATE invitation SET state = ` + a.add(c.State) + `, ended_at = ` + a.add(tx.Now) +
		` WHERE state = 'open' AND member_key` + inKeys(tx.Reader, c.Members, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end invitations: %w", err)
	}
	return nil
}

// ReopenInvitations lets the invitations of members that ended at these moments stand
// again, as they stood: their links open what they opened, as long as they would have.
type ReopenInvitations struct {
	Members []directory.MemberID
	At      []time.Time
}

func (c ReopenInvitations) apply(ctx context.Context, tx *Tx) error {
	var a args
	of := ` WHERE state IN ('withdrawn', 'replaced') AND ended_at` + inKeys(tx.Reader, microsOf(c.At), &a) + ` AND member_key` + inKeys(tx.Reader, c.Members, &a)
	query := `UPDATE invitation SET state = 'open', ended_at = NULL WHERE key IN (SELECT max(key) FROM invitation` + of + ` GROUP BY member_key)
		AND NOT EXISTS (SELECT 1 FROM invitation o WHERE o.member_key = invitation.member_key AND o.state = 'open')`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("let invitations stand again: %w", err)
	}
	return nil
}

const invitationColumns = `i.key, i.account_key, i.member_key, i.user_key, i.state, i.created_by, i.created_at, i.expires_at`

func scanInvitation(row scanner) (directory.Invitation, error) {
	var v directory.Invitation
	var created, expires micros
	err := row.Scan(&v.ID, &v.Account, &v.Member, &v.User, &v.State, &v.By, &created, &expires)
	v.Created, v.Expires = created.Time, expires.Time
	return v, err
}

// InvitationByDigest reads the invitation of a token's digest; it refuses with
// invitation.unknown.
func (r *Reader) InvitationByDigest(ctx context.Context, digest []byte) (directory.Invitation, error) {
	var a args
	return r.invitation(ctx, `i.digest = `+a.add(digest), a)
}

// OpenInvitation reads the open invitation of a member; it refuses with
// invitation.unknown when there is none.
func (r *Reader) OpenInvitation(ctx context.Context, member directory.MemberID) (directory.Invitation, error) {
	var a args
	return r.invitation(ctx, `i.state = 'open' AND i.member_key = `+a.add(member), a)
}

func (r *Reader) invitation(ctx context.Context, where string, a args) (directory.Invitation, error) {
	v, err := one(ctx, r, `SELECT `+invitationColumns+` FROM invitation i WHERE `+where, a, scanInvitation)
	if isNoRows(err) {
		return v, directory.Refuse(directory.NotFound, "invitation.unknown")
	}
	if err != nil {
		return v, fmt.Errorf("read invitation: %w", err)
	}
	return v, nil
}

// OpenInvitationsOf lists the open invitations of a person, newest first, at
// most 100.
func (r *Reader) OpenInvitationsOf(ctx context.Context, user directory.UserID) ([]directory.Invitation, error) {
	var a args
	query := `SELECT ` + invitationColumns + ` FROM invitation i WHERE i.state = 'open' AND i.user_key = ` + a.add(user) +
		` ORDER BY i.created_at DESC, i.key DESC LIMIT 100`
	invitations, err := collect(ctx, r, query, a, scanInvitation)
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	return invitations, nil
}
