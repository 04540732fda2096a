package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/app/seats"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// None chooses members without company or access level in a filter.
const None = "none"

const (
	pageUsual = 50
	pageMost  = 200
)

// A MemberPage is one page of the members' table with what stands around it.
type MemberPage struct {
	Rows    []roster.ListedMember
	Total   int64 // found, exactly (LIST-9)
	All     int64 // in the reader's sight without any filter
	From    int64 // position of the first row; 0 without rows, and where too many stand before it to be counted
	Next    string
	Prev    string
	Choices MemberChoices
	Acts    []directory.BulkAct // the latest on many, of whoever may look at them
}

// MemberChoices are what the filters offer.
type MemberChoices struct {
	Companies []directory.Company // at most 200, and those chosen
	More      bool                // there are more companies
	Functions []directory.Role
	Levels    []directory.Role
	Products  []catalogue.Product
	Homes     []directory.Unit // those chosen
	LacksRole bool             // the account type requires roles (ROLE-3)
}

// List shows the members in the reader's sight. It refuses without
// members.view anywhere, with list.bad_cursor, and with the field at fault
// for a filter value of nothing.
func (s *Members) List(ctx context.Context, actor authz.Actor, account directory.AccountID, q roster.MemberQuery) (MemberPage, error) {
	var page MemberPage
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		l, err := s.listing(ctx, r, rights, account, q)
		if err != nil {
			return err
		}
		if page, err = l.page(ctx, nil); err != nil {
			return err
		}
		if owner, may := acts.Owner(rights, actor); may {
			page.Acts, err = r.BulkActs(ctx, account, owner, actsTold)
		}
		return err
	})
	return page, err
}

// actsTold is how many acts on many come with a list of members.
const actsTold = 10

// A listing is one question about the members' table while it is answered.
type listing struct {
	*core
	r       *store.Reader
	rights  authz.Rights
	q       roster.MemberQuery
	account directory.Account
	roles   []directory.Role
	l       store.MemberList
	counts  store.Counts
	chosen  []directory.Company

	required roster.Requirement
	parts    bool // say who looks after a contract
}

func (c *core) listing(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, q roster.MemberQuery) (*listing, error) {
	l, err := c.telling(ctx, r, rights, account)
	if err != nil {
		return nil, err
	}
	if l.counts, err = r.Counts(ctx, account); err != nil {
		return nil, err
	}
	l.q = q
	if l.q.Sort == "" {
		l.q.Sort = "name"
	}
	if !slices.Contains(store.MemberColumns(), l.q.Sort) {
		return nil, directory.InvalidField("sort", "field.unknown_choice", directory.Args{"Value": l.q.Sort})
	}
	size := l.q.Size
	if size <= 0 {
		size = pageUsual
	}
	l.l = store.MemberList{Account: account, Scope: rights.Scope(authz.ViewMembers), Size: min(size, pageMost), Of: l.counts.Members(),
		Sort: store.MemberSort{Column: l.q.Sort, Descending: l.q.Descending}}
	l.l.Filter, err = l.filter(ctx)
	return l, err
}

// telling is a listing of members who are known already.
func (c *core) telling(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID) (*listing, error) {
	if !rights.MayAnywhere(authz.ViewMembers) {
		return nil, gate.Require(rights, authz.ViewMembers, 0)
	}
	l := &listing{core: c, r: r, rights: rights}
	var err error
	if l.account, err = r.Account(ctx, account); err != nil {
		return nil, err
	}
	if l.roles, err = r.Roles(ctx, account); err != nil {
		return nil, err
	}
	l.required, err = l.requirement(ctx)
	return l, err
}

