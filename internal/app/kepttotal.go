package app

import (
	"context"
	"slices"

	"intendant/internal/directory"
	"intendant/internal/store"
)

// keptTotal is how many members a list without further filters has, when the
// kept counts say so: the whole account or some of its statuses, or the part of
// the tree that is asked for or in sight (LIST-12). It answers false for any
// other list.
func (l *listing) keptTotal(ctx context.Context, list store.MemberList) (total int64, kept bool, err error) {
	rest := list.Filter
	rest.Statuses, rest.Units = nil, nil
	within := len(list.Filter.Units) > 0 || !list.Scope.All()
	switch {
	case !rest.Empty() || within && len(list.Filter.Statuses) > 0:
		return 0, false, nil
	case within:
		homes, err := l.homes.of(ctx, l.r, list.Account)
		return atUnitsInSight(homes, list), true, err
	case len(list.Filter.Statuses) == 0:
		return l.counts.Members(), true, nil
	}
	for status, n := range l.counts.ByStatus {
		if slices.Contains(list.Filter.Statuses, directory.Status(status)) {
			total += n
		}
	}
	return total, true, nil
}

// atUnitsInSight adds up the members of the home units that a list means.
func atUnitsInSight(homes map[directory.UnitID]int64, list store.MemberList) int64 {
	meant := slices.Compact(slices.Sorted(slices.Values(list.Filter.Units)))
	if len(meant) == 0 {
		meant = list.Scope.Units()
	}
	var total int64
	for _, unit := range meant {
		if list.Scope.Sees(unit) {
			total += homes[unit]
		}
	}
	return total
}
