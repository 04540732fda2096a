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
func (t *Tree) UnitByUUID(uuid string) (directory.UnitID, bool) { return t.unitAt(t.SpotByUUID(uuid)) }

// UnitByExternal is the unit that the account's own systems know by an id.
func (t *Tree) UnitByExternal(id string) (directory.UnitID, bool) {
	return t.unitAt(t.SpotByExternal(id))
}

func (t *Tree) unitAt(at Spot, found bool) (directory.UnitID, bool) {
	if !found {
		return 0, false
	}
	return t.UnitAt(at), true
}

// A Spot is where a unit stands in a Tree. It is looked up once for all that is asked of
// the unit, and means nothing to another tree.
type Spot int32

// Spot is where a unit stands; 0 means the root.
func (t *Tree) Spot(unit directory.UnitID) (Spot, bool) {
	n, found := t.node(unit)
	return Spot(n), found
}

// SpotByUUID is where the unit of a public id stands.
func (t *Tree) SpotByUUID(uuid string) (Spot, bool) {
	n, found := t.names().byUUID[uuid]
	return Spot(n), found
}

// SpotByExternal is where the unit stands that the account's own systems know by an id.
func (t *Tree) SpotByExternal(id string) (Spot, bool) {
	n, found := t.names().byExternal[id]
	return Spot(n), found
}

// UnitAt is the unit at a spot.
func (t *Tree) UnitAt(at Spot) directory.UnitID { return t.nodes[at].unit.ID }

// LevelAt is Level of the unit at a spot.
func (t *Tree) LevelAt(at Spot) string {
	if at == 0 {
		return RootLevel
	}
	return t.nodes[at].unit.Level
}

// LiveAt is Live of the unit at a spot.
func (t *Tree) LiveAt(at Spot) bool { return t.nodes[at].live }
