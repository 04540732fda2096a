package seats

import (
	"context"
	"slices"
	"strings"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A PoolLine is one pool of a product with where its seats come from.
type PoolLine struct {
	Line
	Depth  int            // pools above it among those that are shown
	Source directory.Unit // that allotted seats to it; zero: none
	May    bool           // the reader may assign seats there
	Change bool           // the reader may change what was allotted to it
	Share  bool           // the reader may allot seats from there to units below
}

// A ProductPools is a product with all its pools in sight, in the order of the
// tree, and their sums (SEAT-1, SEAT-10).
type ProductPools struct {
	Offer directory.Offer
	Pools []PoolLine
}

// Sum adds the pools up: what was bought, and who has it, wherever. What one pool
// handed on to another is counted where it went.
func (p ProductPools) Sum() Line {
	sum := Line{Pool: directory.Pool{Offer: p.Offer}, Lapsed: true}
	for _, l := range p.Pools {
		sum = sum.plus(l.Line)
		sum.Lapsed = sum.Lapsed && l.Lapsed
		if l.Depth == 0 {
			sum.Received += l.Received // from a pool that is not shown
		}
	}
	return sum
}

// Products lists all that an account has bought, as far as the reader sees the
// units that hold it, and what serves those units from above. It refuses with
// denied.permission whoever sees the products of no unit.
func (s *Seats) Products(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]ProductPools, error) {
	var all []ProductPools
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireSight(rights); err != nil {
			return err
		}
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		now := s.gate.Instant()
		offers := s.offers(stock)
		seen := poolsInSight(rights, stock, offers, now)
		shown := map[directory.PoolID]bool{}
		for _, pool := range seen {
			shown[pool.ID] = true
		}
		for _, offer := range offers {
			p := ProductPools{Offer: offer}
			for _, pool := range seen {
				if pool.Offer != offer {
					continue
				}
				l := PoolLine{Line: lineOf(stock, rights.Tree(), pool, now)}
				if l.place(rights, stock, shown); l.shown() || l.Coming.ID != 0 {
					p.Pools = append(p.Pools, l)
				}
			}
			if len(p.Pools) > 0 {
				all = append(all, p)
			}
		}
		return nil
	})
	return all, err
}

// requireSight refuses whoever sees the products of no unit.
func requireSight(rights authz.Rights) error {
	if rights.MayAnywhere(authz.ViewMembers) || rights.MayAnywhere(authz.ManageUnits) {
		return nil
	}
	return gate.RequireSomewhere(rights, authz.AssignSeats)
}

func inSight(rights authz.Rights, unit directory.UnitID) bool {
	return roster.OpensUnit(rights, unit) || rights.May(authz.AssignSeats, unit)
}

// poolsInSight are the pools of the units in sight and those that serve them from
// above, in the order of the tree.
func poolsInSight(rights authz.Rights, stock *directory.Stock, offers []directory.Offer, now time.Time) []directory.Pool {
	tree := rights.Tree()
	shown := map[directory.PoolID]bool{}
	place := map[directory.UnitID]int{}
	for i, u := range tree.Units() {
		place[u.ID] = i
		if u.Parent == 0 || !inSight(rights, u.ID) || inSight(rights, u.Parent) {
			continue
		}
		path := tree.Path(u.ID)
		for _, offer := range offers {
			if p, served := stock.Serves(path, offer, now); served {
				shown[p.ID] = true
			}
		}
	}
	pools := slices.DeleteFunc(slices.Clone(stock.Pools()), func(p directory.Pool) bool {
		return !shown[p.ID] && !inSight(rights, p.Unit)
	})
	slices.SortStableFunc(pools, func(a, b directory.Pool) int { return place[a.Unit] - place[b.Unit] })
	return pools
}

// place says where a pool stands among those that are shown, and what the reader may
// do with it.
func (l *PoolLine) place(rights authz.Rights, stock *directory.Stock, shown map[directory.PoolID]bool) {
	tree := rights.Tree()
	l.May = rights.May(authz.AssignSeats, l.Pool.Unit)
	for above := l.Pool.Parent; above != 0; {
		p, found := stock.Pool(above)
		if !found {
			break
		}
		if shown[p.ID] {
			l.Depth++
		}
		if above == l.Pool.Parent {
			l.Source, _ = tree.Unit(p.Unit)
			l.Change = rights.May(authz.AssignSeats, p.Unit)
		}
		above = p.Parent
	}
	l.Share = l.May && !l.Lapsed && len(tree.Children(l.Pool.Unit)) > 0
}

// An AllotmentChoice is a unit that seats can be allotted to, with what it has from
// above now.
type AllotmentChoice struct {
	Unit    directory.Unit
	Path    []directory.Unit // from the root to it
	Source  directory.Unit   // that its seats would come from
	Has     int64
	Most    int64 // that it could have
	Version int64 // of its pool, 0 without one (PLAN-4)
}

// Allottable are the units to which the reader may allot seats of an offer, those
// whose name has some words where they are given; at most a page of them, with
// how many there are.
type Allottable struct {
	Choices []AllotmentChoice
	Total   int
}

// An AllotmentQuery says which units are meant: one, or those whose name has some
// words.
type AllotmentQuery struct {
	Unit   string // public id
	Search string
}

func (q AllotmentQuery) means(u directory.Unit) bool {
	if q.Unit != "" {
		return u.UUID == q.Unit
	}
	return strings.Contains(directory.Fold(u.Name), directory.Fold(q.Search))
}

// mostAllottable is how many units are offered; whoever means another searches.
const mostAllottable = 30

// Allottable lists the units to which seats of an offer can be allotted: those
// below a unit that gives some and where the reader may assign (SEAT-10). It
// refuses like Products.
func (s *Seats) Allottable(ctx context.Context, actor authz.Actor, account directory.AccountID, offer directory.Offer, q AllotmentQuery) (Allottable, error) {
	var a Allottable
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.AssignSeats); err != nil {
			return err
		}
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		now := s.gate.Instant()
		for _, u := range rights.Tree().Units() {
			if u.Parent == 0 || !q.means(u) || roster.ArchivedAt(rights.Tree(), u.ID) != nil {
				continue
			}
			if choice, may := allottable(rights, stock, u, offer, now); may {
				a.Total++
				if a.Total <= mostAllottable {
					a.Choices = append(a.Choices, choice)
				}
			}
		}
		return nil
	})
	return a, err
}

func allottable(rights authz.Rights, stock *directory.Stock, u directory.Unit, offer directory.Offer, now time.Time) (AllotmentChoice, bool) {
	tree := rights.Tree()
	pool, _ := stock.At(u.ID, offer)
	source, found := stock.Pool(pool.Parent)
	if !found {
		source, found = stock.Serves(tree.Path(u.Parent), offer, now)
	}
	if !found || !rights.May(authz.AssignSeats, source.Unit) {
		return AllotmentChoice{}, false
	}
	c := AllotmentChoice{Unit: u, Has: pool.Allotted, Most: max(stock.Room(source.ID, now), 0) + pool.Allotted, Version: pool.Version}
	c.Source, _ = tree.Unit(source.Unit)
	for _, id := range tree.Path(u.ID) {
		above, _ := tree.Unit(id)
		c.Path = append(c.Path, above)
	}
	return c, true
}
