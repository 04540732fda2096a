package directory

import (
	"maps"
	"slices"
	"time"
)

// A Stock is all the pools and subscriptions of an account: how many seats there
// are where, at any moment. It says what is bought, allotted and free; who holds
// what is counted in the pools.
type Stock struct {
	pools []Pool
	at    map[PoolID]int
	of    map[poolPlace]int
	subs  map[PoolID][]Subscription
	below map[PoolID]int64    // allotted to the pools below one
	fed   map[PoolID][]PoolID // the pools that are allotted from one
}

// A poolPlace is where a pool stands: there is one of an offer at a unit.
type poolPlace struct {
	unit  UnitID
	offer Offer
}

// NewStock makes the stock of an account from all its pools and subscriptions.
func NewStock(pools []Pool, subscriptions []Subscription) *Stock {
	s := &Stock{pools: pools, at: make(map[PoolID]int, len(pools)), of: make(map[poolPlace]int, len(pools)), subs: map[PoolID][]Subscription{}, below: map[PoolID]int64{},
		fed: map[PoolID][]PoolID{}}
	for i, p := range pools {
		s.at[p.ID], s.of[poolPlace{p.Unit, p.Offer}] = i, i
		if p.Parent != 0 {
			s.below[p.Parent] += p.Allotted
			s.fed[p.Parent] = append(s.fed[p.Parent], p.ID)
		}
	}
	for _, sub := range subscriptions {
		s.subs[sub.Pool] = append(s.subs[sub.Pool], sub)
	}
	return s
}

// Pools lists them all, in the order they were given.
func (s *Stock) Pools() []Pool { return s.pools }

// Pool finds one by its key.
func (s *Stock) Pool(id PoolID) (Pool, bool) {
	i, found := s.at[id]
	if !found {
		return Pool{}, false
	}
	return s.pools[i], true
}

// Offers are all that there are or were pools of: first those of an order, then
// what is not in it any more.
func (s *Stock) Offers(order []Offer) []Offer {
	had := func(o Offer) bool { return slices.ContainsFunc(s.pools, func(p Pool) bool { return p.Offer == o }) }
	offers := slices.DeleteFunc(slices.Clone(order), func(o Offer) bool { return !had(o) })
	for _, p := range s.pools {
		if !slices.Contains(offers, p.Offer) {
			offers = append(offers, p.Offer)
		}
	}
	return offers
}

// At finds the pool of a unit for an offer, whether or not it gives anything now.
func (s *Stock) At(unit UnitID, offer Offer) (Pool, bool) {
	i, found := s.of[poolPlace{unit, offer}]
	if !found {
		return Pool{}, false
	}
	return s.pools[i], true
}

// Subscriptions are those that fill a pool, in the order they were given.
func (s *Stock) Subscriptions(id PoolID) []Subscription { return s.subs[id] }

// Coming is the subscription of a pool that begins next after a moment; zero: none.
func (s *Stock) Coming(id PoolID, now time.Time) (next Subscription) {
	for _, sub := range s.subs[id] {
		if sub.Starts.After(now) && (next.ID == 0 || sub.Starts.Before(next.Starts)) {
			next = sub
		}
	}
	return next
}

// Bought is how many seats the subscriptions of a pool give at a moment.
func (s *Stock) Bought(id PoolID, now time.Time) int64 {
	var n int64
	for _, sub := range s.subs[id] {
		if sub.Runs(now) {
			n += sub.Quantity
		}
	}
	return n
}

// Received is how many seats a pool has from the one above it, at a moment:
// nothing while that one gives nothing itself (SEAT-10).
func (s *Stock) Received(id PoolID, now time.Time) int64 {
	p, found := s.Pool(id)
	if !found || p.Parent == 0 || p.Allotted == 0 || !s.Alive(p.Parent, now) {
		return 0
	}
	return p.Allotted
}

// Alive reports whether a pool gives seats at a moment. Seats of one that does
// not have lapsed: their holders use nothing by them until it is renewed (SEAT-9).
func (s *Stock) Alive(id PoolID, now time.Time) bool {
	return s.Bought(id, now) > 0 || s.Received(id, now) > 0
}

// HandedOn is how many seats of a pool are allotted to pools below it.
func (s *Stock) HandedOn(id PoolID) int64 { return s.below[id] }

// Room is how many seats of a pool nobody has: bought and received, less what is
// allotted further down and held. Below zero there is over-use (SEAT-9).
func (s *Stock) Room(id PoolID, now time.Time) int64 {
	p, found := s.Pool(id)
	if !found {
		return 0
	}
	return s.Bought(id, now) + s.Received(id, now) - s.below[id] - p.Held
}

