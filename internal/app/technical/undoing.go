package technical

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Opposites take back what technical users were called and used for (PLAN-2). A token
// that was made is revoked, and one that was revoked opens nothing again.
func Opposites() map[audit.Kind]gate.Opposite {
	return map[audit.Kind]gate.Opposite{audit.TechnicalChanged: takeBack}
}

// takeBack plans the opposite of entries about technical users. It refuses as Edit does.
func takeBack(ctx context.Context, r *store.Reader, p *gate.Plan, entries []audit.Entry) error {
	denied := p.RequireSomewhere(authz.ManageMembers)
	return gate.Opposed(p, entries, func(e audit.Entry) directory.UserID { return e.Subject }, func(id directory.UserID, n *gate.Net) (gate.Verdict, error) {
		if denied != nil {
			return gate.Verdict{}, denied
		}
		t, err := manage(ctx, r, p, func() (directory.Member, error) { return r.MemberOf(ctx, p.Account, id) })
		if err != nil {
			return gate.Verdict{}, err
		}
		name, purpose := t.user.Last, t.technical.Purpose
		for _, f := range []struct {
			field string
			is    *string
		}{{"name", &name}, {"purpose", &purpose}} {
			err := n.Restore(f.field, audit.Text(*f.is), func(was audit.Value) error {
				*f.is = was.Text()
				return nil
			})
			if err != nil {
				return gate.Verdict{}, err
			}
		}
		t.rename(name, purpose)
		v := n.Verdict(int64(t.member.ID), name)
		v.Member = t.member
		return v, nil
	})
}
