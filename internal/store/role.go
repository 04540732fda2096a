package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"intendant/internal/directory"
)

// Roles reads all roles of an account, archived ones too, in the order their
// names sort. What their names and lists hold is shared and not to be changed.
func (r *Reader) Roles(ctx context.Context, account directory.AccountID) ([]directory.Role, error) {
	known, held := r.roles[account]
	if known != nil {
		return slices.Clone(known), nil
	}
	var a args
	query := `
		SELECT key, uuid, kind, code, place, names, permissions, default_level, default_products, proposed, shipped,
			changed_by_account, archived_at, version
		FROM role WHERE account_key = ` + a.add(account) + ` ORDER BY sort_folded, key`
	roles, err := collect(ctx, r, query, a, scanRole)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	if held {
		r.roles[account] = slices.Clone(roles)
	}
	return roles, nil
}

func scanRole(row scanner) (directory.Role, error) {
	var o directory.Role
	var names, permissions, products string
	var archived micros
	err := row.Scan(&o.ID, &o.UUID, &o.Kind, &o.Code, &o.Place, &names, &permissions, &o.DefaultLevel, &products, &o.Proposed,
		&o.Shipped, &o.Changed, &archived, &o.Version)
	if err != nil {
		return o, err
	}
	o.Archived = archived.Time
	for text, into := range map[string]any{names: &o.Names, permissions: &o.Permissions} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return o, fmt.Errorf("role %s: %w", o.Code, err)
		}
	}
	return o, json.Unmarshal([]byte(products), &o.DefaultProducts)
}

// PutRoles writes roles of an account: new ones are inserted, those whose key
// exists are written over.
type PutRoles struct {
	Account directory.AccountID
	Roles   []directory.Role
}

func (c PutRoles) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Roles))
	for i, o := range c.Roles {
		values, err := roleValues(o)
		if err != nil {
			return err
		}
		rows[i] = append([]any{o.ID, o.UUID, c.Account, o.Kind, o.Code, o.Place, directory.Fold(o.Name(directory.French)), o.DefaultLevel,
			o.Proposed, o.Shipped, o.Changed, o.Archived, tx.Now, o.Version + 1}, values...)
	}
	columns := []string{"key", "uuid", "account_key", "kind", "code", "place", "sort_folded", "default_level", "proposed", "shipped",
		"changed_by_account", "archived_at", "created_at", "version", "names", "permissions", "default_products"}
	over := `ON CONFLICT (key) DO UPDATE SET place = excluded.place, sort_folded = excluded.sort_folded,
		default_level = excluded.default_level, proposed = excluded.proposed, shipped = excluded.shipped,
		changed_by_account = excluded.changed_by_account, archived_at = excluded.archived_at, version = excluded.version,
		names = excluded.names, permissions = excluded.permissions, default_products = excluded.default_products`
	if _, held := tx.roles[c.Account]; held {
		tx.roles[c.Account] = nil
	}
	if _, err := tx.bulkInsert(ctx, "role", columns, rows, over); err != nil {
		return fmt.Errorf("write roles: %w", err)
	}
	return nil
}

// roleValues are a role's lists as they are stored: an empty list is '[]',
// never null.
func roleValues(o directory.Role) ([]any, error) {
	if o.Permissions == nil {
		o.Permissions = []string{}
	}
	if o.DefaultProducts == nil {
		o.DefaultProducts = []string{}
	}
	var texts []any
	for _, v := range []any{o.Names, o.Permissions, o.DefaultProducts} {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("role %s: %w", o.Code, err)
		}
		texts = append(texts, string(text))
	}
	return texts, nil
}