// Free is how many seats of a pool can be assigned now: its room, and none while
// a pool above it is over-used, since what that one allotted is not all there
// (SEAT-4, SEAT-9).
func (s *Stock) Free(id PoolID, now time.Time) int64 {
	room := s.Room(id, now)
	if room <= 0 || !s.Alive(id, now) {
		return 0
	}
	for above := s.pools[s.at[id]].Parent; above != 0; {
		p, found := s.Pool(above)
		if !found {
			break
		}
		if s.Room(above, now) < 0 && s.Bought(id, now) == 0 {
			return 0
		}
		above = p.Parent
	}
	return room
}

// Serves finds the pool from which people of a unit have their seats of an offer:
// the nearest on the way up that gives any (SEAT-10, SEAT-13). The path leads from
// the root to the unit.
func (s *Stock) Serves(path []UnitID, offer Offer, now time.Time) (Pool, bool) {
	for _, unit := range slices.Backward(path) {
		if p, found := s.At(unit, offer); found && s.Alive(p.ID, now) {
			return p, true
		}
	}
	return Pool{}, false
}

// Take counts a seat as held, or with -1 as given back.
func (s *Stock) Take(id PoolID, by int64) {
	if i, found := s.at[id]; found {
		s.pools[i].Held += by
	}
}

// NextEnd is the next moment after now at which a pool gives fewer seats by the
// end of a subscription; zero: none that is known.
func (s *Stock) NextEnd(id PoolID, now time.Time) time.Time {
	var next time.Time
	for _, sub := range s.subs[id] {
		if sub.Runs(now) && !sub.Ends.IsZero() && (next.IsZero() || sub.Ends.Before(next)) {
			next = sub.Ends
		}
	}
	return next
}

// With is the stock as it is once a subscription says what is given: one of its
// own by key, or one more.
func (s *Stock) With(is Subscription) *Stock {
	subs := maps.Clone(s.subs)
	rows := slices.Clone(subs[is.Pool])
	if i := slices.IndexFunc(rows, func(was Subscription) bool { return was.ID == is.ID }); i >= 0 {
		rows[i] = is
	} else {
		rows = append(rows, is)
	}
	subs[is.Pool] = rows
	next := *s
	next.subs = subs
	return &next
}

// Opened is the stock with one more pool, of which there is nothing yet.
func (s *Stock) Opened(p Pool) *Stock {
	next := *s
	next.at, next.of, next.pools = maps.Clone(s.at), maps.Clone(s.of), append(slices.Clone(s.pools), p)
	next.at[p.ID], next.of[poolPlace{p.Unit, p.Offer}] = len(s.pools), len(s.pools)
	return &next
}

// A SeatLoss is what people lose when a stock becomes another: of how many the
// seats lapse, and how many more are held than there are. Rule SEAT-9.
type SeatLoss struct{ Lapsing, Over int64 }

// Fed is a pool and all that live from it: those allotted from it, and so on down.
func (s *Stock) Fed(id PoolID) []PoolID {
	all := []PoolID{id}
	for i := 0; i < len(all); i++ {
		all = append(all, s.fed[all[i]]...)
	}
	return all
}

// Losing says what is lost at a moment when the stock becomes another one, in which
// one pool is bought for otherwise: in that pool and in all that live from it. Where
// there was over-use already, only what is added to it counts.
func (s *Stock) Losing(of PoolID, is *Stock, now time.Time) SeatLoss {
	var loss SeatLoss
	for _, id := range s.Fed(of) {
		before, after := s.Over(id, now), is.Over(id, now)
		if s.Alive(id, now) && !is.Alive(id, now) {
			p, _ := s.Pool(id)
			loss.Lapsing += p.Held
		} else if after > before && is.Alive(id, now) {
			loss.Over += after - before
		}
	}
	return loss
}

// Over is how many seats of a pool are held or handed on that it does not have at a
// moment. Rule SEAT-9.
func (s *Stock) Over(id PoolID, now time.Time) int64 { return max(-s.Room(id, now), 0) }

// Renewed reports whether a subscription that ends leaves its pool with no fewer
// seats, or another one at least as large that began later goes on. Rule MAIL-1.
func (s *Stock) Renewed(ending Subscription) bool {
	if s.Bought(ending.Pool, ending.Ends) >= s.Bought(ending.Pool, ending.Ends.Add(-time.Microsecond)) {
		return true
	}
	return slices.ContainsFunc(s.subs[ending.Pool], func(o Subscription) bool {
		return o.ID != ending.ID && o.Quantity >= ending.Quantity && o.Starts.After(ending.Starts) && o.Runs(ending.Ends)
	})
}
