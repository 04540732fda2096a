package directory

import (
	"time"
)

// UserKind says who a user is.
type UserKind string

// A user is a person, or a technical user: a program of a customer's, which
// never signs in on pages and comes by tokens only (SIGN-5).
const (
	PersonKind    UserKind = "person"
	TechnicalKind UserKind = "technical"
)

// TokenPrefix begins every token of a technical user, so that one that lies
// about where it should not is recognised.
const TokenPrefix = "int_"

// Bounds of technical users: how many an account has, how many tokens one of
// them has at a time, and how long a token lasts at most.
const (
	MostTechnicalUsers = 200
	MostTokens         = 20
	LongestTokenDays   = 366
)

// A TechnicalUser is a program that uses the API in one account, with the
// person who answers for it (SIGN-5).
type TechnicalUser struct {
	User        UserID
	Account     AccountID
	Purpose     string
	Responsible UserID
	Since       time.Time // the responsible person answers for it since then
}

// CleanTechnicalUser cleans a name and purpose where they stand; it refuses one
// that is missing, broken or too long, naming the field.
func CleanTechnicalUser(name, purpose *string) error {
	var faults Faults
	for _, text := range []Typed{{Kind: TechnicalName, Value: name}, {Kind: PurposeText, Value: purpose}} {
		clean, refusal := text.Kind.Required(*text.Value)
		if refusal != nil {
			faults = append(faults, refusal)
			continue
		}
		*text.Value = clean
	}
	return faults.Err()
}

// An APIToken is one secret of a technical user. Only its digest is kept; who
// lost it makes another.
type APIToken struct {
	ID       int64
	UUID     string
	User     UserID
	Account  AccountID
	Name     string
	Created  time.Time
	By       UserID
	Expires  time.Time
	Revoked  time.Time
	LastUsed time.Time
	Refused  time.Time // when it was last turned away
	// Scope is what its technical user held, and its maker could grant, when it
	// was made. Without one, of a token made before scopes were kept, it limits
	// nothing by itself.
	Scope *TokenScope
}

// A TokenScope is the most that a token ever opens: what is given to its technical
// user later needs another token (SIGN-5, ROLE-6).
type TokenScope []TokenRight

// A TokenRight is what a token may open at a unit and below.
type TokenRight struct {
	Unit        UnitID
	Permissions []string
}

// Live reports whether the token itself is good: neither revoked nor expired.
func (t APIToken) Live(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

// CleanToken cleans a token's name where it stands. It refuses one without a name, one that has ended already with
// token.expiry_past, and one that would last longer than a year with
// token.expiry_far. A token without an end is refused with field.required.
func CleanToken(name *string, expires, now time.Time) error {
	clean, refusal := TokenName.Required(*name)
	*name = clean
	var end *Error
	switch {
	case expires.IsZero():
		end = InvalidField("expires", "field.required", nil)
	case !expires.After(now):
		end = InvalidField("expires", "token.expiry_past", nil)
	case expires.After(now.AddDate(0, 0, LongestTokenDays)):
		end = InvalidField("expires", "token.expiry_far", Args{"Days": LongestTokenDays})
	}
	return Faults{}.With(Together(refusal, end))
}

// A Standby is how somebody stands in an account, as far as a token needs to
// know: the technical user, or the person who answers for it.
type Standby struct {
	Gone    bool // switched off everywhere or erased
	Status  Status
	Ends    time.Time
	Removed bool
	Added   time.Time
}

// Present reports whether they are active in the account at that moment.
func (s Standby) Present(now time.Time) bool {
	return !s.Gone && !s.Removed && s.Status == Active && (s.Ends.IsZero() || now.Before(s.Ends))
}

// A Bearer is all that decides whether a token opens the door.
type Bearer struct {
	Token       APIToken
	Own         Standby
	Responsible Standby
	Since       time.Time // the responsible person answers for it since then
}

// Answers reports whether somebody answers for the technical user: a person
// who is active in the account, and has been there since they took it on. Who
// was removed and came back must take it on anew.
func (b Bearer) Answers(now time.Time) bool {
	return b.Responsible.Present(now) && !b.Responsible.Added.After(b.Since)
}

// Opens reports whether the token opens the door: it is live, its technical
// user is active, and somebody answers for it. Rule SIGN-5: it dies with them.
func (b Bearer) Opens(now time.Time) bool {
	return b.Token.Live(now) && b.Own.Present(now) && b.Answers(now)
}
