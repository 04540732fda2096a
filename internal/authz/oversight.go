package authz

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
