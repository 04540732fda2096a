package authz_test

import (
	"slices"
	"testing"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// smallIndex is a tree of a root with two units, and people who hold things.
func smallIndex(t testing.TB) (*authz.Index, time.Time) {
	t.Helper()
	tree := authz.NewTree(authz.Structure{
		Units: []directory.Unit{{ID: 1, UUID: "u1", Level: "account"}, {ID: 2, UUID: "u2", Parent: 1, Level: "group", Name: "A", External: "G-2"},
			{ID: 3, UUID: "u3", Parent: 1, Level: "group", Name: "B"}},
		Roles: []directory.Role{{ID: 10, Permissions: []string{"plan"}}, {ID: 11, Permissions: []string{"book"}}},
		Rules: []authz.Rule{{Permission: "plan"}, {Permission: "book", Levels: []string{"account"}}},
	})
	x := authz.NewIndex(tree, directory.AccountOpen, 4)
	put := func(id int64, status directory.Status, number string, held ...authz.Held) {
		x.Put(authz.Resident{UUID: "m" + string(rune('0'+id)), Names: map[string]string{authz.ByPersonnelNumber: number},
			Standing: authz.Standing{Account: 1, Member: directory.MemberID(id), User: directory.UserID(100 + id), Status: status, Home: 1, Held: held}})
	}
	put(1, directory.Active, "77", authz.Held{Unit: 1, Role: 10})
	put(2, directory.Active, "", authz.Held{Unit: 2, Role: 10}, authz.Held{Unit: 2, Role: 11})
	put(3, directory.Inactive, "78", authz.Held{Unit: 2, Role: 10})
	put(4, directory.Active, "79", authz.Held{Unit: 3, Role: 10})
	return x, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
}

func members(x *authz.Index, visit func(func(i int))) []directory.MemberID {
	var found []directory.MemberID
	visit(func(i int) { found = append(found, x.Standing(i).Member) })
	slices.Sort(found)
	return found
}

func TestIndexAllowed(t *testing.T) { // CHECK-3
	t.Parallel()
	x, noon := smallIndex(t)
	for _, test := range []struct {
		permission authz.Permission
		unit       directory.UnitID
		want       []directory.MemberID
	}{
		{"plan", 2, []directory.MemberID{1, 2}}, {"plan", 0, []directory.MemberID{1}}, {"plan", 3, []directory.MemberID{1, 4}},
		{"book", 2, nil}, {"fly", 2, nil}, {"plan", 99, nil},
	} {
		got := members(x, func(visit func(int)) { x.Allowed(test.permission, test.unit, noon, visit) })
		if !slices.Equal(got, test.want) {
			t.Errorf("%s at %d: %v, want %v", test.permission, test.unit, got, test.want)
		}
	}
	held := members(x, func(visit func(int)) {
		x.Holders("plan", func(i int, unit directory.UnitID) {
			if unit == 2 {
				visit(i)
			}
		})
	})
	if !slices.Equal(held, []directory.MemberID{2, 3}) {
		t.Errorf("holders at a unit: %v", held)
	}
}

// TestIndexSharedNames: a name that two go by is nobody's.
func TestIndexSharedNames(t *testing.T) {
	t.Parallel()
	x, _ := smallIndex(t)
	find := func() directory.MemberID {
		i, found := x.Find(authz.ByPersonnelNumber, "77")
		if !found {
			return 0
		}
		return x.Standing(i).Member
	}
	number := func(id int64, number string) {
		x.Put(authz.Resident{UUID: "x", Names: map[string]string{authz.ByPersonnelNumber: number},
			Standing: authz.Standing{Member: directory.MemberID(id), User: directory.UserID(100 + id), Status: directory.Active}})
	}
	if got := find(); got != 1 {
		t.Fatalf("77 is %d, want 1", got)
	}
	number(5, "77")
	number(6, "77")
	if got := find(); got != 0 {
		t.Errorf("claimed by three: %d", got)
	}
	x.Drop(1)
	number(5, "80")
	if got := find(); got != 6 {
		t.Errorf("claimed by the last: %d, want 6", got)
	}
	x.Drop(6)
	if got := find(); got != 0 {
		t.Errorf("claimed by nobody: %d", got)
	}
}

func TestTreeUnitNames(t *testing.T) {
	t.Parallel()
	x, _ := smallIndex(t)
	if id, found := x.Tree().UnitByUUID("u3"); !found || id != 3 {
		t.Errorf("u3 is %d", id)
	}
	if id, found := x.Tree().UnitByExternal("G-2"); !found || id != 2 {
		t.Errorf("G-2 is %d", id)
	}
	if _, found := x.Tree().UnitByExternal(""); found {
		t.Error("no external id finds a unit")
	}
}
