package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Standing loads what a user is and holds in an account: the account's state,
// the user's membership, and level, functions and grants; for a technical user also
// what the person who answers for it is and holds. It refuses with account.not_found.
func (r *Reader) Standing(ctx context.Context, account directory.AccountID, user directory.UserID) (authz.Standing, error) {
	var a args
	query := standingQuery(a.add(account), a.add(user))
	stands := [2]authz.Standing{{Account: account}, {Account: account}} // the user's, and of who answers for them
	err := each(ctx, r, query, a, func(row scanner) error {
		var l standingLine
		if err := row.Scan(&l.which, &l.holds, &l.text, &l.status, &l.key, &l.number, &l.unit, &l.moment, &l.off, &l.answers); err != nil {
			return err
		}
		if l.holds {
			return l.hold(&stands[l.which])
		}
		l.stand(&stands[l.which])
		r.structured(account, l.number)
		return nil
	})
	s := stands[0]
	switch {
	case err != nil:
		return s, fmt.Errorf("read standing: %w", err)
	case s.State == "":
		return s, directory.Refuse(directory.NotFound, "account.not_found")
	case s.Member == 0:
		return s, nil
	}
	s.User = user
	if s.Answers != 0 {
		stands[1].State = s.State
		if stands[1].Member != 0 {
			stands[1].User = s.Answers
		}
		s.Answering = &stands[1]
	}
	return s, nil
}

// standingQuery is the statement of Standing, one since every operation begins with it:
// a line for what each of the two is, and one for each role they hold that can permit
// something: level and functions at the root, grants at their unit, those of places in
// their project. Of somebody in thousands of projects a line is a role with all of them.
// CROSS JOIN has SQLite begin with the two; it would sooner read what everybody holds.
func standingQuery(account, user string) string {
	place := `m.key, m.user_key, m.status, m.ends_at, m.unit_key`
	is := `SELECT coalesce(w.which, 0) AS which, FALSE AS holds, a.state, coalesce(w.status, 0), coalesce(w.key, 0), l.structure, coalesce(w.unit_key, 0), w.ends_at,
			u.switched_off_at IS NOT NULL, coalesce(w.answers, 0)
		FROM account a JOIN ledger l ON l.account_key = a.key `
	return `SELECT * FROM (
		WITH who AS (
			SELECT 0 AS which, coalesce(x.responsible_key, 0) AS answers, ` + place + `
			FROM member m LEFT JOIN technical_user x ON x.user_key = m.user_key
			WHERE m.account_key = ` + account + ` AND m.user_key = ` + user + ` AND m.removed_at IS NULL
			UNION ALL
			SELECT 1, 0, ` + place + `
			FROM technical_user x
			JOIN member t ON t.account_key = ` + account + ` AND t.user_key = x.user_key AND t.removed_at IS NULL
			JOIN member m ON m.account_key = ` + account + ` AND m.user_key = x.responsible_key AND m.removed_at IS NULL
			WHERE x.user_key = ` + user + `)
		` + is + `LEFT JOIN who w ON TRUE LEFT JOIN "user" u ON u.key = w.user_key WHERE a.key = ` + account + `
		UNION ALL
		SELECT w.which, TRUE, '', 0, 0, h.role_key, a.root_key, h.valid_from, FALSE, 0
		FROM who w CROSS JOIN member_role h JOIN account a ON a.key = ` + account + ` WHERE h.member_key = w.key AND h.valid_to IS NULL
		UNION ALL
		SELECT w.which, TRUE, '', 0, g.key, g.role_key, g.unit_key, g.valid_from, FALSE, 0
		FROM who w CROSS JOIN "grant" g WHERE g.member_key = w.key AND g.valid_to IS NULL
		UNION ALL
		SELECT w.which, TRUE, string_agg(CAST(p.unit_key AS TEXT) || ' ' || CAST(p.valid_from AS TEXT), ' '), 0, 0, p.role_key, 0, 0, FALSE, 0
		FROM who w CROSS JOIN place_role p WHERE p.member_key = w.key AND p.valid_to IS NULL
		GROUP BY w.which, p.role_key) standing`
}

// A standingLine says what somebody is: state, status, key of the member, number of the
// account's structure, home unit, end; or what they hold: places, grant, role, unit, start.
type standingLine struct {
	which             int64
	holds             bool
	text              string
	status            directory.Status
	key, number, unit int64
	moment            micros
	off               bool
	answers           directory.UserID
}

func (l standingLine) stand(s *authz.Standing) {
	s.State = directory.AccountState(l.text)
	if l.key == 0 {
		return
	}
	s.Member, s.Status, s.Ends = directory.MemberID(l.key), l.status, l.moment.Time
	s.Home, s.SwitchedOff, s.Answers = directory.UnitID(l.unit), l.off, l.answers
}

func (l standingLine) hold(s *authz.Standing) error {
	role := directory.RoleID(l.number)
	if l.text == "" {
		s.Held = append(s.Held, authz.Held{Unit: directory.UnitID(l.unit), Role: role, Grant: directory.GrantID(l.key), From: l.moment.Time})
		return nil
	}
	pairs, err := numbersIn(l.text)
	for i := 1; i < len(pairs); i += 2 {
		s.Held = append(s.Held, authz.Held{Unit: directory.UnitID(pairs[i-1]), Role: role, From: time.UnixMicro(pairs[i]).UTC()})
	}
	return err
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
