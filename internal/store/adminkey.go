package store

import (
	"context"
	"fmt"
	"strings"

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
