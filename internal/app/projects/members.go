package projects

import (
	"context"
	"fmt"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MemberQuery is a view of the members of a project.
type MemberQuery struct {
	Search        string
	Statuses      []directory.Status
	Company       string // public id; NoCompany: those without
	Function      string // code
	Level         string // code
	Product       string // only those who have it; a product's own Members tool (LIST-11)
	Sort          string // one of store.PlacesBy…; empty: by name
	Descending    bool
	After, Before string
	Size          int
}

// NoCompany is the company of whoever has none, in a query.
const NoCompany = "none"

// A MemberPage is one page of a project's members.
type MemberPage struct {
	Project Shown
	Rows    []Member
	Found   int64 // exactly (LIST-9)
	gate.Span
	Unseated int // of the rows, accesses to products without a seat
}

// A Member is who works in a project (PROJ-2).
type Member struct {
	Member        directory.Member
	Person        directory.User
	Company       directory.Company
	Functions     []directory.Role
	Level         directory.Role
	Access        directory.Access // as it counts: project administrators have all (PROJ-4)
	Given         directory.Access // as it was given to them
	Administrator bool             // of the project
	Unseated      []string         // products they may use here and have no seat of (SEAT-12)
	Since         directory.Place
}

// Name is what the member is called.
func (m Member) Name() string { return roster.NameOf(m.Person, m.Member) }

// Lacks reports whether the member has access to a product and no seat of it.
func (m Member) Lacks(product string) bool { return slices.Contains(m.Unseated, product) }

// Members shows who works in a project, whoever is there themselves may see it
// (LIST-8, PROJ-2). It refuses with project.not_found what is not in sight, with
// list.bad_cursor, and with the field at fault.
func (s *Projects) Members(ctx context.Context, actor authz.Actor, at At, q MemberQuery) (MemberPage, error) {
	var page MemberPage
	sorts := []string{"", store.PlacesByName, store.PlacesByEmail, store.PlacesByStatus, store.PlacesByCompany, store.PlacesByLevel}
	from, err := cursorOf[directory.MemberID](q.After+q.Before, q.Sort, q.Descending, sorts)
	if err != nil {
		return page, err
	}
	err = s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		if page.Project, err = s.shown(ctx, r, &v); err != nil {
			return err
		}
		if page.Project.Mine, err = mine(ctx, r, actor, v); err != nil {
			return err
		}
		l, err := s.members(ctx, r, v, q)
		if err != nil {
			return err
		}
		if q.After+q.Before != "" {
			l.From = &from.Standing
		}
		if page.Found, err = s.found(ctx, r, l); err != nil {
			return err
		}
		l.Found = page.Found
		rows, err := r.ProjectMemberPage(ctx, l)
		if err != nil {
			return err
		}
		rows, page.Span = gate.Cut(gate.Turn{After: q.After, Before: q.Before, Size: l.Size - 1, Position: from.Position}, rows,
			func(m store.ProjectMember, position int64) string {
				return gate.CursorText(listCursor[directory.MemberID]{m.Standing, q.Sort, q.Descending, position})
			})
		page.Rows, err = s.rows(ctx, r, v, rows)
		for _, m := range page.Rows {
			page.Unseated += len(m.Unseated)
		}
		return err
	})
	return page, err
}

// mine reports whether the reader has a place in the project.
func mine(ctx context.Context, r *store.Reader, actor authz.Actor, v viewed) (bool, error) {
	own, err := ownProjects(ctx, r, actor, v.account.ID)
	_, is := slices.BinarySearch(own.projects, v.project.ID)
	return is, err
}

// found is how many members a list has, exactly: counted once for each view of the
// account in one state.
func (s *Projects) found(ctx context.Context, r *store.Reader, l store.ProjectMemberList) (int64, error) {
	counts, err := r.Counts(ctx, l.Project.Account())
	if err != nil {
		return 0, err
	}
	key := fmt.Sprintf("%d %#v %q %v %v", counts.Sequence, l.PlaceFilter, l.Search, l.Statuses, l.Keys)
	if n, known := s.totals.At(key); known {
		return n, nil
	}
	n, err := r.ProjectMemberTotal(ctx, l)
	if err == nil {
		s.totals.Keep(key, n)
	}
	return n, err
}

// everybodyIn are all members of a project, as the database is asked.
func everybodyIn(ctx context.Context, r *store.Reader, rights authz.Rights, p directory.Project) (store.ProjectMemberList, error) {
	counts, err := r.Counts(ctx, p.ID.Account())
	return store.ProjectMemberList{PlaceFilter: store.PlaceFilter{Project: p.ID, Members: p.Members}, Scope: rights.Everybody(), Of: counts.Members()}, err
}

