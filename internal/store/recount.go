package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// A Miscount is what an account's kept counts are and what counting gives.
type Miscount struct {
	Account       directory.AccountID
	Kept, Counted Counts
	Homes         map[directory.UnitID]int64     // of units whose members are kept otherwise: how many more there are
	Companies     map[directory.CompanyID]int64  // as Homes, of companies
	Pools         map[directory.PoolID]HeldSeats // of pools whose seats are kept otherwise: how many more there are
	Projects      map[directory.UnitID]int64     // as Homes, of projects
	Unordered     []directory.MemberID           // who stands in the order of products otherwise than they and their seats say
}

// Wrong reports whether anything is kept that counting does not give.
func (m Miscount) Wrong() bool {
	return m.Kept != m.Counted || len(m.Homes)+len(m.Companies)+len(m.Projects)+len(m.Pools)+len(m.Unordered) > 0
}

// Recounted counts an account anew beside what is kept. It takes as long as the
// account is large: it is for checks, never for an answer to somebody (LIST-12).
func (r *Reader) Recounted(ctx context.Context, account directory.AccountID) (Miscount, error) {
	m := Miscount{Account: account}
	var err error
	if m.Kept, err = r.Counts(ctx, account); err != nil {
		return m, err
	}
	if m.Counted, err = r.recount(ctx, account); err != nil {
		return m, err
	}
	m.Counted.Sequence = m.Kept.Sequence
	kept, err := r.HomeCounts(ctx, account)
	if err != nil {
		return m, err
	}
	var a args
	query := `SELECT unit_key, count(*) FROM member WHERE account_key = ` + a.add(account) + ` AND removed_at IS NULL GROUP BY unit_key`
	if m.Homes, err = r.byUnit(ctx, query, a); err != nil {
		return m, err
	}
	for unit, n := range kept {
		if m.Homes[unit] -= n; m.Homes[unit] == 0 {
			delete(m.Homes, unit)
		}
	}
	if m.Companies, err = r.recountCompanies(ctx, account); err != nil {
		return m, err
	}
	if m.Projects, err = r.recountProjects(ctx, account); err != nil {
		return m, err
	}
	if m.Pools, err = r.recountSeats(ctx, account); err != nil {
		return m, err
	}
	m.Unordered, err = r.unordered(ctx, account)
	return m, err
}

// unordered are the members of an account whose row in the order of the column of
// products (LIST-3) is missing or left over, or says another name, or products of who
// holds no seat, or none of who does.
func (r *Reader) unordered(ctx context.Context, account directory.AccountID) ([]directory.MemberID, error) {
	var a args
	query := `SELECT m.key FROM member m LEFT JOIN member_products p ON p.key = m.key WHERE m.account_key = ` + a.add(account) + `
		AND ((m.removed_at IS NULL) <> (p.key IS NOT NULL) OR p.account_key <> m.account_key OR p.name_folded <> m.name_folded
			OR (p.products_folded <> '') <> EXISTS (SELECT 1 FROM seat s WHERE s.member_key = m.key AND s.valid_to IS NULL))
		ORDER BY m.key`
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("look at the order of products: %w", err)
	}
	return keys, nil
}

// recountSeats counts the seats of an account's pools anew, those of who has not
// accepted their place by the status of their holders (SEAT-4).
func (r *Reader) recountSeats(ctx context.Context, account directory.AccountID) (map[directory.PoolID]HeldSeats, error) {
	var a args
	query := `SELECT p.key, count(s.key) - p.held, coalesce(sum(CASE WHEN s.key IS NOT NULL AND m.status <> 1 THEN 1 ELSE 0 END), 0) - p.reserved
		FROM seat_pool p LEFT JOIN seat s ON s.pool_key = p.key AND s.valid_to IS NULL LEFT JOIN member m ON m.key = s.member_key
		WHERE p.account_key = ` + a.add(account) + ` GROUP BY p.key, p.held, p.reserved`
	wrong := map[directory.PoolID]HeldSeats{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var pool directory.PoolID
		var more HeldSeats
		if err := row.Scan(&pool, &more.All, &more.Reserved); err != nil {
			return err
		}
		if more != (HeldSeats{}) {
			wrong[pool] = more
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count seats: %w", err)
	}
	return wrong, nil
}

func (r *Reader) recount(ctx context.Context, account directory.AccountID) (Counts, error) {
	var c Counts
	var a args
	query := `SELECT status, count(*) FROM member WHERE account_key = ` + a.add(account) + ` AND removed_at IS NULL GROUP BY status`
	err := each(ctx, r, query, a, func(row scanner) error {
		var status directory.Status
		var n int64
		err := row.Scan(&status, &n)
		c.ByStatus[status] = n
		return err
	})
	if err != nil {
		return c, fmt.Errorf("count members: %w", err)
	}
	a = nil
	query = `SELECT count(*) FROM join_request WHERE account_key = ` + a.add(account) + ` AND state = 'waiting'`
	if c.Waiting, err = one(ctx, r, query, a, scanInt64); err != nil {
		return c, fmt.Errorf("count requests: %w", err)
	}
	return c, nil
}

// Recount puts what counting gives in the place of what is kept, and answers what
// that was. The account's ledger is held.
func (tx *Tx) Recount(ctx context.Context, account directory.AccountID) (Miscount, error) {
	l, err := tx.held(account)
	if err != nil {
		return Miscount{}, fmt.Errorf("count anew: %w", err)
	}
	m, err := tx.Recounted(ctx, account)
	if err != nil || !m.Wrong() {
		return m, err
	}
	if l.homes == nil {
		l.homes, l.companies = map[directory.UnitID]int64{}, map[directory.CompanyID]int64{}
	}
	for unit, more := range m.Homes {
		l.homes[unit] += more
	}
	for company, more := range m.Companies {
		l.companies[company] += more
	}
	l.counts, l.changed = m.Counted, true
	if err := tx.countPlaces(ctx, m.Projects); err != nil {
		return m, err
	}
	if err := tx.mendOrder(ctx, m.Unordered); err != nil {
		return m, err
	}
	moved := map[directory.PoolID]held{}
	for pool, more := range m.Pools {
		moved[pool] = held{more.All, more.Reserved}
	}
	return m, tx.countSeats(ctx, moved)
}

// mendOrder puts members where they belong in the order of products. Whoever holds seats
// and sorts as if not does so until their next one: what offers are called is not known
// here.
func (tx *Tx) mendOrder(ctx context.Context, members []directory.MemberID) error {
	if len(members) == 0 {
		return nil
	}
	if err := tx.keepOrder(ctx, members, true); err != nil {
		return err
	}
	var a args
	query := `UPDATE member_products SET products_folded = '' WHERE products_folded <> '' AND key` + inKeys(tx.Reader, members, &a) + `
		AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.member_key = member_products.key AND s.valid_to IS NULL)`
	if err := tx.unwaited(ctx, query, a); err != nil {
		return fmt.Errorf("mend the order of products: %w", err)
	}
	return nil
}
