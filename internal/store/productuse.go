package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/directory"
)

// A ProductUse is that somebody used a product on a day, as days since 1970
// (APP-5).
type ProductUse struct {
	Member  directory.MemberID
	Product string
	Day     int64
}

// NoteUses writes on which day products were used last. Each pair of member and
// product may come once.
func (tx *Tx) NoteUses(ctx context.Context, uses []ProductUse) error {
	uses = slices.Clone(uses)
	slices.SortFunc(uses, func(a, b ProductUse) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Product, b.Product), cmp.Compare(b.Day, a.Day))
	})
	uses = slices.CompactFunc(uses, func(a, b ProductUse) bool { return a.Member == b.Member && a.Product == b.Product })
	rows := make([][]any, len(uses))
	for i, u := range uses {
		rows[i] = []any{u.Member, u.Product, u.Day}
	}
	over := `ON CONFLICT (member_key, product) DO UPDATE SET used_on = excluded.used_on WHERE excluded.used_on > product_use.used_on`
	if _, err := tx.bulkInsert(ctx, "product_use", []string{"member_key", "product", "used_on"}, rows, over); err != nil {
		return fmt.Errorf("note uses of products: %w", err)
	}
	return nil
}

// HoldsElsewhere reports whether a user holds a seat of a product in another
// account where it counts: they are active there, the account is open, and its pool
// gives seats (EXT-3).
func (r *Reader) HoldsElsewhere(ctx context.Context, user directory.UserID, not directory.AccountID, product string, now time.Time) (bool, error) {
	var a args
	query := `SELECT a.key, s.pool_key FROM member m JOIN account a ON a.key = m.account_key
		JOIN seat s ON s.member_key = m.key AND s.valid_to IS NULL
		WHERE m.user_key = ` + a.add(user) + ` AND m.account_key <> ` + a.add(not) + ` AND m.removed_at IS NULL AND m.status = ` + a.add(directory.Active) +
		` AND (m.ends_at IS NULL OR m.ends_at > ` + a.add(now) + `) AND a.state = 'open' AND s.product = ` + a.add(product)
	type place struct {
		account directory.AccountID
		pool    directory.PoolID
	}
	places, err := collect(ctx, r, query, a, func(row scanner) (p place, err error) { return p, row.Scan(&p.account, &p.pool) })
	if err != nil {
		return false, fmt.Errorf("look for a seat elsewhere: %w", err)
	}
	for _, p := range places {
		stock, err := r.Stock(ctx, p.account)
		if err != nil {
			return false, err
		}
		if stock.Alive(p.pool, now) {
			return true, nil
		}
	}
	return false, nil
}

// UsesOf reads when the members of an account used a product last, by member.
func (r *Reader) UsesOf(ctx context.Context, account directory.AccountID, product string) ([]ProductUse, error) {
	var a args
	query := `SELECT member_key, product, used_on FROM product_use WHERE member_key >= ` + a.add(directory.NewKey(account, 0)) + ` AND member_key < ` +
		a.add(directory.NewKey(account+1, 0)) + ` AND product = ` + a.add(product) + ` ORDER BY member_key`
	uses, err := collect(ctx, r, query, a, func(row scanner) (u ProductUse, err error) { return u, row.Scan(&u.Member, &u.Product, &u.Day) })
	if err != nil {
		return nil, fmt.Errorf("read uses of products: %w", err)
	}
	return uses, nil
}

// UnusedSeats counts, by pool, the seats of some pools that were given before a
// moment and whose holder has not used the product since a day (REP-3).
func (r *Reader) UnusedSeats(ctx context.Context, pools []directory.PoolID, given time.Time, day int64) (map[directory.PoolID]int64, error) {
	var a args
	query := `SELECT s.pool_key, count(*) FROM seat s WHERE s.valid_to IS NULL AND s.pool_key` + inKeys(r, pools, &a) + ` AND s.valid_from <= ` + a.add(given) + `
		AND NOT EXISTS (SELECT 1 FROM product_use u WHERE u.member_key = s.member_key AND u.product = s.product AND u.used_on >= ` + a.add(day) + `)
		GROUP BY s.pool_key`
	type unused struct {
		pool directory.PoolID
		n    int64
	}
	rows, err := collect(ctx, r, query, a, func(row scanner) (u unused, err error) { return u, row.Scan(&u.pool, &u.n) })
	if err != nil {
		return nil, fmt.Errorf("count unused seats: %w", err)
	}
	counts := make(map[directory.PoolID]int64, len(rows))
	for _, u := range rows {
		counts[u.pool] = u.n
	}
	return counts, nil
}
