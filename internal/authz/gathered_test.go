package authz_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"intendant/internal/authz"
	"intendant/internal/directory"
)

// TestLaidAsPut gathers what people have in any order by several readers, with what is
// of nobody in the index among it, and holds the index against one into which each was
// put with all they have.
func TestLaidAsPut(t *testing.T) { // CHECK-1, ROLE-9
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	roles := []directory.Role{{ID: 10, Permissions: []string{string(authz.ViewMembers)}}, {ID: 11, Permissions: []string{string(authz.ManageProjects)}}}
	tree := sited([]int{2, 0, 3, 1}, roles...)
	rapid.Check(t, func(t *rapid.T) {
		put, laid := authz.NewIndex(tree, directory.AccountOpen, 4), authz.NewIndex(tree, directory.AccountOpen, 4)
		parts := []*authz.Gathered{authz.Gather(tree), authz.Gather(tree), authz.Gather(tree)}
		const people, gone = 6, 7
		var have []func(g *authz.Gathered)
		for id := directory.MemberID(1); id <= gone; id++ {
			m := authz.Resident{Standing: authz.Standing{Account: 1, Member: id, User: directory.UserID(id), Status: directory.Active}, UUID: fmt.Sprint(id)}
			if id <= people {
				laid.Put(m)
			}
			for _, n := range rapid.SliceOfDistinct(rapid.IntRange(0, 4), rapid.ID).Draw(t, "sites") { // the last one is no unit
				p := given(rapid.SampledFrom([]string{"plans", "site"}).Draw(t, "product"))
				p.Project = directory.UnitID(100 + n)
				held := authz.Held{Unit: p.Project, Role: rapid.SampledFrom([]directory.RoleID{10, 11, 12}).Draw(t, "role")}
				used := authz.Product{Name: fmt.Sprint(n)}
				m.Places, m.Held, m.Holds = append(m.Places, p), append(m.Held, held), append(m.Holds, used)
				have = append(have,
					func(g *authz.Gathered) { g.Hold(id, held) },
					func(g *authz.Gathered) { g.Use(id, used) },
					func(g *authz.Gathered) {
						read := func([]byte) (directory.Access, error) { return p.Access, nil }
						if err := g.Place(id, p.Project, []byte(p.Text), read); err != nil {
							t.Fatal(err)
						}
					})
			}
			if id <= people {
				put.Put(m)
			}
		}
		for _, one := range rapid.Permutation(have).Draw(t, "order") {
			one(parts[rapid.IntRange(0, 2).Draw(t, "reader")])
		}
		laid.Lay(parts...)
		for i := range people {
			got, want := told(laid, i, now), told(put, i, now)
			if !slices.Equal(got, want) {
				t.Fatalf("member %d: %v, want %v", i+1, got, want)
			}
		}
		if laid.Kept() != put.Kept() {
			t.Fatalf("keeps %d accesses, want %d", laid.Kept(), put.Kept())
		}
	})
}

// told is all that an index says of the member at a place.
func told(x *authz.Index, i int, now time.Time) []string {
	rights := x.Rights(i, now)
	var all []string
	for n := range 4 {
		site := directory.UnitID(100 + n)
		access, there := x.Place(i, site)
		all = append(all, fmt.Sprint(rights.At(site), rights.AdministersIn(site), access, there))
	}
	var uses []string
	for _, p := range x.Uses(i) {
		uses = append(uses, p.Name)
	}
	slices.Sort(uses)
	return append(all, uses...)
}
