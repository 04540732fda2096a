package app

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MarkState is what a role gives of a permission.
type MarkState string

// What the report of permissions by role can say.
const (
	MarkNone MarkState = "none" // the role does not have it
	MarkFull MarkState = "full" // it counts wherever the role is held, and so at all below
	MarkFrom MarkState = "from" // it counts from a level down
	MarkOnly MarkState = "only" // it counts at some levels
	MarkIdle MarkState = "idle" // the role has it, and it counts nowhere the role is held
)

// A Mark is what one role gives of one permission, with the levels at which it
// counts when those are not all: of MarkFrom the highest, of MarkOnly all. A role
// that is given at units gives nothing at other levels, though it may be held at
// the account too (ROLE-10).
type Mark struct {
	State  MarkState
	Levels []catalogue.UnitLevel
}

// Held reports whether the role gives the permission somewhere.
func (m Mark) Held() bool { return m.State != MarkNone && m.State != MarkIdle }

// A MatrixRow is one permission: the levels at which it counts (none: all), and a
// mark for each column.
type MatrixRow struct {
	Permission catalogue.Permission
	Where      []catalogue.UnitLevel
	Marks      []Mark
}

// A MatrixGroup is a group of the catalogue with its rows.
type MatrixGroup struct {
	catalogue.Group
	Rows []MatrixRow
}

// A Matrix is the report of permissions by role: one row a permission, one column
// a role. Archived roles stand in it as long as somebody holds them. Rule REP-1.
type Matrix struct {
	Columns []ShownRole
	Groups  []MatrixGroup
}

// Rows is how many permissions it has.
func (m Matrix) Rows() int {
	n := 0
	for _, g := range m.Groups {
		n += len(g.Rows)
	}
	return n
}

// Narrow is the matrix with the columns and rows that pass; groups without rows
// are left out.
func (m Matrix) Narrow(column func(ShownRole) bool, row func(catalogue.Permission) bool) Matrix {
	var narrow Matrix
	var kept []int
	for i, o := range m.Columns {
		if column(o) {
			kept = append(kept, i)
			narrow.Columns = append(narrow.Columns, o)
		}
	}
	for _, g := range m.Groups {
		group := MatrixGroup{Group: g.Group}
		for _, line := range g.Rows {
			if !row(line.Permission) {
				continue
			}
			marks := make([]Mark, len(kept))
			for i, at := range kept {
				marks[i] = line.Marks[at]
			}
			line.Marks = marks
			group.Rows = append(group.Rows, line)
		}
		if len(group.Rows) > 0 {
			narrow.Groups = append(narrow.Groups, group)
		}
	}
	return narrow
}

// Matrix is the report for whoever manages users or roles at the account or at a
// unit of its first level; all others are refused (REP-1).
func (s *Roles) Matrix(ctx context.Context, actor authz.Actor, account directory.AccountID) (Matrix, error) {
	var m Matrix
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireOversight(rights); err != nil {
			return err
		}
		var err error
		m, err = s.matrix(ctx, r, account)
		return err
	})
	return m, err
}

// ExportMatrix is Matrix for a file; that it was taken stands in the history
// (HIST-4).
func (s *Roles) ExportMatrix(ctx context.Context, actor authz.Actor, account directory.AccountID) (Matrix, error) {
	var m Matrix
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireOversight(); err != nil {
			return err
		}
		var err error
		if m, err = s.matrix(ctx, r, account); err != nil {
			return err
		}
		entry := p.Entry(audit.ExportRun, 0, 0)
		entry.Note("purpose", "", "matrix")
		p.Record(entry)
		return nil
	})
	return m, err
}

func (s *Roles) matrix(ctx context.Context, r *store.Reader, account directory.AccountID) (Matrix, error) {
	var m Matrix
	a, err := r.Account(ctx, account)
	if err != nil {
		return m, err
	}
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return m, err
	}
	holders, err := r.RoleHolders(ctx, account, 0)
	if err != nil {
		return m, err
	}
	for _, kind := range []directory.RoleKind{directory.Level, directory.RightsRole, directory.Function} {
		for _, o := range roles {
			if o.Kind == kind && (o.Archived.IsZero() || holders[o.ID] > 0) {
				m.Columns = append(m.Columns, ShownRole{Role: o, Holders: holders[o.ID]})
			}
		}
	}
	slices.SortStableFunc(m.Columns, func(a, b ShownRole) int { return administratorFirst(b.Role) - administratorFirst(a.Role) })
	t, _ := s.gate.Catalogue().AccountType(a.Type)
	for _, g := range s.gate.Catalogue().Groups {
		group := MatrixGroup{Group: g}
		for _, p := range s.gate.Catalogue().Permissions {
			if p.Group == g.ID {
				if row, ok := matrixRow(t, p, m.Columns); ok {
					group.Rows = append(group.Rows, row)
				}
			}
		}
		if len(group.Rows) > 0 {
			m.Groups = append(m.Groups, group)
		}
	}
	return m, nil
}

func administratorFirst(o directory.Role) int {
	if isAdministratorLevel(o) {
		return 1
	}
	return 0
}

// matrixRow marks a permission for each column; it answers false for one that
// counts nowhere in accounts of the type and that no role has.
func matrixRow(t catalogue.AccountType, p catalogue.Permission, columns []ShownRole) (MatrixRow, bool) {
	row := MatrixRow{Permission: p, Marks: make([]Mark, len(columns))}
	where, shown := countsWhere(t, p)
	row.Where = where
	for i, o := range columns {
		row.Marks[i] = markOf(t, p, o.Role)
		shown = shown || row.Marks[i].State != MarkNone
	}
	return row, shown
}

// markOf is what a role gives of a permission in accounts of a type.
func markOf(t catalogue.AccountType, p catalogue.Permission, o directory.Role) Mark {
	where, counts := countsWhere(t, p)
	switch {
	case !slices.Contains(o.Permissions, p.ID):
		return Mark{State: MarkNone}
	case o.Place == directory.AtProject:
		return inProjects(t, p)
	case counts && (isAdministratorLevel(o) || len(where) == 0 || p.CountsAt(catalogue.RootLevel) && actsAtAccount(o)):
		return Mark{State: MarkFull}
	case !counts || actsAtAccount(o):
		return Mark{State: MarkIdle}
	}
	below := levelsFrom(t, where[0].ID)
	for _, l := range levelsOf(t) {
		if slices.Contains(below, l.ID) != p.CountsAt(l.ID) {
			return Mark{State: MarkOnly, Levels: where}
		}
	}
	return Mark{State: MarkFrom, Levels: where[:1]}
}

// inProjects is what a role gives that is held in projects only.
func inProjects(t catalogue.AccountType, p catalogue.Permission) Mark {
	if level, ok := t.ProjectLevel(); ok && p.CountsAt(level.ID) {
		return Mark{State: MarkOnly, Levels: []catalogue.UnitLevel{level}}
	}
	return Mark{State: MarkIdle}
}

// levelsFrom are a level and those that may stand below it, at any depth.
func levelsFrom(t catalogue.AccountType, level string) []string {
	from := []string{level}
	for i := 0; i < len(from); i++ {
		for _, l := range t.LevelsUnder(from[i]) {
			if !slices.Contains(from, l.ID) {
				from = append(from, l.ID)
			}
		}
	}
	return from
}
