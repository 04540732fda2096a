package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/app/seats"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// memberTable is what exports of the members' table are made of: its filter, its sort
// and its rows, part by part (REP-2). Whoever may export at some units only exports who
// is in sight there.
func (s *Members) memberTable() gate.TableSource {
	source := gate.TableSource{Kind: directory.ExportMembers, Purpose: "members", Sees: authz.ViewMembers, Open: s.openTable,
		Scope: func(rights authz.Rights, _ directory.UnitID) authz.Scope { return exportedMembers(rights) }}
	for _, c := range memberColumns() {
		source.Columns = append(source.Columns, c.ExportColumn)
	}
	return source
}

func exportedMembers(rights authz.Rights) authz.Scope {
	return rights.Scope(authz.ViewMembers).And(rights.Scope(authz.RunExports))
}

func (s *Members) openTable(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, asked json.RawMessage) (gate.Table, error) {
	w := &memberWalk{s: s, account: account}
	if err := json.Unmarshal(asked, &w.q); err != nil {
		return gate.Table{}, directory.Refuse(directory.Invalid, "export.unreadable")
	}
	w.q.After, w.q.Before, w.q.Last = "", "", false
	l, err := w.listing(ctx, r, rights)
	if err != nil {
		return gate.Table{}, err
	}
	count := func(ctx context.Context, _ *store.Reader) (int64, error) { return l.total(ctx, l.l) }
	return gate.Table{Count: count, Next: w.next}, nil
}

// A memberWalk is the members' table while it is exported. It goes on behind the last
// member that was looked at, whoever comes or goes meanwhile.
type memberWalk struct {
	s       *Members
	account directory.AccountID
	q       roster.MemberQuery
	on      *store.MemberPlace
	walked  int       // members, at most, in the last part
	began   time.Time // when that was
}

// listing is the question as the list asks it.
func (w *memberWalk) listing(ctx context.Context, r *store.Reader, rights authz.Rights) (*listing, error) {
	if err := gate.RequireSomewhere(rights, authz.RunExports); err != nil {
		return nil, err
	}
	l, err := w.s.listing(ctx, r, rights, w.account, w.q)
	if err != nil {
		return nil, err
	}
	l.l.Scope = exportedMembers(rights)
	return l, nil
}

// As many members are looked at in one part: more from part to part, as long as one is
// read within a second. Whose rights are lost is found out with the next.
const (
	firstWalked = 4_000
	mostWalked  = 16_000
	longWalked  = time.Second
)

func (w *memberWalk) next(ctx context.Context, r *store.Reader, rights authz.Rights, columns []string, onward func()) (directory.ExportRows, bool, error) {
	now := w.s.gate.Now()
	switch {
	case w.walked == 0 || now.Sub(w.began) > longWalked:
		w.walked = firstWalked
	default:
		w.walked = min(2*w.walked, mostWalked)
	}
	w.began = now
	l, err := w.listing(ctx, r, rights)
	if err != nil {
		return nil, false, err
	}
	l.l.From = w.on
	keys, on, err := r.MemberWalk(ctx, l.l, w.walked)
	if err != nil {
		return nil, false, err
	}
	if w.on = on; on != nil {
		onward()
	}
	rows, err := l.exported(ctx, keys, columns)
	return rows, on != nil, err
}

// exported are the rows of members with the cells of some columns, for which no more is
// read than they are made of.
func (l *listing) exported(ctx context.Context, keys []directory.MemberID, columns []string) (directory.ExportRows, error) {
	var needs store.MemberNeed
	chosen := slices.DeleteFunc(memberColumns(), func(c memberColumn) bool { return !slices.Contains(columns, c.ID) })
	for _, c := range chosen {
		needs |= c.needs
	}
	t := exportedTable{columns: chosen, tree: l.rights.Tree(), roles: l.roles, now: l.gate.Instant()}
	var err error
	if needs&store.NeedProducts != 0 {
		if t.stock, err = l.r.Stock(ctx, l.account.ID); err != nil {
			return nil, err
		}
	}
	if t.packed, err = l.r.PackMembers(ctx, store.Packing{Keys: keys, Needs: needs, Stock: t.stock, Now: t.now}); err != nil {
		return nil, err
	}
	t.companies, err = l.r.CompaniesByKey(ctx, t.packed.Companies)
	return t.rows, err
}

// An exportedTable is what was read of members, until its rows are written.
type exportedTable struct {
	packed    store.PackedMembers
	columns   []memberColumn
	tree      *authz.Tree
	roles     []directory.Role
	companies map[directory.CompanyID]directory.Company
	stock     *directory.Stock
	now       time.Time
}

// rows are the rows one after the other, each written over the one before.
func (t exportedTable) rows(yield func(directory.ExportRow, error) bool) {
	functions, levels := map[directory.RoleID][]directory.Role{}, map[directory.RoleID][]directory.Role{}
	row := directory.ExportRow{Cells: make([]directory.ExportCell, len(t.columns))}
	m := exportedMember{tree: t.tree}
	for line, err := range t.packed.Lines() {
		if err != nil {
			yield(directory.ExportRow{}, err)
			return
		}
		m.MemberLine, m.company, m.functions, m.levels = line, t.companies[line.Company].Name, nil, nil
		if held := line.Functions; len(held) > 0 {
			m.functions = remembered(functions, held[0], len(held) == 1, func() []directory.Role { return line.FunctionsOf(t.roles) })
		}
		if line.Level != 0 {
			m.levels = remembered(levels, line.Level, len(line.MoreLevels) == 0, func() []directory.Role { return line.LevelsOf(t.roles) })
		}
		seats.MarkLapsed(t.stock, line.Products, t.now)
		for n, c := range t.columns {
			row.Cells[n] = c.cell(&m)
		}
		if !yield(row, nil) {
			return
		}
	}
}

