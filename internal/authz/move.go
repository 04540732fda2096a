package authz

import (
	"slices"

	"intendant/internal/directory"
)

// Moved is the tree as it would be with a unit, and all below it, hung under
// another. It refuses with unit.not_found what is not there, with unit.root the
// root, which stays, and with unit.under_itself a place below the unit itself
// (UNIT-4).
func (t *Tree) Moved(unit, parent directory.UnitID) (*Tree, error) {
	n, found := t.node(unit)
	p, there := t.node(parent)
	switch {
	case !found || !there:
		return nil, directory.Refuse(directory.NotFound, "unit.not_found")
	case n == 0:
		return nil, directory.Refuse(directory.Conflict, "unit.root")
	case t.covers(n, p):
		return nil, &directory.Error{Kind: directory.Conflict, Code: "unit.under_itself",
			Args: directory.Args{"Name": t.nodes[n].unit.Name, "Under": t.nodes[p].unit.Name}}
	}
	units := t.Units()
	units[n].Parent = t.nodes[p].unit.ID
	return NewTree(Structure{Units: units, Roles: t.roles, Rules: t.rules, Projects: t.walled}), nil
}

// A Shift is what one person gains and loses when a unit is moved, in the order
// of the tree's rules.
type Shift struct{ Gained, Lost []Permission }

// None reports whether nothing changes.
func (s Shift) None() bool { return len(s.Gained) == 0 && len(s.Lost) == 0 }

// Shifted compares what a person's roles give at a moved unit before and after.
// It is all that changes for the person anywhere: what is held at the unit or
// below it moves along, so that further down no more is gained or lost than at
// the unit itself, and outside of it nothing is.
func Shifted(before, after *Tree, held []Held, unit directory.UnitID) Shift {
	had, has := before.permissions(before.granted(held, unit)), after.permissions(after.granted(held, unit))
	return Shift{Gained: without(has, had), Lost: without(had, has)}
}

// granted joins what roles give at a unit, whoever holds them (ROLE-1).
func (t *Tree) granted(held []Held, unit directory.UnitID) []uint64 {
	joined := make([]uint64, t.words)
	at, found := t.node(unit)
	if !found {
		return joined
	}
	holds, _ := t.place(held)
	for _, h := range holds {
		for bit := range t.rules {
			if t.reaches(h, bit, at) {
				joined[bit/64] |= 1 << (bit % 64)
			}
		}
	}
	return joined
}

func without(all, some []Permission) []Permission {
	var rest []Permission
	for _, p := range all {
		if !slices.Contains(some, p) {
			rest = append(rest, p)
		}
	}
	return rest
}

// Apart are the units on the way to one of two and not to the other, where a
// unit that goes from under the first to under the second leaves rights and
// meets others.
func (t *Tree) Apart(from, to directory.UnitID) []directory.UnitID {
	left, met := t.Path(from), t.Path(to)
	common := 0
	for common < min(len(left), len(met)) && left[common] == met[common] {
		common++
	}
	return append(slices.Clone(left[common:]), met[common:]...)
}

// With is the tree with more units, each below one that is there or among them.
func (t *Tree) With(units ...directory.Unit) *Tree {
	return NewTree(Structure{Units: append(t.Units(), units...), Roles: t.roles, Rules: t.rules, Projects: t.walled})
}

// Put is the tree with a unit that is there called, placed and archived as it is to be:
// somewhere that is not below itself.
func (t *Tree) Put(u directory.Unit) *Tree {
	units := t.Units()
	if n, found := t.node(u.ID); found {
		units[n].Name, units[n].External, units[n].Parent, units[n].Archived = u.Name, u.External, u.Parent, u.Archived
	}
	return NewTree(Structure{Units: units, Roles: t.roles, Rules: t.rules, Projects: t.walled})
}