// filter finds what the query's words stand for. What stands for nothing finds
// nobody.
func (l *listing) filter(ctx context.Context) (store.MemberFilter, error) {
	q := l.q
	f := store.MemberFilter{Statuses: q.Statuses, Products: q.Products, Held: q.Held, At: l.gate.Instant(),
		AddedFrom: q.AddedFrom, AddedTo: q.AddedTo, Search: q.Search}
	var err error
	if l.chosen, err = l.r.CompaniesByUUID(ctx, l.account.ID, q.Companies); err != nil {
		return f, err
	}
	if f.Companies, err = l.r.CompanyKeys(ctx, l.chosen); err != nil {
		return f, err
	}
	if slices.Contains(q.Companies, None) {
		f.Companies = append(f.Companies, 0)
	}
	if len(f.Companies) == 0 && len(q.Companies) > 0 {
		f.Companies = []directory.CompanyID{-1} // nobody's
	}
	f.Functions = l.rolesOf(directory.Function, q.Functions)
	f.Levels = l.rolesOf(directory.Level, q.Levels)
	units, err := l.r.UnitKeysByUUID(ctx, l.account.ID, q.Units)
	if err != nil {
		return f, err
	}
	for _, unit := range units {
		f.Units = append(f.Units, l.rights.Tree().Below(unit)...)
	}
	slices.Sort(f.Units)
	f.Units = slices.Compact(f.Units) // one may stand below another
	if err := l.atHomes(ctx, &f); err != nil {
		return f, err
	}
	if len(q.Units)+len(q.Homes) > 0 && len(f.Units) == 0 {
		f.Nobody()
	}
	l.lacking(&f)
	return f, l.named(ctx, &f)
}

// named narrows a filter to who has the names that programs know people by.
func (l *listing) named(ctx context.Context, f *store.MemberFilter) (err error) {
	if !l.q.Named() {
		return nil
	}
	f.Keys, err = l.r.MembersNamed(ctx, l.account.ID, l.q.Emails, l.q.UserNames, l.q.PersonnelNumbers)
	if len(f.Keys) == 0 {
		f.Nobody()
	}
	return err
}

// atHomes narrows a filter to the home units themselves, without those below.
func (l *listing) atHomes(ctx context.Context, f *store.MemberFilter) error {
	if len(l.q.Homes) == 0 {
		return nil
	}
	homes, err := l.r.UnitKeysByUUID(ctx, l.account.ID, l.q.Homes)
	if err != nil {
		return err
	}
	if len(l.q.Units) > 0 {
		homes = slices.DeleteFunc(homes, func(id directory.UnitID) bool { return !slices.Contains(f.Units, id) })
	}
	f.Units = homes
	return nil
}

// rolesOf are the roles of codes; 0 is none of a level, -1 what does not exist.
func (l *listing) rolesOf(kind directory.RoleKind, codes []string) []directory.RoleID {
	var keys []directory.RoleID
	for _, code := range codes {
		key := directory.RoleID(-1)
		if code == None && kind == directory.Level {
			key = 0
		}
		for _, role := range l.roles {
			if role.Kind == kind && role.Code == code {
				key = role.ID
			}
		}
		keys = append(keys, key)
	}
	return keys
}

// page reads the page that the query asks for. With about, it is one on which
// that member stands.
func (l *listing) page(ctx context.Context, about *directory.Member) (MemberPage, error) {
	var page MemberPage
	var err error
	if page.Total, err = l.total(ctx, l.l); err != nil {
		return page, err
	}
	everybody := l.l
	everybody.Filter = store.MemberFilter{}
	if page.All, err = l.total(ctx, everybody); err != nil {
		return page, err
	}
	places, err := l.places(ctx, &page)
	if err != nil {
		return page, err
	}
	if about != nil && !slices.ContainsFunc(places, func(p store.MemberPlace) bool { return p.Key == about.ID }) {
		if places, err = l.placesFrom(ctx, &page, *about); err != nil {
			return page, err
		}
	}
	if page.Rows, err = l.rows(ctx, places, page.From); err != nil {
		return page, err
	}
	page.Choices, err = l.filterChoices(ctx)
	return page, err
}

