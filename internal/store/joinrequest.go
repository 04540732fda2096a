package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

const joinColumns = `j.key, j.uuid, j.account_key, j.number, j.user_key, j.message, j.state, j.reason, j.created_at, j.decided_at, j.decided_by`

func scanJoinRequest(row scanner) (directory.JoinRequest, error) {
	var j directory.JoinRequest
	var account, by *int64
	var created, decided micros
	err := row.Scan(&j.ID, &j.UUID, &account, &j.Number, &j.User, &j.Message, &j.State, &j.Reason, &created, &decided, &by)
	j.Created, j.Decided = created.Time, decided.Time
	if account != nil {
		j.Account = directory.AccountID(*account)
	}
	if by != nil {
		j.DecidedBy = directory.UserID(*by)
	}
	return j, err
}

// JoinRequest reads the request of a public id; it refuses with join.not_found.
func (r *Reader) JoinRequest(ctx context.Context, uuid string) (directory.JoinRequest, error) {
	var a args
	j, err := one(ctx, r, `SELECT `+joinColumns+` FROM join_request j WHERE j.uuid = `+a.add(uuid), a, scanJoinRequest)
	if isNoRows(err) {
		return j, directory.Refuse(directory.NotFound, "join.not_found")
	}
	if err != nil {
		return j, fmt.Errorf("read join request: %w", err)
	}
	return j, nil
}

// JoinRequestsOf lists what a person asked, newest first, at most 100.
func (r *Reader) JoinRequestsOf(ctx context.Context, user directory.UserID) ([]directory.JoinRequest, error) {
	var a args
	query := `SELECT ` + joinColumns + ` FROM join_request j WHERE j.user_key = ` + a.add(user) + ` ORDER BY j.created_at DESC, j.key DESC LIMIT 100`
	return r.joinRequests(ctx, query, a)
}

// JoinRequestsIn lists an account's requests of a state, oldest first for those
// that wait and newest first for the others, with how many there are in all.
func (r *Reader) JoinRequestsIn(ctx context.Context, account directory.AccountID, state directory.JoinState, offset, size int) ([]directory.JoinRequest, int64, error) {
	order := "DESC"
	if state == directory.JoinWaiting {
		order = "ASC"
	}
	var a args
	where := ` FROM join_request j WHERE j.account_key = ` + a.add(account) + ` AND j.state = ` + a.add(state)
	total, err := one(ctx, r, `SELECT count(*)`+where, a, scanInt64)
	if err != nil {
		return nil, 0, fmt.Errorf("count join requests: %w", err)
	}
	query := `SELECT ` + joinColumns + where + ` ORDER BY j.created_at ` + order + `, j.key ` + order +
		atMost(size) + ` OFFSET ` + a.add(offset)
	requests, err := r.joinRequests(ctx, query, a)
	return requests, total, err
}

func (r *Reader) joinRequests(ctx context.Context, query string, a args) ([]directory.JoinRequest, error) {
	requests, err := collect(ctx, r, query, a, scanJoinRequest)
	if err != nil {
		return nil, fmt.Errorf("read join requests: %w", err)
	}
	return requests, nil
}

// JoinPast reads what decides whether a person may ask for a number (JOIN-4).
func (r *Reader) JoinPast(ctx context.Context, user directory.UserID, account directory.AccountID, number string) (directory.JoinPast, error) {
	var a args
	who := a.add(user)
	here := `(number_folded = ` + a.add(directory.CleanNumber(number)) + ` OR account_key = ` + a.add(account) + `)`
	query := `
		SELECT count(CASE WHEN state = 'waiting' THEN 1 END),
			count(CASE WHEN state = 'waiting' AND ` + here + ` THEN 1 END),
			max(CASE WHEN state = 'rejected' AND ` + here + ` THEN decided_at END),
			(SELECT count(*) FROM join_block WHERE account_key = ` + a.add(account) + ` AND user_key = ` + who + `)
		FROM join_request WHERE user_key = ` + who
	past, err := one(ctx, r, query, a, func(row scanner) (directory.JoinPast, error) {
		var p directory.JoinPast
		var openHere, blocked int64
		var rejected micros
		err := row.Scan(&p.Open, &openHere, &rejected, &blocked)
		p.OpenHere, p.Blocked, p.LastRejected = openHere > 0, blocked > 0, rejected.Time
		return p, err
	})
	if err != nil {
		return past, fmt.Errorf("read what was asked: %w", err)
	}
	return past, nil
}

// InsertJoinRequest writes a new waiting request. A second one of the person
// for the number makes the plan run again, which then refuses it.
type InsertJoinRequest directory.JoinRequest

func (c InsertJoinRequest) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"key", "uuid", "account_key", "number", "number_folded", "user_key", "message", "state", "reason", "created_at"}
	row := []any{c.ID, c.UUID, orNull(c.Account), c.Number, directory.CleanNumber(c.Number), c.User, c.Message, c.State, "", tx.Now}
	n, err := tx.bulkInsert(ctx, "join_request", columns, [][]any{row}, "ON CONFLICT DO NOTHING")
	if err != nil {
		return fmt.Errorf("ask to join: %w", err)
	}
	if n == 0 {
		return errLostRace
	}
	return tx.countRequests(c.Account, 1)
}

// EndJoinRequest decides, withdraws or lapses a waiting request. One that waits
// no more makes the plan run again (JOIN-6).
type EndJoinRequest struct {
	ID     directory.JoinRequestID
	State  directory.JoinState
	By     directory.UserID
	Reason string
}

