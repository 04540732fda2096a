package identity

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// core is what the operations of this package stand on.
type core struct {
	gate   *gate.Gate
	roster *roster.Writer
	meters meters
}

// Needs are what people bring about elsewhere when they come.
type Needs struct {
	// AskToJoin hands in the request of whoever registered to join an account
	// (JOIN-1).
	AskToJoin func(ctx context.Context, actor authz.Actor, number, message string) (directory.JoinRequest, error)
	// InviteAgain sends somebody their invitation again (INV-4).
	InviteAgain func(ctx context.Context, client gate.Client, name string) error
}

// New makes people with their sign-in, and who is signed in.
func New(g *gate.Gate, r *roster.Writer, n Needs) (*Users, *Sessions) {
	c := &core{gate: g, roster: r}
	return &Users{core: c, needs: n}, &Sessions{c}
}

// Users are people and their sign-in.
type Users struct {
	*core
	needs Needs
}

// Sessions are who is signed in, and where.
type Sessions struct{ *core }
