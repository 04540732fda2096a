package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/directory"
)

const referentColumns = `f.key, f.unit_key, f.member_key, m.user_key, f.part, f.named_by, f.valid_from`

func scanReferent(row scanner) (directory.Referent, error) {
	var f directory.Referent
	var from micros
	err := row.Scan(&f.ID, &f.Unit, &f.Member, &f.User, &f.Part, &f.By, &from)
	f.From = from.Time
	return f, err
}

// named are those who are named now.
const named = ` FROM referent f JOIN member m ON m.key = f.member_key WHERE f.valid_to IS NULL`

// ReferentsAt reads who looks after the contracts of units now: of each unit the
// referent first, then the deputies by name.
func (r *Reader) ReferentsAt(ctx context.Context, units []directory.UnitID) ([]directory.Referent, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var a args
	query := `SELECT ` + referentColumns + named + ` AND f.unit_key` + inKeys(r, units, &a) + `
		ORDER BY f.unit_key, f.part DESC, m.name_folded, f.key`
	found, err := collect(ctx, r, query, a, scanReferent)
	if err != nil {
		return nil, fmt.Errorf("read referents of units: %w", err)
	}
	return found, nil
}

// PartsOf reads what members are for the contracts of units now, by member.
func (r *Reader) PartsOf(ctx context.Context, members []directory.MemberID) (map[directory.MemberID][]directory.Referent, error) {
	found := map[directory.MemberID][]directory.Referent{}
	if len(members) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + referentColumns + named + ` AND f.member_key` + inKeys(r, members, &a) + ` ORDER BY f.unit_key, f.key`
	parts, err := collect(ctx, r, query, a, scanReferent)
	if err != nil {
		return nil, fmt.Errorf("read parts of members: %w", err)
	}
	for _, f := range parts {
		found[f.Member] = append(found[f.Member], f)
	}
	return found, nil
}

// A PastPart is what somebody was or is for the contract of a unit.
type PastPart struct {
	Member   directory.MemberID
	Unit     string // name
	Part     directory.Part
	From, To time.Time // to is zero while it lasts
}

// PartsEver reads what members were and are for the contracts of units, in the
// order in which they were named.
func (r *Reader) PartsEver(ctx context.Context, members []directory.MemberID) ([]PastPart, error) {
	var a args
	query := `SELECT f.member_key, u.name, f.part, f.valid_from, f.valid_to FROM referent f JOIN unit u ON u.key = f.unit_key
		WHERE f.member_key` + inKeys(r, members, &a) + ` ORDER BY f.key`
	parts, err := collect(ctx, r, query, a, func(row scanner) (PastPart, error) {
		var p PastPart
		var from, to micros
		err := row.Scan(&p.Member, &p.Unit, &p.Part, &from, &to)
		p.From, p.To = from.Time, to.Time
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read parts ever held: %w", err)
	}
	return parts, nil
}

// PutReferents ends and begins parts in the contracts of units of an account, in
// this order. The rows are kept, with from and to (HIST-5). Another referent of the
// root is another of the account, whose version counts it.
type PutReferents struct {
	Account directory.AccountID
	End     []directory.Referent
	Begin   []directory.Referent
}

func (c PutReferents) apply(ctx context.Context, tx *Tx) error {
	if len(c.End) > 0 {
		keys := make([]directory.ReferentID, len(c.End))
		for i, f := range c.End {
			keys[i] = f.ID
		}
		var a args
		query := `UPDATE referent SET valid_to = ` + a.add(tx.Now) + ` WHERE account_key = ` + a.add(c.Account) +
			` AND valid_to IS NULL AND key` + inKeys(tx.Reader, keys, &a)
		if _, err := exec(ctx, tx, query, a); err != nil {
			return fmt.Errorf("end referents: %w", err)
		}
	}
	columns := []string{"key", "account_key", "unit_key", "member_key", "part", "named_by", "valid_from", "valid_to"}
	rows := make([][]any, len(c.Begin))
	for i, f := range c.Begin {
		rows[i] = []any{f.ID, c.Account, f.Unit, f.Member, string(f.Part), f.By, tx.Now, nil}
	}
	if _, err := tx.bulkInsert(ctx, "referent", columns, rows, ""); err != nil {
		return fmt.Errorf("name referents: %w", err)
	}
	var units []directory.UnitID
	for _, f := range slices.Concat(c.End, c.Begin) {
		if f.Part == directory.ReferentPart {
			units = append(units, f.Unit)
		}
	}
	var a args
	query := `UPDATE account SET version = version + 1 WHERE key = ` + a.add(c.Account) + ` AND root_key` + inKeys(tx.Reader, units, &a)
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("count the account's version: %w", err)
	}
	return nil
}
