package authz_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A model is an account said again in the plainest words: maps and loops over
// the rules as they are written, and nothing of package authz.
type model struct {
	parent map[directory.UnitID]directory.UnitID
	level  map[directory.UnitID]string
	role   map[directory.RoleID][]string // permissions
	counts map[string][]string           // levels by permission; none: everywhere
	held   []authz.Held
	active bool
}

const units, roles = 14, 5

var (
	levels      = []string{"group", "company", "fleet", "site"} // a site is a project
	permissions = []string{"members.view", "members.manage", "projects.manage", "roles.manage", "plan", "book", "close"}
)

// drawn is a random account.
func drawn(t *rapid.T) model {
	m := model{parent: map[directory.UnitID]directory.UnitID{1: 0}, level: map[directory.UnitID]string{1: authz.RootLevel},
		role: map[directory.RoleID][]string{}, counts: map[string][]string{}, active: rapid.IntRange(0, 9).Draw(t, "active") > 0}
	for u := directory.UnitID(2); u <= units; u++ {
		m.parent[u] = directory.UnitID(rapid.IntRange(1, int(u)-1).Draw(t, "parent"))
		m.level[u] = rapid.SampledFrom(levels).Draw(t, "level")
	}
	for r := directory.RoleID(1); r <= roles; r++ {
		m.role[r] = rapid.SliceOfDistinct(rapid.SampledFrom(permissions), rapid.ID).Draw(t, "permissions")
	}
	for _, p := range permissions {
		if rapid.Bool().Draw(t, "narrow") {
			m.counts[p] = rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{authz.RootLevel}, levels...)), 1, 3, rapid.ID).Draw(t, "counts")
		}
	}
	for range rapid.OneOf(rapid.IntRange(0, 8), rapid.IntRange(17, 40)).Draw(t, "grants") {
		m.held = append(m.held, m.grant(t))
	}
	return m
}

func (m model) grant(t *rapid.T) authz.Held {
	return authz.Held{Unit: directory.UnitID(rapid.IntRange(1, units).Draw(t, "unit")),
		Role: directory.RoleID(rapid.IntRange(1, roles).Draw(t, "role")), Grant: directory.GrantID(100 + len(m.held))}
}

// gives: ROLE-10.
func (m model) gives(h authz.Held, p string) bool {
	at := m.counts[p]
	return slices.Contains(m.role[h.Role], p) && (len(at) == 0 || slices.Contains(at, m.level[h.Unit]))
}

// leads reports whether a unit is the other one or stands above it.
func (m model) leads(from, to directory.UnitID) bool {
	for u := to; u != 0; u = m.parent[u] {
		if u == from {
			return true
		}
	}
	return false
}

// project is the outermost project that a unit is or stands in, 0: none.
func (m model) project(unit directory.UnitID) (project directory.UnitID) {
	for u := unit; u != 0; u = m.parent[u] {
		if m.level[u] == "site" {
			project = u
		}
	}
	return project
}

// reaches: ROLE-1, and PROJ-11 for what is held above a project.
func (m model) reaches(h authz.Held, p string, unit directory.UnitID) bool {
	if !m.leads(h.Unit, unit) {
		return false
	}
	if project := m.project(unit); project == 0 || m.leads(project, h.Unit) {
		return m.gives(h, p)
	}
	return (p == "members.view" || p == "members.manage" || p == "projects.manage") && m.gives(h, "projects.manage")
}

func (m model) may(p string, unit directory.UnitID) bool {
	for _, h := range m.held {
		if m.active && m.reaches(h, p, unit) {
			return true
		}
	}
	return false
}

// sees: PROJ-7, a list of the account is open where the permission is held outside
// of projects, and in the projects below that it reaches.
func (m model) sees(p string, unit directory.UnitID) bool {
	if m.may(p, 1) {
		return true
	}
	below := slices.ContainsFunc(m.held, func(h authz.Held) bool {
		return m.active && m.project(h.Unit) == 0 && m.leads(h.Unit, unit) && m.gives(h, p)
	})
	return below && m.may(p, unit)
}

func (m model) tree() *authz.Tree { return m.treeWith(nil) }

// treeWith is the tree with some units archived.
func (m model) treeWith(archived map[directory.UnitID]bool) *authz.Tree {
	var s authz.Structure
	for u := directory.UnitID(units); u >= 1; u-- {
		unit := directory.Unit{ID: u, Parent: m.parent[u], Level: m.level[u], Name: fmt.Sprint(u * 7 % 5)}
		if archived[u] {
			unit.Archived = noon
		}
		s.Units = append(s.Units, unit)
	}
	for r := directory.RoleID(1); r <= roles; r++ {
		s.Roles = append(s.Roles, directory.Role{ID: r, Permissions: m.role[r]})
	}
	for _, p := range permissions {
		s.Rules = append(s.Rules, authz.Rule{Permission: authz.Permission(p), Levels: m.counts[p]})
	}
	s.Projects = []string{"site"}
	return authz.NewTree(s)
}

