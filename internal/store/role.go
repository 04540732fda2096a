package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"intendant/internal/directory"
)

// Roles reads all roles of an account, archived ones too, in the order their
// names sort. What their names and lists hold is shared and not to be changed.
func (r *Reader) Roles(ctx context.Context, account directory.AccountID) ([]directory.Role, error) {
	structure, err := r.Structure(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	if structure.Settled {
		if known := r.remembered.of(account, structure.Changes); known != nil {
			return slices.Clone(known), nil
		}
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
	if structure.Settled {
		r.remembered.keep(account, structure.Changes, slices.Clone(roles))
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

// rememberedAccounts is how many accounts' roles are remembered.
const rememberedAccounts = 256

// A roleMemo remembers the roles of accounts: nearly every operation needs them all, and
// hardly any changes them. They are right as long as the account's structure is the one
// they were read with, whichever node has changed it since.
type roleMemo struct {
	mu       sync.Mutex
	accounts map[directory.AccountID]rememberedRoles
}

type rememberedRoles struct {
	structure int64
	roles     []directory.Role
}

// of are the roles of an account as they were after so many changes of its structure;
// nil: nobody has read them since.
func (m *roleMemo) of(account directory.AccountID, structure int64) []directory.Role {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.accounts[account]; known.structure == structure {
		return known.roles
	}
	return nil
}

// keep remembers roles that are committed; those of an older structure give way.
func (m *roleMemo) keep(account directory.AccountID, structure int64, roles []directory.Role) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.accounts[account].structure > structure {
		return
	}
	if len(m.accounts) >= rememberedAccounts {
		clear(m.accounts)
	}
	m.accounts[account] = rememberedRoles{structure, roles}
}

// RoleHolders counts the members who hold each role of an account, each once: by their
// place in the account or in projects for functions and levels, by a grant for rights
// roles. A role nobody holds is left out. Role 0 stands for all.
func (r *Reader) RoleHolders(ctx context.Context, account directory.AccountID, role directory.RoleID) (map[directory.RoleID]int64, error) {
	var a args
	where := `o.account_key = ` + a.add(account)
	if role != 0 {
		where += ` AND o.key = ` + a.add(role)
	}
	query := `
		SELECT o.key, (SELECT count(*) FROM (
			SELECT h.member_key FROM member_role h WHERE h.role_key = o.key AND h.valid_to IS NULL
			UNION SELECT g.member_key FROM "grant" g WHERE g.role_key = o.key AND g.valid_to IS NULL
			UNION SELECT p.member_key FROM place_role p WHERE p.role_key = o.key AND p.valid_to IS NULL) held)
		FROM role o
		WHERE ` + where
	holders := map[directory.RoleID]int64{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var key directory.RoleID
		var n int64
		err := row.Scan(&key, &n)
		if n > 0 {
			holders[key] = n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count holders of roles: %w", err)
	}
	return holders, nil
}

// HeldRoles are those of the roles that somebody holds by their place in the account
// or in a project.
func (r *Reader) HeldRoles(ctx context.Context, roles []directory.RoleID) (map[directory.RoleID]bool, error) {
	held := map[directory.RoleID]bool{}
	if len(roles) == 0 {
		return held, nil
	}
	var a args
	query := `SELECT o.key FROM role o WHERE o.key` + inKeys(r, roles, &a) +
		` AND (EXISTS (SELECT 1 FROM member_role h WHERE h.role_key = o.key AND h.valid_to IS NULL)
			OR EXISTS (SELECT 1 FROM place_role p WHERE p.role_key = o.key AND p.valid_to IS NULL))`
	err := each(ctx, r, query, a, func(row scanner) error {
		var key directory.RoleID
		err := row.Scan(&key)
		held[key] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find held roles: %w", err)
	}
	return held, nil
}

// A RoleUnit is a unit at which a role is granted, to how many members.
type RoleUnit struct {
	Unit    directory.UnitID
	Holders int64
}

// RoleUnits lists the units at which a role is granted, those with most holders
// first.
func (r *Reader) RoleUnits(ctx context.Context, role directory.RoleID) ([]RoleUnit, error) {
	var a args
	query := `SELECT unit_key, count(*) FROM "grant"
		WHERE role_key = ` + a.add(role) + ` AND valid_to IS NULL GROUP BY unit_key ORDER BY 2 DESC, 1`
	units, err := collect(ctx, r, query, a, func(row scanner) (RoleUnit, error) {
		var u RoleUnit
		return u, row.Scan(&u.Unit, &u.Holders)
	})
	if err != nil {
		return nil, fmt.Errorf("read units of role: %w", err)
	}
	return units, nil
}

// HoldersOf reads the members who have a function or level, at most limit of
// them after a key.
func (r *Reader) HoldersOf(ctx context.Context, role directory.RoleID, after directory.MemberID, limit int) ([]directory.Member, error) {
	var a args
	query := `
		SELECT ` + memberColumns + `
		FROM member_role h JOIN member m ON m.key = h.member_key
		WHERE h.role_key = ` + a.add(role) + ` AND h.valid_to IS NULL AND h.member_key > ` + a.add(after) + `
		ORDER BY h.member_key` + atMost(limit)
	holders, err := collect(ctx, r, query, a, scanMember)
	if err != nil {
		return nil, fmt.Errorf("read holders of role: %w", err)
	}
	return holders, nil
}

// FoldRoleNames writes what members sort by after roles got other names.
type FoldRoleNames []FoldedRoles

// FoldedRoles are the names of one member's functions and levels, folded.
type FoldedRoles struct {
	Member            directory.MemberID
	Functions, Levels string
}

func (c FoldRoleNames) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c))
	for i, m := range c {
		rows[i] = []any{m.Member, m.Functions, m.Levels}
	}
	if _, err := tx.bulkUpdate(ctx, "member", "key", []string{"functions_folded", "level_folded"}, rows); err != nil {
		return fmt.Errorf("fold names of roles: %w", err)
	}
	return nil
}
