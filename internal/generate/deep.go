package generate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// depth is how many units stand one under the other in a deep tree, and
// grantsEach how many roles each of its people holds.
const (
	depth      = 12
	grantsEach = 6
)

// A shape is what sets the deep account apart; the zero shape is an ordinary
// account's.
type shape struct{ units, grantsEach int }

// DeepMembers is how many people the deep account gets.
func (o Options) DeepMembers() int {
	if o.Units == 0 {
		return 0
	}
	return max(1, o.Grants/grantsEach)
}

// deep makes the account of Options.Units and Options.Grants, after the others.
// It refuses a catalogue in which no unit may stand under one of its own level.
func deep(ctx context.Context, a *app.App, db *store.DB, o Options, random *rand.Rand) error {
	i := slices.IndexFunc(a.Catalogue.InForce().AccountTypes, func(t catalogue.AccountType) bool { return nesting(t) != "" })
	if i < 0 {
		return fmt.Errorf("generate a deep tree: no account type whose units stand under their own level")
	}
	account, err := create(ctx, a, o.Accounts, a.Catalogue.InForce().AccountTypes[i])
	if err != nil {
		return fmt.Errorf("generate the deep account: %w", err)
	}
	f := &filler{ctx: ctx, db: db, account: account, random: random, catalogue: a.Catalogue.InForce(),
		deep: shape{units: o.Units, grantsEach: grantsEach}, progress: func(int) {}}
	if err := f.fill(o.DeepMembers()); err != nil {
		return fmt.Errorf("fill account %s: %w", account.Number, err)
	}
	return nil
}

// nesting is the level of which units stand at the root and under each other;
// empty when the type has none.
func nesting(t catalogue.AccountType) string {
	for _, level := range t.UnitLevels {
		if !level.Project && t.MayStandUnder(level.ID, catalogue.RootLevel) && t.MayStandUnder(level.ID, level.ID) {
			return level.ID
		}
	}
	return ""
}

// deepTree makes each layer about twice as wide as the one above, so that most
// units stand at the bottom.
func (f *filler) deepTree(key func() int64) {
	kind, _ := f.catalogue.AccountType(f.account.Type)
	level, _ := kind.Level(nesting(kind))
	above, left := []directory.UnitID{f.account.Root}, f.deep.units
	for layer := range depth {
		var here []directory.UnitID
		for range width(layer, f.deep.units, left) {
			f.units = append(f.units, directory.Unit{ID: directory.UnitID(key()), UUID: uuid.NewString(), Level: level.ID,
				Parent: above[f.random.IntN(len(above))], Name: fmt.Sprintf("%s %d", level.Label.In(directory.French), len(f.units)+1)})
			here = append(here, f.units[len(f.units)-1].ID)
		}
		if left -= len(here); left == 0 {
			return
		}
		above = here
	}
}

// width is how many of so many units stand in a layer, counted from 0; the last
// takes what is left.
func width(layer, units, left int) int {
	if layer == depth-1 {
		return left
	}
	share := float64(units) * math.Pow(2, float64(layer)) / (math.Pow(2, depth) - 1)
	return min(left, max(1, int(share)))
}

// grantDeep gives a member the basic role at the root and further roles at
// units anywhere.
func (f *filler) grantDeep(from time.Time, key func() int64, m directory.Member, all *rows) {
	if len(f.rights) == 0 {
		return
	}
	basic := max(0, slices.IndexFunc(f.rights, func(r directory.Role) bool { return r.Code == directory.BasicUser }))
	give := func(role directory.RoleID, unit directory.UnitID) {
		all.grants.Grants = append(all.grants.Grants, directory.Grant{ID: directory.GrantID(key()), Member: m.ID, Role: role, Unit: unit, From: from})
	}
	give(f.rights[basic].ID, f.account.Root)
	for i := 1; i < f.deep.grantsEach; i++ {
		// One slice of the tree for each grant: nobody holds a role at a unit twice.
		part := max(1, len(f.units)/f.deep.grantsEach)
		at := i*part + f.random.IntN(part)
		if at >= len(f.units) {
			return
		}
		give(f.rights[skewed(f.random, len(f.rights))].ID, f.units[at].ID)
	}
}
