package authz

import (
	"slices"
	"strings"
	"sync"

	"intendant/internal/directory"
)

// A Rule is one permission with the unit levels at which it counts; none means
// at every level. Rule ROLE-10.
type Rule struct {
	Permission Permission
	Levels     []string
}

// RootLevel is the name of the account itself among the unit levels.
const RootLevel = "account"

// A Structure is what a Tree is made of.
type Structure struct {
	Units    []directory.Unit // in any order, archived ones too; exactly one without parent
	Roles    []directory.Role
	Rules    []Rule
	Projects []string // the levels whose units are projects
}

// A Tree is one account's units and what each of its roles gives where. It is
// never changed: whoever changes units or roles makes another.
//
// Units stand in tree order, parents first and siblings by name, so that what
// lies below a unit is one run of its list.
type Tree struct {
	nodes  []node
	byUnit map[directory.UnitID]int32
	levels map[string]int
	roles  []directory.Role
	byRole map[directory.RoleID]int32
	rules  []Rule
	bits   map[Permission]int
	words  int      // 64-bit words of one set of permissions
	gives  []uint64 // for each role and level, the permissions it gives there
	all    int      // number of levels
	walled []string // levels of projects
	inside []bool   // by rule: who manages projects from above holds it in them
	ground []int32  // where projects stand
	open   int      // of those, how many are live
	names  func() unitNames
}

type node struct {
	unit   directory.Unit
	parent int32 // -1 for the root
	last   int32 // the last node below, or itself
	depth  int32
	level  int32
	live   bool
	twin   bool  // a sibling in use has the same name, folded
	wall   int32 // the project it is or stands in, -1: none
}

// NewTree arranges a structure. Units that hang on nothing are left out, as are
// permissions that no rule declares.
func NewTree(s Structure) *Tree {
	t := &Tree{byUnit: make(map[directory.UnitID]int32, len(s.Units)), levels: map[string]int{RootLevel: 0},
		byRole: make(map[directory.RoleID]int32, len(s.Roles)), rules: s.Rules, bits: make(map[Permission]int, len(s.Rules)), walled: s.Projects}
	for i, r := range s.Rules {
		t.bits[r.Permission] = i
		t.inside = append(t.inside, slices.Contains(insideProjects(), r.Permission))
	}
	t.words = (len(s.Rules) + 63) / 64
	t.plant(s.Units)
	t.names = sync.OnceValue(t.named)
	t.all = len(t.levels)
	t.roles = s.Roles
	t.gives = make([]uint64, len(s.Roles)*t.all*t.words)
	for i, r := range s.Roles {
		t.byRole[r.ID] = int32(i)
		for name, level := range t.levels {
			t.fill(r, name, t.set(int32(i), int32(level)))
		}
	}
	return t
}

// plant puts the units in tree order.
func (t *Tree) plant(units []directory.Unit) {
	under := make(map[directory.UnitID][]directory.Unit, len(units))
	for _, u := range units {
		under[u.Parent] = append(under[u.Parent], u)
	}
	for _, siblings := range under {
		if len(siblings) > 1 {
			sortUnits(siblings)
		}
	}
	t.nodes = make([]node, 0, len(units))
	for _, root := range under[0] {
		t.grow(root, -1, under)
		break
	}
}

