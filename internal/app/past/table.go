package past

import (
	"context"
	"encoding/json"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A TableQuery is what an export of a past day is of: a day, or two of them, each as
// "2026-03-12"; of one member or one unit by public id, where not of everybody. The
// empty day is today.
type TableQuery struct {
	Day, From, To string
	Member, Unit  string
}

// Tables are what files of past days are made of: who was in the account, who might do
// what where and by what, and what became otherwise between two days (REP-3). They take
// the right to export the account beside that to read its history, as the history does.
func (s *Past) Tables() []gate.TableSource {
	source := func(kind directory.ExportKind, columns []string, open opening) gate.TableSource {
		t := gate.TableSource{Kind: kind, Purpose: string(kind), Sees: authz.ViewHistory, Open: s.opened(open),
			Scope: func(rights authz.Rights, _ directory.UnitID) authz.Scope { return rights.Scope(authz.ViewHistory) }}
		for _, id := range columns {
			t.Columns = append(t.Columns, directory.ExportColumn{ID: id, Usual: true})
		}
		return t
	}
	return []gate.TableSource{
		source(directory.ExportPastMembers, []string{"last_name", "first_name", "email", "status", "company", "functions", "levels", "unit"}, membersTable),
		source(directory.ExportRights, []string{"last_name", "first_name", "email", "role", "held_at", "unit", "inherited", "reach", "permissions", "held_since", "given_by", "bar"}, rightsTable),
		source(directory.ExportDifferences, []string{"name", "email", "unit", "difference", "before", "after"}, differencesTable),
	}
}

// An opening makes what reads one part after the other of what was asked for.
type opening func(s *Past, account directory.AccountID, q TableQuery) (reading, error)

// A reading reads the next part.
type reading func(ctx context.Context, r *store.Reader, rights authz.Rights) (rows []cells, more bool, err error)

// cells are a row by columns.
type cells map[string]directory.ExportCell

func (s *Past) opened(open opening) func(context.Context, *store.Reader, authz.Rights, directory.AccountID, json.RawMessage) (gate.Table, error) {
	return func(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, asked json.RawMessage) (gate.Table, error) {
		var q TableQuery
		if err := json.Unmarshal(asked, &q); err != nil {
			return gate.Table{}, directory.Refuse(directory.Invalid, "export.unreadable")
		}
		read, err := open(s, account, q)
		if err != nil {
			return gate.Table{}, err
		}
		t := gate.Table{Count: func(ctx context.Context, r *store.Reader) (int64, error) { // as many as there are people today
			counts, err := r.Counts(ctx, account)
			return counts.Members(), err
		}}
		t.Next = func(ctx context.Context, r *store.Reader, rights authz.Rights, columns []string, _ func()) (directory.ExportRows, bool, error) {
			if err := gate.Require(rights, authz.RunExports, 0); err != nil {
				return nil, false, err
			}
			all, more, err := read(ctx, r, rights)
			return directory.RowsOfExport(arranged(all, columns)), more, err
		}
		if err := gate.Require(rights, authz.RunExports, 0); err != nil {
			return t, err
		}
		first, err := open(s, account, q) // whether it can be read at all is known before it is begun
		if err == nil {
			_, _, err = first(ctx, r, rights)
		}
		return t, err
	}
}

func arranged(all []cells, columns []string) []directory.ExportRow {
	rows := make([]directory.ExportRow, len(all))
	for i, of := range all {
		for _, id := range columns {
			rows[i].Cells = append(rows[i].Cells, of[id])
		}
	}
	return rows
}

// dayOf reads a day of a question; the empty one is today.
func (s *Past) dayOf(ctx context.Context, r *store.Reader, account directory.AccountID, field, text string) (on, error) {
	if text != "" {
		day, refusal := directory.ParseDay(field, text, directory.DayFirst)
		if refusal != nil {
			return on{}, refusal
		}
		return on{field, day}, nil
	}
	of, err := r.Account(ctx, account)
	return on{field, directory.DayOf(s.gate.Instant(), roster.ZoneOf(of))}, err
}

// day is a look at the day of a question.
func (s *Past) lookAt(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, text string) (*look, error) {
	day, err := s.dayOf(ctx, r, account, "on", text)
	if err != nil {
		return nil, err
	}
	looks, err := s.looks(ctx, r, rights, account, []on{day})
	if err != nil {
		return nil, err
	}
	return looks[0], nil
}

func membersTable(s *Past, account directory.AccountID, q TableQuery) (reading, error) {
	var after directory.MemberID
	return func(ctx context.Context, r *store.Reader, rights authz.Rights) ([]cells, bool, error) {
		l, err := s.lookAt(ctx, r, rights, account, q.Day)
		if err != nil {
			return nil, false, err
		}
		people, err := l.next(ctx, &after)
		if err != nil {
			return nil, false, err
		}
		shown, err := l.show(ctx, people)
		rows := make([]cells, len(shown))
		for i, m := range shown {
			rows[i] = named(m)
			rows[i]["status"] = directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "status", Text: m.Status.String()}
			rows[i]["company"] = directory.ExportCell{Text: m.Company}
			rows[i]["functions"] = directory.ExportCell{Kind: directory.ExportRoles, Roles: m.Functions}
			rows[i]["levels"] = directory.ExportCell{Kind: directory.ExportRoles, Roles: m.Levels}
			rows[i]["unit"] = directory.ExportCell{Text: m.Home.Name}
		}
		return rows, after != 0, err
	}, nil
}

