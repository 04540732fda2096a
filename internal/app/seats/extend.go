package seats

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An Extension makes a customer have the same seats for longer: to another last
// day, none for no end, or, Anew, by a subscription of the same terms that follows.
// Version is the one it was made on (PLAN-4).
type Extension struct {
	Last    directory.Day
	Anew    bool
	Version int64
}

// Extend lets a subscription last longer. Anew, another one of the same quantity,
// reference and note follows from the day after its last one, or from today when
// that is past; people keep their seats over the change (SEAT-9). It is a change of
// the one that is followed: made again on the same version it is stale. It refuses with
// subscription.over what has ended and is not followed anew, with
// subscription.not_longer a last day that is none, with subscription.open_ended
// what nothing can follow, and like Change.
func (s *Subscriptions) Extend(ctx context.Context, actor authz.Actor, account directory.AccountID, uuid string, x Extension) error {
	of := edited{account, uuid, x.Version, audit.SubscriptionChanged}
	return s.edit(ctx, actor, of, func(b *book, was directory.Subscription) (directory.Subscription, error) {
		if x.Anew {
			return was, b.follow(was, x.Last)
		}
		is := was
		switch over := stateOf(was, b.plan.Now) == Over; {
		case over:
			return is, directory.Refuse(directory.Conflict, "subscription.over")
		case x.Last == directory.Day{}:
			is.Ends = x.Last.UTC()
		default:
			is.Ends = x.Last.Over(b.zone)
		}
		if was.Ends.IsZero() || !is.Ends.IsZero() && !is.Ends.After(was.Ends) {
			return is, directory.InvalidField("last", "subscription.not_longer", nil)
		}
		is.Noticed = b.toTell(is)
		return is, nil
	})
}

// follow adds a subscription of the same terms after one that ends.
func (b *book) follow(was directory.Subscription, last directory.Day) error {
	if was.Ends.IsZero() {
		return directory.Refuse(directory.Conflict, "subscription.open_ended")
	}
	first := directory.DayOf(was.Ends, b.zone)
	if today := directory.DayOf(b.plan.Now, b.zone); first.Begins(b.zone).Before(today.Begins(b.zone)) {
		first = today
	}
	if last != (directory.Day{}) && !last.Over(b.zone).After(first.Begins(b.zone)) {
		return directory.InvalidField("last", "subscription.not_longer", nil)
	}
	pool, _ := b.stock.Pool(was.Pool)
	_, err := b.add(NewSubscription{Offer: pool.Offer, Unit: b.unitOf(was).UUID,
		Term: Term{Quantity: was.Quantity, First: first, Last: last, Reference: was.Reference, PriceNote: was.PriceNote}})
	b.plan.Change(store.NoteSubscriptionFollowed(was.ID))
	return err
}

// unitOf is the unit that holds a subscription.
func (b *book) unitOf(s directory.Subscription) directory.Unit {
	pool, _ := b.stock.Pool(s.Pool)
	i := slices.IndexFunc(b.units, func(u directory.Unit) bool { return u.ID == pool.Unit })
	return b.units[i]
}

// An Ending is a subscription that may be ended, how many seats of its pool are
// held, and what is lost when it ends now.
type Ending struct {
	SubscriptionLine
	Held int64
	Loss directory.SeatLoss
}

// Ending says whose seats would lapse today if a subscription ended now (SEAT-9).
// It takes subscriptions.manage and refuses with account.not_found and
// subscription.not_found.
func (s *Subscriptions) Ending(ctx context.Context, actor authz.Actor, account directory.AccountID, uuid string) (Ending, error) {
	var ending Ending
	if err := gate.InPortfolio(actor, account); err != nil {
		return ending, err
	}
	err := s.gate.Console(ctx, actor, authz.ManageSubscriptions, func(r *store.Reader) error {
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		found, known := find(stock, func(_ directory.Pool, s directory.Subscription) bool { return s.UUID == uuid })
		if !known {
			return directory.Refuse(directory.NotFound, "subscription.not_found")
		}
		if ending.SubscriptionLine, err = s.line(ctx, r, account, stock, found); err != nil {
			return err
		}
		now := s.gate.Instant()
		pool, _ := stock.Pool(ending.Pool)
		ending.Held = pool.Held
		is := ending.Subscription
		is.Ends = now
		ending.Loss = stock.Losing(is.Pool, stock.With(is), now)
		return nil
	})
	return ending, err
}
