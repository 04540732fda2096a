package decision

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

const (
	// idleIndex is how long the index of an account that nobody asks about is kept.
	idleIndex = 15 * time.Minute
	// mostTouched is after how many changes the index is read anew.
	mostTouched = 5000
)

// residents are the indexes of accounts that were asked about lately.
type residents struct {
	mu       sync.Mutex
	accounts map[directory.AccountID]*residence
	swept    time.Time
}

// A residence is one account's index and how far it has come. The index is
// derived from the database and thrown away at any time.
type residence struct {
	barrier barrier
	loading gate.Turnstile // one brings the index up to date at a time

	mu        sync.RWMutex // of what follows; held for writing only while rows are exchanged
	index     *authz.Index
	marks     store.Marks
	catalogue *catalogue.Catalogue
	used      time.Time
}

func (rs *residents) of(account directory.AccountID, now time.Time) *residence {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.accounts == nil {
		rs.accounts = map[directory.AccountID]*residence{}
	}
	res := rs.accounts[account]
	if res == nil {
		res = &residence{}
		rs.accounts[account] = res
	}
	res.used = now
	if now.Sub(rs.swept) > idleIndex {
		rs.swept = now
		for id, other := range rs.accounts {
			if now.Sub(other.used) > idleIndex {
				delete(rs.accounts, id)
			}
		}
	}
	return res
}

// index asks the resident index of an account. It holds every change that was
// confirmed before the call, on whichever node (CHECK-2), and stands still while
// ask runs: ask does not write. It refuses with account.not_found.
func (c *core) index(ctx context.Context, account directory.AccountID, ask func(*authz.Index) error) error {
	return c.indexAt(ctx, account, func(x *authz.Index, _ store.Marks) error { return ask(x) })
}

// indexAt is index for who wants to know how far the index has come, too.
func (c *core) indexAt(ctx context.Context, account directory.AccountID, ask func(*authz.Index, store.Marks) error) error {
	if account == directory.Installation {
		return directory.Refuse(directory.NotFound, "account.not_found")
	}
	res := c.residents.of(account, c.gate.Instant())
	marks, err := res.barrier.pass(ctx, func(ctx context.Context) (m store.Marks, err error) {
		err = c.gate.Question(func(r *store.Reader) error {
			m, err = r.Marks(ctx, account)
			return err
		})
		return m, err
	})
	if err != nil {
		return err
	}
	declared := c.gate.Catalogue()
	res.mu.RLock()
	if res.reached(marks, declared) {
		defer res.mu.RUnlock()
		return ask(res.index, res.marks)
	}
	res.mu.RUnlock()
	if err := c.catchUp(ctx, account, res, marks, declared); err != nil {
		return fmt.Errorf("bring the index up to date: %w", err)
	}
	res.mu.RLock()
	defer res.mu.RUnlock()
	return ask(res.index, res.marks)
}

// reached reports whether the index holds what the marks stand for.
func (res *residence) reached(m store.Marks, declared *catalogue.Catalogue) bool {
	return res.index != nil && res.catalogue == declared && res.marks.Structure >= m.Structure && res.marks.Entries >= m.Entries &&
		res.marks.Installation >= m.Installation
}

// catchUp brings a residence at least to the marks.
func (c *core) catchUp(ctx context.Context, account directory.AccountID, res *residence, marks store.Marks, declared *catalogue.Catalogue) error {
	if err := res.loading.Take(ctx, c.gate.Deadlines().Statement); err != nil {
		return err
	}
	defer res.loading.Give()
	res.mu.RLock()
	reached := res.reached(marks, declared)
	res.mu.RUnlock()
	if reached {
		return nil
	}
	ctx = context.WithoutCancel(ctx)                 // others may wait for it
	if res.marks.Installation < marks.Installation { // another node may have applied a catalogue
		if err := c.gate.LoadCatalogue(ctx); err != nil {
			return err
		}
		declared = c.gate.Catalogue()
	}
	return c.gate.Read(ctx, func(r *store.Reader) error {
		now, err := r.Marks(ctx, account)
		if err != nil {
			return err
		}
		who, allotted, err := res.touched(ctx, r, account, now)
		if err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		tree, err := c.gate.TreeUnder(ctx, r, account, declared)
		if err != nil {
			return err
		}
		for _, unit := range allotted {
			who.Homes = append(who.Homes, tree.Below(unit)...)
		}
		contract, err := res.contract(ctx, r, a, now)
		if err != nil {
			return err
		}
		if who.All {
			err = c.everybody(ctx, r, res, load{a, tree, now})
		} else {
			err = res.some(ctx, r, a, tree, who)
		}
		if err != nil {
			return err
		}
		res.mu.Lock()
		res.index.Buy(contract)
		res.marks, res.catalogue = now, declared
		res.mu.Unlock()
		return nil
	})
}

