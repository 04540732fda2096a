package app

import (
	"context"
	"fmt"
	"hash"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A MovedContract is what moving a unit means for contracts (SEAT-7, SEAT-8): who is
// nothing any more for one above it, and who sees what the moved units hold.
type MovedContract struct {
	Ended         []EndedPart // of people in the reader's sight
	Ending        int         // parts that end, exactly
	Subscriptions int         // held by the moved units
	Gaining       int         // people who see these, and the invoices, from then on
	Losing        int         // who see them no more
}

// An EndedPart is what somebody will have been for the contract of a unit. A unit
// that the reader may not know of has no name here.
type EndedPart struct {
	Name string // of the person
	MemberPart
}

// contractsMoved is what a move means for contracts while it is planned.
type contractsMoved struct {
	ended           []directory.Referent // in the order of units
	gaining, losing []directory.MemberID // sorted
	held            []directory.SubscriptionID
}

// contractsMoved compares who looks after the contracts above a unit before and
// after. What people who move along are for a unit that stands above them no more
// ends with it (UNIT-4, SEAT-7).
func (c *core) contractsMoved(ctx context.Context, r *store.Reader, before, after *authz.Tree, unit directory.UnitID) (contractsMoved, error) {
	var moved contractsMoved
	ways := append(before.Path(unit), after.Path(unit)...)
	slices.Sort(ways)
	parts, err := r.ReferentsAt(ctx, slices.Compact(ways))
	if err != nil {
		return moved, err
	}
	homes, err := homesOf(ctx, r, unit.Account(), parts)
	if err != nil {
		return moved, err
	}
	was, is := map[directory.MemberID]bool{}, map[directory.MemberID]bool{}
	for _, f := range parts {
		ends := !after.Covers(f.Unit, homes[f.Member])
		if ends {
			moved.ended = append(moved.ended, f)
		}
		was[f.Member] = was[f.Member] || before.Covers(f.Unit, unit)
		is[f.Member] = is[f.Member] || after.Covers(f.Unit, unit) && !ends
	}
	for member := range was {
		switch {
		case is[member] && !was[member]:
			moved.gaining = append(moved.gaining, member)
		case was[member] && !is[member]:
			moved.losing = append(moved.losing, member)
		}
	}
	slices.Sort(moved.gaining)
	slices.Sort(moved.losing)
	moved.held, err = heldBelow(ctx, r, before, unit)
	return moved, err
}

// homesOf are the home units of those who hold parts.
func homesOf(ctx context.Context, r *store.Reader, account directory.AccountID, parts []directory.Referent) (map[directory.MemberID]directory.UnitID, error) {
	keys := make([]directory.MemberID, len(parts))
	for i, f := range parts {
		keys[i] = f.Member
	}
	members, err := r.Members(ctx, account, keys)
	homes := map[directory.MemberID]directory.UnitID{}
	for _, m := range members {
		homes[m.ID] = m.Unit
	}
	return homes, err
}

// heldBelow are the subscriptions that a unit and those below it hold.
func heldBelow(ctx context.Context, r *store.Reader, t *authz.Tree, unit directory.UnitID) ([]directory.SubscriptionID, error) {
	stock, err := r.Stock(ctx, unit.Account())
	if err != nil {
		return nil, err
	}
	var held []directory.SubscriptionID
	for _, p := range stock.Pools() {
		if !t.Covers(unit, p.Unit) {
			continue
		}
		for _, s := range stock.Subscriptions(p.ID) {
			held = append(held, s.ID)
		}
	}
	return held, nil
}

// seal adds all that a preview says of contracts to its digest.
func (m contractsMoved) seal(h hash.Hash) {
	for _, f := range m.ended {
		fmt.Fprintln(h, "ended", f.ID)
	}
	fmt.Fprintln(h, m.gaining, m.losing, m.held)
}

// previewContracts says what a move means for contracts.
func (c *core) previewContracts(ctx context.Context, r *store.Reader, g *grove, m moving) (MovedContract, error) {
	said := MovedContract{Ending: len(m.contracts.ended), Subscriptions: len(m.contracts.held),
		Gaining: len(m.contracts.gaining), Losing: len(m.contracts.losing)}
	first := m.contracts.ended[:min(len(m.contracts.ended), shownMoved)]
	keys := make([]directory.MemberID, len(first))
	for i, f := range first {
		keys[i] = f.Member
	}
	slices.Sort(keys)
	rows, err := c.listedByKey(ctx, r, g, slices.Compact(keys))
	if err != nil {
		return said, err
	}
	for _, f := range first {
		i := slices.IndexFunc(rows, func(row roster.ListedMember) bool { return row.ID == f.Member })
		if i < 0 || !roster.SeesPeopleAt(g.rights, rows[i].Unit) {
			continue
		}
		part := MemberPart{Part: f.Part, Unit: directory.Unit{ID: f.Unit}}
		if roster.KnowsUnit(g.rights, f.Unit) {
			part.Unit, _ = g.tree.Unit(f.Unit)
		}
		said.Ended = append(said.Ended, EndedPart{rows[i].Name(), part})
	}
	return said, nil
}
