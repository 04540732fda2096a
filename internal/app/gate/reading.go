package gate

import (
	"context"

	"intendant/internal/directory"
	"intendant/internal/store"
)

type readingKey struct{}

// Misread gives the change that is made in a context what its face could not read of
// the input, such as a day that is none. The change finds its own faults beside those,
// and is refused with them in any case: nothing is written (API-3).
func Misread(ctx context.Context, faults directory.Faults) context.Context {
	if len(faults) == 0 {
		return ctx
	}
	return context.WithValue(ctx, readingKey{}, faults)
}

// asRead is a plan that is refused with what could not be read of its input.
func asRead(ctx context.Context, plan Planner) Planner {
	if !misread(ctx) {
		return plan
	}
	faults, _ := ctx.Value(readingKey{}).(directory.Faults)
	return func(ctx context.Context, r *store.Reader, p *Plan) error { return faults.With(plan(ctx, r, p)) }
}

// misread reports whether something of the input could not be read.
func misread(ctx context.Context) bool { return ctx.Value(readingKey{}) != nil }
