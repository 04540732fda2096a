package imports

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/store"
)

// The columns an import of members knows; "field." + name is the message key.
const (
	columnEmail    = "email"
	columnFullName = "full_name"
	columnFirst    = "first_name"
	columnLast     = "last_name"
	columnCivility = "civility"
	columnUserName = "user_name"
	ColumnLanguage = "language"
	columnCompany  = "company"
	columnFunction = "function"
	columnLevel    = "access_level"
	columnEnds     = "ends"
	columnUnit     = "unit"
	columnProducts = "products"
)

// MemberFields are the columns an import of members knows, in their order; what
// their titles may be is said by a Dictionary.
func MemberFields() []sheet.Field {
	fields := []sheet.Field{
		{ID: columnEmail, Looks: roster.Readable}, {ID: columnFirst}, {ID: columnLast}, {ID: columnFullName}, {ID: columnCivility},
		{ID: columnUserName}, {ID: ColumnLanguage}, {ID: columnCompany}, {ID: columnFunction}, {ID: columnLevel},
	}
	for _, text := range directory.PlaceTextKinds() {
		field := sheet.Field{ID: text.Field()}
		if text == directory.Phone {
			field.Looks = looksLikePhone
		}
		fields = append(fields, field)
	}
	return append(fields, sheet.Field{ID: columnEnds}, sheet.Field{ID: columnUnit}, sheet.Field{ID: columnProducts})
}

func looksLikePhone(cell string) bool {
	return strings.Trim(cell, "+0123456789 ./()-") == "" && len(cell) > 7
}

func (s *Imports) memberNoun() Noun {
	return Noun{
		Fields: s.dictionary.Titled("member", MemberFields()),
		Key: func(columns map[string]int, cells []string) string {
			return roster.AddressKey(CellOf(columns, cells, columnEmail))
		},
		Permit: func(_ authz.Actor, rights authz.Rights) error {
			return gate.RequireSomewhere(rights, authz.ManageMembers)
		},
		Require: func(p *gate.Plan) error { return p.RequireSomewhere(authz.ManageMembers) },
		Plan:    s.planMembers,
	}
}

// CellOf is the cell of a field.
func CellOf(columns map[string]int, cells []string, field string) string {
	at, ok := columns[field]
	if !ok || at < 0 || at >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[at])
}

// planMembers plans a chunk of people.
func (s *Imports) planMembers(ctx context.Context, r *store.Reader, p *gate.Plan, c ImportChunk) ([]RowFacts, error) {
	i, rows := c.Import, c.Rows
	roles, err := r.Roles(ctx, i.Account)
	if err != nil {
		return nil, err
	}
	words := s.newVocabulary(roles, i.Choices.DayOrder())
	words.workbook = i.Workbook()
	if _, named := i.Choices.Columns[columnProducts]; named {
		if words.products, err = s.productsOf(ctx, r, i.Account); err != nil {
			return nil, err
		}
	}
	people := make([]roster.NewMember, len(rows))
	facts := make([]RowFacts, len(rows))
	for n, row := range rows {
		if i.Pasted() {
			people[n] = MemberOfDraft(row.draft)
		} else {
			people[n] = words.member(i.Choices.Columns, row)
		}
		m := &people[n]
		m.Read()
		m.Row, m.Double = row.Line, row.Double
		facts[n] = RowFacts{Name: m.Name(), Ends: m.Ends.Day.ISO(), Email: m.Email, Company: m.Company,
			Function: strings.Join(m.Functions, ", "), Level: directory.JoinLevels(m.Levels), Products: m.Products}
	}
	o := roster.AddOptions{Change: i.Choices.Change, Invite: i.Choices.Invite == directory.InviteAll, Silent: i.Choices.Invite == directory.InviteNobody,
		Home: i.Choices.Home, Before: c.before}
	return facts, s.roster.AddRows(ctx, r, p, people, o)
}

// MemberOfDraft is a row of a draft as somebody to add.
func MemberOfDraft(d directory.DraftRow) roster.NewMember {
	return roster.NewMember{Email: d.Email, First: d.First, Last: d.Last, Company: d.Company, Functions: d.Functions(), Levels: d.Levels(), Products: d.Products}
}

// A vocabulary reads the words of a file: roles and products by name in any
// language or by code, civilities, languages, dates.
type vocabulary struct {
	functions, levels map[string]string // folded name or code to code
	names             []string          // of the functions, to propose the nearest
	products          productWords
	dates             directory.DayOrder
	fields            []sheet.Field
	workbook          bool // the rows are those of one
	*Dictionary
}

