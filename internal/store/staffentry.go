package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// InsertStaffEntry puts a member of the vendor's staff inside an account, in
// the session of the digest (VEND-2).
type InsertStaffEntry struct {
	Entry  StaffEntry
	Digest []byte
}

func (c InsertStaffEntry) apply(ctx context.Context, tx *Tx) error {
	e := c.Entry
	columns := []string{"key", "account_key", "user_key", "reason", "created_at", "expires_at"}
	row := []any{e.Key, e.Account, e.User, e.Reason, tx.Now, e.Expires}
	if _, err := tx.bulkInsert(ctx, "staff_entry", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("enter account: %w", err)
	}
	var a args
	query := `UPDATE session SET entry_key = ` + a.add(e.Key) + ` WHERE digest = ` + a.add(c.Digest) + ` AND user_key = ` + a.add(e.User)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("enter account in session: %w", err)
	}
	if n == 0 {
		return directory.Refuse(directory.Denied, "sign_in.required")
	}
	return nil
}

// EndStaffEntry takes staff out of an account, in every session of theirs.
type EndStaffEntry struct{ Key int64 }

func (c EndStaffEntry) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE staff_entry SET left_at = ` + a.add(tx.Now) + ` WHERE key = ` + a.add(c.Key) + ` AND left_at IS NULL`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("leave account: %w", err)
	}
	return tx.ClearEntry(ctx, c.Key)
}

// ClearEntry forgets an entry in the sessions that carry it.
func (tx *Tx) ClearEntry(ctx context.Context, entry int64) error {
	var a args
	if _, err := exec(ctx, tx, `UPDATE session SET entry_key = NULL WHERE entry_key = `+a.add(entry), a); err != nil {
		return fmt.Errorf("clear entry in sessions: %w", err)
	}
	return nil
}

// StaffEntries lists when the vendor's staff were inside an account, the latest
// first.
func (r *Reader) StaffEntries(ctx context.Context, account directory.AccountID, limit int) ([]StaffEntry, error) {
	var a args
	query := `SELECT key, account_key, user_key, reason, created_at, expires_at, left_at FROM staff_entry
		WHERE account_key = ` + a.add(account) + ` ORDER BY created_at DESC, key DESC` + atMost(limit)
	entries, err := collect(ctx, r, query, a, scanStaffEntry)
	if err != nil {
		return nil, fmt.Errorf("list staff entries: %w", err)
	}
	return entries, nil
}

func scanStaffEntry(row scanner) (StaffEntry, error) {
	var e StaffEntry
	var created, expires, left micros
	err := row.Scan(&e.Key, &e.Account, &e.User, &e.Reason, &created, &expires, &left)
	e.Created, e.Expires, e.Left = created.Time, expires.Time, left.Time
	return e, err
}

// StaffEntry reads one time that the vendor's staff were, or are, inside an
// account. It refuses with not_found.
func (r *Reader) StaffEntry(ctx context.Context, key int64) (StaffEntry, error) {
	var a args
	query := `SELECT key, account_key, user_key, reason, created_at, expires_at, left_at FROM staff_entry WHERE key = ` + a.add(key)
	e, err := one(ctx, r, query, a, scanStaffEntry)
	if isNoRows(err) {
		return e, directory.Refuse(directory.NotFound, "not_found")
	}
	if err != nil {
		return e, fmt.Errorf("read staff entry: %w", err)
	}
	return e, nil
}

// StaffUsers lists the vendor's own people by name.
func (r *Reader) StaffUsers(ctx context.Context) ([]directory.User, error) {
	users, err := collect(ctx, r, `SELECT `+userColumns+` FROM "user" u WHERE u.staff <> '' ORDER BY u.last_name, u.first_name, u.key`, nil, scanUser)
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	return users, nil
}

// FindUsers lists people whose user name or address begins with a text, at most
// limit of them.
func (r *Reader) FindUsers(ctx context.Context, text string, limit int) ([]directory.User, error) {
	var a args
	from := directory.FoldSignIn(text)
	query := `SELECT ` + userColumns + ` FROM "user" u WHERE u.key IN (
		SELECT user_key FROM sign_in_name WHERE folded >= ` + a.add(from) + ` AND folded < ` + a.add(from+"\U0010FFFF") + `
		ORDER BY folded` + atMost(2*limit) + `) ORDER BY u.email_folded, u.key` + atMost(limit)
	users, err := collect(ctx, r, query, a, scanUser)
	if err != nil {
		return nil, fmt.Errorf("find users: %w", err)
	}
	return users, nil
}

// AccountsOfUsers reads the accounts that people have a place in, by person.
func (r *Reader) AccountsOfUsers(ctx context.Context, users []directory.UserID) (map[directory.UserID][]directory.Account, error) {
	found := make(map[directory.UserID][]directory.Account, len(users))
	if len(users) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT m.user_key, ` + accountColumns + ` FROM member m JOIN account a ON a.key = m.account_key
		WHERE m.removed_at IS NULL AND m.user_key` + inKeys(r, users, &a) + ` ORDER BY a.name_folded, a.key`
	err := each(ctx, r, query, a, func(row scanner) error {
		var user directory.UserID
		account, err := scanAccount(prefixed{row, &user})
		found[user] = append(found[user], account)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read accounts of users: %w", err)
	}
	return found, nil
}
