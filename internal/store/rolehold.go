package store

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/directory"
)

// RoleHolders counts the members who hold each role of an account: by their place
// for functions and levels, by at least one grant for rights roles. A role
// nobody holds is left out. Role 0 stands for all.
func (r *Reader) RoleHolders(ctx context.Context, account directory.AccountID, role directory.RoleID) (map[directory.RoleID]int64, error) {
	var a args
	where := `o.account_key = ` + a.add(account)
	if role != 0 {
		where += ` AND o.key = ` + a.add(role)
	}
	query := `
		SELECT o.key, (SELECT count(*) FROM member_role h WHERE h.role_key = o.key AND h.valid_to IS NULL)
			+ (SELECT count(*) FROM (SELECT DISTINCT g.member_key FROM "grant" g WHERE g.role_key = o.key AND g.valid_to IS NULL) held)
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

// HeldRoles are those of the roles that somebody holds by their place.
func (r *Reader) HeldRoles(ctx context.Context, roles []directory.RoleID) (map[directory.RoleID]bool, error) {
	held := map[directory.RoleID]bool{}
	if len(roles) == 0 {
		return held, nil
	}
	var a args
	query := `SELECT o.key FROM role o WHERE o.key` + inKeys(r, roles, &a) +
		` AND EXISTS (SELECT 1 FROM member_role h WHERE h.role_key = o.key AND h.valid_to IS NULL)`
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

// A RoleHolder is a member with the functions and the level they have.
type RoleHolder struct {
	Member    directory.MemberID
	Functions []directory.RoleID
	Level     directory.RoleID
}

// HoldersOf reads the members who have a function or level, at most limit of
// them after a key.
func (r *Reader) HoldersOf(ctx context.Context, role directory.RoleID, after directory.MemberID, limit int) ([]RoleHolder, error) {
	var a args
	query := `
		SELECT m.key, m.level_key, m.functions
		FROM member_role h JOIN member m ON m.key = h.member_key
		WHERE h.role_key = ` + a.add(role) + ` AND h.valid_to IS NULL AND h.member_key > ` + a.add(after) + `
		ORDER BY h.member_key LIMIT ` + a.add(limit)
	holders, err := collect(ctx, r, query, a, func(row scanner) (RoleHolder, error) {
		var h RoleHolder
		var level *int64
		var functions string
		if err := row.Scan(&h.Member, &level, &functions); err != nil {
			return h, err
		}
		if level != nil {
			h.Level = directory.RoleID(*level)
		}
		return h, json.Unmarshal([]byte(functions), &h.Functions)
	})
	if err != nil {
		return nil, fmt.Errorf("read holders of role: %w", err)
	}
	return holders, nil
}

// FoldRoleNames writes what members sort by after roles got other names.
type FoldRoleNames []FoldedRoles

// FoldedRoles are the names of one member's functions and level, folded.
type FoldedRoles struct {
	Member           directory.MemberID
	Functions, Level string
}

func (c FoldRoleNames) apply(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(c))
	for i, m := range c {
		rows[i] = []any{m.Member, m.Functions, m.Level}
	}
	if _, err := tx.bulkUpdate(ctx, "member", "key", []string{"functions_folded", "level_folded"}, rows); err != nil {
		return fmt.Errorf("fold names of roles: %w", err)
	}
	return nil
}
