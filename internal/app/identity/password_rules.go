package identity

import (
	"context"
	"sync"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/secret"
)

// A Typed password is measured while it is typed, with what the form says of the
// person beside it.
type Typed struct {
	Password string
	Names    []string
}

// MeasurePassword says how hard a password is to guess, from 0 to 4, as MayHave
// judges it: 0 and 1 are refused (SIGN-3). It refuses with request.too_many whoever
// asks without end; what a person types never does.
func (u *Users) MeasurePassword(ctx context.Context, actor authz.Actor, typed Typed) (int, error) {
	if wait := u.meters.take(NetworkOf(actor.Address), u.gate.Now()); wait > 0 {
		return 0, &directory.Error{Kind: directory.Limited, Code: "request.too_many", Args: directory.Args{"Seconds": int(wait/time.Second) + 1}}
	}
	var person directory.User
	if actor.User != 0 {
		var err error
		if person, err = u.Profile(ctx, actor); err != nil {
			return 0, err
		}
	}
	words, err := u.roster.WordsOf(ctx, person, typed.Names...)
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
