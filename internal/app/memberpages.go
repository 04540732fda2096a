package app

import (
	"context"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// MemberPages are the pages about one member that the reader may open, and
// whether an invitation is the next step (INV-5).
type MemberPages struct {
	Data, Rights, Preferences, Invite bool
}

// Pages says which pages of a member the reader may open: what each of them
// would refuse is left out (LIST-8, UNIT-5). It refuses with member.not_found
// whoever is out of sight.
func (s *Members) Pages(ctx context.Context, actor authz.Actor, account directory.AccountID, member string) (MemberPages, error) {
	var pages MemberPages
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		p, err := s.preferring(ctx, r, rights, whose{actor, account, member})
		if err != nil {
			return err
		}
		m := p.member
		grants, err := r.GrantsOf(ctx, m.ID)
		if err != nil {
			return err
		}
		if !m.Removed.IsZero() {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		l := listing{account: p.account, rights: rights}
		may := l.may(roster.ListedMember{Member: m, Manageable: rights.May(authz.ManageMembers, m.Unit)})
		allowed := p.allowed(rights) == nil
		pages = MemberPages{
			Data:        may.Edit && rights.May(authz.ViewMembers, m.Unit),
			Rights:      roster.InSight(rights, m, grants),
			Preferences: len(p.declared) > 0 && allowed,
			Invite:      may.Invite,
		}
		if !pages.Data && !pages.Rights && !allowed {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		return nil
	})
	return pages, err
}