func sortUnits(units []directory.Unit) {
	folded := make(map[directory.UnitID]string, len(units))
	for _, u := range units {
		folded[u.ID] = directory.Fold(u.Name)
	}
	slices.SortFunc(units, func(a, b directory.Unit) int {
		if c := strings.Compare(folded[a.ID], folded[b.ID]); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
}

func (t *Tree) grow(u directory.Unit, parent int32, under map[directory.UnitID][]directory.Unit) {
	at := int32(len(t.nodes))
	n := node{unit: u, parent: parent, live: u.Archived.IsZero(), wall: -1}
	name := u.Level
	if parent < 0 {
		name = RootLevel
	} else {
		n.depth, n.live, n.wall = t.nodes[parent].depth+1, n.live && t.nodes[parent].live, t.nodes[parent].wall
		if n.wall < 0 && slices.Contains(t.walled, u.Level) {
			n.wall = at
			t.ground = append(t.ground, at)
			if n.live {
				t.open++
			}
		}
	}
	level, known := t.levels[name]
	if !known {
		level = len(t.levels)
		t.levels[name] = level
	}
	n.level = int32(level)
	t.nodes = append(t.nodes, n)
	t.byUnit[u.ID] = at
	children := make([]int32, 0, len(under[u.ID]))
	for _, child := range under[u.ID] {
		children = append(children, int32(len(t.nodes)))
		t.grow(child, at, under)
	}
	t.pair(children)
	t.nodes[at].last = int32(len(t.nodes)) - 1
}

// fill sets what a role gives at a level. The administrator level stands above
// all levels: what counts at none but lower ones would else be nobody's to give.
func (t *Tree) fill(r directory.Role, level string, into []uint64) {
	administers := r.Kind == directory.Level && r.Code == directory.AdminLevel
	for _, p := range r.Permissions {
		bit, known := t.bits[Permission(p)]
		if known && (administers || t.rules[bit].countsAt(level)) {
			into[bit/64] |= 1 << (bit % 64)
		}
	}
}

func (r Rule) countsAt(level string) bool {
	return len(r.Levels) == 0 || slices.Contains(r.Levels, level)
}

// set are the permissions a role gives at a level.
func (t *Tree) set(role, level int32) []uint64 {
	from := (int(role)*t.all + int(level)) * t.words
	return t.gives[from : from+t.words]
}

// Root is the account's own unit, 0 in an account without units.
func (t *Tree) Root() directory.UnitID {
	if len(t.nodes) == 0 {
		return 0
	}
	return t.nodes[0].unit.ID
}

// node is where a unit stands; 0 means the root.
func (t *Tree) node(id directory.UnitID) (int32, bool) {
	if id == 0 {
		return 0, len(t.nodes) > 0
	}
	n, found := t.byUnit[id]
	return n, found
}

// Unit is a unit of the tree.
func (t *Tree) Unit(id directory.UnitID) (directory.Unit, bool) {
	n, found := t.node(id)
	if !found {
		return directory.Unit{}, false
	}
	return t.nodes[n].unit, true
}

// Units are all units in tree order.
func (t *Tree) Units() []directory.Unit { return t.run(0, int32(len(t.nodes))) }

func (t *Tree) run(from, to int32) []directory.Unit {
	units := make([]directory.Unit, 0, to-from)
	for _, n := range t.nodes[from:to] {
		units = append(units, n.unit)
	}
	return units
}

// Path leads from the root to a unit, both included; it is empty for a unit
// that is not there.
func (t *Tree) Path(id directory.UnitID) []directory.UnitID {
	n, found := t.node(id)
	if !found {
		return nil
	}
	path := make([]directory.UnitID, t.nodes[n].depth+1)
	for ; n >= 0; n = t.nodes[n].parent {
		path[t.nodes[n].depth] = t.nodes[n].unit.ID
	}
	return path
}

// Below are a unit and everything under it, in tree order.
func (t *Tree) Below(id directory.UnitID) []directory.UnitID {
	n, found := t.node(id)
	if !found {
		return nil
	}
	below := make([]directory.UnitID, 0, t.nodes[n].last-n+1)
	for _, under := range t.nodes[n : t.nodes[n].last+1] {
		below = append(below, under.unit.ID)
	}
	return below
}

// Children are the units directly under one, by name.
func (t *Tree) Children(id directory.UnitID) []directory.UnitID {
	n, found := t.node(id)
	if !found {
		return nil
	}
	var children []directory.UnitID
	for c := n + 1; c <= t.nodes[n].last; c = t.nodes[c].last + 1 {
		children = append(children, t.nodes[c].unit.ID)
	}
	return children
}

// Covers reports whether a unit is the other one or stands above it.
func (t *Tree) Covers(above, id directory.UnitID) bool {
	a, ok := t.node(above)
	n, found := t.node(id)
	return ok && found && t.covers(a, n)
}

func (t *Tree) covers(above, n int32) bool { return above <= n && n <= t.nodes[above].last }

// Depth is how many units stand above one.
func (t *Tree) Depth(id directory.UnitID) int {
	n, found := t.node(id)
	if !found {
		return 0
	}
	return int(t.nodes[n].depth)
}

// Level is the level of a unit as the catalogue calls it, RootLevel for the
// root.
func (t *Tree) Level(id directory.UnitID) string {
	at, found := t.Spot(id)
	if !found {
		return ""
	}
	return t.LevelAt(at)
}

// Live reports whether neither the unit nor one above it is archived.
func (t *Tree) Live(id directory.UnitID) bool {
	n, found := t.node(id)
	return found && t.nodes[n].live
}

// InUse reports whether the account has a unit of the level that is not archived,
// nor one above it.
func (t *Tree) InUse(level string) bool {
	of, known := t.levels[level]
	return known && slices.ContainsFunc(t.nodes, func(n node) bool { return int(n.level) == of && n.live })
}

// Role is a role of the account, archived ones too: holders keep them (ROLE-8).
func (t *Tree) Role(id directory.RoleID) (directory.Role, bool) {
	i, found := t.byRole[id]
	if !found {
		return directory.Role{}, false
	}
	return t.roles[i], true
}

// Roles are all roles of the account. The list is shared and not to be changed.
func (t *Tree) Roles() []directory.Role { return t.roles }

// Rules are the permissions there are, with the levels at which they count. The
// list is shared and not to be changed.
func (t *Tree) Rules() []Rule { return t.rules }

// Gives is what a role that is held at a unit gives there and below: what does
// not count at the unit's level is left out. Rule ROLE-10.
func (t *Tree) Gives(role directory.RoleID, unit directory.UnitID) []Permission {
	i, known := t.byRole[role]
	n, found := t.node(unit)
	if !known || !found {
		return nil
	}
	return t.permissions(t.set(i, t.nodes[n].level))
}

// Idle is what a role names and does not give when it is held at a unit, since
// it does not count at the unit's level. Rule ROLE-10.
func (t *Tree) Idle(role directory.RoleID, unit directory.UnitID) []Permission {
	o, known := t.Role(role)
	if _, found := t.node(unit); !known || !found {
		return nil
	}
	var idle []Permission
	given := t.Gives(role, unit)
	for _, p := range o.Permissions {
		if _, declared := t.bits[Permission(p)]; declared && !slices.Contains(given, Permission(p)) {
			idle = append(idle, Permission(p))
		}
	}
	return idle
}

func (t *Tree) permissions(set []uint64) []Permission {
	var ps []Permission
	for i, r := range t.rules {
		if set[i/64]&(1<<(i%64)) != 0 {
			ps = append(ps, r.Permission)
		}
	}
	return ps
}
