package directory

import (
	"slices"
	"strings"
	"time"
)

// PasswordState says what a user's password is worth.
type PasswordState string

// A user has no password yet, a provisional one that opens only the page that
// changes it (SIGN-1), or one they chose themselves.
const (
	PasswordNone        PasswordState = "none"
	PasswordProvisional PasswordState = "provisional"
	PasswordOwn         PasswordState = "own"
)

// Civilities are what a user's civility may be, beside empty.
func Civilities() []string { return []string{"mrs", "mr"} }

// CheckCivility refuses, at a field, with field.unknown_choice what is no civility.
func CheckCivility(field, text string) *Error {
	if text != "" && !slices.Contains(Civilities(), text) {
		return InvalidField(field, "field.unknown_choice", Args{"Value": text})
	}
	return nil
}

// A User is a person's identity and sign-in, one for the whole installation.
type User struct {
	ID           UserID
	UUID         string
	UserName     string    // never changes once saved (ADD-12), but for one that is the address and follows it (USER-9)
	Email        string    // in the one form of an address (USER-9)
	Proved       time.Time // when a link mailed to Email was followed; zero: it is only said (USER-8)
	Civility     string    // one of Civilities, or empty
	First, Last  string
	Language     string
	Phone        string
	Staff        string // the role of the vendor's staff, or empty
	Password     PasswordState
	PasswordSet  time.Time
	PasswordBy   UserID    // who set a provisional password; 0: the operator
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

// Readdress gives the user another address, of which nothing is known yet but
// what was typed: it is unproved until a link mailed there is followed (USER-8).
// A user name that is an address follows it (USER-9).
func (u *User) Readdress(email string) {
	if FoldEmail(email) != FoldEmail(u.Email) {
		u.Proved = time.Time{}
	}
	u.Email = email
	if ReadsAsAddress(u.UserName) {
		u.UserName = email
	}
}

// Prove notes that a link mailed to the user's address was followed (USER-8).
func (u *User) Prove(now time.Time) {
	if u.Proved.IsZero() && u.Email != "" {
		u.Proved = now
	}
}

// Choose gives the user a password of their own (USER-4).
func (u *User) Choose(hash string, now time.Time) {
	u.Password, u.PasswordHash, u.PasswordSet, u.PasswordBy = PasswordOwn, hash, now, 0
}

// SetByOther reports whether the user's password is a provisional one that
// somebody else than by gave them: it ends when by invites or raises them
// (USER-8).
func (u User) SetByOther(by UserID) bool {
	return u.Password == PasswordProvisional && u.PasswordBy != by
}

// ReadsAsAddress says whether a text reads as an address.
func ReadsAsAddress(s string) bool { return strings.ContainsAny(s, "@\uff20\ufe6b") }

// CleanUserName is a typed user name as it is stored; empty stands for the
// address. It refuses with user_name.address a name that reads as an address and
// is not the person's own present one: it would be looked up as somebody else's
// (USER-9).
func CleanUserName(typed, email string) (string, *Error) {
	name := strings.TrimSpace(typed)
	switch {
	case name == "":
		return email, nil
	case !ReadsAsAddress(name):
		return name, nil
	case FoldEmail(name) == FoldEmail(email):
		return email, nil
	}
	return "", InvalidField("user_name", "user_name.address", Args{"Name": typed})
}

// FoldSignIn is the form in which a typed name is looked up at the sign-in: an
// address as addresses are compared, a user name without case and accents. So
// the two never meet (USER-3).
func FoldSignIn(name string) string {
	if ReadsAsAddress(name) {
		return FoldEmail(name)
	}
	return Fold(name)
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
