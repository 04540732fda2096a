package identity

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Seed writes a person as they are, without registration or invitation: for
// generated data and tests, as the operator.
func (s *Users) Seed(ctx context.Context, u directory.User) (directory.User, error) {
	_, err := s.gate.Perform(ctx, gate.SystemActor(), directory.Installation, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("only the program itself seeds people")
		ro := &roster.Roster{Basis: p.Basis, Plan: p}
		u = ro.NewUser(u)
		p.Change(store.InsertUsers(ro.NewUsers))
		p.Record(p.Entry(audit.UserCreated, u.ID, 0))
		return nil
	})
	return u, err
}
