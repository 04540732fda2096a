package roster

import (
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A seatEdit is what an edit does with the seats of one member: which end and
// which begin.
type seatEdit struct {
	back  []directory.Seat
	picks []pick
}

// none reports whether nothing is done with seats.
func (e seatEdit) none() bool { return len(e.back)+len(e.picks) == 0 }

// seatEdit finds what a change does with the seats of a member, as they will be
// after it. What is taken back counts as free already, so that one edition can be
// changed for another. What they hold already, or hold none of, is left. It changes
// nothing yet and refuses like Assign and TakeBack, and with
// seat.none_free_there what the move to another home unit would lose.
func (a *Acting) seatEdit(u directory.User, before, after directory.Member, change MemberChange) (seatEdit, error) {
	var e seatEdit
	for _, text := range change.TakeBack {
		if err := gate.Require(a.Rights, authz.AssignSeats, before.Unit); err != nil {
			return e, err
		}
		a.Plan.Relies(store.Asked{Permission: string(authz.AssignSeats), Unit: before.Unit})
		seats, err := a.seatsLike(before, directory.OfferOf(text))
		if err != nil {
			return e, err
		}
		e.back = append(e.back, seats...)
	}
	if len(change.Assign) > 0 {
		if u.Technical() {
			return e, directory.Refuse(directory.Conflict, "seat.technical")
		}
		if after.Status == directory.Inactive {
			return e, Inactive(u, after)
		}
	}
	defer a.asIfFree(before.ID, e.back)()
	for _, text := range change.Assign {
		p, err := a.pickSeat(after, directory.OfferOf(text))
		if err == error(gate.ErrUnchanged) {
			continue
		}
		if err != nil {
			return e, err
		}
		e.picks = append(e.picks, p)
	}
	_, err := a.reseating(before, after)
	return e, err
}

// seatsLike are the seats of a member that are of an offer, or of any edition of
// the product where the offer names none.
func (ro *Roster) seatsLike(m directory.Member, offer directory.Offer) ([]directory.Seat, error) {
	stock, err := ro.seats.all()
	if err != nil {
		return nil, err
	}
	seats, err := ro.seats.of(m.ID)
	if err != nil {
		return nil, err
	}
	var found []directory.Seat
	for _, s := range seats {
		if pool, _ := stock.Pool(s.Pool); s.Product == offer.Product && (offer.Edition == "" || pool.Offer.Edition == offer.Edition) {
			found = append(found, s)
		}
	}
	return found, nil
}

// asIfFree lets seats of a member count as free until what it answers is called.
func (ro *Roster) asIfFree(m directory.MemberID, seats []directory.Seat) (back func()) {
	if len(seats) == 0 {
		return func() {}
	}
	held := ro.seats.held[m]
	ro.seats.held[m] = slices.DeleteFunc(slices.Clone(held), func(s directory.Seat) bool {
		return slices.ContainsFunc(seats, func(o directory.Seat) bool { return o.ID == s.ID })
	})
	for _, s := range seats {
		ro.seats.stock.Take(s.Pool, -1)
	}
	return func() {
		ro.seats.held[m] = held
		for _, s := range seats {
			ro.seats.stock.Take(s.Pool, 1)
		}
	}
}

// editSeats does what seatEdit found, and tells the member.
func (a *Acting) editSeats(u directory.User, before, after directory.Member, e seatEdit) {
	for _, s := range e.back {
		pool, _ := a.seats.stock.Pool(s.Pool)
		a.giveBack(u, before, s)
		a.tellProduct(u, before, directory.MailProductWithdrawn, pool.Offer)
	}
	for _, p := range e.picks {
		a.takeSeat(u, after, p)
		a.tellProduct(u, after, directory.MailProductAssigned, p.pool.Offer)
	}
}
