package imports

import (
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
)

// A pasteWords reads the words of a pasted table: roles, access levels and products that
// the form offers, by name in any language or by code.
type pasteWords struct {
	functions, levels map[string]string // folded word to code
	names             []string          // of the functions, to propose the nearest
	products          productWords
	access            map[string]string // in a project, folded word to product
	none              map[string]bool
	inProject         bool
	always            string // in a project, the access that everybody has
}

// base is the access that everybody in a project has, beside some that names none.
func (w pasteWords) base(products []string) []string {
	if w.always == "" || len(products) == 0 || slices.Contains(products, w.always) {
		return nil
	}
	return []string{w.always}
}

func (s *Imports) wordsOf(offered roster.AddChoices, accountType string) pasteWords {
	w := pasteWords{functions: codesByWord(offered.Functions), levels: codesByWord(offered.Levels), none: s.dictionary.none}
	for _, role := range offered.Functions {
		for _, name := range role.Names {
			w.names = append(w.names, name)
		}
	}
	slices.Sort(w.names)
	if place := offered.Place; place != nil {
		w.inProject, w.access = true, accessByWord(place.Products)
		if place.Base != "" {
			w.always = place.Base + "/" + directory.MemberAccess
		}
	} else if len(offered.Products) > 0 {
		w.products = wordsOfProducts(s.gate.Catalogue(), accountType)
	}
	return w
}

func accessByWord(products []catalogue.Product) map[string]string {
	words := map[string]string{}
	for _, p := range products {
		for _, name := range p.Label {
			words[directory.Fold(name)] = p.ID
		}
		words[directory.Fold(p.ID)] = p.ID
	}
	return words
}

// into puts what a row says in words into the row of a draft, and answers what it could
// not: every cell by itself, naming its field (ADD-3). What is chosen so was chosen by
// hand.
func (w pasteWords) into(row *directory.DraftRow, said directory.Beside) []*directory.Error {
	r := &reading{vocabulary: vocabulary{Dictionary: &Dictionary{none: w.none}, functions: w.functions, names: w.names}}
	row.Company = said.Company
	row.Function = directory.JoinCodes(r.codes(list{columnFunction, listed, w.functions, r.unknownFunction}, said.Function))
	if levels := r.codes(list{columnLevel, listed, w.levels, unknownLevel}, said.Level); len(levels) > 0 {
		if w.inProject {
			levels = levels[:1]
		}
		row.Level, row.LevelOwn = directory.JoinLevels(levels), true
	}
	if w.inProject {
		for _, product := range r.codes(list{fieldProduct, listed, w.access, productWords{}.unknown}, said.Products) {
			row.Products = append(row.Products, product+"/"+directory.MemberAccess)
		}
		row.Products = append(row.Products, w.base(row.Products)...)
	} else if len(w.products.offers) > 0 {
		row.Products = r.codes(list{columnProducts, listedOffers, w.products.offers, w.products.unknown}, said.Products)
	}
	row.ProductsOwn = len(row.Products) > 0
	return r.faults
}
