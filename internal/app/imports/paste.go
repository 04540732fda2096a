package imports

import (
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/plain"
)

// ReadPaste reads the addresses of a pasted text. A table copied from a sheet keeps its
// columns: names, company, role, access level, products (ADD-1, ADD-3), by the titles
// of its head or, without one, by what stands in them. Lines that are no row of the
// table, and a text without one, are read by directory.ParseAddresses. It refuses with
// addresses.too_many.
func (d *Dictionary) ReadPaste(text string, limit int) (directory.AddressList, *directory.Error) {
	return d.readPaste(text, limit, roster.AddChoices{})
}

// readPaste is ReadPaste where a form offers companies, functions and levels, by which
// columns without titles are told from one another.
func (d *Dictionary) readPaste(text string, limit int, offered roster.AddChoices) (directory.AddressList, *directory.Error) {
	t, is := d.tableIn(text, offered)
	if !is {
		return directory.ParseAddresses(text, limit)
	}
	for row := range pastedRows(text) {
		switch {
		case t.head.cells != nil && row.same(t.head):
			t.flush(text, row.from)
		case t.holds(row):
			t.flush(text, row.from)
			t.row(row)
		case !t.loose:
			t.loose, t.looseLine, t.looseFrom = true, row.line, row.from
		}
	}
	t.flush(text, len(text))
	if n := len(t.list.Addresses); n > limit {
		return directory.AddressList{}, directory.InvalidField("addresses", "addresses.too_many", directory.Args{"count": n, "limit": limit})
	}
	return t.list, nil
}

// A pastedRow is one row of a text as a sheet copies it: cells between tabs.
type pastedRow struct {
	cells             []string
	number            int   // of the row, from 0
	line              int   // on which it begins, from 1
	from              int   // byte of the text
	places            []int // of each cell, the character of the line at which it begins, from 1
	addresses, others int   // cells with an @, other cells that are filled
}

// tabular reports whether a row is one of a table: one address, and something beside it.
func (r pastedRow) tabular() bool { return r.addresses == 1 && r.others > 0 }

// titles reports whether a row may be the head of a table.
func (r pastedRow) titles() bool { return r.addresses == 0 && r.others > 1 }

// kept is a row that stands when the next is read.
func (r pastedRow) kept() pastedRow {
	r.cells, r.places = slices.Clone(r.cells), nil
	return r
}

// same reports whether two rows say the same: a head that was copied twice.
func (r pastedRow) same(o pastedRow) bool {
	return r.addresses == 0 && len(r.cells) == len(o.cells) && directory.Fold(strings.Join(r.cells, "\t")) == directory.Fold(strings.Join(o.cells, "\t"))
}

// mostColumns is of how many cells a row of a table may be: what is longer is read as
// a line.
const mostColumns = 200

// pastedRows are the rows of a text. A row is gone when the next is read, unless it is
// kept: a paste may be long.
func pastedRows(text string) iter.Seq[pastedRow] {
	return func(yield func(pastedRow) bool) {
		var row pastedRow
		line := 1
		for at := 0; at < len(text); row.number++ {
			row.cells, row.places, row.line, row.from, row.addresses, row.others = row.cells[:0], row.places[:0], line, at, 0, 0
			for place, more := 1, true; more; {
				cell, length, end := cellAt(text[at:])
				if len(row.cells) <= mostColumns {
					row.add(cell, place)
				}
				written := text[at : at+length]
				line += lineEnds(written)
				place += utf8.RuneCountInString(written) + 1
				at += length + len(end)
				more = end == "\t"
			}
			line++
			if len(row.cells) > mostColumns {
				row.addresses, row.others = 0, 0
			}
			if !yield(row) {
				return
			}
		}
	}
}

func (r *pastedRow) add(cell string, place int) {
	r.cells, r.places = append(r.cells, cell), append(r.places, place)
	switch {
	case strings.Contains(cell, "@"):
		r.addresses++
	case strings.TrimSpace(cell) != "":
		r.others++
	}
}

// lineEnds counts the line ends in a text; CR LF is one.
func lineEnds(text string) int {
	return strings.Count(text, "\n") + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}

// cellAt is the cell at the beginning of a text, how many bytes it fills and what ends
// it: a tab, a line end or nothing. A sheet puts quotes around what holds quotes or
// line ends, and doubles those inside.
func cellAt(text string) (cell string, length int, end string) {
	if inner, filled := quotedCell(text); filled > 0 {
		return inner, filled, endAt(text[filled:])
	}
	if length = strings.IndexAny(text, "\t\r\n"); length < 0 {
		return text, len(text), ""
	}
	return text[:length], length, endAt(text[length:])
}

func endAt(text string) string {
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "\r\n"):
		return "\r\n"
	}
	return text[:1]
}

// longestCell is how many bytes are looked through for the end of a quoted cell.
const longestCell = 2000

