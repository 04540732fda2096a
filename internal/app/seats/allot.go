package seats

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// An Allotment is how many seats of an offer a unit has from the pool above it.
// Version is that of the pool it was made on, 0 where there was none (PLAN-4).
type Allotment struct {
	Unit     string // public id
	Offer    directory.Offer
	Quantity int64
	Version  int64
}

// Allot gives a unit a number of seats from the pool that serves the unit above
// it, in the place of what it has from there; none gives them all back. From then
// on its people, and those below it, are served from these (SEAT-10). Seats they
// hold of the pool above come with the first allotment, and go back with the last:
// nobody loses one.
//
// It takes seats.assign at the unit that holds the pool above. It refuses with
// unit.not_found, allotment.no_source where nothing above gives any,
// allotment.too_many, allotment.in_use when its people hold more, and stale.
func (s *Seats) Allot(ctx context.Context, actor authz.Actor, account directory.AccountID, a Allotment) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.AssignSeats); err != nil {
			return err
		}
		l, err := s.allotting(ctx, r, p, a)
		if err != nil {
			return err
		}
		return l.plan(ctx, r)
	})
	return err
}

// allotting is an allotment while it is planned.
type allotting struct {
	Allotment
	p      *gate.Plan
	stock  *directory.Stock
	tree   *authz.Tree
	unit   directory.Unit
	source directory.Pool // where the seats come from
	pool   directory.Pool // of the unit; without a key when there is none yet
}

func (s *Seats) allotting(ctx context.Context, r *store.Reader, p *gate.Plan, a Allotment) (*allotting, error) {
	if a.Quantity < 0 || a.Quantity > mostSeats {
		return nil, directory.InvalidField("quantity", "seat.quantity", directory.Args{"Min": int64(0), "Max": int64(mostSeats)})
	}
	account, err := r.Account(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if err := account.Writable(); err != nil {
		return nil, err
	}
	l := &allotting{Allotment: a, p: p, tree: p.Rights.Tree()}
	if l.unit, err = unitInSight(p.Rights, a.Unit); err != nil {
		return nil, err
	}
	if l.unit.Parent == 0 {
		return nil, directory.Refuse(directory.Conflict, "allotment.no_source")
	}
	if refusal := roster.ArchivedAt(l.tree, l.unit.ID); refusal != nil && a.Quantity > 0 {
		return nil, refusal
	}
	if l.stock, err = r.Stock(ctx, p.Account); err != nil {
		return nil, err
	}
	l.pool, _ = l.stock.At(l.unit.ID, a.Offer)
	if a.Version != l.pool.Version {
		return nil, directory.Refuse(directory.Conflict, "stale")
	}
	found := false
	if l.source, found = l.stock.Pool(l.pool.Parent); !found {
		if l.source, found = l.stock.Serves(l.tree.Path(l.unit.Parent), a.Offer, p.Now); !found {
			return nil, directory.Refuse(directory.Conflict, "allotment.no_source")
		}
	}
	return l, p.Require(authz.AssignSeats, l.source.Unit)
}

// plan moves the numbers, and with the first and the last allotment the seats.
func (l *allotting) plan(ctx context.Context, r *store.Reader) error {
	if l.Quantity == l.pool.Allotted {
		return nil
	}
	coming, err := l.coming(ctx, r)
	if err != nil {
		return err
	}
	now := l.p.Now
	room := max(l.stock.Room(l.source.ID, now), 0) + l.pool.Allotted + coming.All
	if l.Quantity > room && l.Quantity > l.pool.Allotted {
		return &directory.Error{Kind: directory.Conflict, Code: "allotment.too_many", Field: "quantity", Args: directory.Args{"Count": room}}
	}
	needs := l.pool.Held + coming.All + l.stock.HandedOn(l.pool.ID) - l.stock.Bought(l.pool.ID, now)
	leaving := l.Quantity == 0 && l.stock.Bought(l.pool.ID, now) == 0 && l.stock.HandedOn(l.pool.ID) == 0
	if l.Quantity < needs && !leaving {
		return &directory.Error{Kind: directory.Conflict, Code: "allotment.in_use", Field: "quantity", Args: directory.Args{"Count": needs}}
	}
	l.write(coming, leaving)
	return nil
}

// coming are the seats of the source that people of the unit, or below it, hold
// when nothing has been allotted to it yet.
func (l *allotting) coming(ctx context.Context, r *store.Reader) (store.HeldSeats, error) {
	if l.pool.ID != 0 && l.stock.Alive(l.pool.ID, l.p.Now) {
		return store.HeldSeats{}, nil
	}
	return r.SeatsAt(ctx, l.source.ID, l.below())
}

// below are the unit and all under it.
func (l *allotting) below() []directory.UnitID { return l.tree.Below(l.unit.ID) }

func (l *allotting) write(coming store.HeldSeats, leaving bool) {
	before := l.pool.Allotted
	after := l.pool
	after.Allotted, after.Parent = l.Quantity, l.source.ID
	if l.Quantity == 0 {
		after.Parent = 0
	}
	if after.ID == 0 {
		after.ID, after.UUID, after.Unit, after.Offer = directory.PoolID(l.p.NewKey()), roster.PublicID(), l.unit.ID, l.Offer
		l.p.Change(store.InsertPools{Account: l.p.Account, Pools: []directory.Pool{after}})
	} else {
		l.p.Change(store.UpdatePools{Account: l.p.Account, Pools: []directory.Pool{after}})
	}
	if coming.All > 0 {
		l.p.Change(store.CarrySeats{From: l.source.ID, To: after.ID, Units: l.below()})
	}
	if leaving && l.pool.Held > 0 {
		l.p.Change(store.CarrySeats{From: after.ID, To: l.source.ID})
	}
	e := l.p.Entry(audit.SeatsAllotted, 0, int64(l.unit.ID))
	e.Unit = l.unit.ID
	e.Note("product", "", l.Offer.String())
	e.NoteValue("quantity", audit.Number(before), audit.Number(l.Quantity))
	l.p.Record(e)
}