// places finds the rows of the page and what lies before and after it.
func (l *listing) places(ctx context.Context, page *MemberPage) ([]store.MemberPlace, error) {
	ask, size := l.l, l.l.Size
	ask.Size = size + 1
	first := int64(1)
	switch {
	case l.q.After != "":
		c, err := readCursor(l.q.After, ask.Sort)
		if err != nil {
			return nil, err
		}
		ask.From, first = c.place(), onward(c.Position, 1)
	case l.q.Before != "":
		c, err := readCursor(l.q.Before, ask.Sort)
		if err != nil {
			return nil, err
		}
		ask.From, ask.Back, first = c.place(), true, c.Position
	case l.q.Last:
		ask.Back, ask.Size, first = true, l.lastSize(page.Total), page.Total+1
	}
	places, err := l.r.MemberPage(ctx, ask)
	if err != nil {
		return nil, err
	}
	more := len(places) > size
	if ask.Back {
		if more {
			places = places[1:]
		}
		if first != 0 || !more { // those before the first page are none
			first = max(first-int64(len(places)), 1)
		}
	} else if more {
		places = places[:size]
	}
	l.frame(page, places, first, ask.Back && !l.q.Last || more, ask.Back && (more || first > 1) || !ask.Back && ask.From != nil)
	return places, nil
}

// lastSize is how many rows the last page has, when pages are counted from the
// first.
func (l *listing) lastSize(total int64) int {
	if rest := int(total % int64(l.l.Size)); rest > 0 {
		return rest
	}
	return l.l.Size
}

// frame says where the page stands and how it goes on.
func (l *listing) frame(page *MemberPage, places []store.MemberPlace, first int64, after, before bool) {
	page.From, page.Next, page.Prev = 0, "", ""
	if len(places) == 0 {
		return
	}
	last := onward(first, len(places)-1)
	page.From = first
	if after {
		page.Next = cursorAt(l.l.Sort, places[len(places)-1], last).String()
	}
	if before {
		page.Prev = cursorAt(l.l.Sort, places[0], first).String()
	}
}

// placesFrom is a page that begins with one member, for an address that names
// somebody who stands elsewhere. At which place that is stays unsaid where more
// than mostBefore stand before.
func (l *listing) placesFrom(ctx context.Context, page *MemberPage, about directory.Member) ([]store.MemberPlace, error) {
	place, err := l.r.MemberPlaceOf(ctx, l.l, about.ID)
	if err != nil {
		return nil, err
	}
	before, err := l.r.MemberRank(ctx, l.l, place, mostBefore+1)
	if err != nil {
		return nil, err
	}
	first := before + 1
	if before > mostBefore {
		first = 0
	}
	ask := l.l
	ask.From, ask.At, ask.Size = &place, true, l.l.Size+1
	places, err := l.r.MemberPage(ctx, ask)
	if err != nil {
		return nil, err
	}
	more := len(places) > l.l.Size
	if more {
		places = places[:l.l.Size]
	}
	l.frame(page, places, first, more, before > 0)
	return places, nil
}

// rows reads what the table shows of members, with a fixed number of
// questions.
func (l *listing) rows(ctx context.Context, places []store.MemberPlace, first int64) ([]roster.ListedMember, error) {
	keys := make([]directory.MemberID, len(places))
	for i, p := range places {
		keys[i] = p.Key
	}
	lines, err := l.r.MemberLines(ctx, keys, l.gate.Instant())
	if err != nil {
		return nil, err
	}
	return l.told(ctx, lines, first)
}

// told is what the table shows of members who have been read.
func (l *listing) told(ctx context.Context, lines []store.MemberLine, first int64) ([]roster.ListedMember, error) {
	if err := l.markLapsed(ctx, lines); err != nil {
		return nil, err
	}
	members := make([]directory.Member, len(lines))
	for i, line := range lines {
		members[i] = line.Member
	}
	companies, err := l.r.CompaniesByKey(ctx, roster.CompaniesOf(members))
	if err != nil {
		return nil, err
	}
	rows := make([]roster.ListedMember, len(lines))
	for i, line := range lines {
		rows[i] = roster.ListedMember{Member: line.Member, Person: line.Person, Company: companies[line.Company].Name, Products: line.Products,
			Manageable: l.rights.May(authz.ManageMembers, line.Unit), Position: onward(first, i)}
		rows[i].Levels, rows[i].Functions = line.LevelsOf(l.roles), line.FunctionsOf(l.roles)
		rows[i].May = l.may(rows[i])
	}
	if l.parts {
		if err := l.tellParts(ctx, rows); err != nil {
			return nil, err
		}
	}
	return rows, l.tellLacks(ctx, rows)
}

