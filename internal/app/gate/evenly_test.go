package gate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// A blindQuestion must be answered alike and in the same time whether what it
// names exists or not. Each is asked anew n times: rations are per name and
// per person.
type blindQuestion struct {
	name           string
	known, unknown func(n int) error
}

// blindQuestions are those of SIGN-4 and KEY-14, over an account 204817 that was
// 204816 before, and people who are members, invited, or nobody.
func blindQuestions(t testing.TB, w *apptest.World) []blindQuestion {
	t.Helper()
	account := w.Account("204817")
	helene := w.Administrator(account, "helene.castaing@batisoft.example")
	w.Must(addPeople(w, helene, account, "invitee", app.AddOptions{}))
	w.Must(addPeople(w, helene, account, "quiet", app.AddOptions{Silent: true}))
	for n := range blindTries {
		w.Person(fmt.Sprintf("owner%d@maraval.example", n))
	}
	client := func(n int) app.Client { return app.Client{Address: fmt.Sprintf("192.0.2.%d", n+1)} }
	at := func(who string) func(n int) string {
		return func(n int) string { return fmt.Sprintf("%s%d@maraval.example", who, n) }
	}
	asked := 0
	asker := func() authz.Actor {
		asked++
		return w.Person(fmt.Sprintf("asker%d@maraval.example", asked))
	}
	by := func(name func(n int) string, ask func(n int, name string) error) func(n int) error {
		return func(n int) error { return ask(n, name(n)) }
	}
	number := func(ask func(n int, actor authz.Actor, number string) error) (known, unknown func(n int) error) {
		return func(n int) error { return ask(n, asker(), "204817") }, func(n int) error { return ask(n, asker(), "555000") }
	}
	forgot := func(n int, name string) error { return w.Users.Forgot(w.Context(), client(n), name) }
	again := func(n int, name string) error { return w.Invitations.Again(w.Context(), client(n), name) }
	signIn := func(n int, name string) error {
		_, err := w.Sessions.SignIn(w.Context(), client(n), app.Credentials{Name: name, Password: "Falaise-Ocre-77"}, app.SessionLimits{Idle: time.Hour, Max: time.Hour})
		return err
	}
	register := func(n int, name string) error {
		return w.Users.Register(w.Context(), client(n), app.Registering{Email: name, First: "Ada", Last: "Moreau"})
	}
	address := func(n int, name string) error {
		return w.Users.ChangeEmail(w.Context(), asker(), name, apptest.Password)
	}
	questions := []blindQuestion{
		{"SIGN-4 forgotten password of a person", by(at("owner"), forgot), by(at("nobody"), forgot)},
		{"SIGN-4 forgotten password of somebody invited", by(at("invitee"), forgot), by(at("nothing"), forgot)},
		{"SIGN-4 forgotten password of somebody not invited yet", by(at("quiet"), forgot), by(at("none"), forgot)},
		{"INV-4 invitation again", by(at("invitee"), again), by(at("nobody"), again)},
		{"SIGN-4 sign-in", by(at("owner"), signIn), by(at("nobody"), signIn)},
		{"SIGN-4 sign-in of somebody without password", by(at("invitee"), signIn), by(at("nothing"), signIn)},
		{"SIGN-4 registration", by(at("owner"), register), by(at("newcomer"), register)},
		{"USER-3 change of address", by(at("owner"), address), by(at("free"), address)},
	}
	for name, ask := range map[string]func(n int, actor authz.Actor, number string) error{
		"KEY-14 key entry": func(_ int, actor authz.Actor, number string) error {
			_, err := w.App.Keys.Enter(w.Context(), actor, number, "AAA-AAA-AAA-AAA")
			return err
		},
		"KEY-14 is it locked": func(_ int, actor authz.Actor, number string) error {
			_, err := w.App.Keys.Locked(w.Context(), actor, number)
			return err
		},
		"KEY-14 key request": func(_ int, actor authz.Actor, number string) error {
			_, err := w.App.Keys.Request(w.Context(), actor, number, "")
			return err
		},
		"KEY-14 join request": func(_ int, actor authz.Actor, number string) error {
			_, err := w.JoinRequests.Ask(w.Context(), actor, number, "")
			return err
		},
		"KEY-14 writing to the administrators": func(_ int, actor authz.Actor, number string) error {
			return withJoinRequest(w, actor, number, func(j directory.JoinRequest) error {
				return w.JoinRequests.Write(w.Context(), actor, j.UUID, "Bonjour")
			})
		},
		"KEY-14 withdrawing": func(_ int, actor authz.Actor, number string) error {
			return withJoinRequest(w, actor, number, func(j directory.JoinRequest) error {
				return w.JoinRequests.Withdraw(w.Context(), actor, j.UUID)
			})
		},
		"KEY-14 opening pages of an account": func(_ int, actor authz.Actor, number string) error {
			_, err := w.Accounts.Open(w.Context(), actor, number)
			return err
		},
	} {
		known, unknown := number(ask)
		questions = append(questions, blindQuestion{name, known, unknown})
	}
	return questions
}

