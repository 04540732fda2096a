package app

import (
	"context"
	"math"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A UnitFilter is the tree of units as a filter offers it: from the level the
// reader chose downwards, in the reader's order (PREF-1).
type UnitFilter struct {
	Nodes  []FilterUnit // parents before children; a part of them where there are many
	Found  int          // how many the search finds
	Total  int          // how many there are
	Ticked []string     // public ids that are ticked beforehand
	Chosen []directory.Unit
}

// A FilterUnit is one unit of a filter. Of a search, Path says where it stands.
type FilterUnit struct {
	Unit   directory.Unit
	Depth  int
	Chosen bool
	Path   []directory.Unit
}

// A UnitFilterQuery says for which list a filter is: only units where its
// permission is held are offered.
type UnitFilterQuery struct {
	For    authz.Permission
	Search string
	Chosen []string // public ids that the address names
}

// filterUnits is how many units a filter shows at once, beside those chosen.
const filterUnits = 200

// Filter reads the units that a list can be filtered by. It refuses with
// account.not_found, and without the list's permission anywhere.
func (s *Preferences) Filter(ctx context.Context, actor authz.Actor, account directory.AccountID, q UnitFilterQuery) (UnitFilter, error) {
	var f UnitFilter
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(q.For) {
			return gate.Require(rights, q.For, 0)
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		c, err := s.filtering(ctx, r, actor, a)
		if err != nil {
			return err
		}
		c.tree, c.scope = rights.Tree(), rights.Scope(q.For)
		f = c.filter(q)
		return nil
	})
	return f, err
}

// filtering is a filter while it is made.
type filtering struct {
	tree   *authz.Tree
	scope  authz.Scope
	levels map[string]bool // that are offered; nil for all
	places map[string]int  // in the reader's order, by public id
	ticked []string
}

// filtering reads what the reader prefers. Projects are no part of the filter:
// they are places of their own.
func (c *core) filtering(ctx context.Context, r *store.Reader, actor authz.Actor, a directory.Account) (*filtering, error) {
	f := &filtering{levels: map[string]bool{}, places: map[string]int{}}
	m, err := r.MemberOf(ctx, a.ID, actor.User)
	if err != nil && !gate.RefusedWith(err, "member.not_found") {
		return nil, err
	}
	mine, err := r.Preferences(ctx, []directory.MemberID{m.ID})
	if err != nil {
		return nil, err
	}
	stored := mine[m.ID]
	declared, _ := c.gate.Catalogue().UsedPreference(a.Type, catalogue.FilterOrder)
	for i, id := range stored[declared.ID].Value.Order {
		f.places[id] = i
	}
	f.ticked = stored[declared.ID].Value.Ticked
	top, _ := c.gate.Catalogue().UsedPreference(a.Type, catalogue.FilterTop)
	level := stored[top.ID].Value.Choice
	if _, offered := top.Option(level); !offered {
		level = top.Default
	}
	t, _ := c.gate.Catalogue().AccountType(a.Type)
	for _, l := range t.UnitLevels {
		f.levels[l.ID] = !l.Project && (level == "" || l.ID == level || under(t, l.ID, level))
	}
	return f, nil
}

// under reports whether units of a level can stand somewhere below the other.
func under(t catalogue.AccountType, level, above string) bool {
	seen := map[string]bool{}
	var climb func(id string) bool
	climb = func(id string) bool {
		l, _ := t.Level(id)
		for _, parent := range l.Under {
			if parent == above && id != above {
				return true
			}
			if !seen[parent] {
				seen[parent] = true
				if climb(parent) {
					return true
				}
			}
		}
		return false
	}
	return climb(level)
}

// A branch is a unit of the filter with what stands under it there.
type branch struct {
	unit  directory.Unit
	place int // the smallest in the reader's order, of itself and below
	under []*branch
}

// grow arranges the units that are offered as trees.
func (f *filtering) grow() (tops []*branch, total int) {
	units := f.tree.Units()
	at := make(map[directory.UnitID]*branch, len(units))
	for _, u := range units {
		if u.ID == f.tree.Root() || !f.levels[u.Level] || !f.scope.Sees(u.ID) || !f.tree.Live(u.ID) {
			if above := at[u.Parent]; above != nil {
				at[u.ID] = above // what stands under it stands under the next one above
			}
			continue
		}
		b := &branch{unit: u, place: math.MaxInt}
		if place, told := f.places[u.UUID]; told {
			b.place = place
		}
		if above := at[u.Parent]; above != nil {
			above.under = append(above.under, b)
		} else {
			tops = append(tops, b)
		}
		at[u.ID] = b
		total++
	}
	if len(f.places) == 0 {
		return tops, total // as they stand in the tree
	}
	return sorted(tops), total
}

// sorted puts siblings in the reader's order, by the first of each below.
func sorted(branches []*branch) []*branch {
	for _, b := range branches {
		b.under = sorted(b.under)
		for _, c := range b.under {
			b.place = min(b.place, c.place)
		}
	}
	slices.SortStableFunc(branches, func(a, b *branch) int {
		switch {
		case a.place < b.place:
			return -1
		case a.place > b.place:
			return 1
		}
		return 0
	})
	return branches
}

func (f *filtering) filter(q UnitFilterQuery) UnitFilter {
	tops, total := f.grow()
	made := UnitFilter{Total: total}
	words := directory.Fold(q.Search)
	var walk func(branches []*branch, depth int)
	walk = func(branches []*branch, depth int) {
		for _, b := range branches {
			n := FilterUnit{Unit: b.unit, Depth: depth, Chosen: slices.Contains(q.Chosen, b.unit.UUID)}
			if slices.Contains(f.ticked, b.unit.UUID) {
				made.Ticked = append(made.Ticked, b.unit.UUID)
			}
			if n.Chosen {
				made.Chosen = append(made.Chosen, b.unit)
			}
			if finds := words == "" || strings.Contains(directory.Fold(b.unit.Name), words); finds {
				made.Found++
				if made.Found <= filterUnits {
					made.Nodes = append(made.Nodes, n)
				}
			}
			walk(b.under, depth+1)
		}
	}
	walk(tops, 0)
	if words != "" {
		for i := range made.Nodes {
			made.Nodes[i].Depth, made.Nodes[i].Path = 0, roster.PathTo(f.tree, made.Nodes[i].Unit.ID)
		}
	}
	return made
}
