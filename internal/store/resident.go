package store

import (
	"context"
	"database/sql"
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

// ResidentsOf are the members and users to read, or all of an account.
type ResidentsOf struct {
	All     bool
	Members []directory.MemberID
	Users   []directory.UserID
	Homes   []directory.UnitID // whoever belongs to one of them
}

// condition is on the member that a column names.
func (w ResidentsOf) condition(r *Reader, account directory.AccountID, column string, a *args) string {
	if w.All { // the keys of an account are one run
		return column + ` >= ` + a.add(directory.NewKey(account, 0)) + ` AND ` + column + ` < ` + a.add(directory.NewKey(account+1, 0))
	}
	return column + inKeys(r, w.Members, a)
}

// Residents reads what members of an account are, with the names they go by, and nothing
// of what they hold: of the given members, users and homes, or of everybody. visit is
// called once for each who is still there, by key; the names are good until it returns.
func (r *Reader) Residents(ctx context.Context, account directory.AccountID, who ResidentsOf, visit func(authz.Resident)) error {
	var a args
	some := who.condition(r, account, "m.key", &a)
	if !who.All {
		some = `m.account_key = ` + a.add(account) + ` AND (` + some + ` OR m.user_key` + inKeys(r, who.Users, &a)
		if len(who.Homes) > 0 {
			some += ` OR m.unit_key` + inKeys(r, who.Homes, &a)
		}
		some += `)`
	}
	query := `
		SELECT m.key, m.uuid, m.user_key, m.status, m.ends_at, m.unit_key, m.personnel_number,
			u.uuid, u.user_name, u.email, u.switched_off_at, coalesce(x.responsible_key, 0)
		FROM member m JOIN "user" u ON u.key = m.user_key LEFT JOIN technical_user x ON x.user_key = m.user_key
		WHERE m.removed_at IS NULL AND ` + some + ` ORDER BY m.key`
	names := make(map[string]string, 4)
	err := each(ctx, r, query, a, func(row scanner) error {
		m := authz.Resident{Standing: authz.Standing{Account: account}, Names: names}
		var ends, off micros
		var uuid, userName, email, number string
		if err := row.Scan(&m.Member, &m.UUID, &m.User, &m.Status, &ends, &m.Home, &number, &uuid, &userName, &email, &off, &m.Answers); err != nil {
			return err
		}
		m.Ends, m.SwitchedOff = ends.Time, !off.IsZero()
		names[authz.ByID], names[authz.ByUserName] = uuid, directory.FoldSignIn(userName)
		names[authz.ByEmail], names[authz.ByPersonnelNumber] = directory.FoldEmail(email), number
		visit(m)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read residents: %w", err)
	}
	return nil
}

// A ResidentPart reads one kind of what members have: of the given members or of everybody,
// some of whom may be gone.
type ResidentPart func(ctx context.Context, r *Reader, account directory.AccountID, who ResidentsOf, g *authz.Gathered) error

// ResidentParts are all that members have, each kind by itself, so that two readers of one
// state may read them side by side: levels and functions at the root, grants at their
// unit, products, what places give of products, and roles in projects. What takes longest
// stands last. Each is read by one index in the order of members, and so costs what there
// is, however much there was.
func ResidentParts() []ResidentPart {
	return []ResidentPart{readLevels, readGrants, readUses, readPlaces, readPlaceRoles}
}

func readLevels(ctx context.Context, r *Reader, account directory.AccountID, who ResidentsOf, g *authz.Gathered) error {
	var a args
	query := `SELECT h.member_key, c.root_key, h.role_key FROM account c CROSS JOIN member_role h
		WHERE c.key = ` + a.add(account) + ` AND h.valid_to IS NULL AND ` + who.condition(r, account, "h.member_key", &a)
	return gather(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var h authz.Held
		err := row.Scan(&member, &h.Unit, &h.Role)
		g.Hold(member, h)
		return err
	})
}

func readGrants(ctx context.Context, r *Reader, account directory.AccountID, who ResidentsOf, g *authz.Gathered) error {
	var a args
	query := `SELECT member_key, unit_key, role_key, key FROM "grant"` + r.dialect.indexed("grant_by_member") +
		` WHERE valid_to IS NULL AND ` + who.condition(r, account, "member_key", &a)
	return gather(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var h authz.Held
		err := row.Scan(&member, &h.Unit, &h.Role, &h.Grant)
		g.Hold(member, h)
		return err
	})
}

// readPlaceRoles reads a row for each role of a member, with all the projects they have it in.
func readPlaceRoles(ctx context.Context, r *Reader, account directory.AccountID, who ResidentsOf, g *authz.Gathered) error {
	var a args
	query := `SELECT member_key, role_key, string_agg(CAST(unit_key AS TEXT), ' ') FROM place_role` + r.dialect.indexed("place_role_of_member") +
		` WHERE valid_to IS NULL AND ` + who.condition(r, account, "member_key", &a) + ` GROUP BY member_key, role_key`
	return gather(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var h authz.Held
		var text string
		if err := row.Scan(&member, &h.Role, &text); err != nil {
			return err
		}
		units, err := numbersIn(text)
		for _, unit := range units {
			h.Unit = directory.UnitID(unit)
			g.Hold(member, h)
		}
		return err
	})
}

// readPlaces reads what open places give of products, those in archived projects too:
// whoever restores one finds them there.
func readPlaces(ctx context.Context, r *Reader, account directory.AccountID, who ResidentsOf, g *authz.Gathered) error {
	var a args
	query := `SELECT member_key, unit_key, access FROM place` + r.dialect.indexed("place_by_member") +
		` WHERE valid_to IS NULL AND ` + who.condition(r, account, "member_key", &a)
	return gather(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var project directory.UnitID
		var text sql.RawBytes
		if err := row.Scan(&member, &project, &text); err != nil {
			return err
		}
		return g.Place(member, project, text, func(text []byte) (access directory.Access, err error) {
			return access, json.Unmarshal(text, &access)
		})
	})
}

// readUses reads what members use products by: seats, and what they bring along.
func readUses(ctx context.Context, r *Reader, account directory.AccountID, who ResidentsOf, g *authz.Gathered) error {
	var a args
	query := `
		SELECT member_key, product, pool_key, '', 0 FROM seat` + r.dialect.indexed("seat_once") + `
		WHERE valid_to IS NULL AND ` + who.condition(r, account, "member_key", &a) + `
		UNION ALL
		SELECT member_key, product, 0, proof, coalesce(ends_at, 0) FROM external_subscription` + r.dialect.indexed("external_once") + `
		WHERE valid_to IS NULL AND ` + who.condition(r, account, "member_key", &a)
	names := map[string]string{} // one text for each product, however many use it
	return gather(ctx, r, query, a, func(row scanner) error {
		var member directory.MemberID
		var p authz.Product
		if err := row.Scan(&member, &p.Name, &p.Pool, &p.Proof, &p.Ends); err != nil {
			return err
		}
		if name, known := names[p.Name]; known {
			p.Name = name
		}
		names[p.Name] = p.Name
		g.Use(member, p)
		return nil
	})
}

// gather is each, whose error says what was read.
func gather(ctx context.Context, r *Reader, query string, a args, visit func(row scanner) error) error {
	if err := each(ctx, r, query, a, visit); err != nil {
		return fmt.Errorf("read what residents have: %w", err)
	}
	return nil
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
