package e2e

import (
	"testing"

	"intendant/internal/browsertest"
)

// TestGuideOnAPhone: the contents are folded until they are asked for, lead to a section
// without covering it, and are at hand wherever the reader has come to. On a desk they
// stand beside the text.
func TestGuideOnAPhone(t *testing.T) { // PREF-2
	eachWith(t, nil, func(w *world) {
		s := w.maraval("construction")
		const summary, links, last = ".in-guide nav summary", ".in-guide nav li a", "#when-something-does-not-work"
		s.Viewport(1280, 900)
		s.Open(network + "/guide")
		if n := len(s.Boxes(links)); n < 15 {
			t.Errorf("PREF-2 on a desk %d sections stand beside the text", n)
		}
		s.Viewport(390, 844)
		s.Open(network + "/guide")
		if n := len(s.Boxes(links)); n != 0 {
			t.Errorf("PREF-2 on a phone %d sections are unfolded from the start", n)
		}
		s.In(".in-guide").Click("Sommaire")
		if n := len(s.Boxes(links)); n < 15 {
			t.Fatalf("PREF-2 unfolded, %d sections are shown", n)
		}
		s.In(".in-guide nav").Click("Quand quelque chose ne va pas")
		stands := s.Boxes(summary)
		heading := s.Boxes(last)
		if len(stands) != 1 || stands[0].Top < 0 || stands[0].Bottom > 120 || len(heading) != 1 || heading[0].Top < stands[0].Bottom-1 || heading[0].Top > 844 {
			t.Errorf("PREF-2 at the last section the contents stand at %v, its heading at %v", stands, heading)
		}
		if n := len(s.Boxes(links)); n != 0 {
			t.Errorf("PREF-2 after a section was chosen %d stay unfolded over it", n)
		}
		s.LooksRight("guide")
	})
}

// TestWaysOfAddingOnAPhone: the other ways to add members stand one a line, each at the
// left edge.
func TestWaysOfAddingOnAPhone(t *testing.T) { // ADD-3
	eachWith(t, nil, func(w *world) {
		s := w.maraval("construction")
		s.Viewport(390, 844)
		s.Open(network + "/members/add")
		oneALine(t, s)
		s.NoSidewaysScroll()
	})
}

func oneALine(t *testing.T, s *browsertest.Story) {
	t.Helper()
	ways := s.Boxes(".in-head__acts .btn")
	if len(ways) != 3 {
		t.Fatalf("ADD-3 %d other ways to add members", len(ways))
	}
	for i, way := range ways[1:] {
		if way.Top < ways[i].Bottom || way.Left != ways[0].Left {
			t.Errorf("ADD-3 the ways stand at %v", ways)
		}
	}
}
