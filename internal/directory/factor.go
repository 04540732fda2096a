package directory

import (
	"strings"
	"time"
	"unicode"
)

// How many recovery codes somebody gets, and how many characters of KeyAlphabet
// each has: more than 46 bits, read from paper.
const (
	RecoveryCodes  = 10
	RecoveryLength = 10
)

// FactorSetup is how long a second factor that was begun can be confirmed.
const FactorSetup = time.Hour

const oneTimeDigits = 6

// A Factor is a person's second factor: the secret their authenticator shares
// with the installation, sealed. Pending is one that is being set up.
type Factor struct {
	User      UserID
	Sealed    []byte
	Confirmed time.Time // zero: none stands
	LastStep  int64     // the last step a code was used of; none up to it counts again
	Pending   []byte
	Begun     time.Time // when Pending was made
	Created   time.Time
}

// Stands reports whether a sign-in asks for a code.
func (f Factor) Stands() bool { return !f.Confirmed.IsZero() }

// Confirmable refuses with factor.not_begun where nothing is being set up, or
// was begun too long ago.
func (f Factor) Confirmable(now time.Time) *Error {
	if len(f.Pending) == 0 || now.Sub(f.Begun) >= FactorSetup {
		return Refuse(Conflict, "factor.not_begun")
	}
	return nil
}

// NeedsFactor reports whether a second factor is compulsory for the person: the
// vendor's staff (VEND-3).
func (u User) NeedsFactor() bool { return u.Staff != "" }

// A FactorDemand is of whom an account demands a second factor before it opens
// (SIGN-6). Technical users come by tokens and are never asked.
type FactorDemand string

// What an account may demand.
const (
	FactorOfNobody         FactorDemand = ""
	FactorOfAdministrators FactorDemand = "administrators"
	FactorOfAll            FactorDemand = "all"
)

// Of reports whether it is demanded of a person who is, or is not, an
// administrator of the account.
func (d FactorDemand) Of(administrator bool) bool {
	return d == FactorOfAll || d == FactorOfAdministrators && administrator
}

// A FactorCode is what somebody typed as their second factor: six digits of an
// authenticator, or a recovery code.
type FactorCode struct {
	Text     string // canonical
	Recovery bool
}

// ParseFactorCode reads a code as it was typed; case, spaces and separators do
// not count. It refuses anything that is no code with factor.wrong, like a wrong
// one.
func ParseFactorCode(typed string) (FactorCode, *Error) {
	var b strings.Builder
	digits := true
	for _, r := range typed {
		if separatesKey(r) {
			continue
		}
		if b.Len() > RecoveryLength {
			return FactorCode{}, WrongFactor()
		}
		digits = digits && '0' <= r && r <= '9'
		b.WriteRune(unicode.ToUpper(r))
	}
	text := b.String()
	if digits && len(text) == oneTimeDigits {
		return FactorCode{Text: text}, nil
	}
	if len(text) != RecoveryLength || strings.Trim(text, KeyAlphabet) != "" {
		return FactorCode{}, WrongFactor()
	}
	return FactorCode{Text: text, Recovery: true}, nil
}

// WrongFactor is the one refusal of a wrong, used or malformed code: it never
// says which.
func WrongFactor() *Error { return InvalidField("code", "factor.wrong", nil) }

// FormatRecovery writes a recovery code as it is shown, in two groups.
func FormatRecovery(code string) string {
	if len(code) != RecoveryLength {
		return code
	}
	return code[:RecoveryLength/2] + "-" + code[RecoveryLength/2:]
}
