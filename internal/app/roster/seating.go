package roster

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A seating is the seats of an account while one plan deals with them: what is
// free, who holds what, what is assigned and taken back. It reads nothing until a
// seat is spoken of.
type seating struct {
	readStock func() (*directory.Stock, error)
	readSeats func() (map[directory.MemberID][]directory.Seat, error)
	declared  *catalogue.Catalogue
	before    *RowsBefore

	stock *directory.Stock
	held  map[directory.MemberID][]directory.Seat
	moves store.MoveSeats
}

// seat prepares the seats of a plan about members of these keys.
func (w *Writer) seat(ctx context.Context, r *store.Reader, ro *Roster, keys []directory.MemberID) {
	ro.seats = &seating{declared: w.gate.Catalogue(),
		readStock: func() (*directory.Stock, error) { return r.Stock(ctx, ro.Account.ID) },
		readSeats: func() (map[directory.MemberID][]directory.Seat, error) { return r.SeatsOf(ctx, keys) }}
}

// of are the seats of a member, as the plan stands.
func (s *seating) of(m directory.MemberID) ([]directory.Seat, error) {
	if s.held == nil {
		held, err := s.readSeats()
		if err != nil {
			return nil, err
		}
		s.held = held
	}
	return s.held[m], nil
}

// all is the stock of the account, as the plan stands.
func (s *seating) all() (*directory.Stock, error) {
	if s.stock == nil {
		stock, err := s.readStock()
		if err != nil {
			return nil, err
		}
		s.before.takeFrom(stock)
		s.stock = stock
	}
	return s.stock, nil
}

// A pick is the seat that somebody would get: of which pool, and what they hold
// that goes for it.
type pick struct {
	pool   directory.Pool
	lapsed []directory.Seat
}

// pickSeat finds the seat that a member of a home unit would get of an offer. A
// product that has editions, named without one, is any of them that is free.
//
// It refuses with field.unknown_choice what the account cannot have, with
// denied.permission who may not assign seats there, with gate.ErrUnchanged what
// they hold already, with seat.already_held another edition of it, with
// seat.no_subscription what nobody has bought for them, and with seat.none_free
// (SEAT-3, SEAT-4, SEAT-9).
func (ro *Roster) pickSeat(m directory.Member, offer directory.Offer) (pick, error) {
	if err := gate.Require(ro.Rights, authz.AssignSeats, m.Unit); err != nil {
		return pick{}, err
	}
	ro.Plan.Relies(store.Asked{Permission: string(authz.AssignSeats), Unit: m.Unit})
	return ro.freeSeat(m, offer)
}

// freeSeat is pickSeat for whoever was asked already whether they may.
func (ro *Roster) freeSeat(m directory.Member, offer directory.Offer) (pick, error) {
	wanted := ro.seats.wanted(ro.Account, offer)
	if len(wanted) == 0 {
		return pick{}, directory.InvalidField("product", "field.unknown_choice", directory.Args{"Value": directory.Cut(offer.String(), directory.Quoted)})
	}
	stock, err := ro.seats.all()
	if err != nil {
		return pick{}, err
	}
	held, err := ro.seats.of(m.ID)
	if err != nil {
		return pick{}, err
	}
	var chosen pick
	for _, s := range held {
		if s.Product != offer.Product {
			continue
		}
		pool, _ := stock.Pool(s.Pool)
		switch {
		case !stock.Alive(s.Pool, ro.Plan.Now):
			chosen.lapsed = append(chosen.lapsed, s)
		case slices.Contains(wanted, pool.Offer):
			return pick{}, gate.ErrUnchanged
		default:
			return pick{}, ro.SeatRefusal("seat.already_held", pool.Offer)
		}
	}
	served := false
	path := ro.Rights.Tree().Path(m.Unit)
	for _, one := range wanted {
		pool, found := stock.Serves(path, one, ro.Plan.Now)
		served = served || found
		if found && stock.Free(pool.ID, ro.Plan.Now) > 0 {
			chosen.pool = pool
			return chosen, nil
		}
	}
	if !served {
		return pick{}, ro.SeatRefusal("seat.no_subscription", offer)
	}
	return pick{}, ro.SeatRefusal("seat.none_free", offer)
}