// remembered are the roles of somebody; for those who hold one only they are looked up
// once.
func remembered(known map[directory.RoleID][]directory.Role, role directory.RoleID, only bool, find func() []directory.Role) []directory.Role {
	if !only {
		return find()
	}
	found, there := known[role]
	if !there {
		found = find()
		known[role] = found
	}
	return found
}

// An exportedMember is a member with what stands elsewhere.
type exportedMember struct {
	*store.MemberLine
	company           string
	functions, levels []directory.Role
	tree              *authz.Tree
}

// A memberColumn is a column that an export of members can have, with what of members
// it is made of.
type memberColumn struct {
	directory.ExportColumn
	needs store.MemberNeed
	cell  func(m *exportedMember) directory.ExportCell
}

// memberColumns are those of the list, the name in its parts, and what a profile says.
func memberColumns() []memberColumn {
	type member = *exportedMember
	cell := func(id string, usual bool, needs store.MemberNeed, of func(m member) directory.ExportCell) memberColumn {
		return memberColumn{directory.ExportColumn{ID: id, Usual: usual}, needs, of}
	}
	text := func(id string, usual bool, needs store.MemberNeed, of func(m member) string) memberColumn {
		return cell(id, usual, needs, func(m member) directory.ExportCell { return directory.ExportCell{Text: of(m)} })
	}
	code := func(id string, usual bool, needs store.MemberNeed, of func(m member) string) memberColumn {
		return cell(id, usual, needs, func(m member) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: id, Text: of(m)}
		})
	}
	roles := func(id string, needs store.MemberNeed, of func(m member) []directory.Role) memberColumn {
		return cell(id, true, needs, func(m member) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportRoles, Roles: of(m)}
		})
	}
	at := func(id string, usual bool, needs store.MemberNeed, kind directory.ExportCellKind, of func(m member) time.Time) memberColumn {
		return cell(id, usual, needs, func(m member) directory.ExportCell { return directory.ExportCell{Kind: kind, At: of(m)} })
	}
	return []memberColumn{
		code("civility", false, store.NeedCivility, func(m member) string { return m.Person.Civility }),
		text("last_name", true, store.NeedNames, func(m member) string { return roster.NamesOf(m.Person, m.Member).Last }),
		text("first_name", true, store.NeedNames, func(m member) string { return roster.NamesOf(m.Person, m.Member).First }),
		text("email", true, store.NeedEmail, func(m member) string { return m.Person.Email }),
		text("user_name", false, store.NeedUserName, func(m member) string { return m.Person.UserName }),
		code("status", true, store.NeedStatus, func(m member) string { return m.Status.String() }),
		text("company", true, store.NeedCompany, func(m member) string { return m.company }),
		roles("functions", store.NeedFunctions, func(m member) []directory.Role { return m.functions }),
		roles("levels", store.NeedLevels, func(m member) []directory.Role { return m.levels }),
		cell("products", true, store.NeedProducts, func(m member) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "product", Texts: offersHeld(m.Products)}
		}),
		text("unit", true, store.NeedUnit, func(m member) string { return nameOf(m.tree, m.Unit) }),
		text("unit_path", false, store.NeedUnit, func(m member) string { return pathOf(m.tree, m.Unit) }),
		at("added", true, store.NeedAdded, directory.ExportDay, func(m member) time.Time { return m.Added }),
		at("seen", false, store.NeedLastSeen, directory.ExportMoment, func(m member) time.Time { return m.LastSeen }),
		at("ends", false, store.NeedEnds, directory.ExportLastDay, func(m member) time.Time { return m.Ends }),
		text("job_title", false, store.NeedPlaceTexts, func(m member) string { return m.JobTitle }),
		text("phone", false, store.NeedPlaceTexts, func(m member) string { return m.Phone }),
		text("personnel_number", false, store.NeedPlaceTexts, func(m member) string { return m.PersonnelNumber }),
		code("language", false, store.NeedLanguage, func(m member) string { return m.Person.Language }),
		text("id", false, store.NeedUUID, func(m member) string { return m.UUID }),
	}
}

// offersHeld are the offers of which somebody has a seat or brings one along.
func offersHeld(products []directory.HeldProduct) []string {
	var offers []string
	for _, held := range products {
		if (held.Own || held.External) && !held.Lapsed {
			offers = append(offers, held.Offer.String())
		}
	}
	return offers
}

func nameOf(tree *authz.Tree, unit directory.UnitID) string {
	home, _ := tree.Unit(unit)
	return home.Name
}

// pathOf are the names from the root down to a unit.
func pathOf(tree *authz.Tree, unit directory.UnitID) string {
	var names []string
	for _, id := range tree.Path(unit) {
		if u, there := tree.Unit(id); there {
			names = append(names, u.Name)
		}
	}
	return strings.Join(names, " › ")
}
