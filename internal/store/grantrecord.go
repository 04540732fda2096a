package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A GrantRecord is one role held at a unit, by public ids.
type GrantRecord struct {
	ID     directory.GrantID
	Member string
	Role   directory.RoleID
	Unit   directory.UnitID
	From   time.Time
}

// A GrantQuery says which grants are read: those at units, or of members whose
// home unit is, in Scope; zero leaves a filter out.
type GrantQuery struct {
	Account directory.AccountID
	Scope   authz.Scope
	Member  directory.MemberID
	Role    directory.RoleID
	Unit    directory.UnitID
	After   directory.GrantID
	Size    int
}

func (q GrantQuery) where(r *Reader, a *args) string {
	text := ` FROM "grant" g JOIN member m ON m.key = g.member_key WHERE g.account_key = ` + a.add(q.Account) +
		` AND g.valid_to IS NULL AND m.removed_at IS NULL`
	if q.Member != 0 {
		text += ` AND g.member_key = ` + a.add(q.Member)
	}
	if q.Role != 0 {
		text += ` AND g.role_key = ` + a.add(q.Role)
	}
	if q.Unit != 0 {
		text += ` AND g.unit_key = ` + a.add(q.Unit)
	}
	if !q.Scope.All() {
		text += ` AND (g.unit_key` + inKeys(r, q.Scope.Units(), a) + ` OR m.unit_key` + inKeys(r, q.Scope.Units(), a) + `)`
	}
	return text
}

// GrantRecords reads grants that hold now, in the order in which they were given.
func (r *Reader) GrantRecords(ctx context.Context, q GrantQuery) ([]GrantRecord, error) {
	var a args
	query := `SELECT g.key, m.uuid, g.role_key, g.unit_key, g.valid_from` + q.where(r, &a) +
		` AND g.key > ` + a.add(q.After) + ` ORDER BY g.key LIMIT ` + a.add(q.Size)
	found, err := collect(ctx, r, query, a, func(row scanner) (GrantRecord, error) {
		var g GrantRecord
		var from micros
		err := row.Scan(&g.ID, &g.Member, &g.Role, &g.Unit, &from)
		g.From = from.Time
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	return found, nil
}

// GrantTotal counts what GrantRecords reads on all pages.
func (r *Reader) GrantTotal(ctx context.Context, q GrantQuery) (int64, error) {
	var a args
	query := `SELECT count(*)` + q.where(r, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count grants: %w", err)
	}
	return n, nil
}
