package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"intendant/internal/app/acts"
	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Giving is one role for people at units, in one act (ROLE-7).
type Giving struct {
	Who     roster.Selection
	Role    string   // code or public id of a role of kind rights
	Units   []string // public ids
	Preview bool     // say what would be, write nothing (PLAN-1)

	Ends   bool        // of a foresight: the role is taken back
	Window acts.Window // of a foresight: who is named
}

// mostPairs is how many people times units one act takes.
const mostPairs = 100_000

// Give gives one role to people at units (ROLE-7). The verdicts name each
// person and unit: added, unchanged where they hold it there already, or refused
// with the reason; a refusal leaves the others done. What adds nothing is given
// all the same, and said (ROLE-2). More than one transaction takes is an act that
// goes on by itself (BULK-4).
//
// Giving needs members.manage at the unit (ROLE-5) and all that the role gives
// there (ROLE-6); refused are units that are archived, whose level takes no
// roles, or that are out of sight (unit.not_found).
func (s *Grants) Give(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]roster.GrantVerdict, error) {
	return s.onPairs(ctx, actor, account, g, directory.BulkGive)
}

// End takes one role back from people at units, as Give gives it: also at
// archived units, roles that are archived, and the last one that is required, of
// which the verdict tells (ROLE-3). Who does not hold it there is unchanged.
func (s *Grants) End(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]roster.GrantVerdict, error) {
	return s.onPairs(ctx, actor, account, g, directory.BulkEnd)
}

// pairActOf is what an act of a kind does to each pair.
func pairActOf(kind directory.BulkKind) roster.PairAct {
	if kind == directory.BulkEnd {
		return (*roster.Granting).Ending
	}
	return (*roster.Granting).Giving
}

func (s *Grants) onPairs(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving, kind directory.BulkKind) ([]roster.GrantVerdict, error) {
	pairs, err := s.pairs(ctx, actor, account, g)
	if err != nil {
		return nil, err
	}
	verdicts, err := s.performPairs(ctx, actor, account, g, pairWork{kind, pairs})
	if err != nil {
		return nil, err
	}
	all := make([]roster.GrantVerdict, len(verdicts))
	for i, v := range verdicts {
		all[i].Verdict = v
		if v.Effect != nil {
			all[i].Effect = *v.Effect
		}
	}
	slices.SortStableFunc(all, func(a, b roster.GrantVerdict) int { return a.Nobody() - b.Nobody() }) // those of nobody last, whichever way
	for i := range all {
		all[i].Row = i + 1
	}
	return all, nil
}

// pairs are the people and units of an act, in the order in which it goes through them.
func (s *Grants) pairs(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) ([]roster.GrantPair, error) {
	members := &Members{s.core}
	keys, unknown, err := members.selected(ctx, actor, account, g.Who, authz.ManageMembers)
	if err != nil {
		return nil, err
	}
	if keys, err = s.ownLast(ctx, actor, account, keys); err != nil {
		return nil, err
	}
	var faults directory.Faults
	if g.Role == "" {
		faults = append(faults, directory.InvalidField("role", "field.required", nil))
	}
	pairs, err := pairsOf(append(make([]directory.MemberID, len(unknown)), keys...), g.Units)
	return pairs, faults.With(err)
}

// pairWork is what an act on people at units is to do.
type pairWork struct {
	kind  directory.BulkKind
	pairs []roster.GrantPair
}

// performPairs does it, or says what would be: in one transaction, or in an act
// that goes on by itself (BULK-4).
func (s *Grants) performPairs(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving, w pairWork) (gate.Verdicts, error) {
	if len(w.pairs) > 1 {
		actor = gate.AsOneAct(actor)
	}
	if g.Preview || len(w.pairs) == 1 {
		act, all := s.gate.Perform, gate.Verdicts(nil)
		if g.Preview {
			act = s.gate.Previewed
		}
		for part := range slices.Chunk(w.pairs, roster.Chunk) {
			verdicts, err := act(ctx, actor, account, s.planPairs(g.Role, part, pairActOf(w.kind)))
			if err != nil {
				return nil, err
			}
			all = append(all, verdicts...)
		}
		return all, nil
	}
	d, err := w.deed(g)
	if err != nil {
		return nil, err
	}
	return s.acts.Do(ctx, actor, account, d)
}

// deed is the act that gives or ends the role.
func (w pairWork) deed(g Giving) (acts.Deed, error) {
	d := acts.Deed{Kind: w.kind, Wait: g.Who.Wait, Whole: g.Who.Whole, Told: g.Who.Act}
	var err error
	if d.Change, err = json.Marshal(roleGiven{g.Role}); err != nil {
		return d, fmt.Errorf("write act on many: %w", err)
	}
	d.Items, err = acts.ItemsOf(w.pairs)
	return d, err
}

// Foresee is what Give or, with Ends, End would bring, by the plan that would do it
// (PLAN-1).
func (s *Grants) Foresee(ctx context.Context, actor authz.Actor, account directory.AccountID, g Giving) (acts.Foresight, error) {
	kind := directory.BulkGive
	if g.Ends {
		kind = directory.BulkEnd
	}
	pairs, err := s.pairs(ctx, actor, account, g)
	if err != nil {
		return acts.Foresight{}, err
	}
	d, err := pairWork{kind, pairs}.deed(g)
	if err != nil {
		return acts.Foresight{}, err
	}
	return s.foresee(ctx, actor, account, ahead{d, g.Window})
}

// pairsOf are people times units, each unit once.
func pairsOf(keys []directory.MemberID, units []string) ([]roster.GrantPair, error) {
	units = slices.Compact(slices.Sorted(slices.Values(units)))
	if len(units) == 0 {
		return nil, directory.InvalidField("unit", "field.required", nil)
	}
	if n := len(keys) * len(units); n > mostPairs {
		return nil, directory.InvalidField("unit", "grant.too_many", directory.Args{"Count": n, "Limit": mostPairs})
	}
	pairs := make([]roster.GrantPair, 0, len(keys)*len(units))
	for _, key := range keys {
		for _, id := range units {
			pairs = append(pairs, roster.GrantPair{Member: key, Unit: id})
		}
	}
	return pairs, nil
}

func (c *core) planPairs(code string, pairs []roster.GrantPair, do roster.PairAct) gate.Planner {
	return func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireSomewhere(authz.ManageMembers); err != nil {
			return err
		}
		var keys []directory.MemberID
		for _, pair := range pairs {
			if n := len(keys); n == 0 || keys[n-1] != pair.Member {
				keys = append(keys, pair.Member)
			}
		}
		g, err := c.roster.Granting(ctx, r, p, keys)
		if err != nil {
			return err
		}
		role, found := roster.RightsRole(g.Tree, code)
		if !found {
			return directory.InvalidField("role", "field.unknown_choice", directory.Args{"Value": code})
		}
		for _, pair := range pairs {
			p.Verdicts = append(p.Verdicts, g.Verdict(pair, role, do))
		}
		for i := range p.Verdicts {
			g.Tell(&p.Verdicts[i])
		}
		g.Settle()
		return nil
	}
}
