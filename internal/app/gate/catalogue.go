package gate

import (
	"context"
	"fmt"
	"strings"

	"intendant/internal/catalogue"
	"intendant/internal/store"
)

// An InForce is a catalogue with the version it was applied as; 0 for the one
// given to New.
type InForce struct {
	Version  int64
	Declared *catalogue.Catalogue
}

// PutInForce puts a catalogue in force on this node unless a later one is.
func (g *Gate) PutInForce(next *InForce) {
	for {
		now := g.current.Load()
		if now.Version >= next.Version || g.current.CompareAndSwap(now, next) {
			return
		}
	}
}

// FollowCatalogue puts in force on this node what the reader sees as applied, if that is
// later than what this node knows. Whoever writes what the catalogue declares
// calls it first, within the change: what a process remembers may be older than
// the change that made it write (ROLE-3).
func (g *Gate) FollowCatalogue(ctx context.Context, r *store.Reader) error {
	version, err := r.CatalogueVersion(ctx)
	if err != nil || version <= g.Version() {
		return err
	}
	latest, err := r.LatestCatalogue(ctx)
	if err != nil {
		return err
	}
	declared, faults := catalogue.Read("applied", strings.NewReader(latest.Text))
	if len(faults) > 0 {
		return fmt.Errorf("read applied catalogue %d: %s", latest.Version, faults)
	}
	g.PutInForce(&InForce{latest.Version, declared})
	return nil
}

// Version is the catalogue's in force; 0 is the one given to New.
func (g *Gate) Version() int64 { return g.current.Load().Version }

// LoadCatalogue puts the catalogue that was applied last in force, unless it is already.
func (g *Gate) LoadCatalogue(ctx context.Context) error {
	return g.Read(ctx, func(r *store.Reader) error { return g.FollowCatalogue(ctx, r) })
}
