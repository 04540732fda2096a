package app

import (
	"context"
	"slices"
	"sync"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A grove is an account's units as one reader sees them, in tree order. Projects
// are units too, and have pages of their own: they are left out.
type grove struct {
	rights  authz.Rights
	tree    *authz.Tree
	account directory.Account
	kind    catalogue.AccountType
	units   []directory.Unit
	at      map[directory.UnitID]int
	parent  []int  // -1 for the root
	sees    []bool // the reader may see who is there
	leads   []bool // it, or a unit below it, is in sight
	live    []bool
	home    []int64 // members of that home unit
	all     []int64 // of the unit and those below
	below   []int   // live units below
	lacks   []bool  // for each unit and level, that one must stand below and does not (UNIT-3)
}

// grove gathers what the pages of units need, with two questions besides those
// for the tree, however many units there are.
func (c *core) grove(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID) (*grove, error) {
	a, err := r.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	homes, err := c.homes.of(ctx, r, account)
	if err != nil {
		return nil, err
	}
	kind, _ := c.gate.Catalogue().AccountType(a.Type)
	g := &grove{rights: rights, tree: rights.Tree(), account: a, kind: kind}
	g.plant()
	g.look()
	g.count(homes)
	return g, nil
}

func (g *grove) plant() {
	project, _ := g.kind.ProjectLevel()
	for _, u := range g.tree.Units() {
		if project.ID == "" || u.Level != project.ID || u.Parent == 0 {
			g.units = append(g.units, u)
		}
	}
	n := len(g.units)
	g.at = make(map[directory.UnitID]int, n)
	g.parent, g.sees, g.leads, g.live = make([]int, n), make([]bool, n), make([]bool, n), make([]bool, n)
	g.home, g.all, g.below = make([]int64, n), make([]int64, n), make([]int, n)
	for i, u := range g.units {
		g.at[u.ID] = i
		g.parent[i] = -1
		if above, ok := g.at[u.Parent]; ok && i > 0 {
			g.parent[i] = above
		}
		g.live[i] = u.Archived.IsZero() && (g.parent[i] < 0 || g.live[g.parent[i]])
	}
}

// look says what is in sight: units where the reader may see members or change
// units, and those on the way there.
func (g *grove) look() {
	for i := len(g.units) - 1; i >= 0; i-- {
		g.sees[i] = roster.OpensUnit(g.rights, g.units[i].ID)
		g.leads[i] = g.leads[i] || g.sees[i]
		if above := g.parent[i]; above >= 0 {
			g.leads[above] = g.leads[above] || g.leads[i]
		}
	}
}

// count sums from the leaves to the root.
func (g *grove) count(homes map[directory.UnitID]int64) {
	levels := g.kind.UnitLevels
	has := make([]bool, len(g.units)*len(levels))
	g.lacks = make([]bool, len(g.units)*len(levels))
	for i := len(g.units) - 1; i >= 0; i-- {
		u := g.units[i]
		g.home[i] = homes[u.ID]
		g.all[i] += g.home[i]
		for l, level := range levels {
			if g.live[i] && level.ID == u.Level {
				for m, needed := range levels {
					g.lacks[i*len(levels)+m] = slices.Contains(level.Requires, needed.ID) && !has[i*len(levels)+m]
				}
				has[i*len(levels)+l] = true
			}
		}
		above := g.parent[i]
		if above < 0 {
			continue
		}
		g.all[above] += g.all[i]
		g.below[above] += g.below[i]
		if g.live[i] {
			g.below[above]++
		}
		for l := range levels {
			has[above*len(levels)+l] = has[above*len(levels)+l] || has[i*len(levels)+l]
		}
	}
}

// missing are the levels a unit must have below and has not (UNIT-3).
func (g *grove) missing(i int) []catalogue.UnitLevel {
	var missing []catalogue.UnitLevel
	for l, level := range g.kind.UnitLevels {
		if g.lacks[i*len(g.kind.UnitLevels)+l] {
			missing = append(missing, level)
		}
	}
	return missing
}

// children are the units directly under one that lead to something in sight,
// archived ones only when asked for.
func (g *grove) children(i int, archived bool) []int {
	var children []int
	for _, id := range g.tree.Children(g.units[i].ID) {
		if c, ok := g.at[id]; ok && g.leads[c] && (archived || g.live[c]) {
			children = append(children, c)
		}
	}
	return children
}

// path leads from the root to a unit, both included.
func (g *grove) path(i int) []directory.Unit {
	var path []directory.Unit
	for ; i >= 0; i = g.parent[i] {
		path = append(path, g.units[i])
	}
	slices.Reverse(path)
	return path
}

// named is where the unit of a public id stands. It refuses with unit.not_found
// what is not there, not in sight, or a project.
func (g *grove) named(uuid string) (int, error) {
	i := slices.IndexFunc(g.units, func(u directory.Unit) bool { return u.UUID == uuid })
	if i < 0 || !g.sees[i] {
		return 0, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	return i, nil
}

// levelsUnder are the levels that may be added under a unit; projects are not
// added here (UNIT-1).
func levelsUnder(kind catalogue.AccountType, level string) []catalogue.UnitLevel {
	return slices.DeleteFunc(kind.LevelsUnder(level), func(l catalogue.UnitLevel) bool { return l.Project })
}

// requireUnits refuses whoever may see no unit's insides.
func requireUnits(rights authz.Rights) error {
	if rights.MayAnywhere(authz.ViewMembers) || rights.MayAnywhere(authz.ManageUnits) {
		return nil
	}
	return gate.Require(rights, authz.ViewMembers, 0)
}

// homeCounts remembers how many members each unit of an account has until the
// account's sequence moves: there may be thousands of units. What a change sees
// of them may never be, and is not remembered.
type homeCounts struct {
	mu sync.Mutex
	at map[directory.AccountID]countedHomes
}

type countedHomes struct {
	sequence int64
	members  map[directory.UnitID]int64
}

// keptHomes is how many accounts' counts are kept at most.
const keptHomes = 500

func (h *homeCounts) of(ctx context.Context, r *store.Reader, account directory.AccountID) (map[directory.UnitID]int64, error) {
	if r.Changing(account) {
		return r.HomeCounts(ctx, account)
	}
	sequence, err := r.Sequence(ctx, account)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	known, ok := h.at[account]
	h.mu.Unlock()
	if ok && known.sequence == sequence {
		return known.members, nil
	}
	members, err := r.HomeCounts(ctx, account)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at == nil || len(h.at) >= keptHomes {
		h.at = map[directory.AccountID]countedHomes{}
	}
	h.at[account] = countedHomes{sequence, members}
	return members, nil
}
