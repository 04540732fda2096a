package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
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

// RefoldRoles writes anew what members sort by where roles of an account got
// another name. Names holds the names of all its roles in its language.
type RefoldRoles struct {
	Account directory.AccountID
	Renamed []directory.RoleID
	Names   map[directory.RoleID]string
}

func (c RefoldRoles) apply(ctx context.Context, tx *Tx) error {
	if len(c.Renamed) == 0 {
		return nil
	}
	var a args
	query := `SELECT DISTINCT m.key, m.level_key, m.functions FROM member_role h JOIN member m ON m.key = h.member_key
		WHERE h.valid_to IS NULL AND m.account_key = ` + a.add(c.Account) + ` AND h.role_key` + inKeys(tx.Reader, c.Renamed, &a)
	rows, err := collect(ctx, tx.Reader, query, a, func(row scanner) ([]any, error) {
		var key int64
		var level *int64
		var text string
		if err := row.Scan(&key, &level, &text); err != nil {
			return nil, err
		}
		var functions []directory.RoleID
		if err := json.Unmarshal([]byte(text), &functions); err != nil {
			return nil, err
		}
		names := make([]string, 0, len(functions))
		for _, id := range functions {
			names = append(names, c.Names[id])
		}
		levelName := ""
		if level != nil {
			levelName = c.Names[directory.RoleID(*level)]
		}
		return []any{key, directory.Fold(strings.Join(names, ", ")), directory.Fold(levelName)}, nil
	})
	if err != nil {
		return fmt.Errorf("read members of renamed roles: %w", err)
	}
	if _, err := tx.bulkUpdate(ctx, "member", "key", []string{"functions_folded", "level_folded"}, rows); err != nil {
		return fmt.Errorf("fold renamed roles: %w", err)
	}
	return nil
}
