package rights

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"intendant/internal/web/ui"
)

// A knot is where a box, or a line of the list, stands in the tree in which the
// arrow keys move where scripts run. A link that unfolds or folds what is under a
// unit has no level: the keys do that at the unit itself.
type knot struct {
	level  int    // from 1
	start  bool   // the drawing opens here
	opens  string // id of the link that unfolds what is under it
	closes string // and of the one that folds it
	of     string // id of the unit that a link unfolds or folds
}

func (k knot) attrs() templ.Attributes {
	attrs := templ.Attributes{}
	if k.level > 0 {
		attrs["data-level"] = strconv.Itoa(k.level)
	}
	if k.start {
		attrs["data-start"] = ""
	}
	for name, id := range map[string]string{"data-open": k.opens, "data-close": k.closes} {
		if id != "" {
			attrs[name] = id
		}
	}
	return attrs
}

// Ids of the links of the drawing, and with listed before them of the list.
const (
	unitID = "u-" // a unit, in the list its line
	stubID = "s-" // what stands for units that are folded
	foldID = "c-" // folds what is under a unit
	listed = "l"
)

// tie puts what the spot at i is to the keyboard into its box and its line in the
// list; a stub has no line of its own.
func (p *picture) tie(i int, spots []spot, items []*item) {
	one, level := spots[i], 1
	if one.parent >= 0 {
		level = p.boxes[one.parent].level + 1
	}
	p.deepest = max(p.deepest, level)
	box, unit := &p.boxes[i], one.unit.UUID
	if !one.stub {
		box.knot, items[i].knot = knot{level: level}, knot{level: level}
		if box.close != "" {
			box.closes, items[i].closes = foldID+unit, listed+foldID+unit
		}
		return
	}
	list := &items[one.parent].more[len(items[one.parent].more)-1]
	list.id = listed + box.id
	box.of, list.of = unitID+unit, listed+unitID+unit
	if one.beside {
		box.level, box.opens, list.level, list.opens = level, box.id, level, list.id
		return
	}
	p.boxes[one.parent].opens, items[one.parent].opens = box.id, list.id
}

// begin marks where the drawing opens: at what is looked for, else at the first
// unit where something is held, a role that gives something first.
func (d *drawer) begin(p *picture) {
	at, best := 0, 0
	for i, one := range d.spots {
		rank := 0
		switch {
		case one.stub:
		case one.unit.UUID == d.at.Unit:
			rank = 3
		case strong(d.marks[i].here):
			rank = 2
		case len(d.marks[i].here) > 0 && one.parent >= 0:
			rank = 1
		}
		if rank > best {
			at, best = i, rank
		}
	}
	if len(p.boxes) > 0 {
		p.boxes[at].start = true
	}
}

// inPlace makes a link that unfolds or folds load in place, and says of what. A
// twig is for the pointer: the keys do the same at the unit.
func inPlace(href, of string, twig bool) templ.Attributes {
	address, _, _ := strings.Cut(href, "#")
	attrs := ui.Live(address)
	attrs["data-of"] = of
	if twig {
		attrs["data-twig"] = ""
	}
	return attrs
}

// live are the attributes of a box beside its place in the tree: a stub loads in
// place.
func (b box) live() templ.Attributes {
	if !b.stub {
		return nil
	}
	return inPlace(b.href, b.of, b.level == 0)
}

func (b box) folding() templ.Attributes { return inPlace(b.close, b.id, true) }

func (it *item) folding() templ.Attributes { return inPlace(it.close, it.id, true) }

// line are the attributes of a stub's line, where it is one the keys stop at.
func (s stubLine) line() templ.Attributes {
	if s.level == 0 {
		return nil
	}
	attrs := s.attrs()
	attrs["id"] = s.id + "-line"
	return attrs
}

func (s stubLine) unfolding() templ.Attributes { return inPlace(s.href, s.of, s.level == 0) }
