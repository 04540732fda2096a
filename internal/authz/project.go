package authz

import "intendant/internal/directory"

// insideProjects is what managing projects from above is in them: seeing and
// changing who is there, what was done, and what the project itself is (PROJ-11).
func insideProjects() []Permission {
	return []Permission{ManageProjects, ViewMembers, ManageMembers, ViewHistory, RunExports}
}

// Project is the project that a unit is or stands in, if it does.
func (t *Tree) Project(unit directory.UnitID) (directory.UnitID, bool) {
	n, found := t.node(unit)
	if !found || t.nodes[n].wall < 0 {
		return 0, false
	}
	return t.nodes[t.nodes[n].wall].unit.ID, true
}

// outside reports whether a unit stands above the project that another is in: what
// is held there stops at the project.
func (t *Tree) outside(above, n int32) bool { return above < t.nodes[n].wall }

// reaches reports whether a holding gives a permission at a unit: held there or
// above it (ROLE-1), and not above the project the unit is in, where nothing but
// managing projects reaches in (PROJ-11).
func (t *Tree) reaches(h hold, bit int, n int32) bool {
	switch {
	case !t.covers(h.node, n):
		return false
	case !t.outside(h.node, n):
		return t.has(h, bit)
	}
	manages, declared := t.bits[ManageProjects]
	return declared && t.inside[bit] && t.has(h, manages)
}

// has reports whether a holding gives a permission where it is held.
func (t *Tree) has(h hold, bit int) bool {
	return t.set(h.role, t.nodes[h.node].level)[bit/64]&(1<<(bit%64)) != 0
}
