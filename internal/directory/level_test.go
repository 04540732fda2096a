package directory_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/directory"
)

// TestLevelsStandOneWay: whatever levels a member is given, in whatever order and
// however often, the same set stands in them in the same way, the administrator level
// first, and comes back as it was given.
func TestLevelsStandOneWay(t *testing.T) { // ADD-8, ACC-5
	roles := []directory.Role{{ID: 7, Kind: directory.Level, Code: "standards"}, {ID: 5, Kind: directory.Level, Code: directory.AdminLevel},
		{ID: 3, Kind: directory.Level, Code: "executive"}, {ID: 9, Kind: directory.Level, Code: "own"}}
	const administrator directory.RoleID = 5
	rapid.Check(t, func(rt *rapid.T) {
		one := rapid.SampledFrom([]directory.RoleID{0, 3, 5, 7, 9})
		given := rapid.SliceOfN(one, 0, 6).Draw(rt, "levels")
		before := directory.Member{ID: 1}.WithLevels(administrator, rapid.SliceOfN(one, 0, 6).Draw(rt, "before")...)
		m := before.WithLevels(administrator, given...)
		set := map[directory.RoleID]bool{}
		for _, id := range given {
			if id != 0 {
				set[id] = true
			}
		}
		got := m.Levels()
		if want := slices.Sorted(maps.Keys(set)); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
			rt.Fatalf("given %v, holds %v", given, got)
		}
		if (m.Level == administrator) != set[administrator] || m.Level == 0 && len(m.MoreLevels) > 0 || slices.Contains(m.MoreLevels, m.Level) {
			rt.Fatalf("given %v, %d stands first and %v beside it", given, m.Level, m.MoreLevels)
		}
		if again := m.WithLevels(administrator, rapid.Permutation(got).Draw(rt, "again")...); !slices.Equal(again.Levels(), got) {
			rt.Fatalf("%v given again are %v", got, again.Levels())
		}
		var codes []string
		for _, o := range m.LevelsOf(roles) {
			codes = append(codes, o.Code)
		}
		if len(codes) != len(got) || len(codes) > 0 && (codes[0] == directory.AdminLevel) != set[administrator] {
			rt.Fatalf("levels %v are the roles %v", got, codes)
		}
		text := directory.JoinLevels(slices.Concat(codes, []string{""}, codes))
		if back := (directory.DraftRow{Level: text}).Levels(); directory.JoinLevels(back) != text || !slices.Equal(back, slices.Sorted(slices.Values(codes))) {
			rt.Fatalf("%v are written %q and read %v", codes, text, back)
		}
		if held := before.Levels(); !slices.Equal(held, before.WithLevels(administrator, held...).Levels()) {
			rt.Fatalf("the member that was changed holds %v", held)
		}
	})
}