func (s *Imports) newVocabulary(roles []directory.Role, dates directory.DayOrder) vocabulary {
	v := vocabulary{Dictionary: s.dictionary, dates: dates, fields: MemberFields(), functions: map[string]string{}, levels: map[string]string{}}
	for _, role := range roles {
		if !role.Archived.IsZero() || role.Place == directory.AtProject {
			continue
		}
		into := v.functions
		switch role.Kind {
		case directory.Level:
			into = v.levels
		case directory.RightsRole:
			continue
		}
		into[directory.Fold(role.Code)] = role.Code
		for _, name := range role.Names {
			into[directory.Fold(name)] = role.Code
			if role.Kind == directory.Function {
				v.names = append(v.names, name)
			}
		}
	}
	slices.Sort(v.names)
	return v
}

// member reads one row of a file. What it cannot read is the row's fault, with
// the field.
func (v vocabulary) member(columns map[string]int, row SourceRow) roster.NewMember {
	cell := func(field string) string { return CellOf(columns, row.Cells, field) }
	m := roster.NewMember{Email: cell(columnEmail), First: cell(columnFirst), Last: cell(columnLast), UserName: cell(columnUserName),
		Company: cell(columnCompany), Home: cell(columnUnit)}
	for _, text := range m.PlaceTexts.Each() {
		*text.Value = cell(text.Kind.Field())
	}
	if full := cell(columnFullName); m.First == "" && m.Last == "" && full != "" {
		m.First, m.Last = directory.SplitName(full)
	}
	if m.Fault = Suspect(v.fields, columns, row); m.Fault == nil && v.workbook {
		m.Fault = truthAsName(cell)
	}
	var faults [6]*directory.Error
	m.Civility, faults[0] = v.civility(cell(columnCivility))
	m.Language, faults[1] = v.Language(cell(ColumnLanguage))
	m.Functions, faults[2] = v.functionsOf(cell(columnFunction))
	m.Levels, faults[3] = v.levelsOf(cell(columnLevel))
	m.Ends.Day, faults[4] = directory.ParseDay(columnEnds, cell(columnEnds), v.dates)
	m.Products, faults[5] = v.productsOf(cell(columnProducts))
	for _, fault := range faults {
		if fault != nil && m.Fault == nil {
			m.Fault = fault
		}
	}
	return m
}

// Suspect refuses a row with a cell whose characters were not read as they were
// meant, so that none is written silently.
func Suspect(fields []sheet.Field, columns map[string]int, row SourceRow) *directory.Error {
	for _, field := range fields {
		cell := CellOf(columns, row.Cells, field.ID)
		if code, meant := sheet.Suspect(cell); code != "" {
			return directory.InvalidField(field.ID, code, directory.Args{"Value": directory.Excerpt(cell), "Meant": directory.Excerpt(meant)})
		}
	}
	return nil
}

// truthAsName refuses a name that a workbook took for a logical value, which it
// writes in capitals whatever was typed.
func truthAsName(cell func(field string) string) *directory.Error {
	for _, field := range []string{columnFirst, columnLast, columnFullName, columnCompany} {
		if text := cell(field); text == "TRUE" || text == "FALSE" {
			return directory.InvalidField(field, "text.truth_value", directory.Args{"Value": text})
		}
	}
	return nil
}

// functionsOf reads one function or several.
func (v vocabulary) functionsOf(cell string) ([]string, *directory.Error) {
	return codesIn(cell, v.functions, v.unknownFunction)
}

// codesIn reads one name or code, or several separated by commas, semicolons,
// slashes or line ends.
func codesIn(cell string, known map[string]string, unknown func(text string) *directory.Error) ([]string, *directory.Error) {
	if cell == "" {
		return nil, nil
	}
	if code, ok := known[directory.Fold(cell)]; ok {
		return []string{code}, nil
	}
	var codes []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;/\n", r) }) {
		code, ok := known[directory.Fold(part)]
		if !ok {
			return nil, unknown(strings.TrimSpace(part))
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes, nil
}

func (v vocabulary) unknownFunction(text string) *directory.Error {
	if near := nearest(text, v.names); near != "" {
		return directory.InvalidField(columnFunction, "import.unknown_role_near", directory.Args{"Value": text, "Near": near})
	}
	return directory.InvalidField(columnFunction, "import.unknown_role", directory.Args{"Value": text})
}

// levelsOf reads one access level, several, or the word for none (ADD-8).
func (v vocabulary) levelsOf(cell string) ([]string, *directory.Error) {
	if v.none[directory.Fold(cell)] {
		return nil, nil
	}
	return codesIn(cell, v.levels, func(text string) *directory.Error {
		return directory.InvalidField(columnLevel, "import.unknown_level", directory.Args{"Value": text})
	})
}

// nearest is the name that differs least from a text, if that is less than a
// third of it or begins with it.
func nearest(text string, names []string) string {
	folded := directory.Fold(text)
	best, least := "", len(folded)/3+1
	for _, name := range names {
		other := directory.Fold(name)
		if strings.HasPrefix(other, folded) && len(folded) > 3 {
			return name
		}
		if d := distance(folded, other); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many letters are to be put in, taken out or exchanged.
func distance(a, b string) int {
	if len(a) > 60 || len(b) > 60 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
