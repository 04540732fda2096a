package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"intendant/internal/authz"
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
		rows[i] = []any{u.ID, u.UUID, c.Account, orNull(u.Parent), u.Level, u.Name, directory.Fold(u.Name), u.External, tx.Now, 1}
	}
	columns := []string{"key", "uuid", "account_key", "parent_key", "level", "name", "name_folded", "external_id", "created_at", "version"}
	if _, err := tx.bulkInsert(ctx, "unit", columns, rows, ""); err != nil {
		return fmt.Errorf("add units: %w", err)
	}
	return nil
}

// UpdateUnits writes units over the versions they were read in: their name,
// external id, place and whether they are archived.
type UpdateUnits struct {
	Account directory.AccountID
	Units   []directory.Unit
}

func (c UpdateUnits) apply(ctx context.Context, tx *Tx) error {
	if err := tx.Restructure(c.Account); err != nil {
		return err
	}
	rows := make([][]any, len(c.Units))
	for i, u := range c.Units {
		rows[i] = []any{u.ID, orNull(u.Parent), u.Name, directory.Fold(u.Name), u.External, u.Archived, u.Version + 1}
	}
	columns := []string{"parent_key", "name", "name_folded", "external_id", "archived_at", "version"}
	if _, err := tx.bulkUpdate(ctx, "unit", "key", columns, rows); err != nil {
		return fmt.Errorf("change units: %w", err)
	}
	return nil
}

// UnitByUUID reads the unit of a public id within one account; another
// account's id is refused like an unknown one, with unit.not_found (USER-5).
func (r *Reader) UnitByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Unit, error) {
	var a args
	query := `SELECT ` + unitColumns + ` FROM unit WHERE account_key = ` + a.add(account) + ` AND uuid = ` + a.add(uuid)
	return r.unit(ctx, query, a)
}

// UnitByExternal reads the unit that products know by an id. It refuses with
// unit.not_found.
func (r *Reader) UnitByExternal(ctx context.Context, account directory.AccountID, external string) (directory.Unit, error) {
	var a args
	query := `SELECT ` + unitColumns + ` FROM unit WHERE account_key = ` + a.add(account) + ` AND external_id <> '' AND external_id = ` + a.add(external)
	return r.unit(ctx, query, a)
}

func (r *Reader) unit(ctx context.Context, query string, a args) (directory.Unit, error) {
	u, err := one(ctx, r, query, a, scanUnit)
	if isNoRows(err) {
		return u, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	if err != nil {
		return u, fmt.Errorf("read unit: %w", err)
	}
	return u, nil
}

// FirstAtHome reads the first members of each unit's own table, by name, at most
// most for each.
func (r *Reader) FirstAtHome(ctx context.Context, account directory.AccountID, units []directory.UnitID, most int) ([]directory.MemberID, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var a args
	of, limit := a.add(account), a.add(most)
	parts := make([]string, len(units))
	for i, unit := range units {
		parts[i] = `SELECT key FROM (SELECT key FROM member WHERE account_key = ` + of + ` AND unit_key = ` + a.add(unit) +
			` AND removed_at IS NULL ORDER BY name_folded, key LIMIT ` + limit + `) t`
	}
	keys, err := collect(ctx, r, strings.Join(parts, ` UNION ALL `), a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("read first members of units: %w", err)
	}
	return keys, nil
}

// A RoleCount is how many members hold a role at a unit.
type RoleCount struct {
	Unit    directory.UnitID
	Role    directory.RoleID
	Holders int64
}

// RoleCounts counts who holds which role at units, by unit and role.
func (r *Reader) RoleCounts(ctx context.Context, units []directory.UnitID) ([]RoleCount, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var a args
	query := `SELECT unit_key, role_key, count(*) FROM "grant" WHERE valid_to IS NULL AND unit_key` + inKeys(r, units, &a) +
		` GROUP BY unit_key, role_key ORDER BY unit_key, role_key`
	counts, err := collect(ctx, r, query, a, func(row scanner) (RoleCount, error) {
		var c RoleCount
		return c, row.Scan(&c.Unit, &c.Role, &c.Holders)
	})
	if err != nil {
		return nil, fmt.Errorf("count holders at units: %w", err)
	}
	return counts, nil
}

// FirstHolders reads the first roles held at a unit, by the holders' names.
func (r *Reader) FirstHolders(ctx context.Context, unit directory.UnitID, most int) ([]directory.Grant, error) {
	var a args
	query := `SELECT g.key, g.member_key, g.role_key, g.unit_key FROM "grant" g JOIN member m ON m.key = g.member_key
		WHERE g.unit_key = ` + a.add(unit) + ` AND g.valid_to IS NULL ORDER BY m.name_folded, m.key, g.key` + atMost(most)
	grants, err := collect(ctx, r, query, a, func(row scanner) (directory.Grant, error) {
		var g directory.Grant
		return g, row.Scan(&g.ID, &g.Member, &g.Role, &g.Unit)
	})
	if err != nil {
		return nil, fmt.Errorf("read first holders: %w", err)
	}
	return grants, nil
}

// HeldByThoseAt reads, of every member who holds a role at some units, what they
// hold there, at the root by their place, and at further units: all that a
// comparison of their rights on both ways needs (UNIT-4).
func (r *Reader) HeldByThoseAt(ctx context.Context, root directory.UnitID, at, further []directory.UnitID) (map[directory.MemberID][]authz.Held, error) {
	found := map[directory.MemberID][]authz.Held{}
	if len(at) == 0 {
		return found, nil
	}
	var a args
	query := `
		WITH met AS (SELECT DISTINCT member_key FROM "grant" WHERE valid_to IS NULL AND unit_key` + inKeys(r, at, &a) + `)
		SELECT g.member_key, g.unit_key, g.role_key
		FROM met JOIN "grant" g ON g.member_key = met.member_key AND g.valid_to IS NULL
		WHERE g.unit_key` + inKeys(r, slices.Concat(further, at), &a) + `
		UNION ALL
		SELECT h.member_key, ` + a.add(root) + `, h.role_key
		FROM met JOIN member_role h ON h.member_key = met.member_key AND h.valid_to IS NULL`
	return found, holdings(ctx, r, query, a, found)
}

// holdings adds what members hold, as rows of member, unit and role, to what was found.
func holdings(ctx context.Context, r *Reader, query string, a args, found map[directory.MemberID][]authz.Held) error {
	err := each(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var h authz.Held
		err := row.Scan(&member, &h.Unit, &h.Role)
		found[member] = append(found[member], h)
		return err
	})
	if err != nil {
		return fmt.Errorf("read what members hold: %w", err)
	}
	return nil
}

