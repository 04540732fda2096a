package server

import (
	"context"
	"math"

	"intendant/internal/bench"
)

// Bench measures the installation's operations and reports each figure.
func (i *Installation) Bench(ctx context.Context, o bench.Options, report func(bench.Figure)) error {
	o.App, o.Database, o.Now, o.Products = i.App, i.db.Dialect(), i.now, i.products(i.site(), nil)
	o.Programs = i.programs(math.MaxInt32) // one token asks all
	return bench.Run(ctx, o, report)
}
