package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// InsertExternal writes a subscription that a member brings along (EXT-1).
type InsertExternal struct {
	Account directory.AccountID
	Row     directory.External
}

func (c InsertExternal) apply(ctx context.Context, tx *Tx) error {
	e := c.Row
	row := []any{e.ID, c.Account, e.Member, e.Product, e.Proof, e.By, e.Ends, 0, tx.Now}
	columns := []string{"key", "account_key", "member_key", "product", "proof", "given_by", "ends_at", "used_on", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "external_subscription", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("note external subscription: %w", err)
	}
	return nil
}

// EndExternals ends what members brought along.
type EndExternals []directory.ExternalID

func (c EndExternals) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE external_subscription SET valid_to = ` + a.add(tx.Now) + ` WHERE valid_to IS NULL AND key` + inKeys(tx.Reader, c, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("end external subscriptions: %w", err)
	}
	return nil
}

const externalColumns = `e.key, e.member_key, e.product, e.proof, e.given_by, e.ends_at, e.valid_from`

func scanExternal(row scanner) (directory.External, error) {
	var e directory.External
	var ends, from micros
	err := row.Scan(&e.ID, &e.Member, &e.Product, &e.Proof, &e.By, &ends, &from)
	e.Ends, e.From = ends.Time, from.Time
	return e, err
}

// ExternalsOf reads what a member brings along, also what is over and was not ended
// yet.
func (r *Reader) ExternalsOf(ctx context.Context, member directory.MemberID) ([]directory.External, error) {
	var a args
	query := `SELECT ` + externalColumns + ` FROM external_subscription e WHERE e.valid_to IS NULL AND e.member_key = ` + a.add(member) + ` ORDER BY e.key`
	found, err := collect(ctx, r, query, a, scanExternal)
	if err != nil {
		return nil, fmt.Errorf("read external subscriptions: %w", err)
	}
	return found, nil
}

// Externals reads those of these keys that were not ended.
func (r *Reader) Externals(ctx context.Context, keys []directory.ExternalID) ([]directory.External, error) {
	var a args
	query := `SELECT ` + externalColumns + ` FROM external_subscription e WHERE e.valid_to IS NULL AND e.key` + inKeys(r, keys, &a) + ` ORDER BY e.key`
	found, err := collect(ctx, r, query, a, scanExternal)
	if err != nil {
		return nil, fmt.Errorf("read external subscriptions: %w", err)
	}
	return found, nil
}

// OverExternals finds what was brought along and is over: by its end, or, proved by
// a seat in another account, to be looked at again. By key after the one given, at
// most limit.
func (r *Reader) OverExternals(ctx context.Context, now time.Time, after directory.ExternalID, limit int) ([]directory.External, error) {
	var a args
	from := `SELECT ` + externalColumns + ` FROM external_subscription e WHERE e.valid_to IS NULL AND e.key > ` + a.add(after)
	query := from + ` AND e.ends_at <= ` + a.add(now) + ` UNION ` + from + ` AND e.proof = ` + a.add(directory.SeatElse) + ` ORDER BY 1` + atMost(limit)
	found, err := collect(ctx, r, query, a, scanExternal)
	if err != nil {
		return nil, fmt.Errorf("read external subscriptions that are over: %w", err)
	}
	return found, nil
}

// CountExternals counts, by product, the members of an account who bring a
// subscription along that is not over (REP-3).
func (r *Reader) CountExternals(ctx context.Context, account directory.AccountID, now time.Time) (map[string]int64, error) {
	var a args
	query := `SELECT e.product, count(*) FROM external_subscription e WHERE e.valid_to IS NULL AND e.account_key = ` + a.add(account) +
		` AND (e.ends_at IS NULL OR e.ends_at > ` + a.add(now) + `) GROUP BY e.product`
	type brought struct {
		product string
		n       int64
	}
	rows, err := collect(ctx, r, query, a, func(row scanner) (b brought, err error) { return b, row.Scan(&b.product, &b.n) })
	if err != nil {
		return nil, fmt.Errorf("count external subscriptions: %w", err)
	}
	counts := make(map[string]int64, len(rows))
	for _, b := range rows {
		counts[b.product] = b.n
	}
	return counts, nil
}
