package drawing

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func sheet() Sheet {
	return Sheet{Left: 70, Least: 712, Margin: 8, Top: 8, Band: 88, Box: 50, Low: 34, Gap: 10, Bend: 8}
}

// someTree is a tree with branches of any width and depth; some nodes skip
// bands, some hang aside.
func someTree(r *rand.Rand, size int) []Node {
	nodes := []Node{{Parent: -1, Width: 142}}
	for len(nodes) < size {
		parent := r.IntN(len(nodes))
		if nodes[parent].Aside {
			continue
		}
		n := Node{Parent: parent, Band: nodes[parent].Band + 1 + r.IntN(2), Width: 120 + r.IntN(60)}
		if r.IntN(5) == 0 {
			n.Aside, n.Width = true, 42+r.IntN(60)
		}
		nodes = append(nodes, n)
	}
	return nodes
}

func overlap(a, b Box) bool {
	return a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height
}

// TestLay draws many trees: every box stands alone, within the sheet and in its
// band, and every parent in the middle of those below it.
func TestLay(t *testing.T) { // ROLE-9
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		nodes := someTree(r, 1+r.IntN(120))
		l := sheet().Lay(nodes)
		for i, box := range l.Boxes {
			if box.X < sheet().Left || box.X+box.Width > l.Width || box.Y < 0 || box.Y+box.Height > l.Height {
				t.Fatalf("seed %d: box %d %v outside %d×%d", seed, i, box, l.Width, l.Height)
			}
			if band := (box.Y - sheet().Top) / sheet().Band; band != nodes[i].Band {
				t.Fatalf("seed %d: box %d in band %d, want %d", seed, i, band, nodes[i].Band)
			}
			for j := range i {
				if overlap(box, l.Boxes[j]) {
					t.Fatalf("seed %d: boxes %d %v and %d %v overlap", seed, i, box, j, l.Boxes[j])
				}
			}
		}
		centred(t, fmt.Sprint("seed ", seed), nodes, l)
		if again := sheet().Lay(nodes); !reflect.DeepEqual(again, l) {
			t.Fatalf("seed %d: drawn otherwise the second time", seed)
		}
	}
}

func centred(t *testing.T, what string, nodes []Node, l Layout) {
	t.Helper()
	for i := range nodes {
		first, last := -1, -1
		for k, n := range nodes {
			if n.Parent == i && !n.Aside {
				if first < 0 {
					first = k
				}
				last = k
			}
		}
		if first < 0 {
			continue
		}
		middle := (l.Boxes[first].Middle() + l.Boxes[last].Middle()) / 2
		if d := l.Boxes[i].Middle() - middle; d < -1 || d > 1 {
			t.Fatalf("%s: the middle of %d is at %d, those below are around %d", what, i, l.Boxes[i].Middle(), middle)
		}
	}
}

// TestHang draws a tree for a sheet that is wider than what is seen of it: each
// parent stands over the first below it, so the beginning holds the first branch.
func TestHang(t *testing.T) { // ROLE-9
	t.Parallel()
	hung := sheet()
	hung.Hang = true
	for seed := range uint64(100) {
		nodes := someTree(rand.New(rand.NewPCG(seed, 7)), 2+int(seed))
		l := hung.Lay(nodes)
		over := map[int]bool{}
		for i, n := range nodes {
			for j := range i {
				if overlap(l.Boxes[i], l.Boxes[j]) {
					t.Fatalf("seed %d: boxes %d and %d overlap", seed, i, j)
				}
			}
			if n.Parent < 0 || n.Aside || over[n.Parent] {
				continue
			}
			over[n.Parent] = true
			if got, want := l.Boxes[n.Parent].Middle(), l.Boxes[i].Middle(); got < want-1 || got > want+1 {
				t.Fatalf("seed %d: box %d stands at %d, the first below it at %d", seed, n.Parent, got, want)
			}
		}
	}
}

// TestLines follows each line: from the foot of the parent to the head of the
// child.
func TestLines(t *testing.T) {
	t.Parallel()
	l := sheet().Lay([]Node{{Parent: -1, Width: 142}, {Parent: 0, Band: 1, Width: 142}, {Parent: 0, Band: 1, Width: 142}, {Parent: 2, Band: 3, Width: 142}})
	if l.Lines[0] != "" {
		t.Errorf("the root has a line: %s", l.Lines[0])
	}
	left, right, straight := l.Lines[1], l.Lines[2], l.Lines[3]
	if !strings.Contains(left, "q0 8 -8 8H") || !strings.Contains(right, "q0 8 8 8H") {
		t.Errorf("lines %q and %q do not part", left, right)
	}
	if want := fmt.Sprintf("M%d %dV%d", l.Boxes[2].Middle(), l.Boxes[2].Y+50, l.Boxes[3].Y); straight != want {
		t.Errorf("got %q, want %q", straight, want)
	}
	if got := sheet().Lay(nil); got.Width != 0 || len(got.Boxes) != 0 {
		t.Errorf("no nodes give %v", got)
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Parc", "Agence de Rennes", strings.Repeat("Véhicules légers et très longs ", 40), strings.Repeat("m", 70_000), "東京東京東京東京東京東京東京東京東京"} {
		short := Shorten(name, 12.5, 150)
		if got := TextWidth(short, 12.5); got > 151 {
			t.Errorf("%.20q is %d wide, want at most 150", short, got)
		}
		if TextWidth(name, 12.5) <= 150 && short != name {
			t.Errorf("got %q, want %q whole", short, name)
		}
	}
}

func BenchmarkLay(b *testing.B) {
	nodes := someTree(rand.New(rand.NewPCG(1, 2)), 200)
	for b.Loop() {
		sheet().Lay(nodes)
	}
}
