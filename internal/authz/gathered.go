package authz

import (
	"cmp"
	"slices"

	"intendant/internal/directory"
)

// A Gathered is what members of an account have, as it was read by one reader. Those
// that several have read side by side are laid into an Index together.
type Gathered struct {
	tree     *Tree
	holds    pile[hold]
	places   pile[placed] // their access is a number of what follows
	uses     pile[Product]
	accesses []PlaceAccess
	byText   map[string]int32
}

// Gather begins a Gathered over a tree: that of the Index it is for.
func Gather(t *Tree) *Gathered { return &Gathered{tree: t, byText: map[string]int32{}} }

// A pile is what members have of one kind, in the order in which it was read: mostly
// that of members, so that what comes of one stands together.
type pile[T any] struct {
	runs []run
	what []T
}

// A run is where what is read of a member begins.
type run struct {
	member directory.MemberID
	from   int
}

func (p *pile[T]) add(member directory.MemberID, what T) {
	if n := len(p.runs); n == 0 || p.runs[n-1].member != member {
		p.runs = append(p.runs, run{member, len(p.what)})
	}
	p.what = append(p.what, what)
}

// Hold takes a role that a member holds. What is held at no unit of the tree, or is none
// of its roles, is left out.
func (g *Gathered) Hold(member directory.MemberID, h Held) {
	n, found := g.tree.node(h.Unit)
	role, known := g.tree.byRole[h.Role]
	if found && known {
		g.holds.add(member, hold{n, role, h.Grant})
	}
}

// Use takes what a member uses a product by.
func (g *Gathered) Use(member directory.MemberID, p Product) { g.uses.add(member, p) }

// Place takes the place of a member in a project, with what it gives of products, which
// is read from its text where no other place gives the same.
func (g *Gathered) Place(member directory.MemberID, project directory.UnitID, text []byte, read func(text []byte) (directory.Access, error)) error {
	n, known := g.byText[string(text)]
	if !known {
		access, err := read(text)
		if err != nil {
			return err
		}
		n = g.access(PlaceAccess{Text: string(text), Access: access})
	}
	g.place(member, project, n)
	return nil
}

func (g *Gathered) access(p PlaceAccess) int32 {
	n, known := g.byText[p.Text]
	if !known {
		n = int32(len(g.accesses))
		g.byText[p.Text], g.accesses = n, append(g.accesses, p)
	}
	return n
}

// place leaves out what is at no unit of the tree.
func (g *Gathered) place(member directory.MemberID, project directory.UnitID, access int32) {
	if n, found := g.tree.byUnit[project]; found {
		g.places.add(member, placed{n, access})
	}
}

// take gathers what a Resident says.
func (g *Gathered) take(m Resident) {
	for _, h := range m.Held {
		g.Hold(m.Member, h)
	}
	for _, p := range m.Places {
		g.place(m.Member, p.Project, g.access(p))
	}
	for _, p := range m.Holds {
		g.Use(m.Member, p)
	}
}

// Lay gives members what was gathered, who had nothing of the kind before; what is of
// nobody in the index is left out. Of what is held at one unit, that of an earlier part
// stands first.
func (x *Index) Lay(parts ...*Gathered) {
	var holds []*pile[hold]
	var places []*pile[placed]
	var uses []*pile[Product]
	var gives []int32
	for _, g := range parts {
		holds, places, uses = append(holds, &g.holds), append(places, &g.places), append(uses, &g.uses)
		numbers := make([]int32, len(g.accesses))
		for i, p := range g.accesses {
			numbers[i] = x.accesses.number(p)
		}
		for i := range g.places.what {
			g.places.what[i].access = numbers[g.places.what[i].access]
		}
		gives = append(gives, numbers...)
	}
	lay(x, holds, func(r *row, had []hold) {
		slices.SortStableFunc(had, func(a, b hold) int { return cmp.Compare(a.node, b.node) })
		r.holds = had
	})
	lay(x, places, func(r *row, had []placed) {
		slices.SortFunc(had, byNode)
		r.places = had
		for _, p := range had {
			x.accesses.kept[p.access].places++
		}
	})
	lay(x, uses, func(r *row, had []Product) { r.uses = had })
	for _, n := range gives {
		x.accesses.sweep(n)
	}
}

// A stretch is what a pile holds of a row in one run.
type stretch struct {
	row      int32
	from, to int
}

// lay hands each row what the piles hold of it, pile by pile: parts of one list, which
// takes less memory than a list for each.
func lay[T any](x *Index, piles []*pile[T], give func(r *row, had []T)) {
	stretches, total := make([][]stretch, len(piles)), 0
	for i, p := range piles {
		stretches[i] = stretchesOf(x, p)
		for _, s := range stretches[i] {
			total += s.to - s.from
		}
	}
	all := make([]T, 0, total)
	for {
		row := int32(-1)
		for _, s := range stretches {
			if len(s) > 0 && (row < 0 || s[0].row < row) {
				row = s[0].row
			}
		}
		if row < 0 {
			return
		}
		begin := len(all)
		for i, s := range stretches {
			for ; len(s) > 0 && s[0].row == row; s = s[1:] {
				all = append(all, piles[i].what[s[0].from:s[0].to]...)
			}
			stretches[i] = s
		}
		give(&x.rows[row], all[begin:len(all):len(all)])
	}
}

// stretchesOf are the runs of a pile by row. Most piles are in the order of the rows.
func stretchesOf[T any](x *Index, p *pile[T]) []stretch {
	found, next, inOrder := make([]stretch, 0, len(p.runs)), int32(0), true
	for i, r := range p.runs {
		to := len(p.what)
		if i+1 < len(p.runs) {
			to = p.runs[i+1].from
		}
		row := next
		if int(row) >= len(x.rows) || x.rows[row].member != r.member {
			var there bool
			if row, there = x.byMember[r.member]; !there {
				continue
			}
		}
		inOrder = inOrder && row >= next-1
		found, next = append(found, stretch{row, r.from, to}), row+1
	}
	if !inOrder {
		slices.SortStableFunc(found, func(a, b stretch) int { return cmp.Compare(a.row, b.row) })
	}
	return found
}
