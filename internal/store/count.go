package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"intendant/internal/directory"
)

// Counts are the figures every page of an account shows. They stand in its
// ledger and are moved by whatever changes them, so that reading them costs the
// same in an account of any size (LIST-12).
type Counts struct {
	Sequence int64 // of the account when they were so
	ByStatus [5]int64
	Waiting  int64 // join requests
}

// Members is how many people are in the account.
func (c Counts) Members() int64 {
	var n int64
	for _, of := range c.ByStatus {
		n += of
	}
	return n
}

const (
	countColumns   = `members_active, members_invited, members_not_invited, members_inactive, requests_waiting`
	membersCounted = `l.members_active + l.members_invited + l.members_not_invited + l.members_inactive`
)

// columns are where countColumns are scanned into.
func (c *Counts) columns() []any {
	return []any{&c.ByStatus[directory.Active], &c.ByStatus[directory.Invited], &c.ByStatus[directory.NotInvited],
		&c.ByStatus[directory.Inactive], &c.Waiting}
}

// set is the part of an UPDATE of a ledger that writes the counts.
func (c *Counts) set(a *args) string {
	return `, members_active = ` + a.add(c.ByStatus[directory.Active]) + `, members_invited = ` + a.add(c.ByStatus[directory.Invited]) +
		`, members_not_invited = ` + a.add(c.ByStatus[directory.NotInvited]) + `, members_inactive = ` + a.add(c.ByStatus[directory.Inactive]) +
		`, requests_waiting = ` + a.add(c.Waiting)
}

// Counts reads how many members of each status an account has and how many
// requests wait; in a change as it has left them so far. It refuses with
// account.not_found.
func (r *Reader) Counts(ctx context.Context, account directory.AccountID) (Counts, error) {
	if l, held := r.locked[account]; held {
		c := l.counts
		c.Sequence = l.sequence
		return c, nil
	}
	var a args
	query := `SELECT sequence, ` + countColumns + ` FROM ledger WHERE account_key = ` + a.add(account)
	counts, err := one(ctx, r, query, a, func(row scanner) (c Counts, err error) {
		return c, row.Scan(append([]any{&c.Sequence}, c.columns()...)...)
	})
	if isNoRows(err) {
		return counts, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if err != nil {
		return counts, fmt.Errorf("read counts: %w", err)
	}
	return counts, nil
}

// HomeCounts reads how many members each home unit of an account has, without
// those below (UNIT-5); in a change as it has left them so far.
func (r *Reader) HomeCounts(ctx context.Context, account directory.AccountID) (map[directory.UnitID]int64, error) {
	var a args
	counts, err := r.byUnit(ctx, `SELECT unit_key, members FROM home_count WHERE account_key = `+a.add(account), a)
	if l, held := r.locked[account]; held {
		for unit, n := range l.homes {
			counts[unit] += n
		}
	}
	maps.DeleteFunc(counts, func(_ directory.UnitID, n int64) bool { return n == 0 })
	return counts, err
}

// keepAccountDay keeps the members of an account as those of the day, over what was
// kept of it before, if this Tx has moved them.
func (tx *Tx) keepAccountDay(ctx context.Context, account directory.AccountID, l *ledger) error {
	if l.counts.ByStatus == l.was.ByStatus {
		return nil
	}
	n := l.counts.ByStatus
	columns := []string{"account_key", "day", "members_active", "members_invited", "members_not_invited", "members_inactive"}
	row := []any{account, directory.DayNumber(tx.Now), n[directory.Active], n[directory.Invited], n[directory.NotInvited], n[directory.Inactive]}
	over := `ON CONFLICT (account_key, day) DO UPDATE SET members_active = excluded.members_active, members_invited = excluded.members_invited,
		members_not_invited = excluded.members_not_invited, members_inactive = excluded.members_inactive`
	if err := tx.addUp(ctx, "account_day", columns, [][]any{row}, over); err != nil {
		return fmt.Errorf("keep the members of a day: %w", err)
	}
	return nil
}

// AccountDays reads how many members an account had at the end of the days on which
// that changed: those since a day, and the last one before it.
func (r *Reader) AccountDays(ctx context.Context, account directory.AccountID, since int64) ([]directory.AccountDay, error) {
	var a args
	of := a.add(account)
	query := `SELECT day, members_active, members_invited, members_not_invited, members_inactive FROM account_day WHERE account_key = ` + of + ` AND day >=
		coalesce((SELECT max(b.day) FROM account_day b WHERE b.account_key = ` + of + ` AND b.day < ` + a.add(since) + `), 0) ORDER BY day`
	days, err := collect(ctx, r, query, a, func(row scanner) (d directory.AccountDay, err error) {
		return d, row.Scan(&d.Day, &d.ByStatus[directory.Active], &d.ByStatus[directory.Invited], &d.ByStatus[directory.NotInvited], &d.ByStatus[directory.Inactive])
	})
	if err != nil {
		return nil, fmt.Errorf("read the members of days: %w", err)
	}
	return days, nil
}

// byUnit reads rows of a unit and a number.
func (r *Reader) byUnit(ctx context.Context, query string, a args) (map[directory.UnitID]int64, error) {
	counts := map[directory.UnitID]int64{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var unit directory.UnitID
		var n int64
		err := row.Scan(&unit, &n)
		counts[unit] = n
		return err
	})
	if err != nil {
		return counts, fmt.Errorf("read members of units: %w", err)
	}
	return counts, nil
}

