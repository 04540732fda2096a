package directory

import (
	"slices"
	"strings"
)

// A DraftRow is one pasted address with what is chosen for it, until the people
// are added (ADD-3).
type DraftRow struct {
	Line        int64
	Email       string
	First, Last string
	Company     string
	Function    string   // code, or several as JoinCodes writes them
	Level       string   // code, or several as JoinLevels writes them
	LevelOwn    bool     // the level was chosen by hand and stands (ADD-4)
	Products    []string // offers; in a project access to products, as AccessTexts writes it
	ProductsOwn bool     // the products were chosen by hand and stand (ADD-4)
	Member      MemberID // of somebody who is there already: in the account, or in the project (ADD-5)
	Known       MemberID // of somebody of the account who is to come into a project (PROJ-8)
}

// JoinCodes writes the codes of several functions as one text.
func JoinCodes(codes []string) string { return strings.Join(codes, ", ") }

// splitCodes are the codes that JoinCodes has written.
func splitCodes(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ", ")
}

// Functions are the codes of the row's functions.
func (r DraftRow) Functions() []string { return splitCodes(r.Function) }

// Levels are the codes of the row's access levels; in a project there is one.
func (r DraftRow) Levels() []string { return splitCodes(r.Level) }

// JoinLevels writes the codes of access levels as one text: the same set is always
// the same text, and none is the empty one.
func JoinLevels(codes []string) string {
	codes = slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return code == "" })
	slices.Sort(codes)
	return JoinCodes(slices.Compact(codes))
}

// SaysAs reports whether the same is chosen in two rows.
func (r DraftRow) SaysAs(o DraftRow) bool {
	return r.First == o.First && r.Last == o.Last && r.Company == o.Company && r.Function == o.Function &&
		r.Level == o.Level && r.LevelOwn == o.LevelOwn && r.ProductsOwn == o.ProductsOwn && slices.Equal(r.Products, o.Products)
}

// A DraftEdit is what a form says of one row. Was is what the form showed: what is as
// it was there changes nothing, however old the form is.
type DraftEdit struct {
	First, Last, Company, Function, Level string
	Products                              *[]string // as in a row; nil: the form shows none
	Was                                   *DraftEdit
}

// over is the edit with the row's own values in the fields that the form left as it
// had shown them.
func (e DraftEdit) over(r DraftRow) DraftEdit {
	if e.Was == nil {
		return e
	}
	for _, text := range []struct {
		said     *string
		was, own string
	}{{&e.First, e.Was.First, r.First}, {&e.Last, e.Was.Last, r.Last}, {&e.Company, e.Was.Company, r.Company},
		{&e.Function, e.Was.Function, r.Function}, {&e.Level, e.Was.Level, r.Level}} {
		if *text.said == text.was {
			*text.said = text.own
		}
	}
	if e.Products != nil && e.Was.Products != nil && SameOffers(*e.Products, *e.Was.Products) {
		e.Products = nil
	}
	return e
}

// DraftDefaults are what a function proposes of what may be given: a level and
// products. Without a function they are what everybody begins with.
type DraftDefaults interface {
	DefaultLevel(function string) string
	DefaultProducts(function string) []string
	// Over are the products of a row once the panel has set some.
	Over(products, set []string) []string
}

// Edit takes over what the form says. Another function sets its default level and
// products, unless those were chosen by hand, before or in this edit. Somebody who
// is there already is left alone, and the names of whoever the account knows are
// theirs. Rules ADD-4, ADD-5.
func (r *DraftRow) Edit(e DraftEdit, defaults DraftDefaults) {
	if r.Member != 0 {
		return
	}
	e = e.over(*r)
	if r.Known == 0 {
		r.First, r.Last = e.First, e.Last
	}
	r.Company = e.Company
	if e.Level != r.Level {
		r.Level, r.LevelOwn = e.Level, true
	}
	if e.Products != nil && !SameOffers(*e.Products, r.Products) {
		r.Products, r.ProductsOwn = eachOnce(*e.Products), true
	}
	r.chooseFunction(e.Function, defaults)
}

// SameOffers reports whether two lists name the same offers, in whatever order.
func SameOffers(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

// eachOnce are offers in their order, each once.
func eachOnce(offers []string) []string {
	var once []string
	for _, offer := range offers {
		if !slices.Contains(once, offer) {
			once = append(once, offer)
		}
	}
	return once
}

func (r *DraftRow) chooseFunction(function string, defaults DraftDefaults) {
	if function == r.Function {
		return
	}
	r.Function = function
	if !r.LevelOwn {
		r.Level = defaults.DefaultLevel(function)
	}
	if !r.ProductsOwn {
		r.Products = defaults.DefaultProducts(function)
	}
}

// A DraftSet is what the panel sets over many rows; nil leaves a field alone
// (ADD-7).
type DraftSet struct {
	Company, Function, Level *string
	Products                 *[]string // as DraftDefaults.Over takes them
}

// Empty reports whether nothing is set.
func (s DraftSet) Empty() bool {
	return s.Company == nil && s.Function == nil && s.Level == nil && s.Products == nil
}

// DraftLosses counts what a DraftSet overwrites.
type DraftLosses struct {
	Companies, Functions, Levels, Products int
}

// Any reports whether something is overwritten.
func (l DraftLosses) Any() bool { return l.Companies+l.Functions+l.Levels+l.Products > 0 }

// Apply sets the fields of the row that are set and counts in losses what was
// chosen there before and is another now, what a role sets beside itself too; what
// everybody begins with was not chosen. Rules ADD-4, ADD-7.
func (s DraftSet) Apply(r *DraftRow, losses *DraftLosses, defaults DraftDefaults) {
	if r.Member != 0 {
		return
	}
	before := *r
	if s.Company != nil {
		r.Company = *s.Company
	}
	if s.Level != nil {
		r.Level, r.LevelOwn = *s.Level, true
	}
	if s.Products != nil {
		r.Products, r.ProductsOwn = eachOnce(defaults.Over(r.Products, *s.Products)), true
	}
	if s.Function != nil {
		r.chooseFunction(*s.Function, defaults)
	}
	losses.count(before, *r, defaults)
}

// count adds what one row loses.
func (l *DraftLosses) count(before, after DraftRow, defaults DraftDefaults) {
	if before.Company != "" && Fold(before.Company) != Fold(after.Company) {
		l.Companies++
	}
	if before.Function != "" && before.Function != after.Function {
		l.Functions++
	}
	chosen := before.LevelOwn || before.Level != defaults.DefaultLevel("")
	if chosen && before.Level != "" && before.Level != after.Level {
		l.Levels++
	}
	chosen = before.ProductsOwn || !SameOffers(before.Products, defaults.DefaultProducts(""))
	if chosen && len(before.Products) > 0 && !SameOffers(before.Products, after.Products) {
		l.Products++
	}
}
