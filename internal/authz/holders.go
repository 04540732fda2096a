package authz

import (
	"slices"
	"time"

	"intendant/internal/directory"
)

// Holders visits whoever holds a role that gives a permission, at the unit where
// it is held, whether or not it counts now.
func (x *Index) Holders(p Permission, visit func(i int, unit directory.UnitID)) {
	bit, declared := x.tree.bits[p]
	if !declared {
		return
	}
	for i := range x.rows {
		for _, h := range x.rows[i].holds {
			if x.tree.has(h, bit) {
				visit(i, x.tree.nodes[h.node].unit.ID)
			}
		}
	}
}

// Allowed visits the places of all who may do something at a unit now: those
// whose Rights say so.
func (x *Index) Allowed(p Permission, unit directory.UnitID, now time.Time, visit func(i int)) {
	bit, declared := x.tree.bits[p]
	n, found := x.tree.node(unit)
	if !declared || !found {
		return
	}
	for i := range x.rows {
		holds := x.rows[i].holds
		if len(holds) <= fewHolds && !slices.ContainsFunc(holds, func(h hold) bool { return x.tree.reaches(h, bit, n) }) {
			continue // nearly everybody, seen without asking who they are
		}
		if r := x.Rights(i, now); r.bar == "" && r.may(bit, n) {
			visit(i)
		}
	}
}

// take gives a row a name. A name that several claim, such as a personnel
// number that was typed twice, is nobody's until all but one have let go of it.
func (x *Index) take(i int32, d digest) {
	x.rows[i].names = append(x.rows[i].names, d)
	switch j, taken := x.byName[d]; {
	case !taken:
		x.byName[d] = i
	case j == several:
		x.shared[d] = append(x.shared[d], i)
	case j != i:
		if x.shared == nil {
			x.shared = map[digest][]int32{}
		}
		x.byName[d], x.shared[d] = several, []int32{j, i}
	}
}

// several stands for the row of a name that more than one claim.
const several = -1

// letGo takes a name from a row.
func (x *Index) letGo(i int32, d digest) {
	if x.byName[d] != several {
		if x.byName[d] == i {
			delete(x.byName, d)
		}
		return
	}
	rest := slices.DeleteFunc(x.shared[d], func(j int32) bool { return j == i })
	x.shared[d] = rest
	if len(rest) == 1 {
		x.byName[d] = rest[0]
		delete(x.shared, d)
	}
}
