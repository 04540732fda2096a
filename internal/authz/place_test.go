package authz_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// sited is a tree of a root with sites below it, in an order that a test chooses.
func sited(order []int, roles ...directory.Role) *authz.Tree {
	units := []directory.Unit{{ID: 1, UUID: "root"}}
	for at, n := range order {
		units = append(units, directory.Unit{ID: directory.UnitID(100 + n), UUID: fmt.Sprint("site-", n), Parent: 1, Level: "site", Name: fmt.Sprintf("%03d", at)})
	}
	return authz.NewTree(authz.Structure{Units: units, Roles: roles, Projects: []string{"site"},
		Rules: []authz.Rule{{Permission: authz.ManageProjects}, {Permission: authz.ViewMembers}}})
}

func given(product string) authz.PlaceAccess {
	a := directory.Access{product: {}}
	text, _ := json.Marshal(a) // it always can be
	return authz.PlaceAccess{Access: a, Text: string(text)}
}

// TestIndexPlaces puts members with places in, moves and drops them, over trees in
// another order, and holds what the index says against a map; what no place gives any
// more is not kept.
func TestIndexPlaces(t *testing.T) { // CHECK-1, SEAT-12
	const sites = 8
	products := []string{"plans", "site", "budget"}
	rapid.Check(t, func(t *rapid.T) {
		order := []int{0, 1, 2, 3, 4, 5, 6, 7}
		x := authz.NewIndex(sited(order), directory.AccountOpen, 4)
		want := map[int64]map[int]string{} // product by member and site
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			id := rapid.Int64Range(1, 4).Draw(t, "member")
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0:
				x.Drop(directory.MemberID(id))
				delete(want, id)
			case 1:
				order = rapid.Permutation(order).Draw(t, "order")
				x.Replant(sited(order), directory.AccountOpen)
			default:
				m := authz.Resident{Standing: authz.Standing{Account: 1, Member: directory.MemberID(id), User: directory.UserID(id), Status: directory.Active}, UUID: fmt.Sprint(id)}
				want[id] = map[int]string{}
				for _, n := range rapid.SliceOfDistinct(rapid.IntRange(0, sites), rapid.ID).Draw(t, "sites") {
					p := given(rapid.SampledFrom(products).Draw(t, "product"))
					p.Project = directory.UnitID(100 + n)
					m.Places = append(m.Places, p)
					if n < sites { // the last one is no unit
						want[id][n] = p.Access.Products()[0]
					}
				}
				x.Put(m)
			}
			comparePlaces(t, x, want)
		}
	})
}

func comparePlaces(t *rapid.T, x *authz.Index, want map[int64]map[int]string) {
	kept := map[string]bool{}
	for n := range 9 {
		var there, placed []int64
		x.Placed(directory.UnitID(100+n), func(i int) { placed = append(placed, int64(x.Standing(i).Member)) })
		for id := range int64(5) {
			product, is := want[id][n]
			i, found := x.OfMember(directory.MemberID(id))
			if !found {
				continue
			}
			access, got := x.Place(i, directory.UnitID(100+n))
			if got != is || is && !slices.Equal(access.Products(), []string{product}) {
				t.Fatalf("member %d at site %d: %v %t, want %q %t", id, n, access, got, product, is)
			}
			if is {
				kept[product] = true
				there = append(there, id)
			}
		}
		if slices.Sort(placed); !slices.Equal(placed, there) {
			t.Fatalf("placed at site %d: %v, want %v", n, placed, there)
		}
	}
	if x.Kept() != len(kept) {
		t.Fatalf("%d accesses kept, want %v", x.Kept(), slices.Collect(maps.Keys(kept)))
	}
}

