package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// FactorContext binds a sealed one-time secret to its row.
func FactorContext(user directory.UserID) string { return fmt.Sprintf("one-time secret %d", user) }

// Factor reads a person's second factor; the zero one where there is none.
func (r *Reader) Factor(ctx context.Context, user directory.UserID) (directory.Factor, error) {
	var a args
	query := `SELECT user_key, secret_sealed, confirmed_at, last_step, pending_sealed, begun_at, created_at FROM one_time_secret
		WHERE user_key = ` + a.add(user)
	f, err := one(ctx, r, query, a, func(row scanner) (directory.Factor, error) {
		var f directory.Factor
		var confirmed, begun, created micros
		err := row.Scan(&f.User, &f.Sealed, &confirmed, &f.LastStep, &f.Pending, &begun, &created)
		f.Confirmed, f.Begun, f.Created = confirmed.Time, begun.Time, created.Time
		return f, err
	})
	if isNoRows(err) {
		return directory.Factor{User: user}, nil
	}
	if err != nil {
		return f, fmt.Errorf("read second factor: %w", err)
	}
	return f, nil
}

// RecoveryCodesLeft is how many recovery codes a person has not used.
func (r *Reader) RecoveryCodesLeft(ctx context.Context, user directory.UserID) (int64, error) {
	var a args
	n, err := one(ctx, r, `SELECT count(*) FROM recovery_code WHERE user_key = `+a.add(user)+` AND used_at IS NULL`, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}

// RecoveryCodeUnused reports whether a digest is that of a code the person has
// not used.
func (r *Reader) RecoveryCodeUnused(ctx context.Context, user directory.UserID, digest []byte) (bool, error) {
	var a args
	query := `SELECT count(*) FROM recovery_code WHERE user_key = ` + a.add(user) + ` AND digest = ` + a.add(digest) + ` AND used_at IS NULL`
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return false, fmt.Errorf("find recovery code: %w", err)
	}
	return n == 1, nil
}

// A BeginFactor keeps a secret that is being set up, sealed, in place of one
// that was begun before. What stands goes on standing.
type BeginFactor struct {
	User   directory.UserID
	Sealed []byte
}

func (c BeginFactor) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"user_key", "last_step", "pending_sealed", "begun_at", "created_at"}
	row := []any{c.User, 0, c.Sealed, tx.Now, tx.Now}
	onConflict := `ON CONFLICT (user_key) DO UPDATE SET pending_sealed = excluded.pending_sealed, begun_at = excluded.begun_at`
	if _, err := tx.bulkInsert(ctx, "one_time_secret", columns, [][]any{row}, onConflict); err != nil {
		return fmt.Errorf("begin second factor: %w", err)
	}
	return nil
}

// A ConfirmFactor lets what was set up stand, with the step of the code that
// proved it. One that was confirmed meanwhile makes the plan run again.
type ConfirmFactor struct {
	User   directory.UserID
	Sealed []byte
	Step   int64
}

func (c ConfirmFactor) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE one_time_secret SET secret_sealed = ` + a.add(c.Sealed) + `, confirmed_at = ` + a.add(tx.Now) +
		`, last_step = ` + a.add(c.Step) + `, pending_sealed = NULL, begun_at = NULL WHERE user_key = ` + a.add(c.User) +
		` AND pending_sealed IS NOT NULL`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("confirm second factor: %w", err)
	}
	if n == 0 {
		return errLostRace
	}
	return nil
}

// PutRecoveryCodes gives a person recovery codes in place of those they had.
type PutRecoveryCodes struct {
	User    directory.UserID
	Digests [][]byte
}

func (c PutRecoveryCodes) apply(ctx context.Context, tx *Tx) error {
	if err := tx.dropRecoveryCodes(ctx, c.User); err != nil {
		return err
	}
	rows := make([][]any, len(c.Digests))
	for i, digest := range c.Digests {
		rows[i] = []any{c.User, digest}
	}
	if _, err := tx.bulkInsert(ctx, "recovery_code", []string{"user_key", "digest"}, rows, ""); err != nil {
		return fmt.Errorf("put recovery codes: %w", err)
	}
	return nil
}

func (tx *Tx) dropRecoveryCodes(ctx context.Context, user directory.UserID) error {
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM recovery_code WHERE user_key = `+a.add(user), a); err != nil {
		return fmt.Errorf("drop recovery codes: %w", err)
	}
	return nil
}

// A DropFactor takes a person's second factor away, with its recovery codes.
type DropFactor struct{ User directory.UserID }

