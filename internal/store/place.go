package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// InsertPlaces writes new places in projects of an account, and counts them there.
type InsertPlaces struct {
	Account directory.AccountID
	Places  []directory.Place
}

func (c InsertPlaces) apply(ctx context.Context, tx *Tx) error {
	rows, roles := make([][]any, len(c.Places)), [][]any{}
	more := map[directory.UnitID]int64{}
	for i, p := range c.Places {
		functions, access, err := placeTexts(p)
		if err != nil {
			return err
		}
		rows[i] = []any{p.ID, c.Account, p.Member, p.Project, orNull(p.Company), orNull(p.Level), functions, access, p.From}
		for _, role := range rolesOfPlace(p) {
			roles = append(roles, []any{p.ID, role, p.Member, p.Project, p.From})
		}
		more[p.Project]++
	}
	columns := []string{"key", "account_key", "member_key", "unit_key", "company_key", "level_key", "functions", "access", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "place", columns, rows, ""); err != nil {
		return fmt.Errorf("add places: %w", err)
	}
	columns = []string{"place_key", "role_key", "member_key", "unit_key", "valid_from"}
	if _, err := tx.bulkInsert(ctx, "place_role", columns, roles, ""); err != nil {
		return fmt.Errorf("add roles of places: %w", err)
	}
	return tx.countPlaces(ctx, more)
}

// rolesOfPlace are the roles that a place gives, each once.
func rolesOfPlace(p directory.Place) []directory.RoleID {
	var roles []directory.RoleID
	seen := map[directory.RoleID]bool{0: true}
	for _, role := range append([]directory.RoleID{p.Level}, p.Functions...) {
		if !seen[role] {
			roles, seen[role] = append(roles, role), true
		}
	}
	return roles
}

// placeTexts are the functions and the access of a place as they are stored.
func placeTexts(p directory.Place) (functions, access string, err error) {
	if functions, err = jsonText(p.Functions, "[]"); err == nil {
		access, err = jsonText(p.Access, "{}")
	}
	return functions, access, err
}

// readPlaceTexts reads what placeTexts wrote into a place.
func readPlaceTexts(p *directory.Place, functions, access string) error {
	if err := readRoles(functions, &p.Functions); err != nil || access == "{}" {
		return err
	}
	return json.Unmarshal([]byte(access), &p.Access)
}

// jsonText is a list or a map as JSON; empty is what an empty one is.
func jsonText[T ~[]directory.RoleID | ~map[string]directory.ProductAccess | ~[]string](of T, empty string) (string, error) {
	if len(of) == 0 {
		return empty, nil
	}
	text, err := json.Marshal(of)
	if err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	return string(text), nil
}

// EndPlaces ends places of an account that are open, and counts them off. The rows
// are kept, with from and to (HIST-5).
type EndPlaces struct {
	Account directory.AccountID
	Places  []directory.Place
}

func (c EndPlaces) apply(ctx context.Context, tx *Tx) error {
	keys, fewer := make([]directory.PlaceID, len(c.Places)), map[directory.UnitID]int64{}
	for i, p := range c.Places {
		keys[i] = p.ID
		fewer[p.Project]--
	}
	var a args
	now, in := a.add(tx.Now), inKeys(tx.Reader, keys, &a)
	if err := wrote(ctx, tx, `UPDATE place SET valid_to = `+now+` WHERE valid_to IS NULL AND key`+in, a, len(keys)); err != nil {
		return fmt.Errorf("end places: %w", err)
	}
	if _, err := exec(ctx, tx, `UPDATE place_role SET valid_to = `+now+` WHERE valid_to IS NULL AND place_key`+in, a); err != nil {
		return fmt.Errorf("end roles of places: %w", err)
	}
	return tx.countPlaces(ctx, fewer)
}

