package directory

import "time"

// A SeatDay is what a pool held at the end of a day, as DayNumber counts days.
type SeatDay struct {
	Pool PoolID
	Day  int64
	Held int64
}

// A PastTerm is what a subscription of a pool said from one moment to another,
// zero: it says so still.
type PastTerm struct {
	Pool         PoolID
	Quantity     int64
	Starts, Ends time.Time
	From, To     time.Time
}

// Gave is how many seats it gave at a moment, as was known then.
func (t PastTerm) Gave(at time.Time) int64 {
	if at.Before(t.From) || !t.To.IsZero() && !at.Before(t.To) || !(Subscription{Starts: t.Starts, Ends: t.Ends}).Runs(at) {
		return 0
	}
	return t.Quantity
}

// A Trend is how much there was of something, and how much of it was taken, at the
// end of each day, from one day on to the present: seats of an offer that were
// bought and held (SEAT-1), members and those of them who were active, projects and
// those in use (ACC-13).
type Trend struct {
	Offer Offer // zero: members or projects
	From  Day
	Whole []int64
	Taken []int64
}

// TrendDays is how far back a trend goes, in days.
const TrendDays = 365

// An AccountDay is how many members of each status an account had at the end of a
// day, as DayNumber counts days.
type AccountDay struct {
	Day      int64
	ByStatus [5]int64
}

// MemberTrend is the members of an account over time, by days in their order.
func MemberTrend(days []AccountDay, now time.Time) Trend {
	t := newTrend()
	first := DayNumber(now) - TrendDays
	for i, d := range days {
		var all int64
		for _, n := range d.ByStatus {
			all += n
		}
		until := DayNumber(now) + 1
		if i+1 < len(days) {
			until = days[i+1].Day
		}
		t.add(first, d.Day, until, all, d.ByStatus[Active])
	}
	return t.since(first)
}

func newTrend() Trend {
	return Trend{Whole: make([]int64, TrendDays+1), Taken: make([]int64, TrendDays+1)}
}

// add counts what there was from one day until another, of those since the first.
func (t *Trend) add(first, from, until, whole, taken int64) {
	for day := max(from, first); day < until; day++ {
		t.Whole[day-first] += whole
		t.Taken[day-first] += taken
	}
}

// since begins the trend with the first day on which there was anything.
func (t Trend) since(first int64) Trend {
	nothing := 0
	for nothing < TrendDays && t.Whole[nothing] == 0 && t.Taken[nothing] == 0 {
		nothing++
	}
	t.From, t.Whole, t.Taken = DayNumbered(first+int64(nothing)), t.Whole[nothing:], t.Taken[nothing:]
	return t
}

// A ProjectSpan is from when to when a project was in use; the zero end is none.
type ProjectSpan struct {
	Project           UnitID
	Created, Archived time.Time
}

// ProjectTrend is the projects of an account over time: all that were created, and
// those of them in use. One that was brought back was in use all along.
func ProjectTrend(spans []ProjectSpan, now time.Time) Trend {
	first, until := DayNumber(now)-TrendDays, DayNumber(now)+1
	t := newTrend()
	for _, s := range spans {
		ends := until
		if !s.Archived.IsZero() {
			ends = DayNumber(s.Archived)
		}
		t.add(first, DayNumber(s.Created), until, 1, 0)
		t.add(first, DayNumber(s.Created), ends, 0, 1)
	}
	return t.since(first)
}

// A SeatPast is what is known of the seats of an account in the past: days by pool
// and in their order, terms in any.
type SeatPast struct {
	Pools []Pool
	Days  []SeatDay
	Terms []PastTerm
	Zone  *time.Location // in which a day of what was bought ends
}

// Trend adds up what the pools of an offer held and what their subscriptions gave.
// It begins with the first day on which there was anything, TrendDays ago at most.
func (p SeatPast) Trend(offer Offer, now time.Time) Trend {
	today := DayNumber(now)
	first := today - TrendDays
	of := map[PoolID]bool{}
	for _, pool := range p.Pools {
		of[pool.ID] = pool.Offer == offer
	}
	t := newTrend()
	t.Offer = offer
	for i := range t.Whole {
		end := DayNumbered(first + int64(i)).Over(p.Zone).Add(-1)
		if end.After(now) {
			end = now
		}
		for _, term := range p.Terms {
			if of[term.Pool] {
				t.Whole[i] += term.Gave(end)
			}
		}
	}
	for i, d := range p.Days {
		until := today + 1
		if i+1 < len(p.Days) && p.Days[i+1].Pool == d.Pool {
			until = p.Days[i+1].Day
		}
		if of[d.Pool] {
			t.add(first, d.Day, until, 0, d.Held)
		}
	}
	return t.since(first)
}

// Most is the largest number in it.
func (t Trend) Most() int64 {
	var most int64
	for i := range t.Whole {
		most = max(most, t.Whole[i], t.Taken[i])
	}
	return most
}
