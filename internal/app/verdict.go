package app

import (
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// An Outcome is what becomes, or would become, of one thing in an act on many.
type Outcome string

// The outcomes there are; "outcome." + Outcome is the message key.
const (
	Added     Outcome = "added"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged" // already so, or already there (ADD-5)
	Refused   Outcome = "refused"
)

// A Verdict names one thing of an act on many as done or refused, with the
// reason (BULK-3).
type Verdict struct {
	Row     int   // line or position in what was asked, from 1
	Subject int64 // key of the row it is about, 0 when there is none yet
	Name    string
	Email   string
	Outcome Outcome
	Refusal *directory.Error
	Invited bool // an invitation goes out
	Creates bool // its company is new to the account (ADD-6)
	Changes []audit.Change
	Lacks   []Lack // roles that are required and lacked after it: it is done all the same (ROLE-3)

	member   directory.Member // as it is then
	newcomer bool             // the person had no identity
	came     bool             // the act brings the person in
	effect   Effect           // of a role at a unit
}

// Public is the public id of the member it is about; empty when there is none.
func (v Verdict) Public() string { return v.member.UUID }

// nobody is the verdict on an id of nobody, and of whoever is out of sight: the two
// are not told apart (API-3).
func nobody() Verdict {
	return Verdict{}.refused(directory.Refuse(directory.NotFound, "member.not_found"))
}

// nobody is 1 for a verdict on nobody, and 0 for others.
func (v Verdict) nobody() int {
	if v.Subject == 0 && v.Refusal != nil && v.Refusal.Code == "member.not_found" {
		return 1
	}
	return 0
}

// refused is the verdict with the reason why nothing was done.
func (v Verdict) refused(reason *directory.Error) Verdict {
	v.Outcome, v.Refusal = Refused, reason
	return v
}

// Verdicts answer an act on many, in the order it was asked.
type Verdicts []Verdict

// Count is how many have the outcome.
func (vs Verdicts) Count(o Outcome) int {
	n := 0
	for _, v := range vs {
		if v.Outcome == o {
			n++
		}
	}
	return n
}

// Lacking is how many members lack a required role after it (ROLE-3).
func (vs Verdicts) Lacking() int {
	lacking := map[int64]bool{}
	for _, v := range vs {
		if len(v.Lacks) > 0 {
			lacking[v.Subject] = true
		}
	}
	return len(lacking)
}

// FirstRefusal is the refusal of a set of one, as an error; nil when nothing
// was refused.
func (vs Verdicts) FirstRefusal() error {
	for _, v := range vs {
		if v.Refusal != nil {
			return v.Refusal
		}
	}
	return nil
}
