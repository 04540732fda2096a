package directory

import (
	"strings"
	"time"
)

// AccountState says whether an account's people may work in it (ACC-12).
type AccountState string

// The states of an account. In a suspended one nobody uses products, while its
// administrators still sign in and see why; a closed one is kept, read-only.
const (
	AccountOpen      AccountState = "open"
	AccountSuspended AccountState = "suspended"
	AccountClosed    AccountState = "closed"
)

// An Account is one customer company and the wall around its people (ACC-1).
type Account struct {
	ID           AccountID
	UUID         string
	Number       string // the customer number, as printed
	External     string // the id by which the vendor's programs know it, or empty (APP-4)
	Name         string
	Type         string // an account type of the catalogue
	ServiceLevel string // a service level of the catalogue (ACC-3)
	State        AccountState
	StateReason  string // why it is suspended or closed; its administrators see it (ACC-12)
	Address      PostalAddress
	Contact      Contact
	Language     string
	TimeZone     string
	Root         UnitID
	Referent     UserID // the contract's contact, or 0; gives no right (ACC-9)
	ContractEnds time.Time
	Claimed      time.Time // zero: waiting for an admin key (ACC-2)
	Settings     Chosen    // what it set for itself; the rest follows its catalogue
	Logo         bool      // there is one
	SeatRules    bool      // some people get seats by rule (SEAT-11)
	Created      time.Time
	Version      int64
}

// A PostalAddress is where an account's letters go.
type PostalAddress struct {
	Street, PostalCode, City, Country string
}

// A Contact is who an account's letters and keys are for: the only mail
// address a key may go to (KEY-13).
type Contact struct {
	Name, Email string
}

// Writable refuses changes to an account that is closed (ACC-12), with
// account.closed.
func (a Account) Writable() error {
	if a.State == AccountClosed {
		return &Error{Kind: Conflict, Code: "account.closed", Args: Args{"Name": a.Name}}
	}
	return nil
}

// CleanNumber is the form of a customer number that is compared and stored for
// look-ups: folded, without blanks, dots or dashes, so that "204 817" as
// printed in a letter finds 204817.
func CleanNumber(typed string) string {
	kept := make([]rune, 0, len(typed))
	for _, r := range Fold(typed) {
		switch r {
		case ' ', '.', '-', '_', '/', '\'':
		default:
			kept = append(kept, r)
		}
	}
	return string(kept)
}

// SpellNumber is a customer number as people read it: one of digits only in groups
// of three, however it was typed, so that a page, a letter and an invoice can be
// compared; any other as it was given.
func SpellNumber(number string) string {
	digits := CleanNumber(number)
	if len(digits) < 4 || strings.Trim(digits, "0123456789") != "" {
		return number
	}
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteRune('\u202f')
		}
		out.WriteRune(digit)
	}
	return out.String()
}