func (c DropFactor) apply(ctx context.Context, tx *Tx) error {
	if err := tx.dropRecoveryCodes(ctx, c.User); err != nil {
		return err
	}
	var a args
	if _, err := exec(ctx, tx, `DELETE FROM one_time_secret WHERE user_key = `+a.add(c.User), a); err != nil {
		return fmt.Errorf("drop second factor: %w", err)
	}
	return nil
}

// UseStep notes that a code of that step was used, and reports whether it was
// the first of that step or a later one: of two at the same moment one is.
func (tx *Tx) UseStep(ctx context.Context, user directory.UserID, step int64) (bool, error) {
	var a args
	query := `UPDATE one_time_secret SET last_step = ` + a.add(step) + ` WHERE user_key = ` + a.add(user) +
		` AND last_step < ` + a.add(step) + ` AND confirmed_at IS NOT NULL`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return false, fmt.Errorf("use one-time code: %w", err)
	}
	return n == 1, nil
}

// A UseFactor uses up what proved a second factor: a recovery code, or else a
// step. One that was used meanwhile makes the plan run again.
type UseFactor struct {
	User     directory.UserID
	Recovery []byte
	Step     int64
}

func (c UseFactor) apply(ctx context.Context, tx *Tx) error {
	used := false
	if len(c.Recovery) == 0 {
		var err error
		if used, err = tx.UseStep(ctx, c.User, c.Step); err != nil {
			return err
		}
	} else {
		var a args
		query := `UPDATE recovery_code SET used_at = ` + a.add(tx.Now) + ` WHERE user_key = ` + a.add(c.User) +
			` AND digest = ` + a.add(c.Recovery) + ` AND used_at IS NULL`
		n, err := exec(ctx, tx, query, a)
		if err != nil {
			return fmt.Errorf("use recovery code: %w", err)
		}
		used = n == 1
	}
	if !used {
		return errLostRace
	}
	return nil
}

// WithoutFactor is how many of an account's active people have no second factor.
type WithoutFactor struct{ Administrators, People int64 }

// factorsOfEach is up to how many active members of an account are asked one by one for
// their second factor. Of more, everybody's in the installation are gone through, which
// are sooner read than so many looked up.
const factorsOfEach = 10_000

// withFactor counts members of a place who have a second factor, from the members or from
// the factors.
func withFactor(d dialect, place string, fromMembers bool) string {
	if fromMembers {
		return `SELECT count(*) FROM member m` + d.indexed("member_by_status") + ` CROSS JOIN one_time_secret s
			WHERE ` + place + ` AND s.user_key = m.user_key AND s.confirmed_at IS NOT NULL`
	}
	return `SELECT count(*) FROM one_time_secret s CROSS JOIN member m WHERE m.user_key = s.user_key AND ` + place + ` AND s.confirmed_at IS NOT NULL`
}

// WithoutFactor counts an account's active people who have no second factor;
// technical users need none (SIGN-6). Members are counted already (LIST-12); of an
// account with many of them, those with a factor are looked up from there.
func (r *Reader) WithoutFactor(ctx context.Context, account directory.AccountID) (WithoutFactor, error) {
	counts, err := r.Counts(ctx, account)
	if err != nil {
		return WithoutFactor{}, err
	}
	var a args
	at, active := a.add(account), a.add(directory.Active)
	place := `m.account_key = ` + at + ` AND m.status = ` + active + ` AND m.removed_at IS NULL`
	query := `SELECT
		(SELECT count(*) FROM technical_user t CROSS JOIN member m WHERE m.user_key = t.user_key AND ` + place + ` AND t.account_key = ` + at + `)
		+ (` + withFactor(r.dialect, place, counts.ByStatus[directory.Active] <= factorsOfEach) + `),
		(SELECT count(*) FROM role o JOIN member_role h ON h.role_key = o.key AND h.valid_to IS NULL JOIN member m ON m.key = h.member_key AND ` + place + `
			JOIN "user" u ON u.key = m.user_key AND u.kind = 'person'
			WHERE o.account_key = ` + at + ` AND o.kind = 'level' AND o.code = ` + a.add(directory.AdminLevel) + `
			AND NOT EXISTS (SELECT 1 FROM one_time_secret s WHERE s.user_key = m.user_key AND s.confirmed_at IS NOT NULL))`
	found, err := one(ctx, r, query, a, func(row scanner) (WithoutFactor, error) {
		var w WithoutFactor
		var need int64 // none
		err := row.Scan(&need, &w.Administrators)
		w.People = counts.ByStatus[directory.Active] - need
		return w, err
	})
	if err != nil {
		return found, fmt.Errorf("count who has no second factor: %w", err)
	}
	return found, nil
}
