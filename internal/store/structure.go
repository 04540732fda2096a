package store

import (
	"context"
	"fmt"

	"intendant/internal/directory"
)

// A Structure says how often an account's units, roles or state were changed.
type Structure struct {
	Changes int64
	// Settled reports that the reader sees exactly the state that was committed
	// with that many changes: what is made of it may be kept under the number.
	Settled bool
}

// Structure reads how often the account's structure was changed. It refuses
// with account.not_found.
func (r *Reader) Structure(ctx context.Context, account directory.AccountID) (Structure, error) {
	if l, held := r.locked[account]; held {
		return Structure{Changes: l.structure, Settled: !l.restructured}, nil
	}
	var a args
	n, err := one(ctx, r, `SELECT structure FROM ledger WHERE account_key = `+a.add(account), a, scanInt64)
	if isNoRows(err) {
		return Structure{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if err != nil {
		return Structure{}, fmt.Errorf("read changes of structure: %w", err)
	}
	return Structure{Changes: n, Settled: r.still}, nil
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
