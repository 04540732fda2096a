package seats

import (
	"context"
	"slices"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Line is the seats of one pool: what is bought, who has them, what is left
// (SEAT-1).
type Line struct {
	Pool     directory.Pool
	Unit     directory.Unit         // that holds it
	Bought   int64                  // by the subscriptions that run
	Received int64                  // from the pool above (SEAT-10)
	HandedOn int64                  // to pools below
	Assigned int64                  // to people who have accepted their place
	Reserved int64                  // for people who have not yet
	Free     int64                  // can be assigned now
	Over     int64                  // more are held than there are (SEAT-9)
	Lapsed   bool                   // nothing runs: the seats open nothing until it is renewed
	Ends     time.Time              // when fewer there are, if that is known
	Coming   directory.Subscription // that begins next; zero: none
}

// Total is how many seats the pool has to give: bought and received.
func (l Line) Total() int64 { return l.Bought + l.Received }

// Used is how many seats are not free: assigned, reserved and handed on.
func (l Line) Used() int64 { return l.Assigned + l.Reserved + l.HandedOn }

// plus adds up two pools: what was bought, and who has it, wherever. What one handed
// on and the other received is left to whoever knows both.
func (l Line) plus(o Line) Line {
	l.Bought += o.Bought
	l.Assigned += o.Assigned
	l.Reserved += o.Reserved
	l.Free += o.Free
	l.Over += o.Over
	if !o.Ends.IsZero() && (l.Ends.IsZero() || o.Ends.Before(l.Ends)) {
		l.Ends = o.Ends
	}
	if o.Coming.ID != 0 && (l.Coming.ID == 0 || o.Coming.Starts.Before(l.Coming.Starts)) {
		l.Coming = o.Coming
	}
	return l
}

func lineOf(stock *directory.Stock, tree *authz.Tree, p directory.Pool, now time.Time) Line {
	unit, _ := tree.Unit(p.Unit)
	return lineAt(stock, unit, p, now)
}

// lineAt is the line of a pool that a unit holds.
func lineAt(stock *directory.Stock, unit directory.Unit, p directory.Pool, now time.Time) Line {
	l := Line{Pool: p, Unit: unit, Bought: stock.Bought(p.ID, now), Received: stock.Received(p.ID, now), HandedOn: stock.HandedOn(p.ID),
		Assigned: p.Held - p.Reserved, Reserved: p.Reserved, Free: stock.Free(p.ID, now), Lapsed: !stock.Alive(p.ID, now), Ends: stock.NextEnd(p.ID, now), Over: stock.Over(p.ID, now), Coming: stock.Coming(p.ID, now)}
	return l
}

// shown reports whether a pool says anything: it gives seats, or somebody holds
// one that has lapsed.
func (l Line) shown() bool { return l.Total() > 0 || l.Pool.Held > 0 || l.HandedOn > 0 }

// A Panel is the products of a unit: the pools its people are served from, in the
// order of the catalogue, and how many seats are free in all (SEAT-1).
type Panel struct {
	Unit  directory.Unit
	Lines []Line
	Free  int64
	May   bool // the reader may assign seats there
	Allot bool // the reader may allot seats from there to units below
}

// Panel shows the products of a unit, empty for the root. It refuses with
// unit.not_found what is out of the reader's sight: it takes members.view,
// units.manage or seats.assign there.
func (s *Seats) Panel(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string) (Panel, error) {
	var panel Panel
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		panel, err = s.panel(rights, stock, s.offers(stock), unit)
		return err
	})
	return panel, err
}

// Panels is Panel for several units at once; those out of sight are left out. It
// refuses like Panel whoever sees the products of no unit.
func (s *Seats) Panels(ctx context.Context, actor authz.Actor, account directory.AccountID, units []string) (map[string]Panel, error) {
	panels := map[string]Panel{}
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireSight(rights); err != nil {
			return err
		}
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		offers := s.offers(stock)
		for _, unit := range units {
			panel, err := s.panel(rights, stock, offers, unit)
			if err == nil {
				panels[unit] = panel
			}
			if _, fault := gate.AsRefusal(err); fault != nil {
				return fault
			}
		}
		return nil
	})
	return panels, err
}

