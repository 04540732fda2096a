package server

import (
	"context"

	"intendant/internal/bench"
)

// Bench measures the installation's operations and reports each figure.
func (i *Installation) Bench(ctx context.Context, o bench.Options, report func(bench.Figure)) error {
	o.App, o.Database, o.Now = i.App, i.db.Dialect(), i.now
	return bench.Run(ctx, o, report)
}
