package applications

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Opposites take back what the vendor's applications may (PLAN-2). One that was ended
// stays so: its credentials are gone.
func Opposites(s *Applications) map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.ApplicationChanged: s.takeBack}
}

// takeBack plans the opposite of entries about applications, in the installation's own
// history. It refuses as Change does, each field by itself.
func (s *Applications) takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.RequireDuty(authz.ManageApplications)
	if err := s.gate.FollowCatalogue(ctx, r); err != nil {
		return err
	}
	all, err := r.Applications(ctx)
	if err != nil {
		return err
	}
	return gate.Opposed(p, entries, func(e audit.Entry) directory.UserID { return e.Subject }, func(id directory.UserID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		i := slices.IndexFunc(all, func(a directory.Application) bool { return a.ID == id })
		if i < 0 {
			return gate.Verdict{}, directory.Refuse(directory.NotFound, "application.not_found")
		}
		after, err := s.back(ctx, r, all[i], n)
		if err == nil {
			err = planChange(ctx, r, p, all[i], after)
		}
		return n.Verdict(int64(id), after.Name), err
	})
}

// back is the application with what it was.
func (s *Applications) back(ctx context.Context, r *store.Reader, before directory.Application, n *gate.Net) (directory.Application, error) {
	after := before
	for _, f := range []struct {
		field string
		now   audit.Value
		set   func(is *Registration, was audit.Value)
	}{
		{"name", audit.Text(before.Name), func(is *Registration, was audit.Value) { is.Name = was.Text() }},
		{"product", audit.Text(before.Product), func(is *Registration, was audit.Value) { is.Product = was.Text() }},
		{"application_rights", audit.Texts(before.Rights), func(is *Registration, was audit.Value) {
			is.Rights = nil
			for _, one := range was.Values() {
				is.Rights = append(is.Rights, directory.ApplicationRight(one.Text()))
			}
		}},
	} {
		err := n.Restore(f.field, f.now, func(was audit.Value) error {
			is := Registration{Name: after.Name, Product: after.Product, Rights: after.Rights, All: true} // accounts are another field
			f.set(&is, was)
			err := is.check(s.gate, before.Product)
			if err == nil {
				after.Name, after.Product, after.Rights = is.Name, is.Product, is.Rights
			}
			return err
		})
		if err != nil {
			return after, err
		}
	}
	return after, roster.RestorePortfolio(ctx, r, n, &after.Portfolio)
}
