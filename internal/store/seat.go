package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
)

// MoveSeats assigns seats of an account and takes others back, those first: a seat
// that goes from one to another is free in between. Products is what the members
// sort by from now on. Pools count what is held of them here and in
// EndHoldings, and nowhere else.
type MoveSeats struct {
	Account  directory.AccountID
	End      []directory.Seat
	Start    []directory.Seat
	Products map[directory.MemberID]string
}

func (c MoveSeats) apply(ctx context.Context, tx *Tx) error {
	moved, err := tx.takeBack(ctx, c.End)
	if err != nil {
		return err
	}
	rows := make([][]any, len(c.Start))
	for i, s := range c.Start {
		moved[s.Pool] = moved[s.Pool].plus(held{1, flag(s.Reserved)})
		rows[i] = []any{s.ID, c.Account, s.Pool, s.Member, s.Product, flag(s.Reserved), s.By, 0, s.From}
	}
	columns := []string{"key", "account_key", "pool_key", "member_key", "product", "reserved", "given_by", "used_on", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "seat", columns, rows, ""); err != nil {
		return fmt.Errorf("assign seats: %w", err)
	}
	if err := tx.countSeats(ctx, moved); err != nil {
		return err
	}
	return tx.sortByProducts(ctx, c.Products)
}

// takeBack ends seats, and answers what their pools hold less by it: as their rows
// say, which may have been accepted in the same change.
func (tx *Tx) takeBack(ctx context.Context, seats []directory.Seat) (map[directory.PoolID]held, error) {
	if len(seats) == 0 {
		return map[directory.PoolID]held{}, nil
	}
	keys := make([]directory.SeatID, len(seats))
	for i, s := range seats {
		keys[i] = s.ID
	}
	var a args
	moved, err := tx.heldOf(ctx, `key`+inKeys(tx.Reader, keys, &a), a)
	if err != nil {
		return nil, err
	}
	for pool, h := range moved {
		moved[pool] = held{}.minus(h)
	}
	a = nil
	query := `UPDATE seat SET valid_to = ` + a.add(tx.Now) + ` WHERE valid_to IS NULL AND key` + inKeys(tx.Reader, keys, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return nil, fmt.Errorf("take seats back: %w", err)
	}
	return moved, nil
}

// held is how many seats are held of a pool, and how many of them by people who
// have not accepted their place yet.
type held struct{ all, reserved int64 }

func (h held) plus(o held) held { return held{h.all + o.all, h.reserved + o.reserved} }

func (h held) minus(o held) held { return held{h.all - o.all, h.reserved - o.reserved} }

// flag is yes or no as both databases store it.
func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// countSeats adds what has moved to what pools count.
func (tx *Tx) countSeats(ctx context.Context, moved map[directory.PoolID]held) error {
	for _, pool := range slices.Sorted(maps.Keys(moved)) {
		by := moved[pool]
		if by == (held{}) {
			continue
		}
		var a args
		query := `UPDATE seat_pool SET held = held + ` + a.add(by.all) + `, reserved = reserved + ` + a.add(by.reserved) + ` WHERE key = ` + a.add(pool)
		if _, err := exec(ctx, tx, query, a); err != nil {
			return fmt.Errorf("count seats: %w", err)
		}
		if by.all == 0 {
			continue // who has accepted their place holds no more than before
		}
		if err := tx.keepSeatDay(ctx, pool); err != nil {
			return err
		}
	}
	return nil
}

// heldOf counts the seats of a condition by pool.
func (tx *Tx) heldOf(ctx context.Context, condition string, a args) (map[directory.PoolID]held, error) {
	query := `SELECT pool_key, count(*), sum(reserved) FROM seat WHERE valid_to IS NULL AND ` + condition + ` GROUP BY pool_key`
	found := map[directory.PoolID]held{}
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var pool directory.PoolID
		var h held
		err := row.Scan(&pool, &h.all, &h.reserved)
		found[pool] = h
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count seats held: %w", err)
	}
	return found, nil
}

// accept moves the seats of members between reserved and used, as they accept
// their place or lose it.
func (tx *Tx) accept(ctx context.Context, members []directory.MemberID, accepted bool) error {
	if len(members) == 0 {
		return nil
	}
	var a args
	of := `reserved = ` + a.add(flag(accepted)) + ` AND member_key` + inKeys(tx.Reader, members, &a)
	found, err := tx.heldOf(ctx, of, a)
	if err != nil || len(found) == 0 {
		return err
	}
	by := int64(1)
	if accepted {
		by = -1
	}
	moved := map[directory.PoolID]held{}
	for pool, h := range found {
		moved[pool] = held{reserved: by * h.all}
	}
	query := `UPDATE seat SET reserved = ` + a.add(flag(!accepted)) + ` WHERE valid_to IS NULL AND ` + of
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("accept seats: %w", err)
	}
	return tx.countSeats(ctx, moved)
}

