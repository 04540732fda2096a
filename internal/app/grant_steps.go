package app

import (
	"context"
	"slices"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A RoleStep is which roles somebody is to hold at one unit itself.
type RoleStep struct {
	Unit  string    // public id; empty: the root
	Roles []string  // codes; none takes all back
	Was   *[]string // what the form showed there; nil: not checked (PLAN-4)
}

// stepField is the name of a step's field in forms and refusals.
func stepField(unit directory.Unit) string {
	if unit.Parent == 0 {
		return "general_role"
	}
	return "role_" + unit.UUID
}

// StepField is the name of the field of a unit in forms of steps and in what
// they are refused with: "general_role" for the root.
func StepField(unit directory.Unit) string { return stepField(unit) }

// Set gives one person the roles of several units in one act, all or nothing:
// the general role, one for each group, and what else is wanted. Units that no
// step names keep what is held there; what a step does not name ends.
//
// Each change is asked like Give and End (ROLE-5, ROLE-6), and like there a role
// can be taken back that was the last one required: the verdicts tell what is
// lacked then (ROLE-3). It refuses with stale when the person holds something else
// than the form showed.
func (s *Grants) Set(ctx context.Context, actor authz.Actor, account directory.AccountID, member string, steps []RoleStep) ([]GrantVerdict, error) {
	members := &Members{s.core}
	keys, unknown, err := members.selected(ctx, actor, account, Of(member))
	if err := oneOf(unknown, err); err != nil {
		return nil, err
	}
	var verdicts []GrantVerdict
	_, err = s.perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		g, err := s.granting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		if len(g.members) == 0 || !g.sees(g.members[0]) {
			return directory.Refuse(directory.NotFound, "member.not_found")
		}
		if verdicts, err = g.steps(g.members[0], steps); err != nil {
			return err
		}
		for i := range verdicts {
			g.tell(&verdicts[i].Verdict)
		}
		g.settle()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return verdicts, nil
}

// steps plans what the steps ask for one member.
func (g *granting) steps(m directory.Member, steps []RoleStep) ([]GrantVerdict, error) {
	var verdicts []GrantVerdict
	for _, step := range steps {
		unit, found := unitNamed(g.tree, step.Unit)
		if !found {
			return nil, directory.InvalidField("role_"+step.Unit, "unit.not_found", nil)
		}
		done, err := g.step(m, unit, step)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, done...)
	}
	return verdicts, nil
}

func (g *granting) step(m directory.Member, unit directory.Unit, step RoleStep) ([]GrantVerdict, error) {
	field := stepField(unit)
	has := g.heldAt(m.ID, unit.ID)
	if step.Was != nil && !sameCodes(g.codes(has), *step.Was) {
		return nil, directory.Refuse(directory.Conflict, "stale")
	}
	var verdicts []GrantVerdict
	note := func(role directory.Role, outcome Outcome) {
		held := slices.DeleteFunc(heldBy(g.tree, m, g.live[m.ID]), func(h authz.Held) bool { return h.Role == role.ID && h.Unit == unit.ID })
		verdicts = append(verdicts, GrantVerdict{Verdict{Subject: int64(m.ID), Outcome: outcome, member: m}, effect(g.tree, held, role.ID, unit.ID)})
	}
	wanted := map[directory.RoleID]bool{}
	for _, code := range step.Roles {
		role, found := rightsRole(g.tree, code)
		if !found {
			return nil, directory.InvalidField(field, "field.unknown_choice", directory.Args{"Value": code})
		}
		if wanted[role.ID] {
			continue
		}
		wanted[role.ID] = true
		if _, already := g.held(m.ID, role.ID, unit.ID); already {
			continue
		}
		if _, refusal := g.role(code, field); refusal != nil {
			return nil, refusal
		}
		if refusal := g.mayGive(role, unit.ID, field); refusal != nil {
			return nil, refusal
		}
		note(role, Added)
		g.give(m, role, unit.ID)
	}
	for _, grant := range has {
		role, _ := g.tree.Role(grant.Role)
		if wanted[role.ID] {
			continue
		}
		if refusal := mayEnd(g.Rights, role, unit.ID, field); refusal != nil {
			return nil, refusal
		}
		g.end(m, grant)
		note(role, Changed)
	}
	return verdicts, nil
}

// heldAt are the member's grants at one unit itself.
func (g *granting) heldAt(m directory.MemberID, unit directory.UnitID) []directory.Grant {
	var at []directory.Grant
	for _, grant := range g.live[m] {
		if grant.Unit == unit {
			at = append(at, grant)
		}
	}
	return at
}

func (g *granting) codes(grants []directory.Grant) []string {
	codes := make([]string, len(grants))
	for i, grant := range grants {
		role, _ := g.tree.Role(grant.Role)
		codes[i] = role.Code
	}
	return codes
}

func sameCodes(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// complete refuses when a role that the account type requires is missing and
// the actor could give one: the full form asks for it (ROLE-3). Whoever manages a
// group only can give nothing at the root: there it stays to be given by somebody
// above.
func (g *granting) complete(m directory.Member) *directory.Error {
	for _, level := range g.required().missing(g.users[m.User], g.live[m.ID]) {
		if !g.manageable(level) {
			continue
		}
		if level == authz.RootLevel {
			return directory.InvalidField("general_role", "grant.general_required", nil)
		}
		label, _ := g.kind.Level(level)
		return directory.InvalidField("role_at_"+level, "grant.required_at", directory.Args{"Level": label.Label.In(g.lang)})
	}
	return nil
}

// requiredLevels are the levels at which an account type requires a role.
func requiredLevels(general bool, at []string) []string {
	if general {
		return append([]string{authz.RootLevel}, at...)
	}
	return at
}

// manageable reports whether the actor could give a role at some unit of the
// level.
func (g *granting) manageable(level string) bool {
	return slices.ContainsFunc(g.tree.Units(), func(u directory.Unit) bool {
		return g.tree.Level(u.ID) == level && g.tree.Live(u.ID) && g.Rights.May(authz.ManageMembers, u.ID)
	})
}

// propose gives whoever has no general role the one that is proposed for
// everybody, where the account type requires one and the actor may give it
// (ROLE-3).
func (g *granting) propose(m directory.Member) {
	if !g.kind.GeneralRoleRequired || g.users[m.User].Technical() || len(g.heldAt(m.ID, g.tree.Root())) > 0 {
		return
	}
	if role, found := proposedRole(g.tree); found && g.mayGive(role, g.tree.Root(), "general_role") == nil {
		g.give(m, role, g.tree.Root())
	}
}

// proposedRole is the role that is proposed for everybody.
func proposedRole(t *authz.Tree) (directory.Role, bool) {
	for _, role := range t.Roles() {
		if role.Kind == directory.RightsRole && role.Proposed && role.Archived.IsZero() {
			return role, true
		}
	}
	return directory.Role{}, false
}
