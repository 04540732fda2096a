package gate

import (
	"context"

	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
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
	Also    []*directory.Error // what else is wrong with the row (ADD-13)
	Invited bool               // an invitation goes out
	Creates bool               // its company is new to the account (ADD-6)
	Changes []audit.Change
	Lacks   []Lack // roles that are required and lacked after it: it is done all the same (ROLE-3)

	Member   directory.Member // as it is then
	Newcomer bool             // the person had no identity
	Came     bool             // the act brings the person in
	Effect   *Effect          // of a role at a unit; nil where there is none
	Left     []string         // fields of history that an undo left, since they were changed meanwhile (PLAN-2)
	Because  []Because        // what else an undo left, and why
	Withheld int              // mails of what is undone that wait still, and do not leave (MAIL-4)
}

// A Because is a field of history that an undo left although nobody has changed it
// since, and why: no seat is free, the undoer may not give it, the mail is gone (PLAN-2).
type Because struct {
	Field string
	What  string // of a field there are several of, as products: which one, as it is called
	Why   *directory.Error
}

// An Effect is what a role does for somebody at a unit, beside what they hold
// there already (ROLE-1, ROLE-2).
type Effect struct {
	Role directory.Role
	Unit directory.Unit
	Adds []authz.Permission // held there because of the role alone
	Held []authz.Permission // held there without it as well
	Idle []authz.Permission // named by the role, but not counting at the unit's level (ROLE-10)
	From []Source           // what gives Held, from the root down
}

// Nothing reports whether the role adds nothing for the person (ROLE-2).
func (e Effect) Nothing() bool { return len(e.Adds) == 0 }

// A Source is a role at a unit, as what gives something.
type Source struct {
	Role directory.Role
	Unit directory.Unit
}

// A Lack is a level at which the account type requires a role of everybody and
// somebody holds none (ROLE-3). It is told, and found by a filter; nobody is kept
// out for it.
type Lack struct {
	Level string `json:",omitempty"` // of the catalogue; authz.RootLevel: the general role
	Unit  string `json:",omitempty"` // public id of the unit of that level above their home unit, or it; empty where there is none in sight
	Name  string `json:",omitempty"` // of that unit
}

// Public is the public id of the member it is about; empty when there is none.
func (v Verdict) Public() string { return v.Member.UUID }

// Nobody is the verdict on an id of nobody, and of whoever is out of sight: the two
// are not told apart (API-3).
func Nobody() Verdict {
	return Verdict{}.Refused(directory.Refuse(directory.NotFound, "member.not_found"))
}

// Nobody is 1 for a verdict on nobody, and 0 for others.
func (v Verdict) Nobody() int {
	if v.Subject == 0 && v.Refusal != nil && v.Refusal.Code == "member.not_found" {
		return 1
	}
	return 0
}

// Refused is the verdict with the reason why nothing was done.
func (v Verdict) Refused(reason *directory.Error) Verdict {
	v.Outcome, v.Refusal = Refused, reason
	return v
}

// An Opposite plans what takes back entries of one kind of an account's history, newest
// first (PLAN-2). It asks for the rights that the opposite act takes, gives nothing
// that the actor may not give (ROLE-6), and leaves a verdict for each entry, in their
// order: changed; unchanged where all is as it was before already; or refused with the
// reason. What was changed since by somebody else is left: a refusal with
// undo.changed_since names it where nothing else is left of the entry to restore.
type Opposite func(ctx context.Context, r *store.Reader, p *Plan, entries []audit.Entry) error

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

// OneOf is the refusal of a set of one.
func OneOf(verdicts Verdicts, err error) error {
	if err != nil {
		return err
	}
	return verdicts.FirstRefusal()
}

// ErrUnchanged is the answer of a MemberAct that finds everything so already.
var ErrUnchanged = directory.Refuse(directory.Conflict, "unchanged")
