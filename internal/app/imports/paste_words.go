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
	vocabulary
	access    map[string]string // in a project, folded word to product
	inProject bool
	always    string // in a project, the access that everybody has
}

func (s *Imports) wordsOf(offered roster.AddChoices, accountType string) pasteWords {
	w := pasteWords{vocabulary: vocabulary{Dictionary: s.dictionary, functions: codesByWord(offered.Functions), levels: codesByWord(offered.Levels)}}
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
// not, all of it (ADD-3). What is chosen so was chosen by hand.
func (w pasteWords) into(row *directory.DraftRow, said directory.Beside) []*directory.Error {
	r := &reading{vocabulary: w.vocabulary}
	row.Company = said.Company
	row.Function = directory.JoinCodes(r.codes(list{columnFunction, listed, w.functions, w.unknownFunction}, said.Function))
	if levels := r.codes(list{columnLevel, listed, w.levels, unknownLevel}, said.Level); len(levels) > 0 {
		if w.inProject {
			levels = levels[:1]
		}
		row.Level, row.LevelOwn = directory.JoinLevels(levels), true
	}
	row.Products = w.given(r, said.Products)
	row.ProductsOwn = len(row.Products) > 0
	return r.faults
}

// given are the products that a cell names: offers, or in a project access to them, that
// of everybody with it. Where there is none to choose nothing is given.
func (w pasteWords) given(r *reading, cell string) []string {
	if !w.inProject {
		if len(w.products.offers) == 0 {
			return nil
		}
		return r.codes(list{columnProducts, listedOffers, w.products.offers, w.products.unknown}, cell)
	}
	var given []string
	for _, product := range r.codes(list{columnProducts, listedOffers, w.access, productWords{}.unknown}, cell) {
		given = append(given, product+"/"+directory.MemberAccess)
	}
	if len(given) > 0 && w.always != "" && !slices.Contains(given, w.always) {
		given = append(given, w.always)
	}
	return given
}
