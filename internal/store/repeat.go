package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"intendant/internal/directory"
)

// The states of a request that may be repeated: nothing of it is written yet,
// some is, its answer is kept.
const (
	RepeatBegun    = "begun"
	RepeatApplied  = "applied"
	RepeatAnswered = "answered"
)

// A Repeat is one request that must not be done twice (PLAN-3). Holder is who
// does it now: whoever takes it over has another.
type Repeat struct {
	User    directory.UserID
	Name    string // the key its sender gave it
	Account directory.AccountID
	Route   string
	Digest  []byte // of its body
	Holder  string
	State   string
	Asked   []Asked // the rights it asked for
	Status  int
	Answer  string
	Begun   time.Time
	Expires time.Time
}

// An Asked is one permission that was asked for, at a unit or anywhere; or a duty
// of the vendor's, over an account.
type Asked struct {
	Permission string              `json:"p,omitempty"`
	Unit       directory.UnitID    `json:"u,omitempty"`
	Anywhere   bool                `json:"a,omitempty"`
	Duty       string              `json:"d,omitempty"`
	Account    directory.AccountID `json:"c,omitempty"`
}

// BeginRepeat writes a request that nobody has begun; of one that is there it
// reports false.
func (tx *Tx) BeginRepeat(ctx context.Context, q Repeat) (bool, error) {
	columns := []string{"user_key", "name", "account_key", "route", "digest", "holder", "state", "asked", "status", "answer", "begun_at", "expires_at"}
	row := []any{q.User, q.Name, q.Account, q.Route, q.Digest, q.Holder, RepeatBegun, "[]", 0, "", tx.Now, q.Expires}
	n, err := tx.bulkInsert(ctx, "repeatable", columns, [][]any{row}, `ON CONFLICT (user_key, name) DO NOTHING`)
	if err != nil {
		return false, fmt.Errorf("begin request: %w", err)
	}
	return n > 0, nil
}

// Repeat reads the request of a user by its key; it refuses with not_found.
func (r *Reader) Repeat(ctx context.Context, user directory.UserID, name string) (Repeat, error) {
	var a args
	query := `SELECT account_key, route, digest, holder, state, asked, status, answer, begun_at, expires_at FROM repeatable WHERE user_key = ` +
		a.add(user) + ` AND name = ` + a.add(name)
	q, err := one(ctx, r, query, a, func(row scanner) (Repeat, error) {
		q := Repeat{User: user, Name: name}
		var asked string
		var begun, expires micros
		if err := row.Scan(&q.Account, &q.Route, &q.Digest, &q.Holder, &q.State, &asked, &q.Status, &q.Answer, &begun, &expires); err != nil {
			return q, err
		}
		q.Begun, q.Expires = begun.Time, expires.Time
		return q, json.Unmarshal([]byte(asked), &q.Asked)
	})
	if isNoRows(err) {
		return q, directory.Refuse(directory.NotFound, "not_found")
	}
	if err != nil {
		return q, fmt.Errorf("read request: %w", err)
	}
	return q, nil
}

// TakeRepeat gives a request to another holder, unless its holder changed since
// it was read; then it reports false.
func (tx *Tx) TakeRepeat(ctx context.Context, was Repeat, now Repeat) (bool, error) {
	var a args
	query := `UPDATE repeatable SET holder = ` + a.add(now.Holder) + `, account_key = ` + a.add(now.Account) + `, route = ` + a.add(now.Route) +
		`, digest = ` + a.add(now.Digest) + `, state = 'begun', asked = '[]', status = 0, answer = '', begun_at = ` + a.add(tx.Now) +
		`, expires_at = ` + a.add(now.Expires) + ` WHERE user_key = ` + a.add(was.User) + ` AND name = ` + a.add(was.Name) +
		` AND holder = ` + a.add(was.Holder) + ` AND state = ` + a.add(was.State)
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return false, fmt.Errorf("take request: %w", err)
	}
	return n > 0, nil
}

// AnswerRepeat keeps the answer of a request. One that changed nothing is forgotten,
// so that it can be sent again, when it was refused, and when it asked for no right
// that its sender could be asked for again.
func (tx *Tx) AnswerRepeat(ctx context.Context, holder string, status int, answer string) error {
	var a args
	forget := `DELETE FROM repeatable WHERE state = 'begun' AND holder = ` + a.add(holder)
	if status < 400 {
		forget += ` AND asked = '[]'`
	}
	if _, err := exec(ctx, tx, forget, a); err != nil {
		return fmt.Errorf("forget request: %w", err)
	}
	if status >= 500 {
		return nil
	}
	a = nil
	query := `UPDATE repeatable SET state = 'answered', status = ` + a.add(status) + `, answer = ` + a.add(answer) + ` WHERE holder = ` + a.add(holder)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	return nil
}

// PurgeRepeats removes at most limit requests whose answer is kept no longer,
// and answers how many it removed.
func (tx *Tx) PurgeRepeats(ctx context.Context, now time.Time, limit int) (int64, error) {
	var a args
	query := `DELETE FROM repeatable WHERE (user_key, name) IN (SELECT user_key, name FROM repeatable WHERE expires_at < ` + a.add(now) +
		atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge requests: %w", err)
	}
	return n, nil
}

// An ApplyRepeat notes in the transaction of a change that the request behind it
// has begun to act, unless it is idle and changes nothing, and what it asked for.
// Whoever lost the request to another is refused with idempotency.in_progress, and
// changes nothing.
type ApplyRepeat struct {
	Holder string
	Asked  []Asked
	Idle   bool
}

func (c ApplyRepeat) apply(ctx context.Context, tx *Tx) error {
	var a args
	state := `'applied'`
	if c.Idle {
		state = `state`
	}
	query := `UPDATE repeatable SET state = ` + state + ` WHERE state IN ('begun', 'applied') AND holder = ` + a.add(c.Holder) + ` RETURNING asked`
	text, err := one(ctx, tx.Reader, query, a, scanText)
	if isNoRows(err) {
		return directory.Refuse(directory.Conflict, "idempotency.in_progress")
	}
	if err != nil {
		return fmt.Errorf("note request: %w", err)
	}
	var asked []Asked
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return fmt.Errorf("read what a request asked: %w", err)
	}
	for _, one := range c.Asked {
		if !slices.Contains(asked, one) {
			asked = append(asked, one)
		}
	}
	all, err := json.Marshal(asked)
	if err != nil {
		return fmt.Errorf("say what a request asked: %w", err)
	}
	a = nil
	if _, err := exec(ctx, tx, `UPDATE repeatable SET asked = `+a.add(string(all))+` WHERE holder = `+a.add(c.Holder), a); err != nil {
		return fmt.Errorf("keep what a request asked: %w", err)
	}
	return nil
}