// TestAdministersIn: who has the project by the level or a function of their place
// administers it; a grant in it, or managing projects from above, is none of this.
func TestAdministersIn(t *testing.T) { // PROJ-4, PROJ-11
	t.Parallel()
	tree := sited([]int{0, 1}, directory.Role{ID: 10, Permissions: []string{"projects.manage"}}, directory.Role{ID: 11, Permissions: []string{"members.view"}})
	for name, test := range map[string]struct {
		held   authz.Held
		status directory.Status
		want   bool
	}{
		"its place":         {authz.Held{Unit: 100, Role: 10}, directory.Active, true},
		"another place":     {authz.Held{Unit: 101, Role: 10}, directory.Active, false},
		"another role":      {authz.Held{Unit: 100, Role: 11}, directory.Active, false},
		"a grant in it":     {authz.Held{Unit: 100, Role: 10, Grant: 7}, directory.Active, false},
		"a level above":     {authz.Held{Unit: 1, Role: 10}, directory.Active, false},
		"who is off":        {authz.Held{Unit: 100, Role: 10}, directory.Inactive, false},
		"no unit there is":  {authz.Held{Unit: 900, Role: 10}, directory.Active, false},
		"no role there is ": {authz.Held{Unit: 100, Role: 90}, directory.Active, false},
	} {
		s := authz.Standing{Account: 1, Member: 5, User: 6, Status: test.status, Held: []authz.Held{test.held}}
		x := authz.NewIndex(tree, directory.AccountOpen, 1)
		x.Put(authz.Resident{Standing: s, UUID: "anna"})
		decided := authz.Decide(authz.Actor{Kind: authz.Person, User: 6}, tree, s, noon)
		if a, b := x.Rights(0, noon).AdministersIn(100), decided.AdministersIn(100); a != test.want || b != test.want {
			t.Errorf("%s: %t in the index, %t decided, want %t", name, a, b, test.want)
		}
	}
}

func TestProjects(t *testing.T) { // PROJ-1, SEAT-12
	t.Parallel()
	ps := authz.NewProjects([]authz.ProjectGround{{Project: 100, Number: "P 12", Products: []string{"plans"}}, {Project: 101}})
	if at, found := ps.Numbered("p12"); !found || at != 100 {
		t.Errorf("p12 is %d, %t", at, found)
	}
	for _, number := range []string{"", " ", "P 13"} {
		if at, found := ps.Numbered(number); found {
			t.Errorf("%q is %d", number, at)
		}
	}
	var none *authz.Projects
	if _, found := none.Numbered("P 12"); found || none.Has(100, "plans") || none.Number(100) != "" {
		t.Error("something of no projects")
	}
	if !ps.Has(100, "plans") || ps.Has(100, "site") || ps.Has(101, "plans") || ps.Has(102, "plans") || ps.Number(100) != "P 12" {
		t.Error("what is switched on")
	}
}

// BenchmarkPlaces takes a million places of 200,000 members in 5,000 projects in, and
// says how many bytes each of them costs.
func BenchmarkPlaces(b *testing.B) {
	const members, each, sites = 200_000, 5, 5_000
	order := make([]int, sites)
	for i := range order {
		order[i] = i
	}
	tree := sited(order)
	fill := func(places int) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := authz.NewIndex(tree, directory.AccountOpen, members)
		kinds := make([]authz.PlaceAccess, 200)
		for i := range kinds {
			kinds[i] = given(fmt.Sprint("product-", i))
		}
		for i := range members {
			m := authz.Resident{Standing: authz.Standing{Account: 1, Member: directory.MemberID(i + 1), User: directory.UserID(i + 1), Status: directory.Active}, UUID: "m"}
			for k := range places {
				p := kinds[(i*7+k*13)%len(kinds)]
				p.Project = directory.UnitID(100 + (i*31+k*997)%sites)
				m.Places = append(m.Places, p)
			}
			x.Put(m)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(x)
		return after.HeapAlloc - before.HeapAlloc
	}
	for b.Loop() {
		b.ReportMetric(float64(int64(fill(each))-int64(fill(0)))/(members*each), "B/place")
	}
}
