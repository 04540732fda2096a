package authz

import "intendant/internal/directory"

// unitNames are the names by which products know the units of a tree.
type unitNames struct{ byUUID, byExternal map[string]int32 }

// named gathers the names when the first is asked for: most trees are only
// walked.
func (t *Tree) named() unitNames {
	names := unitNames{make(map[string]int32, len(t.nodes)), map[string]int32{}}
	for i := range t.nodes {
		names.byUUID[t.nodes[i].unit.UUID] = int32(i)
		if external := t.nodes[i].unit.External; external != "" {
			names.byExternal[external] = int32(i)
		}
	}
	return names
}

// UnitByUUID is the unit of a public id.
func (t *Tree) UnitByUUID(uuid string) (directory.UnitID, bool) {
	n, found := t.names().byUUID[uuid]
	return t.at(n, found)
}

// UnitByExternal is the unit that the account's own systems know by an id.
func (t *Tree) UnitByExternal(id string) (directory.UnitID, bool) {
	n, found := t.names().byExternal[id]
	return t.at(n, found)
}

func (t *Tree) at(n int32, found bool) (directory.UnitID, bool) {
	if !found {
		return 0, false
	}
	return t.nodes[n].unit.ID, true
}
