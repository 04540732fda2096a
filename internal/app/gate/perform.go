package gate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Perform plans and applies in one transaction that holds the ledger of the
// account and of the others named; operations that wait for each other share
// one (see lanes). A plan that asked for no permission, or that changes rows and
// records nothing, is a fault and rolls back. A lost race plans again.
//
// An error means that nothing happened, unless it is a directory.Interruption
// with the code OperationUnknown (NODE-1).
//
// The plan's rights are the actor's in account; for the installation
// (account 0) they are none, and duties or being oneself decide.
func (g *Gate) Perform(ctx context.Context, actor authz.Actor, account directory.AccountID, plan Planner, others ...directory.AccountID) (Verdicts, error) {
	return g.perform(ctx, &operation{actor: actor, account: account, plan: asRead(ctx, plan),
		held: slices.Compact(slices.Sorted(slices.Values(append(others, account))))})
}

func (g *Gate) perform(ctx context.Context, o *operation) (Verdicts, error) {
	var cancel context.CancelFunc
	o.ctx, cancel = context.WithTimeout(ctx, g.Deadlines().Change)
	defer cancel()
	if err := g.share(o); err != nil {
		return nil, err
	}
	if o.err != nil {
		g.NoteRefusal(ctx, o.actor, o.account, o.err)
		return nil, o.err
	}
	if o.queued {
		g.wake()
	}
	return o.verdicts, nil
}

// Preview plans on a reader, as Perform would, and writes nothing (PLAN-1).
func (g *Gate) Preview(ctx context.Context, actor authz.Actor, account directory.AccountID, plan Planner, others ...directory.AccountID) (Verdicts, error) {
	var verdicts Verdicts
	err := g.Read(ctx, func(r *store.Reader) error {
		p, err := g.plan(ctx, r, act{g.Instant(), actor, account, slices.Compact(slices.Sorted(slices.Values(append(others, account)))), r.Ledgers}, plan)
		if err != nil {
			return err
		}
		verdicts = p.Verdicts
		return nil
	})
	return verdicts, err
}

// An Outline is what a plan would do, and for whom, without its rows.
type Outline struct {
	Verdicts Verdicts
	Entries  []audit.Entry    // what history would say, not chained
	Mails    []directory.Mail // those that would leave; addressed, and not sealed
}

// Outline is Preview with all that the plan would leave behind (PLAN-1).
func (g *Gate) Outline(ctx context.Context, actor authz.Actor, account directory.AccountID, plan Planner) (Outline, error) {
	var o Outline
	err := g.Read(ctx, func(r *store.Reader) error {
		p, err := g.plan(ctx, r, act{g.Instant(), actor, account, []directory.AccountID{account}, r.Ledgers}, plan)
		if err != nil {
			return err
		}
		o = Outline{Verdicts: p.Verdicts, Entries: p.write.Entries}
		var unsaid []string
		for _, change := range p.write.Changes {
			if topics, is := change.(store.Unsay); is {
				unsaid = append(unsaid, topics...)
			}
		}
		o.Mails, err = r.Leaving(ctx, p.Now, p.write.Mails, unsaid)
		return err
	})
	return o, err
}

// An act is who plans what on which accounts, at one instant.
type act struct {
	now     time.Time
	actor   authz.Actor
	account directory.AccountID
	held    []directory.AccountID
	ledgers func(context.Context, []directory.AccountID) (map[directory.AccountID]*store.Ledger, error)
}

func (g *Gate) plan(ctx context.Context, r *store.Reader, a act, plan Planner) (*Plan, error) {
	ledgers, err := a.ledgers(ctx, a.held)
	if err != nil {
		return nil, err
	}
	p := &Plan{Basis: Basis{Now: a.now, Actor: a.actor, Account: a.account}, draft: &draft{ledgers: ledgers}}
	if p.Rights, err = g.Rights(ctx, r, a.actor, a.account); err != nil {
		return nil, err
	}
	if a.actor.User != 0 {
		u, err := r.User(ctx, a.actor.User)
		if err != nil {
			return nil, err
		}
		p.By = u.Name()
	}
	if err := plan(ctx, r, p); err != nil {
		return nil, err
	}
	return p, p.keepClosed(ctx, r)
}

// Rights loads what the actor may do in the account, once for an operation.
func (g *Gate) Rights(ctx context.Context, r *store.Reader, actor authz.Actor, account directory.AccountID) (authz.Rights, error) {
	if account == directory.Installation {
		return authz.Rights{}, nil
	}
	return g.RightsAt(ctx, r, actor, account, g.Instant())
}