// countPlaces moves how many members projects have.
func (tx *Tx) countPlaces(ctx context.Context, more map[directory.UnitID]int64) error {
	rows := make([][]any, 0, len(more))
	for unit, n := range more {
		if n != 0 {
			rows = append(rows, []any{unit, n})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	query := `UPDATE project SET members = members + $2 WHERE unit_key = $1`
	var err error
	if tx.dialect == sqlite {
		_, err = tx.inLoop(ctx, query, rows)
	} else {
		_, err = tx.inArrays(ctx, `UPDATE project SET members = project.members + given.members
			FROM unnest($1::bigint[], $2::bigint[]) AS given(unit_key, members) WHERE project.unit_key = given.unit_key`, 2, rows, true)
	}
	if err != nil {
		return fmt.Errorf("count members of projects: %w", err)
	}
	return nil
}

// leaveProjects counts members off all projects they have a place in, before their
// places end (PROJ-6).
func (tx *Tx) leaveProjects(ctx context.Context, members []directory.MemberID) error {
	var a args
	query := `SELECT unit_key, -count(*) FROM place WHERE valid_to IS NULL AND member_key` + inKeys(tx.Reader, members, &a) + ` GROUP BY unit_key`
	fewer, err := tx.byUnit(ctx, query, a)
	if err != nil {
		return err
	}
	return tx.countPlaces(ctx, fewer)
}

// recountProjects counts the members of an account's projects anew, and answers of
// those that are kept otherwise how many more there are.
func (r *Reader) recountProjects(ctx context.Context, account directory.AccountID) (map[directory.UnitID]int64, error) {
	var a args
	query := `SELECT unit_key, more FROM (SELECT j.unit_key, (SELECT count(*) FROM place p WHERE p.unit_key = j.unit_key AND p.valid_to IS NULL) - j.members AS more
		FROM project j WHERE j.account_key = ` + a.add(account) + `) off WHERE more <> 0`
	return r.byUnit(ctx, query, a)
}

const placeRowColumns = `p.key, p.member_key, p.unit_key, coalesce(p.company_key, 0), coalesce(p.level_key, 0), p.functions, p.access, p.valid_from`

func scanPlaceRow(row scanner) (directory.Place, error) {
	var p directory.Place
	var functions, access string
	var from micros
	if err := row.Scan(&p.ID, &p.Member, &p.Project, &p.Company, &p.Level, &functions, &access, &from); err != nil {
		return p, err
	}
	p.From = from.Time
	return p, readPlaceTexts(&p, functions, access)
}

// PlacesIn reads the open places that members have in a project, by member.
func (r *Reader) PlacesIn(ctx context.Context, project directory.UnitID, members []directory.MemberID) (map[directory.MemberID]directory.Place, error) {
	found := make(map[directory.MemberID]directory.Place, len(members))
	if len(members) == 0 {
		return found, nil
	}
	var a args
	// Each is looked up by itself: PostgreSQL would take the project for an average one,
	// and read a large one whole.
	query := `SELECT ` + placeRowColumns + ` FROM place p WHERE p.key IN (SELECT (SELECT o.key FROM place o
		WHERE o.unit_key = ` + a.add(project) + ` AND o.member_key = k.key AND o.valid_to IS NULL) FROM ` + keyTable(r, members, &a) + `)`
	err := each(ctx, r, query, a, func(row scanner) error {
		p, err := scanPlaceRow(row)
		found[p.Member] = p
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read places: %w", err)
	}
	return found, nil
}

// PlacesOf reads the open places that a member has in projects, by project.
func (r *Reader) PlacesOf(ctx context.Context, member directory.MemberID, projects []directory.UnitID) (map[directory.UnitID]directory.Place, error) {
	found := make(map[directory.UnitID]directory.Place, len(projects))
	if len(projects) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT ` + placeRowColumns + ` FROM place p WHERE p.member_key = ` + a.add(member) + ` AND p.valid_to IS NULL AND p.unit_key` + inKeys(r, projects, &a)
	err := each(ctx, r, query, a, func(row scanner) error {
		p, err := scanPlaceRow(row)
		found[p.Project] = p
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read places of a member: %w", err)
	}
	return found, nil
}

// A PastPlace is a place that a member had or has in a project; the zero end is none.
type PastPlace struct {
	directory.Place
	Name string // of the project
	To   time.Time
}

// PlacesEver reads all places that members had and have, as they began.
func (r *Reader) PlacesEver(ctx context.Context, members []directory.MemberID) ([]PastPlace, error) {
	var a args
	query := `SELECT ` + placeRowColumns + `, u.name, p.valid_to FROM place p JOIN unit u ON u.key = p.unit_key WHERE p.member_key` + inKeys(r, members, &a) +
		` ORDER BY p.valid_from, p.key`
	places, err := collect(ctx, r, query, a, func(row scanner) (PastPlace, error) {
		var p PastPlace
		var to micros
		var err error
		p.Place, err = scanPlaceRow(part{scanner: row, after: []any{&p.Name, &to}})
		p.To = to.Time
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read all places of members: %w", err)
	}
	return places, nil
}

// ProjectKeysOf reads in which projects a member has a place, archived ones too, in
// the order of their keys.
func (r *Reader) ProjectKeysOf(ctx context.Context, member directory.MemberID) ([]directory.UnitID, error) {
	var a args
	query := `SELECT coalesce(string_agg(CAST(unit_key AS TEXT), ' '), '') FROM place WHERE member_key = ` + a.add(member) + ` AND valid_to IS NULL`
	text, err := one(ctx, r, query, a, func(row scanner) (text string, err error) { return text, row.Scan(&text) })
	if err != nil {
		return nil, fmt.Errorf("read projects of a member: %w", err)
	}
	numbers, err := numbersIn(text)
	if err != nil {
		return nil, fmt.Errorf("read projects of a member: %w", err)
	}
	keys := make([]directory.UnitID, len(numbers))
	for i, n := range numbers {
		keys[i] = directory.UnitID(n)
	}
	slices.Sort(keys)
	return keys, nil
}

// HeldInProjects reads what a member's places give them in projects (PROJ-7).
func (r *Reader) HeldInProjects(ctx context.Context, member directory.MemberID) ([]authz.Held, error) {
	var a args
	query := `SELECT DISTINCT unit_key, role_key FROM place_role WHERE member_key = ` + a.add(member) + ` AND valid_to IS NULL`
	held, err := collect(ctx, r, query, a, func(row scanner) (h authz.Held, err error) { return h, row.Scan(&h.Unit, &h.Role) })
	if err != nil {
		return nil, fmt.Errorf("read what is held in projects: %w", err)
	}
	return held, nil
}

// HeldInProjectsOf is HeldInProjects of several members at once.
func (r *Reader) HeldInProjectsOf(ctx context.Context, members []directory.MemberID) (map[directory.MemberID][]authz.Held, error) {
	found := map[directory.MemberID][]authz.Held{}
	if len(members) == 0 {
		return found, nil
	}
	var a args
	query := `SELECT DISTINCT member_key, unit_key, role_key FROM place_role WHERE valid_to IS NULL AND member_key` + inKeys(r, members, &a)
	return found, holdings(ctx, r, query, a, found)
}

// placesByRole counts the places of a project that give each role.
func (r *Reader) placesByRole(ctx context.Context, project directory.UnitID) (map[directory.RoleID]int64, error) {
	var a args
	query := `SELECT o.role_key, count(*) FROM place_role o WHERE o.unit_key = ` + a.add(project) + ` AND o.valid_to IS NULL GROUP BY o.role_key`
	held := map[directory.RoleID]int64{}
	err := each(ctx, r, query, a, func(row scanner) error {
		var role directory.RoleID
		var n int64
		err := row.Scan(&role, &n)
		held[role] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count places by role: %w", err)
	}
	return held, nil
}
