package loads

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// planMembers plans people with the roles they get. Roles may be called by their names,
// since one that the lines before make has a code that nobody knows yet.
func (s *stream) planMembers(ctx context.Context, r *store.Reader, p *gate.Plan, lines []Line) ([]Row, error) {
	roles := p.Rights.Tree()
	rows := make([]roster.Holding, len(lines))
	for i, line := range lines {
		row := *line.Member
		row.Row = line.Number
		row.Read()
		row.Functions, row.Levels = codes(roles, directory.Function, row.Functions), codes(roles, directory.Level, row.Levels)
		row.Give = slices.Clone(row.Give)
		for g := range row.Give {
			row.Give[g].Role = code(roles, directory.RightsRole, row.Give[g].Role)
		}
		rows[i] = row
	}
	o := roster.AddOptions{Invite: s.o.Invite, Silent: s.o.Silent}
	if s.before != nil {
		o.Preview, o.Before = true, s.before.rows
	}
	if err := s.roster.PlanHoldings(rows, o)(ctx, r, p); err != nil {
		return nil, err
	}
	return judged(p.Verdicts), nil
}

func judged(verdicts gate.Verdicts) []Row {
	rows := make([]Row, len(verdicts))
	for i, v := range verdicts {
		rows[i] = Row{Verdict: v}
	}
	return rows
}

// planPlaces plans places in the project that all these lines name.
func (s *stream) planPlaces(ctx context.Context, r *store.Reader, p *gate.Plan, lines []Line) ([]Row, error) {
	roles, project := p.Rights.Tree(), lines[0].Place.Project
	if roles != nil {
		if id, known := roster.UnitKnown(roles, project); known {
			u, _ := roles.Unit(id)
			project = u.UUID
		}
	}
	on, err := s.needs.Ground(ctx, r, p, project)
	if err != nil {
		return nil, err
	}
	rows := make([]roster.NewPlace, len(lines))
	for i, line := range lines {
		row := line.Place.NewPlace
		row.Row = line.Number
		row.Read()
		row.Functions, row.Level = codes(roles, directory.Function, row.Functions), code(roles, directory.Level, row.Level)
		rows[i] = row
	}
	o := roster.PlaceOptions{Change: true, Silent: s.o.Silent}
	if s.before != nil {
		o.Preview, o.Before = true, s.before.rows
	}
	if err := s.roster.PlaceRows(ctx, on, rows, o); err != nil {
		return nil, err
	}
	return judged(p.Verdicts), nil
}

func codes(t *authz.Tree, kind directory.RoleKind, said []string) []string {
	all := make([]string, len(said))
	for i, one := range said {
		all[i] = code(t, kind, one)
	}
	return all
}

// code is the code of a role that is called by it, or by one of its names; what is
// neither stays, and is refused where it is given.
func code(t *authz.Tree, kind directory.RoleKind, said string) string {
	if t == nil || said == "" {
		return said
	}
	for _, o := range t.Roles() {
		if o.Kind == kind && (o.Code == said || o.UUID == said) {
			return o.Code
		}
	}
	if named, err := directory.RoleNamed(t.Roles(), kind, map[string]string{directory.EveryLanguage: said}); err == nil && named.ID != 0 {
		return named.Code
	}
	return said
}

// planRoles plans roles, and lets a preview go on over them.
func (s *stream) planRoles(ctx context.Context, r *store.Reader, p *gate.Plan, lines []Line) ([]Row, error) {
	said := make([]Role, len(lines))
	for i, line := range lines {
		said[i] = *line.Role
	}
	done, roles, err := s.needs.Roles(ctx, r, p.Upon(), said)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(lines))
	for i, one := range done {
		rows[i] = Row{Verdict: one.Verdict, Role: one.Role}
	}
	if s.before == nil {
		return rows, nil
	}
	return rows, s.gate.Restructure(ctx, r, p, s.gate.Arrange(p.Upon().Rights.Tree().Units(), roles))
}
