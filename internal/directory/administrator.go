package directory

// Administers reports whether a member acts as an administrator of their account:
// a person who holds the account's administrator level and is active there,
// neither switched off everywhere nor erased. They are told what administrators
// are told.
func (m Member) Administers(u User, administrator RoleID) bool {
	present := u.ID == m.User && !u.Technical() && u.SwitchedOff.IsZero() && u.Erased.IsZero()
	return present && administrator != 0 && m.Level == administrator && m.Status == Active && m.Removed.IsZero()
}

// KeepsAdministered reports whether a member counts among those of whom an account
// always keeps one (ACC-5): an administrator whose place does not end on a set
// day, since the account must not be left alone that day.
//
// Package store has both as SQL, for counting; a test holds them against these.
func (m Member) KeepsAdministered(u User, administrator RoleID) bool {
	return m.Administers(u, administrator) && m.Ends.IsZero()
}
