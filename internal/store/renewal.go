package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// AccountPolicies lists what decides the policies of every account: its key,
// type and settings.
func (r *Reader) AccountPolicies(ctx context.Context) ([]directory.Account, error) {
	accounts, err := collect(ctx, r, `SELECT key, type, settings FROM account ORDER BY key`, nil, func(row scanner) (directory.Account, error) {
		var account directory.Account
		var settings string
		if err := row.Scan(&account.ID, &account.Type, &settings); err != nil {
			return account, err
		}
		return account, json.Unmarshal([]byte(settings), &account.Settings)
	})
	if err != nil {
		return nil, fmt.Errorf("list policies of accounts: %w", err)
	}
	return accounts, nil
}

// PasswordsSetBefore lists members of an account whose own password was set
// before a time and was not announced as ending, by key after the one given.
func (r *Reader) PasswordsSetBefore(ctx context.Context, account directory.AccountID, set time.Time, after directory.UserID, size int) ([]directory.User, error) {
	var a args
	query := `SELECT ` + userColumns + ` FROM member m JOIN "user" u ON u.key = m.user_key WHERE m.account_key = ` + a.add(account) +
		` AND m.removed_at IS NULL AND u.key > ` + a.add(after) + ` AND u.password_state = 'own' AND u.switched_off_at IS NULL` +
		` AND u.password_set_at < ` + a.add(set) + ` AND (u.renewal_told_at IS NULL OR u.renewal_told_at < u.password_set_at)` +
		` ORDER BY u.key LIMIT ` + a.add(size)
	users, err := collect(ctx, r, query, a, scanUser)
	if err != nil {
		return nil, fmt.Errorf("list passwords by age: %w", err)
	}
	return users, nil
}

// RenewalTold is when the end of a user's password was announced; zero for
// never.
func (r *Reader) RenewalTold(ctx context.Context, user directory.UserID) (time.Time, error) {
	var a args
	told, err := one(ctx, r, `SELECT renewal_told_at FROM "user" WHERE key = `+a.add(user), a, func(row scanner) (time.Time, error) {
		var told micros
		err := row.Scan(&told)
		return told.Time, err
	})
	if err != nil {
		return told, fmt.Errorf("read renewal notice: %w", err)
	}
	return told, nil
}

// TellRenewal notes that the end of a user's password is announced now.
type TellRenewal struct{ User directory.UserID }

func (c TellRenewal) apply(ctx context.Context, tx *Tx) error {
	var a args
	if _, err := exec(ctx, tx, `UPDATE "user" SET renewal_told_at = `+a.add(tx.Now)+` WHERE key = `+a.add(c.User), a); err != nil {
		return fmt.Errorf("note renewal notice: %w", err)
	}
	return nil
}
