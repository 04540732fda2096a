package seats_test

import (
	"testing"
	"time"

	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// past is what a model had bought and what its people held, by day.
type past map[directory.Day][2]int64

// recall notes what there is now, and holds the line over time against all that was
// noted.
func (m *model) recall() {
	m.past[directory.DayOf(m.Now(), time.UTC)] = [2]int64{m.running(), m.held(true) + m.held(false)}
	trends, err := m.Dashboards.Seats(m.Context(), m.admin, m.account.ID)
	m.Must(err)
	for day, was := range m.past {
		var got [2]int64
		for _, t := range trends {
			if i := int(day.UTC().Sub(t.From.UTC()) / (24 * time.Hour)); i >= 0 {
				got = [2]int64{t.Whole[i], t.Taken[i]}
			}
		}
		if got != was {
			m.rt.Fatalf("SEAT-1 the line says bought and held %v on %s, want %v", got, day.ISO(), was)
		}
	}
}

// TestTrends: the line begins with the first seat, goes back a year at most, keeps
// what a change to the subscription has ended, and is for who sees the whole.
func TestTrends(t *testing.T) { // SEAT-1, REP-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 4, directory.Day{})
		people := f.people(2)
		w.Must(f.assign(people[0], plans))
		w.Pass(10 * 24 * time.Hour)
		w.Must(f.assign(people[1], plans))
		line := func() directory.Trend {
			t.Helper()
			trends, err := w.Dashboards.Seats(w.Context(), f.admin, f.account.ID)
			w.Must(err)
			if len(trends) != 1 || trends[0].Offer != plans {
				t.Fatalf("%+v", trends)
			}
			return trends[0]
		}
		if got := line(); len(got.Taken) != 11 || got.Taken[0] != 1 || got.Taken[9] != 1 || got.Taken[10] != 2 || got.Whole[0] != 4 || got.Most() != 4 {
			t.Errorf("%+v", got)
		}
		w.Pass(500 * 24 * time.Hour)
		if got := line(); len(got.Taken) != directory.TrendDays+1 || got.Taken[0] != 2 || got.Whole[0] != 4 {
			t.Errorf("a long time after: %d days, first %d of %d", len(got.Taken), got.Taken[0], got.Whole[0])
		}
		plain, _ := w.Member(f.account, "plain@maraval.example")
		if _, err := w.Dashboards.Seats(w.Context(), plain, f.account.ID); w.Code(err) != "denied.permission" {
			t.Errorf("a member: %v", err)
		}
	})
}