// A Structure says how often an account's units, projects, roles or state were
// changed.
type Structure struct {
	Changes int64
	// Committed reports that the number stands for a state that was committed: what is
	// kept under it may be used.
	Committed bool
	// Settled reports that the reader sees exactly that state: what is made of it may
	// be kept under the number.
	Settled bool
}

// Structure reads how often the account's structure was changed. It refuses
// with account.not_found.
func (r *Reader) Structure(ctx context.Context, account directory.AccountID) (Structure, error) {
	if l, held := r.locked[account]; held {
		return Structure{Changes: l.structure, Committed: !l.restructured, Settled: !l.restructured}, nil
	}
	if r.known != nil {
		if changes, is := r.known.structures[account]; is {
			return Structure{Changes: changes, Committed: true, Settled: r.still}, nil
		}
	}
	var a args
	n, err := one(ctx, r, `SELECT structure FROM ledger WHERE account_key = `+a.add(account), a, scanInt64)
	if isNoRows(err) {
		return Structure{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if err != nil {
		return Structure{}, fmt.Errorf("read changes of structure: %w", err)
	}
	r.structured(account, n)
	return Structure{Changes: n, Committed: true, Settled: r.still}, nil
}

// Changing reports whether the reader is part of a change that holds the account:
// what it sees may never be.
func (r *Reader) Changing(account directory.AccountID) bool { return r.locked[account] != nil }

const unitColumns = `key, uuid, coalesce(parent_key, 0), level, name, external_id, archived_at, version`

func scanUnit(row scanner) (directory.Unit, error) {
	var u directory.Unit
	var archived micros
	err := row.Scan(&u.ID, &u.UUID, &u.Parent, &u.Level, &u.Name, &u.External, &archived, &u.Version)
	u.Archived = archived.Time
	return u, err
}

// Units reads all units of an account, archived ones too, the root among them.
func (r *Reader) Units(ctx context.Context, account directory.AccountID) ([]directory.Unit, error) {
	var a args
	query := `SELECT ` + unitColumns + ` FROM unit WHERE account_key = ` + a.add(account) + ` ORDER BY key`
	units, err := collect(ctx, r, query, a, scanUnit)
	if err != nil {
		return nil, fmt.Errorf("read units: %w", err)
	}
	return units, nil
}
