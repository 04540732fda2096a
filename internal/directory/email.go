package directory

import (
	"strings"

	"intendant/internal/address"
)

// ValidEmail says whether s is an address mail can go to, see EmailFault.
func ValidEmail(s string) bool { return EmailFault(s) == "" }

// EmailFault names what is wrong with an address, as the code of a refusal, or
// answers the empty string.
func EmailFault(s string) string {
	_, fault := address.Canonical(s)
	return fault
}

// CleanEmail is a typed address in the one form in which it is stored, compared
// and written to (USER-9). It refuses at the field what is no address.
func CleanEmail(field, typed string) (string, *Error) {
	form, fault := address.Canonical(strings.TrimSpace(typed))
	if fault != "" {
		return "", InvalidField(field, fault, Args{"Text": typed})
	}
	return form, nil
}

// FoldEmail brings a text that may be an address into the form in which
// addresses are compared (USER-9). Accents stay, for they are another mailbox
// (ADD-2).
func FoldEmail(s string) string { return address.Compared(s) }

// DomainOf answers the domain of an address in the form that is compared, or the
// empty string where there is no @.
func DomainOf(email string) string {
	email = FoldEmail(email)
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return ""
	}
	return email[at+1:]
}