func (s *Seats) panel(rights authz.Rights, stock *directory.Stock, offers []directory.Offer, unit string) (Panel, error) {
	u, err := unitInSight(rights, unit)
	if err != nil {
		return Panel{}, err
	}
	now := s.gate.Instant()
	panel := Panel{Unit: u, May: rights.May(authz.AssignSeats, u.ID)}
	tree := rights.Tree()
	path := tree.Path(u.ID)
	for _, offer := range offers {
		p, found := nearest(stock, path, offer, now)
		if !found {
			continue
		}
		if l := lineOf(stock, tree, p, now); l.shown() {
			panel.Lines = append(panel.Lines, l)
			panel.Free += l.Free
			panel.Allot = panel.Allot || panel.May && p.Unit == u.ID
		}
	}
	return panel, nil
}

// nearest finds the pool on a path that serves its end, else the nearest one that
// gives nothing any more, of which seats are held.
func nearest(stock *directory.Stock, path []directory.UnitID, offer directory.Offer, now time.Time) (directory.Pool, bool) {
	if p, served := stock.Serves(path, offer, now); served {
		return p, true
	}
	for _, unit := range slices.Backward(path) {
		if p, found := stock.At(unit, offer); found && p.Held > 0 {
			return p, true
		}
	}
	return directory.Pool{}, false
}

// offers are all that the account has or had pools of.
func (c *core) offers(stock *directory.Stock) []directory.Offer {
	return stock.Offers(c.gate.Catalogue().OffersOf(""))
}