// contract is what the account has bought, and in which projects it is switched on:
// pools, subscriptions and projects change with the structure alone.
func (res *residence) contract(ctx context.Context, r *store.Reader, a directory.Account, now store.Marks) (authz.Contract, error) {
	c := authz.Contract{ServiceLevel: a.ServiceLevel}
	if res.index != nil && res.marks.Structure == now.Structure {
		before := res.index.Contract()
		c.Stock, c.Projects = before.Stock, before.Projects
		return c, nil
	}
	var err error
	if c.Stock, err = r.Stock(ctx, a.ID); err != nil {
		return c, err
	}
	grounds, err := r.ProjectGrounds(ctx, a.ID)
	c.Projects = authz.NewProjects(grounds)
	return c, err
}

// touched is whom the entries since the residence's marks are about, and at which
// units seats were allotted, whose people may have theirs from another pool; everybody
// when there are many, or none was read yet.
func (res *residence) touched(ctx context.Context, r *store.Reader, account directory.AccountID, now store.Marks) (who store.ResidentsOf, allotted []directory.UnitID, err error) {
	if res.index == nil || now.Entries-res.marks.Entries+now.Installation-res.marks.Installation > mostTouched {
		return store.ResidentsOf{All: true}, nil, nil
	}
	for _, feed := range []struct {
		account directory.AccountID
		from    int64
	}{{account, res.marks.Entries}, {directory.Installation, res.marks.Installation}} {
		touched, err := r.Touched(ctx, feed.account, feed.from, mostTouched)
		if err != nil {
			return who, nil, err
		}
		for _, t := range touched {
			if t.Kind == audit.SeatsAllotted {
				allotted = append(allotted, directory.UnitID(t.Object))
				continue
			}
			if t.Subject != 0 {
				who.Users = append(who.Users, t.Subject)
			}
			if feed.account == account && t.Object != 0 {
				who.Members = append(who.Members, directory.MemberID(t.Object))
			}
		}
	}
	return who, allotted, nil
}

// some reads those who were touched anew; who is not there any longer is gone.
func (res *residence) some(ctx context.Context, r *store.Reader, a directory.Account, tree *authz.Tree, who store.ResidentsOf) error {
	var rows []authz.Resident
	var members []directory.MemberID
	err := r.Residents(ctx, a.ID, who, func(m authz.Resident) {
		m.Names = maps.Clone(m.Names)
		rows, members = append(rows, m), append(members, m.Member)
	})
	if err != nil {
		return err
	}
	has := authz.Gather(tree)
	for _, read := range store.ResidentParts() {
		if err := read(ctx, r, a.ID, store.ResidentsOf{Members: members}, has); err != nil {
			return err
		}
	}
	res.exchange(tree, a.State, who, rows, has)
	return nil
}

// exchange writes the rows that were read; who was touched and is not among
// them is gone.
func (res *residence) exchange(tree *authz.Tree, state directory.AccountState, who store.ResidentsOf, rows []authz.Resident, has *authz.Gathered) {
	res.mu.Lock()
	defer res.mu.Unlock()
	if res.index.Tree() != tree || res.index.State() != state {
		res.index.Replant(tree, state)
	}
	there := make(map[directory.MemberID]bool, len(rows))
	for _, m := range rows {
		there[m.Member] = true
		res.index.Put(m)
	}
	res.index.Lay(has)
	gone := who.Members
	for _, user := range who.Users {
		if i, found := res.index.OfUser(user); found {
			gone = append(gone, res.index.Standing(i).Member)
		}
	}
	for _, id := range gone {
		if !there[id] {
			res.index.Drop(id)
		}
	}
}
