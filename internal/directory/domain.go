package directory

import (
	"time"

	"intendant/internal/address"
)

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
