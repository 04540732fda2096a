package imports

import (
	"slices"
	"strings"
	"unicode"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
)

// titled are the columns of a pasted table by its head.
func (d *Dictionary) titled(head pastedRow, sample [][]string) map[string]int {
	columns := proposed(head.cells, sample, d.Titled("member", MemberFields()))
	_, hasFirst := columns[columnFirst]
	if last, named := columns[columnLast]; named && !hasFirst { // "Name" of a person, with all of it
		delete(columns, columnLast)
		columns[columnFullName] = last
	}
	return columns
}

// A guessing is a table without titles while its columns are told from one another.
type guessing struct {
	sample  [][]string
	email   int
	free    []int // columns that hold something and stand for nothing yet, in their order
	columns map[string]int
}

// codesByWord are the codes of roles by what they may be called.
func codesByWord(roles []directory.Role) map[string]string {
	codes := map[string]string{}
	for _, role := range roles {
		for _, name := range role.Names {
			codes[directory.Fold(name)] = role.Code
		}
		codes[directory.Fold(role.Code)] = role.Code
	}
	return codes
}

// guess finds the columns of a table without titles: what the form offers is known by
// its words, names by the addresses they are in; what neither tells stands where sheets
// have it, last name and first name before the company. What titles have told stands.
func guess(sample [][]string, offered roster.AddChoices, told map[string]int) map[string]int {
	g := guessing{sample: sample, columns: map[string]int{}}
	counts := map[int]int{}
	for _, cells := range sample {
		for n, cell := range cells {
			if strings.Contains(cell, "@") {
				counts[n]++
			} else if strings.ContainsFunc(cell, unicode.IsLetter) && !slices.Contains(g.free, n) {
				g.free = append(g.free, n)
			}
		}
	}
	for n, count := range counts {
		if best := counts[g.email]; count > best || count == best && n < g.email {
			g.email = n
		}
	}
	slices.Sort(g.free)
	g.free = slices.DeleteFunc(g.free, func(n int) bool { return n == g.email })
	g.columns[columnEmail] = g.email
	for field, column := range told {
		g.take(field, column)
	}
	companies := map[string]bool{}
	for _, c := range offered.Companies {
		companies[directory.Fold(c.Name)] = true
	}
	functions, levels := codesByWord(offered.Functions), codesByWord(offered.Levels)
	g.choose(columnFunction, func(cell, _ string) bool { return functions[directory.Fold(cell)] != "" })
	g.choose(columnLevel, func(cell, _ string) bool { return levels[directory.Fold(cell)] != "" })
	g.choose(columnCompany, func(cell, _ string) bool { return companies[directory.Fold(cell)] })
	g.names()
	if _, found := g.columns[columnCompany]; !found && len(g.free) > 0 {
		g.take(columnCompany, g.free[0])
	}
	return g.columns
}

// share is of how many of the filled cells of a column something is true beside their
// address.
func (g *guessing) share(column int, is func(cell, local string) bool) float64 {
	filled, found := 0, 0
	for _, cells := range g.sample {
		if column >= len(cells) || g.email >= len(cells) || strings.TrimSpace(cells[column]) == "" {
			continue
		}
		local, _, _ := strings.Cut(directory.Fold(cells[g.email]), "@")
		filled++
		if is(strings.TrimSpace(cells[column]), local) {
			found++
		}
	}
	if filled == 0 {
		return 0
	}
	return float64(found) / float64(filled)
}

// choose takes the column of which it is true most often, at least of every other cell.
func (g *guessing) choose(field string, is func(cell, local string) bool) {
	if _, told := g.columns[field]; told {
		return
	}
	best, most := -1, 0.49
	for _, n := range g.free {
		if share := g.share(n, is); share > most {
			best, most = n, share
		}
	}
	if best >= 0 {
		g.take(field, best)
	}
}

func (g *guessing) take(field string, column int) {
	g.columns[field] = column
	g.free = slices.DeleteFunc(g.free, func(n int) bool { return n == column })
}

// names finds first and last name, or both in one cell.
func (g *guessing) names() {
	for _, field := range []string{columnFirst, columnLast, columnFullName} {
		if _, told := g.columns[field]; told {
			return
		}
	}
	var named []int
	for _, n := range g.free {
		if g.share(n, inAddress) >= 0.5 {
			named = append(named, n)
		}
	}
	if len(named) == 1 {
		if n := g.initials(named[0]); n >= 0 { // "y.bertin" holds the last name alone
			named = []int{named[0], n}
			slices.Sort(named)
		}
	}
	if len(named) == 0 {
		named = g.usual()
	}
	switch len(named) {
	case 0:
	case 1:
		g.take(columnFullName, named[0])
	default:
		last, first := g.ordered(named[0], named[1])
		g.take(columnLast, last)
		g.take(columnFirst, first)
	}
}

// usual are the columns in which names stand where nothing tells: before the address,
// else after it where more stands there than one can be.
func (g *guessing) usual() []int {
	var before, after []int
	for _, n := range g.free {
		if n < g.email {
			before = append(before, n)
		} else {
			after = append(after, n)
		}
	}
	switch {
	case len(before) > 0:
		return before[:min(len(before), 2)]
	case len(after) > 2:
		return after[:2]
	case len(after) == 2 && g.share(after[0], func(cell, _ string) bool { return strings.Contains(cell, " ") }) >= 0.5:
		return after[:1]
	case len(after) == 2:
		return after
	}
	return nil
}

// initials is the column beside that of the last names whose cells begin as the
// addresses do; -1: none.
func (g *guessing) initials(last int) int {
	for _, n := range g.free {
		if n != last && (n == last-1 || n == last+1) && g.share(n, begins) >= 0.5 {
			return n
		}
	}
	return -1
}

// ordered says which of two columns of names holds the last names: the one in capitals,
// else the one that addresses name second, else the first.
func (g *guessing) ordered(a, b int) (last, first int) {
	capitals := func(cell, _ string) bool {
		return strings.ToUpper(cell) == cell && strings.ToLower(cell) != cell && len(cell) > 1
	}
	switch x, y := g.share(a, capitals), g.share(b, capitals); {
	case x > 0.5 && y <= 0.5:
		return a, b
	case y > 0.5 && x <= 0.5:
		return b, a
	}
	votes := 0
	for _, cells := range g.sample {
		if max(a, b, g.email) >= len(cells) {
			continue
		}
		local, _, _ := strings.Cut(directory.Fold(cells[g.email]), "@")
		atA, atB := nameAt(cells[a], local), nameAt(cells[b], local)
		switch {
		case atA < 0 && atB > 0 && begins(cells[a], local):
			atA = 0
		case atB < 0 && atA > 0 && begins(cells[b], local):
			atB = 0
		}
		switch {
		case atA < 0 || atB < 0 || atA == atB:
		case atA < atB:
			votes++
		default:
			votes--
		}
	}
	if votes > 0 {
		return b, a
	}
	return a, b
}

// inAddress reports whether a name is in the part of an address before its sign.
func inAddress(cell, local string) bool { return nameAt(cell, local) >= 0 }

// begins reports whether an address begins with the first letter of a name.
func begins(cell, local string) bool {
	folded := directory.Fold(cell)
	return folded != "" && local != "" && folded[0] == local[0]
}

// nameAt is where in the part of an address before its sign the first word of a name
// stands that is long enough to tell; -1: none.
func nameAt(cell, local string) int {
	for word := range strings.FieldsFuncSeq(directory.Fold(cell), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if at := strings.Index(local, word); at >= 0 && len(word) > 2 {
			return at
		}
	}
	return -1
}