// wanted are the offers that somebody who names one may mean, of those the account
// can have.
func (s *seating) wanted(account directory.Account, offer directory.Offer) []directory.Offer {
	offers := s.declared.OffersOf(account.Type)
	return slices.DeleteFunc(offers, func(o directory.Offer) bool {
		return o.Product != offer.Product || offer.Edition != "" && o.Edition != offer.Edition
	})
}

// SeatRefusal refuses with a code that names the offer, in the account's language.
func (ro *Roster) SeatRefusal(code string, offer directory.Offer) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: code, Field: "product",
		Args: directory.Args{"Product": ro.seats.declared.OfferName(offer, ro.Account.Language)}}
}

// takeSeat gives a member what was picked, and records it.
func (ro *Roster) takeSeat(u directory.User, m directory.Member, p pick) {
	for _, s := range p.lapsed {
		ro.giveBack(u, m, s)
	}
	s := directory.Seat{ID: directory.SeatID(ro.Plan.NewKey()), Pool: p.pool.ID, Member: m.ID, Product: p.pool.Offer.Product,
		Reserved: m.Status != directory.Active, By: ro.Plan.Actor.User, From: ro.Plan.Now}
	ro.seats.stock.Take(p.pool.ID, 1)
	ro.seats.held[m.ID] = append(ro.seats.held[m.ID], s)
	ro.seats.moves.Start = append(ro.seats.moves.Start, s)
	ro.seats.before.take(p.pool.ID, 1)
	ro.recordSeat(audit.SeatAssigned, u, m, p.pool.Offer)
}

// giveBack ends a seat of a member, which is free at once (SEAT-6).
func (ro *Roster) giveBack(u directory.User, m directory.Member, s directory.Seat) {
	pool, _ := ro.seats.stock.Pool(s.Pool)
	ro.seats.stock.Take(s.Pool, -1)
	ro.seats.before.take(s.Pool, -1)
	ro.seats.held[m.ID] = slices.DeleteFunc(ro.seats.held[m.ID], func(o directory.Seat) bool { return o.ID == s.ID })
	ro.seats.moves.End = append(ro.seats.moves.End, s)
	ro.recordSeat(audit.SeatWithdrawn, u, m, pool.Offer)
}

func (ro *Roster) recordSeat(kind audit.Kind, u directory.User, m directory.Member, offer directory.Offer) {
	e := ro.Plan.Entry(kind, u.ID, int64(m.ID))
	e.Unit = m.Unit
	before, after := "", offer.String()
	if kind == audit.SeatWithdrawn {
		before, after = after, before
	}
	e.Note("product", before, after)
	ro.Plan.Record(e)
}

// vacate records that the seats of somebody who is switched off or goes are free
// (SEAT-6). The rows end with all that they hold.
func (ro *Roster) vacate(u directory.User, m directory.Member) error {
	seats, err := ro.seats.of(m.ID)
	if err != nil || len(seats) == 0 {
		return err
	}
	stock, err := ro.seats.all()
	if err != nil {
		return err
	}
	for _, s := range seats {
		pool, _ := stock.Pool(s.Pool)
		stock.Take(s.Pool, -1)
		ro.recordSeat(audit.SeatWithdrawn, u, m, pool.Offer)
	}
	delete(ro.seats.held, m.ID)
	return nil
}

// reseating finds where the seats of a member go that follow them to another home
// unit: to the pool that serves it, else they stay where they are as long as that
// unit stands above the new one. It changes nothing yet, and refuses with
// seat.none_free_there where there is no room and the member would have to lose
// one: nobody loses a seat silently (SEAT-9, SEAT-10).
func (ro *Roster) reseating(before, after directory.Member) (map[directory.SeatID]directory.Pool, error) {
	if before.Unit == after.Unit || before.Unit == 0 || !after.Removed.IsZero() {
		return nil, nil
	}
	seats, err := ro.seats.of(before.ID)
	if err != nil || len(seats) == 0 {
		return nil, err
	}
	stock, err := ro.seats.all()
	if err != nil {
		return nil, err
	}
	path := ro.Rights.Tree().Path(after.Unit)
	into := map[directory.SeatID]directory.Pool{}
	for _, s := range seats {
		pool, _ := stock.Pool(s.Pool)
		there, served := stock.Serves(path, pool.Offer, ro.Plan.Now)
		switch {
		case served && there.ID == pool.ID:
		case served && freeWithout(stock, s.Pool, there.ID, ro.Plan.Now):
			into[s.ID] = there
		case !slices.Contains(path, pool.Unit):
			return nil, ro.SeatRefusal("seat.none_free_there", pool.Offer)
		}
	}
	return into, nil
}

