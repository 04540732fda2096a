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
	var verdicts []roster.GrantVerdict
	plan := func(key directory.MemberID) gate.Planner {
		return func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
			verdicts, err = s.planSteps(ctx, r, p, key, steps)
			return err
		}
	}
	if err := gate.OneOf(s.gate.Perform(ctx, actor, account, planOn(member, authz.ManageMembers, plan))); err != nil {
		return nil, err
	}
	return verdicts, nil
}

func (s *Grants) planSteps(ctx context.Context, r *store.Reader, p *gate.Plan, member directory.MemberID, steps []roster.RoleStep) ([]roster.GrantVerdict, error) {
	g, err := s.roster.Granting(ctx, r, p, []directory.MemberID{member})
	if err != nil {
		return nil, err
	}
	if len(g.Members) == 0 || !g.Sees(g.Members[0]) {
		return nil, directory.Refuse(directory.NotFound, "member.not_found")
	}
	verdicts, err := g.Steps(g.Members[0], steps)
	if err != nil {
		return nil, err
	}
	for i := range verdicts {
		g.Tell(&verdicts[i].Verdict)
	}
	g.Settle()
	return verdicts, nil
}
