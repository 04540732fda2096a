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
