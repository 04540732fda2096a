package directory

import "strings"

// An Offer is what a seat is of: a product of the catalogue, in one of its
// editions where it has some.
type Offer struct{ Product, Edition string }

// String is how an offer is written in forms, files and JSON: "plans", or
// "fleet/complete".
func (o Offer) String() string {
	if o.Edition == "" {
		return o.Product
	}
	return o.Product + "/" + o.Edition
}

// OfferOf reads what String writes.
func OfferOf(text string) Offer {
	product, edition, _ := strings.Cut(strings.TrimSpace(text), "/")
	return Offer{product, edition}
}
