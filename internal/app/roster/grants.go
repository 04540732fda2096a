package roster

import (
	"cmp"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
)

// Verdict does one pair.
func (g *Granting) Verdict(pair GrantPair, role directory.Role, do PairAct) gate.Verdict {
	v := gate.Verdict{Subject: int64(pair.Member), Effect: &gate.Effect{Role: role}}
	i, found := slices.BinarySearchFunc(g.Members, pair.Member, func(m directory.Member, key directory.MemberID) int { return cmp.Compare(m.ID, key) }) // read in that order
	if !found || !g.Sees(g.Members[i]) {
		return gate.Nobody()
	}
	m := g.Members[i]
	u := g.users[m.User]
	v.Name, v.Email, v.Member = NameOf(u, m), u.Email, m
	unit, known := directory.Unit{}, false
	if pair.Unit != "" { // nobody is given a role at the root by leaving the unit out
		unit, known = UnitNamed(g.Tree, pair.Unit)
	}
	if !known {
		return v.Refused(directory.InvalidField("unit", "unit.not_found", nil))
	}
	*v.Effect = EffectOf(g.Tree, HeldBy(g.Tree, m, g.live[m.ID]), role.ID, unit.ID)
	outcome, refusal := do(g, m, role, unit.ID)
	if v.Outcome = outcome; refusal != nil {
		v = v.Refused(refusal)
		if refusal.Code == "unit.not_found" {
			*v.Effect = gate.Effect{Role: role} // like a unit that is not there
		}
	}
	return v
}

// Giving gives a role, unless it is held there already.
func (g *Granting) Giving(m directory.Member, role directory.Role, unit directory.UnitID) (gate.Outcome, *directory.Error) {
	if !role.Archived.IsZero() {
		return gate.Refused, directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": role.Name(g.Lang)})
	}
	if refusal := g.MayGive(role, unit, "unit"); refusal != nil {
		return gate.Refused, refusal
	}
	if _, has := g.held(m.ID, role.ID, unit); has {
		return gate.Unchanged, nil
	}
	g.give(m, role, unit)
	return gate.Added, nil
}

// Ending takes a role back that is held there.
func (g *Granting) Ending(m directory.Member, role directory.Role, unit directory.UnitID) (gate.Outcome, *directory.Error) {
	if refusal := MayEnd(g.Rights, role, unit, "unit"); refusal != nil {
		return gate.Refused, refusal
	}
	grant, has := g.held(m.ID, role.ID, unit)
	if !has {
		return gate.Unchanged, nil
	}
	g.end(m, grant)
	return gate.Changed, nil
}
