package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// InsertUnits writes new units of an account.
type InsertUnits struct {
	Account directory.AccountID
	Units   []directory.Unit
}

func (c InsertUnits) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Units))
	for i, u := range c.Units {
		rows[i] = []any{u.ID, u.UUID, c.Account, orNull(u.Parent), u.Level, u.Name, directory.Fold(u.Name), tx.Now, 1}
	}
	columns := []string{"key", "uuid", "account_key", "parent_key", "level", "name", "name_folded", "created_at", "version"}
	if _, err := tx.bulkInsert(ctx, "unit", columns, rows, ""); err != nil {
		return fmt.Errorf("add units: %w", err)
	}
	return nil
}
