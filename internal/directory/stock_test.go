package directory

import (
	"slices"
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

// TestStock: what there is of a pool at a moment, up to its edges.
func TestStock(t *testing.T) { // SEAT-1, SEAT-4, SEAT-9, SEAT-10
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	instant := time.Microsecond
	bought := func(n int64) Subscription { return Subscription{Pool: 1, Quantity: n, Starts: now.AddDate(-1, 0, 0)} }
	from := func(s Subscription, starts time.Time) Subscription { s.Starts = starts; return s }
	until := func(s Subscription, ends time.Time) Subscription { s.Ends = ends; return s }
	below := func(s Subscription) Subscription { s.Pool = 2; return s }
	chain := func(root, unit, team int64) []Pool { // of which so many are held; the unit has 4 from the root, the team 2 of them
		return []Pool{{ID: 1, Held: root}, {ID: 2, Parent: 1, Allotted: 4, Held: unit}, {ID: 3, Parent: 2, Allotted: 2, Held: team}}
	}
	one := func(held, reserved int64) []Pool { return []Pool{{ID: 1, Held: held, Reserved: reserved}} }
	type is struct{ bought, received, handedOn, room, free, over int64 }
	for name, test := range map[string]struct {
		pools []Pool
		subs  []Subscription
		of    PoolID
		want  is
		dead  bool
	}{
		"SEAT-1 nothing bought":                         {one(0, 0), nil, 1, is{}, true},
		"SEAT-1 bought":                                 {one(0, 0), []Subscription{bought(5)}, 1, is{5, 0, 0, 5, 5, 0}, false},
		"SEAT-1 reserved seats are held":                {one(3, 2), []Subscription{bought(5)}, 1, is{5, 0, 0, 2, 2, 0}, false},
		"SEAT-4 the last one":                           {one(4, 0), []Subscription{bought(5)}, 1, is{5, 0, 0, 1, 1, 0}, false},
		"SEAT-4 all held":                               {one(5, 5), []Subscription{bought(5)}, 1, is{5, 0, 0, 0, 0, 0}, false},
		"SEAT-9 over-used":                              {one(7, 0), []Subscription{bought(5)}, 1, is{5, 0, 0, -2, 0, 2}, false},
		"SEAT-9 it ends now":                            {one(1, 0), []Subscription{until(bought(5), now)}, 1, is{0, 0, 0, -1, 0, 1}, true},
		"SEAT-9 its last moment":                        {one(1, 0), []Subscription{until(bought(5), now.Add(instant))}, 1, is{5, 0, 0, 4, 4, 0}, false},
		"SEAT-13 it begins now":                         {one(0, 0), []Subscription{from(bought(5), now)}, 1, is{5, 0, 0, 5, 5, 0}, false},
		"SEAT-13 not yet":                               {one(0, 0), []Subscription{from(bought(5), now.Add(instant))}, 1, is{}, true},
		"SEAT-9 one follows the other at once":          {one(5, 0), []Subscription{until(bought(5), now), from(bought(6), now)}, 1, is{6, 0, 0, 1, 1, 0}, false},
		"SEAT-1 two at once":                            {one(6, 0), []Subscription{bought(5), bought(2)}, 1, is{7, 0, 0, 1, 1, 0}, false},
		"SEAT-10 handed on is not free":                 {chain(3, 0, 0), []Subscription{bought(8)}, 1, is{8, 0, 4, 1, 1, 0}, false},
		"SEAT-10 received and handed on":                {chain(3, 1, 0), []Subscription{bought(8)}, 2, is{0, 4, 2, 1, 1, 0}, false},
		"SEAT-10 at the end of the chain":               {chain(3, 1, 2), []Subscription{bought(8)}, 3, is{0, 2, 0, 0, 0, 0}, false},
		"SEAT-10 nothing above, nothing below":          {chain(0, 0, 0), nil, 3, is{}, true},
		"SEAT-9 none is free below what is over-used":   {chain(5, 1, 0), []Subscription{bought(8)}, 2, is{0, 4, 2, 1, 0, 0}, false},
		"SEAT-9 nor further below":                      {chain(5, 1, 0), []Subscription{bought(8)}, 3, is{0, 2, 0, 2, 0, 0}, false},
		"SEAT-9 but what was bought there is":           {chain(5, 1, 0), []Subscription{bought(8), below(bought(3))}, 2, is{3, 4, 2, 4, 4, 0}, false},
		"SEAT-9 what was bought there outlives the one": {chain(0, 1, 0), []Subscription{below(bought(3))}, 2, is{3, 0, 2, 0, 0, 0}, false},
		"SEAT-9 and can be too little by that":          {chain(0, 2, 0), []Subscription{below(bought(3))}, 2, is{3, 0, 2, -1, 0, 1}, false},
		"SEAT-1 no pool":                                {one(1, 0), []Subscription{bought(5)}, 9, is{}, true},
	} {
		s := NewStock(test.pools, test.subs)
		got := is{s.Bought(test.of, now), s.Received(test.of, now), s.HandedOn(test.of), s.Room(test.of, now), s.Free(test.of, now), s.Over(test.of, now)}
		if got != test.want || s.Alive(test.of, now) == test.dead {
			t.Errorf("%s: %+v, alive %t; want %+v", name, got, s.Alive(test.of, now), test.want)
		}
	}
}

// TestServes: the nearest pool on the way up that gives any, and who lives from one.
func TestServes(t *testing.T) { // SEAT-10, SEAT-13
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	plans, site := Offer{Product: "plans"}, Offer{Product: "site"}
	pools := []Pool{{ID: 1, Unit: 1, Offer: plans}, {ID: 2, Unit: 2, Offer: plans, Parent: 1, Allotted: 2}, {ID: 3, Unit: 3, Offer: plans},
		{ID: 4, Unit: 3, Offer: site}, {ID: 5, Unit: 4, Offer: plans, Parent: 2, Allotted: 1}}
	s := NewStock(pools, []Subscription{{Pool: 1, Quantity: 5, Starts: now}, {Pool: 4, Quantity: 1, Starts: now.AddDate(0, 0, -9), Ends: now}})
	for name, test := range map[string]struct {
		path  []UnitID
		offer Offer
		want  PoolID
	}{
		"SEAT-13 the root's":                {[]UnitID{1}, plans, 1},
		"SEAT-10 its own allotment":         {[]UnitID{1, 2}, plans, 2},
		"SEAT-10 the allotment above":       {[]UnitID{1, 2, 9}, plans, 2},
		"SEAT-10 past what gives nothing":   {[]UnitID{1, 3}, plans, 1},
		"SEAT-10 further down":              {[]UnitID{1, 2, 4}, plans, 5},
		"SEAT-9 nothing that has ended":     {[]UnitID{1, 3}, site, 0},
		"SEAT-13 nothing beside the way up": {[]UnitID{2}, site, 0},
	} {
		p, found := s.Serves(test.path, test.offer, now)
		if p.ID != test.want || found != (test.want != 0) {
			t.Errorf("%s: pool %d, %t; want %d", name, p.ID, found, test.want)
		}
	}
	if fed := s.Fed(1); !slices.Equal(fed, []PoolID{1, 2, 5}) {
		t.Errorf("SEAT-10 what lives from the root's: %v", fed)
	}
	if fed := s.Fed(3); !slices.Equal(fed, []PoolID{3}) {
		t.Errorf("SEAT-10 what lives from none: %v", fed)
	}
}
