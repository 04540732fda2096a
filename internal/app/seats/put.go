package seats

import (
	"cmp"
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A SubscriptionRecord is what a program of the vendor says of a subscription that
// it knows by an id of its own (APP-4). What is nil stays as it is; a new one needs
// product and quantity, begins today and is held by the root unless it says
// otherwise. Version is the one a change is made on; 0: whatever stands.
type SubscriptionRecord struct {
	Product, Unit, Reference, PriceNote *string
	Quantity                            *int64
	First, Last                         *directory.Day
	Version                             int64
}

// Put makes the subscription of an external id, or changes the one there is, and
// answers its public id and whether it made it. One that no program knows yet goes
// by its public id. Sent again it changes nothing; of two at the same moment one
// makes it, and the other changes it (APP-4).
//
// It refuses like Add and Change, and with subscription.other_product what is of
// another product, or held by another unit, than the one there is, and with stale a
// version of one that there is not (PLAN-4).
func (s *Subscriptions) Put(ctx context.Context, actor authz.Actor, account directory.AccountID, external string, c SubscriptionRecord) (uuid string, made bool, err error) {
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ManageSubscriptions); err != nil {
			return err
		}
		external, refusal := directory.SubscriptionExternal.Required(external)
		if refusal != nil {
			return refusal
		}
		b, err := s.books(ctx, r, p)
		if err != nil {
			return err
		}
		was, known := called(b.stock, external)
		if made = !known; made {
			if c.Version != 0 { // of none
				return directory.Refuse(directory.Conflict, "stale")
			}
			is, err := b.add(c.fresh(external))
			uuid = is.UUID
			return err
		}
		uuid = was.UUID
		if c.Version != 0 && c.Version != was.Version {
			return stale(ctx, r, was)
		}
		is, err := b.put(was, c)
		if err != nil || is == was {
			return err
		}
		b.update(audit.SubscriptionChanged, was, is)
		return s.tellLoss(ctx, r, b)
	})
	return uuid, made && err == nil, err
}

// find is the first subscription of which something is so.
func find(stock *directory.Stock, is func(directory.Pool, directory.Subscription) bool) (directory.Subscription, bool) {
	for _, p := range stock.Pools() {
		for _, s := range stock.Subscriptions(p.ID) {
			if is(p, s) {
				return s, true
			}
		}
	}
	return directory.Subscription{}, false
}

// called finds the subscription of an external id, else of a public one.
func called(stock *directory.Stock, name string) (directory.Subscription, bool) {
	if s, known := find(stock, func(_ directory.Pool, s directory.Subscription) bool { return name != "" && s.External == name }); known {
		return s, true
	}
	return find(stock, func(_ directory.Pool, s directory.Subscription) bool { return s.UUID == name })
}

// fresh is the new subscription that a record says.
func (c SubscriptionRecord) fresh(external string) NewSubscription {
	text := func(p *string) string { return *cmp.Or(p, new(string)) }
	none := new(directory.Day)
	return NewSubscription{Offer: directory.OfferOf(text(c.Product)), Unit: text(c.Unit),
		Term: Term{Quantity: *cmp.Or(c.Quantity, new(int64)), First: *cmp.Or(c.First, none), Last: *cmp.Or(c.Last, none), Reference: text(c.Reference),
			PriceNote: text(c.PriceNote), External: external}}
}

// put is a subscription as a record leaves it.
func (b *book) put(was directory.Subscription, c SubscriptionRecord) (directory.Subscription, error) {
	other := func(field string) error {
		return &directory.Error{Kind: directory.Conflict, Code: "subscription.other_product", Field: field}
	}
	pool, _ := b.stock.Pool(was.Pool)
	if c.Product != nil && directory.OfferOf(*c.Product) != pool.Offer {
		return was, other(ColumnProduct)
	}
	if held := b.unitOf(was); c.Unit != nil && *c.Unit != held.UUID && (*c.Unit != held.External || *c.Unit == "" && held.ID != b.account.Root) {
		unit, err := b.unit(*c.Unit)
		if err != nil {
			return was, err
		}
		if unit.ID != held.ID {
			return was, other(ColumnUnit)
		}
	}
	first, last := directory.DayOf(was.Starts, b.zone), directory.LastDay(was.Ends, b.zone)
	if c.First != nil && *c.First == (directory.Day{}) {
		c.First = nil // it has one
	}
	return b.termed(was, Term{Quantity: *cmp.Or(c.Quantity, &was.Quantity), First: *cmp.Or(c.First, &first), Last: *cmp.Or(c.Last, &last),
		Reference: *cmp.Or(c.Reference, &was.Reference), PriceNote: *cmp.Or(c.PriceNote, &was.PriceNote), External: was.External})
}

// One shows one subscription of an account, by its external id or its public one.
// It refuses like Of, and with subscription.not_found.
func (s *Subscriptions) One(ctx context.Context, actor authz.Actor, account directory.AccountID, name string) (SubscriptionLine, error) {
	var found SubscriptionLine
	if err := gate.InPortfolio(actor, account); err != nil {
		return found, err
	}
	err := s.gate.Console(ctx, actor, toRead(actor), func(r *store.Reader) error {
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		is, known := called(stock, name)
		if !known {
			return directory.Refuse(directory.NotFound, "subscription.not_found")
		}
		found, err = s.line(ctx, r, account, stock, is)
		return err
	})
	return found, err
}

// toRead is the duty that reading subscriptions takes: an application is registered
// for them, and no other right of its includes that (APP-1).
func toRead(actor authz.Actor) authz.Duty {
	if actor.Kind == authz.Application {
		return authz.ManageSubscriptions
	}
	return authz.ViewAccounts
}