// RightsAt decides on the rows that the reader sees: in a change those of the
// operations before it that share its transaction, too.
func (g *Gate) RightsAt(ctx context.Context, r *store.Reader, actor authz.Actor, account directory.AccountID, now time.Time) (authz.Rights, error) {
	standing, err := r.Standing(ctx, account, actor.User)
	if err != nil {
		return authz.Rights{}, fmt.Errorf("load rights: %w", err)
	}
	tree, err := g.Tree(ctx, r, account)
	if err != nil {
		return authz.Rights{}, fmt.Errorf("load rights: %w", err)
	}
	return authz.Decide(actor, tree, standing, now), nil
}

// Over is the plan as it goes on once a unit is there that it makes: with the rights of
// the actor over the tree with that unit, and with what the plan gives them there.
// Verdicts are its own.
func (g *Gate) Over(ctx context.Context, r *store.Reader, p *Plan, u directory.Unit, given ...authz.Held) (*Plan, error) {
	standing, err := r.Standing(ctx, p.Account, p.Actor.User)
	if err != nil {
		return nil, fmt.Errorf("load rights: %w", err)
	}
	standing.Held = append(standing.Held, given...)
	over := *p
	over.Rights, over.Verdicts = authz.Decide(p.Actor, p.Rights.Tree().With(u), standing, p.Now), nil
	return &over, nil
}

// Restructure says that the plan leaves another tree behind: Upon goes on over it.
func (g *Gate) Restructure(ctx context.Context, r *store.Reader, p *Plan, tree *authz.Tree) error {
	if p.upon == nil || p.upon.Account != p.Account {
		standing, err := r.Standing(ctx, p.Account, p.Actor.User)
		if err != nil {
			return fmt.Errorf("load rights: %w", err)
		}
		p.stood = &standing
	}
	upon := *p
	upon.Rights, upon.Verdicts = authz.Decide(p.Actor, tree, *p.stood, p.Now), nil
	p.upon = &upon
	return nil
}

// Upon is the plan with the rights of the actor over the tree that it leaves behind so
// far, for one that changes several units one after the other. Verdicts are its own.
func (p *Plan) Upon() *Plan {
	if p.upon != nil && p.upon.Account == p.Account {
		return p.upon
	}
	return p
}

// View runs a read on one snapshot with the actor's rights in the account.
func (g *Gate) View(ctx context.Context, actor authz.Actor, account directory.AccountID, read func(r *store.Reader, rights authz.Rights) error) error {
	return g.viewed(ctx, g.db.View, actor, account, read)
}

// ViewLong is View for a part of what nobody waits for, as of an export.
func (g *Gate) ViewLong(ctx context.Context, actor authz.Actor, account directory.AccountID, read func(r *store.Reader, rights authz.Rights) error) error {
	return g.viewed(ctx, g.db.ViewLong, actor, account, read)
}

// Glance is View without a snapshot, which saves its begin and end: for what only finds
// the way to an operation that decides upon rows of its own.
func (g *Gate) Glance(ctx context.Context, actor authz.Actor, account directory.AccountID, read func(r *store.Reader, rights authz.Rights) error) error {
	return g.viewed(ctx, g.db.Glance, actor, account, read)
}

func (g *Gate) viewed(ctx context.Context, view func(context.Context, func(*store.Reader) error) error,
	actor authz.Actor, account directory.AccountID, read func(r *store.Reader, rights authz.Rights) error) error {
	err := view(ctx, func(r *store.Reader) error {
		rights, err := g.Rights(ctx, r, actor, account)
		if err != nil {
			return err
		}
		return read(r, rights)
	})
	if err != nil {
		g.NoteRefusal(ctx, actor, account, err)
	}
	return err
}

// Note writes what leaves no history: sessions, throttles, the access log,
// leases. It holds no ledger.
func (g *Gate) Note(ctx context.Context, write func(tx *store.Tx) error) error {
	return g.db.Write(ctx, write)
}

// Read runs a read on one snapshot with nobody's rights: for what looks itself
// at who may see what it finds.
func (g *Gate) Read(ctx context.Context, read func(r *store.Reader) error) error {
	return g.db.View(ctx, read)
}

// Peek is read for the program itself: nobody's context ends it.
func (g *Gate) Peek(read func(r *store.Reader) error) error { return g.db.Peek(read) }

// Question is read for the questions of products, which has its own deadline.
func (g *Gate) Question(read func(r *store.Reader) error) error { return g.db.Ask(read) }

// Deadlines are how long what waits for the database waits.
func (g *Gate) Deadlines() store.Deadlines { return g.db.Deadlines() }

// HoldWork reports whether this process alone works on the database, as
// store.DB.HoldWork does.
func (g *Gate) HoldWork() (bool, error) { return g.db.HoldWork() }

// Mend writes what is derived from an account's rows and leaves no history, as
// the counts kept beside them, while it holds the account's ledger.
func (g *Gate) Mend(ctx context.Context, account directory.AccountID, write func(tx *store.Tx) error) error {
	return g.db.Update(ctx, []directory.AccountID{account}, write)
}