// members is the query as the database is asked, for one row more than a page has.
func (s *Projects) members(ctx context.Context, r *store.Reader, v viewed, q MemberQuery) (store.ProjectMemberList, error) {
	l, err := everybodyIn(ctx, r, v.rights, v.project)
	if err != nil {
		return l, err
	}
	l.Search, l.Statuses, l.Sort, l.Descending = directory.Sought(q.Search), q.Statuses, q.Sort, q.Descending
	l.Back, l.Size, l.Product, l.ByCompany = q.Before != "", sized(q.Size)+1, q.Product, v.companies
	for _, by := range []struct {
		code, field string
		kind        directory.RoleKind
		into        *[]directory.RoleID
	}{{q.Level, "level", directory.Level, &l.Levels}, {q.Function, "function", directory.Function, &l.Functions}} {
		if by.code == "" {
			continue
		}
		i := slices.IndexFunc(v.roles, func(o directory.Role) bool { return o.Kind == by.kind && o.Code == by.code })
		if i < 0 {
			return l, directory.InvalidField(by.field, "field.unknown_choice", directory.Args{"Value": directory.Short(by.code, directory.Quoted)})
		}
		*by.into = []directory.RoleID{v.roles[i].ID}
	}
	for _, role := range v.roles {
		held := role.Kind == directory.Function || role.Kind == directory.Level && role.Place == directory.AtProject
		if q.Product != "" && held && roster.AdministersProject(role) {
			l.Administrators = append(l.Administrators, role.ID)
		}
	}
	if q.Product != "" && !slices.Contains(v.project.Products, q.Product) && q.Product != s.base(v.account) {
		return l, directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Short(q.Product, directory.Quoted)})
	}
	return l, companyIn(ctx, r, v, q.Company, &l)
}

func (s *Projects) base(account directory.Account) string {
	base, _ := s.gate.Catalogue().BaseProduct(account.Type)
	return base.ID
}

// companyIn puts the company of a query into a list.
func companyIn(ctx context.Context, r *store.Reader, v viewed, id string, l *store.ProjectMemberList) error {
	switch id {
	case "":
		return nil
	case NoCompany:
		l.Companies = []directory.CompanyID{0}
		return nil
	}
	found, err := r.CompaniesByUUID(ctx, v.account.ID, []string{id})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return directory.InvalidField("company", "field.unknown_choice", directory.Args{"Value": directory.Short(id, directory.Quoted)})
	}
	l.Companies, err = r.CompanyKeys(ctx, found)
	return err
}

// rows puts names to places, with as many statements for a page of any size.
func (s *Projects) rows(ctx context.Context, r *store.Reader, v viewed, found []store.ProjectMember) ([]Member, error) {
	companies, keys := make([]directory.CompanyID, len(found)), make([]directory.MemberID, len(found))
	for i, m := range found {
		companies[i], keys[i] = m.Place.Company, m.Place.Member
	}
	named, err := r.CompaniesByKey(ctx, companies)
	if err != nil {
		return nil, err
	}
	held, err := s.counting(ctx, r, v.account.ID, keys)
	if err != nil {
		return nil, err
	}
	ground := s.roster.Ground(v.account, v.roles, v.project)
	rows := make([]Member, len(found))
	for i, m := range found {
		row := Member{Member: m.Member, Person: m.Person, Company: named[m.Place.Company], Given: m.Place.Access, Since: m.Place}
		for _, role := range v.roles {
			if role.ID == m.Place.Level {
				row.Level = role
			}
			if slices.Contains(m.Place.Functions, role.ID) {
				row.Functions = append(row.Functions, role)
			}
		}
		row.Administrator = roster.AdministersProject(append(row.Functions, row.Level)...)
		row.Access = m.Place.Access.In(ids(ground.Products), row.Administrator)
		row.Unseated = unseated(ground.Products, row.Access, held[m.Place.Member])
		rows[i] = row
	}
	return rows, nil
}

func ids(products []catalogue.Product) []string {
	all := make([]string, len(products))
	for i, p := range products {
		all[i] = p.ID
	}
	return all
}

// unseated are the products that somebody has access to and that take a seat, which
// they neither hold nor bring along (SEAT-12).
func unseated(products []catalogue.Product, access directory.Access, held []string) []string {
	var lacks []string
	for _, p := range products {
		if _, given := access[p.ID]; !given || !p.Seated {
			continue
		}
		if !slices.Contains(held, p.ID) {
			lacks = append(lacks, p.ID)
		}
	}
	return lacks
}

// counting are the products that members hold seats of that have not lapsed, or bring
// along.
func (s *Projects) counting(ctx context.Context, r *store.Reader, account directory.AccountID, keys []directory.MemberID) (map[directory.MemberID][]string, error) {
	now, counts := s.gate.Instant(), map[directory.MemberID][]string{}
	held, err := r.HeldProducts(ctx, keys, now)
	if err != nil || len(held) == 0 {
		return counts, err
	}
	stock, err := r.Stock(ctx, account)
	if err != nil {
		return nil, err
	}
	for member, products := range held {
		for _, h := range products {
			if h.External || h.Own && stock.Alive(h.Pool, now) {
				counts[member] = append(counts[member], h.Offer.Product)
			}
		}
	}
	return counts, nil
}
