package store

import (
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

// NoteUses writes on which day products were used last, at the seat and at what
// was brought along, of who has both (APP-5). A day before one that is known
// changes nothing, nor does a use of what is held no longer.
func (tx *Tx) NoteUses(ctx context.Context, uses []ProductUse) error {
	last := map[holding]int64{}
	var members []directory.MemberID
	for _, u := range uses {
		h := holding{u.Member, u.Product}
		last[h] = max(last[h], u.Day)
		members = append(members, u.Member)
	}
	slices.Sort(members)
	members = slices.Compact(members)
	for _, table := range []string{"seat", "external_subscription"} {
		if err := tx.noteUses(ctx, table, members, last); err != nil {
			return fmt.Errorf("note uses of products: %w", err)
		}
	}
	return nil
}

// A holding is that a member has a product.
type holding struct {
	member  directory.MemberID
	product string
}

func (tx *Tx) noteUses(ctx context.Context, table string, members []directory.MemberID, last map[holding]int64) error {
	var a args
	query := `SELECT key, member_key, product, used_on FROM ` + table + ` WHERE valid_to IS NULL AND member_key` + inKeys(tx.Reader, members, &a) + ` ORDER BY key`
	var later [][]any
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var key, known int64
		var h holding
		if err := row.Scan(&key, &h.member, &h.product, &known); err != nil {
			return err
		}
		if day := last[h]; day > known {
			later = append(later, []any{key, day})
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.bulkUpdate(ctx, table, "key", []string{"used_on"}, later)
	return err
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

// UnusedSeats counts, by pool, the seats of some pools that were given before a
// moment and whose holder has not used the product since a day (REP-3).
func (r *Reader) UnusedSeats(ctx context.Context, pools []directory.PoolID, given time.Time, day int64) (map[directory.PoolID]int64, error) {
	var a args
	query := `SELECT p.key, (SELECT count(*) FROM seat s WHERE s.pool_key = p.key AND s.valid_to IS NULL AND s.used_on < ` + a.add(day) +
		` AND s.valid_from <= ` + a.add(given) + `) FROM seat_pool p WHERE p.key` + inKeys(r, pools, &a)
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
