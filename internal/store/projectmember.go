package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"intendant/internal/authz"
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
	PlaceFilter
	Scope      authz.Scope // of the account whose members they are: everybody
	Of         int64       // how many members the account has, when it is known
	Found      int64       // how many the list has, when it is known
	Search     string      // as typed (LIST-4)
	Statuses   []directory.Status
	Keys       []directory.MemberID // only these
	ByCompany  []ProjectCompany     // as ProjectCompanies counts them, where it is sorted so
	Language   string               // in which levels have their names, where it is sorted by these
	Sort       string
	Descending bool
	From       *ProjectMemberPlace
	Back       bool
	Size       int
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

// A PlaceFilter chooses members by the place they have in a project.
type PlaceFilter struct {
	Project   directory.UnitID
	Members   int64                 // how many the project has
	Levels    []directory.RoleID    // any of them; 0: those without
	Functions []directory.RoleID    // any of them
	Companies []directory.CompanyID // any of them; 0: those without
	// Product is one that is given to them; Administrators are the roles whose holders
	// have all.
	Product        string
	Administrators []directory.RoleID
}

// few reports whether the project itself has few members.
func (f *PlaceFilter) few() bool { return f != nil && f.Members < fewRows }

// plain reports whether the filter chooses all members of the project.
func (f *PlaceFilter) plain() bool {
	return len(f.Levels)+len(f.Functions)+len(f.Companies) == 0 && f.Product == ""
}

// has is the condition that a member "m" has such a place: one that an index answers
// by itself, or one about each member that is looked at.
func (f *PlaceFilter) has(r *Reader, a *args, driving bool) string {
	if driving {
		return `m.key IN (SELECT p.member_key` + f.places(r, a, true) + `)`
	}
	// One at most, asked for so that PostgreSQL does not turn it into a reading of all
	// members of the project, of which it expects few.
	return `(SELECT p.key` + f.places(r, a, false) + ` AND p.member_key = m.key) IS NOT NULL`
}

// places are the places "p" that the filter means, found by what few have or each
// looked at.
func (f *PlaceFilter) places(r *Reader, a *args, driving bool) string {
	driving = driving && len(f.Companies) == 0
	var where string
	var rest [][]directory.RoleID
	for _, roles := range [][]directory.RoleID{f.Levels, f.Functions} {
		if driving && where == "" && len(roles) > 0 && !slices.Contains(roles, 0) {
			where = ` FROM place_role h CROSS JOIN place p WHERE p.key = h.place_key AND ` + f.holding(r, "h", roles, a)
			continue
		}
		rest = append(rest, roles)
	}
	alone := driving && where == ""
	if where == "" {
		where = ` FROM place p WHERE p.unit_key = ` + a.add(f.Project) + ` AND p.valid_to IS NULL`
	}
	if len(f.Companies) > 0 {
		where += ` AND ` + anyOf(r, "p.company_key", f.Companies, a)
	}
	for _, roles := range rest {
		switch {
		case slices.Contains(roles, 0):
			where += ` AND ` + anyOf(r, "p.level_key", roles, a)
		case len(roles) > 0:
			where += ` AND EXISTS (SELECT 1 FROM place_role o WHERE ` + f.holding(r, "o", roles, a) + ` AND o.member_key = p.member_key)`
		}
	}
	if f.Product == "" {
		return where
	}
	given := contains(r, "p.access", `"`+f.Product+`":{`, a) // a product's value is an object, a tool's is not
	if alone && !slices.Contains(f.Levels, 0) {
		return ` FROM (SELECT p.member_key` + where + ` AND ` + given + ` UNION SELECT o.member_key FROM place_role o WHERE ` +
			f.holding(r, "o", f.Administrators, a) + `) p WHERE 1 = 1`
	}
	return where + ` AND (` + given + ` OR EXISTS (SELECT 1 FROM place_role o WHERE ` + f.holding(r, "o", f.Administrators, a) + ` AND o.member_key = p.member_key))`
}

// holding is the condition that a row gives one of some roles in the project.
func (f *PlaceFilter) holding(r *Reader, row string, roles []directory.RoleID, a *args) string {
	return row + `.unit_key = ` + a.add(f.Project) + ` AND ` + row + `.valid_to IS NULL AND ` + anyOf(r, row+".role_key", roles, a)
}

