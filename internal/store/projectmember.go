package store

import (
	"context"
	"fmt"
	"slices"

	"intendant/internal/directory"
)

// How the members of a project are sorted.
const (
	PlacesByName    = "name"
	PlacesByEmail   = "email"
	PlacesByStatus  = "status"
	PlacesByCompany = "company"
	PlacesByLevel   = "level"
)

// A ProjectMemberList is a question for a part of a project's members (PROJ-2).
type ProjectMemberList struct {
	Project   directory.UnitID
	Search    string                // as typed (LIST-4)
	Statuses  []directory.Status    // none: all
	Levels    []directory.RoleID    // none: any
	Companies []directory.CompanyID // none: any; 0: those without
	Functions []directory.RoleID    // none: any
	// Product is one that is given to them; Administrators are the roles whose holders
	// have all.
	Product        string
	Administrators []directory.RoleID
	Keys           []directory.MemberID // none: all
	Sort           string
	Descending     bool
	From           *ProjectMemberPlace
	Back           bool
	Skip           int64 // so many of the list before the page
	Size           int
}

// A ProjectMemberPlace is where somebody stands in a sorted list of a project's
// members.
type ProjectMemberPlace = Standing[directory.MemberID]

// A ProjectMember is who has a place in a project, and where they stand in the list.
type ProjectMember struct {
	Place    directory.Place
	Member   directory.Member
	Person   directory.User
	Standing ProjectMemberPlace
}

func (l ProjectMemberList) where(r *Reader, a *args) string {
	where := ` FROM place p JOIN member m ON m.key = p.member_key WHERE p.unit_key = ` + a.add(l.Project) + ` AND p.valid_to IS NULL`
	if len(l.Keys) > 0 {
		where += ` AND p.member_key` + inKeys(r, l.Keys, a)
	}
	where += MemberList{Filter: MemberFilter{Search: l.Search}}.found(r, a, false)
	if len(l.Statuses) > 0 {
		plain := make([]int64, len(l.Statuses))
		for i, s := range l.Statuses {
			plain[i] = int64(s)
		}
		where += ` AND m.status` + inKeys(r, plain, a)
	}
	if len(l.Levels) > 0 {
		where += ` AND p.level_key` + inKeys(r, l.Levels, a)
	}
	if len(l.Functions) > 0 {
		where += ` AND EXISTS (SELECT 1 FROM place_role o WHERE o.place_key = p.key AND o.role_key` + inKeys(r, l.Functions, a) + `)`
	}
	if len(l.Companies) > 0 {
		where += ` AND coalesce(p.company_key, 0)` + inKeys(r, l.Companies, a)
	}
	if l.Product != "" {
		where += ` AND (p.access LIKE ` + a.add(`%"`+escapeLike(l.Product)+`":{%`) + ` ESCAPE '\' OR EXISTS (SELECT 1 FROM place_role o WHERE o.place_key = p.key AND o.role_key` +
			inKeys(r, l.Administrators, a) + `))`
	}
	return where
}

// order is what a list is sorted by before names.
func (l ProjectMemberList) order() sortedBy {
	switch l.Sort {
	case PlacesByEmail:
		return sortedBy{text: `m.email_folded`}
	case PlacesByStatus:
		return sortedBy{number: `m.status`}
	case PlacesByCompany:
		return sortedBy{text: `coalesce((SELECT c.name_folded FROM company c WHERE c.key = p.company_key), '')`}
	case PlacesByLevel:
		return sortedBy{text: `coalesce((SELECT o.sort_folded FROM role o WHERE o.key = p.level_key), '')`}
	}
	return sortedBy{}
}

