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

// Opposites take back what was allotted, the rules, and what was sold (PLAN-2). The seats
// of people are their own.
func Opposites(s *Seats, sold *Subscriptions) map[audit.Kind]gate.Opposite {
	both := s.takeBack
	return map[audit.Kind]gate.Opposite{audit.SeatsAllotted: both, audit.SeatRuleMade: both, audit.SeatRuleEnded: both,
		audit.SubscriptionAdded: sold.takeBack, audit.SubscriptionChanged: sold.takeBack, audit.SubscriptionEnded: sold.takeBack}
}

// A seatThing is an allotment of a unit, or what a rule is about.
type seatThing struct {
	ruled
	allotted bool
}

// takeBack plans the opposite of entries about allotments and rules. It refuses as Allot,
// MakeRule and EndRule do; a rule that is there again is the undoer's (ROLE-6).
func (s *Seats) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.RequireSomewhere(authz.AssignSeats)
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return err
	}
	sources := map[directory.PoolID]bool{} // of which numbers were moved in this plan
	return gate.Opposed(p, entries, func(e audit.Entry) seatThing {
		about := seatThing{allotted: e.Kind == audit.SeatsAllotted}
		about.unit = e.Unit
		for _, c := range e.Facts {
			switch ref, _ := c.After.Ref(); c.Field {
			case "product":
				about.offer = directory.OfferOf(c.After.Text())
			case "role":
				about.function = directory.RoleID(ref.Key)
			}
		}
		return about
	}, func(of seatThing, n *gate.Net) (gate.Verdict, error) {
		v := gate.Verdict{}
		if denied != nil {
			return v, denied
		}
		u, found := p.Rights.Tree().Unit(of.unit)
		if of.unit != 0 && (!found || !p.Rights.May(authz.AssignSeats, of.unit)) {
			return v, directory.Refuse(directory.NotFound, "unit.not_found")
		}
		if of.allotted {
			err := s.allotBack(ctx, r, p, allotBack{n, u, of.offer, sources})
			return n.Verdict(int64(u.ID), u.Name), err
		}
		if err := p.Require(authz.AssignSeats, of.unit); err != nil {
			return v, err
		}
		err := s.ruleBack(ctx, r, p, of.ruled, n)
		return n.Verdict(0, s.gate.Catalogue().OfferName(of.offer, account.Language)), err
	})
}

// An allotBack is an allotment to be as it was.
type allotBack struct {
	n       *gate.Net
	unit    directory.Unit
	offer   directory.Offer
	sources map[directory.PoolID]bool
}

// allotBack gives a unit as many seats as it had. Of one pool it moves the numbers once in
// a plan, since the next could not see what it left, and refuses more with stale.
func (s *Seats) allotBack(ctx context.Context, r *store.Reader, p *gate.Plan, of allotBack) error {
	stock, err := r.Stock(ctx, p.Account)
	if err != nil {
		return err
	}
	pool, _ := stock.At(of.unit.ID, of.offer)
	return of.n.Restore("quantity", audit.Number(pool.Allotted), func(was audit.Value) error {
		quantity, _ := was.Number()
		l, err := s.allotting(ctx, r, p, Allotment{Unit: of.unit.UUID, Offer: of.offer, Quantity: quantity, Version: pool.Version})
		if err != nil {
			return err
		}
		if of.sources[l.source.ID] || of.sources[l.pool.ID] {
			return directory.Refuse(directory.Conflict, "stale")
		}
		if err := l.plan(ctx, r); err != nil {
			return err
		}
		of.sources[l.source.ID] = true
		if l.pool.ID != 0 {
			of.sources[l.pool.ID] = true
		}
		return nil
	})
}

// ruleBack ends a rule that was made, and makes one that was ended anew.
func (s *Seats) ruleBack(ctx context.Context, r *store.Reader, p *gate.Plan, of ruled, n *gate.Net) error {
	rules, err := r.SeatRules(ctx, p.Account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rules, func(o directory.SeatRule) bool { return ruledOf(o) == of })
	n.Turns(audit.SeatRuleEnded, audit.SeatRuleMade)
	return n.Restore(gate.StateField, audit.Bool(i < 0), func(was audit.Value) error {
		if was == audit.Bool(true) {
			return s.endRule(p, rules[i])
		}
		again := NewRule{Offer: of.offer}
		u, _ := p.Rights.Tree().Unit(of.unit)
		if of.unit != 0 {
			again.Unit = u.UUID
		}
		if role, known := p.Rights.Tree().Role(of.function); known && of.function != 0 {
			again.Function = role.UUID
		}
		return s.makeRule(ctx, r, p, again)
	})
}

