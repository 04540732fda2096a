package imports

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
)

// maxMendedCell is how long a cell can be that is corrected in the preview.
const maxMendedCell = 500

// A Mending is what is said about a file in its preview: what becomes of rows that
// the sheet hides, what words stand for that are not known, by field and word, what all
// others of a field do, and cells to be read otherwise, by line and field.
type Mending struct {
	Hidden string // directory.HiddenTaken, directory.HiddenLeft; empty: as before
	Meant  map[string]map[string]string
	Others map[string]string // a code, or empty: nothing
	Ask    []string          // fields whose other words are asked about again
	Cells  map[int]map[string]string
}

// Mend corrects a draft of a file and checks its rows again (ADD-13). The file stays
// as it came. What was said before stays, unless it is said anew.
//
// It refuses as Find does, with import.started, with field.unknown_choice what stands
// for no role, level or product there is, with import.too_many_mended more rows than a
// person corrects, who is to correct the file, and with field.too_long a cell.
func (s *Imports) Mend(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, m Mending) (directory.Import, error) {
	i, err := s.Find(ctx, actor, account, id)
	switch {
	case err != nil:
		return i, err
	case i.Pasted():
		return i, directory.Refuse(directory.NotFound, "import.not_found")
	case i.State != directory.ImportDraft:
		return i, directory.Refuse(directory.Conflict, "import.started")
	}
	var choices roster.AddChoices
	if len(m.Meant)+len(m.Others) > 0 {
		if choices, err = s.Choices(ctx, actor, account, id); err != nil {
			return i, err
		}
	}
	c := &i.Choices
	if m.Hidden == directory.HiddenTaken || m.Hidden == directory.HiddenLeft {
		c.Hidden = m.Hidden
	}
	c.Meant = cloned(c.Meant)
	for field, words := range m.Meant {
		for word, code := range words {
			if err := s.checkMeant(choices, field, code); err != nil {
				return i, err
			}
			put(c.Meant, field, directory.Fold(word), code)
		}
	}
	others := map[string]string{}
	maps.Copy(others, c.Others)
	for field, code := range m.Others {
		if err := s.checkMeant(choices, field, code); err != nil {
			return i, err
		}
		others[field] = code
	}
	for _, field := range m.Ask {
		delete(others, field)
	}
	c.Others, c.Mended = others, cloned(c.Mended)
	for line, cells := range m.Cells {
		for field, text := range cells {
			if utf8.RuneCountInString(text) > maxMendedCell {
				return i, directory.InvalidField(field, "field.too_long", directory.Args{"Max": maxMendedCell})
			}
			put(c.Mended, line, field, strings.TrimSpace(text))
		}
	}
	if len(c.Mended) > directory.MaxMendedRows {
		return i, &directory.Error{Kind: directory.Invalid, Code: "import.too_many_mended", Args: directory.Args{"Limit": directory.MaxMendedRows}}
	}
	return s.readAgain(ctx, i, c.Columns)
}

// checkMeant refuses what a word of a field cannot stand for.
func (s *Imports) checkMeant(choices roster.AddChoices, field, code string) error {
	var codes []string
	switch {
	case code == "":
		return nil
	case field == columnProducts:
		return choices.CheckOffers([]string{code})
	case field == columnFunction:
		codes = codesOf(choices.Functions)
	case field == columnLevel:
		codes = codesOf(choices.Levels)
	case field == columnCivility:
		codes = directory.Civilities()
	case field == ColumnLanguage:
		codes = slices.Collect(maps.Values(s.dictionary.languages))
	}
	if !slices.Contains(codes, code) {
		return directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": directory.Excerpt(code)})
	}
	return nil
}

func codesOf(roles []directory.Role) []string {
	codes := make([]string, len(roles))
	for n, role := range roles {
		codes[n] = role.Code
	}
	return codes
}

// cloned is a map of maps to write into.
func cloned[K comparable](of map[K]map[string]string) map[K]map[string]string {
	copied := make(map[K]map[string]string, len(of))
	for key, inner := range of {
		copied[key] = maps.Clone(inner)
	}
	return copied
}

func put[K comparable](into map[K]map[string]string, key K, name, text string) {
	if into[key] == nil {
		into[key] = map[string]string{}
	}
	into[key][name] = text
}

// mended are the cells of a row with what was corrected of them.
func mended(c directory.ImportChoices, line int, cells []string) []string {
	corrected, is := c.Mended[line]
	if !is {
		return cells
	}
	cells = slices.Clone(cells)
	for field, text := range corrected {
		if at, known := c.Columns[field]; known && at >= 0 && at < len(cells) {
			cells[at] = strings.TrimSpace(text)
		}
	}
	return cells
}

// Column is the column of members that a fault of the row is about, in which it can
// be corrected.
func (RowFacts) Column(fault *directory.Error) string {
	if fault.Field == fieldProduct {
		return columnProducts
	}
	return fault.Field
}

// atFault are the cells of a row that is refused, as far as they are at fault and
// short enough to be corrected in the preview.
func atFault(i directory.Import, row SourceRow, f RowFacts) map[string]string {
	if f.Refusal == nil || i.Brings() != directory.ImportMembers || i.Pasted() {
		return nil
	}
	var cells map[string]string
	for _, fault := range f.Faults() {
		column := f.Column(fault)
		at, known := i.Choices.Columns[column]
		if !known || at < 0 || at >= len(row.Cells) {
			continue
		}
		if cells == nil {
			cells = map[string]string{}
		}
		cells[column] = directory.Cut(CellOf(i.Choices.Columns, row.Cells, column), maxMendedCell)
	}
	return cells
}

// meantTitles are the titles of columns as they were meant, where they were read in
// another set of characters than they were written in, and saved again.
func meantTitles(head []string) []string {
	titles := slices.Clone(head)
	for n, title := range titles {
		if _, meant := sheet.Suspect(title); meant != "" {
			titles[n] = meant
		}
	}
	return titles
}