// unitInSight finds a unit, the root for no id, whose products the reader may see.
func unitInSight(rights authz.Rights, unit string) (directory.Unit, error) {
	if !rights.Member() {
		return directory.Unit{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	tree := rights.Tree()
	id, found := tree.Root(), true
	if unit != "" {
		id, found = tree.UnitByUUID(unit)
	}
	if !found || !inSight(rights, id) {
		return directory.Unit{}, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	u, _ := tree.Unit(id)
	return u, nil
}

// An OfferChoice is an offer as the assign dialog shows it, with the pool behind.
type OfferChoice struct {
	Offer directory.Offer
	Line  Line
}

// Choices are what can be assigned to one member: what is free, why the rest is
// missing, and what they hold (SEAT-3).
type Choices struct {
	Member  directory.Member
	Name    string
	Unit    directory.Unit // their home
	Free    []OfferChoice
	Missing []OfferChoice // bought, with nothing left or lapsed
	Instead []OfferChoice // other editions of a product they hold
	Held    []directory.HeldProduct
}

// Choices lists what a member can be given. It refuses with member.not_found who
// is out of sight, and takes seats.assign at their home unit.
func (s *Seats) Choices(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) (Choices, error) {
	var c Choices
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		m, u, err := seatable(ctx, r, rights, account, member)
		if err != nil {
			return err
		}
		c.Member, c.Name = m, roster.NameOf(u, m)
		c.Unit, _ = rights.Tree().Unit(m.Unit)
		now := s.gate.Instant()
		held, err := r.HeldProducts(ctx, []directory.MemberID{m.ID}, now)
		if err != nil {
			return err
		}
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		c.Held = MarkLapsed(stock, held[m.ID], now)
		path := rights.Tree().Path(m.Unit)
		for _, offer := range s.offers(stock) {
			if p, served := nearest(stock, path, offer, now); served {
				c.sort(OfferChoice{offer, lineOf(stock, rights.Tree(), p, now)})
			}
		}
		return nil
	})
	return c, err
}

// sort puts an offer where it belongs: what they hold already is no choice.
func (c *Choices) sort(choice OfferChoice) {
	held := slices.IndexFunc(c.Held, func(h directory.HeldProduct) bool {
		return h.Own && !h.Lapsed && h.Offer.Product == choice.Offer.Product
	})
	switch {
	case held >= 0 && c.Held[held].Offer == choice.Offer:
	case held >= 0:
		c.Instead = append(c.Instead, choice)
	case choice.Line.Free > 0:
		c.Free = append(c.Free, choice)
	default:
		c.Missing = append(c.Missing, choice)
	}
}

// seatable reads a member whom the reader may give seats.
func seatable(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, member string) (directory.Member, directory.User, error) {
	if !rights.Member() {
		return directory.Member{}, directory.User{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	m, err := r.MemberByUUID(ctx, account, member)
	switch {
	case err != nil:
		return m, directory.User{}, err
	case !m.Removed.IsZero() || !roster.KnowsHolder(rights, m.Unit):
		return m, directory.User{}, directory.Refuse(directory.NotFound, "member.not_found")
	}
	if err := gate.Require(rights, authz.AssignSeats, m.Unit); err != nil {
		return m, directory.User{}, err
	}
	u, err := r.User(ctx, m.User)
	return m, u, err
}

// MarkLapsed says of held seats which lie in a pool that gives nothing at a
// moment.
func MarkLapsed(stock *directory.Stock, held []directory.HeldProduct, now time.Time) []directory.HeldProduct {
	for i := range held {
		held[i].Lapsed = held[i].Own && !stock.Alive(held[i].Pool, now)
	}
	return held
}

// A SubscriptionLine is a subscription with what it is of and the unit that holds
// it.
type SubscriptionLine struct {
	directory.Subscription
	Offer directory.Offer
	Unit  directory.Unit
	State SubscriptionState
}

// line is a subscription of a stock, with the unit that holds it.
func (c *core) line(ctx context.Context, r *store.Reader, account directory.AccountID, stock *directory.Stock, s directory.Subscription) (SubscriptionLine, error) {
	pool, _ := stock.Pool(s.Pool)
	tree, err := c.gate.Tree(ctx, r, account)
	if err != nil {
		return SubscriptionLine{}, err
	}
	unit, _ := tree.Unit(pool.Unit)
	return SubscriptionLine{s, pool.Offer, unit, stateOf(s, c.gate.Instant())}, nil
}

// A SubscriptionState says where a subscription stands in time.
type SubscriptionState string

// Coming has not begun, Running gives seats, Over has ended.
const (
	Coming  SubscriptionState = "coming"
	Running SubscriptionState = "running"
	Over    SubscriptionState = "over"
)

func stateOf(s directory.Subscription, now time.Time) SubscriptionState {
	switch {
	case now.Before(s.Starts):
		return Coming
	case s.Runs(now):
		return Running
	}
	return Over
}

// A Contract is what the vendor's page of a customer shows: every pool, every
// subscription, those that run first, and what can be sold and held there.
type Contract struct {
	Lines         []Line
	Subscriptions []SubscriptionLine
	Offers        []directory.Offer // that the account's type can have
	Units         []directory.Unit  // that can hold one, in tree order
}

// Of shows the vendor's staff, and applications registered for subscriptions, what a
// customer has bought and what is used of it (VEND-1, APP-4). It refuses with denied.duty and account.not_found.
func (s *Subscriptions) Of(ctx context.Context, actor authz.Actor, account directory.AccountID) (Contract, error) {
	var c Contract
	if err := gate.InPortfolio(actor, account); err != nil {
		return c, err
	}
	err := s.gate.Console(ctx, actor, toRead(actor), func(r *store.Reader) (err error) {
		if c, err = s.contract(ctx, r, account); err != nil {
			return err
		}
		of, err := r.Account(ctx, account)
		c.Offers = s.gate.Catalogue().OffersOf(of.Type)
		return err
	})
	return c, err
}

// HeldBy lists the subscriptions that units hold, those that run first, for who
// looks after their contract (SEAT-8). It is no operation: whoever calls it has
// asked who may see that.
func HeldBy(ctx context.Context, s *Subscriptions, r *store.Reader, of Holders) ([]SubscriptionLine, error) {
	units := of.Units
	contract, err := s.contract(ctx, r, of.Account)
	held := slices.DeleteFunc(contract.Subscriptions, func(l SubscriptionLine) bool { return !slices.Contains(units, l.Unit.ID) })
	return held, err
}

// Holders are units of an account.
type Holders struct {
	Account directory.AccountID
	Units   []directory.UnitID
}

func (c *core) contract(ctx context.Context, r *store.Reader, account directory.AccountID) (Contract, error) {
	var contract Contract
	stock, err := r.Stock(ctx, account)
	if err != nil {
		return contract, err
	}
	tree, err := c.gate.Tree(ctx, r, account)
	if err != nil {
		return contract, err
	}
	now := c.gate.Instant()
	for _, offer := range c.offers(stock) {
		for _, p := range stock.Pools() {
			if p.Offer != offer {
				continue
			}
			if l := lineOf(stock, tree, p, now); l.shown() {
				contract.Lines = append(contract.Lines, l)
			}
			unit, _ := tree.Unit(p.Unit)
			for _, sub := range stock.Subscriptions(p.ID) {
				contract.Subscriptions = append(contract.Subscriptions, SubscriptionLine{sub, offer, unit, stateOf(sub, now)})
			}
		}
	}
	for _, unit := range tree.Units() {
		if unit.Changeable() == nil {
			contract.Units = append(contract.Units, unit)
		}
	}
	order := []SubscriptionState{Running, Coming, Over}
	slices.SortStableFunc(contract.Subscriptions, func(a, b SubscriptionLine) int {
		return slices.Index(order, a.State) - slices.Index(order, b.State)
	})
	return contract, nil
}
