package directory

import (
	"testing"
	"time"
)

// TestSubscriptionNotice: the nearest notice that is due, once each.
func TestSubscriptionNotice(t *testing.T) { // MAIL-1
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	begun := now.AddDate(-1, 0, 0)
	days := []int{90, 30, 7}
	for name, test := range map[string]struct {
		ends    time.Time
		noticed int
		days    []int
		want    int
	}{
		"MAIL-1 no end":              {time.Time{}, 0, days, 0},
		"MAIL-1 far":                 {now.AddDate(0, 0, 91), 0, days, 0},
		"MAIL-1 at the moment":       {now.AddDate(0, 0, 90), 0, days, 90},
		"MAIL-1 told":                {now.AddDate(0, 0, 60), 90, days, 0},
		"MAIL-1 the next":            {now.AddDate(0, 0, 30), 90, days, 30},
		"MAIL-1 late":                {now.AddDate(0, 0, 3), 0, days, 7},
		"MAIL-1 late after one":      {now.AddDate(0, 0, 3), 90, days, 7},
		"MAIL-1 all told":            {now.AddDate(0, 0, 3), 7, days, 0},
		"MAIL-1 over":                {now, 0, days, 0},
		"MAIL-1 over is told":        {now.AddDate(0, 0, 3), EndTold, days, 0},
		"MAIL-1 in any order":        {now.AddDate(0, 0, 6), 0, []int{7, 90, 30}, 7},
		"MAIL-1 the vendor says so":  {now.AddDate(0, 0, 3), 0, nil, 0},
		"MAIL-1 another, farther":    {now.AddDate(0, 0, 100), 0, []int{120}, 120},
		"MAIL-1 a nearer one stands": {now.AddDate(0, 0, 80), 30, days, 0},
	} {
		s := Subscription{Starts: begun, Ends: test.ends, Noticed: test.noticed}
		if got := s.Notice(test.days, now); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// TestRenewed: what ends is renewed by whatever leaves as many seats, or by a later
// one that is as large.
func TestRenewed(t *testing.T) { // MAIL-1
	t.Parallel()
	begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	end := begun.AddDate(1, 0, 0)
	ending := Subscription{ID: 1, Pool: 1, Quantity: 10, Starts: begun, Ends: end}
	for name, test := range map[string]struct {
		other Subscription
		want  bool
	}{
		"MAIL-1 as many from that moment": {Subscription{Quantity: 10, Starts: end}, true},
		"MAIL-1 fewer":                    {Subscription{Quantity: 9, Starts: end}, false},
		"MAIL-1 a day later":              {Subscription{Quantity: 10, Starts: end.AddDate(0, 0, 1)}, false},
		"MAIL-1 it overlaps":              {Subscription{Quantity: 10, Starts: end.AddDate(0, -1, 0)}, true},
		"MAIL-1 one beside it":            {Subscription{Quantity: 100, Starts: begun}, false},
		"MAIL-1 it ends with it":          {Subscription{Quantity: 10, Starts: begun.AddDate(0, 1, 0), Ends: end}, false},
		"MAIL-1 of another product":       {Subscription{Quantity: 10, Starts: end, Pool: 2}, false},
	} {
		test.other.ID = 2
		if test.other.Pool == 0 {
			test.other.Pool = 1
		}
		stock := NewStock([]Pool{{ID: 1}, {ID: 2}}, []Subscription{ending, test.other})
		if got := stock.Renewed(ending); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

// TestLosing: whose seats lapse, and how many are too many, when a subscription
// ends; also in the pools that live from it.
func TestLosing(t *testing.T) { // SEAT-9
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	long := Subscription{ID: 1, Pool: 1, Quantity: 10, Starts: now.AddDate(-1, 0, 0)}
	short := Subscription{ID: 2, Pool: 1, Quantity: 4, Starts: now.AddDate(-1, 0, 0)}
	pools := []Pool{{ID: 1, Held: 8}, {ID: 2, Parent: 1, Allotted: 3, Held: 2}, {ID: 3, Held: 5}}
	ended := func(s Subscription) Subscription { s.Ends = now; return s }
	fewer := func(s Subscription, n int64) Subscription { s.Quantity = n; return s }
	both, one := NewStock(pools, []Subscription{long, short}), NewStock(pools, []Subscription{long})
	for name, test := range map[string]struct {
		stock *Stock
		is    Subscription
		want  SeatLoss
	}{
		"SEAT-9 the only one ends":      {one, ended(long), SeatLoss{Lapsing: 10}},
		"SEAT-9 another one goes on":    {both, ended(long), SeatLoss{Over: 7}},
		"SEAT-9 there are enough":       {both, ended(fewer(short, 3)), SeatLoss{Over: 1}},
		"SEAT-9 fewer":                  {one, fewer(long, 9), SeatLoss{Over: 1}},
		"SEAT-9 over-use that was":      {NewStock(pools, []Subscription{fewer(long, 9)}), fewer(long, 8), SeatLoss{Over: 1}},
		"SEAT-9 more":                   {one, fewer(long, 90), SeatLoss{}},
		"SEAT-9 one more subscription":  {one, short, SeatLoss{}},
		"SEAT-9 nothing ran in it once": {NewStock(pools, []Subscription{ended(long)}), ended(long), SeatLoss{}},
	} {
		if got := test.stock.Losing(test.is.Pool, test.stock.With(test.is), now); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
	if got := one.Bought(1, now); got != 10 {
		t.Errorf("the stock asked about became another: %d", got)
	}
}
