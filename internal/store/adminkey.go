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

// An InsertLetter keeps new keys sealed until their letter is printed, once.
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

// A Letter is keys that wait, sealed, to be printed once.
type Letter struct {
	Key    int64
	Sealed []byte
	Count  int64
}

// WaitingLetters reads an account's letters that were not printed yet.
func (r *Reader) WaitingLetters(ctx context.Context, account directory.AccountID) ([]Letter, error) {
	var a args
	query := `SELECT key, keys_sealed, keys_count FROM letter WHERE account_key = ` + a.add(account) + ` AND keys_sealed IS NOT NULL ORDER BY key`
	letters, err := collect(ctx, r, query, a, func(row scanner) (Letter, error) {
		var l Letter
		return l, row.Scan(&l.Key, &l.Sealed, &l.Count)
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
