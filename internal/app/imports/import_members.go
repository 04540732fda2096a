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
	words.workbook, words.meant, words.others, words.unknown = i.Workbook(), i.Choices.Meant, i.Choices.Others, c.found.words()
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
			Function: strings.Join(m.Functions, ", "), Level: directory.JoinLevels(m.Levels), Products: m.Products, Remarks: c.found.remarks(*m)}
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
	workbook          bool                         // the rows are those of one
	meant             map[string]map[string]string // as in directory.ImportChoices
	others            map[string]string            // likewise
	unknown           *unknownWords                // nil outside of previews
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
	r := &reading{vocabulary: v}
	if r.faults = Suspects(v.fields, columns, row); len(r.faults) == 0 && v.workbook {
		r.faults = truthAsName(cell)
	}
	m.Civility = r.code(columnCivility, cell(columnCivility), v.civility)
	m.Language = r.code(ColumnLanguage, cell(ColumnLanguage), v.Language)
	m.Functions = r.codes(list{columnFunction, listed, v.functions, v.unknownFunction}, cell(columnFunction))
	m.Levels = r.codes(list{columnLevel, listed, v.levels, unknownLevel}, cell(columnLevel))
	m.Products = r.codes(list{columnProducts, listedOffers, v.products.offers, v.products.unknown}, cell(columnProducts))
	ends, refusal := directory.ParseDay(columnEnds, cell(columnEnds), v.dates)
	if m.Ends.Day = ends; refusal != nil {
		r.faults = append(r.faults, refusal)
	}
	if m.Faults = r.faults; len(r.faults) > 0 {
		m.Fault = r.faults[0]
	}
	return m
}

// Suspects refuses the cells of a row whose characters were not read as they were
// meant, so that none is written silently.
func Suspects(fields []sheet.Field, columns map[string]int, row SourceRow) (found []*directory.Error) {
	for _, field := range fields {
		cell := CellOf(columns, row.Cells, field.ID)
		if code, meant := sheet.Suspect(cell); code != "" {
			found = append(found, directory.InvalidField(field.ID, code, directory.Args{"Value": directory.Excerpt(cell), "Meant": directory.Excerpt(meant)}))
		}
	}
	return found
}

// truthAsName refuses names that a workbook took for a logical value, which it
// writes in capitals whatever was typed.
func truthAsName(cell func(field string) string) (faults []*directory.Error) {
	for _, field := range []string{columnFirst, columnLast, columnFullName, columnCompany} {
		if text := cell(field); text == "TRUE" || text == "FALSE" {
			faults = append(faults, directory.InvalidField(field, "text.truth_value", directory.Args{"Value": text}))
		}
	}
	return faults
}

func (v vocabulary) unknownFunction(text string) (refusal *directory.Error, near string) {
	if near := nearest(text, v.names); near != "" {
		return directory.InvalidField(columnFunction, "import.unknown_role_near", directory.Args{"Value": directory.Excerpt(text), "Near": near}), v.functions[directory.Fold(near)]
	}
	return directory.InvalidField(columnFunction, "import.unknown_role", directory.Args{"Value": directory.Excerpt(text)}), ""
}

func unknownLevel(text string) (refusal *directory.Error, near string) {
	return directory.InvalidField(columnLevel, "import.unknown_level", directory.Args{"Value": directory.Excerpt(text)}), ""
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
