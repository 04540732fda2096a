package app

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A UnitQuery is a view of an account's units, as it stands in an address.
type UnitQuery struct {
	Open     []string // public ids of the units that are unfolded
	Folded   bool     // nothing is unfolded but Open; else the first units are
	Search   string
	Archived bool // archived ones too
}

// How much of a tree one page shows: whoever has more searches, or goes to a
// unit's own page.
const (
	shownUnits    = 300
	shownChildren = 60
	shownTables   = 40
	shownAtHome   = 8
	foundUnits    = 100
)

// A UnitMay is what the reader may do with a unit.
type UnitMay struct {
	See       bool // who is there
	Change    bool // rename, archive
	Restore   bool
	Move      bool
	Add       bool // a unit under it
	AddMember bool
}

// A ListedUnit is a unit with what stands beside its name.
type ListedUnit struct {
	directory.Unit
	Depth   int
	Live    bool // neither it nor one above it is archived
	Members int64
	All     int64                 // members of it and of the units below
	Below   int                   // live units below
	Missing []catalogue.UnitLevel // what it must have below and has not (UNIT-3)
	May     UnitMay
	Twin    bool // a sibling has the same name: one of both is to be renamed
}

// A UnitNode is a unit of the foldable list with what unfolds under it.
type UnitNode struct {
	ListedUnit
	Children int  // directly under it, in sight
	Open     bool // unfolded
	First    []roster.ListedMember
	Under    []UnitNode
	More     int // children that are not shown
}

// A FoundUnit is what a search found, with the way to it.
type FoundUnit struct {
	ListedUnit
	Path []directory.Unit
}

// A UnitList is the page of an account's units.
type UnitList struct {
	Account  directory.Account
	Kind     catalogue.AccountType
	Root     UnitNode
	Found    []FoundUnit // with a search
	Total    int         // units in sight, the root among them; with a search those found
	Archived int         // in sight, not among Total unless asked for
	Levels   []catalogue.UnitLevel
}

// List shows the units in the reader's sight, and on the way to them, unfolded
// as the query says; with a search those whose name or external id has it. It
// refuses without members.view and units.manage anywhere.
func (s *Units) List(ctx context.Context, actor authz.Actor, account directory.AccountID, q UnitQuery) (UnitList, error) {
	var list UnitList
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireUnits(rights); err != nil {
			return err
		}
		g, err := s.grove(ctx, r, rights, account)
		if err != nil {
			return err
		}
		list = UnitList{Account: g.account, Kind: g.kind}
		for i := range g.units {
			switch {
			case !g.sees[i]:
			case g.live[i]:
				list.Total++
			default:
				list.Archived++
			}
		}
		list.Levels = slices.DeleteFunc(slices.Clone(g.kind.UnitLevels), func(l catalogue.UnitLevel) bool { return l.Project })
		if words := directory.Fold(q.Search); words != "" {
			list.Root = UnitNode{ListedUnit: g.listed(0)}
			list.Found, list.Total = g.search(words, q.Archived)
			return nil
		}
		if q.Archived {
			list.Total += list.Archived
		}
		u := unfolding{grove: g, q: q, units: shownUnits, tables: shownTables}
		list.Root = u.node(0)
		return s.firstAtHome(ctx, r, g, &list.Root)
	})
	return list, err
}

// search finds units in sight by name or external id.
func (g *grove) search(words string, archived bool) (found []FoundUnit, total int) {
	for i, u := range g.units {
		if !g.sees[i] || !g.live[i] && !archived {
			continue
		}
		if !strings.Contains(directory.Fold(u.Name), words) && !strings.Contains(directory.Fold(u.External), words) {
			continue
		}
		total++
		if len(found) < foundUnits {
			found = append(found, FoundUnit{ListedUnit: g.listed(i), Path: g.path(i)})
		}
	}
	return found, total
}

