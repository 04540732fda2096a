package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Standing loads what a user is and holds in an account: the account's state,
// the user's membership, and level, functions and grants. It refuses with
// account.not_found.
func (r *Reader) Standing(ctx context.Context, account directory.AccountID, user directory.UserID) (authz.Standing, error) {
	s := authz.Standing{Account: account}
	var root directory.UnitID
	var a args
	query := `
		SELECT a.state, a.root_key, m.key, m.status, m.ends_at, m.unit_key, u.switched_off_at, coalesce(x.responsible_key, 0)
		FROM account a
		LEFT JOIN member m ON m.account_key = a.key AND m.user_key = ` + a.add(user) + ` AND m.removed_at IS NULL
		LEFT JOIN "user" u ON u.key = m.user_key
		LEFT JOIN technical_user x ON x.user_key = m.user_key
		WHERE a.key = ` + a.add(account)
	s, err := one(ctx, r, query, a, func(row scanner) (authz.Standing, error) {
		var member, status, home *int64
		var ends, off micros
		err := row.Scan(&s.State, &root, &member, &status, &ends, &home, &off, &s.Answers)
		if member != nil && status != nil && home != nil {
			s.Member, s.User, s.Status, s.Ends = directory.MemberID(*member), user, directory.Status(*status), ends.Time
			s.Home, s.SwitchedOff = directory.UnitID(*home), !off.IsZero()
		}
		return s, err
	})
	if isNoRows(err) {
		return s, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if err != nil {
		return s, fmt.Errorf("read standing: %w", err)
	}
	if s.Member == 0 {
		return s, nil
	}
	if s.Held, err = r.held(ctx, root, s.Member); err != nil || s.Answers == 0 {
		return s, err
	}
	answering, err := r.Standing(ctx, account, s.Answers)
	s.Answering = &answering
	return s, err
}

// held reads the roles of a member that can permit something: level and
// functions at the root, grants at their unit, those of places in their project.
// Of somebody in thousands of projects a row is a role with all of them.
func (r *Reader) held(ctx context.Context, root directory.UnitID, id directory.MemberID) ([]authz.Held, error) {
	var a args
	at, member := a.add(root), a.add(id)
	query := `
		SELECT ` + at + `, role_key, 0, valid_from, ''
		FROM member_role
		WHERE member_key = ` + member + ` AND valid_to IS NULL
		UNION ALL
		SELECT unit_key, role_key, key, valid_from, ''
		FROM "grant"
		WHERE member_key = ` + member + ` AND valid_to IS NULL
		UNION ALL
		SELECT 0, role_key, 0, 0, string_agg(CAST(unit_key AS TEXT) || ' ' || CAST(valid_from AS TEXT), ' ')
		FROM place_role
		WHERE member_key = ` + member + ` AND valid_to IS NULL
		GROUP BY role_key`
	var held []authz.Held
	err := each(ctx, r, query, a, func(row scanner) error {
		var h authz.Held
		var from micros
		var places string
		if err := row.Scan(&h.Unit, &h.Role, &h.Grant, &from, &places); err != nil {
			return err
		}
		if h.From = from.Time; places == "" {
			held = append(held, h)
			return nil
		}
		pairs, err := numbersIn(places)
		for i := 1; i < len(pairs); i += 2 {
			held = append(held, authz.Held{Unit: directory.UnitID(pairs[i-1]), Role: h.Role, From: time.UnixMicro(pairs[i]).UTC()})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read rights: %w", err)
	}
	return held, nil
}

// Descendants lists a unit and every unit below it.
func (r *Reader) Descendants(ctx context.Context, unit directory.UnitID) ([]directory.UnitID, error) {
	var a args
	query := `
		WITH RECURSIVE below (key) AS (
			SELECT key FROM unit WHERE key = ` + a.add(unit) + `
			UNION ALL
			SELECT u.key FROM unit u JOIN below b ON u.parent_key = b.key
		)
		SELECT key FROM below`
	units, err := collect(ctx, r, query, a, func(row scanner) (directory.UnitID, error) {
		var key directory.UnitID
		return key, row.Scan(&key)
	})
	if err != nil {
		return nil, fmt.Errorf("read units below: %w", err)
	}
	return units, nil
}

// An Access is one sign-in or refused attempt for the access log (HIST-1).
type Access struct {
	User    directory.UserID
	Account directory.AccountID
	Name    string // what was typed, or the permission that was missing
	Outcome string // "signed_in", or a refusal's code
	Address string
	Agent   string
	At      time.Time // zero: when it is written
}

// LogAccess adds to the access log.
func (tx *Tx) LogAccess(ctx context.Context, entry Access) error {
	return tx.LogAccesses(ctx, []Access{entry})
}

// LogAccesses adds several lines to the access log, in their order.
func (tx *Tx) LogAccesses(ctx context.Context, entries []Access) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		at := e.At
		if at.IsZero() {
			at = tx.Now
		}
		rows[i] = []any{orNull(e.User), orNull(e.Account), e.Name, e.Outcome, e.Address, e.Agent, at}
	}
	columns := []string{"user_key", "account_key", "name", "outcome", "address", "agent", "at"}
	if _, err := tx.bulkInsert(ctx, "access_log", columns, rows, ""); err != nil {
		return fmt.Errorf("write access log: %w", err)
	}
	return nil
}
