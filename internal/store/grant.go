package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// EndGrants ends grants of an account; one that has ended already stays as it
// is. The rows are kept, with from and to (HIST-5).
type EndGrants struct {
	Account directory.AccountID
	Grants  []directory.GrantID
}

func (c EndGrants) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE "grant" SET valid_to = ` + a.add(tx.Now) + ` WHERE account_key = ` + a.add(c.Account) +
		` AND valid_to IS NULL AND key` + inKeys(tx.Reader, c.Grants, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("take roles back: %w", err)
	}
	return nil
}

const grantColumns = `g.key, g.member_key, g.role_key, g.unit_key, g.given_by, g.valid_from`

func scanGrant(row scanner) (directory.Grant, error) {
	var g directory.Grant
	var from micros
	err := row.Scan(&g.ID, &g.Member, &g.Role, &g.Unit, &g.By, &from)
	g.From = from.Time
	return g, err
}

// GrantsOf reads the grants a member holds now.
func (r *Reader) GrantsOf(ctx context.Context, member directory.MemberID) ([]directory.Grant, error) {
	of, err := r.GrantsOfAll(ctx, []directory.MemberID{member})
	return of[member], err
}

// GrantsOfAll reads the grants that members hold now, by member, in the order
// in which they were given.
func (r *Reader) GrantsOfAll(ctx context.Context, members []directory.MemberID) (map[directory.MemberID][]directory.Grant, error) {
	found := make(map[directory.MemberID][]directory.Grant, len(members))
	if len(members) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + grantColumns + ` FROM "grant" g WHERE g.valid_to IS NULL AND g.member_key` + inKeys(r, members, &a) + ` ORDER BY g.key`
	grants, err := collect(ctx, r, query, a, scanGrant)
	if err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	for _, g := range grants {
		found[g.Member] = append(found[g.Member], g)
	}
	return found, nil
}

// GrantsAt says which grants at units are meant: those of members in Scope by
// their home unit, or all where the units themselves are in sight.
type GrantsAt struct {
	Account     directory.AccountID
	Units       []directory.UnitID
	Scope       authz.Scope
	Skip, Limit int
}

// GrantsAt reads who holds roles at units now, by name, and how many grants
// there are in all.
func (r *Reader) GrantsAt(ctx context.Context, at GrantsAt) ([]directory.Grant, int64, error) {
	if len(at.Units) == 0 {
		return nil, 0, nil
	}
	where := func(a *args) string {
		text := ` FROM "grant" g JOIN member m ON m.key = g.member_key
			WHERE g.account_key = ` + a.add(at.Account) + ` AND g.valid_to IS NULL AND m.removed_at IS NULL AND g.unit_key` + inKeys(r, at.Units, a)
		if !at.Scope.All() {
			text += ` AND m.unit_key` + inKeys(r, at.Scope.Units(), a)
		}
		return text
	}
	var a args
	total, err := one(ctx, r, `SELECT count(*)`+where(&a), a, scanInt64)
	if err != nil {
		return nil, 0, fmt.Errorf("count grants at units: %w", err)
	}
	a = nil
	query := `SELECT ` + grantColumns + where(&a) + ` ORDER BY m.name_folded, m.key, g.key` + atMost(at.Limit) + ` OFFSET ` + a.add(at.Skip)
	grants, err := collect(ctx, r, query, a, scanGrant)
	if err != nil {
		return nil, 0, fmt.Errorf("read grants at units: %w", err)
	}
	return grants, total, nil
}

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
		` AND g.key > ` + a.add(q.After) + ` ORDER BY g.key` + atMost(q.Size)
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

// InsertGrants writes new grants of an account.
type InsertGrants struct {
	Account directory.AccountID
	By      directory.UserID
	Grants  []directory.Grant
}

func (c InsertGrants) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Grants))
	for i, g := range c.Grants {
		rows[i] = []any{g.ID, c.Account, g.Member, g.Role, g.Unit, c.By, g.From, g.To}
	}
	columns := []string{"key", "account_key", "member_key", "role_key", "unit_key", "given_by", "valid_from", "valid_to"}
	if _, err := tx.bulkInsert(ctx, `"grant"`, columns, rows, ""); err != nil {
		return fmt.Errorf("give roles: %w", err)
	}
	return nil
}
