package directory

import (
	"cmp"
	"slices"
)

// Levels are the access levels that a member holds at once, Level first: none, one
// or several, each once (ADD-8).
func (m Member) Levels() []RoleID {
	if m.Level == 0 {
		return nil
	}
	return append([]RoleID{m.Level}, m.MoreLevels...)
}

// WithLevels is the member with these access levels and no others. It is the only
// way levels are put into a member, and they stand there in one way only: each once;
// the account's administrator level, if it is among them, as Level, so that Level
// alone tells who is an administrator (ACC-5); the others in the order in which the
// account got its roles, which no renaming moves. Without any there is no Level.
func (m Member) WithLevels(administrator RoleID, levels ...RoleID) Member {
	ordered := slices.DeleteFunc(slices.Clone(levels), func(id RoleID) bool { return id == 0 })
	slices.SortFunc(ordered, func(a, b RoleID) int {
		if (a == administrator) != (b == administrator) {
			if a == administrator {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	ordered = slices.Compact(ordered)
	m.Level, m.MoreLevels = 0, nil
	if len(ordered) > 0 {
		m.Level = ordered[0]
	}
	if len(ordered) > 1 {
		m.MoreLevels = ordered[1:]
	}
	return m
}

// LevelsOf are a member's access levels among the roles of their account, the first
// first.
func (m Member) LevelsOf(roles []Role) []Role {
	var levels []Role
	for _, id := range m.Levels() {
		if i := slices.IndexFunc(roles, func(o Role) bool { return o.ID == id }); i >= 0 {
			levels = append(levels, roles[i])
		}
	}
	return levels
}

// FunctionsOf are a member's functions among the roles of their account, in their order.
func (m Member) FunctionsOf(roles []Role) []Role {
	var functions []Role
	for _, role := range roles {
		if slices.Contains(m.Functions, role.ID) {
			functions = append(functions, role)
		}
	}
	return functions
}

// Administers reports whether the role is the level that cannot be edited (ROLE-6).
func (r Role) Administers() bool { return r.Kind == Level && r.Code == AdminLevel }

// RoleNames are what roles are called in a language, in their order.
func RoleNames(roles []Role, language string) []string {
	names := make([]string, len(roles))
	for i, o := range roles {
		names[i] = o.Name(language)
	}
	return names
}
