package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"intendant/internal/directory"
)

const bulkActColumns = `key, uuid, account_key, user_key, asker, kind, change, state, stopped, total, done, changed, unchanged, refused,
	invited, batch, request, created_at, ended_at`

func scanBulkAct(row scanner) (directory.BulkAct, error) {
	var act directory.BulkAct
	var asker, stopped string
	var created, ended micros
	n := &act.Counts
	err := row.Scan(&act.ID, &act.UUID, &act.Account, &act.User, &asker, &act.Kind, &act.Change, &act.State, &stopped, &n.Total, &n.Done,
		&n.Changed, &n.Unchanged, &n.Refused, &n.Invited, &act.Batch, &act.Request, &created, &ended)
	if err != nil {
		return act, err
	}
	act.Created, act.Ended = created.Time, ended.Time
	if stopped != "" {
		if err := json.Unmarshal([]byte(stopped), &act.Stopped); err != nil {
			return act, err
		}
	}
	return act, json.Unmarshal([]byte(asker), &act.Asker)
}

// BulkAct reads an act on many; it refuses with act.not_found.
func (r *Reader) BulkAct(ctx context.Context, id directory.BulkActID) (directory.BulkAct, error) {
	var a args
	return r.bulkActWhere(ctx, `key = `+a.add(id), a)
}

// BulkActByUUID reads the act of a public id within one account; another
// account's is refused like an unknown one, with act.not_found.
func (r *Reader) BulkActByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.BulkAct, error) {
	var a args
	return r.bulkActWhere(ctx, `account_key = `+a.add(account)+` AND uuid = `+a.add(uuid), a)
}

// BatchNamed is the batch of an act's history: of one that is kept, by its public id, and
// else what was asked for.
func (r *Reader) BatchNamed(ctx context.Context, account directory.AccountID, name string) (string, error) {
	var a args
	batch, err := one(ctx, r, `SELECT batch FROM bulk_act WHERE account_key = `+a.add(account)+` AND uuid = `+a.add(name), a, scanText)
	if isNoRows(err) {
		return name, nil
	}
	if err != nil {
		return "", fmt.Errorf("read act on many: %w", err)
	}
	return batch, nil
}

// BulkActOfRequest reads the act that a claimed request has begun; it refuses
// with act.not_found.
func (r *Reader) BulkActOfRequest(ctx context.Context, holder string) (directory.BulkAct, error) {
	var a args
	return r.bulkActWhere(ctx, `request <> '' AND request = `+a.add(holder), a)
}

func (r *Reader) bulkActWhere(ctx context.Context, where string, a args) (directory.BulkAct, error) {
	act, err := one(ctx, r, `SELECT `+bulkActColumns+` FROM bulk_act WHERE `+where, a, scanBulkAct)
	if isNoRows(err) {
		return act, directory.Refuse(directory.NotFound, "act.not_found")
	}
	if err != nil {
		return act, fmt.Errorf("read act on many: %w", err)
	}
	return act, nil
}

// BulkActs lists acts of an account, or those one of its people asked for, newest
// first.
func (r *Reader) BulkActs(ctx context.Context, account directory.AccountID, owner directory.UserID, limit int) ([]directory.BulkAct, error) {
	var a args
	query := `SELECT ` + bulkActColumns + ` FROM bulk_act WHERE account_key = ` + a.add(account)
	if owner != 0 {
		query += ` AND user_key = ` + a.add(owner)
	}
	query += ` ORDER BY created_at DESC, key DESC` + atMost(limit)
	found, err := collect(ctx, r, query, a, scanBulkAct)
	if err != nil {
		return nil, fmt.Errorf("list acts on many: %w", err)
	}
	return found, nil
}

// MemberVersions reads the versions of members of an account.
func (r *Reader) MemberVersions(ctx context.Context, account directory.AccountID, keys []directory.MemberID) (map[directory.MemberID]int64, error) {
	found := make(map[directory.MemberID]int64, len(keys))
	var a args
	query := `SELECT key, version FROM member WHERE account_key = ` + a.add(account) + ` AND key` + inKeys(r, keys, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		var key directory.MemberID
		var version int64
		err := row.Scan(&key, &version)
		found[key] = version
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of members: %w", err)
	}
	return found, nil
}

// An InsertBulkAct writes an act that was confirmed, with all that it is to do,
// in the pieces of one transaction each. Pieces that are nil are done. One that is over
// already, in the same transaction, comes with those of whom nothing changed.
type InsertBulkAct struct {
	Act   directory.BulkAct
	Parts [][]byte
	Left  []BulkRefusal
}