func (c EndJoinRequest) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE join_request SET state = ` + a.add(c.State) + `, reason = ` + a.add(c.Reason) + `, decided_at = ` + a.add(tx.Now) +
		`, decided_by = ` + a.add(orNull(c.By)) + ` WHERE key = ` + a.add(c.ID) + ` AND state = 'waiting' RETURNING account_key`
	ended, err := collect(ctx, tx.Reader, query, a, func(row scanner) (directory.JoinRequest, error) {
		var account *int64
		err := row.Scan(&account)
		return directory.JoinRequest{ID: c.ID, Account: directory.AccountID(orZero(account))}, err
	})
	if err != nil {
		return fmt.Errorf("end join request: %w", err)
	}
	if len(ended) == 0 {
		return errLostRace
	}
	if err := tx.countRequests(ended[0].Account, -1); err != nil {
		return err
	}
	return tx.unsayRequests(ctx, ended)
}

// CloseJoinRequests ends a person's waiting requests into an account: they came
// in another way (JOIN-1). None waiting is no error.
type CloseJoinRequests struct {
	User    directory.UserID
	Account directory.AccountID
}

func (c CloseJoinRequests) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE join_request SET state = 'closed', decided_at = ` + a.add(tx.Now) +
		` WHERE user_key = ` + a.add(c.User) + ` AND account_key = ` + a.add(c.Account) + ` AND state = 'waiting' RETURNING key`
	closed, err := collect(ctx, tx.Reader, query, a, func(row scanner) (directory.JoinRequest, error) {
		j := directory.JoinRequest{Account: c.Account}
		return j, row.Scan(&j.ID)
	})
	if err != nil {
		return fmt.Errorf("close join requests: %w", err)
	}
	if err := tx.countRequests(c.Account, -int64(len(closed))); err != nil {
		return err
	}
	return tx.unsayRequests(ctx, closed)
}

// PutJoinBlock blocks a person from asking, or lets them ask again.
type PutJoinBlock struct {
	Account directory.AccountID
	User    directory.UserID
	By      directory.UserID
	Blocked bool
}

func (c PutJoinBlock) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `DELETE FROM join_block WHERE account_key = ` + a.add(c.Account) + ` AND user_key = ` + a.add(c.User)
	if c.Blocked {
		a = nil
		query = `INSERT INTO join_block (account_key, user_key, at, blocked_by) VALUES (` + a.add(c.Account) + `, ` + a.add(c.User) + `, ` +
			a.add(tx.Now) + `, ` + a.add(c.By) + `) ON CONFLICT DO NOTHING`
	}
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("block person: %w", err)
	}
	return nil
}

// JoinBlocks tells which of the people are kept from asking into an account.
func (r *Reader) JoinBlocks(ctx context.Context, account directory.AccountID, users []directory.UserID) (map[directory.UserID]bool, error) {
	blocked := map[directory.UserID]bool{}
	if len(users) == 0 {
		return blocked, nil
	}
	var a args
	query := `SELECT user_key FROM join_block WHERE account_key = ` + a.add(account) + ` AND user_key` + inKeys(r, users, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var user directory.UserID
		err := row.Scan(&user)
		blocked[user] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who is blocked: %w", err)
	}
	return blocked, nil
}

// OldJoinRequests lists requests that have waited since before a moment, by key
// after the one given, at most limit (JOIN-4).
func (r *Reader) OldJoinRequests(ctx context.Context, before time.Time, after directory.JoinRequestID, limit int) ([]directory.JoinRequest, error) {
	var a args
	query := `SELECT ` + joinColumns + ` FROM join_request j WHERE j.state = 'waiting' AND j.created_at < ` + a.add(before) +
		` AND j.key > ` + a.add(after) + ` ORDER BY j.key` + atMost(limit)
	return r.joinRequests(ctx, query, a)
}

// AccountsToRemind lists accounts with requests that have waited since before
// old, which got no reminder since the other moment, by key after the one given
// (JOIN-8).
func (r *Reader) AccountsToRemind(ctx context.Context, old, reminded time.Time, after directory.AccountID, limit int) ([]directory.AccountID, error) {
	var a args
	query := `
		SELECT DISTINCT j.account_key FROM join_request j
		WHERE j.state = 'waiting' AND j.account_key > ` + a.add(after) + ` AND j.created_at < ` + a.add(old) + `
		  AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.account_key = j.account_key AND m.kind = 'join_reminder'
			AND m.created_at > ` + a.add(reminded) + `)
		ORDER BY j.account_key` + atMost(limit)
	accounts, err := collect(ctx, r, query, a, func(row scanner) (directory.AccountID, error) {
		var id directory.AccountID
		return id, row.Scan(&id)
	})
	if err != nil {
		return nil, fmt.Errorf("find accounts to remind: %w", err)
	}
	return accounts, nil
}

// VerifiedDomain reports whether a mail domain is one the account has verified,
// and whether its requests are approved by themselves (JOIN-7).
func (r *Reader) VerifiedDomain(ctx context.Context, account directory.AccountID, name string) (verified, autoApprove bool, err error) {
	var a args
	query := `SELECT auto_approve FROM domain WHERE account_key = ` + a.add(account) + ` AND name = ` + a.add(name) + ` AND verified_at IS NOT NULL`
	autoApprove, err = one(ctx, r, query, a, func(row scanner) (bool, error) {
		var auto bool
		return auto, row.Scan(&auto)
	})
	if isNoRows(err) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("read domain: %w", err)
	}
	return true, autoApprove, nil
}