// reseat moves the seats that reseating found, those that are still held.
func (ro *Roster) reseat(u directory.User, before, after directory.Member, into map[directory.SeatID]directory.Pool) {
	if len(into) == 0 {
		return
	}
	for _, s := range slices.Clone(ro.seats.held[before.ID]) {
		if pool, moves := into[s.ID]; moves {
			ro.giveBack(u, before, s)
			ro.takeSeat(u, after, pick{pool: pool})
		}
	}
}

// freeWithout reports whether a pool has a seat free once another gave one back: it
// may be what that one is over by.
func freeWithout(stock *directory.Stock, without, pool directory.PoolID, now time.Time) bool {
	stock.Take(without, -1)
	defer stock.Take(without, 1)
	return stock.Free(pool, now) > 0
}

// settleSeats hands the seats that were moved to the plan.
func (ro *Roster) settleSeats() {
	if ro.seats == nil {
		return // of an account that comes into being
	}
	moves := ro.seats.moves
	if len(moves.Start)+len(moves.End) == 0 {
		return
	}
	moves.Account, moves.Products = ro.Account.ID, map[directory.MemberID]string{}
	for _, s := range slices.Concat(moves.Start, moves.End) {
		moves.Products[s.Member] = ro.sortedProducts(s.Member)
	}
	ro.Plan.Change(moves)
}

// sortedProducts is what a member's row sorts by in the column of products.
func (ro *Roster) sortedProducts(m directory.MemberID) string {
	names := map[string]bool{}
	for _, s := range ro.seats.held[m] {
		pool, _ := ro.seats.stock.Pool(s.Pool)
		names[ro.seats.declared.OfferName(pool.Offer, ro.Account.Language)] = true
	}
	return directory.Fold(strings.Join(slices.Sorted(maps.Keys(names)), ", "))
}

// Assign gives one member a seat of an offer (Seats.Assign). It refuses like
// pickSeat, and whoever is switched off or is a program.
func (a *Acting) Assign(m directory.Member, u directory.User, offer directory.Offer) error {
	switch {
	case u.Technical():
		return directory.Refuse(directory.Conflict, "seat.technical")
	case m.Status == directory.Inactive:
		return Inactive(u, m)
	}
	p, err := a.pickSeat(m, offer)
	if err != nil {
		return err
	}
	a.takeSeat(u, m, p)
	a.tellProduct(u, m, directory.MailProductAssigned, p.pool.Offer)
	return nil
}

// TakeBack ends the seat of a member that is of an offer, or of any edition of the
// product where the offer names none (Seats.Withdraw). It refuses with
// gate.ErrUnchanged where they hold none.
func (a *Acting) TakeBack(m directory.Member, u directory.User, offer directory.Offer) error {
	if err := gate.Require(a.Rights, authz.AssignSeats, m.Unit); err != nil {
		return err
	}
	a.Plan.Relies(store.Asked{Permission: string(authz.AssignSeats), Unit: m.Unit})
	seats, err := a.seatsLike(m, offer)
	if err != nil {
		return err
	}
	if len(seats) == 0 {
		return gate.ErrUnchanged
	}
	a.editSeats(u, m, m, seatEdit{back: seats})
	return nil
}

// tellProduct mails an active member which product they have or no longer have;
// who is yet to come reads it in their invitation (MAIL-1).
func (ro *Roster) tellProduct(u directory.User, m directory.Member, kind directory.MailKind, offer directory.Offer) {
	if m.Status != directory.Active || u.ID == ro.Plan.Actor.User {
		return
	}
	ro.mailWith(u, kind, directory.FactProducts, ro.seats.declared.OfferName(offer, LanguageOf(u, ro.Account)))
}
