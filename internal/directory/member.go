package directory

import (
	"strings"
	"time"
)

// Status is where a member stands in one place (LIST-2).
type Status uint8

// The four states of a member, in the order they are shown.
const (
	Active     Status = iota + 1 // was invited and has signed in or opened a product
	Invited                      // the mail is sent, nothing was opened yet
	NotInvited                   // in the account, not asked yet
	Inactive                     // switched off in this account (USER-2)
)

// String is the status's stable name: message key, address and API value.
func (s Status) String() string {
	switch s {
	case Active:
		return "active"
	case Invited:
		return "invited"
	case NotInvited:
		return "not_invited"
	case Inactive:
		return "inactive"
	}
	return "unknown"
}

// ParseStatus reads a status's stable name; the second value is false for any
// other text.
func ParseStatus(name string) (Status, bool) {
	for s := Active; s <= Inactive; s++ {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// A Member is a user's place in one account: company, functions, access level
// and status act only there.
type Member struct {
	ID         MemberID
	UUID       string
	User       UserID
	Unit       UnitID // home unit (UNIT-5)
	Status     Status
	Resumes    Status // what Inactive goes back to on reactivation
	Company    CompanyID
	Level      RoleID   // access level, or 0; of an administrator that level; set by WithLevels
	MoreLevels []RoleID // the access levels beside it
	Functions  []RoleID
	PlaceTexts[string]
	Suggested PersonName // for a person without profile (ADD-3)
	Added     time.Time
	LastSeen  time.Time
	Ends      time.Time // the place ends by itself then (USER-6)
	Removed   time.Time
	Version   int64
}

// Account is the account the member belongs to.
func (m Member) Account() AccountID { return m.ID.Account() }

// A PersonName is a first and a last name, either may be empty.
type PersonName struct{ First, Last string }

// Folded are the keys by which a member is sorted and found, kept in the
// member's row so that no list joins or folds while reading (LIST-10).
type Folded struct {
	Name, First, UserName, Email, Company, Functions, Level, Products string
}

// FoldMember makes the sort and search keys of a member from what is shown.
// A person without names sorts by their user name.
func FoldMember(user User, suggested PersonName, company, functions, levels string) Folded {
	first, last := user.First, user.Last
	if first == "" && last == "" {
		first, last = suggested.First, suggested.Last
	}
	name := Fold(strings.TrimSpace(last + " " + first))
	if name == "" {
		name = Fold(user.UserName)
	}
	return Folded{
		Name:      name,
		First:     Fold(first),
		UserName:  Fold(user.UserName),
		Email:     FoldEmail(user.Email),
		Company:   Fold(company),
		Functions: Fold(functions),
		Level:     Fold(levels),
	}
}

// Search is the text a fragment is sought in: both orders of the name, user
// name and e-mail (LIST-4).
func (f Folded) Search() string {
	parts := make([]string, 0, 4)
	if f.First != "" {
		last := strings.TrimSpace(strings.TrimSuffix(f.Name, f.First))
		parts = append(parts, strings.TrimSpace(f.First+" "+last+" "+f.First))
	} else {
		parts = append(parts, f.Name)
	}
	email := Fold(f.Email) // the address's own folding keeps accents
	if f.UserName != email {
		parts = append(parts, f.UserName)
	}
	return strings.Join(append(parts, email), "\n")
}
