package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// Portfolio reads the accounts a member of the vendor's staff looks after, or an
// application sees (VEND-3, APP-1).
func (r *Reader) Portfolio(ctx context.Context, user directory.UserID) (directory.Portfolio, error) {
	var a args
	query := `SELECT u.all_accounts, f.account_key FROM "user" u LEFT JOIN portfolio f ON f.user_key = u.key WHERE u.key = ` + a.add(user) + ` ORDER BY f.account_key`
	portfolio := directory.Only()
	if err := each(ctx, r, query, a, func(row scanner) error {
		var all bool
		var account sql.Null[directory.AccountID]
		err := row.Scan(&all, &account)
		portfolio.Limited = !all
		if account.Valid {
			portfolio.Accounts = append(portfolio.Accounts, account.V)
		}
		return err
	}); err != nil {
		return directory.Only(), fmt.Errorf("read portfolio: %w", err)
	}
	return portfolio, nil
}

// within is a condition on a column of account keys: those of a portfolio, and
// whatever where it is all.
func within(r *Reader, column string, portfolio directory.Portfolio, a *args) string {
	if !portfolio.Limited {
		return ""
	}
	return ` AND ` + column + inKeys(r, portfolio.Accounts, a)
}

// numberWithin is within for the customer numbers of key counts, now and before.
func numberWithin(r *Reader, portfolio directory.Portfolio, a *args) string {
	if !portfolio.Limited {
		return ""
	}
	return ` AND (k.number_folded IN (SELECT number_folded FROM account WHERE key` + inKeys(r, portfolio.Accounts, a) + `)
		OR k.number_folded IN (SELECT number_folded FROM account_former_number WHERE account_key` + inKeys(r, portfolio.Accounts, a) + `))`
}

// A StaffState is what the list of the vendor's staff shows beside the person.
type StaffState struct {
	Factor    time.Time // since when their second factor stands; zero without
	All       bool      // they look after all accounts
	Portfolio int64     // else, how many
}

// StaffStates reads the state of all the vendor's staff, by person.
func (r *Reader) StaffStates(ctx context.Context) (map[directory.UserID]StaffState, error) {
	states := map[directory.UserID]StaffState{}
	query := `SELECT u.key, o.confirmed_at, u.all_accounts, (SELECT count(*) FROM portfolio p WHERE p.user_key = u.key)
		FROM "user" u LEFT JOIN one_time_secret o ON o.user_key = u.key WHERE u.staff <> ''`
	err := each(ctx, r, query, nil, func(row scanner) error {
		var user directory.UserID
		var s StaffState
		var since micros
		err := row.Scan(&user, &since, &s.All, &s.Portfolio)
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

// SetPortfolio gives a member of the vendor's staff, or an application, the
// accounts they see.
type SetPortfolio struct {
	User      directory.UserID
	Portfolio directory.Portfolio
}

func (c SetPortfolio) apply(ctx context.Context, tx *Tx) error {
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM portfolio WHERE user_key = `+a.add(c.User), a); err != nil {
		return fmt.Errorf("clear portfolio: %w", err)
	}
	a = nil
	query := `UPDATE "user" SET all_accounts = ` + a.add(!c.Portfolio.Limited) + ` WHERE key = ` + a.add(c.User)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("say whether the portfolio is all accounts: %w", err)
	}
	rows := make([][]any, len(c.Portfolio.Accounts))
	for i, account := range c.Portfolio.Accounts {
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
