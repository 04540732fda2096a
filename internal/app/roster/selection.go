package roster

import (
	"time"

	"intendant/internal/directory"
)

// A Selection is whom an act on many is about: members by public id, or all
// that a query finds (BULK-1).
type Selection struct {
	Members []string
	All     *MemberQuery
	Count   int64 // with All: how many were found when it was confirmed (PLAN-4)
	// Wait is how long the asker waits for an act on more than one transaction
	// takes; zero: until it is over. Then it is Unfinished (BULK-4).
	Wait time.Duration
	// Whole asks that all of them are done or nobody, in one transaction (BULK-3).
	Whole bool
	// Act, where it is not nil, is told the public id under which the act is kept.
	Act *string
}

// Of selects one member.
func Of(member string) Selection { return Selection{Members: []string{member}} }

// A MemberQuery is a view of the members' table, as it stands in an address
// (LIST-5, LIST-6).
type MemberQuery struct {
	Search    string
	Statuses  []directory.Status
	Companies []string            // public ids, or None
	Functions []string            // codes
	Levels    []string            // codes, or None
	Products  []string            // offers, or products in any edition
	Held      []directory.Holding // by what products are held; none: by whatever
	Units     []string            // public ids; those below are meant too
	Homes     []string            // public ids; only who stands in these units' own tables (UNIT-5)
	AddedFrom time.Time
	AddedTo   time.Time
	LacksRole bool // only who lacks a role that the account type requires (ROLE-3)

	Emails, UserNames, PersonnelNumbers []string // whole, any of each: how programs know somebody (API-4)

	Sort       string // a column; empty: the name
	Descending bool
	After      string // a cursor: the page after it
	Before     string // a cursor: the page before it
	Last       bool   // the last page
	Size       int    // rows of a page, at most 200
}

// Named reports whether the query names people as programs know them.
func (q MemberQuery) Named() bool {
	return len(q.Emails)+len(q.UserNames)+len(q.PersonnelNumbers) > 0
}

// Filtered reports whether the query leaves anybody out.
func (q MemberQuery) Filtered() bool {
	return directory.Fold(q.Search) != "" || len(q.Statuses)+len(q.Companies)+len(q.Functions)+len(q.Levels)+len(q.Products)+len(q.Held)+len(q.Units)+len(q.Homes) > 0 || q.Named() ||
		!q.AddedFrom.IsZero() || !q.AddedTo.IsZero() || q.LacksRole
}
