package authz

import "slices"

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

// Confined reports whether somebody holds the first of some permissions, and but for
// the rest of them none that guards this program's own operations, projects apart:
// what opens for the first is their first screen (ACC-13).
func (r Rights) Confined(to Permission, beside ...Permission) bool {
	return r.MayAnywhere(to) && !slices.ContainsFunc(Permissions(), func(p Permission) bool {
		return p != to && !slices.Contains(beside, p) && r.MayAnywhere(p)
	})
}
