package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// A LoggedAccess is one line of the access log.
type LoggedAccess struct {
	Access
	Key int64
	At  time.Time
}

// An AccessFilter chooses lines of the access log; its zero value chooses all.
type AccessFilter struct {
	User     directory.UserID
	Account  directory.AccountID
	From, To time.Time
	Outcome  string
	Refused  bool // everything but sign-ins and their first halves
	// Who is a user's UUID, a user name or address, or what was typed as one.
	Who    string
	Number string // a customer number
	Within directory.Portfolio
}

func (f AccessFilter) where(r *Reader, a *args) string {
	where := `1 = 1` + within(r, "l.account_key", f.Within, a)
	if f.User != 0 {
		where += ` AND l.user_key = ` + a.add(f.User)
	}
	if f.Account != 0 {
		where += ` AND l.account_key = ` + a.add(f.Account)
	}
	if !f.From.IsZero() {
		where += ` AND l.at >= ` + a.add(f.From)
	}
	if !f.To.IsZero() {
		where += ` AND l.at < ` + a.add(f.To)
	}
	if f.Outcome != "" {
		where += ` AND l.outcome = ` + a.add(f.Outcome)
	}
	if f.Who != "" {
		folded := a.add(directory.FoldSignIn(f.Who)) // by its indexes, each alone: with OR PostgreSQL reads the whole log
		where += ` AND l.key IN (SELECT w.key FROM access_log w WHERE w.user_key IN (SELECT key FROM "user" WHERE uuid = ` + folded +
			` UNION ALL SELECT user_key FROM sign_in_name WHERE folded = ` + folded + `)
			UNION SELECT w.key FROM access_log w WHERE w.name <> '' AND lower(w.name) = ` + folded + `)`
	}
	if f.Number != "" {
		where += ` AND l.account_key = ` + accountNumbered(f.Number, a)
	}
	if f.Refused {
		where += ` AND l.outcome NOT IN ('signed_in', 'code_asked')`
	}
	return where
}

// AccessLog reads a page of the access log, newest first, older than the line
// before (0 for the newest end), and how many lines the filter chooses.
func (r *Reader) AccessLog(ctx context.Context, f AccessFilter, before int64, size int) ([]LoggedAccess, int64, error) {
	var counted args
	query := `SELECT count(*) FROM access_log l WHERE ` + f.where(r, &counted)
	total, err := one(ctx, r, query, counted, scanInt64)
	if err != nil {
		return nil, 0, fmt.Errorf("count access log: %w", err)
	}
	var a args
	query = `SELECT l.key, l.user_key, l.account_key, l.name, l.outcome, l.address, l.agent, l.at FROM access_log l WHERE ` + f.where(r, &a)
	if before > 0 {
		query += ` AND l.key < ` + a.add(before)
	}
	query += ` ORDER BY l.key DESC` + atMost(size)
	lines, err := collect(ctx, r, query, a, func(row scanner) (LoggedAccess, error) {
		var l LoggedAccess
		var user, account *int64
		var at micros
		err := row.Scan(&l.Key, &user, &account, &l.Name, &l.Outcome, &l.Address, &l.Agent, &at)
		l.User, l.Account, l.At = directory.UserID(orZero(user)), directory.AccountID(orZero(account)), at.Time
		return l, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list access log: %w", err)
	}
	return lines, total, nil
}

// PurgeAccess removes at most limit lines from before a time and answers how
// many it removed.
func (tx *Tx) PurgeAccess(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM access_log WHERE key IN (SELECT key FROM access_log WHERE at < ` + a.add(before) +
		` ORDER BY at` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge access log: %w", err)
	}
	return n, nil
}