// listed is a unit with its counts, as far as the reader may know them.
func (g *grove) listed(i int) ListedUnit {
	u := ListedUnit{Unit: g.units[i], Depth: g.tree.Depth(g.units[i].ID), Live: g.live[i], May: g.may(i), Twin: g.tree.Twin(g.units[i].ID)}
	if i == 0 {
		u.Level = catalogue.RootLevel
	}
	if g.sees[i] {
		u.Members, u.All, u.Below, u.Missing = g.home[i], g.all[i], g.below[i], g.missing(i)
	}
	return u
}

func (g *grove) may(i int) UnitMay {
	may := UnitMay{See: g.sees[i] && g.rights.May(authz.ViewMembers, g.units[i].ID)}
	if g.account.Writable() != nil {
		return may
	}
	u, above := g.units[i], g.parent[i]
	change := g.rights.May(authz.ManageUnits, u.ID) && above >= 0
	may.Change = change && g.live[i]
	may.Restore = change && !u.Archived.IsZero() && g.live[above]
	may.Move = may.Change && g.rights.May(authz.ManageUnits, u.Parent)
	may.Add = g.live[i] && g.rights.May(authz.ManageUnits, u.ID) && len(levelsUnder(g.kind, g.tree.Level(u.ID))) > 0
	may.AddMember = g.live[i] && g.rights.May(authz.ManageMembers, u.ID)
	return may
}

// unfolding lays out the part of a grove that one page shows.
type unfolding struct {
	*grove
	q             UnitQuery
	units, tables int // how many more of each
}

func (u *unfolding) node(i int) UnitNode {
	n := UnitNode{ListedUnit: u.listed(i)}
	children := u.children(i, u.q.Archived)
	n.Children, n.Open = len(children), u.open(i)
	u.units--
	if !n.Open {
		return n
	}
	if n.May.See {
		u.tables--
		if u.tables < 0 {
			n.Open = false
			return n
		}
	}
	for c, child := range children {
		if c == shownChildren || u.units <= 0 {
			n.More = len(children) - c
			break
		}
		n.Under = append(n.Under, u.node(child))
	}
	return n
}

// open reports whether a unit is unfolded: as the query says or, before the
// reader has chosen, the root and the few units under it.
func (u *unfolding) open(i int) bool {
	const few = 4
	if slices.Contains(u.q.Open, u.grove.units[i].UUID) {
		return true
	}
	if u.q.Folded {
		return false
	}
	return i == 0 || u.parent[i] == 0 && len(u.children(0, u.q.Archived)) <= few
}

// firstAtHome fills the tables of the unfolded units with their first members,
// with a fixed number of questions.
func (c *core) firstAtHome(ctx context.Context, r *store.Reader, g *grove, root *UnitNode) error {
	var open []*UnitNode
	var walk func(n *UnitNode)
	walk = func(n *UnitNode) {
		if n.Open && n.May.See && n.Members > 0 {
			open = append(open, n)
		}
		for i := range n.Under {
			walk(&n.Under[i])
		}
	}
	walk(root)
	if len(open) == 0 {
		return nil
	}
	units := make([]directory.UnitID, len(open))
	for i, n := range open {
		units[i] = n.ID
	}
	keys, err := r.FirstAtHome(ctx, g.account.ID, units, shownAtHome)
	if err != nil {
		return err
	}
	rows, err := c.listedByKey(ctx, r, g, keys)
	if err != nil {
		return err
	}
	for _, row := range rows {
		n := open[slices.Index(units, row.Unit)]
		n.First = append(n.First, row)
	}
	return nil
}

// listedByKey are members as tables show them, in the order of the keys.
func (c *core) listedByKey(ctx context.Context, r *store.Reader, g *grove, keys []directory.MemberID) ([]roster.ListedMember, error) {
	l := &listing{core: c, r: r, rights: g.rights, account: g.account, roles: g.tree.Roles(), parts: true}
	places := make([]store.MemberPlace, len(keys))
	for i, key := range keys {
		places[i].Key = key
	}
	return l.rows(ctx, places, 1)
}
