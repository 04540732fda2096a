package roster

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// mostAccounts is how many accounts a portfolio holds: whoever needs more sees all.
const mostAccounts = 500

// A SaidPortfolio is what is said of a portfolio, of staff or of an application: all
// accounts, or those of customer numbers in any spelling (VEND-3, APP-1).
type SaidPortfolio struct {
	All     bool
	Numbers []string
}

// Check refuses what nobody could mean: with staff.portfolio_empty no number at
// all, and with staff.portfolio_long more than a portfolio holds.
func (s SaidPortfolio) Check() error {
	switch {
	case s.All:
		return nil
	case len(s.Numbers) == 0:
		return directory.InvalidField("accounts", "staff.portfolio_empty", nil)
	case len(s.Numbers) > mostAccounts:
		return directory.InvalidField("accounts", "staff.portfolio_long", directory.Args{"Max": mostAccounts})
	}
	return nil
}

// Portfolio finds the accounts that are meant, each once, in the order of their
// keys. It refuses with staff.account_unknown a number that no account has.
func (s SaidPortfolio) Portfolio(ctx context.Context, r *store.Reader) (directory.Portfolio, error) {
	if s.All {
		return directory.Portfolio{}, nil
	}
	cleaned := make([]string, len(s.Numbers))
	for i, number := range s.Numbers {
		cleaned[i] = directory.CleanNumber(number)
	}
	found, err := r.AccountsByNumbers(ctx, cleaned)
	if err != nil {
		return directory.Portfolio{}, err
	}
	accounts := make([]directory.AccountID, len(cleaned))
	for i, number := range cleaned {
		account, known := found[number]
		if !known {
			return directory.Portfolio{}, directory.InvalidField("accounts", "staff.account_unknown", directory.Args{"Number": directory.Short(s.Numbers[i], directory.Quoted)})
		}
		accounts[i] = account
	}
	return directory.Only(Distinct(accounts)...), nil
}

// NotePortfolio writes what differs between two portfolios: whether they are all
// accounts, and else which.
func NotePortfolio(ctx context.Context, r *store.Reader, entry *audit.Entry, before, after directory.Portfolio) error {
	known, err := r.AccountsByKey(ctx, Distinct(slices.Concat(before.Accounts, after.Accounts)))
	if err != nil {
		return err
	}
	all := func(p directory.Portfolio) audit.Value {
		if p.Limited {
			return audit.Nothing
		}
		return audit.Bool(true)
	}
	list := func(p directory.Portfolio) audit.Value {
		accounts := make([]audit.Value, len(p.Accounts))
		for i, key := range p.Accounts {
			accounts[i] = audit.Thing(audit.Account, key, known[key].Name)
		}
		return audit.List(accounts...)
	}
	entry.NoteValue("all_accounts", all(before), all(after))
	entry.NoteValue("portfolio", list(before), list(after))
	return nil
}

// AccountsIn are the accounts of a portfolio by name; none where it is all.
func AccountsIn(ctx context.Context, r *store.Reader, p directory.Portfolio) ([]directory.Account, error) {
	byKey, err := r.AccountsByKey(ctx, p.Accounts)
	if err != nil {
		return nil, err
	}
	accounts := make([]directory.Account, len(p.Accounts))
	for i, key := range p.Accounts {
		accounts[i] = byKey[key]
	}
	slices.SortFunc(accounts, func(a, b directory.Account) int {
		return strings.Compare(directory.Fold(a.Name), directory.Fold(b.Name))
	})
	return accounts, nil
}
