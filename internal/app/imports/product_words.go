package imports

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// fieldProduct is what refusals call a product that a row names.
const fieldProduct = "product"

// The productWords are what a file may call the products of an account: by name
// in any language, by id, or as offers.
type productWords struct {
	offers map[string]string // folded word to offer
	names  []string          // to propose the nearest
}

// productsOf are the words for what the account can have seats of.
func (s *Imports) productsOf(ctx context.Context, r *store.Reader, account directory.AccountID) (productWords, error) {
	of, err := r.Account(ctx, account)
	if err != nil {
		return productWords{}, err
	}
	return wordsOfProducts(s.gate.Catalogue(), of.Type), nil
}

// wordsOfProducts are the words for what accounts of a type can have seats of. A
// product that has editions is known by its own name too: whichever is free. Where
// two are called the same the first of the catalogue is meant.
func wordsOfProducts(c *catalogue.Catalogue, accountType string) productWords {
	w := productWords{offers: map[string]string{}}
	add := func(offer directory.Offer, label catalogue.Text) {
		for _, word := range slices.Sorted(maps.Values(label)) {
			if folded := directory.Fold(word); folded != "" && w.offers[folded] == "" {
				w.offers[folded] = offer.String()
				w.names = append(w.names, word)
			}
		}
		if folded := directory.Fold(offer.String()); w.offers[folded] == "" {
			w.offers[folded] = offer.String()
		}
	}
	for _, offer := range c.OffersOf(accountType) {
		product, _ := c.Product(offer.Product)
		add(directory.Offer{Product: offer.Product}, product.Label)
		if edition, has := product.Edition(offer.Edition); has {
			add(offer, edition.Label)
		}
	}
	slices.Sort(w.names)
	return w
}

// unknown refuses a word that is no product, naming the one that differs least.
func (w productWords) unknown(text string) (refusal *directory.Error, near string) {
	if near := nearest(text, w.names); near != "" {
		return directory.InvalidField(fieldProduct, "import.unknown_product_near", directory.Args{"Value": directory.Excerpt(text), "Near": near}), w.offers[directory.Fold(near)]
	}
	return directory.InvalidField(fieldProduct, "import.unknown_product", directory.Args{"Value": directory.Excerpt(text)}), ""
}
