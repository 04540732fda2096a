package authz

import (
	"sort"

	"intendant/internal/directory"
)

// Twin reports whether a unit in use stands beside another of the same name: trees
// from before names were kept apart may have such.
func (t *Tree) Twin(id directory.UnitID) bool {
	n, found := t.node(id)
	return found && t.nodes[n].twin
}

// Namesake is a unit in use, directly under another, that has a name, whatever its
// case and accents.
func (t *Tree) Namesake(under directory.UnitID, name string) (directory.Unit, bool) {
	name = directory.Fold(name)
	children := t.Children(under) // by folded name
	from := sort.Search(len(children), func(i int) bool { return directory.Fold(t.unit(children[i]).Name) >= name })
	for _, id := range children[from:] {
		u := t.unit(id)
		if directory.Fold(u.Name) != name {
			break
		}
		if u.Archived.IsZero() {
			return u, true
		}
	}
	return directory.Unit{}, false
}

func (t *Tree) unit(id directory.UnitID) directory.Unit {
	u, _ := t.Unit(id)
	return u
}

// pair marks siblings, which stand by folded name, that share one.
func (t *Tree) pair(siblings []int32) {
	if len(siblings) < 2 {
		return
	}
	last, name := int32(-1), ""
	for _, n := range siblings {
		if !t.nodes[n].unit.Archived.IsZero() {
			continue
		}
		folded := directory.Fold(t.nodes[n].unit.Name)
		if last >= 0 && folded == name {
			t.nodes[n].twin, t.nodes[last].twin = true, true
		}
		last, name = n, folded
	}
}
