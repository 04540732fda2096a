package app

import (
	"context"

	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Seed writes a person as they are, without registration or invitation: for
// generated data and tests, as the operator.
func (s *Users) Seed(ctx context.Context, u directory.User) (directory.User, error) {
	_, err := s.perform(ctx, SystemActor(), directory.Installation, func(_ context.Context, _ *store.Reader, p *Plan) error {
		p.OpenToAnyone("only the program itself seeds people")
		ro := &roster{Basis: p.Basis, plan: p}
		u = ro.newUser(u)
		p.Change(store.InsertUsers(ro.newUsers))
		p.Record(p.Entry(audit.UserCreated, u.ID, 0))
		return nil
	})
	return u, err
}
