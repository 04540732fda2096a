package projects

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An Exported is which members of which project an export has.
type Exported struct {
	Project string // public id
	MemberQuery
}

// Table is what exports of the members of a project are made of: the filter and the
// sort of its list, part by part (REP-2). It needs export.run in the project.
func (s *Projects) Table() gate.TableSource {
	source := gate.TableSource{Kind: directory.ExportProjectMembers, Purpose: "members", Sees: authz.ViewMembers, Open: s.openTable,
		Scope: func(rights authz.Rights, over directory.UnitID) authz.Scope {
			if !rights.SeesProject(over) || !rights.May(authz.RunExports, over) {
				return authz.Scope{}
			}
			return rights.Everybody()
		}}
	for _, c := range exportColumns(s.gate.Catalogue()) {
		source.Columns = append(source.Columns, c.ExportColumn)
	}
	return source
}

func (s *Projects) openTable(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, asked json.RawMessage) (gate.Table, error) {
	w := &walk{s: s, at: At{Account: account}}
	var e Exported
	if err := json.Unmarshal(asked, &e); err != nil {
		return gate.Table{}, directory.Refuse(directory.Invalid, "export.unreadable")
	}
	w.at.Project, w.q = e.Project, e.MemberQuery
	w.q.After, w.q.Before = "", ""
	o, err := w.roll(ctx, r, rights)
	if err != nil {
		return gate.Table{}, err
	}
	count := func(ctx context.Context, r *store.Reader) (int64, error) { return s.found(ctx, r, o.l) }
	return gate.Table{Over: o.v.project.ID, Count: count, Next: w.next}, nil
}

// A walk is the list of a project's members while it is exported. It goes on behind the
// last who was read, whoever comes or goes meanwhile.
type walk struct {
	s  *Projects
	at At
	q  MemberQuery
	on *store.ProjectMemberPlace
}

func (w *walk) roll(ctx context.Context, r *store.Reader, rights authz.Rights) (*roll, error) {
	v, err := seen(ctx, r, rights, w.at)
	if err != nil {
		return nil, err
	}
	if err := gate.Require(rights, authz.RunExports, v.project.ID); err != nil {
		return nil, err
	}
	if w.q.Sort == store.PlacesByCompany {
		if v.companies, err = r.ProjectCompanies(ctx, v.project); err != nil {
			return nil, err
		}
	}
	return w.s.rolled(ctx, r, v, w.q)
}

func (w *walk) next(ctx context.Context, r *store.Reader, rights authz.Rights, columns []string, _ func()) (directory.ExportRows, bool, error) {
	o, err := w.roll(ctx, r, rights)
	if err != nil {
		return nil, false, err
	}
	if o.l.Found, err = w.s.found(ctx, r, o.l); err != nil {
		return nil, false, err
	}
	o.l.From, o.l.Size = w.on, gate.WindowMost
	found, err := r.ProjectMemberPage(ctx, o.l)
	if err != nil || len(found) == 0 {
		return nil, false, err
	}
	w.on = &found[len(found)-1].Standing
	members, err := w.s.rows(ctx, r, o.v, found)
	if err != nil {
		return nil, false, err
	}
	chosen := slices.DeleteFunc(exportColumns(w.s.gate.Catalogue()), func(c exportColumn) bool { return !slices.Contains(columns, c.ID) })
	rows := make([]directory.ExportRow, len(members))
	for i, m := range members {
		rows[i].Cells = make([]directory.ExportCell, len(chosen))
		for n, c := range chosen {
			rows[i].Cells[n] = c.cell(m)
		}
	}
	return directory.RowsOfExport(rows), len(found) == o.l.Size, nil
}

// An exportColumn is a column that an export of a project's members can have.
type exportColumn struct {
	directory.ExportColumn
	cell func(m Member) directory.ExportCell
}

// exportColumns are those of the list, and what a profile in a project says.
func exportColumns(declared *catalogue.Catalogue) []exportColumn {
	column := func(id string, usual bool, cell func(m Member) directory.ExportCell) exportColumn {
		return exportColumn{directory.ExportColumn{ID: id, Usual: usual}, cell}
	}
	text := func(of func(m Member) string) func(Member) directory.ExportCell {
		return func(m Member) directory.ExportCell { return directory.ExportCell{Text: of(m)} }
	}
	codes := func(vocabulary string, of func(m Member) []string) func(Member) directory.ExportCell {
		return func(m Member) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: vocabulary, Texts: of(m)}
		}
	}
	return []exportColumn{
		column("last_name", true, text(func(m Member) string { return roster.NamesOf(m.Person, m.Member).Last })),
		column("first_name", true, text(func(m Member) string { return roster.NamesOf(m.Person, m.Member).First })),
		column("email", true, text(func(m Member) string { return m.Person.Email })),
		column("status", true, codes("status", func(m Member) []string { return []string{m.Status().String()} })),
		column("company", true, text(func(m Member) string { return m.Company.Name })),
		column("functions", true, func(m Member) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportRoles, Roles: m.Functions}
		}),
		column("levels", true, func(m Member) directory.ExportCell {
			if m.Level.ID == 0 {
				return directory.ExportCell{}
			}
			return directory.ExportCell{Kind: directory.ExportRoles, Roles: []directory.Role{m.Level}}
		}),
		column("products", true, codes("product", func(m Member) []string { return slices.Sorted(maps.Keys(m.Access)) })),
		column("product_administrator", false, codes("product", func(m Member) []string {
			return slices.DeleteFunc(slices.Sorted(maps.Keys(m.Access)), func(id string) bool { return !m.Access[id].Administrator })
		})),
		column("tools", false, codes("tool", func(m Member) []string { return toolsOf(m, declared) })),
		column("unseated", false, codes("product", func(m Member) []string { return m.Unseated })),
		column("since", true, func(m Member) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportDay, At: m.Since.From}
		}),
		column("id", false, text(func(m Member) string { return m.Member.UUID })),
	}
}

// toolsOf are the levels of tools as they count, as "product tool level" (PROJ-12).
func toolsOf(m Member, declared *catalogue.Catalogue) []string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(m.Access)) {
		product, _ := declared.Product(id)
		for _, tool := range product.Tools {
			if level := tool.Level(m.Access[id]); level != "" {
				all = append(all, id+" "+tool.ID+" "+level)
			}
		}
	}
	return all
}
