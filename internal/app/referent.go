package app

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// SetReferent names the contract's contact of an account: one of its people, by
// user name or address, or nobody. It gives and takes no right (ACC-9). Version
// is the one the form was made on (PLAN-4).
//
// It refuses with account.referent_unknown whoever has no place in the account,
// in the same words as a name nobody has, and with stale.
func (s *Accounts) SetReferent(ctx context.Context, actor authz.Actor, id directory.AccountID, name string, version int64) error {
	name = strings.TrimSpace(name)
	_, err := s.gate.Perform(ctx, actor, id, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ChangeAccounts); err != nil {
			return err
		}
		before, err := r.Account(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return directory.Refuse(directory.Conflict, "stale")
		}
		referent, err := memberNamed(ctx, r, id, name)
		if err != nil || referent.ID == before.Referent {
			return err
		}
		former := directory.User{}
		if before.Referent != 0 {
			if former, err = r.User(ctx, before.Referent); err != nil {
				return err
			}
		}
		kind, about := audit.AccountReferentNamed, referent.ID
		if about == 0 {
			kind, about = audit.AccountReferentRemoved, former.ID
		}
		entry := p.Entry(kind, about, int64(id))
		entry.NoteValue("referent", audit.Thing(audit.User, former.ID, ""), audit.Thing(audit.User, referent.ID, ""))
		p.Record(entry)
		after := before
		after.Referent = referent.ID
		p.Change(store.UpdateAccount{Account: after, Before: before})
		return nil
	})
	return err
}

// memberNamed is the person of that name who has a place in the account; nobody
// for no name.
func memberNamed(ctx context.Context, r *store.Reader, account directory.AccountID, name string) (directory.User, error) {
	if name == "" {
		return directory.User{}, nil
	}
	unknown := directory.InvalidField("referent", "account.referent_unknown", directory.Args{"Name": directory.Cut(name, 254)})
	user, err := r.UserBySignInName(ctx, name)
	if gate.RefusedWith(err, "user.not_found") {
		return directory.User{}, unknown
	}
	if err != nil {
		return directory.User{}, err
	}
	m, err := r.MemberOf(ctx, account, user.ID)
	if gate.RefusedWith(err, "member.not_found") || err == nil && !m.Removed.IsZero() {
		return directory.User{}, unknown
	}
	return user, err
}
