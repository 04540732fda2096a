package seats

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// core is what the operations of this package stand on.
type core struct {
	gate   *gate.Gate
	roster *roster.Writer
	needs  Needs
}

// Needs are what seats ask of members, whose acts on many are, and of accounts.
type Needs struct {
	// Each assigns a seat of an offer to every member of a selection, or takes it
	// back, as the kind says (BULK-2).
	Each func(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, act Act) (gate.Verdicts, error)
	// Reachable are the administrators and the referent of an account.
	Reachable func(ctx context.Context, r *store.Reader, account directory.AccountID) ([]directory.User, error)
}

// An Act is what is done to each of a selection: a seat of an offer is assigned or
// taken back.
type Act struct {
	Kind  directory.BulkKind
	Offer directory.Offer
}

// New makes subscriptions and seats.
func New(g *gate.Gate, r *roster.Writer, n Needs) (*Subscriptions, *Seats) {
	c := &core{gate: g, roster: r, needs: n}
	return &Subscriptions{c}, &Seats{c}
}

// Subscriptions are what customers have bought, until when.
type Subscriptions struct{ *core }

// Seats are who uses what was bought.
type Seats struct{ *core }

// Assign gives every member of a selection a seat of an offer, of the pool that
// serves their home unit (SEAT-10, SEAT-13). Verdicts name each as changed,
// unchanged where they hold it already, or refused: with seat.none_free when
// nothing is left (SEAT-4), seat.no_subscription, seat.already_held for another
// edition of the product, seat.technical, member.inactive. It takes seats.assign
// at each home unit.
func (s *Seats) Assign(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, offer directory.Offer) (gate.Verdicts, error) {
	return s.needs.Each(ctx, actor, account, who, Act{directory.BulkAssign, offer})
}

// Withdraw takes the seat of a product back from every member of a selection; it
// is free at once (SEAT-6). Who holds none is unchanged.
func (s *Seats) Withdraw(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, offer directory.Offer) (gate.Verdicts, error) {
	return s.needs.Each(ctx, actor, account, who, Act{directory.BulkTakeBack, offer})
}

// A Handing is a seat that goes from one member to another: both by public id.
type Handing struct {
	From, To string
	Offer    directory.Offer
}

// HandOver takes a seat from one member and gives it to another in one act: it is
// never free in between, nobody else can take it. The other one needs no free seat
// where both are served by the same pool. It refuses like Assign, with
// seat.not_held where the first one holds none, and with seat.same_person.
func (s *Seats) HandOver(ctx context.Context, actor authz.Actor, account directory.AccountID, h Handing) error {
	from, to, offer := h.From, h.To, h.Offer
	if from == to {
		return directory.InvalidField("to", "seat.same_person", nil)
	}
	verdicts, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.AssignSeats); err != nil {
			return err
		}
		var keys []directory.MemberID
		for _, uuid := range []string{from, to} {
			m, err := r.MemberByUUID(ctx, account, uuid)
			if err != nil {
				return err
			}
			keys = append(keys, m.ID)
		}
		a, members, users, err := s.roster.Acting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		var giver, taker directory.Member
		for _, m := range members {
			if err := a.ReachBy(authz.AssignSeats, m); err != nil {
				return err
			}
			if m.UUID == from {
				giver = m
			} else {
				taker = m
			}
		}
		if err := a.TakeBack(giver, users[giver.User], offer); err != nil {
			if err == error(gate.ErrUnchanged) {
				return directory.Refuse(directory.Conflict, "seat.not_held")
			}
			return err
		}
		if err := a.Assign(taker, users[taker.User], offer); err != nil {
			if err == error(gate.ErrUnchanged) {
				return a.SeatRefusal("seat.already_held", offer)
			}
			return err
		}
		return a.Settle(ctx, r)
	})
	return gate.OneOf(verdicts, err)
}
