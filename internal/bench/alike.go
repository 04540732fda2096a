package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/generate"
	"intendant/internal/secret"
)

// alikeCalls is how many interleaved calls each of two answers is measured by.
const alikeCalls = 1000

// alike measures that what exists and what does not are answered in the same
// time (KEY-14, SIGN-4): customer numbers, addresses, user names. Each figure
// comes twice, "-known" and "-unknown"; their medians are to be compared.
func (r *run) alike() error {
	people, err := r.people("alike", 2*alikeCalls)
	if err != nil {
		return err
	}
	client := func(i int) app.Client { return app.Client{Address: fmt.Sprintf("192.0.2.%d-%d", i%250, i)} }
	refused := func(err error) error {
		var refusal *directory.Error
		if errors.As(err, &refusal) {
			return nil
		}
		return err
	}
	number := func(i int, known bool) string {
		if known {
			return generate.Number(1 + i/5%190)
		}
		return fmt.Sprintf("9%05d", 10_000+i/5%190)
	}
	name := func(i int, known bool) string {
		if known {
			return people[i].name
		}
		return "nobody." + people[i].name
	}
	questions := []struct {
		name string
		ask  func(i int, known bool) error
	}{
		{"alike-key", func(i int, known bool) error {
			_, err := r.App.Keys.Enter(r.ctx, people[i%len(people)].actor, number(i, known), "AAA-AAA-AAA-AAA")
			return refused(err)
		}},
		{"alike-join", func(i int, known bool) error {
			_, err := r.App.JoinRequests.Ask(r.ctx, people[i%len(people)].actor, number(i, known), "")
			return refused(err)
		}},
		{"alike-forgot", func(i int, known bool) error { return refused(r.App.Users.Forgot(r.ctx, client(i), name(i, known))) }},
		{"alike-sign-in", func(i int, known bool) error {
			_, err := r.App.Sessions.SignIn(r.ctx, client(i), app.Credentials{Name: name(i, known), Password: "wrong-Password-1"},
				app.SessionLimits{Idle: time.Hour, Max: time.Hour})
			return refused(err)
		}},
		{"alike-register", func(i int, known bool) error {
			return refused(r.App.Users.Register(r.ctx, client(i), app.Registering{Email: name(i, known), First: "A", Last: "B", Language: directory.French}))
		}},
	}
	for _, q := range questions {
		if err := r.interleaved(q.name, q.ask); err != nil {
			return err
		}
	}
	return nil
}

// interleaved asks about what exists and what does not in turn.
func (r *run) interleaved(name string, ask func(i int, known bool) error) error {
	if !r.wanted(name) {
		return nil
	}
	var times [2][]time.Duration
	for i := range 2 * alikeCalls {
		known := i % 2
		start := r.Now()
		if err := ask(i, known == 1); err != nil {
			return fmt.Errorf("measure %s: %w", name, err)
		}
		times[known] = append(times[known], r.Now().Sub(start))
	}
	for known, suffix := range []string{"-unknown", "-known"} {
		slices.Sort(times[known])
		r.tell(Figure{Name: name + suffix, Database: r.Database, Members: r.members,
			P50: times[known][alikeCalls/2].Microseconds(), P99: times[known][alikeCalls*99/100].Microseconds()})
	}
	return nil
}

type invented struct {
	name  string
	actor authz.Actor
}

// people makes persons who belong to no account, with a password of their own.
func (r *run) people(prefix string, n int) ([]invented, error) {
	if len(r.Only) > 0 && !slices.ContainsFunc(r.Only, func(name string) bool { return len(name) > 5 && name[:5] == "alike" }) {
		return nil, nil
	}
	hash, err := secret.NewPasswords(1).Hash(r.ctx, "nobody knows this one")
	if err != nil {
		return nil, err
	}
	stamp := r.Now().UnixNano()
	people := make([]invented, n)
	for i := range people {
		email := fmt.Sprintf("%s.%d.%d@mesure.example", prefix, stamp, i)
		u, err := r.App.Users.Seed(r.ctx, directory.User{Email: email, Language: directory.French, Password: directory.PasswordOwn, PasswordHash: hash, Proved: r.Now()})
		if err != nil {
			return nil, err
		}
		people[i] = invented{email, authz.Actor{Kind: authz.Person, User: u.ID, Door: authz.DoorPage}}
	}
	return people, nil
}