// takeBack plans the opposite of entries about subscriptions, which are the vendor's
// (SEAT-13). It refuses as Change and End do, each field by itself, and with
// undo.changed_since what people would lose seats by that they hold: what was bought is
// in use since. A subscription that was added is ended.
func (s *Subscriptions) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.RequireDuty(authz.ManageSubscriptions)
	var b *book
	if denied == nil {
		b, denied = s.books(ctx, r, p)
	}
	err := gate.Opposed(p, entries, gate.ByObject[directory.SubscriptionID], func(id directory.SubscriptionID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		was, found := find(b.stock, func(_ directory.Pool, o directory.Subscription) bool { return o.ID == id })
		if !found {
			return gate.Verdict{}, directory.Refuse(directory.NotFound, "subscription.not_found")
		}
		pool, _ := b.stock.Pool(was.Pool)
		t := &termBack{b, n, was, was}
		kind, err := t.plan()
		if err == nil && n.Back() {
			b.update(kind, was, t.is)
		}
		return n.Verdict(int64(id), s.gate.Catalogue().OfferName(pool.Offer, b.account.Language)), err
	})
	if err != nil || b == nil || len(b.changed) == 0 {
		return err
	}
	return s.tellLoss(ctx, r, b)
}

// A termBack is a subscription while its term is taken back.
type termBack struct {
	*book
	n       *gate.Net
	was, is directory.Subscription
}

// plan says what the subscription is to be, and how history calls it.
func (t *termBack) plan() (audit.Kind, error) {
	if _, added := t.n.Has(audit.SubscriptionAdded); added {
		t.n.Turns(audit.SubscriptionEnded, audit.SubscriptionAdded)
		over := audit.Bool(stateOf(t.was, t.book.plan.Now) == Over)
		return audit.SubscriptionEnded, t.n.Restore(gate.StateField, over, func(audit.Value) error { return t.try(t.ended(t.was)) })
	}
	fields := []struct {
		field string
		now   audit.Value
		set   func(is *directory.Subscription, was audit.Value)
	}{
		{"quantity", audit.Number(t.was.Quantity), func(is *directory.Subscription, was audit.Value) { is.Quantity, _ = was.Number() }},
		{"ends", audit.Time(t.was.Ends), func(is *directory.Subscription, was audit.Value) { is.Ends, _ = was.Time() }},
		{"starts", audit.Time(t.was.Starts), func(is *directory.Subscription, was audit.Value) { is.Starts, _ = was.Time() }},
		{"reference", audit.Text(t.was.Reference), func(is *directory.Subscription, was audit.Value) { is.Reference = was.Text() }},
		{"price_note", audit.Text(t.was.PriceNote), func(is *directory.Subscription, was audit.Value) { is.PriceNote = was.Text() }},
		{"external_id", audit.Text(t.was.External), func(is *directory.Subscription, was audit.Value) { is.External = was.Text() }},
	}
	if ends, _ := t.n.Before("ends").Time(); !ends.IsZero() && !ends.After(t.was.Starts) {
		slices.Reverse(fields[1:3]) // the end is before the beginning of today: that goes first
	}
	for _, f := range fields {
		err := t.n.Restore(f.field, f.now, func(was audit.Value) error {
			is := t.is
			f.set(&is, was)
			return t.try(is)
		})
		if err != nil {
			return audit.SubscriptionChanged, err
		}
	}
	if !t.is.Ends.Equal(t.was.Ends) {
		t.is.Noticed = t.toTell(t.is)
	}
	return audit.SubscriptionChanged, nil
}

// try takes a subscription over that may be so.
func (t *termBack) try(is directory.Subscription) error {
	other, known := find(t.stock, func(_ directory.Pool, o directory.Subscription) bool {
		return is.External != "" && o.External == is.External
	})
	loss := t.stock.Losing(is.Pool, t.stock.With(is), t.book.plan.Now)
	switch {
	case is.Quantity < 1 || is.Quantity > mostSeats:
		return directory.InvalidField("quantity", "seat.quantity", directory.Args{"Min": int64(1), "Max": int64(mostSeats)})
	case !is.Ends.IsZero() && !is.Ends.After(is.Starts):
		return directory.InvalidField("last", "subscription.ends_before_start", nil)
	case known && other.ID != is.ID:
		return directory.InvalidField(ColumnExternal, "subscription.external_taken", nil)
	case loss != directory.SeatLoss{}:
		return gate.ChangedSince()
	}
	t.is = is
	return nil
}
