package authz_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestProjectsInSight holds which projects somebody sees, how many of them are in use,
// and whether they administer one, against the model.
func TestProjectsInSight(t *testing.T) { // PROJ-7, PROJ-11, LIST-8
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		archived := map[directory.UnitID]bool{}
		for _, u := range rapid.SliceOfN(rapid.IntRange(2, units), 0, 4).Draw(t, "archived") {
			archived[directory.UnitID(u)] = true
		}
		tree := m.treeWith(archived)
		rights := authz.Decide(authz.Actor{Kind: authz.Person, User: 60}, tree, m.standing(), noon)
		var seen []directory.UnitID
		inUse, administers := 0, m.active && slices.ContainsFunc(m.held, func(h authz.Held) bool { return m.project(h.Unit) == 0 && m.gives(h, "projects.manage") })
		dormant := 0
		for u := directory.UnitID(1); u <= units; u++ {
			if m.project(u) != u {
				continue
			}
			live := m.live(u, archived)
			if !live && !archived[u] {
				dormant++
			}
			sees := m.seesProject(u)
			if got := rights.SeesProject(u); got != sees {
				t.Fatalf("PROJ-11 project %d in sight: %t, want %t", u, got, sees)
			}
			if !sees {
				continue
			}
			seen = append(seen, u)
			if live {
				inUse++
			}
			administers = administers || live && slices.ContainsFunc(m.held, func(h authz.Held) bool { return m.active && m.leads(u, h.Unit) && m.reaches(h, "projects.manage", u) })
		}
		if got := rights.ProjectsInUse(); got != inUse {
			t.Fatalf("PROJ-11 %d projects in use in sight, want %d", got, inUse)
		}
		sight := rights.ProjectSight()
		for u := directory.UnitID(1); u <= units; u++ {
			if m.project(u) == u && sight.Has(u) != slices.Contains(seen, u) {
				t.Fatalf("PROJ-11 of the sight %+v project %d, want %v", sight, u, seen)
			}
		}
		if _, got := rights.CountProjects(); got != len(seen)-inUse {
			t.Fatalf("PROJ-1 %d archived projects in sight, want %d", got, len(seen)-inUse)
		}
		if got := len(tree.Dormant()); got != dormant {
			t.Fatalf("PROJ-1 %d projects below what is archived, want %d", got, dormant)
		}
		if got := rights.AdministersProjects(); got != administers {
			t.Fatalf("ACC-8 administers projects: %t, want %t", got, administers)
		}
	})
}

// live reports whether neither a unit nor one above it is archived.
func (m model) live(unit directory.UnitID, archived map[directory.UnitID]bool) bool {
	for u := unit; u != 0; u = m.parent[u] {
		if archived[u] {
			return false
		}
	}
	return true
}

// seesProject: who holds something in it, or manages it from above.
func (m model) seesProject(project directory.UnitID) bool {
	if !m.active {
		return false
	}
	if m.may("projects.manage", 1) {
		return true
	}
	return slices.ContainsFunc(m.held, func(h authz.Held) bool {
		return m.leads(project, h.Unit) || m.project(h.Unit) == 0 && m.leads(h.Unit, project) && m.gives(h, "projects.manage")
	})
}
