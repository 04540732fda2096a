package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// The SQL of who is an administrator, once: the rows to start from, who of them is
// a person that can still come, who acts (directory.Member.Administers), and who
// counts for ACC-5 (KeepsAdministered). Everything that counts, names or tells
// administrators is made of these.
const (
	administratorRows = `role o JOIN member_role h ON h.role_key = o.key AND h.valid_to IS NULL
		JOIN member m ON m.key = h.member_key JOIN "user" u ON u.key = m.user_key`
	personPresent      = `m.removed_at IS NULL AND u.kind = 'person' AND u.switched_off_at IS NULL AND u.erased_at IS NULL`
	administratorNamed = `o.kind = 'level' AND o.code = 'administrator' AND ` + personPresent
	administers        = administratorNamed + ` AND m.status = 1`
	keepsAdministered  = administers + ` AND m.ends_at IS NULL`
)

// ActiveAdministrators counts the administrators of an account that count for
// ACC-5, without some of them, and no further than to most: what asks wants to
// know whether enough remain, not how many hundreds there are.
func (r *Reader) ActiveAdministrators(ctx context.Context, account directory.AccountID, without []directory.MemberID, most int64) (int64, error) {
	var a args
	query := `SELECT count(*) FROM (SELECT 1 FROM ` + administratorRows + `
		WHERE o.account_key = ` + a.add(account) + ` AND ` + keepsAdministered + ` AND NOT (m.key` + inKeys(r, without, &a) + `)` + atMost(most) + `) n`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count administrators: %w", err)
	}
	return n, nil
}

// Administrators reads the users who act as administrators of an account, by name,
// at most limit: who is told.
func (r *Reader) Administrators(ctx context.Context, account directory.AccountID, limit int) ([]directory.User, error) {
	return r.AdministratorsBefore(ctx, account, time.Time{}, limit)
}

// AdministratorsBefore reads those of them who have been named before a moment, everybody
// where there is none.
func (r *Reader) AdministratorsBefore(ctx context.Context, account directory.AccountID, before time.Time, limit int) ([]directory.User, error) {
	var a args
	query := `SELECT ` + userColumns + ` FROM ` + administratorRows + ` WHERE o.account_key = ` + a.add(account) + ` AND ` + administers
	if !before.IsZero() {
		query += ` AND h.valid_from < ` + a.add(before)
	}
	query += ` ORDER BY m.name_folded, m.key` + atMost(limit)
	users, err := collect(ctx, r, query, a, scanUser)
	if err != nil {
		return nil, fmt.Errorf("read administrators: %w", err)
	}
	return users, nil
}

// AdministratorKeys reads the members who are named administrators of an account,
// those who are only asked in among them, in the order they got the level, at most
// limit. Who was switched off is none.
func (r *Reader) AdministratorKeys(ctx context.Context, account directory.AccountID, limit int) ([]directory.MemberID, error) {
	var a args
	query := `SELECT m.key FROM ` + administratorRows + `
		WHERE o.account_key = ` + a.add(account) + ` AND ` + administratorNamed + ` AND m.status <> ` + a.add(directory.Inactive) + `
		ORDER BY m.status, h.valid_from, m.key` + atMost(limit)
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read administrators: %w", err)
	}
	return keys, nil
}

// LikelyAdministrator finds the active person without administrator level who was
// there last, to be proposed as second administrator (ACC-6); 0 when nobody was.
func (r *Reader) LikelyAdministrator(ctx context.Context, account directory.AccountID) (directory.MemberID, error) {
	var a args
	query := `
		SELECT m.key FROM member m JOIN "user" u ON u.key = m.user_key
		WHERE m.account_key = ` + a.add(account) + ` AND ` + personPresent + ` AND coalesce(m.last_seen_at, 0) > 0
		  AND m.status = ` + a.add(directory.Active) + ` AND m.ends_at IS NULL
		  AND (m.level_key IS NULL OR m.level_key <> (SELECT o.key FROM role o WHERE o.account_key = m.account_key AND o.kind = 'level'
		       AND o.code = ` + a.add(directory.AdminLevel) + `))
		ORDER BY coalesce(m.last_seen_at, 0) DESC, m.key DESC LIMIT 1`
	key, err := one(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil && !isNoRows(err) {
		return 0, fmt.Errorf("find likely administrator: %w", err)
	}
	return key, nil
}
