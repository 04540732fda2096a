package identity

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// demandsFactor reports whether an account demands a second factor of one of its
// people. It decides on opening the account's pages, and on nothing else: what
// somebody may do, and what products are told, stays as it is (SIGN-6).
func demandsFactor(ctx context.Context, r *store.Reader, account directory.Account, m directory.Member) (bool, error) {
	demand := account.Settings.Over(directory.UsualSettings()).SecondFactor // no catalogue has a word in it
	if demand == directory.FactorOfNobody || m.ID == 0 {
		return false, nil
	}
	if m.Level == 0 || demand.Of(false) {
		return demand.Of(false), nil
	}
	roles, err := r.Roles(ctx, account.ID)
	if err != nil {
		return false, err
	}
	return demand.Of(slices.ContainsFunc(m.LevelsOf(roles), directory.Role.Administers)), nil
}

// FactorFirst refuses with factor.account_demands whom the account demands a
// second factor of and who has none.
func FactorFirst(ctx context.Context, r *store.Reader, account directory.Account, m directory.Member) error {
	demanded, err := demandsFactor(ctx, r, account, m)
	if err != nil || !demanded {
		return err
	}
	factor, err := r.Factor(ctx, m.User)
	if err == nil && !factor.Stands() {
		err = &directory.Error{Kind: directory.Denied, Code: "factor.account_demands", Args: directory.Args{"Name": account.Name}}
	}
	return err
}

// demanding are the names of the accounts that demand a second factor of a
// person.
func demanding(ctx context.Context, r *store.Reader, user directory.UserID) ([]string, error) {
	places, accounts, err := roster.PlacesOf(ctx, r, user)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range places {
		account := accounts[m.Account()]
		demanded, err := demandsFactor(ctx, r, account, m)
		if err != nil {
			return nil, err
		}
		if demanded && m.Status == directory.Active {
			names = append(names, account.Name)
		}
	}
	return names, nil
}

// closedByFactor is FactorFirst as an answer.
func closedByFactor(ctx context.Context, r *store.Reader, account directory.Account, m directory.Member) (bool, error) {
	refusal, fault := gate.AsRefusal(FactorFirst(ctx, r, account, m))
	return refusal != nil, fault
}