// A stand is as what a member counts: nothing while out of the account.
type stand struct {
	unit    directory.UnitID
	status  directory.Status
	company directory.CompanyID
}

// standColumns are the columns that a stand is read from.
var standColumns = []string{"unit_key", "status", "company_key", "removed_at"}

func standOf(m directory.Member) stand {
	if !m.Removed.IsZero() {
		return stand{}
	}
	return stand{m.Unit, m.Status, m.Company}
}

// stands reads as what members count before they are written: from the rows, in
// one question, so that nobody who writes members has to say it. Who is not there
// has none.
func (tx *Tx) stands(ctx context.Context, members []MemberRow) (map[directory.MemberID]stand, error) {
	keys := make([]directory.MemberID, len(members))
	for i, m := range members {
		keys[i] = m.ID
	}
	var a args
	query := `SELECT key, unit_key, status, coalesce(company_key, 0), removed_at FROM member WHERE key` + inKeys(tx.Reader, keys, &a)
	found := make(map[directory.MemberID]stand, len(members))
	err := each(ctx, tx.Reader, query, a, func(row scanner) error {
		var m directory.Member
		var removed micros
		err := row.Scan(&m.ID, &m.Unit, &m.Status, &m.Company, &removed)
		m.Removed = removed.Time
		found[m.ID] = standOf(m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read members before: %w", err)
	}
	return found, nil
}

// countMembers moves the counts of accounts from what members were to what they
// are now; it is the only place that does. A nil map stands for members who come.
func (tx *Tx) countMembers(members []MemberRow, were map[directory.MemberID]stand) error {
	for _, m := range members {
		was, there := were[m.ID]
		if were != nil && !there {
			continue // no row of theirs is written
		}
		l, err := tx.held(m.ID.Account())
		if err != nil {
			return fmt.Errorf("count members: %w", err)
		}
		l.count(was, -1)
		l.count(standOf(m.Member), 1)
	}
	return nil
}

func (l *ledger) count(s stand, by int64) {
	if s.status == 0 {
		return
	}
	if l.homes == nil {
		l.homes, l.companies = map[directory.UnitID]int64{}, map[directory.CompanyID]int64{}
	}
	l.counts.ByStatus[s.status] += by
	l.homes[s.unit] += by
	if s.company != 0 {
		l.companies[s.company] += by
	}
	l.changed = true
}

// countRequests moves the count of an account's waiting requests. Those for
// numbers of nobody are counted nowhere.
func (tx *Tx) countRequests(account directory.AccountID, by int64) error {
	if account == directory.Installation || by == 0 {
		return nil
	}
	l, err := tx.held(account)
	if err != nil {
		return fmt.Errorf("count requests: %w", err)
	}
	l.counts.Waiting += by
	l.changed = true
	return nil
}

// saveHomes adds what a Tx has moved to the counts of home units.
func (tx *Tx) saveHomes(ctx context.Context, account directory.AccountID, moved map[directory.UnitID]int64) error {
	var rows [][]any
	for _, unit := range slices.Sorted(maps.Keys(moved)) {
		if by := moved[unit]; by != 0 {
			rows = append(rows, []any{account, unit, by})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	over := `ON CONFLICT (account_key, unit_key) DO UPDATE SET members = home_count.members + excluded.members`
	if err := tx.addUp(ctx, "home_count", []string{"account_key", "unit_key", "members"}, rows, over); err != nil {
		return fmt.Errorf("count members of units: %w", err)
	}
	return nil
}
