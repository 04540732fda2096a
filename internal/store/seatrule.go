package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// InsertSeatRule writes that people of a function or a unit get seats (SEAT-11).
type InsertSeatRule struct {
	Account directory.AccountID
	Rule    directory.SeatRule
}

func (c InsertSeatRule) apply(ctx context.Context, tx *Tx) error {
	s := c.Rule
	row := []any{s.ID, s.UUID, c.Account, s.Offer.Product, s.Offer.Edition, orNull(s.Function), orNull(s.Unit), s.By, tx.Now}
	columns := []string{"key", "uuid", "account_key", "product", "edition", "role_key", "unit_key", "made_by", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "seat_rule", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("make rule of seats: %w", err)
	}
	return nil
}

// EndSeatRule ends a rule; who got a seat by it keeps it.
type EndSeatRule directory.SeatRuleID

func (c EndSeatRule) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE seat_rule SET valid_to = ` + a.add(tx.Now) + ` WHERE valid_to IS NULL AND key = ` + a.add(c)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end rule of seats: %w", err)
	}
	return nil
}

// SeatRules reads the rules of an account that are in force, in the order they were
// made.
func (r *Reader) SeatRules(ctx context.Context, account directory.AccountID) ([]directory.SeatRule, error) {
	var a args
	query := `SELECT key, uuid, product, edition, coalesce(role_key, 0), coalesce(unit_key, 0), made_by FROM seat_rule
		WHERE valid_to IS NULL AND account_key = ` + a.add(account) + ` ORDER BY key`
	rules, err := collect(ctx, r, query, a, func(row scanner) (s directory.SeatRule, err error) {
		return s, row.Scan(&s.ID, &s.UUID, &s.Offer.Product, &s.Offer.Edition, &s.Function, &s.Unit, &s.By)
	})
	if err != nil {
		return nil, fmt.Errorf("read rules of seats: %w", err)
	}
	return rules, nil
}

// A SeatlessQuery asks for those whom a rule is about and who hold no seat of its
// product: by function, or by their home units.
type SeatlessQuery struct {
	Account  directory.AccountID
	Product  string
	Function directory.RoleID
	Homes    []directory.UnitID
	After    directory.MemberID
	Limit    int
}

func (q SeatlessQuery) where(r *Reader, a *args) string {
	var from string
	if q.Function == 0 {
		from = ` FROM member m WHERE m.unit_key` + inKeys(r, q.Homes, a)
	} else {
		from = ` FROM member_role h JOIN member m ON m.key = h.member_key WHERE h.valid_to IS NULL AND h.role_key = ` + a.add(q.Function)
	}
	return from + ` AND m.account_key = ` + a.add(q.Account) + ` AND m.removed_at IS NULL AND m.status <> ` + a.add(directory.Inactive) +
		` AND NOT EXISTS (SELECT 1 FROM technical_user x WHERE x.user_key = m.user_key)
		AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.member_key = m.key AND s.valid_to IS NULL AND s.product = ` + a.add(q.Product) + `)`
}

// CountSeatless counts them.
func (r *Reader) CountSeatless(ctx context.Context, q SeatlessQuery) (int64, error) {
	var a args
	n, err := one(ctx, r, `SELECT count(*)`+q.where(r, &a), a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count who has no seat: %w", err)
	}
	return n, nil
}

// Seatless reads some of them by key.
func (r *Reader) Seatless(ctx context.Context, q SeatlessQuery) ([]directory.MemberID, error) {
	var a args
	query := `SELECT m.key` + q.where(r, &a) + ` AND m.key > ` + a.add(q.After) + ` ORDER BY m.key LIMIT ` + a.add(q.Limit)
	some, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("list who has no seat: %w", err)
	}
	return some, nil
}
