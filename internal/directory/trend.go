package directory

import "time"

// A SeatDay is what a pool held at the end of a day, as DayNumber counts days.
type SeatDay struct {
	Pool     PoolID
	Day      int64
	Held     int64
	Reserved int64
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

// A Trend is how many seats of an offer were bought and held at the end of each
// day, from one day on to the present (SEAT-1).
type Trend struct {
	Offer  Offer
	From   Day
	Bought []int64
	Held   []int64
}

// TrendDays is how far back a trend goes, in days.
const TrendDays = 365

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
	t := Trend{Offer: offer, Bought: make([]int64, TrendDays+1), Held: make([]int64, TrendDays+1)}
	for i := range t.Bought {
		end := DayNumbered(first + int64(i)).Over(p.Zone).Add(-1)
		if end.After(now) {
			end = now
		}
		for _, term := range p.Terms {
			if of[term.Pool] {
				t.Bought[i] += term.Gave(end)
			}
		}
	}
	for i, d := range p.Days {
		until := today + 1
		if i+1 < len(p.Days) && p.Days[i+1].Pool == d.Pool {
			until = p.Days[i+1].Day
		}
		for day := max(d.Day, first); of[d.Pool] && day < until; day++ {
			t.Held[day-first] += d.Held
		}
	}
	nothing := 0
	for nothing < TrendDays && t.Bought[nothing] == 0 && t.Held[nothing] == 0 {
		nothing++
	}
	t.From, t.Bought, t.Held = DayNumbered(first+int64(nothing)), t.Bought[nothing:], t.Held[nothing:]
	return t
}

// Most is the largest number in it.
func (t Trend) Most() int64 {
	var most int64
	for i := range t.Bought {
		most = max(most, t.Bought[i], t.Held[i])
	}
	return most
}
