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

// A ProjectSight is which projects of an account somebody sees, archived ones too:
// all but some, or some. It names those that are fewer. Both lists are sorted.
type ProjectSight struct {
	All  bool
	But  []directory.UnitID // of all, those that are out of sight
	Some []directory.UnitID // else these
}

// Has reports whether a project is in sight.
func (s ProjectSight) Has(project directory.UnitID) bool {
	if s.All {
		_, out := slices.BinarySearch(s.But, project)
		return !out
	}
	_, in := slices.BinarySearch(s.Some, project)
	return in
}

// ProjectSight is which projects the actor sees: those they have a place in
// (LIST-8), hold something in, or manage from above (PROJ-11).
func (r Rights) ProjectSight() ProjectSight {
	if r.seesAllProjects() {
		return ProjectSight{All: true}
	}
	return r.named(r.grounds())
}

// ManagedProjects is in which projects the actor manages members, as a ProjectSight.
func (r Rights) ManagedProjects() ProjectSight { return r.ProjectsWith(ManageMembers) }

// ProjectsWith is in which projects the actor holds what comes with managing them, as a
// ProjectSight: as a member of the project, or from above.
func (r Rights) ProjectsWith(p Permission) ProjectSight {
	bit, declared := 0, false
	if r.tree != nil {
		bit, declared = r.tree.bits[p]
	}
	switch {
	case r.all || r.May(ManageProjects, 0):
		return ProjectSight{All: true}
	case r.bar != "" || !declared:
		return ProjectSight{}
	}
	return r.named(slices.DeleteFunc(r.grounds(), func(n int32) bool { return !r.may(bit, n) }))
}

// named are projects by where they stand, as a ProjectSight.
func (r Rights) named(grounds []int32) ProjectSight {
	keys := make([]directory.UnitID, len(grounds))
	for i, n := range grounds {
		keys[i] = r.tree.nodes[n].unit.ID
	}
	slices.Sort(keys)
	return r.tree.ProjectsNamed(keys)
}

// ProjectsNamed are projects of these keys, which are sorted: those, or all but the
// others where they are fewer.
func (t *Tree) ProjectsNamed(keys []directory.UnitID) ProjectSight {
	if t == nil || 2*len(keys) <= len(t.ground) {
		return ProjectSight{Some: keys}
	}
	others := ProjectSight{All: true}
	for _, n := range t.ground {
		id := t.nodes[n].unit.ID
		if _, named := slices.BinarySearch(keys, id); !named {
			others.But = append(others.But, id)
		}
	}
	slices.Sort(others.But)
	return others
}

// seesAllProjects is for who manages them all, and for the vendor's own programs that
// read the directory (APP-1).
func (r Rights) seesAllProjects() bool {
	return r.all || slices.Contains(r.given, ViewMembers) || r.May(ManageProjects, 0)
}

// grounds are the projects in sight of somebody who does not see all.
func (r Rights) grounds() []int32 {
	if r.bar != "" || r.tree == nil {
		return nil
	}
	bit, declared := r.tree.bits[ViewMembers]
	var reached []int32
	for _, h := range r.holds {
		if wall := r.tree.nodes[h.node].wall; wall >= 0 && r.seesWall(wall, bit, declared) {
			reached = append(reached, wall)
		}
	}
	if declared && r.MayAnywhere(ManageProjects) {
		for _, n := range r.tree.ground {
			if r.may(bit, n) {
				reached = append(reached, n)
			}
		}
	}
	slices.Sort(reached)
	return slices.Compact(reached)
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
	if r.seesAllProjects() {
		return true
	}
	if r.bar != "" || r.tree == nil {
		return false
	}
	n, found := r.tree.node(project)
	if !found || r.tree.nodes[n].wall != n {
		return false
	}
	bit, declared := r.tree.bits[ViewMembers]
	return slices.ContainsFunc(r.holds, func(h hold) bool { return r.tree.nodes[h.node].wall == n }) && r.seesWall(n, bit, declared) ||
		declared && r.MayAnywhere(ManageProjects) && r.may(bit, n)
}

// ProjectsInUse counts the projects in sight that are not archived.
func (r Rights) ProjectsInUse() int {
	inUse, _ := r.CountProjects()
	return inUse
}

// CountProjects counts the projects in sight, those in use and those that are not,
// because they or a unit above them are archived.
func (r Rights) CountProjects() (inUse, archived int) {
	if r.seesAllProjects() {
		if r.tree == nil {
			return 0, 0
		}
		return r.tree.open, len(r.tree.ground) - r.tree.open
	}
	for _, n := range r.grounds() {
		if r.tree.nodes[n].live {
			inUse++
		} else {
			archived++
		}
	}
	return inUse, archived
}

// Dormant are the projects that are not archived, below a unit that is; sorted.
func (t *Tree) Dormant() []directory.UnitID {
	var dormant []directory.UnitID
	for _, n := range t.ground {
		if u := t.nodes[n].unit; !t.nodes[n].live && u.Archived.IsZero() {
			dormant = append(dormant, u.ID)
		}
	}
	slices.Sort(dormant)
	return dormant
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
		return wall >= 0 && r.tree.nodes[wall].live && r.tree.reaches(h, bit, wall) && r.below(bit, wall)
	})
}
