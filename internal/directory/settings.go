package directory

import (
	"time"

	"intendant/internal/address"
)

// Bounds of what an account may set for itself.
const (
	InvitationDaysLeast = 1
	InvitationDaysMost  = 30 // INV-1
	QuickAddMost        = 1000
)

// CheckInvitationDays refuses a number of days out of bounds (INV-1).
func CheckInvitationDays(days int) *Error {
	if days < InvitationDaysLeast || days > InvitationDaysMost {
		return InvalidField("invitation_days", "settings.out_of_range", Args{"Min": InvitationDaysLeast, "Max": InvitationDaysMost})
	}
	return nil
}

// CheckQuickAddLimit refuses a limit of the quick form out of bounds (ADD-10).
func CheckQuickAddLimit(limit int) *Error {
	if limit < 1 || limit > QuickAddMost {
		return InvalidField("quick_add_limit", "settings.out_of_range", Args{"Min": 1, "Max": QuickAddMost})
	}
	return nil
}

// AtLeast refuses a password policy that asks less than another: an account may
// be stricter than its catalogue, never laxer (SIGN-3).
func (p PasswordPolicy) AtLeast(floor PasswordPolicy) *Error {
	if refusal := p.Validate(); refusal != nil {
		return refusal
	}
	switch {
	case p.MinLength < floor.MinLength:
		return InvalidField("min_length", "settings.too_lax", Args{"Min": floor.MinLength})
	case p.Classes < floor.Classes:
		return InvalidField("classes", "settings.too_lax", Args{"Min": floor.Classes})
	case floor.RenewalDays > 0 && (p.RenewalDays == 0 || p.RenewalDays > floor.RenewalDays):
		return InvalidField("renewal_days", "settings.renewal_too_long", Args{"Max": floor.RenewalDays})
	}
	return nil
}

// A Domain is a mail domain that an account says is its own. It counts once it
// is verified by a TXT record (JOIN-7, USER-1).
type Domain struct {
	Name        string
	Token       string
	AutoApprove bool // requests from there are approved by themselves
	Added       time.Time
	Verified    time.Time
}

// DomainRecord is the beginning of the TXT record that verifies a domain.
const DomainRecord = "intendant-verification="

// Record is the TXT record that the domain must carry.
func (d Domain) Record() string { return DomainRecord + d.Token }

// Proved reports whether the domain's TXT records hold the account's.
func (d Domain) Proved(records []string) bool {
	for _, record := range records {
		if record == d.Record() {
			return true
		}
	}
	return false
}

// CleanDomain is a typed mail domain as it is stored; it refuses what is none
// with domain.malformed.
func CleanDomain(typed string) (string, *Error) {
	name, fault := address.Domain(trimDomain(typed))
	if fault != "" {
		return "", InvalidField("domain", "domain.malformed", Args{"Text": typed})
	}
	return name, nil
}

// trimDomain takes off what people paste around a domain: blanks, the sign of
// an address, a full stop at the end.
func trimDomain(typed string) string {
	begin, end := 0, len(typed)
	for begin < end && (typed[begin] == ' ' || typed[begin] == '@' || typed[begin] == '\t') {
		begin++
	}
	for end > begin && (typed[end-1] == ' ' || typed[end-1] == '.' || typed[end-1] == '\t') {
		end--
	}
	return typed[begin:end]
}
