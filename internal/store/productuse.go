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

// A SeatClaim is that a user has a seat of a product in another account.
type SeatClaim struct {
	User    directory.UserID
	Product string
}

// HeldElsewhere answers which of some claims are true: a seat in another account
// than the one named counts where its holder is active, the account is open, and its
// pool gives seats (EXT-3).
func (r *Reader) HeldElsewhere(ctx context.Context, not directory.AccountID, claims []SeatClaim, now time.Time) (map[SeatClaim]bool, error) {
	held := map[SeatClaim]bool{}
	if len(claims) == 0 {
		return held, nil
	}
	var users []directory.UserID
	var products []string
	claimed := map[SeatClaim]bool{}
	for _, c := range claims {
		users, products, claimed[c] = append(users, c.User), append(products, c.Product), true
	}
	slices.Sort(products)
	var a args
	query := `SELECT m.user_key, s.product, s.pool_key FROM member m JOIN account a ON a.key = m.account_key
		JOIN seat s ON s.member_key = m.key AND s.valid_to IS NULL
		WHERE m.user_key` + inKeys(r, users, &a) + ` AND m.account_key <> ` + a.add(not) + ` AND m.removed_at IS NULL AND m.status = ` + a.add(directory.Active) +
		` AND (m.ends_at IS NULL OR m.ends_at > ` + a.add(now) + `) AND a.state = 'open' AND s.product` + inTexts(r, slices.Compact(products), &a)
	type place struct {
		claim SeatClaim
		pool  directory.PoolID
	}
	places, err := collect(ctx, r, query, a, func(row scanner) (p place, err error) { return p, row.Scan(&p.claim.User, &p.claim.Product, &p.pool) })
	if err != nil {
		return nil, fmt.Errorf("look for seats elsewhere: %w", err)
	}
	pools := make([]directory.PoolID, len(places))
	for i, p := range places {
		pools[i] = p.pool
	}
	stock, err := r.StockOf(ctx, pools)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		if claimed[p.claim] && stock.Alive(p.pool, now) {
			held[p.claim] = true
		}
	}
	return held, nil
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