// quotedCell is a cell in quotes without them, and how many bytes it fills; 0 where
// none stands at the beginning of the text.
func quotedCell(text string) (inner string, filled int) {
	if !strings.HasPrefix(text, `"`) {
		return "", 0
	}
	for at := 1; at < min(len(text), longestCell); at++ {
		if text[at] != '"' {
			continue
		}
		switch rest := text[at+1:]; {
		case strings.HasPrefix(rest, `"`):
			at++
		case rest == "" || strings.ContainsRune("\t\r\n", rune(rest[0])):
			return strings.Join(strings.FieldsFunc(strings.ReplaceAll(text[1:at], `""`, `"`), func(r rune) bool { return r == '\n' || r == '\r' }), " "), at + 1
		default:
			return "", 0
		}
	}
	return "", 0
}

// A pasting is a text with a table while it is read.
type pasting struct {
	head    pastedRow // the row with the titles; without cells: none
	titled  bool      // it says which column holds the address
	first   int       // the first row of the table
	columns map[string]int
	list    directory.AddressList
	seen    map[string]bool // folded addresses

	loose                bool // lines that are no rows of the table are passed over, from these
	looseLine, looseFrom int
}

// headRows is among how many rows the head of a table is looked for.
const headRows = 10

// tableIn finds the table in a text: by its head, or by the first row with something
// beside one address.
func (d *Dictionary) tableIn(text string, offered roster.AddChoices) (pasting, bool) {
	t := pasting{first: -1, seen: map[string]bool{}}
	if !strings.Contains(text, "\t") {
		return t, false
	}
	var sample [][]string
	for row := range pastedRows(text) {
		if row.number < headRows && row.titles() && t.first < 0 && len(sample) == 0 {
			if columns := d.titled(row, nil); len(columns) > 0 {
				t.head, t.columns = row.kept(), columns
				if _, t.titled = columns[columnEmail]; t.titled {
					t.first = row.number + 1
				}
			}
			continue
		}
		if t.titled && row.addresses > 0 || row.tabular() {
			if t.first < 0 {
				t.first = row.number
			}
			sample = append(sample, row.kept().cells)
		}
		if len(sample) == sampleRows {
			break
		}
	}
	if t.titled {
		t.columns = d.titled(t.head, sample)
		return t, true
	}
	if t.first < 0 {
		return t, false
	}
	t.columns = guess(sample, offered, t.columns)
	return t, true
}

// holds reports whether a row is one of the table: others are read as lines.
func (t *pasting) holds(row pastedRow) bool {
	switch {
	case row.number < t.first || len(row.cells) > mostColumns:
		return false
	case t.titled:
		return len(row.cells) > 1 && (row.addresses == 1 || row.others > 0)
	default:
		return row.tabular() || row.titles()
	}
}

// flush reads the lines that are no rows of the table, up to a byte of the text.
func (t *pasting) flush(text string, to int) {
	if !t.loose {
		return
	}
	t.loose = false
	list, _ := directory.ParseAddresses(text[t.looseFrom:to], math.MaxInt)
	t.list.Read += list.Read
	t.list.Doubles += list.Doubles
	for _, a := range list.Addresses {
		a.Line += t.looseLine - 1
		t.add(a)
	}
	for _, f := range list.Faults {
		f.Line += t.looseLine - 1
		t.list.Faults = append(t.list.Faults, f)
	}
}

// add takes an address in once; its double is merged (ADD-2).
func (t *pasting) add(a directory.PastedAddress) {
	folded := directory.FoldEmail(a.Email)
	if t.seen[folded] {
		t.list.Doubles++
		return
	}
	t.seen[folded] = true
	t.list.Addresses = append(t.list.Addresses, a)
}

// shown is a cell as it is stored, or with its broken characters marked where it is no
// text.
func shown(cell string) string {
	if clean, ok := plain.Text(cell, false); ok {
		return clean
	}
	return directory.Shown(cell)
}

// row reads one row: an address with what stands beside it, or a fault.
func (t *pasting) row(row pastedRow) {
	t.list.Read++
	cell := func(field string) string { return shown(CellOf(t.columns, row.cells, field)) }
	at := t.columns[columnEmail]
	if row.addresses == 1 && !strings.Contains(cell(columnEmail), "@") {
		for n := range row.cells { // it stands in another column than the others'
			if strings.Contains(row.cells[n], "@") {
				at = n
			}
		}
	}
	said := directory.PastedAddress{First: cell(columnFirst), Last: cell(columnLast), Line: row.line, Position: row.places[min(at, len(row.places)-1)],
		Beside: directory.Beside{Company: cell(columnCompany), Function: cell(columnFunction), Level: cell(columnLevel), Products: cell(columnProducts)}}
	if full := cell(columnFullName); full != "" && said.First == "" && said.Last == "" {
		said.First, said.Last = directory.SplitName(full)
	}
	text := ""
	if at < len(row.cells) {
		text = strings.TrimSpace(row.cells[at])
	}
	a, code := directory.ReadAddress(text)
	if code != "" {
		if text == "" {
			text = strings.Join(strings.Fields(strings.Join(row.cells, " ")), " ")
		}
		t.list.Faults = append(t.list.Faults, directory.AddressFault{Text: directory.Shown(text), Line: said.Line, Position: said.Position, Code: code, Row: said})
		return
	}
	said.Email = a.Email
	if said.First == "" && said.Last == "" {
		said.First, said.Last = a.First, a.Last
	}
	t.add(said)
}
