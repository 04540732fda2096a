package page

import (
	"strings"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// ProductMarks are the signs of what a member holds: by a seat of ours, by a
// subscription of their own, each told apart (EXT-2); a seat that has lapsed says so
// (SEAT-9).
func (s *Site) ProductMarks(lang string, held []directory.HeldProduct) []ui.ProductMark {
	var marks []ui.ProductMark
	for _, h := range held {
		name := s.Catalogue().OfferName(h.Offer, lang)
		if h.Own {
			marks = append(marks, ui.ProductMark{Name: name, Lapsed: h.Lapsed})
		}
		if h.External {
			marks = append(marks, ui.ProductMark{Name: name, External: true})
		}
	}
	return marks
}

// HeldAs says by what somebody has a product: by a seat, reserved until they accept
// their place, by a subscription of their own, or by both (EXT-2), and when they
// used it last (APP-5).
func HeldAs(p *i18n.Printer, h directory.HeldProduct, status directory.Status) string {
	by := heldBy(p, h, status)
	if h.Used == (directory.Day{}) {
		return by
	}
	return by + ". " + p.T("seats.used", "Day", p.DateShort(h.Used.UTC()))
}

func heldBy(p *i18n.Printer, h directory.HeldProduct, status directory.Status) string {
	switch {
	case h.Lapsed && !h.External:
		return p.T("seats.held.lapsed")
	case h.Own && h.External:
		return p.T("seats.held.both")
	case h.External:
		return p.T("seats.held.external")
	case status != directory.Active:
		return p.T("seats.held.reserved")
	}
	return p.T("seats.held.own")
}

// ModulesOf are the modules of an offer in the order of the catalogue, in a few
// words (SEAT-1).
func (s *Site) ModulesOf(lang string, offer directory.Offer) string {
	var names []string
	for _, m := range s.Catalogue().OfferModules(offer) {
		names = append(names, m.Label.In(lang))
	}
	return strings.Join(names, ", ")
}

// ExternalAs says by what an external subscription is believed, and its last day
// (EXT-3).
func ExternalAs(p *i18n.Printer, e directory.External) string {
	said := p.T("seats.external.proof." + string(e.Proof))
	if e.Ends.IsZero() {
		return said
	}
	return said + ", " + p.T("seats.external.until", "Date", p.Date(directory.LastDay(e.Ends, p.Zone()).Noon(p.Zone())))
}
