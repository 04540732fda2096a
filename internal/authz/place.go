package authz

import (
	"cmp"
	"slices"

	"intendant/internal/directory"
)

// A PlaceAccess is what an open place of a member gives of products in its project.
type PlaceAccess struct {
	Project directory.UnitID
	Access  directory.Access
	Text    string // Access as it is stored: equal ones have one text
}

// placed is a place as an Index holds it. There are as many as places in projects, a
// million of them in a large account, and what they give repeats: it stands elsewhere.
type placed struct{ node, access int32 }

// accesses are what the places of an Index give of products, equal ones once, as long
// as any place gives them.
type accesses struct {
	kept   []keptAccess
	byText map[string]int32
	free   []int32
}

type keptAccess struct {
	text   string
	access directory.Access
	places int // that give it; 0: free
}

// number is that under which an access is kept for the places that are to give it.
func (a *accesses) number(p PlaceAccess) int32 {
	n, known := a.byText[p.Text]
	if known {
		return n
	}
	if a.byText == nil {
		a.byText = map[string]int32{}
	}
	if last := len(a.free) - 1; last >= 0 {
		n, a.free = a.free[last], a.free[:last]
	} else {
		n, a.kept = int32(len(a.kept)), append(a.kept, keptAccess{})
	}
	a.kept[n], a.byText[p.Text] = keptAccess{text: p.Text, access: p.Access}, n
	return n
}

// letGo lets a place go that gave an access.
func (a *accesses) letGo(n int32) {
	a.kept[n].places--
	a.sweep(n)
}

// sweep takes an access away that no place gives.
func (a *accesses) sweep(n int32) {
	if at, kept := a.byText[a.kept[n].text]; kept && at == n && a.kept[n].places == 0 {
		delete(a.byText, a.kept[n].text)
		a.kept[n], a.free = keptAccess{}, append(a.free, n)
	}
}

func byNode(a, b placed) int { return cmp.Compare(a.node, b.node) }

// unsettle lets the places of a row go.
func (x *Index) unsettle(i int32) {
	for _, p := range x.rows[i].places {
		x.accesses.letGo(p.access)
	}
	x.rows[i].places = nil
}

// resettle puts the places of a row over another tree.
func (x *Index) resettle(i int, before *Tree) {
	kept := x.rows[i].places[:0]
	for _, p := range x.rows[i].places {
		n, found := x.tree.byUnit[before.nodes[p.node].unit.ID]
		if !found {
			x.accesses.letGo(p.access)
			continue
		}
		kept = append(kept, placed{n, p.access})
	}
	slices.SortFunc(kept, byNode)
	x.rows[i].places = kept
}

// Place is what the place that a member has in a project gives of products, if they
// have one. It is shared and not to be changed.
func (x *Index) Place(i int, project directory.UnitID) (directory.Access, bool) {
	n, found := x.tree.byUnit[project]
	if !found {
		return nil, false
	}
	places := x.rows[i].places
	at, found := slices.BinarySearchFunc(places, n, func(p placed, n int32) int { return cmp.Compare(p.node, n) })
	if !found {
		return nil, false
	}
	return x.accesses.kept[places[at].access].access, true
}

// Placed visits whoever has a place in a project, whether or not it counts now.
func (x *Index) Placed(project directory.UnitID, visit func(i int)) {
	for i := range x.rows {
		if len(x.rows[i].places) == 0 {
			continue
		}
		if _, there := x.Place(i, project); there {
			visit(i)
		}
	}
}

// A ProjectGround is what products need to know of one project.
type ProjectGround struct {
	Project  directory.UnitID
	Number   string   // empty: none
	Products []string // switched on, by id
}

// Projects are what products need to know of an account's projects. They are never
// changed, only made anew; nil are none.
type Projects struct {
	grounds  map[directory.UnitID]ProjectGround
	byNumber map[string]directory.UnitID
}

// NewProjects gathers the projects of one account.
func NewProjects(grounds []ProjectGround) *Projects {
	ps := &Projects{make(map[directory.UnitID]ProjectGround, len(grounds)), map[string]directory.UnitID{}}
	for _, g := range grounds {
		ps.grounds[g.Project] = g
		if g.Number != "" {
			ps.byNumber[directory.FoldNumber(g.Number)] = g.Project
		}
	}
	return ps
}

// Has reports whether a product is switched on in a project.
func (ps *Projects) Has(project directory.UnitID, product string) bool {
	return ps != nil && slices.Contains(ps.grounds[project].Products, product)
}

// Number is that of a project, as it was typed; empty: none.
func (ps *Projects) Number(project directory.UnitID) string {
	if ps == nil {
		return ""
	}
	return ps.grounds[project].Number
}

// Numbered is the project that bears a number, whatever its case and blanks.
func (ps *Projects) Numbered(number string) (directory.UnitID, bool) {
	if ps == nil {
		return 0, false
	}
	project, found := ps.byNumber[directory.FoldNumber(number)]
	return project, found
}
