package apptest

import (
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Used is the day on which a member used a product last, as far as it is written;
// none: never.
func (w *World) Used(m directory.Member, product string) (last directory.Day) {
	w.T.Helper()
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) error {
		held, err := r.HeldProducts(w.Context(), []directory.MemberID{m.ID}, w.Now())
		for _, h := range held[m.ID] {
			if h.Offer.Product == product {
				last = h.Used
			}
		}
		return err
	}))
	return last
}
