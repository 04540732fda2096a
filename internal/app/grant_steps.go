package app

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Set gives one person the roles of several units in one act, all or nothing:
// the general role, one for each group, and what else is wanted. Units that no
// step names keep what is held there; what a step does not name ends.
//
// Each change is asked like Give and End (ROLE-5, ROLE-6), and like there a role
// can be taken back that was the last one required: the verdicts tell what is
// lacked then (ROLE-3). It refuses with stale when the person holds something else
// than the form showed.
func (s *Grants) Set(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, steps []roster.RoleStep) ([]roster.GrantVerdict, error) {
	members := &Members{s.core}
	keys, unknown, err := members.selected(ctx, actor, account, roster.Of(member), authz.ManageMembers)
	if err := gate.OneOf(unknown, err); err != nil {
		return nil, err
	}
	var verdicts []roster.GrantVerdict
	_, err = s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		g, err := s.roster.Granting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		if len(g.Members) == 0 || !g.Sees(g.Members[0]) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		if verdicts, err = g.Steps(g.Members[0], steps); err != nil {
			return err
		}
		for i := range verdicts {
			g.Tell(&verdicts[i].Verdict)
		}
		g.Settle()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return verdicts, nil
}
