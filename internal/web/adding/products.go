package adding

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Names of the fields of products: those of one person or of all, and whether a
// form shows them, since boxes without a tick say nothing.
const (
	productField  = "products"
	productsShown = "products_shown"
)

// offerNames are what offers are called.
func offerNames(t task, offers []string) []string {
	names := make([]string, len(offers))
	for i, offer := range offers {
		names[i] = t.catalogue.OfferName(directory.OfferOf(offer), t.Printer.Lang())
	}
	return names
}

// productChecks are the offers to choose from, each with what is free of it. What
// is chosen and not offered stays (SEAT-3).
func (t task) productChecks(choices app.AddChoices, name string, chosen []string, attrs templ.Attributes) []ui.Check {
	var checks []ui.Check
	add := func(offer directory.Offer) {
		checks = append(checks, ui.Check{Name: name, Value: offer.String(), Label: t.catalogue.OfferName(offer, t.Printer.Lang()),
			Hint: t.T("adding.product.free", "Count", choices.Free(offer)), Checked: slices.Contains(chosen, offer.String()), Attrs: attrs})
	}
	for _, text := range chosen {
		if !slices.ContainsFunc(choices.Products, func(p app.ProductChoice) bool { return p.Offer.String() == text }) {
			add(directory.OfferOf(text))
		}
	}
	for _, p := range choices.Products {
		add(p.Offer)
	}
	return checks
}

// products are the boxes of one person, or of all alike.
func (t task) products(q *page.Request, choices app.AddChoices) []ui.Check {
	return t.productChecks(choices, productField, q.PostForm[productField], nil)
}

// rowProducts are the boxes of a row of the table. A tick is kept at once, and the
// boxes stay open.
func (v draftView) rowProducts(l app.DraftLine) []ui.Check {
	return v.productChecks(v.Draft.Choices, boxes("products", l), l.Products, v.inDraft(nil))
}

// boxes is the name of a field of boxes in a row.
func boxes(field string, l app.DraftLine) string { return field + "." + strconv.FormatInt(l.Line, 10) }

// panelProducts are the boxes of the panel: none ticked leaves the products alone,
// the last takes them away (ADD-7).
func (v draftView) panelProducts() []ui.Check {
	checks := v.productChecks(v.Draft.Choices, "set_products", v.Set.Products, v.inDraft(nil))
	return append(checks, ui.Check{Name: "clear_products", Value: "1", Label: v.T("adding.panel.clear_products"), Checked: v.Set.Bare, Attrs: v.inDraft(nil)})
}

// lastColumn is the title of the last column: products where there are some to
// choose.
func (v draftView) lastColumn() string {
	if v.showsProducts() {
		return "field.products"
	}
	return "field.status"
}

// showsProducts reports whether there are products to choose.
func (v draftView) showsProducts() bool { return v.Project != nil || len(v.Draft.Choices.Products) > 0 }

// keepBoxes sends the boxes of a row's field as soon as one changes, and keeps them
// unfolded.
func keepBoxes(v draftView, field string) templ.Attributes {
	attrs := morph(v.KeepPath, "change")
	attrs["hx-include"] = wholeDraft
	attrs["hx-vals"] = `{"open": "` + field + `"}`
	return attrs
}

// readProducts are the products that the form says of a row; nil where it shows
// none. In a project what everybody has is said by no field.
func readProducts(q *page.Request, line string) *[]string {
	if access := readAccess(q, rowAccess(line), directory.NoAccess); access != nil {
		return access
	}
	if q.Field(productsShown) == "" {
		return nil
	}
	offers := q.PostForm["products."+line]
	return &offers
}

// seatSentences say how many seats of what the people of a draft take, and how many
// are missing.
func (v draftView) seatSentences() (taken, missing string) {
	if len(v.Draft.Seats) == 0 {
		return "", ""
	}
	var parts []string
	var short int64
	for _, s := range v.Draft.Seats {
		parts = append(parts, v.T("adding.foot.seat", "Product", v.catalogue.OfferName(s.Offer, v.Printer.Lang()),
			"Wanted", v.Printer.Number(s.Wanted), "Count", s.Free))
		short += max(0, s.Wanted-s.Free)
	}
	taken = v.T("adding.foot.seats", "What", v.Printer.List(parts))
	if short > 0 {
		missing = v.T("adding.foot.seats_short", "Count", short)
	}
	return taken, missing
}
