package authz

import (
	"slices"

	"intendant/internal/directory"
)

// A Scope is the part of an account a list may show. The zero Scope shows
// nothing; only Rights make another.
type Scope struct {
	all   bool
	units []directory.UnitID
}

// Scope is where the permission is held, but for what is held in projects only.
func (r Rights) Scope(p Permission) Scope {
	if r.all || r.May(p, 0) {
		return Scope{all: true}
	}
	if r.bar != "" || r.tree == nil {
		return Scope{}
	}
	bit, declared := r.tree.bits[p]
	if !declared {
		return Scope{}
	}
	var s Scope
	for _, n := range r.tops(bit) {
		for m := n; m <= r.tree.nodes[n].last; m++ {
			if r.tree.nodes[m].wall < 0 || r.may(bit, m) {
				s.units = append(s.units, r.tree.nodes[m].unit.ID)
			}
		}
	}
	slices.Sort(s.units)
	s.units = slices.Compact(s.units)
	return s
}

// Everybody is the whole account, for what shows all its people to whoever
// belongs to it, such as its contacts (ACC-10). Strangers see nobody.
func (r Rights) Everybody() Scope { return Scope{all: r.Member()} }

// Whole is the whole account where the permission is held at its root, else nothing.
func (r Rights) Whole(p Permission) Scope { return Scope{all: r.May(p, 0)} }

// And is what both scopes show.
func (s Scope) And(o Scope) Scope {
	switch {
	case s.all:
		return o
	case o.all:
		return s
	}
	return Scope{units: slices.DeleteFunc(slices.Clone(s.units), func(u directory.UnitID) bool { return !o.Sees(u) })}
}

// All reports whether the scope is the whole account.
func (s Scope) All() bool { return s.all }

// Units are the units in sight when the scope is not the whole account.
func (s Scope) Units() []directory.UnitID { return s.units }

// Sees reports whether a member of that home unit is in sight.
func (s Scope) Sees(unit directory.UnitID) bool {
	if s.all {
		return true
	}
	_, found := slices.BinarySearch(s.units, unit)
	return found
}
