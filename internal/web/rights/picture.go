package rights

import (
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/drawing"
)

// A picture is a drawn tree in words and places. Classes carry all colour.
type picture struct {
	width, height int
	left          int // of it is kept for the names of the bands
	bands         []band
	lines         []line
	boxes         []box
	list          *item // the same as nested text
	drawn, folded int   // units
	deepest       int   // level of the lowest box, from 1
}

type band struct {
	y, middle int
	shade     bool
	label     string
}

type line struct{ d, class string }

// A box is a unit, or a stub that stands for several.
type box struct {
	drawing.Box
	id, class         string
	name, role        string // cut to what fits
	nameClass, roleAs string
	title             string // read aloud, and shown at the pointer
	href              string
	stub, marked      bool
	close, closeTitle string // folds what is under it
	knot
}

// An item is one unit of the list beside the drawing.
type item struct {
	name, level string
	here, idle  []string // roles held here, and those that add nothing
	inherits    string
	href        string
	close       string
	closeTitle  string
	more        []stubLine
	below       []*item
	id          string
	marked      bool
	knot
}

// A stubLine says in the list what is folded under a unit.
type stubLine struct {
	id, text, href, title string
	knot
}

// A mark is what somebody holds at one unit and above it.
type mark struct {
	here, above []app.HeldRole
}

// strong reports whether one of the roles is more than the basic one and gives
// something.
func strong(roles []app.HeldRole) bool {
	for _, r := range roles {
		if r.Adds && !r.Basic() {
			return true
		}
	}
	return false
}

func (m mark) class() string {
	switch {
	case strong(m.here):
		return "t-node t-node--here"
	case strong(m.above):
		return "t-node t-node--in"
	case len(m.here) > 0:
		return "t-node t-node--base"
	}
	return "t-node"
}

// leads is the class of a line down from the unit.
func (m mark) leads() string {
	switch {
	case strong(m.here) || strong(m.above):
		return "t-flow"
	case len(m.here)+len(m.above) > 0:
		return "t-base"
	}
	return "t-none"
}

// drawer makes a picture of one person's tree.
type drawer struct {
	treePage
	marks []mark
	spots []spot
}

func (p treePage) draw() picture {
	d := drawer{treePage: p}
	bar := p.t.Holder.Bar != ""
	byUnit := map[directory.UnitID][]app.HeldRole{}
	var wishes []wish
	for _, h := range p.t.Held {
		if bar {
			h.Adds = false
		}
		byUnit[h.Held.Unit] = append(byUnit[h.Held.Unit], h)
		wishes = append(wishes, wish{h.Held.Unit, h.Adds && !h.Basic()})
	}
	s := newScene(p.t.Units, p.words.ranks(), p.at.fold(p.t.Units), func(one spot) int { return d.widthOf(one, byUnit) })
	d.spots = s.choose(wishes)
	d.marks = make([]mark, len(d.spots))
	for i, one := range d.spots {
		if one.parent >= 0 {
			above := d.marks[one.parent]
			d.marks[i].above = append(append([]app.HeldRole(nil), above.above...), above.here...)
		}
		if !one.stub {
			d.marks[i].here = byUnit[one.unit.ID]
		}
	}
	return d.picture(s.nodes(d.spots))
}

const (
	nameSize   = 12.5
	roleSize   = 11.5
	boxLeast   = 124
	boxMost    = 178
	foldHandle = 24
)

// widthOf is how wide a box is drawn, by what stands in it.
func (d *drawer) widthOf(one spot, held map[directory.UnitID][]app.HeldRole) int {
	if one.stub {
		return max(44, drawing.TextWidth(d.stubText(one, one.beside), roleSize)+16)
	}
	width := drawing.TextWidth(one.unit.Name, nameSize) + 20
	for _, h := range held[one.unit.ID] {
		width = max(width, drawing.TextWidth("+ "+h.Role.Name(d.words.lang), roleSize)+20)
	}
	if one.parent >= 0 && one.size > 0 {
		width += foldHandle - 6
	}
	return min(max(width, boxLeast), boxMost)
}

