package store

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Standing loads all that decides what a user may do in an account: the
// account's state, the user's membership, and the permissions of their level,
// functions and grants. It refuses with account.not_found.
func (r *Reader) Standing(ctx context.Context, account directory.AccountID, user directory.UserID) (authz.Standing, error) {
	s := authz.Standing{Account: account}
	var a args
	query := `
		SELECT a.state, a.root_key, m.key, m.status, m.ends_at
		FROM account a
		LEFT JOIN member m ON m.account_key = a.key AND m.user_key = ` + a.add(user) + ` AND m.removed_at IS NULL
		WHERE a.key = ` + a.add(account)
	s, err := one(ctx, r, query, a, func(row scanner) (authz.Standing, error) {
		var member, status *int64
		var ends micros
		err := row.Scan(&s.State, &s.Root, &member, &status, &ends)
		if member != nil && status != nil {
			s.Member, s.Status, s.Ends = directory.MemberID(*member), directory.Status(*status), ends.Time
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
	if s.Held, err = r.held(ctx, s); err != nil {
		return s, err
	}
	return s, r.below(ctx, &s)
}

// held reads the permission-giving roles of a member: level and functions at
// the root, grants at their unit.
func (r *Reader) held(ctx context.Context, s authz.Standing) ([]authz.Held, error) {
	var a args
	root, member := a.add(s.Root), a.add(s.Member)
	query := `
		SELECT ` + root + `, o.key, o.permissions
		FROM member_role h JOIN role o ON o.key = h.role_key
		WHERE h.member_key = ` + member + ` AND h.valid_to IS NULL AND o.permissions <> '[]'
		UNION ALL
		SELECT g.unit_key, o.key, o.permissions
		FROM "grant" g JOIN role o ON o.key = g.role_key
		WHERE g.member_key = ` + member + ` AND g.valid_to IS NULL AND o.permissions <> '[]'`
	held, err := collect(ctx, r, query, a, func(row scanner) (authz.Held, error) {
		var h authz.Held
		var permissions string
		if err := row.Scan(&h.Unit, &h.Role, &permissions); err != nil {
			return h, err
		}
		return h, json.Unmarshal([]byte(permissions), &h.Permissions)
	})
	if err != nil {
		return nil, fmt.Errorf("read rights: %w", err)
	}
	return held, nil
}

// below fills the descendants of each unit below the root at which the member
// holds something.
func (r *Reader) below(ctx context.Context, s *authz.Standing) error {
	s.Below = map[directory.UnitID][]directory.UnitID{}
	for _, h := range s.Held {
		if h.Unit == s.Root || s.Below[h.Unit] != nil {
			continue
		}
		units, err := r.Descendants(ctx, h.Unit)
		if err != nil {
			return err
		}
		s.Below[h.Unit] = units
	}
	return nil
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
}

// LogAccess adds to the access log.
func (tx *Tx) LogAccess(ctx context.Context, entry Access) error {
	var a args
	query := `INSERT INTO access_log (user_key, account_key, name, outcome, address, agent, at) VALUES (` +
		a.add(orNull(entry.User)) + `, ` + a.add(orNull(entry.Account)) + `, ` + a.add(entry.Name) + `, ` + a.add(entry.Outcome) +
		`, ` + a.add(entry.Address) + `, ` + a.add(entry.Agent) + `, ` + a.add(tx.Now) + `)`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("write access log: %w", err)
	}
	return nil
}
