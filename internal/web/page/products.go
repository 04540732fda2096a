package page

import (
	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// ProductMarks are the signs of what a member holds: by a seat of ours, by a
// subscription of their own, each told apart (EXT-2).
func (s *Site) ProductMarks(lang string, held []directory.HeldProduct) []ui.ProductMark {
	var marks []ui.ProductMark
	for _, h := range held {
		name := s.Catalogue().OfferName(h.Offer, lang)
		if h.Own {
			marks = append(marks, ui.ProductMark{Name: name})
		}
		if h.External {
			marks = append(marks, ui.ProductMark{Name: name, External: true})
		}
	}
	return marks
}
