package directory

import "time"

// JoinState is what became of a join request.
type JoinState string

// A request waits, was decided, was taken back, ran out, or was closed because
// the person came in another way.
const (
	JoinWaiting   JoinState = "waiting"
	JoinApproved  JoinState = "approved"
	JoinRejected  JoinState = "rejected"
	JoinWithdrawn JoinState = "withdrawn"
	JoinLapsed    JoinState = "lapsed"
	JoinClosed    JoinState = "closed"
)

// A JoinRequest is a registered person asking into an account by its customer
// number. Account is 0 when nobody has that number: the person is not told
// (KEY-14).
type JoinRequest struct {
	ID        JoinRequestID
	UUID      string
	Account   AccountID
	Number    string
	User      UserID
	Message   string
	State     JoinState
	Reason    string
	Created   time.Time
	Decided   time.Time
	DecidedBy UserID
}

// Bounds of asking (JOIN-4).
const (
	OpenRequestsPerPerson = 3
	LongestMessage        = 1000 // characters
)

// A JoinPast is what decides whether a person may ask for a number now.
type JoinPast struct {
	OpenHere     bool // a request for this number waits
	Open         int  // requests that wait, for any number
	LastRejected time.Time
	Blocked      bool
}

// MayAsk refuses with join.waiting_already, join.too_many_open, or join.paused
// after a rejection until the pause is over, and while an administrator blocks
// the person (JOIN-4).
func (p JoinPast) MayAsk(pauseDays int, now time.Time) *Error {
	until := p.LastRejected.AddDate(0, 0, pauseDays)
	switch {
	case p.OpenHere:
		return &Error{Kind: Conflict, Code: "join.waiting_already", Field: "number"}
	case p.Open >= OpenRequestsPerPerson:
		return &Error{Kind: Limited, Code: "join.too_many_open", Field: "number", Args: Args{"Count": OpenRequestsPerPerson}}
	case p.Blocked:
		return &Error{Kind: Limited, Code: "join.blocked", Field: "number"}
	case !p.LastRejected.IsZero() && now.Before(until):
		return &Error{Kind: Limited, Code: "join.paused", Field: "number", Args: Args{"Until": until}}
	}
	return nil
}

// Decidable refuses a request that somebody decided already, naming them and
// when (JOIN-6), or that waits no more.
func (j JoinRequest) Decidable(decidedBy string) *Error {
	switch j.State {
	case JoinWaiting:
		return nil
	case JoinApproved, JoinRejected:
		return &Error{Kind: Conflict, Code: "join.decided", Args: Args{"Name": decidedBy, "At": j.Decided, "State": string(j.State)}}
	}
	return &Error{Kind: Conflict, Code: "join.gone", Args: Args{"State": string(j.State)}}
}
