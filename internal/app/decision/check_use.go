package decision

import (
	"context"
	"errors"
	"sync"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// answerUse answers whether somebody may use a product: a member who is active in
// an account that is open, whose service level opens it, with a seat that has not
// lapsed or a subscription of their own that counts, of it and of what it needs
// (CHECK-1, SEAT-12). Each yes that is given is a use (APP-5), unless another
// product asks. The resource is the product, or an offer where the edition counts.
func (d *desk) answerUse(q Question) Answer {
	if q.Action != UseAction {
		return Answer{Reason: UnknownAction}
	}
	offer := directory.OfferOf(q.Resource.ID)
	product, known := d.words.products[offer.Product]
	if !known || !d.sold(product) {
		return Answer{Reason: UnknownResource}
	}
	who := d.person(q.Subject)
	if !who.found {
		return Answer{Reason: UnknownSubject}
	}
	if reason := d.barred(d.x.Tree().Root()); reason != "" {
		return Answer{Reason: reason}
	}
	if reason := who.rights.Bar(); reason != "" {
		return d.refusedUse(Answer{Reason: reason}, who)
	}
	if no := d.opens(who, product, offer); no.Reason != "" {
		return d.refusedUse(no, who)
	}
	yes := Answer{Allowed: true}
	if !d.anotherThan(product.ID) {
		yes.use = store.ProductUse{Member: d.x.Standing(who.place).Member, Product: product.ID, Day: directory.DayNumber(d.now)}
	}
	return yes
}

// anotherThan reports whether an application asks that is another product: it knows
// nothing of the use of this one.
func (d *desk) anotherThan(product string) bool {
	return d.application != nil && d.application.Product != "" && d.application.Product != product
}

// sold reports whether accounts of the type can have a product.
func (d *desk) sold(p catalogue.Product) bool {
	kind, _ := d.words.catalogue.AccountType(d.account.Type)
	return kind.HasProduct(p.ID)
}

// opens is the answer for a product and all it needs: no reason is yes.
func (d *desk) opens(who *subject, p catalogue.Product, offer directory.Offer) Answer {
	if !p.OpenTo(d.x.Contract().ServiceLevel) {
		return Answer{Reason: ServiceLevelClosed}
	}
	if p.Seated {
		if reason := d.seated(who, offer); reason != "" {
			return Answer{Reason: reason}
		}
	}
	for _, id := range p.Requires {
		needed := d.words.products[id]
		if no := d.opens(who, needed, directory.Offer{Product: id}); no.Reason != "" {
			return Answer{Reason: RequiresProduct, Product: id}
		}
	}
	return Answer{}
}

// seated is why somebody has neither a seat that counts nor a subscription of
// their own that does: the reason that is nearest to a yes.
func (d *desk) seated(who *subject, offer directory.Offer) string {
	reason := NoSeat
	for _, p := range d.x.Uses(who.place) {
		if p.Name != offer.Product {
			continue
		}
		why := d.counts(who, p, offer)
		if why == "" {
			return ""
		}
		if reason == NoSeat {
			reason = why
		}
	}
	return reason
}

// counts is why what somebody uses a product by does not count now; empty: it
// does.
func (d *desk) counts(who *subject, p authz.Product, offer directory.Offer) string {
	stock := d.x.Contract().Stock
	switch {
	case p.Pool != 0:
		pool, found := stock.Pool(p.Pool)
		if offer.Edition != "" && pool.Offer.Edition != offer.Edition {
			return NoSeat
		}
		if !found || !stock.Alive(p.Pool, d.now) {
			return LapsedSeat
		}
	case p.Ends != 0 && d.now.UnixMicro() >= p.Ends:
		return ExternalOver
	case p.Proof == directory.Claimed && !d.words.catalogue.EffectivePolicies(d.account.Type).ExternalClaims:
		return ExternalUnproved
	case p.Proof == directory.SeatElse && !d.heldElsewhere(who, p.Name):
		return ExternalOver
	}
	return ""
}

// heldElsewhere says whether somebody holds a seat that counts in another account.
// Few bring one along, so the index does not keep it: the database is asked, once for
// whatever was asked together. Nothing is told of that account.
func (d *desk) heldElsewhere(who *subject, product string) bool {
	claim := store.SeatClaim{User: d.x.Standing(who.place).User, Product: product}
	if _, asked := d.elsewhere[claim]; !asked {
		d.askElsewhere([]store.SeatClaim{claim})
	}
	return d.elsewhere[claim]
}

func (d *desk) askElsewhere(claims []store.SeatClaim) {
	if len(claims) == 0 {
		return
	}
	var held map[store.SeatClaim]bool
	err := d.checks.gate.Question(func(r *store.Reader) (err error) {
		held, err = r.HeldElsewhere(context.Background(), d.account.ID, claims, d.now)
		return err
	})
	d.fault = errors.Join(d.fault, err)
	if d.elsewhere == nil {
		d.elsewhere = make(map[store.SeatClaim]bool, len(claims))
	}
	for _, claim := range claims {
		d.elsewhere[claim] = held[claim]
	}
}

// claims are the subscriptions of everybody that a seat in another account proves.
func (d *desk) claims() (claims []store.SeatClaim) {
	for i := range d.x.Len() {
		for _, p := range d.x.Uses(i) {
			if p.Proof == directory.SeatElse {
				claims = append(claims, store.SeatClaim{User: d.x.Standing(i).User, Product: p.Name})
			}
		}
	}
	return claims
}

// refusedUse is a no with who could help.
func (d *desk) refusedUse(no Answer, who *subject) Answer {
	need := helpKey{unit: who.home}
	switch no.Reason {
	case NoSeat, LapsedSeat, ExternalOver, ExternalUnproved, RequiresProduct:
		need.seat = true
	case ServiceLevelClosed:
		return no // the vendor alone
	}
	no.GivenBy = d.givenBy(need, no.Reason)
	return no
}

// mayUse reports whether the person at a place of the index may use a product,
// for a search: it notes no use.
func (d *desk) mayUse(i int, p catalogue.Product, offer directory.Offer) bool {
	who := &subject{found: true, place: i, rights: d.x.Rights(i, d.now)}
	return who.rights.Bar() == "" && d.opens(who, p, offer).Reason == ""
}

// users adds everybody who may use a product to a walk.
func (d *desk) users(q Question, w *walk) {
	offer := directory.OfferOf(q.Resource.ID)
	p, known := d.words.products[offer.Product]
	if !known || q.Action != UseAction || !d.sold(p) || d.barred(d.x.Tree().Root()) != "" {
		return
	}
	d.askElsewhere(d.claims())
	for i := range d.x.Len() {
		if member := d.x.Standing(i).Member; member != 0 && d.mayUse(i, p, offer) {
			w.add(int64(member))
		}
	}
}

// usable adds the products that the person at a place may use to a walk, by their
// position in the catalogue.
func (d *desk) usable(i int, w *walk) {
	if d.barred(d.x.Tree().Root()) != "" {
		return
	}
	for n, p := range d.words.catalogue.Products {
		if d.sold(p) && d.mayUse(i, p, directory.Offer{Product: p.ID}) {
			w.add(int64(n) + 1)
		}
	}
}

// pageProducts fills a page of a search with what the person at a place may use.
func (d *desk) pageProducts(i int, t turn, found *Found) {
	w := walk{turn: t}
	d.usable(i, &w)
	var keys []int64
	keys, found.Next = w.page(d)
	found.Total = w.total
	for _, key := range keys {
		found.Entities = append(found.Entities, Entity{ProductResource, d.words.catalogue.Products[key-1].ID})
	}
}

// actionsOn is what the person at a place may do to a product: use it, or nothing.
func (d *desk) actionsOn(i int, e Entity) Found {
	offer := directory.OfferOf(e.ID)
	p, known := d.words.products[offer.Product]
	if !known || !d.sold(p) || d.barred(d.x.Tree().Root()) != "" || !d.mayUse(i, p, offer) {
		return Found{}
	}
	return Found{Actions: []string{UseAction}, Total: 1}
}

// used gathers which product somebody used today, until it is written: questions
// are answered without waiting for that.
type used struct {
	mu    sync.RWMutex
	day   int64
	noted map[store.ProductUse]struct{} // of the day
	fresh []store.ProductUse
}

// mostUses is how many uses of a day are remembered as written. When there are more
// it is forgotten what was, and written again.
const mostUses = 500_000

// noteAll notes the uses of answers that were given.
func (u *used) noteAll(given []Answer) {
	for i := range given {
		if use := given[i].use; use.Member != 0 {
			u.note(use)
		}
	}
}

func (u *used) note(use store.ProductUse) {
	u.mu.RLock()
	_, known := u.noted[use]
	u.mu.RUnlock()
	if known {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.day != use.Day || len(u.noted) >= mostUses {
		u.day, u.noted = use.Day, map[store.ProductUse]struct{}{}
	}
	if _, known := u.noted[use]; !known {
		u.noted[use] = struct{}{}
		u.fresh = append(u.fresh, use)
	}
}

// take are the uses to write now.
func (u *used) take() []store.ProductUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	fresh := u.fresh
	u.fresh = nil
	return fresh
}

// giveBack keeps uses that could not be written.
func (u *used) giveBack(uses []store.ProductUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.fresh = append(uses, u.fresh...)
}

// usesAtOnce is how many uses one note writes.
const usesAtOnce = 2000

// WriteUses writes the uses that were noted since it was called last: the last day
// on which somebody used a product (APP-5). What is not written when the program is
// killed is lost; the next use says it again.
func (s *Checks) WriteUses(ctx context.Context) error {
	uses := s.checks.used.take()
	for len(uses) > 0 {
		n := min(usesAtOnce, len(uses))
		if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.NoteUses(ctx, uses[:n]) }); err != nil {
			s.checks.used.giveBack(uses)
			return err
		}
		uses = uses[n:]
	}
	return nil
}
