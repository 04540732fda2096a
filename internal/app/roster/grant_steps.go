package roster

import (
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A RoleStep is which roles somebody is to hold at one unit itself.
type RoleStep struct {
	Unit  string    // public id; empty: the root
	Roles []string  // codes; none takes all back
	Was   *[]string // what the form showed there; nil: not checked (PLAN-4)
}

// StepField is the name of the field of a unit in forms of steps and in what
// they are refused with: "general_role" for the root.
func StepField(unit directory.Unit) string {
	if unit.Parent == 0 {
		return "general_role"
	}
	return "role_" + unit.UUID
}

// Steps plans what the steps ask for one member. It refuses the units at fault, all at
// once.
func (g *Granting) Steps(m directory.Member, steps []RoleStep) ([]GrantVerdict, error) {
	var verdicts []GrantVerdict
	var faults directory.Faults
	for _, step := range steps {
		var done []GrantVerdict
		err := error(directory.InvalidField("role_"+step.Unit, "unit.not_found", nil))
		if unit, found := UnitNamed(g.Tree, step.Unit); found {
			done, err = g.step(m, unit, step)
		}
		if err := faults.Note(err); err != nil {
			return nil, err
		}
		verdicts = append(verdicts, done...)
	}
	return verdicts, faults.Err()
}

func (g *Granting) step(m directory.Member, unit directory.Unit, step RoleStep) ([]GrantVerdict, error) {
	field := StepField(unit)
	has := g.heldAt(m.ID, unit.ID)
	if step.Was != nil && !sameCodes(g.codes(has), *step.Was) {
		return nil, directory.Refuse(directory.Conflict, "stale")
	}
	var verdicts []GrantVerdict
	note := func(role directory.Role, outcome gate.Outcome) {
		held := slices.DeleteFunc(HeldBy(g.Tree, m, g.live[m.ID]), func(h authz.Held) bool { return h.Role == role.ID && h.Unit == unit.ID })
		verdicts = append(verdicts, GrantVerdict{gate.Verdict{Subject: int64(m.ID), Outcome: outcome, Member: m}, EffectOf(g.Tree, held, role.ID, unit.ID)})
	}
	wanted := map[directory.RoleID]bool{}
	for _, code := range step.Roles {
		role, found := RightsRole(g.Tree, code)
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
		if _, refusal := g.Role(code, field); refusal != nil {
			return nil, refusal
		}
		if refusal := g.MayGive(role, unit.ID, field); refusal != nil {
			return nil, refusal
		}
		note(role, gate.Added)
		g.give(m, role, unit.ID)
	}
	for _, grant := range has {
		role, _ := g.Tree.Role(grant.Role)
		if wanted[role.ID] {
			continue
		}
		if refusal := MayEnd(g.Rights, role, unit.ID, field); refusal != nil {
			return nil, refusal
		}
		g.end(m, grant)
		note(role, gate.Changed)
	}
	return verdicts, nil
}

// heldAt are the member's grants at one unit itself.
func (g *Granting) heldAt(m directory.MemberID, unit directory.UnitID) []directory.Grant {
	var at []directory.Grant
	for _, grant := range g.live[m] {
		if grant.Unit == unit {
			at = append(at, grant)
		}
	}
	return at
}

func (g *Granting) codes(grants []directory.Grant) []string {
	codes := make([]string, len(grants))
	for i, grant := range grants {
		role, _ := g.Tree.Role(grant.Role)
		codes[i] = role.Code
	}
	return codes
}

func sameCodes(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// Complete refuses when a role that the account type requires is missing and
// the actor could give one: the full form asks for it (ROLE-3). Whoever manages a
// group only can give nothing at the root: there it stays to be given by somebody
// above.
func (g *Granting) Complete(m directory.Member) *directory.Error {
	var faults []*directory.Error
	for _, level := range g.Required().Missing(g.users[m.User], g.live[m.ID]) {
		if !g.Manageable(level) {
			continue
		}
		if level == authz.RootLevel {
			faults = append(faults, directory.InvalidField("general_role", "grant.general_required", nil))
			continue
		}
		label, _ := g.Kind.Level(level)
		faults = append(faults, directory.InvalidField("role_at_"+level, "grant.required_at", directory.Args{"Level": label.Label.In(g.Lang)}))
	}
	return directory.Together(faults...)
}

// RequiredLevels are the levels at which an account type requires a role.
func RequiredLevels(general bool, at []string) []string {
	if general {
		return append([]string{authz.RootLevel}, at...)
	}
	return at
}

// Manageable reports whether the actor could give a role at some unit of the
// level.
func (g *Granting) Manageable(level string) bool {
	return slices.ContainsFunc(g.Tree.Units(), func(u directory.Unit) bool {
		return g.Tree.Level(u.ID) == level && g.Tree.Live(u.ID) && g.Rights.May(authz.ManageMembers, u.ID)
	})
}

// Propose gives whoever has no general role the one that is proposed for
// everybody, where the account type requires one and the actor may give it
// (ROLE-3).
func (g *Granting) Propose(m directory.Member) {
	if !g.Kind.GeneralRoleRequired || g.users[m.User].Technical() || len(g.heldAt(m.ID, g.Tree.Root())) > 0 {
		return
	}
	if role, found := proposedRole(g.Tree); found && g.MayGive(role, g.Tree.Root(), "general_role") == nil {
		g.give(m, role, g.Tree.Root())
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
