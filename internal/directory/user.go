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
}

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
