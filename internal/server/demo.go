package server

import (
	"context"

	"intendant/internal/demo"
)

// Demo fills the empty installation, which must run on the clock, with a living
// example.
func (i *Installation) Demo(ctx context.Context, clock *demo.Clock) (demo.World, error) {
	return demo.Build(ctx, demo.Options{App: i.App, Clock: clock})
}
