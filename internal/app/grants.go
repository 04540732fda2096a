package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Giving is one role for people at units, in one act (ROLE-7).
type Giving struct {
	Who     Selection
	Role    string   // code or public id of a role of kind rights
	Units   []string // public ids
	Preview bool     // say what would be, write nothing (PLAN-1)
}

// mostPairs is how many people times units one act takes.
const mostPairs = 100_000

// A GrantVerdict is what became of one person at one unit. Effect says what the
// role adds there for them, or that it adds nothing and where it is held already
// (ROLE-2).
type GrantVerdict struct {
	Verdict
	Effect Effect
}

// A grantPair is one person and one unit of an act.
type grantPair struct {
	member directory.MemberID
	unit   directory.Unit
	known  bool // the unit is there
}

// Give gives one role to people at units (ROLE-7). The verdicts name each
// person and unit: added, unchanged where they hold it there already, or refused
// with the reason; a refusal leaves the others done. What adds nothing is given
// all the same, and said (ROLE-2). Chunks of 500 are each a transaction under
// one batch.
//
// Giving needs members.manage at the unit (ROLE-5) and all that the role gives
// there (ROLE-6); refused are units that are archived, whose level takes no
// roles, or that are out of sight (unit.not_found).
func (s *Grants) Give(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]GrantVerdict, error) {
	return s.onPairs(ctx, actor, account, g, (*granting).giving)
}

// End takes one role back from people at units, as Give gives it: also at
// archived units, roles that are archived, and the last one that is required, of
// which the verdict tells (ROLE-3). Who does not hold it there is unchanged.
func (s *Grants) End(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]GrantVerdict, error) {
	return s.onPairs(ctx, actor, account, g, (*granting).ending)
}

// A pairAct does one thing to one person at one unit.
type pairAct func(g *granting, m directory.Member, role directory.Role, unit directory.UnitID) (Outcome, *directory.Error)

func (s *Grants) onPairs(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving, do pairAct) ([]GrantVerdict, error) {
	members := &Members{s.core}
	keys, unknown, err := members.selected(ctx, actor, account, g.Who)
	if err != nil {
		return nil, err
	}
	pairs, err := s.pairs(ctx, actor, account, keys, g.Units)
	if err != nil {
		return nil, err
	}
	if g.Role == "" {
		return nil, directory.InvalidField("role", "field.required", nil)
	}
	if len(pairs) > 1 && actor.Batch == "" {
		actor.Batch = uuid.NewString()
	}
	act := s.perform
	if g.Preview {
		act = s.previewed
	}
	var all, part []GrantVerdict
	for chunked := range slices.Chunk(pairs, chunk) {
		if _, err := act(ctx, actor, account, s.planPairs(g, chunked, do, &part)); err != nil {
			return all, err
		}
		all = append(all, part...)
	}
	units := len(slices.Compact(slices.Sorted(slices.Values(g.Units))))
	for _, v := range unknown {
		all = append(all, slices.Repeat([]GrantVerdict{{Verdict: v}}, units)...)
	}
	slices.SortStableFunc(all, func(a, b GrantVerdict) int { return a.nobody() - b.nobody() }) // those of nobody last, whichever way
	for i := range all {
		all[i].Row = i + 1
	}
	return all, nil
}

// pairs are people times units, each unit once.
func (s *Grants) pairs(ctx context.Context, actor authz.Actor, account directory.AccountID, keys []directory.MemberID, units []string) ([]grantPair, error) {
	units = slices.Compact(slices.Sorted(slices.Values(units)))
	if len(units) == 0 {
		return nil, directory.InvalidField("unit", "field.required", nil)
	}
	if n := len(keys) * len(units); n > mostPairs {
		return nil, directory.InvalidField("unit", "grant.too_many", directory.Args{"Count": n, "Limit": mostPairs})
	}
	var pairs []grantPair
	err := s.view(ctx, actor, account, func(_ *store.Reader, rights authz.Rights) error {
		for _, key := range keys {
			for _, id := range units {
				pair := grantPair{member: key}
				if id != "" { // nobody is given a role at the root by leaving the unit out
					pair.unit, pair.known = unitNamed(rights.Tree(), id)
				}
				pairs = append(pairs, pair)
			}
		}
		return nil
	})
	return pairs, err
}

func (s *Grants) planPairs(what Giving, pairs []grantPair, do pairAct, verdicts *[]GrantVerdict) Planner {
	return func(ctx context.Context, r *store.Reader, p *Plan) error {
		*verdicts = nil
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		var keys []directory.MemberID
		for _, pair := range pairs {
			if n := len(keys); n == 0 || keys[n-1] != pair.member {
				keys = append(keys, pair.member)
			}
		}
		g, err := s.granting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		role, found := rightsRole(g.tree, what.Role)
		if !found {
			return directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": what.Role})
		}
		for _, pair := range pairs {
			*verdicts = append(*verdicts, g.verdict(pair, role, do))
		}
		g.tell(*verdicts)
		g.settle()
		return nil
	}
}

// verdict does one pair.
func (g *granting) verdict(pair grantPair, role directory.Role, do pairAct) GrantVerdict {
	v := GrantVerdict{Verdict: Verdict{Subject: int64(pair.member)}, Effect: Effect{Role: role, Unit: pair.unit}}
	i := slices.IndexFunc(g.members, func(m directory.Member) bool { return m.ID == pair.member })
	if i < 0 || !g.sees(g.members[i]) {
		return GrantVerdict{Verdict: nobody()}
	}
	m := g.members[i]
	u := g.users[m.User]
	v.Name, v.Email, v.member = nameOf(u, m), u.Email, m
	if !pair.known {
		v.Verdict = v.Verdict.refused(directory.InvalidField("unit", "unit.not_found", nil))
		return v
	}
	v.Effect = effect(g.tree, heldBy(g.tree, m, g.live[m.ID]), role.ID, pair.unit.ID)
	outcome, refusal := do(g, m, role, pair.unit.ID)
	if v.Outcome = outcome; refusal != nil {
		v.Verdict = v.Verdict.refused(refusal)
		if refusal.Code == "unit.not_found" {
			v.Effect = Effect{Role: role} // like a unit that is not there
		}
	}
	return v
}

func (g *granting) giving(m directory.Member, role directory.Role, unit directory.UnitID) (Outcome, *directory.Error) {
	if !role.Archived.IsZero() {
		return Refused, directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": role.Name(g.lang)})
	}
	if refusal := g.mayGive(role, unit, "unit"); refusal != nil {
		return Refused, refusal
	}
	if _, has := g.held(m.ID, role.ID, unit); has {
		return Unchanged, nil
	}
	g.give(m, role, unit)
	return Added, nil
}

func (g *granting) ending(m directory.Member, role directory.Role, unit directory.UnitID) (Outcome, *directory.Error) {
	if refusal := mayEnd(g.Rights, role, unit, "unit"); refusal != nil {
		return Refused, refusal
	}
	grant, has := g.held(m.ID, role.ID, unit)
	if !has {
		return Unchanged, nil
	}
	g.end(m, grant)
	return Changed, nil
}
