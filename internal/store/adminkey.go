package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"intendant/internal/directory"
)

// An AdminKeyRow is a new admin key: its digest, never its characters (KEY-6).
type AdminKeyRow struct {
	ID      directory.AdminKeyID
	UUID    string
	Ordinal int64
	Digest  []byte
	By      directory.UserID
}

// InsertAdminKeys writes new unused keys of an account.
type InsertAdminKeys struct {
	Account directory.AccountID
	Keys    []AdminKeyRow
}

func (c InsertAdminKeys) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c.Keys))
	for i, k := range c.Keys {
		rows[i] = []any{k.ID, k.UUID, c.Account, k.Ordinal, k.Digest, "unused", tx.Now, k.By, ""}
	}
	columns := []string{"key", "uuid", "account_key", "ordinal", "digest", "state", "made_at", "made_by", "reason"}
	if _, err := tx.bulkInsert(ctx, "admin_key", columns, rows, ""); err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	return nil
}

// An InsertLetter keeps new keys sealed until their letter is posted.
type InsertLetter struct {
	Account directory.AccountID
	Key     int64
	Keys    []string
	By      directory.UserID
	Seal    Sealer
}

func (c InsertLetter) apply(ctx context.Context, tx *Tx) error {
	sealed := c.Seal([]byte(strings.Join(c.Keys, " ")), LetterContext(c.Key))
	columns := []string{"key", "account_key", "keys_sealed", "keys_count", "made_at", "made_by"}
	row := []any{c.Key, c.Account, sealed, len(c.Keys), tx.Now, c.By}
	if _, err := tx.bulkInsert(ctx, "letter", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("keep letter: %w", err)
	}
	return nil
}

// LetterContext binds a letter's sealed keys to its row.
func LetterContext(key int64) string { return fmt.Sprintf("letter %d", key) }

// A Letter is keys that are kept, sealed, until somebody says that it was posted.
type Letter struct {
	Key       int64
	Account   directory.AccountID
	Sealed    []byte
	Count     int64
	Made      time.Time
	Printed   time.Time // last, on paper or on the screen; zero: it waits
	PrintedBy directory.UserID
}

