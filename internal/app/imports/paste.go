package imports

import (
	"strings"
	"unicode/utf8"

	"intendant/internal/directory"
)

// ReadPaste reads the addresses of a pasted text. A table copied from a sheet keeps its
// columns: names, company, role (ADD-1, ADD-3); its first line may be its head.
// Anything else is read by directory.ParseAddresses. It refuses with
// addresses.too_many.
func (d *Dictionary) ReadPaste(text string, limit int) (directory.AddressList, *directory.Error) {
	rows, is := pastedTable(text)
	if !is {
		return directory.ParseAddresses(text, limit)
	}
	t := table{columns: d.columnsOf(rows), seen: map[string]bool{}}
	for n, cells := range rows {
		if n == 0 && headed(cells) || strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		t.row(n+1, cells)
	}
	if n := len(t.list.Addresses); n > limit {
		return directory.AddressList{}, directory.InvalidField("addresses", "addresses.too_many", directory.Args{"count": n, "limit": limit})
	}
	return t.list, nil
}

// pastedTable are the cells of a text that is a table: tabs between cells, in no row
// more than one address, and in some row something else beside it. Addresses that are
// separated by tabs are none.
func pastedTable(text string) (rows [][]string, is bool) {
	if !strings.Contains(text, "\t") {
		return nil, false
	}
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		cells := strings.Split(line, "\t")
		addresses, others := 0, 0
		for i, cell := range cells {
			cells[i] = unquoted(cell)
			switch {
			case strings.Contains(cell, "@"):
				addresses++
			case strings.TrimSpace(cell) != "":
				others++
			}
		}
		if addresses > 1 {
			return nil, false
		}
		is = is || addresses == 1 && others > 0
		rows = append(rows, cells)
	}
	return rows, is
}

// unquoted is a cell without the quotes that a sheet puts around what holds quotes.
func unquoted(cell string) string {
	trimmed := strings.TrimSpace(cell)
	if len(trimmed) > 1 && strings.HasPrefix(trimmed, `"`) && strings.HasSuffix(trimmed, `"`) {
		return strings.ReplaceAll(trimmed[1:len(trimmed)-1], `""`, `"`)
	}
	return cell
}

// headed reports whether a row is the head of a table: it holds no address.
func headed(cells []string) bool { return !strings.Contains(strings.Join(cells, ""), "@") }

// columnsOf says which column of a table holds what: by the titles, and where there
// are none by what stands before and after the address.
func (d *Dictionary) columnsOf(rows [][]string) map[string]int {
	fields := d.Titled("member", MemberFields())
	sample := rows[:min(len(rows), sampleRows+1)]
	if head := rows[0]; headed(head) {
		columns := proposed(head, sample[1:], fields)
		_, first := columns[columnFirst]
		if last, named := columns[columnLast]; named && !first { // "Name" of a person, with all of it
			delete(columns, columnLast)
			columns[columnFullName] = last
		}
		if _, found := columns[columnEmail]; found {
			return columns
		}
	}
	return usualColumns(sample)
}

// usualColumns are those of a table without titles: last name and first name, or both
// in one, before the address, and the company after it.
func usualColumns(sample [][]string) map[string]int {
	at, filled := 0, map[int]bool{}
	for _, cells := range sample {
		for i, cell := range cells {
			if strings.Contains(cell, "@") {
				at = i
			}
			filled[i] = filled[i] || strings.TrimSpace(cell) != ""
		}
	}
	var before []int
	for i := range at {
		if filled[i] {
			before = append(before, i)
		}
	}
	columns := map[string]int{columnEmail: at, columnCompany: at + 1}
	switch len(before) {
	case 1:
		columns[columnFullName] = before[0]
	case 2:
		columns[columnLast], columns[columnFirst] = before[0], before[1]
	}
	return columns
}

// A table is pasted cells while they are read.
type table struct {
	columns map[string]int
	list    directory.AddressList
	seen    map[string]bool // folded addresses
}

// row reads one row: an address with what stands beside it, or a fault.
func (t *table) row(line int, cells []string) {
	t.list.Read++
	cell := CellOf(t.columns, cells, columnEmail)
	at := t.columns[columnEmail]
	position := utf8.RuneCountInString(strings.Join(cells[:min(at, len(cells))], "\t")) + min(at, 1) + 1
	a, code := directory.ReadAddress(cell)
	if code != "" {
		whole := cell
		if whole == "" {
			whole = strings.Join(strings.Fields(strings.Join(cells, " ")), " ")
		}
		t.list.Faults = append(t.list.Faults, directory.AddressFault{Text: strings.ToValidUTF8(whole, "�"), Line: line, Position: position, Code: code})
		return
	}
	if folded := directory.FoldEmail(a.Email); t.seen[folded] {
		t.list.Doubles++
		return
	} else {
		t.seen[folded] = true
	}
	a.Line, a.Position = line, position
	for _, text := range []struct {
		column string
		into   *string
	}{{columnFirst, &a.First}, {columnLast, &a.Last}, {columnCompany, &a.Company}, {columnFunction, &a.Function}} {
		if said := CellOf(t.columns, cells, text.column); said != "" {
			*text.into = strings.ToValidUTF8(said, "�")
		}
	}
	if full := CellOf(t.columns, cells, columnFullName); full != "" && a.First == "" && a.Last == "" {
		a.First, a.Last = directory.SplitName(strings.ToValidUTF8(full, "�"))
	}
	t.list.Addresses = append(t.list.Addresses, a)
}
