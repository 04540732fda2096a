package past_test

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
	"intendant/internal/storetest"
)

// A crowd of the benchmark: so many members, of whom so many were changed, each in two
// ways, after the day that is looked at.
const (
	crowded = 100_000
	changed = 20_000
)

// BenchmarkPast measures a past day of an account of 100,000 members.
func BenchmarkPast(b *testing.B) {
	for _, kind := range storetest.Kinds(b) {
		b.Run(kind, func(b *testing.B) {
			l := newLarge(b, apptest.New(b, kind))
			for _, ask := range l.asks() {
				b.Run(ask.name, func(b *testing.B) {
					var times []time.Duration
					for b.Loop() {
						began := time.Now()
						if err := ask.do(); err != nil {
							b.Fatal(err)
						}
						times = append(times, time.Since(began))
					}
					slices.Sort(times)
					b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
					b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
					if l.heap > 0 {
						b.ReportMetric(float64(l.heap>>20), "heap-MiB")
						l.heap = 0
					}
				})
			}
		})
	}
}

// A large is an account with a crowd, looked at on its first day.
type large struct {
	*apptest.World
	account    directory.Account
	admin      authz.Actor
	unit       directory.Unit
	member     string
	first, now directory.Day
	heap       uint64 // the most that was in use while all were read
}

func newLarge(b *testing.B, w *apptest.World) *large {
	b.Helper()
	l := &large{World: w, account: w.AccountOf("204817", "construction")}
	l.admin = w.Administrator(l.account, "helene.castaing@maraval.example")
	w.Crowd(l.account, crowded)
	l.first = directory.DayOf(w.Now(), time.UTC)
	var err error
	l.unit, err = w.Units.Add(w.Context(), l.admin, l.account.ID, app.NewUnit{Level: "division", Name: "Nord"})
	w.Must(err)
	var members []directory.Member
	w.Must(w.DB.View(w.Context(), func(r *store.Reader) (err error) {
		members, err = r.MembersByKey(w.Context(), l.account.ID, 0, changed)
		return err
	}))
	l.member = members[len(members)/2].UUID
	functions := []string{"architect"}
	half := func(change func(some app.Selection) error) {
		for some := range slices.Chunk(members, 500) {
			var who app.Selection
			for _, m := range some {
				who.Members = append(who.Members, m.UUID)
			}
			w.Must(change(who))
		}
	}
	half(func(who app.Selection) error {
		_, err := w.Grants.Give(w.Context(), l.admin, l.account.ID, app.Giving{Who: who, Role: "basic-user", Units: []string{l.unit.UUID}})
		return err
	})
	w.Pass(24 * time.Hour)
	half(func(who app.Selection) error {
		_, err := w.Members.EditMembers(w.Context(), l.admin, l.account.ID, who, app.MemberChange{Functions: &functions})
		return err
	})
	half(func(who app.Selection) error {
		_, err := w.Members.MoveHome(w.Context(), l.admin, l.account.ID, who, l.unit.UUID)
		return err
	})
	l.now = directory.DayOf(w.Now(), time.UTC)
	return l
}

type asked struct {
	name string
	do   func() error
}

func (l *large) asks() []asked {
	ctx, id := l.Context(), l.account.ID
	return []asked{
		{"all", func() error {
			n := 0
			err := l.Past.EachMember(ctx, l.admin, id, l.first, func(part []app.PastMember) error {
				if n += len(part); n%10_000 < len(part) {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					l.heap = max(l.heap, m.HeapInuse)
				}
				return nil
			})
			if n < crowded {
				l.T.Fatalf("%d members", n)
			}
			return err
		}},
		{"rights", func() error {
			return l.Past.EachRight(ctx, l.admin, id, app.PastRightsQuery{Day: l.first}, func([]app.PastRight) error { return nil })
		}},
		{"page", func() error { return second(l.Past.State(ctx, l.admin, id, app.PastQuery{Day: l.first})) }},
		{"search", func() error {
			return second(l.Past.State(ctx, l.admin, id, app.PastQuery{Day: l.first, Search: "helene"}))
		}},
		{"home", func() error {
			return second(l.Past.State(ctx, l.admin, id, app.PastQuery{Day: l.first, Units: []string{l.unit.UUID}}))
		}},
		{"person", func() error { return second(l.Past.Person(ctx, l.admin, id, l.first, l.member)) }},
		{"unit", func() error {
			return second(l.Past.Unit(ctx, l.admin, id, app.PastUnitQuery{Day: l.first, Unit: l.unit.UUID}))
		}},
		{"tree", func() error { return second(l.Past.Tree(ctx, l.admin, id, l.first, l.member)) }},
		{"why", func() error {
			return second(l.Past.Why(ctx, l.admin, id, l.first, app.WhyQuery{Person: l.member, Permission: "members.view", Unit: l.unit.UUID}))
		}},
		{"differences", func() error {
			return second(l.Past.Difference(ctx, l.admin, id, app.DifferenceQuery{From: l.first, To: l.now}))
		}},
	}
}
