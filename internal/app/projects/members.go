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
	Statuses      []directory.Status // as Member.Status has them
	Companies     []string           // public ids; NoCompany: those without
	Functions     []string           // codes
	Levels        []string           // codes
	Product       string             // only those who have it; a product's own Members tool (LIST-11)
	Sort          string             // one of store.PlacesBy…; empty: by name
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
	Resend        bool // the reader may send their invitation again (INV-3)
	InAccount     bool // the reader sees them in the account too
}

// Name is what the member is called.
func (m Member) Name() string { return roster.NameOf(m.Person, m.Member) }

// SortedName is the name as the table sorts it: "Haddad Karim".
func (m Member) SortedName() string {
	return roster.ListedMember{Member: m.Member, Person: m.Person}.SortedName()
}

// Status is how the member stands in a project: who is not invited at this moment,
// since the invitation was taken back, is there as somebody who has opened nothing yet
// (LIST-2).
func (m Member) Status() directory.Status {
	if m.Member.Status == directory.NotInvited {
		return directory.Invited
	}
	return m.Member.Status
}

// Lacks reports whether the member has access to a product and no seat of it.
func (m Member) Lacks(product string) bool { return slices.Contains(m.Unseated, product) }

// Members shows who works in a project, whoever is there themselves may see it
// (LIST-8, PROJ-2). It refuses with project.not_found what is not in sight, with
// list.bad_cursor, and with the field at fault. A program that reads on beyond a first
// page reads in bulk, which is recorded once an hour (HIST-4).
func (s *Projects) Members(ctx context.Context, actor authz.Actor, at At, q MemberQuery) (MemberPage, error) {
	var page MemberPage
	err := s.view(ctx, actor, at, func(r *store.Reader, v viewed) error {
		var err error
		if page.Project, err = s.shown(ctx, r, &v); err != nil {
			return err
		}
		if page.Project.Mine, err = mine(ctx, r, actor, v); err != nil {
			return err
		}
		l, err := s.rolled(ctx, r, v, q)
		if err != nil {
			return err
		}
		return l.page(ctx, &page)
	})
	if err == nil && q.After != "" && actor.Program() {
		err = s.roster.NoteReading(ctx, actor, at.Account)
	}
	return page, err
}

// A roll is the list of a project's members while it is read.
type roll struct {
	s    *Projects
	r    *store.Reader
	v    viewed
	q    MemberQuery
	l    store.ProjectMemberList
	from listCursor[directory.MemberID]
}

// rolled is the list of a query. It refuses with list.bad_cursor, and with the field
// at fault.
func (s *Projects) rolled(ctx context.Context, r *store.Reader, v viewed, q MemberQuery) (*roll, error) {
	sorts := []string{"", store.PlacesByName, store.PlacesByEmail, store.PlacesByStatus, store.PlacesByCompany, store.PlacesByLevel}
	from, err := cursorOf[directory.MemberID](q.After+q.Before, q.Sort, q.Descending, sorts)
	if err != nil {
		return nil, err
	}
	l, err := s.members(ctx, r, v, q)
	if q.After+q.Before != "" {
		l.From = &from.Standing
	}
	return &roll{s: s, r: r, v: v, q: q, l: l, from: from}, err
}

// page reads the page of the query.
func (o *roll) page(ctx context.Context, page *MemberPage) error {
	return o.turned(ctx, page, gate.Turn{After: o.q.After, Before: o.q.Before, Size: o.l.Size - 1, Position: o.from.Position})
}

// turned reads a page that stands somewhere in the list, behind rows that are read
// already.
func (o *roll) turned(ctx context.Context, page *MemberPage, t gate.Turn, first ...store.ProjectMember) error {
	var err error
	if page.Found, err = o.s.found(ctx, o.r, o.l); err != nil {
		return err
	}
	o.l.Found = page.Found
	rows, err := o.r.ProjectMemberPage(ctx, o.l)
	if err != nil {
		return err
	}
	rows = append(first, rows...)
	rows, page.Span = gate.Cut(t, rows, func(m store.ProjectMember, position int64) string {
		return gate.CursorText(listCursor[directory.MemberID]{m.Standing, o.q.Sort, o.q.Descending, position})
	})
	page.Rows, err = o.s.rows(ctx, o.r, o.v, rows)
	for _, m := range page.Rows {
		page.Unseated += len(m.Unseated)
	}
	return err
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

// members is the query as the database is asked, for one row more than a page has.
func (s *Projects) members(ctx context.Context, r *store.Reader, v viewed, q MemberQuery) (store.ProjectMemberList, error) {
	l, err := roster.EverybodyIn(ctx, r, v.rights, v.project)
	if err != nil {
		return l, err
	}
	l.Search, l.Statuses, l.Sort, l.Descending = directory.Sought(q.Search), q.Statuses, q.Sort, q.Descending
	l.Back, l.Size, l.Product, l.ByCompany = q.Before != "", sized(q.Size)+1, q.Product, v.companies
	l.Language = v.account.Language
	if slices.Contains(q.Statuses, directory.Invited) {
		l.Statuses = append(slices.Clone(q.Statuses), directory.NotInvited)
	}
	var refusal *directory.Error
	if l.Levels, refusal = v.named(directory.Level, q.Levels, "level"); refusal != nil {
		return l, refusal
	}
	if l.Functions, refusal = v.named(directory.Function, q.Functions, "function"); refusal != nil {
		return l, refusal
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
	return l, companiesIn(ctx, r, v, q.Companies, &l)
}

// named are the roles of a kind by their codes. It refuses with field.unknown_choice
// one there is not.
func (v viewed) named(kind directory.RoleKind, codes []string, field string) ([]directory.RoleID, *directory.Error) {
	var keys []directory.RoleID
	for _, code := range codes {
		i := slices.IndexFunc(v.roles, func(o directory.Role) bool { return o.Kind == kind && o.Code == code })
		if i < 0 {
			return nil, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": directory.Short(code, directory.Quoted)})
		}
		keys = append(keys, v.roles[i].ID)
	}
	return keys, nil
}

func (s *Projects) base(account directory.Account) string {
	base, _ := s.gate.Catalogue().BaseProduct(account.Type)
	return base.ID
}

// companiesIn puts the companies of a query into a list. It refuses with
// field.unknown_choice where there is none of them.
func companiesIn(ctx context.Context, r *store.Reader, v viewed, ids []string, l *store.ProjectMemberList) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := r.CompaniesByUUID(ctx, v.account.ID, ids)
	if err != nil {
		return err
	}
	if l.Companies, err = r.CompanyKeys(ctx, found); err != nil {
		return err
	}
	if slices.Contains(ids, NoCompany) {
		l.Companies = append(l.Companies, 0)
	}
	if len(l.Companies) == 0 {
		return directory.InvalidField("company", "field.unknown_choice", directory.Args{"Value": directory.Short(ids[0], directory.Quoted)})
	}
	return nil
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
	manages := may(v.rights, v.account.Writable() == nil, v.project).ManageMembers
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
		row.InAccount = roster.SeesPeopleAt(v.rights, m.Member.Unit)
		row.Resend = manages && (m.Member.Status == directory.Invited || m.Member.Status == directory.NotInvited)
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
