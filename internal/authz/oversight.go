package authz

import (
	"slices"

	"intendant/internal/directory"
)

// Oversees reports whether the actor manages users or roles at the account or at
// a unit of its first level: whoever does reads what each role permits. Rule
// REP-1.
func (r Rights) Oversees() bool {
	if r.May(ManageMembers, 0) || r.May(ManageRoles, 0) {
		return true
	}
	if r.tree == nil {
		return false
	}
	for _, unit := range r.tree.Children(0) {
		if r.May(ManageMembers, unit) || r.May(ManageRoles, unit) {
			return true
		}
	}
	return false
}

// SeesRole reports whether the actor reads what a role is: all of them whoever
// oversees, functions and levels whoever manages the library (ACC-13).
func (r Rights) SeesRole(o directory.Role) bool {
	return r.Oversees() || o.Kind != directory.RightsRole && r.May(ManageLibrary, 0)
}

// EditsRole reports whether the actor may make or change a role that is so, before
// and after: any whoever manages roles; functions that permit nothing whoever manages
// the library, who gives nobody a right by it (ROLE-6). What may be added to a role is
// asked besides.
func (r Rights) EditsRole(o directory.Role) bool {
	return r.May(ManageRoles, 0) || o.Kind == directory.Function && len(o.Permissions) == 0 && r.May(ManageLibrary, 0)
}

// Confined reports whether somebody holds the first of some permissions, and but for
// the rest of them none that guards this program's own operations, projects apart:
// what opens for the first is their first screen (ACC-13).
func (r Rights) Confined(to Permission, beside ...Permission) bool {
	return r.MayAnywhere(to) && !slices.ContainsFunc(Permissions(), func(p Permission) bool {
		return p != to && !slices.Contains(beside, p) && r.MayAnywhere(p)
	})
}
