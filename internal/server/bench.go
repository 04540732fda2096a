package server

import (
	"context"
	"fmt"
	"math"

	"intendant/internal/bench"
	"intendant/internal/i18n"
)

// Bench measures the installation's operations and reports each figure.
func (i *Installation) Bench(ctx context.Context, o bench.Options, report func(bench.Figure)) error {
	bundle, err := i18n.Load()
	if err != nil {
		return fmt.Errorf("load messages: %w", err)
	}
	o.App, o.Database, o.Now, o.Products = i.App, i.db.Dialect(), i.now, i.products(i.site(bundle), nil)
	o.Programs = i.programs(bundle, math.MaxInt32) // one token asks all
	return bench.Run(ctx, o, report)
}
