package admission

import (
	"context"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Locked reports whether key entry is locked for a number, in the same way
// whether anybody has it or not (KEY-11, KEY-14). It refuses with
// sign_in.required.
func (s *Keys) Locked(ctx context.Context, actor authz.Actor, number string) (bool, error) {
	ctx, answer := s.gate.Evenly(ctx)
	defer answer()
	if actor.User == 0 {
		return false, directory.Refuse(directory.Denied, "sign_in.required")
	}
	var count directory.KeyCount
	err := s.gate.Read(ctx, func(r *store.Reader) (err error) {
		count, err = r.KeyCount(ctx, number)
		return err
	})
	return !count.Locked.IsZero(), err
}