func (c InsertBulkAct) apply(ctx context.Context, tx *Tx) error {
	act := c.Act
	asker, err := json.Marshal(act.Asker)
	if err != nil {
		return fmt.Errorf("asker of act: %w", err)
	}
	n := act.Counts
	row := []any{act.ID, act.UUID, act.Account, act.User, string(asker), act.Kind, act.Change, act.State, "", n.Total, n.Done, n.Changed,
		n.Unchanged, n.Refused, n.Invited, act.Batch, act.Request, tx.Now, act.Ended}
	columns := []string{"key", "uuid", "account_key", "user_key", "asker", "kind", "change", "state", "stopped", "total", "done", "changed",
		"unchanged", "refused", "invited", "batch", "request", "created_at", "ended_at"}
	if _, err := tx.bulkInsert(ctx, "bulk_act", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("begin act on many: %w", err)
	}
	if err := keepLeft(ctx, tx, act.ID, c.Left); err != nil {
		return err
	}
	var parts [][]any
	for part, items := range c.Parts {
		if items != nil {
			parts = append(parts, []any{act.ID, part, string(items)})
		}
	}
	if _, err := tx.bulkInsert(ctx, "bulk_part", []string{"act_key", "part", "items"}, parts, ""); err != nil {
		return fmt.Errorf("keep what an act has to do: %w", err)
	}
	return nil
}

// BulkPart reads one piece of what an act has to do; one that is done is nil.
func (r *Reader) BulkPart(ctx context.Context, id directory.BulkActID, part int64) ([]byte, error) {
	var a args
	items, err := one(ctx, r, `SELECT items FROM bulk_part WHERE act_key = `+a.add(id)+` AND part = `+a.add(part), a, scanText)
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what an act has to do: %w", err)
	}
	return []byte(items), nil
}

// A BulkRefusal is who was refused in an act, or found as they should be, in the order
// of what it was to do. Facts are JSON.
type BulkRefusal struct {
	Line    int64
	Outcome string // BulkRefused or BulkUnchanged
	Facts   string
}

// What became of those whom an act did not change.
const (
	BulkRefused   = "refused"
	BulkUnchanged = "unchanged"
)

// keepLeft keeps of whom an act changed nothing, and why.
func keepLeft(ctx context.Context, tx *Tx, act directory.BulkActID, left []BulkRefusal) error {
	rows := make([][]any, len(left))
	for i, one := range left {
		rows[i] = []any{act, one.Line, one.Facts, one.Outcome}
	}
	if _, err := tx.bulkInsert(ctx, "bulk_refusal", []string{"act_key", "line", "facts", "outcome"}, rows, ""); err != nil {
		return fmt.Errorf("keep who was refused: %w", err)
	}
	return nil
}

// A BulkProgress is how far an act has come, from one state to the next: what
// was done after From, and who was refused. An act that somebody else has taken
// further, or that runs no more, is a lost race.
type BulkProgress struct {
	Act     directory.BulkActID
	From    int64 // how much was done before
	Counts  directory.BulkCounts
	State   directory.BulkState
	Stopped *directory.Error
	Left    []BulkRefusal
}

func (c BulkProgress) apply(ctx context.Context, tx *Tx) error {
	stopped := ""
	if c.Stopped != nil {
		text, err := json.Marshal(c.Stopped)
		if err != nil {
			return fmt.Errorf("why an act ended: %w", err)
		}
		stopped = string(text)
	}
	var a args
	n := c.Counts
	query := `UPDATE bulk_act SET done = ` + a.add(n.Done) + `, changed = ` + a.add(n.Changed) + `, unchanged = ` + a.add(n.Unchanged) +
		`, refused = ` + a.add(n.Refused) + `, invited = ` + a.add(n.Invited) + `, state = ` + a.add(c.State) + `, stopped = ` + a.add(stopped)
	if c.State != directory.BulkRunning {
		query += `, ended_at = ` + a.add(tx.Now)
		if n.Refused == 0 { // else it is kept as long as the refusals are, to be tried again
			query += `, change = ''`
		}
	}
	query += ` WHERE key = ` + a.add(c.Act) + ` AND state = 'running' AND done = ` + a.add(c.From)
	moved, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("note progress of act: %w", err)
	}
	if moved == 0 {
		return errLostRace
	}
	return c.settle(ctx, tx)
}

// settle keeps who was refused and drops what is done, or will not be done any
// more.
func (c BulkProgress) settle(ctx context.Context, tx *Tx) error {
	if err := keepLeft(ctx, tx, c.Act, c.Left); err != nil {
		return err
	}
	var a args
	query := `DELETE FROM bulk_part WHERE act_key = ` + a.add(c.Act)
	if c.State == directory.BulkRunning {
		query += ` AND part < ` + a.add(c.Counts.Done/directory.BulkChunk)
	}
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("drop what an act has done: %w", err)
	}
	return nil
}

// A BulkRefusalPage is which of those who were refused are read: after a line, or
// so many in.
type BulkRefusalPage struct {
	Outcome string // BulkRefused where it is empty
	After   int64
	Skip    int
	Limit   int
}

