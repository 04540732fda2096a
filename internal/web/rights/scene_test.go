package rights

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"intendant/internal/directory"
	"intendant/internal/drawing"
)

// someUnits is a tree of n units in tree order, with some very wide branches.
func someUnits(r *rand.Rand, n int) []directory.Unit {
	parents, depth := make([]int, n), make([]int, n)
	for i := 1; i < n; i++ {
		parents[i] = r.IntN(i)
		if r.IntN(3) > 0 {
			parents[i] = r.IntN(min(i, 4)) // wide branches near the top
		}
		depth[i] = depth[parents[i]] + 1
	}
	under := make([][]int, n)
	for i := 1; i < n; i++ {
		under[parents[i]] = append(under[parents[i]], i)
	}
	var units []directory.Unit
	var walk func(i int)
	walk = func(i int) {
		u := directory.Unit{ID: directory.UnitID(i + 1), UUID: fmt.Sprint("u", i+1), Name: fmt.Sprint("Unité ", i+1), Level: fmt.Sprint("l", min(depth[i], 4))}
		if i > 0 {
			u.Parent = directory.UnitID(parents[i] + 1)
		}
		units = append(units, u)
		for _, c := range under[i] {
			walk(c)
		}
	}
	walk(0)
	return units
}

func someRanks() map[string]int { return map[string]int{"l1": 1, "l2": 2, "l3": 3, "l4": 4} }

func usual(one spot) int {
	if one.stub {
		return 60
	}
	return min(drawing.TextWidth(one.unit.Name, nameSize)+40, boxMost)
}

// TestScene folds and opens trees of every size at random: whatever is asked,
// no more than the most is drawn, every unit is either drawn or counted once, and
// what is drawn hangs together.
func TestScene(t *testing.T) { // ROLE-9
	t.Parallel()
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 11))
		units := someUnits(r, 1+r.IntN(600))
		f := fold{Open: map[directory.UnitID]int{}, Closed: map[directory.UnitID]bool{}, All: r.IntN(4) == 0}
		any := func() directory.UnitID { return units[r.IntN(len(units))].ID }
		for range r.IntN(6) {
			f.Open[any()] = r.IntN(3) * family
		}
		for range r.IntN(3) {
			f.Closed[any()] = true
		}
		f.Marked = any()
		var wishes []wish
		for range r.IntN(8) {
			wishes = append(wishes, wish{any(), r.IntN(2) == 0})
		}
		spots := newScene(units, someRanks(), f, usual).choose(wishes)
		wholeScene(t, fmt.Sprint("seed ", seed), units, f, spots)
		if again := newScene(units, someRanks(), f, usual).choose(wishes); !reflect.DeepEqual(again, spots) {
			t.Fatalf("seed %d: chosen otherwise the second time", seed)
		}
	}
}

func wholeScene(t *testing.T, what string, units []directory.Unit, f fold, spots []spot) {
	t.Helper()
	drawn, folded := 0, 0
	seen := map[directory.UnitID]bool{}
	for i, one := range spots {
		switch {
		case one.stub:
			folded += one.folded + one.below
			if one.folded == 0 {
				t.Fatalf("%s: a stub stands for nothing", what)
			}
		case seen[one.unit.ID]:
			t.Fatalf("%s: %s is drawn twice", what, one.unit.Name)
		default:
			drawn++
			seen[one.unit.ID] = true
		}
		if i > 0 && (one.parent >= i || spots[one.parent].stub) {
			t.Fatalf("%s: box %d hangs on nothing", what, i)
		}
		if i > 0 && one.band <= spots[one.parent].band {
			t.Fatalf("%s: box %d stands no lower than the one above", what, i)
		}
		if i > 0 && !one.stub && f.Closed[spots[one.parent].unit.ID] {
			t.Fatalf("%s: %s is drawn under a closed branch", what, one.unit.Name)
		}
	}
	if drawn+folded != len(units) || drawn > mostUnits {
		t.Fatalf("%s: %d drawn and %d folded of %d", what, drawn, folded, len(units))
	}
}

// TestSceneShows names what a reader must find: the way to what is held and
// looked for, and every part of a wide branch.
func TestSceneShows(t *testing.T) {
	t.Parallel()
	units := []directory.Unit{{ID: 1, Name: "Groupe Maraval"}}
	for i := range 300 {
		units = append(units, directory.Unit{ID: directory.UnitID(2 + i), UUID: fmt.Sprint(i), Parent: 1, Level: "l1", Name: fmt.Sprintf("Agence %03d", i)})
	}
	has := func(spots []spot, unit directory.UnitID) bool {
		for _, one := range spots {
			if !one.stub && one.unit.ID == unit {
				return true
			}
		}
		return false
	}
	t.Run("ROLE-9 what is held far down a wide branch is drawn", func(t *testing.T) {
		spots := newScene(units, someRanks(), fold{Marked: 299}, usual).choose([]wish{{unit: 250, flows: true}})
		if !has(spots, 250) || !has(spots, 299) {
			t.Error("the unit held or the one looked for is folded")
		}
	})
	t.Run("a wide branch is shown part by part", func(t *testing.T) {
		met := map[directory.UnitID]bool{}
		for from := 0; from < 300; from += family {
			for _, one := range newScene(units, someRanks(), fold{Open: map[directory.UnitID]int{1: from}}, usual).choose(nil) {
				if !one.stub {
					met[one.unit.ID] = true
				}
			}
		}
		if len(met) != 301 {
			t.Errorf("%d units are met, want 301", len(met))
		}
	})
	t.Run("a first view fits the page", func(t *testing.T) {
		s := newScene(units, someRanks(), fold{}, usual)
		if spots := s.choose(nil); s.wide() > sheetWidth || len(spots) < 3 {
			t.Errorf("%d boxes, %d wide", len(spots), s.wide())
		}
	})
	if spots := newScene(nil, nil, fold{}, usual).choose(nil); len(spots) != 0 {
		t.Errorf("no units give %v", spots)
	}
}

// TestSceneOfManyUnits draws an account of 10,000 units, all of it and its
// widest branches asked for.
func TestSceneOfManyUnits(t *testing.T) {
	t.Parallel()
	units := someUnits(rand.New(rand.NewPCG(3, 4)), 10_000)
	start := time.Now()
	const rounds = 5
	for range rounds {
		for _, f := range []fold{{}, {All: true}, {Open: map[directory.UnitID]int{1: 3000, 2: 1000, 3: 24}}} {
			spots := newScene(units, someRanks(), f, usual).choose([]wish{{9_000, true}, {1, false}})
			wholeScene(t, "10,000 units", units, f, spots)
		}
	}
	took := time.Since(start) / (3 * rounds)
	t.Logf("one scene of 10,000 units: %s", took)
	if took > time.Second {
		t.Errorf("one scene took %s, want at most a second", took)
	}
}

func BenchmarkScene(b *testing.B) {
	units := someUnits(rand.New(rand.NewPCG(3, 4)), 10_000)
	for b.Loop() {
		newScene(units, someRanks(), fold{}, usual).choose([]wish{{9_000, true}, {1, false}})
	}
}
