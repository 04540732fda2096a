package app

import (
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A UnitView says which part of a unit's page is read.
type UnitView struct {
	Skip    int // child units before the first one shown
	Members roster.MemberQuery
}

// A HolderHere is somebody who holds a role at the unit of a page.
type HolderHere struct {
	roster.ListedMember
	Role directory.Role
}

// RolesAbove are how many people hold a role at a unit above, from where it
// flows down (ROLE-1).
type RolesAbove struct {
	Unit    directory.Unit
	Role    directory.Role
	Holders int64
}

// A UnitPage is one unit with all that stands around it.
type UnitPage struct {
	ListedUnit
	Account directory.Account
	Kind    catalogue.AccountType
	Path    []directory.Unit      // from the root, itself included
	Levels  []catalogue.UnitLevel // what may be added under it (UNIT-1)

	Children      []ListedUnit
	ChildrenTotal int
	ChildrenFrom  int // position of the first one, 0 without

	Table MemberPage // the first members of that home unit, when the reader may see them

	Holders      []HolderHere
	HoldersTotal int64
	Above        []RolesAbove
	Granted      int64 // roles held at the unit and below
}

// How many people of a unit its own page names.
const (
	unitMembers = 20
	unitHolders = 20
)

// Unit shows one unit: what stands above and under it, who is there, and who
// holds roles there or above. It refuses with unit.not_found what is out of the
// reader's sight.
func (s *Units) Unit(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, v UnitView) (UnitPage, error) {
	var p UnitPage
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireUnits(rights); err != nil {
			return err
		}
		g, err := s.grove(ctx, r, rights, account)
		if err != nil {
			return err
		}
		i, err := g.named(unit)
		if err != nil {
			return err
		}
		p = UnitPage{ListedUnit: g.listed(i), Account: g.account, Kind: g.kind, Path: g.path(i), Levels: levelsUnder(g.kind, g.tree.Level(g.units[i].ID))}
		g.childrenOf(i, v.Skip, &p)
		if !p.May.See {
			return nil
		}
		if p.Table, err = s.atHome(ctx, r, g, p.UUID, v.Members); err != nil {
			return err
		}
		return s.holders(ctx, r, g, &p)
	})
	return p, err
}

// childrenOf fills a part of the units directly under one; archived ones come
// too, so that they can be restored.
func (g *grove) childrenOf(i, skip int, p *UnitPage) {
	children := g.children(i, true)
	p.ChildrenTotal = len(children)
	skip = max(0, min(skip, len(children)))
	for _, child := range children[skip:min(skip+foundUnits, len(children))] {
		p.Children = append(p.Children, g.listed(child))
	}
	if len(p.Children) > 0 {
		p.ChildrenFrom = skip + 1
	}
}

// atHome is a unit's own table of users (UNIT-2).
func (c *core) atHome(ctx context.Context, r *store.Reader, g *grove, unit string, q roster.MemberQuery) (MemberPage, error) {
	q.Homes = []string{unit}
	if q.Size == 0 {
		q.Size = unitMembers
	}
	l, err := c.listing(ctx, r, g.rights, g.account.ID, q)
	if err != nil {
		return MemberPage{}, err
	}
	l.parts = true
	return l.page(ctx, nil)
}

// holders fills who holds roles at the unit, and how many hold which above it.
func (c *core) holders(ctx context.Context, r *store.Reader, g *grove, p *UnitPage) error {
	above := g.tree.Path(p.ID)
	above = above[:len(above)-1]
	counts, err := r.RoleCounts(ctx, above)
	if err != nil {
		return err
	}
	for _, id := range above {
		unit, _ := g.tree.Unit(id)
		for _, n := range counts {
			if role, known := g.tree.Role(n.Role); n.Unit == id && known {
				p.Above = append(p.Above, RolesAbove{Unit: unit, Role: role, Holders: n.Holders})
			}
		}
	}
	counts, err = r.RoleCounts(ctx, g.tree.Below(p.ID))
	if err != nil {
		return err
	}
	for _, n := range counts {
		p.Granted += n.Holders
	}
	for _, n := range counts {
		if n.Unit == p.ID {
			p.HoldersTotal += n.Holders
		}
	}
	grants, err := r.FirstHolders(ctx, p.ID, unitHolders)
	if err != nil {
		return err
	}
	return c.nameHolders(ctx, r, g, p, grants)
}

func (c *core) nameHolders(ctx context.Context, r *store.Reader, g *grove, p *UnitPage, grants []directory.Grant) error {
	var keys []directory.MemberID
	seen := map[directory.MemberID]bool{}
	for _, grant := range grants {
		if !seen[grant.Member] {
			seen[grant.Member] = true
			keys = append(keys, grant.Member)
		}
	}
	rows, err := c.listedByKey(ctx, r, g, keys)
	if err != nil {
		return err
	}
	people := make(map[directory.MemberID]roster.ListedMember, len(rows))
	for _, row := range rows {
		people[row.ID] = row
	}
	for _, grant := range grants {
		role, _ := g.tree.Role(grant.Role)
		p.Holders = append(p.Holders, HolderHere{ListedMember: people[grant.Member], Role: role})
	}
	return nil
}
