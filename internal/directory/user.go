package directory

import "time"

// PasswordState says what a user's password is worth.
type PasswordState string

// A user has no password yet, a provisional one that opens only the page that
// changes it (SIGN-1), or one they chose themselves.
const (
	PasswordNone        PasswordState = "none"
	PasswordProvisional PasswordState = "provisional"
	PasswordOwn         PasswordState = "own"
)

// A User is a person's identity and sign-in, one for the whole installation.
type User struct {
	ID           UserID
	UUID         string
	UserName     string // never changes once saved (ADD-12)
	Email        string
	Civility     string // "mrs", "mr" or empty
	First, Last  string
	Language     string
	Phone        string
	Staff        string // the role of the vendor's staff, or empty
	Password     PasswordState
	PasswordSet  time.Time
	SwitchedOff  time.Time // by the vendor, everywhere (USER-2)
	Erased       time.Time // USER-7
	LastSignIn   time.Time
	Created      time.Time
	Version      int64
	PasswordHash string
	Kind         UserKind // empty in a new user: a person
}

// Technical reports whether the user is a program, not a person (SIGN-5).
func (u User) Technical() bool { return u.Kind == TechnicalKind }

// Name is how a user is shown: first and last name, or the user name where
// there is none (ADD-11).
func (u User) Name() string {
	return shownName(u.First, u.Last, u.UserName)
}

func shownName(first, last, otherwise string) string {
	switch {
	case first != "" && last != "":
		return first + " " + last
	case first != "":
		return first
	case last != "":
		return last
	}
	return otherwise
}

// An InvitationSpan is how long one invitation lived.
type InvitationSpan struct {
	Open    bool
	Expires time.Time
	Ended   time.Time // zero while it is open
}

// ProvisionalDead reports whether a provisional password no longer opens the
// page that changes it: it dies with the invitations that lived since it was
// set, or after days where there was none (SIGN-1).
func (u User) ProvisionalDead(invitations []InvitationSpan, days int, now time.Time) bool {
	tied := false
	for _, v := range invitations {
		end := v.Ended
		if v.Open {
			end = v.Expires
		}
		if v.Open && now.Before(v.Expires) {
			return false
		}
		tied = tied || !end.Before(u.PasswordSet)
	}
	return tied || !now.Before(u.PasswordSet.AddDate(0, 0, days))
}

// MayTakeOver reports whether an administrator of an account may set another
// person's e-mail, names, language and provisional password: only while they
// have no password of their own and no other account, or where their address
// lies in a domain the account has verified and this is their only account.
// Nobody does so to the vendor's staff or a technical user. Rule USER-1.
func MayTakeOver(u User, memberships []Member, account AccountID, domainVerified bool) bool {
	if u.Staff != "" || u.Technical() || !u.Erased.IsZero() {
		return false
	}
	for _, m := range memberships {
		if m.Account() != account {
			return false
		}
	}
	return u.Password != PasswordOwn || domainVerified
}
