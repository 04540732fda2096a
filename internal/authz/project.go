package authz

import (
	"slices"

	"intendant/internal/directory"
)

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

// A ProjectSight is which projects of an account somebody sees: all, or some.
type ProjectSight struct {
	All  bool
	Some []directory.UnitID // sorted; archived ones too
}

// ProjectSight is which projects the actor sees: those they have a place in
// (LIST-8), hold something in, or manage from above (PROJ-11).
func (r Rights) ProjectSight() ProjectSight {
	if r.all || r.May(ManageProjects, 0) {
		return ProjectSight{All: true}
	}
	var s ProjectSight
	if r.bar != "" || r.tree == nil {
		return s
	}
	bit, declared := r.tree.bits[ViewMembers]
	for _, n := range r.grounds(bit, declared) {
		s.Some = append(s.Some, r.tree.nodes[n].unit.ID)
	}
	slices.Sort(s.Some)
	s.Some = slices.Compact(s.Some)
	return s
}

// grounds are the projects that holdings reach, with doubles.
func (r Rights) grounds(bit int, declared bool) []int32 {
	var reached []int32
	for _, h := range r.holds {
		if wall := r.tree.nodes[h.node].wall; wall >= 0 && r.seesWall(wall, bit, declared) {
			reached = append(reached, wall)
		}
	}
	if !declared || !r.MayAnywhere(ManageProjects) {
		return reached
	}
	for _, n := range r.tree.ground {
		if r.may(bit, n) {
			reached = append(reached, n)
		}
	}
	return reached
}

// seesWall reports whether who holds something in a project sees it: a person does by
// that alone, a program as far as its limits let it see members there.
func (r Rights) seesWall(wall int32, bit int, declared bool) bool {
	if r.under == nil && r.scope == nil {
		return true
	}
	return declared && r.may(bit, wall)
}

// SeesProject reports whether a project is one of those in sight.
func (r Rights) SeesProject(project directory.UnitID) bool {
	sight := r.ProjectSight()
	if sight.All {
		return true
	}
	_, found := slices.BinarySearch(sight.Some, project)
	return found
}

// ProjectsInUse counts the projects in sight that are not archived.
func (r Rights) ProjectsInUse() int {
	sight := r.ProjectSight()
	if sight.All {
		if r.tree == nil {
			return 0
		}
		return r.tree.open
	}
	n := 0
	for _, id := range sight.Some {
		if r.tree.Live(id) {
			n++
		}
	}
	return n
}

// AdministersIn reports whether somebody administers a project by the level or a
// function of their place there: such a person has all its products at the highest
// (PROJ-4). Managing it from above is none of this (PROJ-11).
func (r Rights) AdministersIn(project directory.UnitID) bool {
	if r.bar != "" || r.tree == nil {
		return false
	}
	bit, declared := r.tree.bits[ManageProjects]
	n, found := r.tree.byUnit[project]
	return declared && found && r.tree.nodes[n].wall == n && slices.ContainsFunc(r.holds, func(h hold) bool {
		return h.node == n && h.grant == 0 && r.tree.has(h, bit)
	}) && r.below(bit, n)
}

// AdministersProjects reports whether the actor manages any project in use, by a
// holding in it or above.
func (r Rights) AdministersProjects() bool {
	if r.MayAnywhere(ManageProjects) {
		return true
	}
	if r.bar != "" || r.tree == nil {
		return false
	}
	bit, declared := r.tree.bits[ManageProjects]
	return declared && slices.ContainsFunc(r.holds, func(h hold) bool {
		wall := r.tree.nodes[h.node].wall
		return wall >= 0 && r.tree.nodes[wall].live && r.may(bit, wall)
	})
}
