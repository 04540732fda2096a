package roster

import (
	"context"
	"slices"
	"strings"

	"intendant/internal/app/gate"
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
	entry.NoteValue("all_accounts", allAccounts(before), allAccounts(after))
	entry.NoteValue("portfolio", accountsValue(before, known), accountsValue(after, known))
	return nil
}

// allAccounts is whether a portfolio is all accounts, as history keeps it.
func allAccounts(p directory.Portfolio) audit.Value {
	if p.Limited {
		return audit.Nothing
	}
	return audit.Bool(true)
}

// accountsValue are the accounts of a portfolio as history keeps them.
func accountsValue(p directory.Portfolio, known map[directory.AccountID]directory.Account) audit.Value {
	accounts := make([]audit.Value, len(p.Accounts))
	for i, key := range p.Accounts {
		accounts[i] = audit.Thing(audit.Account, key, known[key].Name)
	}
	return audit.List(accounts...)
}

// RestorePortfolio gives a portfolio back what NotePortfolio tells: whether it is all
// accounts, and which, both or neither. An account that there is no more is left out.
func RestorePortfolio(ctx context.Context, r *store.Reader, n *gate.Net, of *directory.Portfolio) error {
	all, some := allAccounts(*of), accountsValue(*of, nil)
	both := n.Stands("all_accounts", all) && n.Stands("portfolio", some)
	err := n.Restore("portfolio", some, func(was audit.Value) error {
		if !both {
			return gate.ChangedSince()
		}
		var keys []directory.AccountID
		for _, ref := range was.Refs() {
			keys = append(keys, directory.AccountID(ref.Key))
		}
		known, err := r.AccountsByKey(ctx, keys)
		of.Accounts = slices.DeleteFunc(keys, func(key directory.AccountID) bool { return known[key].ID == 0 })
		return err
	})
	if err != nil {
		return err
	}
	return n.Restore("all_accounts", all, func(was audit.Value) error {
		if !both {
			return gate.ChangedSince()
		}
		of.Limited = was.IsZero()
		return nil
	})
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