func (d *drawer) stubText(one spot, short bool) string {
	if short {
		return "+ " + d.Printer.Number(int64(one.folded))
	}
	return d.T("rights.stub", "Count", one.folded, "Level", d.several(one))
}

// several is the word for what a stub stands for.
func (d *drawer) several(one spot) string {
	if len(one.kinds) == 1 {
		return d.words.levels(one.kinds[0], one.folded)
	}
	return d.T("rights.units", "Count", one.folded)
}

func (d *drawer) picture(nodes []drawing.Node) picture {
	labels := d.bandLabels()
	left := 0
	for _, label := range labels {
		left = max(left, drawing.TextWidth(label, 11)+26)
	}
	measure := sheet(min(left, 120))
	layout := measure.Lay(nodes)
	if layout.Width > fitting {
		measure.Hang = true // its beginning, which is what shows first, holds the root and the first branch
		layout = measure.Lay(nodes)
	}
	p := picture{width: layout.Width, height: layout.Height, left: measure.Left}
	for i, label := range labels {
		y := measure.Top + i*measure.Band
		p.bands = append(p.bands, band{y: y, middle: y + measure.Band/2 + 5, shade: i%2 == 0, label: drawing.Shorten(label, 11, 92)})
	}
	p.lines = d.lines(layout)
	items := make([]*item, len(d.spots))
	for i, one := range d.spots {
		if one.stub {
			p.boxes = append(p.boxes, d.stubBox(one, layout.Boxes[i]))
			p.folded += one.folded + one.below
			d.stubLine(items[one.parent], one)
			p.tie(i, d.spots, items)
			continue
		}
		p.drawn++
		p.boxes = append(p.boxes, d.unitBox(i, layout.Boxes[i]))
		items[i] = d.item(i)
		p.tie(i, d.spots, items)
		if one.parent >= 0 {
			items[one.parent].below = append(items[one.parent].below, items[i])
		}
	}
	if len(items) > 0 {
		p.list = items[0]
	}
	d.begin(&p)
	return p
}

// lines come in the order in which they are painted: those that flow last.
func (d *drawer) lines(layout drawing.Layout) []line {
	var quiet, flow []line
	for i, one := range d.spots {
		if one.parent < 0 {
			continue
		}
		l := line{layout.Lines[i], d.marks[one.parent].leads()}
		if l.class == "t-flow" {
			flow = append(flow, l)
		} else {
			quiet = append(quiet, l)
		}
	}
	return append(quiet, flow...)
}

// bandLabels name the levels that stand in each band.
func (d *drawer) bandLabels() []string {
	var names [][]string
	for _, one := range d.spots {
		for len(names) <= one.band {
			names = append(names, nil)
		}
		kinds := one.kinds
		if !one.stub {
			kinds = []string{d.levelOf(one)}
		}
		for _, kind := range kinds {
			if name := d.words.level(kind); !slices.Contains(names[one.band], name) {
				names[one.band] = append(names[one.band], name)
			}
		}
	}
	labels := make([]string, len(names))
	for i, list := range names {
		labels[i] = strings.Join(list, ", ")
	}
	return labels
}

func (d *drawer) levelOf(one spot) string {
	if one.parent < 0 {
		return "account"
	}
	return one.unit.Level
}

func (d *drawer) stubBox(one spot, place drawing.Box) box {
	b := box{Box: place, stub: true, id: stubID + one.unit.UUID, class: "t-stub", name: d.stubText(one, one.beside), href: d.stubHref(one), title: d.stubTitle(one)}
	if one.before {
		b.id += "-before"
	}
	return b
}

// stubHref opens the branch, or shows its next or previous part.
func (d *drawer) stubHref(one spot) string {
	from := 0
	if one.among >= family {
		from = family
	}
	for _, b := range d.at.Open {
		if b.unit == one.unit.UUID && !slices.Contains(d.at.Closed, b.unit) {
			from = b.from + family
			if one.before {
				from = max(b.from-family, 0)
			}
		}
	}
	return d.at.opened(one.unit.UUID, from).String() + "#u-" + one.unit.UUID
}

