package loads

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// planMembers plans people with the roles they get. Roles may be called by their names,
// since one that the lines before make has a code that nobody knows yet.
func (s *stream) planMembers(ctx context.Context, r *store.Reader, p *gate.Plan, lines []Line) ([]Row, error) {
	roles := rolesOf(p)
	rows := make([]roster.Holding, len(lines))
	for i, line := range lines {
		row := *line.Member
		row.Row = line.Number
		row.Read()
		row.Functions, row.Levels = roles.codes(directory.Function, row.Functions), roles.codes(directory.Level, row.Levels)
		row.Give = slices.Clone(row.Give)
		for g := range row.Give {
			row.Give[g].Role = roles.code(directory.RightsRole, row.Give[g].Role)
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
	roles, project := rolesOf(p), lines[0].Place.Project
	if tree := p.Rights.Tree(); tree != nil {
		if id, known := roster.UnitKnown(tree, project); known {
			u, _ := tree.Unit(id)
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
		row.Functions, row.Level = roles.codes(directory.Function, row.Functions), roles.code(directory.Level, row.Level)
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

// calledRoles are the roles of an account by what lines call them: most lines of a chunk
// call the same few.
type calledRoles struct {
	all   []directory.Role
	known map[called]string
}

// A called is what a role of a kind was called.
type called struct {
	kind directory.RoleKind
	said string
}

func rolesOf(p *gate.Plan) calledRoles {
	c := calledRoles{known: map[called]string{}}
	if t := p.Rights.Tree(); t != nil {
		c.all = t.Roles()
	}
	return c
}

func (c calledRoles) codes(kind directory.RoleKind, said []string) []string {
	all := make([]string, len(said))
	for i, one := range said {
		all[i] = c.code(kind, one)
	}
	return all
}

// code is the code of a role that is called by it, or by one of its names; what is
// neither stays, and is refused where it is given.
func (c calledRoles) code(kind directory.RoleKind, said string) string {
	code, known := c.known[called{kind, said}]
	if !known {
		code = c.find(kind, said)
		c.known[called{kind, said}] = code
	}
	return code
}

func (c calledRoles) find(kind directory.RoleKind, said string) string {
	for _, o := range c.all {
		if o.Kind == kind && (o.Code == said || o.UUID == said) {
			return o.Code
		}
	}
	if named, err := directory.RoleNamed(c.all, kind, map[string]string{directory.EveryLanguage: said}); err == nil && named.ID != 0 {
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
