package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// Portfolio lists the accounts a member of the vendor's staff looks after; none
// stands for all (VEND-3).
func (r *Reader) Portfolio(ctx context.Context, user directory.UserID) ([]directory.AccountID, error) {
	var a args
	query := `SELECT account_key FROM portfolio WHERE user_key = ` + a.add(user) + ` ORDER BY account_key`
	accounts, err := collect(ctx, r, query, a, func(row scanner) (key directory.AccountID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read portfolio: %w", err)
	}
	return accounts, nil
}

// within is a condition on a column of account keys: those of a portfolio, and
// whatever where there is none.
func within(r *Reader, column string, portfolio []directory.AccountID, a *args) string {
	if len(portfolio) == 0 {
		return ""
	}
	return ` AND ` + column + inKeys(r, portfolio, a)
}

// numberWithin is within for the customer numbers of key counts, now and before.
func numberWithin(r *Reader, portfolio []directory.AccountID, a *args) string {
	if len(portfolio) == 0 {
		return ""
	}
	return ` AND (k.number_folded IN (SELECT number_folded FROM account WHERE key` + inKeys(r, portfolio, a) + `)
		OR k.number_folded IN (SELECT number_folded FROM account_former_number WHERE account_key` + inKeys(r, portfolio, a) + `))`
}

// A StaffState is what the list of the vendor's staff shows beside the person.
type StaffState struct {
	Factor    time.Time // since when their second factor stands; zero without
	Portfolio int64     // how many accounts they look after; 0 for all
}

// StaffStates reads the state of all the vendor's staff, by person.
func (r *Reader) StaffStates(ctx context.Context) (map[directory.UserID]StaffState, error) {
	states := map[directory.UserID]StaffState{}
	query := `SELECT u.key, o.confirmed_at, (SELECT count(*) FROM portfolio p WHERE p.user_key = u.key)
		FROM "user" u LEFT JOIN one_time_secret o ON o.user_key = u.key WHERE u.staff <> ''`
	err := each(ctx, r, query, nil, func(row scanner) error {
		var user directory.UserID
		var s StaffState
		var since micros
		err := row.Scan(&user, &since, &s.Portfolio)
		s.Factor = since.Time
		states[user] = s
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read states of staff: %w", err)
	}
	return states, nil
}

// CountOperators is how many of the vendor's operators can act, one person left
// out: not switched off, not erased.
func (r *Reader) CountOperators(ctx context.Context, but directory.UserID) (int64, error) {
	var a args
	query := `SELECT count(*) FROM "user" u WHERE u.staff = 'operator' AND u.switched_off_at IS NULL AND u.erased_at IS NULL
		AND u.key <> ` + a.add(but)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count operators: %w", err)
	}
	return n, nil
}

// SetPortfolio gives a member of the vendor's staff the accounts they look
// after; none stands for all.
type SetPortfolio struct {
	User     directory.UserID
	Accounts []directory.AccountID
}

func (c SetPortfolio) apply(ctx context.Context, tx *Tx) error {
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM portfolio WHERE user_key = `+a.add(c.User), a); err != nil {
		return fmt.Errorf("clear portfolio: %w", err)
	}
	rows := make([][]any, len(c.Accounts))
	for i, account := range c.Accounts {
		rows[i] = []any{c.User, account}
	}
	if _, err := tx.bulkInsert(ctx, "portfolio", []string{"user_key", "account_key"}, rows, ""); err != nil {
		return fmt.Errorf("set portfolio: %w", err)
	}
	return nil
}

// AddToPortfolio adds one account to a portfolio; one that is in it stays.
type AddToPortfolio struct {
	User    directory.UserID
	Account directory.AccountID
}

func (c AddToPortfolio) apply(ctx context.Context, tx *Tx) error {
	row := [][]any{{c.User, c.Account}}
	if _, err := tx.bulkInsert(ctx, "portfolio", []string{"user_key", "account_key"}, row, "ON CONFLICT DO NOTHING"); err != nil {
		return fmt.Errorf("add to portfolio: %w", err)
	}
	return nil
}

// EndStaffEntries takes staff out of every account they are in.
type EndStaffEntries struct{ User directory.UserID }

func (c EndStaffEntries) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE staff_entry SET left_at = ` + a.add(tx.Now) + ` WHERE user_key = ` + a.add(c.User) +
		` AND left_at IS NULL AND expires_at > ` + a.add(tx.Now)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("leave accounts: %w", err)
	}
	return nil
}
