package rights

import (
	"slices"

	"intendant/internal/directory"
	"intendant/internal/drawing"
)

// How much one drawing shows. The rest is folded and counted.
const (
	mostUnits  = 180  // units drawn, whatever is opened
	mostPaths  = 120  // of these, on the way to what is held
	family     = 24   // children shown of a branch that was opened
	offered    = 12   // children tried of a branch that nobody opened
	mostTries  = 400  // units tried while the sheet fills by itself
	sheetWidth = 712  // of a drawing that nobody opened
	mostWidth  = 9000 // and of one where everything is asked for
)

// A fold is what the reader opened and closed.
type fold struct {
	Open   map[directory.UnitID]int // branches, and how many children come before the first shown
	Closed map[directory.UnitID]bool
	Marked directory.UnitID // looked for
	All    bool
}

// A spot is one box of the scene: a unit, or a stub that stands for units that
// are not drawn.
type spot struct {
	unit   directory.Unit // of a stub: the one it hangs under
	parent int            // index in the scene
	stub   bool
	before bool // the stub stands for those before the first shown
	beside bool // the stub stands beside units that are drawn
	folded int  // of a stub: units directly under the parent
	below  int  // and all units under these
	kinds  []string
	band   int
	opens  bool // has children that are drawn
	among  int  // of a stub: how many are drawn beside it
	size   int  // units under it, drawn or not
}

// A scene chooses which units are drawn.
type scene struct {
	units    []directory.Unit // in sight, parents first
	at       map[directory.UnitID]int
	children [][]int
	size     []int // units below each
	shown    []bool
	count    int
	fold     fold
	width    func(s spot) int
	rank     map[string]int
}

// A wish is what has to be seen: where something is held, and whether it leads
// down from there.
type wish struct {
	unit  directory.UnitID
	flows bool
}

func newScene(units []directory.Unit, rank map[string]int, f fold, width func(s spot) int) *scene {
	s := &scene{units: units, at: make(map[directory.UnitID]int, len(units)), children: make([][]int, len(units)),
		size: make([]int, len(units)), shown: make([]bool, len(units)), fold: f, width: width, rank: rank}
	for i, u := range units {
		s.at[u.ID] = i
		if parent, ok := s.at[u.Parent]; ok && i > 0 {
			s.children[parent] = append(s.children[parent], i)
		}
	}
	for i := len(units) - 1; i > 0; i-- {
		if parent, ok := s.at[units[i].Parent]; ok {
			s.size[parent] += s.size[i] + 1
		}
	}
	return s
}

// choose decides what is drawn: the way to everything held and to what is
// looked for, then what reaches down from there, then the rest as far as the
// sheet goes, then what was opened. What was closed is not drawn.
func (s *scene) choose(wishes []wish) []spot {
	if len(s.units) == 0 {
		return nil
	}
	s.show(0)
	for _, w := range wishes {
		s.lead(w.unit, mostPaths)
	}
	s.lead(s.fold.Marked, mostUnits)
	s.fill(wishes)
	for _, i := range s.opened() {
		s.lead(s.units[i].ID, mostUnits)
		s.openFamily(i)
	}
	return s.spots()
}

func (s *scene) show(i int) {
	if !s.shown[i] {
		s.shown[i] = true
		s.count++
	}
}

// way are the units from the root to one; nil where a branch on it is closed.
func (s *scene) way(i int) []int {
	var way []int
	for i != 0 {
		way = append(way, i)
		i = s.at[s.units[i].Parent]
		if s.fold.Closed[s.units[i].ID] {
			return nil
		}
	}
	slices.Reverse(way)
	return way
}

// lead shows the way to a unit, if there is room for all of it.
func (s *scene) lead(unit directory.UnitID, most int) {
	i, known := s.at[unit]
	if !known {
		return
	}
	var missing []int
	for _, step := range s.way(i) {
		if !s.shown[step] {
			missing = append(missing, step)
		}
	}
	if s.count+len(missing) <= most {
		for _, step := range missing {
			s.show(step)
		}
	}
}

