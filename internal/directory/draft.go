package directory

import "slices"

// A DraftRow is one pasted address with what is chosen for it, until the people
// are added (ADD-3).
type DraftRow struct {
	Line        int64
	Email       string
	First, Last string
	Company     string
	Function    string   // code
	Level       string   // code, or several as JoinLevels writes them
	LevelOwn    bool     // the level was chosen by hand and stands (ADD-4)
	Products    []string // offers
	ProductsOwn bool     // the products were chosen by hand and stand (ADD-4)
	Member      MemberID // of somebody who is in the account already (ADD-5)
}

// A DraftEdit is what a form says of one row.
type DraftEdit struct {
	First, Last, Company, Function, Level string
	Products                              *[]string // offers; nil: the form shows none
}

// DraftDefaults are what a function proposes of what may be given: a level and
// products.
type DraftDefaults interface {
	DefaultLevel(function string) string
	DefaultProducts(function string) []string
}

// Edit takes over what the form says. Another function sets its default level and
// products, unless those were chosen by hand, before or in this edit. Somebody who
// is in the account already is left alone. Rules ADD-4, ADD-5.
func (r *DraftRow) Edit(e DraftEdit, defaults DraftDefaults) {
	if r.Member != 0 {
		return
	}
	r.First, r.Last, r.Company = e.First, e.Last, e.Company
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
	Products                 *[]string // offers
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
// chosen there before and is another now. Rule ADD-7.
func (s DraftSet) Apply(r *DraftRow, losses *DraftLosses, defaults DraftDefaults) {
	if r.Member != 0 {
		return
	}
	if s.Company != nil {
		if r.Company != "" && Fold(r.Company) != Fold(*s.Company) {
			losses.Companies++
		}
		r.Company = *s.Company
	}
	if s.Level != nil {
		if r.Level != "" && r.Level != *s.Level {
			losses.Levels++
		}
		r.Level, r.LevelOwn = *s.Level, true
	}
	if s.Products != nil {
		if len(r.Products) > 0 && !SameOffers(r.Products, *s.Products) {
			losses.Products++
		}
		r.Products, r.ProductsOwn = eachOnce(*s.Products), true
	}
	if s.Function != nil {
		if r.Function != "" && r.Function != *s.Function {
			losses.Functions++
		}
		r.chooseFunction(*s.Function, defaults)
	}
}
