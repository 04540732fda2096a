package roster

import (
	"context"

	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// NewHash hashes a password that the person may have and that is not the one
// before.
func (w *Writer) NewHash(ctx context.Context, policy directory.PasswordPolicy, user directory.User, password string) (string, error) {
	if err := w.MayHave(ctx, policy, user, password); err != nil {
		return "", err
	}
	if user.PasswordHash != "" {
		same, _, err := w.Passwords.Verify(ctx, user.PasswordHash, password)
		if err != nil {
			return "", err
		}
		if same {
			return "", directory.InvalidField("password", "password.same", nil)
		}
	}
	return w.Passwords.Hash(ctx, password)
}

// MayHave refuses a password that a person may not have, by whichever door it
// comes: what the policy asks, and what the meter shows as hopeless (SIGN-3).
// Names are of accounts the person is not of yet.
func (w *Writer) MayHave(ctx context.Context, policy directory.PasswordPolicy, person directory.User, password string, names ...string) error {
	if refusal := policy.Check(password, person.First, person.Last, person.UserName, person.Email); refusal != nil {
		return refusal
	}
	words, err := w.WordsOf(ctx, person, names...)
	if err != nil {
		return err
	}
	if secret.Measure(password, words).Hopeless() {
		return directory.InvalidField("password", "password.hopeless", nil)
	}
	return nil
}

// WordsOf are the words that are tried first against a person: the product's
// name, their accounts' and their own.
func (w *Writer) WordsOf(ctx context.Context, person directory.User, names ...string) ([]string, error) {
	words := append([]string{w.gate.Catalogue().Branding.Name, person.First, person.Last, person.UserName, person.Email}, names...)
	if person.ID == 0 {
		return words, nil
	}
	err := w.gate.Read(ctx, func(r *store.Reader) error {
		places, accounts, err := PlacesOf(ctx, r, person.ID)
		for _, m := range places {
			words = append(words, accounts[m.Account()].Name)
		}
		return err
	})
	return words, err
}

// AccountsOf are the accounts a user has a place in.
func (w *Writer) AccountsOf(ctx context.Context, user directory.UserID) ([]directory.AccountID, error) {
	var accounts []directory.AccountID
	err := w.gate.Read(ctx, func(r *store.Reader) error {
		memberships, err := r.Memberships(ctx, user)
		for _, m := range memberships {
			accounts = append(accounts, m.Account())
		}
		return err
	})
	return accounts, err
}

// PasswordPolicy is the strictest of the accounts somebody belongs to, and the
// catalogue's.
func (w *Writer) PasswordPolicy(ctx context.Context, r *store.Reader, user directory.UserID) (directory.PasswordPolicy, error) {
	policy := w.gate.Catalogue().EffectivePolicies("").Password
	places, accounts, err := PlacesOf(ctx, r, user)
	for i, m := range places {
		its := w.gate.Policies(accounts[m.Account()]).Password
		if i == 0 {
			policy = its
		}
		policy = directory.Strictest(policy, its)
	}
	return policy, err
}

// PlacesOf reads the places a user has, and with one question for all the accounts
// they are in.
func PlacesOf(ctx context.Context, r *store.Reader, user directory.UserID) ([]directory.Member, map[directory.AccountID]directory.Account, error) {
	places, err := r.Memberships(ctx, user)
	if err != nil {
		return nil, nil, err
	}
	keys := make([]directory.AccountID, len(places))
	for i, m := range places {
		keys[i] = m.Account()
	}
	accounts, err := r.AccountsByKey(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	return places, accounts, nil
}
