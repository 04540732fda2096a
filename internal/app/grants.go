package app

import (
	"context"
	"encoding/json"
	"fmt"
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
	Member directory.MemberID `json:"m"`
	Unit   string             `json:"u"` // public id
}

// Give gives one role to people at units (ROLE-7). The verdicts name each
// person and unit: added, unchanged where they hold it there already, or refused
// with the reason; a refusal leaves the others done. What adds nothing is given
// all the same, and said (ROLE-2). More than one transaction takes is an act that
// goes on by itself (BULK-4).
//
// Giving needs members.manage at the unit (ROLE-5) and all that the role gives
// there (ROLE-6); refused are units that are archived, whose level takes no
// roles, or that are out of sight (unit.not_found).
func (s *Grants) Give(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]GrantVerdict, error) {
	return s.onPairs(ctx, actor, account, g, directory.BulkGive)
}

// End takes one role back from people at units, as Give gives it: also at
// archived units, roles that are archived, and the last one that is required, of
// which the verdict tells (ROLE-3). Who does not hold it there is unchanged.
func (s *Grants) End(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]GrantVerdict, error) {
	return s.onPairs(ctx, actor, account, g, directory.BulkEnd)
}

// A pairAct does one thing to one person at one unit.
type pairAct func(g *granting, m directory.Member, role directory.Role, unit directory.UnitID) (Outcome, *directory.Error)

// pairActOf is what an act of a kind does to each pair.
func pairActOf(kind directory.BulkKind) pairAct {
	if kind == directory.BulkEnd {
		return (*granting).ending
	}
	return (*granting).giving
}

func (s *Grants) onPairs(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving, kind directory.BulkKind) ([]GrantVerdict, error) {
	members := &Members{s.core}
	keys, unknown, err := members.selected(ctx, actor, account, g.Who)
	if err != nil {
		return nil, err
	}
	pairs, err := pairsOf(append(keys, make([]directory.MemberID, len(unknown))...), g.Units)
	if err != nil {
		return nil, err
	}
	if g.Role == "" {
		return nil, directory.InvalidField("role", "field.required", nil)
	}
	verdicts, err := s.performPairs(ctx, actor, account, g, pairWork{kind, pairs})
	if err != nil {
		return nil, err
	}
	all := make([]GrantVerdict, len(verdicts))
	for i, v := range verdicts {
		all[i] = GrantVerdict{Verdict: v, Effect: v.effect}
	}
	slices.SortStableFunc(all, func(a, b GrantVerdict) int { return a.nobody() - b.nobody() }) // those of nobody last, whichever way
	for i := range all {
		all[i].Row = i + 1
	}
	return all, nil
}

// pairWork is what an act on people at units is to do.
type pairWork struct {
	kind  directory.BulkKind
	pairs []grantPair
}

// performPairs does it, or says what would be: in one transaction, or in an act
// that goes on by itself (BULK-4).
func (s *Grants) performPairs(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving, w pairWork) (Verdicts, error) {
	if len(w.pairs) > 1 && actor.Batch == "" {
		actor.Batch = uuid.NewString()
	}
	if g.Preview || len(w.pairs) <= chunk {
		act, all := s.perform, Verdicts(nil)
		if g.Preview {
			act = s.previewed
		}
		for part := range slices.Chunk(w.pairs, chunk) {
			verdicts, err := act(ctx, actor, account, s.planPairs(g.Role, part, pairActOf(w.kind)))
			if err != nil {
				return nil, err
			}
			all = append(all, verdicts...)
		}
		return all, nil
	}
	d := deed{kind: w.kind, wait: g.Who.Wait}
	var err error
	if d.change, err = json.Marshal(roleGiven{g.Role}); err != nil {
		return nil, fmt.Errorf("write act on many: %w", err)
	}
	if d.items, err = itemsOf(w.pairs); err != nil {
		return nil, err
	}
	return s.inParts(ctx, actor, account, d)
}

// pairsOf are people times units, each unit once.
func pairsOf(keys []directory.MemberID, units []string) ([]grantPair, error) {
	units = slices.Compact(slices.Sorted(slices.Values(units)))
	if len(units) == 0 {
		return nil, directory.InvalidField("unit", "field.required", nil)
	}
	if n := len(keys) * len(units); n > mostPairs {
		return nil, directory.InvalidField("unit", "grant.too_many", directory.Args{"Count": n, "Limit": mostPairs})
	}
	pairs := make([]grantPair, 0, len(keys)*len(units))
	for _, key := range keys {
		for _, id := range units {
			pairs = append(pairs, grantPair{key, id})
		}
	}
	return pairs, nil
}

func (c *core) planPairs(code string, pairs []grantPair, do pairAct) Planner {
	return func(ctx context.Context, r *store.Reader, p *Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		var keys []directory.MemberID
		for _, pair := range pairs {
			if n := len(keys); n == 0 || keys[n-1] != pair.Member {
				keys = append(keys, pair.Member)
			}
		}
		g, err := c.granting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		role, found := rightsRole(g.tree, code)
		if !found {
			return directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": code})
		}
		for _, pair := range pairs {
			p.Verdicts = append(p.Verdicts, g.verdict(pair, role, do))
		}
		for i := range p.Verdicts {
			g.tell(&p.Verdicts[i])
		}
		g.settle()
		return nil
	}
}

// verdict does one pair.
func (g *granting) verdict(pair grantPair, role directory.Role, do pairAct) Verdict {
	v := Verdict{Subject: int64(pair.Member), effect: Effect{Role: role}}
	i := slices.IndexFunc(g.members, func(m directory.Member) bool { return m.ID == pair.Member })
	if i < 0 || !g.sees(g.members[i]) {
		return nobody()
	}
	m := g.members[i]
	u := g.users[m.User]
	v.Name, v.Email, v.member = nameOf(u, m), u.Email, m
	unit, known := directory.Unit{}, false
	if pair.Unit != "" { // nobody is given a role at the root by leaving the unit out
		unit, known = unitNamed(g.tree, pair.Unit)
	}
	if !known {
		return v.refused(directory.InvalidField("unit", "unit.not_found", nil))
	}
	v.effect = effect(g.tree, heldBy(g.tree, m, g.live[m.ID]), role.ID, unit.ID)
	outcome, refusal := do(g, m, role, unit.ID)
	if v.Outcome = outcome; refusal != nil {
		v = v.refused(refusal)
		if refusal.Code == "unit.not_found" {
			v.effect = Effect{Role: role} // like a unit that is not there
		}
	}
	return v
}

// giving gives a role, unless it is held there already.
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

// ending takes a role back that is held there.
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