func (m model) standing() authz.Standing {
	s := authz.Standing{Account: 1, State: directory.AccountOpen, Member: 50, User: 60, Status: directory.Active, Held: m.held}
	if !m.active {
		s.Status = directory.Inactive
	}
	return s
}

func (m model) rights() authz.Rights {
	return authz.Decide(authz.Actor{Kind: authz.Person, User: 60}, m.tree(), m.standing(), noon)
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// TestDecisionsAgree: decision, explanation, scope, what is held at a unit and
// the resident index say what the plain model says.
func TestDecisionsAgree(t *testing.T) { // ROLE-1, ROLE-9, ROLE-10, CHECK-1, PROJ-7, PROJ-11
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		r, indexed := m.rights(), indexOf(m).Rights(0, noon)
		for _, p := range permissions {
			permission, anywhere := authz.Permission(p), false
			scope := r.Scope(permission)
			for u := directory.UnitID(1); u <= units; u++ {
				want := m.may(p, u)
				anywhere = anywhere || want && m.project(u) == 0
				if got := scope.Sees(u); got != m.sees(p, u) {
					t.Fatalf("Scope(%s).Sees(%d) = %t, want %t in %+v", p, u, got, m.sees(p, u), m)
				}
				for name, got := range map[string]bool{"May": r.May(permission, u), "Explain": r.Explain(permission, u).Allowed,
					"At": slices.Contains(r.At(u), permission), "Index": indexed.May(permission, u),
					"Index.Explain": indexed.Explain(permission, u).Allowed} {
					if got != want {
						t.Fatalf("%s(%s, %d) = %t, want %t in %+v", name, p, u, got, want, m)
					}
				}
				grounds(t, m, r.Explain(permission, u))
			}
			if got := r.MayAnywhere(permission); got != anywhere {
				t.Fatalf("MayAnywhere(%s) = %t, want %t", p, got, anywhere)
			}
		}
	})
}

// TestProjectSight: who holds something in a project sees it, and who manages projects
// above it; nobody else does.
func TestProjectSight(t *testing.T) { // PROJ-7, PROJ-11, LIST-8
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		r, open := m.rights(), 0
		for u := directory.UnitID(1); u <= units; u++ {
			if m.project(u) != u {
				continue
			}
			inside := slices.ContainsFunc(m.held, func(h authz.Held) bool { return m.active && m.leads(u, h.Unit) })
			want := inside || m.may(string(authz.ViewMembers), u) || m.may(string(authz.ManageProjects), 1)
			if got := r.SeesProject(u); got != want {
				t.Fatalf("SeesProject(%d) = %t, want %t in %+v", u, got, want, m)
			}
			if want {
				open++
			}
			manages := m.may(string(authz.ManageMembers), u) || m.may(string(authz.ManageProjects), 1)
			if got := r.ManagedProjects().Has(u); got != manages {
				t.Fatalf("ManagedProjects has %d: %t, want %t in %+v", u, got, manages, m)
			}
		}
		if got := r.ProjectsInUse(); got != open {
			t.Fatalf("%d projects in use, want %d in %+v", got, open, m)
		}
	})
}

// grounds checks that an explanation names all that gives, and nothing else.
func grounds(t *rapid.T, m model, e authz.Explanation) {
	p := string(e.Permission)
	var by, idle, elsewhere int
	for _, h := range m.held {
		reaches, gives, here := m.reaches(h, p, e.Unit), m.gives(h, p), m.leads(h.Unit, e.Unit)
		if project := m.project(e.Unit); project != 0 && !m.leads(project, h.Unit) {
			here = reaches // what stops at the project does not lead here
		}
		switch {
		case reaches && m.active:
			by++
		case gives && !here:
			elsewhere++
		case here && !gives && !reaches && slices.Contains(m.role[h.Role], p):
			idle++
		}
	}
	if len(e.By) != by || len(e.Idle) != idle || len(e.Elsewhere) != elsewhere {
		t.Fatalf("%s at %d: by %v, idle %v, elsewhere %v; want %d, %d, %d in %+v", p, e.Unit, e.By, e.Idle, e.Elsewhere, by, idle, elsewhere, m)
	}
	if (e.Reason == "") != e.Allowed || (len(e.By) > 0) != e.Allowed {
		t.Fatalf("%s at %d: allowed %t, reason %q, by %v", p, e.Unit, e.Allowed, e.Reason, e.By)
	}
}

// TestGrantOnlyAdds: whatever is granted, nothing that was held is lost.
func TestGrantOnlyAdds(t *testing.T) { // ROLE-2
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		before := m.rights()
		more := m
		more.held = append(slices.Clone(m.held), m.grant(t))
		after := more.rights()
		for u := directory.UnitID(1); u <= units; u++ {
			for _, p := range before.At(u) {
				if !after.May(p, u) {
					t.Fatalf("%s at %d is lost by granting %+v to %+v", p, u, more.held[len(more.held)-1], m)
				}
			}
		}
	})
}

