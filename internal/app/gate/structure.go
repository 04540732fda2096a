package gate

import (
	"context"
	"sync"
	"time"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// idleTree is how long the tree of an account that nobody asks about is kept.
const idleTree = 30 * time.Minute

// trees are the structures of accounts that were asked about lately. One is
// right as long as the account's structure has not changed and the same
// catalogue is in force, whichever node has changed it since.
type trees struct {
	mu       sync.Mutex
	accounts map[directory.AccountID]*plantedTree
	swept    time.Time
}

type plantedTree struct {
	changes   int64
	catalogue *catalogue.Catalogue
	tree      *authz.Tree
	used      time.Time
}

func (ts *trees) of(account directory.AccountID, changes int64, c *catalogue.Catalogue, now time.Time) *authz.Tree {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	p := ts.accounts[account]
	if p == nil || p.changes != changes || p.catalogue != c {
		return nil
	}
	p.used = now
	return p.tree
}

func (ts *trees) keep(account directory.AccountID, p *plantedTree) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.accounts == nil {
		ts.accounts = map[directory.AccountID]*plantedTree{}
	}
	ts.accounts[account] = p
	if p.used.Sub(ts.swept) < idleTree {
		return
	}
	ts.swept = p.used
	for id, other := range ts.accounts {
		if p.used.Sub(other.used) > idleTree {
			delete(ts.accounts, id)
		}
	}
}

// Tree is an account's units, and what its roles give where, as the reader sees
// them: in a change with what it has changed so far.
func (g *Gate) Tree(ctx context.Context, r *store.Reader, account directory.AccountID) (*authz.Tree, error) {
	return g.TreeUnder(ctx, r, account, g.Catalogue())
}

// TreeUnder is the tree as a given catalogue has permissions count.
func (g *Gate) TreeUnder(ctx context.Context, r *store.Reader, account directory.AccountID, declared *catalogue.Catalogue) (*authz.Tree, error) {
	structure, err := r.Structure(ctx, account)
	if err != nil {
		return nil, err
	}
	now := g.Instant()
	if structure.Committed {
		if t := g.trees.of(account, structure.Changes, declared, now); t != nil {
			return t, nil
		}
	}
	units, err := r.Units(ctx, account)
	if err != nil {
		return nil, err
	}
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return nil, err
	}
	t := arranged(units, roles, declared)
	if structure.Settled {
		g.trees.keep(account, &plantedTree{structure.Changes, declared, t, now})
	}
	return t, nil
}

// Arrange makes a tree of units and roles that are not the account's of now, as the
// catalogue in force has permissions count (HIST-5).
func (g *Gate) Arrange(units []directory.Unit, roles []directory.Role) *authz.Tree {
	return arranged(units, roles, g.Catalogue())
}

func arranged(units []directory.Unit, roles []directory.Role, declared *catalogue.Catalogue) *authz.Tree {
	return authz.NewTree(authz.Structure{Units: units, Roles: roles, Rules: RulesOf(declared), Projects: declared.ProjectLevels()})
}

// RulesOf are the permissions a catalogue knows, with the levels at which they
// count (ROLE-10).
func RulesOf(c *catalogue.Catalogue) []authz.Rule {
	rules := make([]authz.Rule, len(c.Permissions))
	for i, p := range c.Permissions {
		rules[i] = authz.Rule{Permission: authz.Permission(p.ID), Levels: p.Levels}
	}
	return rules
}