// anyOf is the condition that a column is one of these keys; 0 stands for none.
func anyOf[K ~int64](r *Reader, column string, keys []K, a *args) string {
	rest := slices.DeleteFunc(slices.Clone(keys), func(key K) bool { return key == 0 })
	switch {
	case len(keys) == 1 && len(rest) == 1: // PostgreSQL looks one up in an index, and filters by a list
		return column + ` = ` + a.add(keys[0])
	case len(rest) == len(keys):
		return column + inKeys(r, keys, a)
	case len(rest) == 0:
		return column + ` IS NULL`
	}
	return `(` + column + ` IS NULL OR ` + column + inKeys(r, rest, a) + `)`
}

// count says how many places the filter means, no further than to most; 0: all.
func (f *PlaceFilter) count(ctx context.Context, r *Reader, most int64) (int64, error) {
	if f.plain() {
		return f.Members, nil
	}
	var a args
	var query string
	switch roles := append(slices.Clone(f.Levels), f.Functions...); {
	case len(roles) == 0:
		query = `SELECT 1` + f.places(r, &a, true)
	case len(roles) == 1 && roles[0] != 0 && len(f.Companies) == 0 && f.Product == "":
		query = `SELECT 1 FROM place_role o WHERE ` + f.holding(r, "o", roles, &a)
	default:
		query = `SELECT DISTINCT p.member_key` + f.places(r, &a, true)
	}
	if most > 0 {
		query += atMost(most)
	}
	n, err := one(ctx, r, `SELECT count(*) FROM (`+query+`) found`, a, scanInt64)
	if err != nil {
		return 0, fmt.Errorf("count places: %w", err)
	}
	return n, nil
}

// members is the list as one of the account's members.
func (l ProjectMemberList) members() MemberList {
	column := l.Sort
	if column == "" {
		column = PlacesByName
	}
	placed := l.PlaceFilter
	list := MemberList{Account: l.Project.Account(), Scope: l.Scope, Of: l.Of, Found: l.Found, Sort: MemberSort{Column: column, Descending: l.Descending}, Back: l.Back, Size: l.Size,
		Filter: MemberFilter{Statuses: l.Statuses, Search: l.Search, Keys: l.Keys, Placed: &placed}}
	if f := l.From; f != nil {
		list.From = &MemberPlace{Number: f.Number, Text: f.Text, Name: f.Name, Key: f.Key}
	}
	return list
}

// ProjectMemberPage reads who has a place in a project, in the order of the list.
func (r *Reader) ProjectMemberPage(ctx context.Context, l ProjectMemberList) ([]ProjectMember, error) {
	var rows []MemberPlace
	var err error
	if l.Sort == PlacesByCompany || l.Sort == PlacesByLevel {
		rows, err = r.groupedPage(ctx, l)
	} else {
		rows, err = r.MemberPage(ctx, l.members())
	}
	if err != nil {
		return nil, fmt.Errorf("list members of a project: %w", err)
	}
	places, err := r.placesOfRows(ctx, l.Project, rows)
	if err != nil {
		return nil, err
	}
	found := make([]ProjectMember, len(rows))
	for i, row := range rows {
		found[i] = ProjectMember{Place: places[row.Key], Standing: ProjectMemberPlace{Text: row.Text, Number: row.Number, Name: row.Name, Key: row.Key}}
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
	if len(l.Statuses)+len(l.Keys) == 0 && directory.Fold(l.Search) == "" {
		return l.count(ctx, r, 0)
	}
	return r.MemberTotal(ctx, l.members())
}

// ProjectMembersBefore counts those of a list who stand before a place in it.
func (r *Reader) ProjectMembersBefore(ctx context.Context, l ProjectMemberList, place ProjectMemberPlace) (int64, error) {
	l.From, l.Back = nil, false
	if l.Sort != PlacesByCompany && l.Sort != PlacesByLevel {
		return r.MemberRank(ctx, l.members(), MemberPlace{Number: place.Number, Text: place.Text, Name: place.Name, Key: place.Key}, l.Members)
	}
	groups, err := r.groups(ctx, l)
	if err != nil {
		return 0, err
	}
	if l.Descending {
		slices.Reverse(groups)
	}
	at := slices.IndexFunc(groups, func(g group) bool { return g.text == place.Text })
	if at < 0 {
		return 0, nil
	}
	before, own := l, l
	own.narrow(groups[at : at+1])
	own.Sort = PlacesByName
	rank, err := r.MemberRank(ctx, own.members(), MemberPlace{Text: place.Name, Key: place.Key}, l.Members)
	if err != nil || at == 0 {
		return rank, err
	}
	before.narrow(groups[:at])
	before.Sort = PlacesByName
	n, err := r.ProjectMemberTotal(ctx, before)
	return n + rank, err
}

// A ProjectCompany is how many members of a project a company has; that of key 0
// is none.
type ProjectCompany struct {
	Company directory.CompanyID
	Members int64
}

// ProjectCompanies counts the members of a project by company, most first.
func (r *Reader) ProjectCompanies(ctx context.Context, p directory.Project) ([]ProjectCompany, error) {
	var a args
	query := `SELECT p.company_key, count(*) FROM place p WHERE p.unit_key = ` + a.add(p.ID) + ` AND p.valid_to IS NULL AND p.company_key IS NOT NULL GROUP BY p.company_key`
	counts, err := collect(ctx, r, query, a, func(row scanner) (c ProjectCompany, err error) { return c, row.Scan(&c.Company, &c.Members) })
	if err != nil {
		return nil, fmt.Errorf("count companies of a project: %w", err)
	}
	none := ProjectCompany{Members: p.Members}
	for _, c := range counts {
		none.Members -= c.Members
	}
	if none.Members > 0 {
		counts = append(counts, none)
	}
	slices.SortFunc(counts, func(a, b ProjectCompany) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), cmp.Compare(a.Company, b.Company))
	})
	return counts, nil
}

