package members

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// seated reports whether members of the account can have seats at all.
func (t table) seated() bool {
	return len(t.site.Catalogue().OffersOf(t.acct.Type)) > 0
}

// seatAt is an address about the seats of somebody, which leads back here.
func (t table) seatAt(m app.ListedMember, rest string, more url.Values) string {
	more.Set("return", t.back(m, t.open == ""))
	return t.base + "/" + url.PathEscape(m.UUID) + rest + "?" + more.Encode()
}

// assigns leads to the choice of a product for the member (SEAT-3).
func (p panel) assigns() ui.Act {
	href := p.seatAt(p.m.ListedMember, "/assign", url.Values{})
	return ui.Act{Label: p.T("members.panel.assign"), Icon: "key", Size: ui.Small, Href: href, Attrs: ui.Asks(href, "assign", "panel")}
}

// handOver leads to the choice of another person for a seat.
func (p panel) handOver(o directory.Offer) ui.Act {
	return ui.Act{Label: p.T("seats.hand_over"), About: p.product(o), Icon: "switch-horizontal", IconOnly: true, Size: ui.Small, Kind: ui.Plain,
		Href: p.seatAt(p.m.ListedMember, "/seats/hand-over", url.Values{"held": {o.String()}})}
}

// takesBack is what the form that ends a seat carries.
func (p panel) takesBack(o directory.Offer) []ui.Hidden {
	return []ui.Hidden{{Name: "held", Value: o.String()}, {Name: "return", Value: p.href(p.m.ListedMember)}}
}

// fillSeats reads the products that members can be given, or be taken, when that
// is the act.
func (h Handler) fillSeats(q *page.Request, b *bulk) error {
	if b.name != "assign" && b.name != "take_back" {
		return nil
	}
	b.Title = b.T("members.bulk."+b.name, "Count", b.chosen.Count)
	var err error
	b.products, err = h.App.Seats.Products(q.Context(), q.Actor(), account(q))
	return err
}

// seatChoices are the products to choose from, with how many seats are free of
// each, or how many are used.
func (b bulk) seatChoices() []ui.Choice {
	var choices []ui.Choice
	for _, p := range b.products {
		sum := p.Sum()
		end := b.T("seats.line.free", "Count", sum.Free)
		if sum.Free == 0 {
			end = b.T("seats.line.none")
		}
		if b.name == "take_back" {
			end = b.T("seats.line.assigned", "Count", sum.Assigned+sum.Reserved)
		}
		value := p.Offer.String()
		choices = append(choices, ui.Choice{Name: "seat_product", Value: value, Label: b.site.Catalogue().OfferName(p.Offer, b.Printer.Lang()),
			Note: b.site.ModulesOf(b.Printer.Lang(), p.Offer), End: end, Checked: b.sent.Get("seat_product") == value})
	}
	return choices
}

// external leads to what the member brings along (EXT-1).
func (p panel) external() ui.Act {
	return ui.Act{Label: p.T("seats.external"), Icon: "license", Size: ui.Small, Kind: ui.Plain, Href: p.seatAt(p.m.ListedMember, "/external", url.Values{})}
}

// endsExternal is what the form that takes one of them back carries.
func (p panel) endsExternal(e directory.External) []ui.Hidden {
	return []ui.Hidden{{Name: "product", Value: e.Product}, {Name: "return", Value: p.href(p.m.ListedMember)}}
}

// listed are the products of the member's list: without those that stand below it,
// with what proves them.
func (p panel) listed() []directory.HeldProduct {
	var listed []directory.HeldProduct
	for _, held := range p.m.Products {
		shown := slices.ContainsFunc(p.ext, func(e directory.External) bool { return e.Product == held.Offer.Product })
		if held.Own || !shown {
			listed = append(listed, held)
		}
	}
	return listed
}
