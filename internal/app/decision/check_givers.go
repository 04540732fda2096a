package decision

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"intendant/internal/app/roster"
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
	help    map[helpKey]*help
	names   map[directory.UserID]string
}

// A helpKey is what is missing where: a permission, or what can be given by whoever
// holds a permission there.
type helpKey struct {
	unit    directory.UnitID
	missing authz.Permission
	holding authz.Permission // of who can help
}

// A help is what a no can be mended by, and by whom.
type help struct {
	plan remedyPlan
	few  []directory.MemberID

	mu     sync.Mutex
	told   []Giver // those of few who can, at the marks; shared and not changed
	marks  store.Marks
	looked bool
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
		help: map[helpKey]*help{}, names: map[directory.UserID]string{}}
	g.accounts[d.account.ID] = a
	return a
}

// givenBy are a few who could make a no a yes, the nearest first: by a role at
// the unit or above (ROLE-5, ROLE-6), or by what they may do there.
func (d *desk) givenBy(need helpKey) []Giver {
	if d.givers == nil {
		d.givers = d.checks.checks.givers.of(d)
	}
	a := d.givers
	a.mu.RLock()
	h, known := a.help[need]
	a.mu.RUnlock()
	if !known {
		h = a.find(d, need)
		a.mu.Lock()
		if len(a.help) >= mostHelp {
			clear(a.help)
		}
		a.help[need] = h
		a.mu.Unlock()
	}
	if len(h.few) == 0 {
		return nil
	}
	return d.named(h.still(d, need), a)
}

// still are those who can help as the index stands now.
func (h *help) still(d *desk, need helpKey) []Giver {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looked && h.marks == d.marks {
		return h.told
	}
	h.told, h.marks, h.looked = nil, d.marks, true
	for _, m := range h.few {
		i, found := d.x.OfMember(m)
		if !found {
			continue
		}
		if rights := d.x.Rights(i, d.now); !rights.May(h.plan.needs, h.plan.unit) || need.missing != "" && !rights.May(need.missing, h.plan.unit) {
			continue
		}
		who := d.x.Standing(i)
		h.told = append(h.told, Giver{ID: d.x.UUID(i), user: who.User, home: who.Home})
	}
	return h.told
}

// named are givers with the names that the product may know, as far as they are
// known here; nameGivers looks the others up.
func (d *desk) named(told []Giver, a *accountGivers) []Giver {
	whole := d.rights.May(authz.ViewMembers, 0)
	if len(told) == 0 || !whole && !d.rights.MayAnywhere(authz.ViewMembers) {
		return told
	}
	few := slices.Clone(told)
	a.mu.RLock()
	defer a.mu.RUnlock()
	for i := range few {
		if g := &few[i]; whole || d.rights.May(authz.ViewMembers, g.home) {
			g.nameful, g.Name = true, a.names[g.user]
		}
	}
	return few
}

// find looks for help: from the unit up to the root, among those who hold there
// what it takes.
func (a *accountGivers) find(d *desk, need helpKey) *help {
	if need.holding != "" {
		return a.nearest(d, remedyPlan{unit: need.unit, needs: need.holding})
	}
	kind, _ := d.words.catalogue.AccountType(d.account.Type)
	plan, can := remedyFor(a.tree, kind, authz.Explanation{Permission: need.missing, Unit: need.unit, Reason: authz.Missing}, need.unit)
	if !can {
		return &help{}
	}
	return a.nearest(d, plan)
}

// nearest looks for who can carry a plan out, from its unit up to the root.
func (a *accountGivers) nearest(d *desk, plan remedyPlan) *help {
	h := &help{plan: plan}
	holders := a.holdersOf(d.x, plan.needs)
	tries := 0
	for _, unit := range slices.Backward(a.tree.Path(plan.unit)) {
		for _, m := range holders[unit] {
			i, found := d.x.OfMember(m)
			if tries++; tries > mostGiverTries || len(h.few) == fewGivers {
				return h
			}
			if found && d.x.Standing(i).Answers == 0 && plan.mayBy(d.x.Rights(i, d.now)) && !slices.Contains(h.few, m) {
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
func (s *Checks) nameGivers(ctx context.Context, d *desk, answers []Answer) error {
	if d.givers == nil {
		return nil
	}
	var unknown []directory.UserID
	for _, a := range answers {
		for _, g := range a.GivenBy {
			if g.nameful && g.Name == "" {
				unknown = append(unknown, g.user)
			}
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	var users map[directory.UserID]directory.User
	err := s.gate.Peek(func(r *store.Reader) (err error) {
		users, err = r.Users(ctx, roster.Distinct(unknown))
		return err
	})
	if err != nil {
		return err
	}
	d.givers.call(users)
	for i := range answers {
		for j := range answers[i].GivenBy {
			if g := &answers[i].GivenBy[j]; g.nameful {
				g.Name = cmp.Or(g.Name, users[g.user].Name())
			}
		}
	}
	return nil
}

func (a *accountGivers) call(users map[directory.UserID]directory.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, u := range users {
		a.names[id] = u.Name()
	}
}