func (d *drawer) stubTitle(one spot) string {
	what := d.T("rights.stub.open", "Count", one.folded, "Level", d.several(one), "Unit", one.unit.Name)
	if one.below > 0 {
		what += " " + d.T("rights.stub.below", "Count", one.below)
	}
	return what
}

func (d *drawer) unitBox(i int, place drawing.Box) box {
	one, m := d.spots[i], d.marks[i]
	b := box{Box: place, id: unitID + one.unit.UUID, class: m.class(), nameClass: "t-name", roleAs: "t-role", marked: one.unit.UUID == d.at.Unit,
		href: d.whyAt(one.unit.UUID)}
	room := place.Width - 20
	if one.opens && one.parent >= 0 {
		b.close, b.closeTitle = d.closeLink(one)
		room -= foldHandle - 8
	}
	b.name = drawing.Shorten(one.unit.Name, nameSize, room)
	b.role = drawing.Shorten(d.roleLine(m), roleSize, room)
	switch {
	case strong(m.here):
		b.nameClass, b.roleAs = "t-name t-name--on", "t-role t-role--on"
	case strong(m.above):
		b.roleAs = "t-role t-role--in"
	}
	b.title = strings.Join(append([]string{one.unit.Name + " (" + d.words.level(d.levelOf(one)) + ")"}, d.said(m)...), ", ")
	return b
}

func (d *drawer) closeLink(one spot) (href, title string) {
	return d.at.closed(one.unit.UUID).String() + "#u-" + one.unit.UUID, d.T("rights.close", "Unit", one.unit.Name, "Count", one.size)
}

// roleLine is the second line of a box: what is held here, or what reaches it.
func (d *drawer) roleLine(m mark) string {
	here, above := d.names(m.here), d.names(m.above)
	switch {
	case strong(m.here) && strong(m.above):
		return "+ " + counted(here)
	case len(here) > 0:
		return counted(here)
	case strong(m.here) || len(m.here) > 0 && !strong(m.above):
		return counted(d.allNames(m.here))
	case len(above) > 0:
		return "↓ " + counted(above)
	}
	return ""
}

// names are the roles that count for more than looking; held here they come
// without those that add nothing.
func (d *drawer) names(roles []app.HeldRole) []string {
	var names []string
	for _, r := range roles {
		if name := r.Role.Name(d.words.lang); r.Adds && !r.Basic() && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (d *drawer) allNames(roles []app.HeldRole) []string {
	var names []string
	for _, r := range roles {
		names = append(names, r.Role.Name(d.words.lang))
	}
	return names
}

// counted is the first of names and how many more there are.
func counted(names []string) string {
	if len(names) > 1 {
		return names[0] + " + " + strconv.Itoa(len(names)-1)
	}
	return strings.Join(names, "")
}

// said tells in words what a box shows by its look.
func (d *drawer) said(m mark) []string {
	var said []string
	for _, r := range m.here {
		name := r.Role.Name(d.words.lang)
		if !r.Adds {
			name += " (" + d.T("rights.adds_nothing") + ")"
		}
		said = append(said, name)
	}
	if names := d.names(m.above); len(names) > 0 {
		said = append(said, d.T("rights.inherits", "Roles", names))
	}
	return said
}

// item is a unit in the list beside.
func (d *drawer) item(i int) *item {
	one, m := d.spots[i], d.marks[i]
	it := &item{id: listed + unitID + one.unit.UUID, name: one.unit.Name, level: d.words.level(d.levelOf(one)), href: d.whyAt(one.unit.UUID), marked: one.unit.UUID == d.at.Unit}
	for _, r := range m.here {
		if r.Adds {
			it.here = append(it.here, r.Role.Name(d.words.lang))
		} else {
			it.idle = append(it.idle, r.Role.Name(d.words.lang))
		}
	}
	if names := d.names(m.above); len(names) > 0 {
		it.inherits = d.T("rights.inherits", "Roles", names)
	}
	if one.opens && one.parent >= 0 {
		it.close, it.closeTitle = d.closeLink(one)
	}
	return it
}

func (d *drawer) stubLine(it *item, one spot) {
	it.more = append(it.more, stubLine{text: d.stubText(one, false), href: d.stubHref(one), title: d.stubTitle(one)})
}
