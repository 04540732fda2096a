// Package drawing lays out trees: boxes in bands, one band a level, and lines
// from each box to those below it. It knows no colours, no words and no
// addresses, only places, and answers the same for the same tree.
//
// Each branch has a strip of the sheet to itself, over its whole height. So no
// two boxes overlap, and a line that passes a band without stopping there
// crosses nothing.
package drawing

import "strconv"

// A Node is one box of a tree. Nodes stand in any order in which parents come
// before their children; the children of one parent are drawn from left to right
// in the order of the nodes.
type Node struct {
	Parent int // index of the node above; below 0 for the root
	Band   int // below its parent's; bands may be skipped
	Width  int
	Aside  bool // hangs beside the others: a parent is centred without it
}

// A Sheet says how large everything is, in units of the drawing.
type Sheet struct {
	Left   int // kept free at the left, for the names of the bands
	Least  int // width of the sheet at least
	Margin int // at the right
	Top    int
	Band   int  // height of a band
	Box    int  // height of a box
	Low    int  // height of a box aside
	Gap    int  // between branches
	Bend   int  // radius of a corner
	Hang   bool // a parent stands over the first of those below it, not in their middle
}

// A Box is where one node stands.
type Box struct{ X, Y, Width, Height int }

// Middle is the horizontal middle of the box.
func (b Box) Middle() int { return b.X + b.Width/2 }

// A Layout is where everything of one tree stands. Boxes and Lines go by the
// index of their node; the root has no line.
type Layout struct {
	Width, Height int
	Boxes         []Box
	Lines         []string // the d of a path, from the parent down to the node
}

// Lay lays out a tree. It answers an empty layout for no nodes.
func (s Sheet) Lay(nodes []Node) Layout {
	if len(nodes) == 0 {
		return Layout{}
	}
	l := layer{Sheet: s, nodes: nodes, below: make([][]int, len(nodes)), strips: make([]strip, len(nodes))}
	for i, n := range nodes {
		if n.Parent >= 0 {
			l.below[n.Parent] = append(l.below[n.Parent], i)
		}
	}
	for i := len(nodes) - 1; i >= 0; i-- {
		l.measure(i)
	}
	return l.place()
}

// A strip is what one branch needs beside the middle of its topmost box, and
// where that middle stands from the left end of the parent's row.
type strip struct{ left, right, at int }

type layer struct {
	Sheet
	nodes  []Node
	below  [][]int
	strips []strip
}

// measure finds the strip of a node whose children are measured.
func (l *layer) measure(i int) {
	half := (l.nodes[i].Width + 1) / 2
	l.strips[i].left, l.strips[i].right = half, half
	row := l.below[i]
	if len(row) == 0 {
		return
	}
	end, first, last := 0, -1, -1
	for k, child := range row {
		if k > 0 {
			end += l.Gap
		}
		c := &l.strips[child]
		c.at = end + c.left
		end = c.at + c.right
		if !l.nodes[child].Aside {
			if first < 0 {
				first = c.at
			}
			last = c.at
		}
	}
	if first < 0 {
		first, last = l.strips[row[0]].at, l.strips[row[len(row)-1]].at
	}
	middle := (first + last) / 2
	if l.Hang {
		middle = first
	}
	l.strips[i].left, l.strips[i].right = max(half, middle), max(half, end-middle)
	for _, child := range row {
		l.strips[child].at -= middle // from the parent's middle
	}
}

// place turns strips into boxes and lines.
func (l *layer) place() Layout {
	root := l.strips[0]
	out := Layout{Boxes: make([]Box, len(l.nodes)), Lines: make([]string, len(l.nodes))}
	out.Width = max(l.Least, l.Left+root.left+root.right+l.Margin)
	spare := out.Width - l.Left - l.Margin - root.left - root.right
	middles := make([]int, len(l.nodes))
	for i, n := range l.nodes {
		if n.Parent < 0 {
			middles[i] = l.Left + spare/2 + root.left
		} else {
			middles[i] = middles[n.Parent] + l.strips[i].at
		}
		height := l.Box
		if n.Aside {
			height = l.Low
		}
		b := Box{X: middles[i] - n.Width/2, Y: l.Top + n.Band*l.Band + (l.Band-height)/2, Width: n.Width, Height: height}
		out.Boxes[i], out.Height = b, max(out.Height, l.Top+(n.Band+1)*l.Band+l.Top)
		if n.Parent >= 0 {
			out.Lines[i] = l.line(out.Boxes[n.Parent], b)
		}
	}
	return out
}

// line leads down from a box, turns half way to the next band, and ends on the
// other box.
func (l *layer) line(from, to Box) string {
	x, target := from.Middle(), to.Middle()
	start := "M" + strconv.Itoa(x) + " " + strconv.Itoa(from.Y+from.Height)
	end := "V" + strconv.Itoa(to.Y)
	across := target - x
	if across == 0 {
		return start + end
	}
	side, room := 1, across
	if across < 0 {
		side, room = -1, -across
	}
	bend := min(l.Bend, room/2)
	turn := from.Y + from.Height + (l.Band-l.Box)/2
	b, s := strconv.Itoa(bend), strconv.Itoa(side*bend)
	if room < 2 {
		return start + "V" + strconv.Itoa(turn) + "H" + strconv.Itoa(target) + end
	}
	return start + "V" + strconv.Itoa(turn-bend) + "q0 " + b + " " + s + " " + b +
		"H" + strconv.Itoa(target-side*bend) + "q" + s + " 0 " + s + " " + b + end
}