// ProjectMemberKeys lists the keys of all members that a list finds, in their own
// order.
func (r *Reader) ProjectMemberKeys(ctx context.Context, l ProjectMemberList) ([]directory.MemberID, error) {
	return r.MemberKeys(ctx, l.members())
}

// A group are those members of a project who have one value of what a list is sorted
// by before names.
type group struct {
	text      string // the value, as it sorts
	companies []directory.CompanyID
	levels    []directory.RoleID
	members   int64
}

// groupedPage is a page of a list that is sorted by company or level: the groups stand
// in their order, and within each of them its members by name. Where they are large
// only as much of a group is read as the page shows.
func (r *Reader) groupedPage(ctx context.Context, l ProjectMemberList) ([]MemberPlace, error) {
	groups, err := r.groups(ctx, l)
	if err != nil {
		return nil, err
	}
	descending := l.Back != l.Descending
	before := func(g group) bool {
		return l.From != nil && (g.text < l.From.Text) != descending && g.text != l.From.Text
	}
	if descending {
		slices.Reverse(groups)
	}
	groups = slices.DeleteFunc(groups, before)
	var found []MemberPlace
	for most := int64(2 * l.Size); len(groups) > 0 && len(found) < l.Size; most *= 2 {
		taken, n := 1, groups[0].members
		for taken < len(groups) && n+groups[taken].members <= most && groups[0].text != "" && groups[taken].text != "" {
			n += groups[taken].members
			taken++
		}
		part, err := r.ofGroups(ctx, l, groups[:taken], l.Size-len(found))
		if err != nil {
			return nil, err
		}
		found, groups = append(found, part...), groups[taken:]
	}
	if l.Back {
		slices.Reverse(found)
	}
	return found, nil
}

// ofGroups reads the first members of groups, in the order in which the page is read.
func (r *Reader) ofGroups(ctx context.Context, l ProjectMemberList, groups []group, size int) ([]MemberPlace, error) {
	from, descending, sortedBy := l.From, l.Back != l.Descending, l.Sort
	texts := l.narrow(groups)
	l.Sort, l.Descending, l.Back, l.From, l.Size, l.Found = PlacesByName, descending, false, nil, size, 0
	all := int64(0)
	for _, g := range groups {
		all += g.members
	}
	if len(l.Statuses)+len(l.Functions)+len(l.Keys) == 0 && l.Search == "" && l.Product == "" && (sortedBy == PlacesByCompany && len(l.Levels) == 0 || sortedBy == PlacesByLevel && len(l.Companies) == 0) {
		l.Found = all
	}
	if len(groups) > 1 {
		l.Size = int(all)
	} else if from != nil && from.Text == groups[0].text {
		l.From, from = &ProjectMemberPlace{Text: from.Name, Key: from.Key}, nil
	}
	rows, err := r.MemberPage(ctx, l.members())
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Name, rows[i].Text = rows[i].Text, groups[0].text
	}
	if len(groups) == 1 {
		return rows, nil
	}
	places, err := r.placesOfRows(ctx, l.Project, rows)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		value := int64(places[row.Key].Company)
		if sortedBy == PlacesByLevel {
			value = int64(places[row.Key].Level)
		}
		rows[i].Text = texts[value]
	}
	way := 1
	if descending {
		way = -1
	}
	slices.SortFunc(rows, func(a, b MemberPlace) int { return way * a.compare(b) })
	if from != nil {
		at := MemberPlace{Text: from.Text, Name: from.Name, Key: from.Key}
		rows = slices.DeleteFunc(rows, func(row MemberPlace) bool { return way*row.compare(at) <= 0 })
	}
	return rows[:min(size, len(rows))], nil
}

