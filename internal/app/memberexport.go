package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
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

// walked is how many members are looked at in one part.
const walked = 4000

func (w *memberWalk) next(ctx context.Context, r *store.Reader, rights authz.Rights, columns []string) ([]directory.ExportRow, bool, error) {
	l, err := w.listing(ctx, r, rights)
	if err != nil {
		return nil, false, err
	}
	l.l.From = w.on
	places, on, err := r.MemberWalk(ctx, l.l, walked)
	if err != nil {
		return nil, false, err
	}
	w.on = on
	rows, err := l.exported(ctx, places, columns)
	return rows, on != nil, err
}

// exported are the rows of members with the cells of some columns.
func (l *listing) exported(ctx context.Context, places []store.MemberPlace, columns []string) ([]directory.ExportRow, error) {
	listed, err := l.rows(ctx, places, 0)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(memberColumns(), func(c memberColumn) bool { return !slices.Contains(columns, c.ID) })
	tree, cells := l.rights.Tree(), make([]directory.ExportCell, len(listed)*len(chosen))
	rows := make([]directory.ExportRow, len(listed))
	for i, m := range listed {
		rows[i].Cells, cells = cells[:len(chosen):len(chosen)], cells[len(chosen):]
		for n, c := range chosen {
			rows[i].Cells[n] = c.cell(m, tree)
		}
	}
	return rows, nil
}

// A memberColumn is a column that an export of members can have.
type memberColumn struct {
	directory.ExportColumn
	cell func(m roster.ListedMember, tree *authz.Tree) directory.ExportCell
}

// memberColumns are those of the list, the name in its parts, and what a profile says.
func memberColumns() []memberColumn {
	text := func(id string, usual bool, of func(m roster.ListedMember) string) memberColumn {
		return memberColumn{directory.ExportColumn{ID: id, Usual: usual}, func(m roster.ListedMember, _ *authz.Tree) directory.ExportCell {
			return directory.ExportCell{Text: of(m)}
		}}
	}
	other := func(id string, usual bool, of func(m roster.ListedMember) directory.ExportCell) memberColumn {
		return memberColumn{directory.ExportColumn{ID: id, Usual: usual}, func(m roster.ListedMember, _ *authz.Tree) directory.ExportCell { return of(m) }}
	}
	columns := []memberColumn{
		other("civility", false, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "civility", Text: m.Person.Civility}
		}),
		text("last_name", true, func(m roster.ListedMember) string { return roster.NamesOf(m.Person, m.Member).Last }),
		text("first_name", true, func(m roster.ListedMember) string { return roster.NamesOf(m.Person, m.Member).First }),
		text("email", true, func(m roster.ListedMember) string { return m.Person.Email }),
		text("user_name", false, func(m roster.ListedMember) string { return m.Person.UserName }),
		other("status", true, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "status", Text: m.Status.String()}
		}),
		text("company", true, func(m roster.ListedMember) string { return m.Company }),
		other("functions", true, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportRoles, Roles: m.Functions}
		}),
		other("levels", true, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportRoles, Roles: m.Levels}
		}),
		other("products", true, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "product", Texts: offersHeld(m)}
		}),
		{directory.ExportColumn{ID: "unit", Usual: true}, func(m roster.ListedMember, tree *authz.Tree) directory.ExportCell {
			home, _ := tree.Unit(m.Unit)
			return directory.ExportCell{Text: home.Name}
		}},
		{directory.ExportColumn{ID: "unit_path"}, func(m roster.ListedMember, tree *authz.Tree) directory.ExportCell {
			return directory.ExportCell{Text: pathOf(tree, m.Unit)}
		}},
	}
	return append(columns,
		other("added", true, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportDay, At: m.Added}
		}),
		other("seen", false, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportMoment, At: m.LastSeen}
		}),
		other("ends", false, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportLastDay, At: m.Ends}
		}),
		text("job_title", false, func(m roster.ListedMember) string { return m.JobTitle }),
		text("phone", false, func(m roster.ListedMember) string { return m.Phone }),
		text("personnel_number", false, func(m roster.ListedMember) string { return m.PersonnelNumber }),
		other("language", false, func(m roster.ListedMember) directory.ExportCell {
			return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "language", Text: m.Person.Language}
		}),
		text("id", false, func(m roster.ListedMember) string { return m.UUID }),
	)
}

// offersHeld are the offers of which somebody has a seat or brings one along.
func offersHeld(m roster.ListedMember) []string {
	var offers []string
	for _, held := range m.Products {
		if (held.Own || held.External) && !held.Lapsed {
			offers = append(offers, held.Offer.String())
		}
	}
	return offers
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
