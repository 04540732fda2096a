package seats

import (
	"context"
	"slices"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Externals are what one member brings along, and the products that could still be
// noted for them.
type Externals struct {
	Member   directory.Member
	Name     string
	Has      []directory.External
	Products []string // of the catalogue, not noted yet
	Self     bool     // the reader is that person and speaks for themselves: proved by a seat elsewhere
}

// Externals shows the external subscriptions of a member to whoever may change them:
// it takes seats.assign at their home unit, or to be that person (EXT-1, EXT-3). It
// refuses with member.not_found who is out of sight.
func (s *Seats) Externals(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) (Externals, error) {
	var e Externals
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.Member() {
			return directory.Refuse(directory.NotFound, "account.not_found")
		}
		m, err := r.MemberByUUID(ctx, account, member)
		if err != nil {
			return err
		}
		may := rights.May(authz.AssignSeats, m.Unit)
		e.Self = m.User == actor.User && !may
		if !m.Removed.IsZero() || !may && !e.Self {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		person, err := r.User(ctx, m.User)
		if err != nil {
			return err
		}
		e.Member, e.Name = m, roster.NameOf(person, m)
		if e.Has, err = r.ExternalsOf(ctx, m.ID); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		for _, product := range s.gate.Catalogue().ProductsOf(a.Type) {
			if product.Seated && !slices.ContainsFunc(e.Has, func(o directory.External) bool { return o.Product == product.ID }) {
				e.Products = append(e.Products, product.ID)
			}
		}
		return err
	})
	return e, err
}
