package server

import (
	"context"
	"math"

	"intendant/internal/bench"
	"intendant/internal/store"
)

// Bench measures the installation's operations and reports each figure.
func (i *Installation) Bench(ctx context.Context, o bench.Options, report func(bench.Figure)) error {
	o.App, o.Database, o.Now, o.Products = i.App, i.db.Dialect(), i.now, i.products(i.site(), nil)
	o.Programs = i.programs(math.MaxInt32) // one token asks all
	o.Commit = func(ctx context.Context, rows int) error {
		return i.db.Write(ctx, func(tx *store.Tx) error { return tx.LogAccesses(ctx, make([]store.Access, rows)) })
	}
	return bench.Run(ctx, o, report)
}
