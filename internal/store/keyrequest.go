package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

const keyRequestColumns = `q.key, q.uuid, q.account_key, q.number, q.user_key, q.message, q.state, q.created_at, q.decided_at, q.decided_by, q.answer`

func scanKeyRequest(row scanner) (directory.KeyRequest, error) {
	var q directory.KeyRequest
	var account, by *int64
	var created, decided micros
	err := row.Scan(&q.ID, &q.UUID, &account, &q.Number, &q.User, &q.Message, &q.State, &created, &decided, &by, &q.Answer)
	q.Created, q.Decided = created.Time, decided.Time
	if account != nil {
		q.Account = directory.AccountID(*account)
	}
	if by != nil {
		q.DecidedBy = directory.UserID(*by)
	}
	return q, err
}

// KeyRequest reads a request by its public id; it refuses with
// key_request.not_found.
func (r *Reader) KeyRequest(ctx context.Context, uuid string) (directory.KeyRequest, error) {
	var a args
	query := `SELECT ` + keyRequestColumns + ` FROM key_request q WHERE q.uuid = ` + a.add(uuid)
	q, err := one(ctx, r, query, a, scanKeyRequest)
	if isNoRows(err) {
		return q, directory.Refuse(directory.NotFound, "key_request.not_found")
	}
	if err != nil {
		return q, fmt.Errorf("read key request: %w", err)
	}
	return q, nil
}

// KeyRequests lists the waiting requests, the oldest first, or those that were
// decided, the latest first.
func (r *Reader) KeyRequests(ctx context.Context, portfolio directory.Portfolio, waiting bool, limit int) ([]directory.KeyRequest, error) {
	var a args
	in := within(r, "q.account_key", portfolio, &a)
	where := `q.state = 'waiting'` + in + ` ORDER BY q.created_at, q.key`
	if !waiting {
		where = `q.state <> 'waiting'` + in + ` ORDER BY q.decided_at DESC, q.key DESC`
	}
	return r.keyRequests(ctx, where+atMost(limit), a)
}

// KeyRequestsOf lists the requests about an account, the latest first.
func (r *Reader) KeyRequestsOf(ctx context.Context, account directory.AccountID, limit int) ([]directory.KeyRequest, error) {
	var a args
	where := `q.account_key = ` + a.add(account) + ` ORDER BY q.created_at DESC, q.key DESC` + atMost(limit)
	return r.keyRequests(ctx, where, a)
}

// KeyRequestsBy lists the requests a person made, the latest first.
func (r *Reader) KeyRequestsBy(ctx context.Context, user directory.UserID, limit int) ([]directory.KeyRequest, error) {
	var a args
	where := `q.user_key = ` + a.add(user) + ` ORDER BY q.created_at DESC, q.key DESC` + atMost(limit)
	return r.keyRequests(ctx, where, a)
}

func (r *Reader) keyRequests(ctx context.Context, where string, a args) ([]directory.KeyRequest, error) {
	requests, err := collect(ctx, r, `SELECT `+keyRequestColumns+` FROM key_request q WHERE `+where, a, scanKeyRequest)
	if err != nil {
		return nil, fmt.Errorf("list key requests: %w", err)
	}
	return requests, nil
}

// CountKeyRequests is how many requests wait.
func (r *Reader) CountKeyRequests(ctx context.Context, portfolio directory.Portfolio) (int64, error) {
	var a args
	query := `SELECT count(*) FROM key_request q WHERE q.state = 'waiting'` + within(r, "q.account_key", portfolio, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count key requests: %w", err)
	}
	return n, nil
}

// InsertKeyRequest writes a waiting request.
type InsertKeyRequest directory.KeyRequest

func (c InsertKeyRequest) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"key", "uuid", "account_key", "number", "number_folded", "user_key", "message", "state", "created_at", "answer"}
	row := []any{c.ID, c.UUID, orNull(c.Account), c.Number, directory.CleanNumber(c.Number), c.User, c.Message, c.State, tx.Now, ""}
	if _, err := tx.bulkInsert(ctx, "key_request", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("add key request: %w", err)
	}
	return nil
}

// An EndKeyRequest decides a waiting request. One that somebody decided
// meanwhile makes the plan run again.
type EndKeyRequest struct {
	ID     directory.KeyRequestID
	State  directory.KeyRequestState
	By     directory.UserID
	Answer string
}

func (c EndKeyRequest) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE key_request SET state = ` + a.add(c.State) + `, decided_at = ` + a.add(tx.Now) + `, decided_by = ` + a.add(orNull(c.By)) +
		`, answer = ` + a.add(c.Answer) + ` WHERE key = ` + a.add(c.ID) + ` AND state = 'waiting'`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("decide key request: %w", err)
	}
	if n == 0 {
		return errLostRace
	}
	return nil
}

// LockedCounts lists the customer numbers whose key entry is locked, whoever
// has them, the latest first (KEY-12, KEY-14).
func (r *Reader) LockedCounts(ctx context.Context, portfolio directory.Portfolio, limit int) ([]directory.KeyCount, error) {
	var a args
	query := `SELECT number_folded, tries, locked_at, locked_by FROM key_count k WHERE locked_at IS NOT NULL` +
		numberWithin(r, portfolio, &a) + `
		ORDER BY locked_at DESC, number_folded` + atMost(limit)
	counts, err := collect(ctx, r, query, a, func(row scanner) (directory.KeyCount, error) {
		var c directory.KeyCount
		var locked micros
		var by *int64
		err := row.Scan(&c.Number, &c.Tries, &locked, &by)
		c.Locked = locked.Time
		if by != nil {
			c.LockedBy = directory.UserID(*by)
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("list locked numbers: %w", err)
	}
	return counts, nil
}

// AccountsByNumbers finds the accounts that have or had these cleaned numbers.
func (r *Reader) AccountsByNumbers(ctx context.Context, numbers []string) (map[string]directory.AccountID, error) {
	found := make(map[string]directory.AccountID, len(numbers))
	if len(numbers) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT number_folded, key FROM account WHERE number_folded` + inTexts(r, numbers, &a) + `
		UNION ALL SELECT number_folded, account_key FROM account_former_number WHERE number_folded` + inTexts(r, numbers, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var number string
		var account directory.AccountID
		err := row.Scan(&number, &account)
		found[number] = account
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find accounts of numbers: %w", err)
	}
	return found, nil
}

// A KeyTry is one key entry for a number: who and when (KEY-14).
type KeyTry struct {
	Number  string
	User    directory.UserID
	Outcome string // "right", "wrong" or "locked"
	At      time.Time
}

// KeyTriesFor lists the latest entries for cleaned numbers.
func (r *Reader) KeyTriesFor(ctx context.Context, numbers []string, limit int) ([]KeyTry, error) {
	var a args
	query := `SELECT number_folded, user_key, outcome, at FROM key_try WHERE number_folded` + inTexts(r, numbers, &a) +
		` ORDER BY at DESC, key DESC` + atMost(limit)
	tries, err := collect(ctx, r, query, a, func(row scanner) (KeyTry, error) {
		var t KeyTry
		var at micros
		err := row.Scan(&t.Number, &t.User, &t.Outcome, &at)
		t.At = at.Time
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("list key tries: %w", err)
	}
	return tries, nil
}
