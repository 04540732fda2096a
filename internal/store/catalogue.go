package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

// An AppliedCatalogue is one the vendor put in force.
type AppliedCatalogue struct {
	Version int64
	Text    string
	At      time.Time
	By      directory.UserID
}

// LatestCatalogue reads the catalogue that was applied last; version 0 when
// none was.
func (r *Reader) LatestCatalogue(ctx context.Context) (AppliedCatalogue, error) {
	query := `SELECT version, text, applied_at, applied_by FROM catalogue ORDER BY version DESC LIMIT 1`
	c, err := one(ctx, r, query, nil, func(row scanner) (AppliedCatalogue, error) {
		var c AppliedCatalogue
		var at micros
		err := row.Scan(&c.Version, &c.Text, &at, &c.By)
		c.At = at.Time
		return c, err
	})
	if isNoRows(err) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read catalogue: %w", err)
	}
	return c, nil
}

// CatalogueVersion is the version that was applied last, 0 when none was.
func (r *Reader) CatalogueVersion(ctx context.Context) (int64, error) {
	n, err := one(ctx, r, `SELECT coalesce(max(version), 0) FROM catalogue`, nil, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("read catalogue version: %w", err)
	}
	return n, nil
}

// InsertCatalogue keeps a catalogue that is put in force.
type InsertCatalogue struct {
	Version int64
	Text    string
	By      directory.UserID
}

func (c InsertCatalogue) apply(ctx context.Context, tx *Tx) error {
	columns := []string{"version", "text", "applied_at", "applied_by"}
	if _, err := tx.bulkInsert(ctx, "catalogue", columns, [][]any{{c.Version, c.Text, tx.Now, c.By}}, ""); err != nil {
		return fmt.Errorf("keep catalogue: %w", err)
	}
	return nil
}

// AccountsBy counts accounts by a column of theirs: "type" or "service_level".
func (r *Reader) AccountsBy(ctx context.Context, column string) (map[string]int64, error) {
	counts := map[string]int64{}
	if column != "type" && column != "service_level" {
		return nil, fmt.Errorf("count accounts by %s", column)
	}
	err := each(ctx, r, `SELECT `+column+`, count(*) FROM account GROUP BY `+column, nil, func(row scanner) error {
		var value string
		var n int64
		err := row.Scan(&value, &n)
		counts[value] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count accounts by %s: %w", column, err)
	}
	return counts, nil
}

// RolesOfAccounts reads all roles of several accounts, by account.
func (r *Reader) RolesOfAccounts(ctx context.Context, accounts []directory.AccountID) (map[directory.AccountID][]directory.Role, error) {
	var a args
	query := `
		SELECT key, uuid, kind, code, place, names, permissions, default_level, default_products, proposed, shipped,
			changed_by_account, archived_at, version
		FROM role WHERE account_key` + inKeys(r, accounts, &a) + ` ORDER BY key`
	found := make(map[directory.AccountID][]directory.Role, len(accounts))
	err := each(ctx, r, query, a, func(row scanner) error {
		o, err := scanRole(row)
		account := o.ID.Account()
		found[account] = append(found[account], o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return found, nil
}
