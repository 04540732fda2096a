package store

import (
	"context"
	"encoding/json"
	"fmt"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// Marks say how far an account and the installation have come: what was made of
// them is right as long as they are the same (CHECK-2).
type Marks struct {
	Structure    int64 // changes of units, projects, roles or state
	Entries      int64 // of the account's history
	Installation int64 // entries of the installation's history: people are everybody's
}

// Marks reads how far an account and the installation have come, in one
// statement. It refuses with account.not_found.
func (r *Reader) Marks(ctx context.Context, account directory.AccountID) (Marks, error) {
	var m Marks
	var a args
	found := false
	query := `SELECT account_key, structure, entries FROM ledger WHERE account_key IN (0, ` + a.add(account) + `)`
	err := each(ctx, r, query, a, func(row scanner) error {
		var key directory.AccountID
		var structure, entries int64
		if err := row.Scan(&key, &structure, &entries); err != nil {
			return err
		}
		if key == directory.Installation {
			m.Installation = entries
		}
		if key == account {
			m.Structure, m.Entries, found = structure, entries, true
		}
		return nil
	})
	if err != nil {
		return m, fmt.Errorf("read marks: %w", err)
	}
	if !found {
		return m, directory.Refuse(directory.NotFound, "account.not_found")
	}
	return m, nil
}

// A Touched says whose place or person an entry is about.
type Touched struct {
	Kind    audit.Kind
	Subject directory.UserID
	Object  int64
}

// Touched reads what the entries of an account after number n are about, at most
// limit. The history is the feed of changes: every one leaves an entry (HIST-1).
func (r *Reader) Touched(ctx context.Context, account directory.AccountID, n int64, limit int) ([]Touched, error) {
	var a args
	query := `SELECT kind, coalesce(subject_key, 0), coalesce(object_key, 0) FROM entry WHERE account_key = ` + a.add(account) +
		` AND n > ` + a.add(n) + ` ORDER BY n` + atMost(limit)
	touched, err := collect(ctx, r, query, a, func(row scanner) (Touched, error) {
		var t Touched
		return t, row.Scan(&t.Kind, &t.Subject, &t.Object)
	})
	if err != nil {
		return nil, fmt.Errorf("read what was touched: %w", err)
	}
	return touched, nil
}

// Residents reads standings of members of an account with the names they go by:
// of the given members and users, or of everybody when all is set. visit is
// called once for each who is still there, by key.
func (r *Reader) Residents(ctx context.Context, account directory.AccountID, who ResidentsOf, visit func(authz.Resident)) error {
	held, err := r.heldBy(ctx, account, who)
	if err != nil {
		return err
	}
	uses, err := r.usedBy(ctx, account, who)
	if err != nil {
		return err
	}
	places, err := r.placedBy(ctx, account, who)
	if err != nil {
		return err
	}
	var a args
	query := `
		SELECT m.key, m.uuid, m.user_key, m.status, m.ends_at, m.unit_key, m.personnel_number,
			u.uuid, u.user_name, u.email, u.switched_off_at, coalesce(x.responsible_key, 0)
		FROM member m JOIN "user" u ON u.key = m.user_key LEFT JOIN technical_user x ON x.user_key = m.user_key
		WHERE m.account_key = ` + a.add(account) + ` AND m.removed_at IS NULL` + who.condition(r, &a) + ` ORDER BY m.key`
	err = each(ctx, r, query, a, func(row scanner) error {
		m := authz.Resident{Standing: authz.Standing{Account: account}}
		var ends, off micros
		var uuid, userName, email, number string
		if err := row.Scan(&m.Member, &m.UUID, &m.User, &m.Status, &ends, &m.Home, &number, &uuid, &userName, &email, &off, &m.Answers); err != nil {
			return err
		}
		m.Ends, m.SwitchedOff, m.Held, m.Holds, m.Places = ends.Time, !off.IsZero(), held[m.Member], uses[m.Member], places[m.Member]
		m.Names = map[string]string{authz.ByID: uuid, authz.ByUserName: directory.FoldSignIn(userName),
			authz.ByEmail: directory.FoldEmail(email), authz.ByPersonnelNumber: number}
		visit(m)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read residents: %w", err)
	}
	return nil
}

// usedBy reads what members use products by: seats, and what they bring along.
func (r *Reader) usedBy(ctx context.Context, account directory.AccountID, who ResidentsOf) (map[directory.MemberID][]authz.Product, error) {
	var a args
	key := a.add(account)
	some := who.condition(r, &a)
	query := `
		SELECT s.member_key, s.product, s.pool_key, '', 0
		FROM member m CROSS JOIN seat s` + r.dialect.indexed("seat_once") + ` WHERE s.member_key = m.key AND s.valid_to IS NULL
		AND m.account_key = ` + key + ` AND m.removed_at IS NULL` + some + `
		UNION ALL
		SELECT e.member_key, e.product, 0, e.proof, coalesce(e.ends_at, 0)
		FROM member m JOIN external_subscription e ON e.member_key = m.key AND e.valid_to IS NULL
		WHERE m.account_key = ` + key + ` AND m.removed_at IS NULL` + some
	used := map[directory.MemberID][]authz.Product{}
	names := map[string]string{} // one text for each product, however many use it
	err := each(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var p authz.Product
		if err := row.Scan(&member, &p.Name, &p.Pool, &p.Proof, &p.Ends); err != nil {
			return err
		}
		if name, known := names[p.Name]; known {
			p.Name = name
		}
		names[p.Name] = p.Name
		used[member] = append(used[member], p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read products of residents: %w", err)
	}
	return used, nil
}

// placedBy reads what members' open places give of products, those in archived
// projects too: whoever restores one finds them there.
func (r *Reader) placedBy(ctx context.Context, account directory.AccountID, who ResidentsOf) (map[directory.MemberID][]authz.PlaceAccess, error) {
	var a args
	query := `
		SELECT p.member_key, p.unit_key, p.access
		FROM member m JOIN place p ON p.member_key = m.key AND p.valid_to IS NULL
		WHERE m.account_key = ` + a.add(account) + ` AND m.removed_at IS NULL` + who.condition(r, &a)
	placed := map[directory.MemberID][]authz.PlaceAccess{}
	read := map[string]authz.PlaceAccess{} // one text for all places that give the same
	err := each(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var project directory.UnitID
		var text string
		if err := row.Scan(&member, &project, &text); err != nil {
			return err
		}
		p, known := read[text]
		if !known {
			p.Text = text
			if err := json.Unmarshal([]byte(text), &p.Access); err != nil {
				return err
			}
			read[text] = p
		}
		p.Project = project
		placed[member] = append(placed[member], p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read places of residents: %w", err)
	}
	return placed, nil
}

// ProjectGrounds reads what products need to know of an account's projects.
func (r *Reader) ProjectGrounds(ctx context.Context, account directory.AccountID) ([]authz.ProjectGround, error) {
	var a args
	query := `SELECT unit_key, number, products FROM project WHERE account_key = ` + a.add(account) + ` ORDER BY unit_key`
	lists := map[string][]string{} // one for each text, however many projects have it
	grounds, err := collect(ctx, r, query, a, func(row scanner) (g authz.ProjectGround, err error) {
		var products string
		if err = row.Scan(&g.Project, &g.Number, &products); err != nil {
			return g, err
		}
		list, known := lists[products]
		if !known {
			if err = json.Unmarshal([]byte(products), &list); err != nil {
				return g, err
			}
			lists[products] = list
		}
		g.Products = list
		return g, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read products of projects: %w", err)
	}
	return grounds, nil
}

// ResidentsOf are the members and users to read, or all of an account.
type ResidentsOf struct {
	All     bool
	Members []directory.MemberID
	Users   []directory.UserID
	Homes   []directory.UnitID // whoever belongs to one of them
}

func (w ResidentsOf) condition(r *Reader, a *args) string {
	if w.All {
		return ""
	}
	some := ` AND (m.key` + inKeys(r, w.Members, a) + ` OR m.user_key` + inKeys(r, w.Users, a)
	if len(w.Homes) > 0 {
		some += ` OR m.unit_key` + inKeys(r, w.Homes, a)
	}
	return some + `)`
}

// heldBy reads what members hold: level and functions at the root, grants at
// their unit, what places give in their project.
func (r *Reader) heldBy(ctx context.Context, account directory.AccountID, who ResidentsOf) (map[directory.MemberID][]authz.Held, error) {
	var a args
	key := a.add(account)
	some := who.condition(r, &a)
	query := `
		SELECT h.member_key, c.root_key, h.role_key, 0
		FROM member m JOIN account c ON c.key = m.account_key
		JOIN member_role h ON h.member_key = m.key AND h.valid_to IS NULL
		WHERE m.account_key = ` + key + ` AND m.removed_at IS NULL` + some + `
		UNION ALL
		SELECT g.member_key, g.unit_key, g.role_key, g.key
		FROM member m JOIN "grant" g ON g.member_key = m.key AND g.valid_to IS NULL
		WHERE m.account_key = ` + key + ` AND m.removed_at IS NULL` + some + `
		UNION ALL
		SELECT p.member_key, p.unit_key, p.role_key, 0
		FROM member m JOIN place_role p ON p.member_key = m.key AND p.valid_to IS NULL
		WHERE m.account_key = ` + key + ` AND m.removed_at IS NULL` + some
	held := map[directory.MemberID][]authz.Held{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var h authz.Held
		if err := row.Scan(&member, &h.Unit, &h.Role, &h.Grant); err != nil {
			return err
		}
		held[member] = append(held[member], h)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rights of residents: %w", err)
	}
	return held, nil
}