// EndHoldings ends what members hold besides their place in the account: the
// seats, which are free at once (SEAT-6), and, when All is set, grants, places in
// projects (PROJ-6) and what they brought along too.
type EndHoldings struct {
	Members []directory.MemberID
	All     bool
}

func (c EndHoldings) apply(ctx context.Context, tx *Tx) error {
	var a args
	in := inKeys(tx.Reader, c.Members, &a)
	moved, err := tx.heldOf(ctx, `member_key`+in, a)
	if err != nil {
		return err
	}
	for pool, h := range moved {
		moved[pool] = held{}.minus(h)
	}
	now := a.add(tx.Now)
	var tables []string
	if len(moved) > 0 {
		tables = append(tables, "seat")
	}
	if c.All {
		if err := tx.leaveProjects(ctx, c.Members); err != nil {
			return err
		}
		tables = append(tables, `"grant"`, "place", "place_role", "external_subscription")
	}
	for _, table := range tables {
		if _, err := exec(ctx, tx, `UPDATE `+table+` SET valid_to = `+now+` WHERE valid_to IS NULL AND member_key`+in, a); err != nil {
			return fmt.Errorf("end what members hold: %w", err)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	if err := tx.countSeats(ctx, moved); err != nil {
		return err
	}
	var only args
	if _, err := exec(ctx, tx, `UPDATE member_products SET products_folded = '' WHERE products_folded <> '' AND key`+inKeys(tx.Reader, c.Members, &only), only); err != nil {
		return fmt.Errorf("sort members by products: %w", err)
	}
	return nil
}

// SeatsOf reads the seats that members hold, in the order they got them.
func (r *Reader) SeatsOf(ctx context.Context, members []directory.MemberID) (map[directory.MemberID][]directory.Seat, error) {
	found := map[directory.MemberID][]directory.Seat{}
	if len(members) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT key, pool_key, member_key, product, reserved, given_by, valid_from FROM seat WHERE valid_to IS NULL AND member_key` +
		inKeys(r, members, &a) + ` ORDER BY member_key, key`
	err := each(ctx, r, query, a, func(row scanner) error {
		var s directory.Seat
		var reserved int64
		var from micros
		err := row.Scan(&s.ID, &s.Pool, &s.Member, &s.Product, &reserved, &s.By, &from)
		s.Reserved, s.From = reserved != 0, from.Time
		found[s.Member] = append(found[s.Member], s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read seats of members: %w", err)
	}
	return found, nil
}

// HeldProducts reads the products of members: by a seat, by what they brought
// along and has not ended, or both (EXT-2). Whether the pool of a seat gives
// anything is not asked.
func (r *Reader) HeldProducts(ctx context.Context, members []directory.MemberID, now time.Time) (map[directory.MemberID][]directory.HeldProduct, error) {
	found := map[directory.MemberID][]directory.HeldProduct{}
	if len(members) == 0 {
		return found, nil
	}
	var a args
	of := inKeys(r, members, &a)
	query := `SELECT s.member_key, p.product, p.edition, p.key, s.used_on, s.key FROM seat s JOIN seat_pool p ON p.key = s.pool_key
			WHERE s.valid_to IS NULL AND s.member_key` + of + `
		UNION ALL
		SELECT e.member_key, e.product, '', 0, e.used_on, e.key FROM external_subscription e WHERE e.valid_to IS NULL AND e.member_key` + of + `
			AND (e.ends_at IS NULL OR e.ends_at > ` + a.add(now) + `)
		ORDER BY 1, 6`
	err := each(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var h directory.HeldProduct
		var used, order int64
		if err := row.Scan(&member, &h.Offer.Product, &h.Offer.Edition, &h.Pool, &used, &order); err != nil {
			return err
		}
		h.Used = directory.DayNumbered(used)
		h.Own, h.External = h.Pool != 0, h.Pool == 0
		found[member] = alsoHolding(found[member], h)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read products of members: %w", err)
	}
	return found, nil
}

// alsoHolding are products held with one more: a product stands once, by whatever it is
// held.
func alsoHolding(held []directory.HeldProduct, h directory.HeldProduct) []directory.HeldProduct {
	i := slices.IndexFunc(held, func(o directory.HeldProduct) bool { return o.Offer.Product == h.Offer.Product })
	if i < 0 {
		return append(held, h)
	}
	if h.Own {
		held[i].Offer, held[i].Pool = h.Offer, h.Pool
	}
	held[i].Own, held[i].External = held[i].Own || h.Own, held[i].External || h.External
	if held[i].Used.UTC().Before(h.Used.UTC()) {
		held[i].Used = h.Used
	}
	return held
}

// holds is the condition that a member has one of the products now, by what the
// filter says (EXT-2). An external subscription is to a product, in no edition.
func (f MemberFilter) holds(r *Reader, a *args) string {
	products, editions := f.offers()
	running := func(alias string) string {
		return alias + `.member_key = m.key AND ` + alias + `.valid_to IS NULL AND (` + alias + `.ends_at IS NULL OR ` + alias + `.ends_at > ` + a.add(f.At) + `)`
	}
	own := func(and string) string {
		text := `EXISTS (SELECT 1 FROM seat s WHERE s.member_key = m.key AND s.valid_to IS NULL` + and
		if len(f.Products) > 0 {
			text += ` AND (s.product` + inTexts(r, products, a) + ` OR EXISTS (SELECT 1 FROM seat_pool p WHERE p.key = s.pool_key
				AND p.product || '/' || p.edition` + inTexts(r, editions, a) + `))`
		}
		return text + `)`
	}
	brought := func(and string) string {
		text := `EXISTS (SELECT 1 FROM external_subscription e WHERE ` + running("e") + and
		if len(f.Products) > 0 {
			text += ` AND e.product` + inTexts(r, products, a)
		}
		return text + `)`
	}
	var ways []string
	for _, held := range f.Held {
		switch held {
		case directory.HeldOwn, directory.HeldBoth:
			not := map[bool]string{true: ` NOT`}[held == directory.HeldOwn]
			ways = append(ways, own(` AND`+not+` EXISTS (SELECT 1 FROM external_subscription x WHERE `+running("x")+` AND x.product = s.product)`))
		case directory.HeldExternal:
			ways = append(ways, brought(` AND NOT EXISTS (SELECT 1 FROM seat x WHERE x.member_key = m.key AND x.valid_to IS NULL AND x.product = e.product)`))
		}
	}
	if len(ways) == 0 {
		ways = []string{own(``), brought(``)}
	}
	return strings.Join(ways, ` OR `)
}

// offers are the products of the filter: those in any edition, and editions.
func (f MemberFilter) offers() (products, editions []string) {
	products, editions = []string{}, []string{}
	for _, text := range f.Products {
		if directory.OfferOf(text).Edition != "" {
			editions = append(editions, text)
		} else {
			products = append(products, text)
		}
	}
	return products, editions
}

// HeldSeats is how many seats some people hold of a pool.
type HeldSeats struct{ All, Reserved int64 }

// SeatsAt counts the seats of a pool that people of some home units hold.
func (r *Reader) SeatsAt(ctx context.Context, pool directory.PoolID, units []directory.UnitID) (HeldSeats, error) {
	var a args
	query := `SELECT count(*), coalesce(sum(s.reserved), 0) FROM seat s JOIN member m ON m.key = s.member_key
		WHERE s.valid_to IS NULL AND s.pool_key = ` + a.add(pool) + ` AND m.unit_key` + inKeys(r, units, &a)
	n, err := one(ctx, r, query, a, func(row scanner) (n HeldSeats, err error) { return n, row.Scan(&n.All, &n.Reserved) })
	if err != nil {
		return n, fmt.Errorf("count seats at units: %w", err)
	}
	return n, nil
}

// CarrySeats moves seats from one pool to another, all or those of people of some
// home units: their holders notice nothing (SEAT-10).
type CarrySeats struct {
	From, To directory.PoolID
	Units    []directory.UnitID // none: all
}

func (c CarrySeats) apply(ctx context.Context, tx *Tx) error {
	var a args
	of := ` WHERE valid_to IS NULL AND pool_key = ` + a.add(c.From)
	if len(c.Units) > 0 {
		of += ` AND EXISTS (SELECT 1 FROM member m WHERE m.key = seat.member_key AND m.unit_key` + inKeys(tx.Reader, c.Units, &a) + `)`
	}
	n, err := one(ctx, tx.Reader, `SELECT count(*), coalesce(sum(reserved), 0) FROM seat`+of, a,
		func(row scanner) (n held, err error) { return n, row.Scan(&n.all, &n.reserved) })
	if err != nil {
		return fmt.Errorf("count seats to carry: %w", err)
	}
	if _, err := exec(ctx, tx, `UPDATE seat SET pool_key = `+a.add(c.To)+of, a); err != nil {
		return fmt.Errorf("carry seats: %w", err)
	}
	return tx.countSeats(ctx, map[directory.PoolID]held{c.From: held{}.minus(n), c.To: n})
}

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
	query := `SELECT m.key` + q.where(r, &a) + ` AND m.key > ` + a.add(q.After) + ` ORDER BY m.key` + atMost(q.Limit)
	some, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("list who has no seat: %w", err)
	}
	return some, nil
}
