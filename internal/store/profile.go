package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// byItself before a column keeps the database from looking through an account for
// what a key of its own finds: SQLite would walk an index of the whole account.
const byItself = `+`

// MemberKeysByUUID finds the keys of public ids within one account; ids of
// nobody there are left out (USER-5).
func (r *Reader) MemberKeysByUUID(ctx context.Context, account directory.AccountID, uuids []string) (map[string]directory.MemberID, error) {
	found := make(map[string]directory.MemberID, len(uuids))
	var a args
	query := `SELECT m.uuid, m.key FROM member m WHERE ` + byItself + `m.account_key = ` + a.add(account) + ` AND m.removed_at IS NULL AND m.uuid` + inTexts(r, uuids, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var uuid string
		var key directory.MemberID
		err := row.Scan(&uuid, &key)
		found[uuid] = key
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find members by id: %w", err)
	}
	return found, nil
}

// UnitKeysByUUID finds the keys of public ids of units within one account.
func (r *Reader) UnitKeysByUUID(ctx context.Context, account directory.AccountID, uuids []string) ([]directory.UnitID, error) {
	if len(uuids) == 0 {
		return nil, nil
	}
	var a args
	query := `SELECT key FROM unit WHERE ` + byItself + `account_key = ` + a.add(account) + ` AND uuid` + inTexts(r, uuids, &a)
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.UnitID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("find units by id: %w", err)
	}
	return keys, nil
}

// An Invitation is the newest invitation of a member.
type Invitation struct {
	State   string
	Sent    time.Time
	Expires time.Time
}

// LastInvitation reads the newest invitation of a member; the zero value when
// there was none.
func (r *Reader) LastInvitation(ctx context.Context, member directory.MemberID) (Invitation, error) {
	var a args
	of := a.add(member)
	query := `SELECT state, created_at, expires_at FROM invitation
		WHERE user_key = (SELECT m.user_key FROM member m WHERE m.key = ` + of + `) AND member_key = ` + of + ` ORDER BY key DESC LIMIT 1`
	v, err := one(ctx, r, query, a, func(row scanner) (Invitation, error) {
		var v Invitation
		var sent, expires micros
		err := row.Scan(&v.State, &sent, &expires)
		v.Sent, v.Expires = sent.Time, expires.Time
		return v, err
	})
	if err != nil && !isNoRows(err) {
		return v, fmt.Errorf("read invitation: %w", err)
	}
	return v, nil
}

// UnitsAbove reads units with all units on the way to the root, in the order in
// which a tree is drawn: each after the one above it.
func (r *Reader) UnitsAbove(ctx context.Context, units []directory.UnitID) ([]directory.Unit, error) {
	var a args
	query := `
		WITH RECURSIVE above (key, parent_key) AS (
			SELECT u.key, u.parent_key FROM unit u WHERE u.key` + inKeys(r, units, &a) + `
			UNION
			SELECT u.key, u.parent_key FROM unit u JOIN above b ON u.key = b.parent_key
		)
		SELECT u.key, u.uuid, coalesce(u.parent_key, 0), u.level, u.name FROM unit u WHERE u.key IN (SELECT key FROM above)
		ORDER BY u.name_folded, u.key`
	found, err := collect(ctx, r, query, a, func(row scanner) (directory.Unit, error) {
		var u directory.Unit
		return u, row.Scan(&u.ID, &u.UUID, &u.Parent, &u.Level, &u.Name)
	})
	if err != nil {
		return nil, fmt.Errorf("read units above: %w", err)
	}
	return depthFirst(found, 0), nil
}

func depthFirst(units []directory.Unit, parent directory.UnitID) []directory.Unit {
	var ordered []directory.Unit
	for _, u := range units {
		if u.Parent == parent {
			ordered = append(append(ordered, u), depthFirst(units, u.ID)...)
		}
	}
	return ordered
}

// EndedPlaces finds members whose end date is past, by key after the one given,
// at most limit (USER-6). A closed account keeps its people as they are (ACC-12).
func (r *Reader) EndedPlaces(ctx context.Context, now time.Time, after directory.MemberID, limit int) ([]directory.MemberID, error) {
	var a args
	query := `SELECT m.key FROM member m JOIN account o ON o.key = m.account_key WHERE m.ends_at <= ` + a.add(now) +
		` AND m.removed_at IS NULL AND o.state <> 'closed' AND m.key > ` + a.add(after) + ` ORDER BY m.key` + atMost(limit)
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read ended places: %w", err)
	}
	return keys, nil
}
