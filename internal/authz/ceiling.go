package authz

import (
	"slices"

	"intendant/internal/directory"
)

// Within is these rights, and never more than a token's scope (SIGN-5). No scope
// is no limit.
func (r Rights) Within(scope *directory.TokenScope) Rights {
	r.scope = scope
	return r
}

// below reports whether what limits the rights leaves a permission at a unit: what
// the person who answers for a program holds now, and the scope of its token.
func (r Rights) below(bit int, n int32) bool {
	if r.scope != nil && !r.scoped(bit, n) {
		return false
	}
	return r.under == nil || r.under.bar == "" && r.under.may(bit, n)
}

func (r Rights) scoped(bit int, n int32) bool {
	for _, right := range *r.scope {
		at, found := r.tree.node(right.Unit)
		if found && r.tree.covers(at, n) && slices.Contains(right.Permissions, string(r.tree.rules[bit].Permission)) {
			return true
		}
	}
	return false
}

// tops are the units from which a permission is held down, whatever limits the
// rights counted in; projects are none of them.
func (r Rights) tops(bit int) []int32 {
	if r.bar != "" {
		return nil
	}
	var tops []int32
	for _, h := range r.holds {
		if r.tree.nodes[h.node].wall < 0 && r.tree.has(h, bit) {
			tops = append(tops, h.node)
		}
	}
	if r.scope != nil {
		var scoped []int32
		for _, right := range *r.scope {
			if at, found := r.tree.node(right.Unit); found && slices.Contains(right.Permissions, string(r.tree.rules[bit].Permission)) {
				scoped = append(scoped, at)
			}
		}
		tops = r.tree.meet(tops, scoped)
	}
	if r.under != nil {
		tops = r.tree.meet(tops, r.under.tops(bit))
	}
	return tops
}

// meet is where two lists of units with all below them meet.
func (t *Tree) meet(a, b []int32) []int32 {
	var both []int32
	for _, m := range a {
		for _, n := range b {
			switch {
			case t.covers(m, n):
				both = append(both, n)
			case t.covers(n, m):
				both = append(both, m)
			}
		}
	}
	slices.Sort(both)
	return slices.Compact(both)
}