// opened are the branches that were opened, in tree order.
func (s *scene) opened() []int {
	var list []int
	for unit := range s.fold.Open {
		if i, known := s.at[unit]; known && !s.fold.Closed[unit] {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}

func (s *scene) openFamily(i int) {
	if !s.shown[i] {
		return
	}
	from := min(max(s.fold.Open[s.units[i].ID], 0), max(len(s.children[i])-1, 0))
	for _, child := range s.children[i][from:min(from+family, len(s.children[i]))] {
		if s.count < mostUnits {
			s.show(child)
		}
	}
}

// fill draws more as far as the sheet goes: first what a role reaches, then all
// else, each level by level.
func (s *scene) fill(wishes []wish) {
	tries, width, each := mostTries, sheetWidth, offered
	if s.fold.All {
		width, each = mostWidth, family
	}
	var reached []int
	for _, w := range wishes {
		if i, known := s.at[w.unit]; known && w.flows && s.shown[i] {
			reached = append(reached, i)
		}
	}
	for _, starts := range [][]int{reached, {0}} {
		for len(starts) > 0 && tries > 0 {
			var next []int
			for _, i := range starts {
				if s.fold.Closed[s.units[i].ID] || !s.shown[i] {
					continue
				}
				tries -= s.grow(i, min(tries, each), width)
				next = append(next, s.drawn(i)...)
			}
			starts = next
		}
	}
}

// grow draws children of a unit while the drawing stays within the width, and
// answers how many it tried.
func (s *scene) grow(i, tries, width int) int {
	tried := 0
	for _, child := range s.children[i] {
		if s.shown[child] {
			continue
		}
		if tried == tries || s.count >= mostUnits {
			break
		}
		tried++
		s.show(child)
		if s.wide() > width {
			s.shown[child] = false
			s.count--
			break
		}
	}
	return tried
}

func (s *scene) drawn(i int) []int {
	var drawn []int
	for _, child := range s.children[i] {
		if s.shown[child] {
			drawn = append(drawn, child)
		}
	}
	return drawn
}

// wide is how wide the scene is as it stands.
func (s *scene) wide() int { return sheet(0).Lay(s.nodes(s.spots())).Width }

func (s *scene) nodes(spots []spot) []drawing.Node {
	nodes := make([]drawing.Node, len(spots))
	for i, spot := range spots {
		nodes[i] = drawing.Node{Parent: spot.parent, Band: spot.band, Width: s.width(spot), Aside: spot.stub}
	}
	return nodes
}

// spots are the boxes of what is shown, with a stub for each family that is not
// there whole.
func (s *scene) spots() []spot {
	spots := make([]spot, 0, 2*s.count)
	s.put(&spots, 0, -1)
	s.packBands(spots)
	return spots
}

func (s *scene) put(spots *[]spot, i, parent int) {
	self := len(*spots)
	one := spot{unit: s.units[i], parent: parent, size: s.size[i]}
	if parent >= 0 {
		one.band = max((*spots)[parent].band+1, s.rank[one.unit.Level])
	}
	*spots = append(*spots, one)
	rows := s.children[i]
	first := slices.IndexFunc(rows, func(c int) bool { return s.shown[c] })
	if first < 0 {
		s.stub(spots, self, rows)
		return
	}
	(*spots)[self].opens = true
	(*spots)[self].among = len(rows) - len(s.hidden(rows))
	cut := max(min(s.fold.Open[one.unit.ID], len(rows)-1), 0)
	left, rest := s.hidden(rows[:cut]), s.hidden(rows[cut:])
	if len(left) > 0 {
		s.stub(spots, self, left)
		(*spots)[len(*spots)-1].before = true
	}
	for _, c := range rows {
		if s.shown[c] {
			s.put(spots, c, self)
		}
	}
	s.stub(spots, self, rest)
}

func (s *scene) hidden(rows []int) []int {
	var hidden []int
	for _, c := range rows {
		if !s.shown[c] {
			hidden = append(hidden, c)
		}
	}
	return hidden
}

// stub adds a box for units that are not drawn.
func (s *scene) stub(spots *[]spot, parent int, rows []int) {
	if len(rows) == 0 {
		return
	}
	above := (*spots)[parent]
	one := spot{unit: above.unit, parent: parent, stub: true, beside: above.opens, among: above.among, folded: len(rows), band: max(above.band+1, s.rank[s.units[rows[0]].Level])}
	for _, i := range rows {
		one.below += s.size[i]
		if level := s.units[i].Level; !slices.Contains(one.kinds, level) {
			one.kinds = append(one.kinds, level)
		}
	}
	*spots = append(*spots, one)
}

// packBands leaves out the bands that nothing stands in.
func (s *scene) packBands(spots []spot) {
	var used []int
	for _, one := range spots {
		if !slices.Contains(used, one.band) {
			used = append(used, one.band)
		}
	}
	slices.Sort(used)
	for i := range spots {
		spots[i].band, _ = slices.BinarySearch(used, spots[i].band)
	}
}

// sheet is the measure of every drawing; left is the room for the names of the
// bands.
func sheet(left int) drawing.Sheet {
	return drawing.Sheet{Left: max(left, 70), Least: sheetWidth, Margin: 8, Top: 8, Band: 88, Box: 50, Low: 34, Gap: 10, Bend: 8}
}
