package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

const (
	// giversFor is how long it is remembered who could give what. Whoever is named
	// is looked at again with each answer; only somebody new waits to be named.
	giversFor = 10 * time.Second
	// mostGiverTries is how many are looked at to find a few for one answer.
	mostGiverTries = 256
	// mostHelp is how many kinds of help are remembered for an account.
	mostHelp = 20_000
)

// givers remember for accounts who could give what is missing: a no is as quick
// as a yes.
type givers struct {
	mu       sync.Mutex
	accounts map[directory.AccountID]*accountGivers
}

// accountGivers are right for one tree, and nearly right for some seconds.
type accountGivers struct {
	tree  *authz.Tree
	marks store.Marks
	made  time.Time

	mu      sync.RWMutex
	holders map[authz.Permission]map[directory.UnitID][]directory.MemberID
	help    map[helpKey]help
	names   map[directory.UserID]string
}

// A helpKey is what is missing where; for somebody who stands in the way
// themselves nothing, at their home unit.
type helpKey struct {
	unit    directory.UnitID
	missing authz.Permission
}

// A help is what a no can be mended by, and by whom.
type help struct {
	plan remedyPlan
	few  []directory.MemberID
}

// of are the givers of a desk's account.
func (g *givers) of(d *desk) *accountGivers {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.accounts[d.account.ID]
	if a != nil && a.tree == d.x.Tree() && (a.marks == d.marks || d.now.Sub(a.made) < giversFor) {
		return a
	}
	if g.accounts == nil || len(g.accounts) >= mostBearers {
		g.accounts = map[directory.AccountID]*accountGivers{}
	}
	a = &accountGivers{tree: d.x.Tree(), marks: d.marks, made: d.now, holders: map[authz.Permission]map[directory.UnitID][]directory.MemberID{},
		help: map[helpKey]help{}, names: map[directory.UserID]string{}}
	g.accounts[d.account.ID] = a
	return a
}

// givenBy are a few who could make a no a yes, the nearest first: by a role at
// the unit or above (ROLE-5, ROLE-6), or, where the person stands in the way
// themselves, by managing users at their home unit.
func (d *desk) givenBy(why authz.Explanation, home directory.UnitID) []Giver {
	key := helpKey{unit: home}
	if why.Reason == authz.Missing {
		key = helpKey{why.Unit, why.Permission}
	}
	a := d.checks.checks.givers.of(d)
	a.mu.RLock()
	h, known := a.help[key]
	a.mu.RUnlock()
	if !known {
		h = a.find(d, why, home)
		a.mu.Lock()
		if len(a.help) >= mostHelp {
			clear(a.help)
		}
		a.help[key] = h
		a.mu.Unlock()
	}
	var few []Giver
	for _, m := range h.few {
		i, found := d.x.OfMember(m)
		if !found {
			continue
		}
		if rights := d.x.Rights(i, d.now); !rights.May(h.plan.needs, h.plan.unit) || why.Reason == authz.Missing && !rights.May(why.Permission, h.plan.unit) {
			continue
		}
		who := d.x.Standing(i)
		few = append(few, Giver{ID: d.x.UUID(i), user: who.User, nameful: d.rights.May(authz.ViewMembers, who.Home)})
	}
	return few
}

// find looks for help: from the unit up to the root, among those who hold there
// what it takes.
func (a *accountGivers) find(d *desk, why authz.Explanation, home directory.UnitID) help {
	kind, _ := d.words.catalogue.AccountType(d.account.Type)
	plan, can := remedyFor(a.tree, kind, why, home)
	if !can {
		return help{}
	}
	h := help{plan: plan}
	holders := a.holdersOf(d.x, plan.needs)
	tries := 0
	for _, unit := range slices.Backward(a.tree.Path(plan.unit)) {
		for _, m := range holders[unit] {
			i, found := d.x.OfMember(m)
			if tries++; tries > mostGiverTries || len(h.few) == fewGivers {
				return h
			}
			if found && plan.mayBy(d.x.Rights(i, d.now)) && !slices.Contains(h.few, m) {
				h.few = append(h.few, m)
			}
		}
	}
	return h
}

// holdersOf are who holds a permission, by the unit where they hold it.
func (a *accountGivers) holdersOf(x *authz.Index, p authz.Permission) map[directory.UnitID][]directory.MemberID {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.holders[p] == nil {
		at := map[directory.UnitID][]directory.MemberID{}
		x.Holders(p, func(i int, unit directory.UnitID) { at[unit] = append(at[unit], x.Standing(i).Member) })
		a.holders[p] = at
	}
	return a.holders[p]
}

// nameGivers puts names to those whom the product may know by name.
func (s *Checks) nameGivers(ctx context.Context, account directory.AccountID, answers []Answer) error {
	var unknown []directory.UserID
	var a *accountGivers
	each := func(visit func(g *Giver)) {
		for i := range answers {
			for j := range answers[i].GivenBy {
				if g := &answers[i].GivenBy[j]; g.nameful && g.Name == "" {
					visit(g)
				}
			}
		}
	}
	name := func(g *Giver) {
		if a == nil {
			a = s.checks.givers.at(account)
		}
		if g.Name = a.name(g.user); g.Name == "" {
			unknown = append(unknown, g.user)
		}
	}
	each(name)
	if len(unknown) == 0 {
		return nil
	}
	err := s.db.Peek(func(r *store.Reader) error {
		users, err := r.Users(ctx, distinct(unknown))
		if err == nil {
			a.call(users)
		}
		return err
	})
	if err == nil {
		each(name)
	}
	return err
}

// at are the givers of an account that was just asked about.
func (g *givers) at(account directory.AccountID) *accountGivers {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.accounts[account]; a != nil {
		return a
	}
	return &accountGivers{names: map[directory.UserID]string{}} // swept meanwhile
}

func (a *accountGivers) name(user directory.UserID) string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.names[user]
}

func (a *accountGivers) call(users map[directory.UserID]directory.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, u := range users {
		a.names[id] = u.Name()
	}
}
