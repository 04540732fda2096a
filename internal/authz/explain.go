package authz

import (
	"cmp"
	"slices"

	"intendant/internal/directory"
)

// An Explanation says why somebody may do something at a unit, or why not
// (ROLE-9). It is made of what the decision is made of: they cannot disagree.
type Explanation struct {
	Allowed    bool
	Permission Permission
	Unit       directory.UnitID
	By         []Held // what gives it, from the root down
	// Reason is why not: NotMember, SwitchedOff, NotActive, Ended, Suspended or
	// Missing. It is empty for a yes.
	Reason string
	// Idle is held on the way from the root to the unit and names the permission,
	// but at a level where it does not count (ROLE-10).
	Idle []Held
	// Elsewhere gives the permission at units that do not lead here.
	Elsewhere []Held
}

// Explain answers May with its grounds. Zero stands for the root.
func (r Rights) Explain(p Permission, unit directory.UnitID) Explanation {
	e := Explanation{Allowed: r.May(p, unit), Permission: p, Unit: unit}
	if r.tree == nil {
		e.Reason = NotMember
		return e
	}
	if unit == 0 {
		e.Unit = r.tree.Root()
	}
	r.sort(&e)
	if !e.Allowed {
		e.Reason = r.WhyNot()
	}
	return e
}

// WhyNot is the reason of every no to these rights, as Explain says it: what bars
// all, or that the permission is missing.
func (r Rights) WhyNot() string {
	switch {
	case r.bar != "":
		return r.bar
	case r.tree == nil:
		return NotMember
	}
	return Missing
}

// sort tells apart what leads to the unit and gives, leads there and does not
// count, and gives elsewhere.
func (r Rights) sort(e *Explanation) {
	bit, declared := r.tree.bits[e.Permission]
	n, found := r.tree.node(e.Unit)
	if !declared {
		return
	}
	for i, h := range r.holds {
		here, gives := found && r.tree.covers(h.node, n), r.tree.has(h, bit)
		if here && r.tree.outside(h.node, n) {
			here = r.tree.reaches(h, bit, n)
			gives = gives || here
		}
		switch {
		case here && gives && e.Allowed:
			e.By = append(e.By, r.held(i))
		case here && !gives && slices.Contains(r.tree.roles[h.role].Permissions, string(e.Permission)):
			e.Idle = append(e.Idle, r.held(i))
		case !here && gives:
			e.Elsewhere = append(e.Elsewhere, r.held(i))
		}
	}
	for _, list := range [][]Held{e.By, e.Idle, e.Elsewhere} {
		slices.SortStableFunc(list, func(a, b Held) int {
			return cmp.Compare(r.tree.byUnit[a.Unit], r.tree.byUnit[b.Unit])
		})
	}
}

// held is a holding as it was loaded.
func (r Rights) held(i int) Held {
	if r.from != nil {
		return r.from[i]
	}
	h := r.holds[i]
	return Held{Unit: r.tree.nodes[h.node].unit.ID, Role: r.tree.roles[h.role].ID, Grant: h.grant}
}

// Holds are all that the actor holds, whether or not it counts now.
func (r Rights) Holds() []Held {
	holds := make([]Held, len(r.holds))
	for i := range r.holds {
		holds[i] = r.held(i)
	}
	return holds
}
