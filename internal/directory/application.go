package directory

import (
	"slices"
	"time"
)

// An ApplicationRight is one thing that an application of the vendor may do, in
// every account it sees.
type ApplicationRight string

// What an application may do. Operators choose among these when they register
// it; there are no others (APP-1).
const (
	MayAsk                 ApplicationRight = "ask"           // ask who may do what (CHECK-1)
	MaySignPeopleIn        ApplicationRight = "sign_in"       // be signed in to by its OpenID provider
	MayReadDirectory       ApplicationRight = "directory"     // read the people, units and roles
	MayManageCustomers     ApplicationRight = "customers"     // create, change, suspend and close accounts
	MayManageSubscriptions ApplicationRight = "subscriptions" // say what an account has bought
	MayHandleKeys          ApplicationRight = "keys"          // keys, letters, requests and unlocking
	MayReceiveEvents       ApplicationRight = "events"        // be told of changes
)

// ApplicationRights lists what an application may do, in the order it is offered.
func ApplicationRights() []ApplicationRight {
	return []ApplicationRight{MayAsk, MaySignPeopleIn, MayReadDirectory, MayManageCustomers, MayManageSubscriptions, MayHandleKeys, MayReceiveEvents}
}

// CredentialPrefix begins every secret of an application, so that one that lies
// about where it should not is recognised.
const CredentialPrefix = "inta_"

// Bounds of applications: how many there are, how many credentials one has at a
// time, and how long a credential lasts, unless its maker says otherwise and at
// most (APP-2).
const (
	MostApplications      = 200
	MostCredentials       = 2
	UsualCredentialDays   = 365
	LongestCredentialDays = 3 * 366
)

// An Application is a program of the vendor's own: a product, the shop, the ERP.
// It is registered once and works for every account it sees; it is a member of
// none (APP-1).
type Application struct {
	ID        UserID // it acts as this user, which history names
	UUID      string
	Name      string
	Product   string // of the catalogue, or empty
	Rights    []ApplicationRight
	Portfolio Portfolio // the accounts it sees
	Created   time.Time
	By        UserID
	Ended     time.Time // since when it is nothing any more; zero: it works
	Version   int64     // of what a change is made on (PLAN-4)
}

// May reports whether the application has a right.
func (a Application) May(right ApplicationRight) bool { return slices.Contains(a.Rights, right) }

// CleanApplication cleans a name and rights where they stand: each right once, in
// the order of ApplicationRights. It refuses a name that is missing, broken or too
// long, and with field.unknown_choice a right that there is not.
func CleanApplication(name *string, rights *[]ApplicationRight) *Error {
	clean, refusal := ApplicationName.Required(*name)
	*name = clean
	for _, right := range *rights {
		if !slices.Contains(ApplicationRights(), right) {
			refusal = Together(refusal, InvalidField("rights", "field.unknown_choice", Args{"Value": Short(string(right), Quoted)}))
			break
		}
	}
	var all []ApplicationRight
	for _, right := range ApplicationRights() {
		if slices.Contains(*rights, right) {
			all = append(all, right)
		}
	}
	*rights = all
	return refusal
}

// A Credential is one secret of an application. Only its digest is kept; who lost
// it makes another.
type Credential struct {
	ID          int64
	UUID        string
	Application UserID
	Name        string
	Created     time.Time
	By          UserID
	Expires     time.Time
	Revoked     time.Time
	LastUsed    time.Time
	Refused     time.Time // when it was last turned away
}

// Live reports whether the credential itself is good: neither revoked nor expired.
func (c Credential) Live(now time.Time) bool { return c.Revoked.IsZero() && now.Before(c.Expires) }

// CutShort reports whether the credential was revoked before its day had come.
func (c Credential) CutShort() bool { return !c.Revoked.IsZero() && c.Revoked.Before(c.Expires) }

// A Presented is a credential that somebody came with, and whose it is.
type Presented struct {
	Credential  Credential
	Application Application
	SwitchedOff bool // the vendor switched the application's user off (USER-2)
}

// Opens reports whether the credential opens anything: it is live, and its
// application neither ended nor switched off (APP-2).
func (p Presented) Opens(now time.Time) bool {
	return p.Credential.Live(now) && p.Application.Ended.IsZero() && !p.SwitchedOff
}

// CleanCredential cleans a credential's name where it stands. It refuses one
// without a name, one that has ended already with credential.expiry_past, and one
// that would last longer than LongestCredentialDays with credential.expiry_far. A
// credential without an end is refused with field.required.
func CleanCredential(name *string, expires, now time.Time) *Error {
	clean, refusal := CredentialName.Required(*name)
	*name = clean
	var end *Error
	switch {
	case expires.IsZero():
		end = InvalidField("expires", "field.required", nil)
	case !expires.After(now):
		end = InvalidField("expires", "credential.expiry_past", nil)
	case expires.After(now.AddDate(0, 0, LongestCredentialDays)):
		end = InvalidField("expires", "credential.expiry_far", Args{"Days": LongestCredentialDays})
	}
	return Together(refusal, end)
}

// AnotherCredential refuses with credential.too_many a third credential that would
// be good at the same time: one is made, put into use, and the other revoked
// (APP-2). Those that are over do not count.
func AnotherCredential(of []Credential, now time.Time) *Error {
	live := 0
	for _, c := range of {
		if c.Live(now) {
			live++
		}
	}
	if live >= MostCredentials {
		return &Error{Kind: Conflict, Code: "credential.too_many", Args: Args{"Most": MostCredentials}}
	}
	return nil
}
