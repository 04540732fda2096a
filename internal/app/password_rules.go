package app

import (
	"context"
	"sync"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
	"intendant/internal/store"
)

// mayHave refuses a password that a person may not have, by whichever door it
// comes: what the policy asks, and what the meter shows as hopeless (SIGN-3).
// Names are of accounts the person is not of yet.
func (c *core) mayHave(ctx context.Context, policy directory.PasswordPolicy, person directory.User, password string, names ...string) error {
	if refusal := policy.Check(password, person.First, person.Last, person.UserName, person.Email); refusal != nil {
		return refusal
	}
	words, err := c.wordsOf(ctx, person, names...)
	if err != nil {
		return err
	}
	if secret.Measure(password, words).Hopeless() {
		return directory.InvalidField("password", "password.hopeless", nil)
	}
	return nil
}

// wordsOf are the words that are tried first against a person: the product's
// name, their accounts' and their own.
func (c *core) wordsOf(ctx context.Context, person directory.User, names ...string) ([]string, error) {
	words := append([]string{c.catalogue().Branding.Name, person.First, person.Last, person.UserName, person.Email}, names...)
	if person.ID == 0 {
		return words, nil
	}
	err := c.read(ctx, func(r *store.Reader) error {
		memberships, err := r.Memberships(ctx, person.ID)
		if err != nil {
			return err
		}
		for _, m := range memberships {
			account, err := r.Account(ctx, m.Account())
			if err != nil {
				return err
			}
			words = append(words, account.Name)
		}
		return nil
	})
	return words, err
}

// A Typed password is measured while it is typed, with what the form says of the
// person beside it.
type Typed struct {
	Password string
	Names    []string
}

// MeasurePassword says how hard a password is to guess, from 0 to 4, as mayHave
// judges it: 0 and 1 are refused (SIGN-3). It refuses with request.too_many whoever
// asks without end; what a person types never does.
func (u *Users) MeasurePassword(ctx context.Context, actor authz.Actor, typed Typed) (int, error) {
	if wait := u.meters.take(networkOf(actor.Address), u.now()); wait > 0 {
		return 0, &directory.Error{Kind: directory.Limited, Code: "request.too_many", Args: directory.Args{"Seconds": int(wait/time.Second) + 1}}
	}
	var person directory.User
	if actor.User != 0 {
		var err error
		if person, err = u.Profile(ctx, actor); err != nil {
			return 0, err
		}
	}
	words, err := u.wordsOf(ctx, person, typed.Names...)
	if err != nil {
		return 0, err
	}
	return secret.Measure(typed.Password, words).Score, nil
}

// metersPerMinute is how many passwords are measured for one network in a
// minute, and metersInAll for all together: each costs milliseconds.
const (
	metersPerMinute = 120
	metersInAll     = 3000
)

// meters counts what was measured this minute, in this process: it protects its
// processor and nothing else.
type meters struct {
	mu     sync.Mutex
	since  time.Time
	all    int
	counts map[string]int
}

// take counts one more, or answers how long to wait.
func (m *meters) take(network string, now time.Time) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.since) >= time.Minute || now.Before(m.since) {
		m.since, m.all, m.counts = now, 0, map[string]int{}
	}
	if m.all >= metersInAll || m.counts[network] >= metersPerMinute {
		return max(time.Minute-now.Sub(m.since), 1)
	}
	m.all++
	m.counts[network]++
	return 0
}