// KeptLetters reads the letters of accounts, of all within a portfolio when none is
// named, whose keys are kept: those that wait longest first, at most limit.
func (r *Reader) KeptLetters(ctx context.Context, portfolio directory.Portfolio, accounts []directory.AccountID, limit int) ([]Letter, error) {
	var a args
	query := `SELECT l.key, l.account_key, l.keys_sealed, l.keys_count, l.made_at, l.printed_at, l.printed_by
		FROM letter l JOIN account a ON a.key = l.account_key WHERE l.keys_sealed IS NOT NULL AND a.state <> 'closed'` + within(r, "a.key", portfolio, &a)
	if len(accounts) > 0 {
		query += ` AND l.account_key` + inKeys(r, accounts, &a)
	}
	query += ` ORDER BY l.made_at, l.key` + atMost(limit)
	letters, err := collect(ctx, r, query, a, func(row scanner) (Letter, error) {
		var l Letter
		var made, printed micros
		var by *int64
		err := row.Scan(&l.Key, &l.Account, &l.Sealed, &l.Count, &made, &printed, &by)
		l.Made, l.Printed, l.PrintedBy = made.Time, printed.Time, directory.UserID(orZero(by))
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("read letters: %w", err)
	}
	return letters, nil
}

// An AdminKey is what became of a key: never its characters (KEY-6).
type AdminKey struct {
	ID      directory.AdminKeyID
	UUID    string
	Ordinal int64
	State   string // "unused", "used" or "revoked"
	Made    time.Time
	MadeBy  directory.UserID
	Ended   time.Time
	EndedBy directory.UserID
	Reason  string
}

// AdminKeys reads the keys of an account in the order they were made.
func (r *Reader) AdminKeys(ctx context.Context, account directory.AccountID) ([]AdminKey, error) {
	var a args
	query := `SELECT key, uuid, ordinal, state, made_at, made_by, ended_at, ended_by, reason
		FROM admin_key WHERE account_key = ` + a.add(account) + ` ORDER BY ordinal, key`
	keys, err := collect(ctx, r, query, a, func(row scanner) (AdminKey, error) {
		var k AdminKey
		var made, ended micros
		var by *int64
		err := row.Scan(&k.ID, &k.UUID, &k.Ordinal, &k.State, &made, &k.MadeBy, &ended, &by, &k.Reason)
		k.Made, k.Ended = made.Time, ended.Time
		if by != nil {
			k.EndedBy = directory.UserID(*by)
		}
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return keys, nil
}

// CountLetterAccounts is how many accounts have letters waiting to be printed.
func (r *Reader) CountLetterAccounts(ctx context.Context, portfolio directory.Portfolio) (int64, error) {
	var a args
	query := `SELECT count(DISTINCT l.account_key) FROM letter l JOIN account a ON a.key = l.account_key
		WHERE l.keys_sealed IS NOT NULL AND l.printed_at IS NULL AND a.state <> 'closed'` + within(r, "a.key", portfolio, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count waiting letters: %w", err)
	}
	return n, nil
}

// PrintLetters notes that letters were printed or shown; their keys are kept. One that
// was wiped meanwhile makes the plan run again (KEY-6).
type PrintLetters struct {
	Letters []int64
	By      directory.UserID
}

func (c PrintLetters) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE letter SET printed_at = ` + a.add(tx.Now) + `, printed_by = ` + a.add(orNull(c.By)) +
		` WHERE keys_sealed IS NOT NULL AND key` + inKeys(tx.Reader, c.Letters, &a)
	return allOf(ctx, tx, query, a, len(c.Letters))
}

// WipeLetters forgets the sealed keys of letters for good: somebody says that they
// were posted. One that was wiped meanwhile makes the plan run again (KEY-6).
type WipeLetters struct {
	Letters []int64
	By      directory.UserID
}

func (c WipeLetters) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE letter SET keys_sealed = NULL, posted_at = ` + a.add(tx.Now) + `, posted_by = ` + a.add(orNull(c.By)) +
		` WHERE keys_sealed IS NOT NULL AND key` + inKeys(tx.Reader, c.Letters, &a)
	return allOf(ctx, tx, query, a, len(c.Letters))
}

// allOf runs a statement that is to meet so many rows.
func allOf(ctx context.Context, tx *Tx, query string, a args, rows int) error {
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("write letters: %w", err)
	}
	if n != int64(rows) {
		return errLostRace
	}
	return nil
}

// PurgeLetters forgets the keys of at most limit letters that were printed or shown
// before a time and that nobody said were posted, and answers how many they were.
func (tx *Tx) PurgeLetters(ctx context.Context, before time.Time, limit int) (int64, error) {
	var a args
	query := `UPDATE letter SET keys_sealed = NULL WHERE key IN (SELECT key FROM letter WHERE keys_sealed IS NOT NULL AND printed_at <= ` + a.add(before) +
		` ORDER BY key` + atMost(limit) + `)`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return 0, fmt.Errorf("purge letters: %w", err)
	}
	return n, nil
}

