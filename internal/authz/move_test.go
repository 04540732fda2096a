package authz

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/directory"
)

// TestMovedChangesWhatWasSaid draws trees, roles and people, moves a unit, and
// holds every decision at every unit against the preview: nobody gains or loses
// anything, anywhere, that it did not say, and all that it said comes true.
func TestMovedChangesWhatWasSaid(t *testing.T) { // UNIT-4, ROLE-6
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		s := drawStructure(t)
		before := NewTree(s)
		size := directory.UnitID(len(s.Units))
		unit := directory.UnitID(rapid.Int64Range(2, int64(size)).Draw(t, "unit"))
		parent := directory.UnitID(rapid.Int64Range(1, int64(size)).Draw(t, "parent"))
		after, err := before.Moved(unit, parent)
		if below := before.Covers(unit, parent); (err != nil) != below {
			t.Fatalf("moved below itself: %t, refused: %v", below, err)
		}
		if err != nil {
			return
		}
		held := drawHeld(t, s)
		said := Shifted(before, after, held, unit)
		standing := Standing{Member: 1, User: 1, Status: directory.Active, Held: held}
		had, has := Decide(Actor{Kind: Person, User: 1}, before, standing, noon), Decide(Actor{Kind: Person, User: 1}, after, standing, noon)
		var gained, lost []Permission
		for id := directory.UnitID(1); id <= size; id++ {
			was, is := had.At(id), has.At(id)
			gained, lost = append(gained, without(is, was)...), append(lost, without(was, is)...)
			if !before.Covers(unit, id) && !slices.Equal(was, is) {
				t.Fatalf("rights at unit %d, which stays, were %v and are %v", id, was, is)
			}
		}
		same(t, "gained", gained, said.Gained)
		same(t, "lost", lost, said.Lost)
		if !said.None() && !slices.ContainsFunc(held, func(h Held) bool { return slices.Contains(before.Apart(before.parentOf(unit), parent), h.Unit) }) {
			t.Fatalf("rights change for somebody who holds nothing on either way: %v", held)
		}
	})
}

// parentOf is the unit above one.
func (t *Tree) parentOf(id directory.UnitID) directory.UnitID {
	u, _ := t.Unit(id)
	return u.Parent
}

func same(t *rapid.T, what string, got, want []Permission) {
	slices.Sort(got)
	want = slices.Clone(want)
	slices.Sort(want)
	if got := slices.Compact(got); !slices.Equal(got, want) {
		t.Fatalf("%s %v, the preview said %v", what, got, want)
	}
}

func drawStructure(t *rapid.T) Structure {
	levels := []string{"group", "company", "fleet"}
	s := Structure{Rules: []Rule{{Permission: "a"}, {Permission: "b", Levels: []string{RootLevel, "group"}}, {Permission: "c", Levels: []string{"fleet"}},
		{Permission: "d"}, {Permission: "e", Levels: []string{"company"}}}}
	s.Units = []directory.Unit{{ID: 1, Name: "root", Level: RootLevel}}
	for id := range rapid.IntRange(1, 12).Draw(t, "units") {
		s.Units = append(s.Units, directory.Unit{ID: directory.UnitID(id + 2), Name: fmt.Sprint("unit ", id%3),
			Parent: directory.UnitID(rapid.Int64Range(1, int64(id+1)).Draw(t, "under")), Level: rapid.SampledFrom(levels).Draw(t, "level")})
	}
	for id := range 3 {
		s.Roles = append(s.Roles, directory.Role{ID: directory.RoleID(id + 1),
			Permissions: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), rapid.ID[string]).Draw(t, "permissions")})
	}
	return s
}

func drawHeld(t *rapid.T, s Structure) []Held {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Held {
		return Held{Unit: directory.UnitID(rapid.Int64Range(1, int64(len(s.Units))).Draw(t, "at")), Role: directory.RoleID(rapid.Int64Range(1, 3).Draw(t, "role"))}
	}), 0, 5).Draw(t, "held")
}

func TestMovedRefuses(t *testing.T) {
	t.Parallel()
	tree := NewTree(Structure{Units: []directory.Unit{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3, Parent: 2}}})
	for _, test := range []struct {
		name         string
		unit, parent directory.UnitID
		code         string
	}{
		{"UNIT-4 under its own descendant", 2, 3, "unit.under_itself"},
		{"UNIT-4 under itself", 2, 2, "unit.under_itself"},
		{"the root", 1, 2, "unit.root"},
		{"what is not there", 9, 1, "unit.not_found"},
		{"to where nothing is", 2, 9, "unit.not_found"},
		{"to another place", 3, 1, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := tree.Moved(test.unit, test.parent)
			var refusal *directory.Error
			if code := ""; errors.As(err, &refusal) {
				code = refusal.Code
				if code != test.code {
					t.Errorf("refused with %s, want %q", code, test.code)
				}
			} else if test.code != "" {
				t.Errorf("not refused, want %s", test.code)
			}
		})
	}
}
