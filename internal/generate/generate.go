package generate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Options say how much is made.
type Options struct {
	Accounts int
	Members  int
	Units    int // of one more account, whose tree is deep; 0: no such account
	Grants   int // of that account
	Seed     uint64
	Progress func(done, total int) // members so far; may be nil
}

// chunk is how many members one transaction writes.
const chunk = 5000

// Run makes the accounts and their people. It refuses a database that has
// accounts already.
func Run(ctx context.Context, a *app.App, db *store.DB, o Options) error {
	random := rand.New(rand.NewPCG(o.Seed, 0x1d7e))
	sizes := Sizes(o.Accounts, o.Members)
	done := 0
	for i, size := range sizes {
		account, err := newAccount(ctx, a, i)
		if err != nil {
			return fmt.Errorf("generate account %d: %w", i+1, err)
		}
		f := &filler{ctx: ctx, db: db, account: account, random: random, catalogue: a.Catalogue.InForce()}
		f.progress = func(n int) {
			if o.Progress != nil {
				o.Progress(done+n, o.Members)
			}
		}
		if err := f.fill(size); err != nil {
			return fmt.Errorf("fill account %s: %w", account.Number, err)
		}
		done += size
	}
	if o.Units > 0 {
		return deep(ctx, a, db, o, random)
	}
	return nil
}

// Sizes shares members out over accounts: a fifth in the first, the others in a
// long tail.
func Sizes(accounts, members int) []int {
	sizes := make([]int, accounts)
	if accounts == 0 {
		return sizes
	}
	if accounts == 1 {
		sizes[0] = members
		return sizes
	}
	sizes[0] = members / 5
	rest, weight := members-sizes[0], 0.0
	for i := 1; i < accounts; i++ {
		weight += 1 / math.Pow(float64(i), 0.8)
	}
	left := rest
	for i := 1; i < accounts; i++ {
		sizes[i] = min(left, int(float64(rest)/weight/math.Pow(float64(i), 0.8)))
		left -= sizes[i]
	}
	sizes[1] += left
	return sizes
}

// Number is the customer number of the i-th generated account, from 0.
func Number(i int) string { return fmt.Sprintf("%06d", 200_000+i) }

func newAccount(ctx context.Context, a *app.App, i int) (directory.Account, error) {
	types := a.Catalogue.InForce().AccountTypes
	kind := types[i%len(types)]
	if i == 0 { // the largest has projects
		for _, t := range types {
			if _, ok := t.ProjectLevel(); ok {
				kind = t
				break
			}
		}
	}
	return create(ctx, a, i, kind)
}

func create(ctx context.Context, a *app.App, i int, kind catalogue.AccountType) (directory.Account, error) {
	operator := authz.Actor{Kind: authz.OperatorCLI, Door: authz.DoorCommand}
	return a.Accounts.Create(ctx, operator, app.NewAccount{
		Number: Number(i), Name: fmt.Sprintf("Groupe %03d", i+1), Type: kind.ID, ServiceLevel: a.Catalogue.InForce().ServiceLevels[0].ID,
		Language: directory.French, Address: directory.PostalAddress{Street: "18 quai des Tanneurs", PostalCode: "44000", City: "Nantes", Country: "FR"},
	})
}

// levelsOf are the unit levels of an account's type without projects.
func levelsOf(c *catalogue.Catalogue, account directory.Account) (tree []catalogue.UnitLevel, project string) {
	t, _ := c.AccountType(account.Type)
	for _, level := range t.UnitLevels {
		if level.Project {
			project = level.ID
			continue
		}
		tree = append(tree, level)
	}
	return tree, project
}
