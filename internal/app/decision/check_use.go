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

// A usage is the use that a question is about: of a product or an offer, in a project
// and of a tool where it says so.
type usage struct {
	product catalogue.Product
	offer   directory.Offer
	project directory.UnitID // 0: in none
	tool    *catalogue.Tool  // nil: of none
	level   int              // of the tool, at least; 0: any that gives something
}

// answerUse answers whether somebody may use a product: a member who is active in
// an account that is open, whose service level opens it, with a seat that has not
// lapsed or a subscription of their own that counts, of it and of what it needs
// (CHECK-1); in a project with access to it there, too (SEAT-12). Each yes that is
// given is a use (APP-5), unless another product asks. The resource is the product, or
// an offer where the edition counts.
func (d *desk) answerUse(q Question) Answer {
	if q.Action != UseAction {
		return Answer{Reason: UnknownAction}
	}
	u, reason := d.usage(q)
	if reason != "" {
		return Answer{Reason: reason}
	}
	who := d.person(q.Subject)
	if !who.found {
		return Answer{Reason: UnknownSubject}
	}
	if reason := d.barred(u.project); reason != "" {
		return Answer{Reason: reason}
	}
	answer := d.use(who, &u)
	if !answer.Allowed {
		return d.refusedUse(answer, who, &u)
	}
	if !d.anotherThan(u.product.ID) {
		answer.use = store.ProductUse{Member: d.x.Standing(who.place).Member, Product: u.product.ID, Day: directory.DayNumber(d.now)}
	}
	return answer
}

// usage finds what a question is about, or why there is nothing it could be.
func (d *desk) usage(q Question) (u usage, reason string) {
	u.offer = directory.OfferOf(q.Resource.ID)
	var known bool
	if u.product, known = d.words.products[u.offer.Product]; !known || !d.sold(u.product) {
		return u, UnknownResource
	}
	if q.In == nil {
		return u, ""
	}
	return u, d.within(&u, q.In)
}

// use is the answer for somebody, without who could help.
func (d *desk) use(who *subject, u *usage) Answer {
	if reason := who.rights.Bar(); reason != "" {
		return Answer{Reason: reason}
	}
	if u.project != 0 {
		return d.useThere(who, u)
	}
	no := d.opens(who, u.product, u.offer)
	no.Allowed = no.Reason == ""
	return no
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

// claims are the subscriptions that a seat in another account proves, of everybody
// whom a search visits.
func (d *desk) claims(everybody func(visit func(i int))) (claims []store.SeatClaim) {
	everybody(func(i int) {
		for _, p := range d.x.Uses(i) {
			if p.Proof == directory.SeatElse {
				claims = append(claims, store.SeatClaim{User: d.x.Standing(i).User, Product: p.Name})
			}
		}
	})
	return claims
}

// refusedUse is a no with who could help: for a seat those who assign some at the
// person's home unit, for what a project gives those who manage its members.
func (d *desk) refusedUse(no Answer, who *subject, u *usage) Answer {
	need := helpKey{unit: who.home}
	switch no.Reason {
	case authz.NotActive, authz.Ended:
		need.holding = authz.ManageMembers
	case NoSeat, LapsedSeat, ExternalOver, ExternalUnproved, RequiresProduct:
		need.holding = authz.AssignSeats
	case NotInProject, ProductOff, NoAccess, NoAccessNoSeat, ToolLevelLow:
		need = helpKey{unit: u.project, holding: authz.ManageMembers}
	default:
		return no // the vendor alone
	}
	no.GivenBy = d.givenBy(need)
	return no
}

// mayUse reports whether the person at a place of the index may use a product,
// for a search: it notes no use.
func (d *desk) mayUse(i int, u *usage) bool {
	return d.use(&subject{found: true, place: i, rights: d.x.Rights(i, d.now)}, u).Allowed
}

// users adds everybody who may use a product to a walk. It refuses what usage finds
// unreadable.
func (d *desk) users(q Question, w *walk) error {
	u, reason := d.usage(q)
	switch {
	case unreadable(reason):
		return refuseProperty(reason)
	case reason != "" || q.Action != UseAction || d.barred(u.project) != "":
		return nil
	}
	everybody := func(visit func(i int)) {
		if u.project != 0 {
			d.x.Placed(u.project, visit)
			return
		}
		for i := range d.x.Len() {
			visit(i)
		}
	}
	d.askElsewhere(d.claims(everybody))
	everybody(func(i int) {
		if member := d.x.Standing(i).Member; member != 0 && d.mayUse(i, &u) {
			w.add(int64(member))
		}
	})
	return nil
}

// pageProducts fills a page of a search with what the person at a place may use, in
// the order of the catalogue. It refuses like users.
func (d *desk) pageProducts(i int, q Question, t turn, found *Found) error {
	w := walk{turn: t}
	for n, p := range d.words.catalogue.Products {
		q.Resource.ID = p.ID
		u, reason := d.usage(q)
		switch {
		case unreadable(reason):
			return refuseProperty(reason)
		case reason == "" && d.barred(u.project) == "" && d.mayUse(i, &u):
			w.add(int64(n) + 1)
		}
	}
	var keys []int64
	keys, found.Next = w.page(d)
	found.Total = w.total
	for _, key := range keys {
		found.Entities = append(found.Entities, Entity{ProductResource, d.words.catalogue.Products[key-1].ID})
	}
	return nil
}

// actionsOn is what the person at a place may do to a product: use it, or nothing. It
// refuses like users.
func (d *desk) actionsOn(i int, q Question) (Found, error) {
	u, reason := d.usage(q)
	switch {
	case unreadable(reason):
		return Found{}, refuseProperty(reason)
	case reason != "" || d.barred(u.project) != "" || !d.mayUse(i, &u):
		return Found{}, nil
	}
	return Found{Actions: []string{UseAction}, Total: 1}, nil
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