// compare says which of two places by a text and a name comes first.
func (p MemberPlace) compare(q MemberPlace) int {
	return cmp.Or(cmp.Compare(p.Text, q.Text), cmp.Compare(p.Name, q.Name), cmp.Compare(p.Key, q.Key))
}

// narrow makes the list one of these groups alone, and answers what each company or
// level sorts by.
func (l *ProjectMemberList) narrow(groups []group) map[int64]string {
	texts := map[int64]string{}
	var companies []directory.CompanyID
	var levels []directory.RoleID
	for _, g := range groups {
		for _, key := range g.companies {
			companies, texts[int64(key)] = append(companies, key), g.text
		}
		for _, key := range g.levels {
			levels, texts[int64(key)] = append(levels, key), g.text
		}
	}
	if l.Sort == PlacesByCompany {
		l.Companies = companies
	} else {
		l.Levels = levels
	}
	return texts
}

// placesOfRows are the places of a page's members.
func (r *Reader) placesOfRows(ctx context.Context, project directory.UnitID, rows []MemberPlace) (map[directory.MemberID]directory.Place, error) {
	keys := make([]directory.MemberID, len(rows))
	for i, row := range rows {
		keys[i] = row.Key
	}
	return r.PlacesIn(ctx, project, keys)
}

// groups are those of a project in the order of what they sort by, of which a list
// means any.
func (r *Reader) groups(ctx context.Context, l ProjectMemberList) ([]group, error) {
	var all []group
	var err error
	if l.Sort == PlacesByCompany {
		all, err = r.companyGroups(ctx, l)
	} else {
		all, err = r.levelGroups(ctx, l)
	}
	slices.SortStableFunc(all, func(a, b group) int { return cmp.Compare(a.text, b.text) })
	joined := all[:0]
	for _, g := range all {
		if n := len(joined); n > 0 && joined[n-1].text == g.text {
			one := &joined[n-1]
			one.companies, one.levels, one.members = append(one.companies, g.companies...), append(one.levels, g.levels...), one.members+g.members
			continue
		}
		joined = append(joined, g)
	}
	return joined, err
}

func (r *Reader) companyGroups(ctx context.Context, l ProjectMemberList) ([]group, error) {
	counts := l.ByCompany
	keys := make([]directory.CompanyID, len(counts))
	for i, c := range counts {
		keys[i] = c.Company
	}
	named, err := r.CompaniesByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	var all []group
	for _, c := range counts {
		if len(l.Companies) == 0 || slices.Contains(l.Companies, c.Company) {
			all = append(all, group{text: directory.Fold(named[c.Company].Name), companies: []directory.CompanyID{c.Company}, members: c.Members})
		}
	}
	return all, nil
}

func (r *Reader) levelGroups(ctx context.Context, l ProjectMemberList) ([]group, error) {
	roles, err := r.Roles(ctx, l.Project.Account())
	if err != nil {
		return nil, err
	}
	held, err := r.placesByRole(ctx, l.Project)
	if err != nil {
		return nil, err
	}
	rest := group{levels: []directory.RoleID{0}, members: l.Members}
	var all []group
	for _, role := range roles {
		if role.Kind == directory.Level {
			rest.members -= held[role.ID]
			all = append(all, group{text: directory.Fold(role.Name(l.Language)), levels: []directory.RoleID{role.ID}, members: held[role.ID]})
		}
	}
	return slices.DeleteFunc(append(all, rest), func(g group) bool {
		return g.members == 0 || len(l.Levels) > 0 && !slices.Contains(l.Levels, g.levels[0])
	}), nil
}
