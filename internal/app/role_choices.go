package app

import (
	"context"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
)

// filterChoices are what a filter offers: what can be given, and archived roles
// as long as somebody holds them (ROLE-8).
func (l *listing) filterChoices(ctx context.Context) (MemberChoices, error) {
	c, err := l.choices(ctx)
	if err != nil {
		return c, err
	}
	archived := l.archived()
	keys := make([]directory.RoleID, len(archived))
	for i, o := range archived {
		keys[i] = o.ID
	}
	held, err := l.r.HeldRoles(ctx, keys)
	if err != nil {
		return c, err
	}
	c.keep(archived, func(o directory.Role) bool { return held[o.ID] })
	return c, nil
}

// editChoices are what the form of one member offers: what can be given, and what
// they have although it is archived. Without it, to save would take it away.
func (l *listing) editChoices(ctx context.Context, m roster.ListedMember) (MemberChoices, error) {
	c, err := l.choices(ctx)
	if err != nil {
		return c, err
	}
	c.keep(l.archived(), func(o directory.Role) bool {
		return slices.Contains(m.Member.Functions, o.ID) || slices.Contains(m.Member.Levels(), o.ID)
	})
	return c, nil
}

// archived are the functions and levels that nobody can be given any more.
func (l *listing) archived() []directory.Role {
	return slices.DeleteFunc(slices.Clone(l.roles), func(o directory.Role) bool {
		return o.Archived.IsZero() || o.Kind == directory.RightsRole
	})
}

// keep adds those of the roles that are still to be offered, at the end.
func (c *MemberChoices) keep(roles []directory.Role, still func(directory.Role) bool) {
	for _, o := range roles {
		switch {
		case !still(o):
		case o.Kind == directory.Function:
			c.Functions = append(c.Functions, o)
		default:
			c.Levels = append(c.Levels, o)
		}
	}
}
