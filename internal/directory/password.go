package directory

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// PasswordMaxLength is the most characters a password may have: hashing
	// reads them all.
	PasswordMaxLength = 200
	// RenewalNotice is how long before its end a password is announced as
	// ending. Rule SIGN-3.
	RenewalNotice = 7 * 24 * time.Hour
	// RenewalLeastDays is the shortest renewal a policy may ask. Rule SIGN-3.
	RenewalLeastDays = 30

	passwordKinds  = 4
	nameInPassword = 3 // shorter names are found in too many good passwords
)

// A PasswordPolicy is what an account asks of its people's passwords; the rows of
// AccountSettings say within which bounds. Rule SIGN-3.
type PasswordPolicy struct {
	MinLength   int // characters
	Classes     int // how many of small letters, capitals, digits, other signs
	RenewalDays int // 0: a password never ends
}

// Strictest is what satisfies both policies: a person of several accounts
// meets the hardest of each demand. Rule USER-4.
func Strictest(a, b PasswordPolicy) PasswordPolicy {
	renewal := min(a.RenewalDays, b.RenewalDays)
	if renewal == 0 {
		renewal = max(a.RenewalDays, b.RenewalDays)
	}
	return PasswordPolicy{
		MinLength:   max(a.MinLength, b.MinLength),
		Classes:     max(a.Classes, b.Classes),
		RenewalDays: renewal,
	}
}

// Check refuses a password that breaks the policy. Own are the person's names,
// user name and address: a password may not contain them.
func (p PasswordPolicy) Check(password string, own ...string) *Error {
	length := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return InvalidField("password", "password.unreadable", nil)
	case length > PasswordMaxLength:
		return InvalidField("password", "password.too_long", Args{"Max": PasswordMaxLength})
	case length < max(p.MinLength, 1):
		return InvalidField("password", "password.too_short", Args{"Min": max(p.MinLength, 1)})
	case kindsOf(password) < p.Classes:
		return InvalidField("password", "password.too_few_kinds", Args{"Classes": p.Classes})
	case containsName(password, own):
		return InvalidField("password", "password.contains_name", nil)
	}
	return nil
}

func kindsOf(password string) int {
	var lower, upper, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// containsName looks for each part of the names; of an address only the part
// before the sign counts, many people share the rest.
func containsName(password string, own []string) bool {
	folded := Fold(password)
	for _, name := range own {
		name, _, _ = strings.Cut(Fold(name), "@")
		for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) >= nameInPassword && strings.Contains(folded, part) {
				return true
			}
		}
	}
	return false
}

// RenewalAt is when a password set at setAt ends, and false when it never does.
func (p PasswordPolicy) RenewalAt(setAt time.Time) (time.Time, bool) {
	if p.RenewalDays == 0 {
		return time.Time{}, false
	}
	return setAt.AddDate(0, 0, p.RenewalDays), true
}

// RenewalDue tells whether a password set at setAt must be replaced now, and
// whether its end is to be announced: in its last week. Both at once never
// hold. Rule SIGN-3.
func (p PasswordPolicy) RenewalDue(setAt, now time.Time) (due, notice bool) {
	end, ends := p.RenewalAt(setAt)
	if !ends {
		return false, false
	}
	due = !now.Before(end)
	return due, !due && !now.Before(end.Add(-RenewalNotice))
}