// tellParts says who of the rows is referent of a unit, or else a deputy.
func (l *listing) tellParts(ctx context.Context, rows []roster.ListedMember) error {
	keys := make([]directory.MemberID, len(rows))
	for i, row := range rows {
		keys[i] = row.ID
	}
	parts, err := l.r.PartsOf(ctx, keys)
	for i := range rows {
		for _, f := range parts[rows[i].ID] {
			if rows[i].Part != directory.ReferentPart {
				rows[i].Part = f.Part
			}
		}
	}
	return err
}

// markLapsed says which of the seats held give nothing now (SEAT-9).
func (l *listing) markLapsed(ctx context.Context, lines []store.MemberLine) error {
	if !slices.ContainsFunc(lines, func(line store.MemberLine) bool { return len(line.Products) > 0 }) {
		return nil
	}
	stock, err := l.r.Stock(ctx, l.account.ID)
	if err != nil {
		return err
	}
	for _, line := range lines {
		seats.MarkLapsed(stock, line.Products, l.gate.Instant())
	}
	return nil
}

// listedCompanies is how many companies a filter offers.
const listedCompanies = 200

func (l *listing) choices(ctx context.Context) (MemberChoices, error) {
	companies, err := l.r.Companies(ctx, l.account.ID, listedCompanies+1)
	if err != nil {
		return MemberChoices{}, err
	}
	c := MemberChoices{More: len(companies) > listedCompanies, LacksRole: l.required.Any(), Products: l.gate.Catalogue().ProductsOf(l.account.Type)}
	c.Companies = companies[:min(len(companies), listedCompanies)]
	for _, chosen := range l.chosen {
		if !slices.ContainsFunc(c.Companies, func(o directory.Company) bool { return o.ID == chosen.ID }) {
			c.Companies = append(c.Companies, chosen)
		}
	}
	if len(l.q.Homes) > 0 {
		c.Homes = slices.DeleteFunc(l.rights.Tree().Units(), func(u directory.Unit) bool {
			return !slices.Contains(l.q.Homes, u.UUID) || !roster.OpensUnit(l.rights, u.ID)
		})
	}
	for _, role := range l.roles {
		switch {
		case !role.Archived.IsZero() || role.Place == directory.AtProject:
		case role.Kind == directory.Function:
			c.Functions = append(c.Functions, role)
		case role.Kind == directory.Level:
			c.Levels = append(c.Levels, role)
		}
	}
	return c, nil
}

// total is how many pass a filter, exactly: as it is kept, or counted, and not
// counted again until the account changes.
func (l *listing) total(ctx context.Context, list store.MemberList) (int64, error) {
	if n, kept, err := l.keptTotal(ctx, list); kept || err != nil {
		return n, err
	}
	list.From = nil
	same := list.Filter
	if !same.ByMoment() {
		same.At = time.Time{}
	}
	key := fmt.Sprintf("%d %d %#v %v", list.Account, l.counts.Sequence, same, list.Scope.Units())
	if n, ok := l.totals.At(key); ok {
		return n, nil
	}
	n, err := l.r.MemberTotal(ctx, list)
	if err == nil {
		l.totals.Keep(key, n)
	}
	return n, err
}

// onward is a position so many further on; from an unknown one it is unknown.
func onward(position int64, by int) int64 {
	if position == 0 {
		return 0
	}
	return position + int64(by)
}

// mostBefore is how many are counted that stand before somebody whose address was
// opened: a page does not take the longer the further down it is (LIST-12).
const mostBefore = 10_000

// To is the position of the last row, 0 where that of the first is not said.
func (p MemberPage) To() int64 { return onward(p.From, len(p.Rows)-1) }
