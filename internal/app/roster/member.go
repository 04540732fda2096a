package roster

import (
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
	Level      directory.Role // zero: none
	Products   []string
	Lacks      []gate.Lack // roles that are required and not held (ROLE-3)
	Manageable bool        // the reader may manage members of that home unit
	May        MemberMay
	Position   int64
}

// names are what the person is called, in their profile or as suggested.
func (m ListedMember) names() directory.PersonName {
	if m.Person.First == "" && m.Person.Last == "" {
		return m.Suggested
	}
	return directory.PersonName{First: m.Person.First, Last: m.Person.Last}
}

// Name is how the person is called: "Karim Haddad", or the user name.
func (m ListedMember) Name() string {
	n := m.names()
	if name := strings.TrimSpace(n.First + " " + n.Last); name != "" {
		return name
	}
	return m.Person.UserName
}

// SortedName is the name as the table sorts it: "Haddad Karim".
func (m ListedMember) SortedName() string {
	n := m.names()
	if name := strings.TrimSpace(n.Last + " " + n.First); name != "" {
		return name
	}
	return m.Person.UserName
}

// Administrator reports whether the member has the administrator level, which
// whoever is asked in or switched off may have too.
func (m ListedMember) Administrator() bool { return m.Level.Code == directory.AdminLevel }

// ActsAsAdministrator reports whether the member carries the sign of
// administrators: they act as one (ACC-3).
func (m ListedMember) ActsAsAdministrator() bool {
	return m.Administrator() && m.Administers(m.Person, m.Level.ID)
}

// MemberMay says which acts a page offers; the operations decide.
type MemberMay struct {
	Edit, Invite, Resend, Withdraw, Deactivate, Reactivate, Remove, Name, Exclude bool
}