// ProjectMemberPage reads who has a place in a project, in the order of the list.
func (r *Reader) ProjectMemberPage(ctx context.Context, l ProjectMemberList) ([]ProjectMember, error) {
	var a args
	query := `SELECT ` + placeRowColumns + l.order().selected("m.name_folded") + l.where(r, &a) +
		turned(l.order(), turn[directory.MemberID]{l.From, l.Back, l.Descending, l.Size, "m.name_folded", "m.key"}, &a) + ` OFFSET ` + a.add(l.Skip)
	found, err := collect(ctx, r, query, a, func(row scanner) (ProjectMember, error) {
		var m ProjectMember
		var err error
		m.Place, err = scanPlaceRow(part{scanner: row, after: []any{&m.Standing.Text, &m.Standing.Number, &m.Standing.Name}})
		m.Standing.Key = m.Place.Member
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("list members of a project: %w", err)
	}
	if l.Back {
		slices.Reverse(found)
	}
	return found, r.whoStands(ctx, found)
}

// whoStands reads the members and the people behind places, with two statements for
// any number of them.
func (r *Reader) whoStands(ctx context.Context, found []ProjectMember) error {
	if len(found) == 0 {
		return nil
	}
	keys := make([]directory.MemberID, len(found))
	for i, m := range found {
		keys[i] = m.Place.Member
	}
	members, err := r.Members(ctx, keys[0].Account(), keys)
	if err != nil {
		return err
	}
	by, people := make(map[directory.MemberID]directory.Member, len(members)), make([]directory.UserID, len(members))
	for i, m := range members {
		by[m.ID], people[i] = m, m.User
	}
	users, err := r.Users(ctx, people)
	if err != nil {
		return err
	}
	for i := range found {
		found[i].Member = by[found[i].Place.Member]
		found[i].Person = users[found[i].Member.User]
	}
	return nil
}

// ProjectMemberTotal counts exactly the members of a list (LIST-9).
func (r *Reader) ProjectMemberTotal(ctx context.Context, l ProjectMemberList) (int64, error) {
	var a args
	n, err := one(ctx, r, `SELECT count(*)`+l.where(r, &a), a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count members of a project: %w", err)
	}
	return n, nil
}

// ProjectMembersBefore counts those of a list who stand before a place in it.
func (r *Reader) ProjectMembersBefore(ctx context.Context, l ProjectMemberList, place ProjectMemberPlace) (int64, error) {
	var a args
	query := `SELECT count(*)` + l.where(r, &a) + beside(l.order(), turn[directory.MemberID]{&place, true, l.Descending, 0, "m.name_folded", "m.key"}, &a)
	n, err := one(ctx, r, query, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count members of a project before one: %w", err)
	}
	return n, nil
}

// A ProjectCompany is how many members of a project a company has; that of key 0
// is none.
type ProjectCompany struct {
	Company directory.CompanyID
	Members int64
}

// ProjectCompanies counts the members of a project by company, most first.
func (r *Reader) ProjectCompanies(ctx context.Context, project directory.UnitID) ([]ProjectCompany, error) {
	var a args
	query := `SELECT coalesce(p.company_key, 0), count(*) FROM place p WHERE p.unit_key = ` + a.add(project) + ` AND p.valid_to IS NULL GROUP BY 1 ORDER BY 2 DESC, 1`
	counts, err := collect(ctx, r, query, a, func(row scanner) (c ProjectCompany, err error) { return c, row.Scan(&c.Company, &c.Members) })
	if err != nil {
		return nil, fmt.Errorf("count companies of a project: %w", err)
	}
	return counts, nil
}

// ProjectMemberKeys lists the keys of all members that a list finds, in their own
// order.
func (r *Reader) ProjectMemberKeys(ctx context.Context, l ProjectMemberList) ([]directory.MemberID, error) {
	var a args
	query := `SELECT m.key` + l.where(r, &a) + ` ORDER BY m.key`
	keys, err := collect(ctx, r, query, a, func(row scanner) (key directory.MemberID, err error) { return key, row.Scan(&key) })
	if err != nil {
		return nil, fmt.Errorf("list keys of a project's members: %w", err)
	}
	return keys, nil
}