// addPeople adds who0@…, who1@… to the account.
func addPeople(w *apptest.World, by authz.Actor, account directory.Account, who string, o app.AddOptions) error {
	var people []app.NewMember
	for n := range blindTries {
		people = append(people, app.NewMember{Row: n + 1, Email: fmt.Sprintf("%s%d@maraval.example", who, n)})
	}
	verdicts, err := w.Members.Add(w.Context(), by, account.ID, people, o)
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	return err
}

// withJoinRequest asks about a request that waits. To ask it is a question of
// its own, which is not measured here.
func withJoinRequest(w *apptest.World, actor authz.Actor, number string, ask func(j directory.JoinRequest) error) error {
	told := w.Wait
	w.Wait = nil
	j, err := w.JoinRequests.Ask(w.Context(), actor, number, "")
	w.Wait = told
	if err != nil {
		return err
	}
	return ask(j)
}

const (
	blindTries = 3
	blindStep  = 50 * time.Millisecond // what answers are rounded up to
	mostRounds = 40                    // of tries, for machines that do much else
)

// timed asks once: how often the answer was kept back, what it said, and how long
// the work behind it took.
func timed(t testing.TB, w *apptest.World, ask func() error) (waits int, code string, worked time.Duration) {
	t.Helper()
	w.Wait = func(time.Duration) { waits++ }
	defer func() { w.Wait = nil }()
	began := time.Now()
	code = w.Code(ask())
	return waits, code, time.Since(began)
}

// answered is when an answer comes whose work took so long.
func answered(worked time.Duration) time.Duration { return (worked/blindStep + 1) * blindStep }

// TestEvenAnswers asks every question that must not tell what exists: the
// answers are the same, each is kept back exactly once, and their times do not
// differ. The least of several times is compared, since the machine does other
// things too; BenchmarkEvenAnswers has the medians.
func TestEvenAnswers(t *testing.T) { // SIGN-4, KEY-14
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for _, q := range blindQuestions(t, w) {
			known, unknown := time.Hour, time.Hour
			for round := 0; round < 1 || answered(known) != answered(unknown) && round < mostRounds; round++ {
				for n := range blindTries {
					w.Pass(25 * time.Hour) // rations and waits are over
					hadWaits, hadCode, had := timed(t, w, func() error { return q.known(n) })
					hasWaits, hasCode, has := timed(t, w, func() error { return q.unknown(n) })
					if hadWaits != 1 || hasWaits != 1 {
						t.Fatalf("%s: kept back %d times where it exists and %d where not, want once", q.name, hadWaits, hasWaits)
					}
					if hadCode != hasCode {
						t.Fatalf("%s: answer %q where it exists and %q where not", q.name, hadCode, hasCode)
					}
					known, unknown = min(known, had), min(unknown, has)
				}
			}
			if answered(known) != answered(unknown) {
				t.Errorf("%s: %v where it exists and %v where not", q.name, known, unknown)
			}
		}
	})
}

// BenchmarkEvenAnswers reports the medians of the answers' times, in
// milliseconds.
func BenchmarkEvenAnswers(b *testing.B) {
	w := apptest.New(b, "sqlite")
	for _, q := range blindQuestions(b, w) {
		b.Run(q.name, func(b *testing.B) {
			var known, unknown []time.Duration
			for n := 0; b.Loop(); n++ {
				w.Pass(25 * time.Hour)
				_, _, had := timed(b, w, func() error { return q.known(n % blindTries) })
				_, _, has := timed(b, w, func() error { return q.unknown(n % blindTries) })
				known, unknown = append(known, answered(had)), append(unknown, answered(has))
			}
			slices.Sort(known)
			slices.Sort(unknown)
			b.ReportMetric(float64(known[len(known)/2].Milliseconds()), "known-ms")
			b.ReportMetric(float64(unknown[len(unknown)/2].Milliseconds()), "unknown-ms")
		})
	}
}
