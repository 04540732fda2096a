package seats

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// mostSeats is how many seats one subscription may be of.
const mostSeats = 10_000_000

// A Term is what a subscription says: how many seats, from which day, to which
// day, both included in the account's time zone; no last day: open-ended.
type Term struct {
	Quantity  int64
	First     directory.Day // none: today
	Last      directory.Day
	Reference string
	PriceNote string
	External  string // the id by which the vendor's programs know it
}

// A NewSubscription is what a customer has bought.
type NewSubscription struct {
	Offer directory.Offer
	Unit  string // public id of the unit that holds it, or the id by which products know it; empty: the root (SEAT-13)
	Term
}

// wrongQuantity refuses a number of seats.
func wrongQuantity() *directory.Error {
	return directory.InvalidField("quantity", "seat.quantity", directory.Args{"Min": int64(1), "Max": int64(mostSeats)})
}

// clean checks a term and says when it begins and ends. It refuses all that is wrong.
func (t *Term) clean(zone *time.Location, now time.Time) (starts, ends time.Time, refusal *directory.Error) {
	if t.Quantity < 1 || t.Quantity > mostSeats {
		refusal = wrongQuantity()
	}
	refusal = directory.Together(refusal, directory.CleanTexts(directory.Typed{Kind: directory.ReferenceText, Value: &t.Reference},
		directory.Typed{Kind: directory.PriceNoteText, Value: &t.PriceNote},
		directory.Typed{Kind: directory.SubscriptionExternal, Value: &t.External}))
	if t.First == (directory.Day{}) {
		t.First = directory.DayOf(now, zone)
	}
	starts = t.First.Begins(zone)
	if t.Last != (directory.Day{}) {
		if ends = t.Last.Over(zone); !ends.After(starts) {
			refusal = directory.Together(refusal, directory.InvalidField("last", "subscription.ends_before_start", nil))
		}
	}
	return starts, ends, refusal
}

// Add writes what a customer has bought. Its seats can be assigned from its first
// day on (SEAT-13). It refuses with field.unknown_choice a product that the
// account's type cannot have or that takes no seats, with unit.not_found, and with
// subscription.external_taken.
func (s *Subscriptions) Add(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewSubscription) (directory.Subscription, error) {
	var made directory.Subscription
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ManageSubscriptions); err != nil {
			return err
		}
		b, err := s.books(ctx, r, p)
		if err != nil {
			return err
		}
		made, err = b.add(n)
		return err
	})
	return made, err
}

// A book is the subscriptions of an account while they are planned: as they were,
// as they are, and which of them were changed.
type book struct {
	plan    *gate.Plan
	account directory.Account
	units   []directory.Unit
	was     *directory.Stock
	stock   *directory.Stock
	changed []directory.Subscription
	offers  []directory.Offer
	zone    *time.Location
}

// books opens those of an account that can be written to.
func (c *core) books(ctx context.Context, r *store.Reader, p *gate.Plan) (*book, error) {
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if err := account.Writable(); err != nil {
		return nil, err
	}
	return c.bookOf(ctx, r, p, account)
}

