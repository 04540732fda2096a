package server

import (
	"context"

	"intendant/internal/generate"
)

// Generate fills the installation's empty database with invented accounts and
// people.
func (i *Installation) Generate(ctx context.Context, o generate.Options) error {
	return generate.Run(ctx, i.App, i.db, o)
}
