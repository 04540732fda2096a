package directory

import (
	"slices"
	"time"
)

// PreferenceUnits is how many units a member may place or tick.
const PreferenceUnits = 1000

// A PreferenceValue is what somebody chose of one preference: an option, a unit
// or an order, by the preference's kind. The zero value chooses nothing: the
// catalogue's default or the general setting applies (PREF-1).
type PreferenceValue struct {
	Choice string   // an option's id
	Unit   string   // a unit's public id
	Order  []string // public ids of the units that come first; all others follow as they stand in the tree
	Ticked []string // public ids of the units that are ticked beforehand
}

// Empty reports whether nothing is chosen.
func (v PreferenceValue) Empty() bool {
	return v.Choice == "" && v.Unit == "" && len(v.Order) == 0 && len(v.Ticked) == 0
}

// Equal reports whether both choose the same.
func (v PreferenceValue) Equal(o PreferenceValue) bool {
	return v.Choice == o.Choice && v.Unit == o.Unit && slices.Equal(v.Order, o.Order) && slices.Equal(v.Ticked, o.Ticked)
}

// A Preference is what is set for one member.
type Preference struct {
	Member  MemberID
	ID      string // of the catalogue
	Value   PreferenceValue
	By      UserID
	At      time.Time
	Version int64
}

// InOrder is the list of natural with those of first before all others.
func InOrder(natural, first []string) []string {
	if len(first) == 0 {
		return slices.Clone(natural)
	}
	known := make(map[string]bool, len(natural))
	for _, id := range natural {
		known[id] = true
	}
	list := make([]string, 0, len(natural))
	for _, id := range first {
		if known[id] {
			list = append(list, id)
			delete(known, id)
		}
	}
	for _, id := range natural {
		if known[id] {
			list = append(list, id)
		}
	}
	return list
}

// Moved is the list with some of its members at other places, counted from 1.
// Who is given a place takes it; the others keep their order around them.
func Moved(list []string, places map[string]int) []string {
	var moving []string
	stay := make([]string, 0, len(list))
	for i, id := range list {
		if at, told := places[id]; told && at != i+1 {
			moving = append(moving, id)
		} else {
			stay = append(stay, id)
		}
	}
	slices.SortStableFunc(moving, func(a, b string) int { return places[a] - places[b] })
	for _, id := range moving {
		stay = slices.Insert(stay, max(0, min(places[id]-1, len(stay))), id)
	}
	return stay
}

// Leading is the shortest beginning of list that says its whole order: what
// follows stands as in natural.
func Leading(natural, list []string) []string {
	at := make(map[string]int, len(natural))
	for i, id := range natural {
		at[id] = i
	}
	k := len(list)
	for k > 0 && (k == len(list) || at[list[k-1]] < at[list[k]]) {
		k--
	}
	return list[:k]
}