func (c *core) bookOf(ctx context.Context, r *store.Reader, p *gate.Plan, account directory.Account) (*book, error) {
	tree, err := c.gate.Tree(ctx, r, p.Account)
	if err != nil {
		return nil, err
	}
	stock, err := r.Stock(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	return &book{plan: p, account: account, units: tree.Units(), was: stock, stock: stock, offers: c.gate.Catalogue().OffersOf(account.Type),
		zone: roster.ZoneOf(account)}, nil
}

func (b *book) add(n NewSubscription) (directory.Subscription, error) {
	var faults directory.Faults
	if !slices.Contains(b.offers, n.Offer) {
		faults = append(faults, directory.InvalidField("product", "field.unknown_choice",
			directory.Args{"Value": directory.Cut(n.Offer.String(), directory.Quoted)}))
	}
	unit, err := b.unit(n.Unit)
	if err := faults.Note(err); err != nil {
		return directory.Subscription{}, err
	}
	starts, ends, refusal := n.clean(b.zone, b.plan.Now)
	if err := faults.With(refusal); err != nil {
		return directory.Subscription{}, err
	}
	s := directory.Subscription{ID: directory.SubscriptionID(b.plan.NewKey()), UUID: roster.PublicID(), Pool: b.pool(unit.ID, n.Offer).ID,
		Quantity: n.Quantity, Starts: starts, Ends: ends, Reference: n.Reference, PriceNote: n.PriceNote, External: n.External, Version: 1}
	s.Noticed = b.toTell(s)
	b.record(audit.SubscriptionAdded, n.Offer, unit, directory.Subscription{}, s)
	b.plan.Change(store.InsertSubscriptions{Account: b.account.ID, Rows: []directory.Subscription{s}, Terms: []int64{b.plan.NewKey()}})
	b.stock = b.stock.With(s)
	return s, nil
}

// unit is the one that holds a subscription.
func (b *book) unit(named string) (directory.Unit, error) {
	for _, u := range b.units {
		if named == "" && u.ID == b.account.Root || named != "" && (u.UUID == named || u.External == named) {
			if refusal := u.Changeable(); refusal != nil {
				refusal.Field = "unit"
				return u, refusal
			}
			return u, nil
		}
	}
	return directory.Unit{}, directory.InvalidField("unit", "unit.not_found", nil)
}

// pool is the pool of a unit for an offer, opened if there is none.
func (b *book) pool(unit directory.UnitID, offer directory.Offer) directory.Pool {
	if p, found := b.stock.At(unit, offer); found {
		return p
	}
	p := directory.Pool{ID: directory.PoolID(b.plan.NewKey()), UUID: roster.PublicID(), Unit: unit, Offer: offer, Version: 1}
	b.plan.Change(store.InsertPools{Account: b.account.ID, Pools: []directory.Pool{p}})
	b.stock = b.stock.Opened(p)
	return p
}

func (b *book) record(kind audit.Kind, offer directory.Offer, unit directory.Unit, before, after directory.Subscription) []audit.Change {
	e := b.plan.Entry(kind, 0, int64(after.ID))
	e.Unit = unit.ID
	if kind == audit.SubscriptionAdded {
		e.Note("product", "", offer.String())
		if unit.ID != b.account.Root {
			e.NoteValue("unit", audit.Nothing, audit.Thing(audit.Unit, unit.ID, unit.Name))
		}
	}
	number := func(n int64) audit.Value {
		if n == 0 {
			return audit.Nothing
		}
		return audit.Number(n)
	}
	if before.Quantity != after.Quantity {
		e.NoteValue("quantity", number(before.Quantity), number(after.Quantity))
	}
	if !before.Starts.Equal(after.Starts) {
		e.NoteValue("starts", audit.Time(before.Starts), audit.Time(after.Starts))
	}
	if !before.Ends.Equal(after.Ends) {
		e.NoteValue("ends", audit.Time(before.Ends), audit.Time(after.Ends))
	}
	e.Note("reference", before.Reference, after.Reference)
	e.Note("price_note", before.PriceNote, after.PriceNote)
	e.Note("external_id", before.External, after.External)
	b.plan.Record(e)
	return append(slices.Clone(e.Facts), e.Personal...)
}

// A SubscriptionChange is what an edit sets; Version is the one it was made on
// (PLAN-4).
type SubscriptionChange struct {
	Term
	Version int64
}

// Change writes another term over the one a subscription has. Fewer seats than are
// held is over-use: it is shown, nobody loses one, new ones are refused (SEAT-9).
// It refuses like Add, with subscription.not_found and with stale.
func (s *Subscriptions) Change(ctx context.Context, actor authz.Actor, account directory.AccountID, uuid string, change SubscriptionChange) error {
	of := edited{account, uuid, change.Version, audit.SubscriptionChanged}
	return s.edit(ctx, actor, of, func(b *book, was directory.Subscription) (directory.Subscription, error) {
		return b.termed(was, change.Term)
	})
}

// termed is a subscription with another term.
func (b *book) termed(was directory.Subscription, t Term) (directory.Subscription, error) {
	starts, ends, refusal := t.clean(b.zone, b.plan.Now)
	is := was
	is.Quantity, is.Reference, is.PriceNote, is.External = t.Quantity, t.Reference, t.PriceNote, t.External
	is.Starts, is.Ends = keepMoment(was.Starts, starts, b.zone), keepEnd(was.Ends, ends, b.zone)
	if !is.Ends.Equal(was.Ends) {
		is.Noticed = b.toTell(is)
	}
	if refusal != nil {
		return is, refusal
	}
	return is, nil
}

// update writes a subscription over what it was, and answers what changed.
func (b *book) update(kind audit.Kind, was, is directory.Subscription) []audit.Change {
	pool, _ := b.stock.Pool(was.Pool)
	b.stock, b.changed = b.stock.With(is), append(b.changed, is)
	b.plan.Change(store.UpdateSubscriptions{Account: b.account.ID, Rows: []directory.Subscription{is}, Terms: []int64{b.plan.NewKey()}})
	return b.record(kind, pool.Offer, b.unitOf(was), was, is)
}

// toTell is what has been told of a new end: nothing, so that it is announced anew;
// one that is past already is not told again.
func (b *book) toTell(s directory.Subscription) int {
	if stateOf(s, b.plan.Now) == Over {
		return directory.EndTold
	}
	return 0
}

// keepMoment leaves a beginning alone that lies on the day which was named.
func keepMoment(was, is time.Time, zone *time.Location) time.Time {
	if directory.DayOf(was, zone) == directory.DayOf(is, zone) {
		return was
	}
	return is
}

// keepEnd leaves an end alone whose last day is the one that was named.
func keepEnd(was, is time.Time, zone *time.Location) time.Time {
	if directory.LastDay(was, zone) == directory.LastDay(is, zone) {
		return was
	}
	return is
}

// End ends a subscription now; one that has not begun never gives anything. Its
// seats lapse, members stay; with the renewal they are there again (SEAT-9). It
// refuses with subscription.over what has ended, subscription.not_found and stale.
func (s *Subscriptions) End(ctx context.Context, actor authz.Actor, account directory.AccountID, uuid string, version int64) error {
	of := edited{account, uuid, version, audit.SubscriptionEnded}
	return s.edit(ctx, actor, of, func(b *book, was directory.Subscription) (directory.Subscription, error) {
		if !was.Ends.IsZero() && !b.plan.Now.Before(was.Ends) {
			return was, directory.Refuse(directory.Conflict, "subscription.over")
		}
		return b.ended(was), nil
	})
}

// ended is a subscription that is over from now on.
func (b *book) ended(was directory.Subscription) directory.Subscription {
	is := was
	is.Ends = b.plan.Now
	if !b.plan.Now.After(was.Starts) {
		is.Starts, is.Ends = b.plan.Now.Add(-time.Microsecond), b.plan.Now
	}
	is.Noticed = directory.EndTold
	return is
}

// stale refuses what was made on an older version of a subscription.
func stale(ctx context.Context, r *store.Reader, s directory.Subscription) error {
	return gate.Stale(ctx, r, store.LatestQuery{Account: s.ID.Account(), Object: int64(s.ID), Kinds: []audit.Kind{audit.SubscriptionChanged, audit.SubscriptionEnded}})
}

// edited is which subscription is changed, on which version, and how history
// calls it.
type edited struct {
	account directory.AccountID
	uuid    string
	version int64
	kind    audit.Kind
}

func (s *Subscriptions) edit(ctx context.Context, actor authz.Actor, of edited, change func(*book, directory.Subscription) (directory.Subscription, error)) error {
	_, err := s.gate.Perform(ctx, actor, of.account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ManageSubscriptions); err != nil {
			return err
		}
		was, err := r.SubscriptionByUUID(ctx, of.account, of.uuid)
		if err != nil {
			return err
		}
		if of.version != 0 && of.version != was.Version {
			return stale(ctx, r, was)
		}
		b, err := s.books(ctx, r, p)
		if err != nil {
			return err
		}
		is, err := change(b, was)
		if err != nil || is == was {
			return err
		}
		b.update(of.kind, was, is)
		return s.tellLoss(ctx, r, b)
	})
	return err
}
