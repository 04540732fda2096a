package authz

import (
	"time"

	"intendant/internal/directory"
)

// ActorKind says what sort of actor acts; history keeps it.
type ActorKind string

// Who can act: nobody known, a signed-in person, a technical user by a token
// (SIGN-5), an application of the vendor's by a credential (APP-2), the vendor's
// staff in the console, staff inside an account under a banner (VEND-2), the operator at
// the command line, and the program itself with a narrow purpose.
const (
	Stranger    ActorKind = "stranger"
	Person      ActorKind = "person"
	Technical   ActorKind = "technical"
	Application ActorKind = "application"
	Staff       ActorKind = "staff"
	StaffInside ActorKind = "staff_inside"
	OperatorCLI ActorKind = "operator"
	System      ActorKind = "system"
)

// A Door is the way a change came in (HIST-1).
type Door string

// The doors there are.
const (
	DoorPage    Door = "page"
	DoorImport  Door = "import"
	DoorCommand Door = "command"
	DoorAPI     Door = "api"
	DoorCheck   Door = "access"
	DoorJob     Door = "job"
)

// An Actor is who acts, through which door. It is passed along explicitly and
// never taken from a context.
type Actor struct {
	Kind  ActorKind
	User  directory.UserID // 0 for strangers, operator and system
	Door  Door
	Staff StaffRole // the duties of Staff and StaffInside
	// Portfolio is the accounts Staff and StaffInside look after, and an Application
	// sees (VEND-3, APP-1).
	Portfolio directory.Portfolio
	Entered   directory.AccountID
	Entry     int64     // the staff entry's key, with Entered
	Until     time.Time // when the entry ends
	Address   string    // where the request came from, for throttling and the sign-in log
	Agent     string
	Batch     string // one act on many, in several transactions
	Request   string // the claim of a request that must not be done twice (PLAN-3)
	Token     int64  // the key of the token or credential that a program came with
	// Scope is the most that the token of a technical user opens; nil: no limit by
	// the token (SIGN-5).
	Scope *directory.TokenScope
	// Registered are the rights of an Application.
	Registered []directory.ApplicationRight
}

// Program reports whether the actor is a program and so nobody's own self.
func (a Actor) Program() bool { return a.Kind == Technical || a.Kind == Application }

// MayDuty reports whether the actor may do what only the vendor does.
func (a Actor) MayDuty(d Duty) bool {
	switch a.Kind {
	case OperatorCLI:
		return true
	case Staff, StaffInside:
		return a.Staff.Has(d)
	case Application:
		return registeredFor(a.Registered, d)
	}
	return false
}

// Sees reports whether the account is one that vendor staff look after, or an
// application sees; it says nothing about what they may do there.
func (a Actor) Sees(account directory.AccountID) bool {
	return !a.Limited() || a.Portfolio.Holds(account)
}

// Limited reports whether the actor is vendor staff with a portfolio, or an
// application that sees some accounts only.
func (a Actor) Limited() bool {
	return (a.Kind == Staff || a.Kind == StaffInside || a.Kind == Application) && a.Portfolio.Limited
}

// Inside reports whether the actor is vendor staff that entered the account
// and whose time is not over.
func (a Actor) Inside(account directory.AccountID, now time.Time) bool {
	return a.Kind == StaffInside && a.Entered == account && now.Before(a.Until) && a.Staff.Has(EnterAccounts) && a.Sees(account)
}

// Through is the actor coming in by another door.
func (a Actor) Through(door Door) Actor {
	a.Door = door
	return a
}
