package contracts

import (
	"context"
	"fmt"
	"io"
	"slices"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Moved is what moving a unit means for contracts (SEAT-7, SEAT-8).
type Moved struct {
	Ended           []directory.Referent // parts in contracts above it, in the order of units
	Gaining, Losing []directory.MemberID // who see what the moved units hold then, and who no more; sorted
	Held            []directory.SubscriptionID
}

// MovedBy compares who looks after the contracts above a unit before and
// after. What people who move along are for a unit that stands above them no more
// ends with it (UNIT-4, SEAT-7).
func MovedBy(ctx context.Context, r *store.Reader, before, after *authz.Tree, unit directory.UnitID) (Moved, error) {
	var moved Moved
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
			moved.Ended = append(moved.Ended, f)
		}
		was[f.Member] = was[f.Member] || before.Covers(f.Unit, unit)
		is[f.Member] = is[f.Member] || after.Covers(f.Unit, unit) && !ends
	}
	for member := range was {
		switch {
		case is[member] && !was[member]:
			moved.Gaining = append(moved.Gaining, member)
		case was[member] && !is[member]:
			moved.Losing = append(moved.Losing, member)
		}
	}
	slices.Sort(moved.Gaining)
	slices.Sort(moved.Losing)
	moved.Held, err = heldBelow(ctx, r, before, unit)
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

// Seal writes down all of it, for the digest of a preview.
func (m Moved) Seal(to io.Writer) {
	for _, f := range m.Ended {
		fmt.Fprintln(to, "ended", f.ID)
	}
	fmt.Fprintln(to, m.Gaining, m.Losing, m.Held)
}
