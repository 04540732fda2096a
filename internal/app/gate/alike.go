package gate

import (
	"context"
	"fmt"
	"reflect"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Alike is an operation about one row that may be planned as one with others of its
// kind, where one actor's meet in a lane: what all of them ask is then asked once.
type Alike struct {
	Kind any // comparable; those with an equal one differ in their row alone
	Row  any
	// Plan plans rows in their order and gives each its verdict. A row that it refuses
	// must leave no trace in the plan: it is planned again by itself.
	Plan func(rows []any) Planner
}

// PerformAlike is Perform for an operation that may be planned with others like it.
// Each has its own entry in the history, its own verdict and its own refusal, as if
// each had been planned after the one before it. An actor with a claim
// to a request that must not be done twice is planned alone (PLAN-3).
func (g *Gate) PerformAlike(ctx context.Context, actor authz.Actor, account directory.AccountID, a Alike) (Verdicts, error) {
	o := &operation{actor: actor, account: account, held: []directory.AccountID{account}, plan: asRead(ctx, a.Plan([]any{a.Row}))}
	if actor.Request == "" && actor.Batch == "" && !misread(ctx) {
		o.alike = &a
	}
	return g.perform(ctx, o)
}

// joins reports whether the operation may be planned as one with another.
func (o *operation) joins(other *operation) bool {
	return o.alike != nil && other.alike != nil && o.account == other.account && o.alike.Kind == other.alike.Kind &&
		o.actor.User == other.actor.User && o.actor.Token == other.actor.Token && reflect.DeepEqual(o.actor, other.actor)
}

// sets are operations in sets that may be planned as one each, the first comers first.
func sets(led []*operation) [][]*operation {
	var all [][]*operation
next:
	for _, o := range led {
		for i, set := range all {
			if set[0].joins(o) {
				all[i] = append(set, o)
				continue next
			}
		}
		all = append(all, []*operation{o})
	}
	return all
}

// asOne plans and writes operations that are alike as one, and answers those that are
// left to be planned alone: the refused ones, or all where the set is refused.
func (g *Gate) asOne(ctx context.Context, tx *store.Tx, set []*operation) ([]*operation, error) {
	if len(set) < 2 {
		return set, nil
	}
	rows := make([]any, len(set))
	for i, o := range set {
		rows[i] = o.alike.Row
	}
	first := set[0]
	p, err := g.plan(ctx, tx.Reader, act{tx.Now, first.actor, first.account, first.held, tx.Ledgers}, first.alike.Plan(rows))
	if refusal, fault := AsRefusal(err); fault != nil || refusal != nil {
		return set, fault
	}
	if len(p.Verdicts) != len(set) {
		return nil, fmt.Errorf("%d operations alike got %d verdicts", len(set), len(p.Verdicts))
	}
	var alone []*operation
	for i, o := range set {
		if p.Verdicts[i].Refusal != nil {
			alone = append(alone, o)
			continue
		}
		o.took(p, p.Verdicts[i:i+1:i+1])
	}
	d, err := g.done(p)
	if err != nil {
		return nil, err
	}
	return alone, d.apply(ctx, tx)
}