// TestGivenIsHeld: what somebody may give adds nothing to anybody that they do
// not hold themselves at that unit.
func TestGivenIsHeld(t *testing.T) { // ROLE-6
	rapid.Check(t, func(t *rapid.T) {
		giver, taker := drawn(t), model{}
		taker = giver
		taker.held, taker.active = nil, true
		given := giver.grant(t)
		r := giver.rights()
		if !r.MayGive(given.Role, given.Unit) {
			t.Skip("may not give it")
		}
		taker.held = []authz.Held{given}
		for u := directory.UnitID(1); u <= units; u++ {
			for _, p := range taker.rights().At(u) {
				if !giver.may(string(p), u) {
					t.Fatalf("%s at %d was given by somebody without it: %+v", p, u, given)
				}
			}
		}
	})
}

// TestTreeOrder: paths, what lies below and children agree with the parents.
func TestTreeOrder(t *testing.T) { // UNIT-1
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		tree := m.tree()
		if len(tree.Units()) != units || tree.Root() != 1 {
			t.Fatalf("%d units, root %d", len(tree.Units()), tree.Root())
		}
		for u := directory.UnitID(1); u <= units; u++ {
			path := tree.Path(u)
			if path[0] != 1 || path[len(path)-1] != u || tree.Depth(u) != len(path)-1 {
				t.Fatalf("path to %d: %v at depth %d", u, path, tree.Depth(u))
			}
			children := 0
			for v := directory.UnitID(1); v <= units; v++ {
				leads := m.leads(u, v)
				if tree.Covers(u, v) != leads || slices.Contains(tree.Below(u), v) != leads {
					t.Fatalf("%d above %d: Covers %t, Below %v", u, v, tree.Covers(u, v), tree.Below(u))
				}
				if m.parent[v] == u {
					children++
				}
			}
			if got := tree.Children(u); len(got) != children || slices.ContainsFunc(got, func(v directory.UnitID) bool { return m.parent[v] != u }) {
				t.Fatalf("children of %d: %v", u, got)
			}
		}
	})
}

func indexOf(m model) *authz.Index {
	x := authz.NewIndex(m.tree(), directory.AccountOpen, 1)
	x.Put(authz.Resident{Standing: m.standing(), UUID: "anna", Names: map[string]string{authz.ByEmail: "anna@maraval.example"}})
	return x
}

// TestIndex: people are found by every name they go by, and by none after they
// left or changed it; another tree moves nobody.
func TestIndex(t *testing.T) { // CHECK-1
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		x := indexOf(m)
		i, found := x.Find(authz.ByEmail, "anna@maraval.example")
		if !found || x.UUID(i) != "anna" {
			t.Fatalf("anna is at %d, %t", i, found)
		}
		x.Put(authz.Resident{Standing: m.standing(), UUID: "anna", Names: map[string]string{authz.ByEmail: "anna.k@maraval.example"}})
		if _, found := x.Find(authz.ByEmail, "anna@maraval.example"); found || x.Living() != 1 {
			t.Fatalf("found by the former address, %d people", x.Living())
		}
		moved := m
		moved.parent = map[directory.UnitID]directory.UnitID{1: 0}
		for u := directory.UnitID(2); u <= units; u++ {
			moved.parent[u] = directory.UnitID(rapid.IntRange(1, int(u)-1).Draw(t, "parent after"))
		}
		x.Replant(moved.tree(), directory.AccountOpen)
		for u := directory.UnitID(1); u <= units; u++ {
			for _, p := range permissions {
				if got, want := x.Rights(0, noon).May(authz.Permission(p), u), moved.may(p, u); got != want {
					t.Fatalf("after the move %s at %d: %t, want %t", p, u, got, want)
				}
			}
		}
		x.Drop(50)
		if _, found := x.Find(authz.ByID, "anna"); found || x.Living() != 0 || x.Standing(0).Member != 0 {
			t.Fatal("found after she left")
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	m := model{parent: map[directory.UnitID]directory.UnitID{1: 0}, level: map[directory.UnitID]string{1: authz.RootLevel},
		role: map[directory.RoleID][]string{}, counts: map[string][]string{}, active: true}
	for u := directory.UnitID(2); u <= units; u++ {
		m.parent[u], m.level[u] = u/2, "group"
	}
	for r := directory.RoleID(1); r <= roles; r++ {
		m.role[r] = permissions[:r]
		m.held = append(m.held, authz.Held{Unit: directory.UnitID(r + 1), Role: r})
	}
	x := indexOf(m)
	for b.Loop() {
		i, _ := x.Find(authz.ByID, "anna")
		if x.Rights(i, noon).May("book", 14) {
			b.Fatal("may not")
		}
	}
}
