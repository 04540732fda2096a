package directory

import "time"

// A Subscription is an account's right to seats of an offer, held by a unit, for
// a time. Seats are not of one subscription: they are of the pool that all
// subscriptions of a unit to an offer fill, so that a renewal follows without
// anybody losing anything (SEAT-9, SEAT-13).
type Subscription struct {
	ID        SubscriptionID
	UUID      string
	Pool      PoolID
	Quantity  int64
	Starts    time.Time
	Ends      time.Time // the moment it is over; zero: open-ended
	Reference string    // the vendor's, as it stands on the invoice
	PriceNote string    // what the vendor wants to remember of the price
	External  string    // the id by which the vendor's programs know it, or empty
	Noticed   int       // days before its end of the last notice that was sent, 0: none, EndTold (MAIL-1)
	Version   int64
}

// EndTold is Noticed once history says that a subscription is over.
const EndTold = -1

// Notice is the notice of its end that is due at a moment: the nearest of some
// numbers of days before it, unless that one or a nearer one was sent; 0: none.
// Rule MAIL-1.
func (s Subscription) Notice(days []int, now time.Time) int {
	if s.Ends.IsZero() || !s.Runs(now) || s.Noticed < 0 {
		return 0
	}
	due := 0
	for _, d := range days {
		if !now.Before(s.Ends.AddDate(0, 0, -d)) && (due == 0 || d < due) {
			due = d
		}
	}
	if s.Noticed > 0 && due >= s.Noticed {
		return 0
	}
	return due
}

// Runs reports whether it gives seats at a moment: from its start on, until its
// end and no longer.
func (s Subscription) Runs(now time.Time) bool {
	return !now.Before(s.Starts) && (s.Ends.IsZero() || now.Before(s.Ends))
}

// A Pool is the seats of an offer that a unit assigns from: what it has bought,
// and what the pool of a unit above has allotted to it (SEAT-10, SEAT-13).
type Pool struct {
	ID       PoolID
	UUID     string
	Unit     UnitID
	Offer    Offer
	Parent   PoolID // that Allotted comes from, 0: none
	Allotted int64
	Held     int64 // seats that people hold, those of Reserved among them
	Reserved int64 // of people who have not accepted their place yet
	Version  int64
}

// A Seat is one place of a pool, held by one member.
type Seat struct {
	ID       SeatID
	Pool     PoolID
	Member   MemberID
	Product  string
	Reserved bool   // its holder has not accepted their place yet
	By       UserID // who assigned it; 0: the program itself
	From, To time.Time
}

// A Proof is by what a subscription that somebody brings along is believed
// (EXT-3).
type Proof string

// An administrator's claim opens use only where the catalogue allows claims; what
// the vendor has entered does; and so does a seat that the person holds in another
// account, as long as they do.
const (
	Claimed  Proof = "claim"
	Entered  Proof = "vendor"
	SeatElse Proof = "seat"
)

// An External is a subscription that a member brings along: not counted, and beside
// a seat of ours, if they have one (EXT-1).
type External struct {
	ID      ExternalID
	Member  MemberID
	Product string
	Proof   Proof
	By      UserID // who said so; 0: the program itself, or the vendor's command line
	Ends    time.Time
	From    time.Time
	To      time.Time // the zero end: it stands, or was not asked for
}

// Over reports whether its end is past.
func (e External) Over(now time.Time) bool { return !e.Ends.IsZero() && !now.Before(e.Ends) }

// A SeatRule is that whoever has a function, or belongs to a unit or one below it,
// gets a seat while there are any (SEAT-11). One of Function and Unit is set.
type SeatRule struct {
	ID       SeatRuleID
	UUID     string
	Offer    Offer
	Function RoleID
	Unit     UnitID
	By       UserID // who made it; it gives what they may give
}

// A Holding is by what somebody has a product (EXT-2).
type Holding string

// HeldOwn is by a seat of the account alone, HeldExternal by a subscription they
// bring along alone, HeldBoth by both.
const (
	HeldOwn      Holding = "own"
	HeldExternal Holding = "external"
	HeldBoth     Holding = "both"
)

// Holdings are all of them.
func Holdings() []Holding { return []Holding{HeldOwn, HeldExternal, HeldBoth} }

// By is by what the product is held.
func (h HeldProduct) By() Holding {
	switch {
	case h.Own && h.External:
		return HeldBoth
	case h.External:
		return HeldExternal
	}
	return HeldOwn
}

// A HeldProduct is a product that a member may use at the account: by a seat of
// ours, by a subscription they bring along, or by both (EXT-2).
type HeldProduct struct {
	Offer    Offer // of an external one without edition
	Pool     PoolID
	Own      bool
	External bool
	Lapsed   bool // the pool of the seat gives nothing now (SEAT-9)
	Used     Day  // they used the product last (APP-5), in UTC; none: never
}
