package roster

import (
	"slices"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/directory"
)

// A ListedMember is one row of the members' table.
type ListedMember struct {
	directory.Member
	Person     directory.User
	Company    string
	Functions  []directory.Role
	Levels     []directory.Role // the administrator level first (ADD-8)
	Products   []directory.HeldProduct
	Part       directory.Part // referent or deputy of some unit, where that was asked for (SEAT-7)
	Lacks      []gate.Lack    // roles that are required and not held (ROLE-3)
	Manageable bool           // the reader may manage members of that home unit
	May        MemberMay
	Position   int64
}

// NamesOf are a member's own names, else those that were suggested.
func NamesOf(u directory.User, m directory.Member) directory.PersonName {
	if u.First != "" || u.Last != "" {
		return directory.PersonName{First: u.First, Last: u.Last}
	}
	return m.Suggested
}

// Name is how the person is called: "Karim Haddad", or the user name.
func (m ListedMember) Name() string {
	n := NamesOf(m.Person, m.Member)
	if name := strings.TrimSpace(n.First + " " + n.Last); name != "" {
		return name
	}
	return m.Person.UserName
}

// SortedName is the name as the table sorts it: "Haddad Karim".
func (m ListedMember) SortedName() string {
	n := NamesOf(m.Person, m.Member)
	if name := strings.TrimSpace(n.Last + " " + n.First); name != "" {
		return name
	}
	return m.Person.UserName
}

// Administrator reports whether the member has the administrator level, which
// whoever is asked in or switched off may have too.
func (m ListedMember) Administrator() bool {
	return slices.ContainsFunc(m.Levels, directory.Role.Administers)
}

// ActsAsAdministrator reports whether the member carries the sign of
// administrators: they act as one (ACC-3).
func (m ListedMember) ActsAsAdministrator() bool {
	return m.Administrator() && m.Administers(m.Person, m.Level)
}

// KeepsAdministered reports whether the member is one of those of whom an account always
// keeps one (ACC-5).
func (m ListedMember) KeepsAdministered() bool {
	return m.Administrator() && m.Member.KeepsAdministered(m.Person, m.Level)
}

// MemberMay says which acts a page offers; the operations decide.
type MemberMay struct {
	Edit, Invite, Resend, Withdraw, Deactivate, Reactivate, Remove, Name, Exclude bool

	Seat, Unseat bool // give them a seat, take one back (SEAT-2)

	// Last is who keeps the account administered alone: what would end that is refused,
	// and so is explained before it is asked (ACC-5).
	Last bool
}