// KeyCount reads how often a wrong key was entered for a customer number,
// whether anybody has it or not (KEY-14). A number that an account had before
// counts with the account's present one, which the answer names (KEY-9).
func (r *Reader) KeyCount(ctx context.Context, number string) (directory.KeyCount, error) {
	c := directory.KeyCount{Number: directory.CleanNumber(number)}
	var a args
	typed := a.add(c.Number)
	query := `SELECT n.number, coalesce(k.tries, 0), k.locked_at, k.locked_by FROM (
			SELECT coalesce((SELECT a.number_folded FROM account_former_number f JOIN account a ON a.key = f.account_key
				WHERE f.number_folded = ` + typed + `), CAST(` + typed + ` AS TEXT)) AS number) n
		LEFT JOIN key_count k ON k.number_folded = n.number`
	found, err := one(ctx, r, query, a, func(row scanner) (directory.KeyCount, error) {
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
		return c, fmt.Errorf("read key count: %w", err)
	}
	return found, nil
}

// PutKeyCount writes a number's count.
type PutKeyCount directory.KeyCount

func (c PutKeyCount) apply(ctx context.Context, tx *Tx) error {
	row := []any{c.Number, c.Tries, c.Locked, orNull(c.LockedBy)}
	over := `ON CONFLICT (number_folded) DO UPDATE SET tries = excluded.tries, locked_at = excluded.locked_at, locked_by = excluded.locked_by`
	if _, err := tx.bulkInsert(ctx, "key_count", []string{"number_folded", "tries", "locked_at", "locked_by"}, [][]any{row}, over); err != nil {
		return fmt.Errorf("count key tries: %w", err)
	}
	if c.Locked.IsZero() {
		return Unsay{directory.MailTopic(directory.TopicLock, directory.Installation, c.Number)}.apply(ctx, tx)
	}
	return nil
}

// moveKeyCount takes an account's count along to its new number; what was counted
// there while nobody had it counts too (KEY-9).
func (tx *Tx) moveKeyCount(ctx context.Context, before, after string) error {
	var v args
	query := `INSERT INTO key_count (number_folded, tries, locked_at, locked_by)
		SELECT ` + v.add(after) + `, tries, locked_at, locked_by FROM key_count WHERE number_folded = ` + v.add(before) + `
		ON CONFLICT (number_folded) DO UPDATE SET
			tries = CASE WHEN excluded.tries > key_count.tries THEN excluded.tries ELSE key_count.tries END,
			locked_at = coalesce(key_count.locked_at, excluded.locked_at), locked_by = coalesce(key_count.locked_by, excluded.locked_by)`
	if _, err := exec(ctx, tx, query, v); err != nil {
		return fmt.Errorf("move key count: %w", err)
	}
	v = nil
	if _, err := exec(ctx, tx, `DELETE FROM key_count WHERE number_folded = `+v.add(before), v); err != nil {
		return fmt.Errorf("move key count: %w", err)
	}
	return nil
}

// An InsertKeyTry notes one key entry: support sees who tried (KEY-14).
type InsertKeyTry struct {
	Key     int64
	Number  string
	User    directory.UserID
	Outcome string // "right", "wrong", "locked" (the try that locked)
}

func (c InsertKeyTry) apply(ctx context.Context, tx *Tx) error {
	row := []any{c.Key, directory.CleanNumber(c.Number), c.User, c.Outcome, tx.Now}
	if _, err := tx.bulkInsert(ctx, "key_try", []string{"key", "number_folded", "user_key", "outcome", "at"}, [][]any{row}, ""); err != nil {
		return fmt.Errorf("note key try: %w", err)
	}
	return nil
}

// KeyTries counts a person's wrong entries since a moment, and says whether
// they locked a number since another (KEY-14).
func (r *Reader) KeyTries(ctx context.Context, user directory.UserID, since, lockSince time.Time) (wrong int64, locked bool, err error) {
	var a args
	query := `SELECT count(CASE WHEN at > ` + a.add(since) + ` THEN 1 END), count(CASE WHEN outcome = 'locked' THEN 1 END)
		FROM key_try WHERE user_key = ` + a.add(user) + ` AND outcome <> 'right' AND at > ` + a.add(lockSince)
	counts, err := one(ctx, r, query, a, func(row scanner) ([2]int64, error) {
		var n [2]int64
		return n, row.Scan(&n[0], &n[1])
	})
	if err != nil {
		return 0, false, fmt.Errorf("count key tries: %w", err)
	}
	return counts[0], counts[1] > 0, nil
}

// UnusedKey finds an account's unused key by its digest; ok is false when there
// is none, also for account 0.
func (r *Reader) UnusedKey(ctx context.Context, account directory.AccountID, digest []byte) (key AdminKeyRow, ok bool, err error) {
	var a args
	query := `SELECT key, uuid, ordinal FROM admin_key WHERE account_key = ` + a.add(account) + ` AND digest = ` + a.add(digest) +
		` AND state = 'unused'`
	key, err = one(ctx, r, query, a, func(row scanner) (AdminKeyRow, error) {
		var k AdminKeyRow
		return k, row.Scan(&k.ID, &k.UUID, &k.Ordinal)
	})
	if isNoRows(err) {
		return key, false, nil
	}
	if err != nil {
		return key, false, fmt.Errorf("find key: %w", err)
	}
	return key, true, nil
}

// An EndAdminKey marks an unused key as used or revoked. One that was ended
// meanwhile makes the plan run again (KEY-3, KEY-15).
type EndAdminKey struct {
	ID     directory.AdminKeyID
	State  string
	By     directory.UserID
	Reason string
}

func (c EndAdminKey) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE admin_key SET state = ` + a.add(c.State) + `, ended_at = ` + a.add(tx.Now) + `, ended_by = ` + a.add(orNull(c.By)) +
		`, reason = ` + a.add(c.Reason) + ` WHERE key = ` + a.add(c.ID) + ` AND state = 'unused'`
	n, err := exec(ctx, tx, query, a)
	if err != nil {
		return fmt.Errorf("end key: %w", err)
	}
	if n == 0 {
		return errLostRace
	}
	return nil
}