// BulkRefusals reads who was refused in an act.
func (r *Reader) BulkRefusals(ctx context.Context, id directory.BulkActID, page BulkRefusalPage) ([]BulkRefusal, error) {
	var a args
	query := `SELECT line, outcome, facts FROM bulk_refusal WHERE act_key = ` + a.add(id) + ` AND outcome = ` +
		a.add(cmp.Or(page.Outcome, BulkRefused)) + ` AND line > ` + a.add(page.After) +
		` ORDER BY line` + atMost(page.Limit) + ` OFFSET ` + a.add(page.Skip)
	found, err := collect(ctx, r, query, a, func(row scanner) (BulkRefusal, error) {
		var refused BulkRefusal
		return refused, row.Scan(&refused.Line, &refused.Outcome, &refused.Facts)
	})
	if err != nil {
		return nil, fmt.Errorf("read who was refused: %w", err)
	}
	return found, nil
}

// PurgeBulkActs removes at most limit acts that were over before a time, with
// who was refused, and answers how many. What they changed stays.
func (tx *Tx) PurgeBulkActs(ctx context.Context, before time.Time, limit int) (int, error) {
	var a args
	query := `SELECT key FROM bulk_act WHERE state <> 'running' AND created_at < ` + a.add(before) + ` ORDER BY created_at` + atMost(limit)
	old, err := collect(ctx, tx.Reader, query, a, func(row scanner) (directory.BulkActID, error) {
		var key directory.BulkActID
		return key, row.Scan(&key)
	})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	for _, from := range []string{"bulk_part WHERE act_key", "bulk_refusal WHERE act_key", "bulk_act WHERE key"} {
		var a args
		if _, err := exec(ctx, tx, `DELETE FROM `+from+inKeys(tx.Reader, old, &a), a); err != nil {
			return 0, fmt.Errorf("remove acts on many: %w", err)
		}
	}
	return len(old), nil
}

// UnderWay reads what somebody has running in an account, acts on many, imports and
// exports, the newest first: at most limit of each, from an index that holds nothing else.
func (r *Reader) UnderWay(ctx context.Context, account directory.AccountID, user directory.UserID, limit int) ([]directory.UnderWay, error) {
	var a args
	query := `SELECT work, uuid, kind, done, total, created_at FROM (
		SELECT * FROM (SELECT 'act' AS work, uuid, kind, done, total, created_at FROM bulk_act
			WHERE account_key = ` + a.add(account) + ` AND user_key = ` + a.add(user) + ` AND state = 'running'` + atMost(limit) + `) running_acts
		UNION ALL
		SELECT * FROM (SELECT 'import' AS work, uuid, noun AS kind, done, total, created_at FROM import
			WHERE account_key = ` + a.add(account) + ` AND user_key = ` + a.add(user) + ` AND state = 'running'` + atMost(limit) + `) running_imports
		UNION ALL
		SELECT * FROM (SELECT 'export' AS work, uuid, kind, done, total, created_at FROM export
			WHERE account_key = ` + a.add(account) + ` AND user_key = ` + a.add(user) + ` AND state = 'running'` + atMost(limit) + `) running_exports
	) running ORDER BY created_at DESC, uuid`
	found, err := collect(ctx, r, query, a, func(row scanner) (directory.UnderWay, error) {
		var w directory.UnderWay
		var created micros
		err := row.Scan(&w.Work, &w.UUID, &w.Kind, &w.Done, &w.Total, &created)
		w.Created = created.Time
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is under way: %w", err)
	}
	return found, nil
}

// ChangedIn reads whom a batch of history is about, in the order of their first entry:
// at most limit after a place.
func (r *Reader) ChangedIn(ctx context.Context, account directory.AccountID, batch string, after int64, limit int) ([]ChangedIn, error) {
	var a args
	act := ` FROM act WHERE account_key = ` + a.add(account) + ` AND batch = ` + a.add(batch) + `)`
	query := `SELECT subject_key, min(n) FROM entry e WHERE e.account_key = ` + a.add(account) + ` AND e.batch = ` + a.add(batch) +
		` AND e.n >= (SELECT first_n` + act + ` AND e.n <= (SELECT last_n` + act + ` AND subject_key IS NOT NULL AND subject_key <> 0
		GROUP BY subject_key HAVING min(n) > ` + a.add(after) + ` ORDER BY min(n)` + atMost(limit)
	found, err := collect(ctx, r, query, a, func(row scanner) (c ChangedIn, err error) { return c, row.Scan(&c.User, &c.N) })
	if err != nil {
		return nil, fmt.Errorf("read whom an act changed: %w", err)
	}
	return found, nil
}

// A ChangedIn is whom an act changed, by the first entry about them.
type ChangedIn struct {
	User directory.UserID
	N    int64
}