// named are the cells that say who somebody is.
func named(m Member) cells {
	name := roster.NamesOf(m.Person, m.Member)
	return cells{"last_name": {Text: name.Last}, "first_name": {Text: name.First}, "email": {Text: m.Person.Email}}
}

func rightsTable(s *Past, account directory.AccountID, q TableQuery) (reading, error) {
	var after directory.MemberID
	asked := RightsQuery{}
	if q.Unit != "" {
		asked.Units = []string{q.Unit}
	}
	return func(ctx context.Context, r *store.Reader, rights authz.Rights) ([]cells, bool, error) {
		l, err := s.lookAt(ctx, r, rights, account, q.Day)
		if err != nil {
			return nil, false, err
		}
		var people []then
		if q.Member != "" {
			var one then
			one, err = l.one(ctx, q.Member)
			people = []then{one}
		} else {
			people, err = l.next(ctx, &after)
		}
		if err != nil {
			return nil, false, err
		}
		held, err := l.effective(ctx, asked, people)
		rows := make([]cells, len(held))
		for i, h := range held {
			rows[i] = righted(h)
		}
		return rows, after != 0, err
	}, nil
}

func righted(h Right) cells {
	row := named(h.Member)
	gave := make([]string, len(h.Gave))
	for i, p := range h.Gave {
		gave[i] = string(p)
	}
	row["role"] = directory.ExportCell{Kind: directory.ExportRoles, Roles: []directory.Role{h.Role}}
	row["held_at"], row["unit"] = directory.ExportCell{Text: h.At.Name}, directory.ExportCell{Text: h.Unit.Name}
	row["inherited"] = directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "export.inherited", Text: "no"}
	if h.Inherited {
		row["inherited"] = directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "export.inherited", Text: "yes"}
	}
	row["reach"] = directory.ExportCell{Kind: directory.ExportNumber, Number: int64(h.Reach)}
	row["permissions"] = directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "permission", Texts: gave}
	row["held_since"] = directory.ExportCell{Kind: directory.ExportDay, At: h.From}
	row["given_by"] = directory.ExportCell{Text: h.By.Name}
	row["bar"] = directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "past.bar", Text: h.Bar}
	return row
}

func differencesTable(s *Past, account directory.AccountID, q TableQuery) (reading, error) {
	at := placeInDifferences{}
	return func(ctx context.Context, r *store.Reader, rights authz.Rights) ([]cells, bool, error) {
		var days []on
		for _, d := range []on{{field: "from"}, {field: "to"}} {
			day, err := s.dayOf(ctx, r, account, d.field, map[string]string{"from": q.From, "to": q.To}[d.field])
			if err != nil {
				return nil, false, err
			}
			days = append(days, day)
		}
		looks, err := s.looks(ctx, r, rights, account, days)
		if err != nil {
			return nil, false, err
		}
		found, err := differ(ctx, looks, DifferenceQuery{From: days[0].day, To: days[1].day, Member: q.Member, Unit: q.Unit, Size: part}, at)
		if err != nil {
			return nil, false, err
		}
		var rows []cells
		for _, u := range found.Units {
			rows = append(rows, differing(cells{"name": {Text: u.Unit.Name}}, u.Changes, looks[1])...)
		}
		for _, p := range found.People {
			rows = append(rows, differing(cells{"name": {Text: p.Member.Name()}, "email": {Text: p.Member.Person.Email}}, p.Changes, looks[1])...)
		}
		if found.Next != "" {
			at = placeInDifferences{}
			err = gate.ReadCursor(found.Next, &at)
		}
		return rows, found.Next != "", err
	}, nil
}

// differing are the rows of what became otherwise for somebody or somewhere.
func differing(of cells, changes []Change, l *look) []cells {
	var rows []cells
	for _, c := range changes {
		row := cells{"difference": {Kind: directory.ExportCodes, Vocabulary: "past.change", Text: c.Word()}}
		for id, cell := range of {
			row[id] = cell
		}
		if slices.Contains([]string{GrantOf, PlaceOf, Came, Left}, c.What) {
			where := c.After.Unit
			if where.ID == 0 {
				where = c.Before.Unit
			}
			row["unit"] = directory.ExportCell{Text: where.Name}
		}
		row["before"], row["after"] = l.cell(c.What, c.Before), l.cell(c.What, c.After)
		rows = append(rows, row)
	}
	return rows
}

// cell is one side of a change.
func (l *look) cell(what string, f Fact) directory.ExportCell {
	switch {
	case what == StatusChanged && f.Status != 0:
		return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "status", Text: f.Status.String()}
	case what == SeatOf || what == ExternalOf:
		return directory.ExportCell{Kind: directory.ExportCodes, Vocabulary: "product", Text: f.Text}
	case len(f.Roles) > 0:
		return directory.ExportCell{Kind: directory.ExportRoles, Roles: f.Roles}
	case f.Day != directory.Day{}:
		return directory.ExportCell{Kind: directory.ExportDay, At: f.Day.Noon(roster.ZoneOf(l.account))}
	case what == HomeChanged || what == UnitMoved:
		return directory.ExportCell{Text: f.Unit.Name}
	}
	return directory.ExportCell{Text: f.Text}
}
