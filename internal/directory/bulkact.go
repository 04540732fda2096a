package directory

import "time"

// BulkChunk is how many things an act on many does in one transaction.
const BulkChunk = 500

// BulkWholeMost is on how many people at most an act is done all or nothing: in one
// transaction, for which everybody else in the account waits.
const BulkWholeMost = 10_000

// BulkPreviewMost is of how many people at most an act is previewed.
const BulkPreviewMost = 100_000

// BulkDays is how long an act on many that is over can be looked at: how it
// ended, and who was refused. What it changed stays in the history.
const BulkDays = 30

// BulkState is how far an act on many has come.
type BulkState string

// An act runs until everything is done, until it is stopped by somebody or for a
// reason, or until its worker has tried too often.
const (
	BulkRunning BulkState = "running"
	BulkDone    BulkState = "done"
	BulkStopped BulkState = "stopped"
	BulkFailed  BulkState = "failed"
)

// BulkKind is what an act on many does to each.
type BulkKind string

// The kinds there are. What each does says package app.
const (
	BulkEdit       BulkKind = "edit"
	BulkDeactivate BulkKind = "deactivate"
	BulkReactivate BulkKind = "reactivate"
	BulkRemove     BulkKind = "remove"
	BulkInvite     BulkKind = "invite"
	BulkWithdraw   BulkKind = "withdraw"
	BulkGive       BulkKind = "give"      // a role at units
	BulkEnd        BulkKind = "end"       // a role at units
	BulkAdd        BulkKind = "add"       // people who are not there yet
	BulkAssign     BulkKind = "assign"    // a seat
	BulkTakeBack   BulkKind = "take_back" // a seat
	BulkSeveral    BulkKind = "several"   // an edit with roles at units, or a place in a project

	BulkPlaceAdd    BulkKind = "place_add"    // people into a project
	BulkPlaceEdit   BulkKind = "place_edit"   // places in a project
	BulkPlaceRemove BulkKind = "place_remove" // out of a project
	BulkUndo        BulkKind = "undo"         // what entries of the history say
)

// A BulkAct is an act on more people than one, from the moment it was confirmed: what
// one transaction takes is over with it, and more goes on by itself, whoever waits for
// it (BULK-4).
type BulkAct struct {
	ID      BulkActID
	UUID    string
	Account AccountID
	User    UserID // who asked; 0 for the command line
	Asker   BulkAsker
	Kind    BulkKind
	Change  string // what is set, as JSON; empty once it is over and nobody was refused
	State   BulkState
	Stopped *Error // why it ended before its time; nil when somebody stopped it
	Counts  BulkCounts
	Batch   string
	Request string // the claim of the request behind it (PLAN-3)
	Created time.Time
	Ended   time.Time
}

// BulkCounts are how many things there are to do, and what became of those that
// are done.
type BulkCounts struct {
	Total, Done, Changed, Unchanged, Refused, Invited int64
}

// A BulkAsker is how whoever asked for an act came. It gives no right: what they
// may do is asked again with each chunk.
type BulkAsker struct {
	Kind  string
	Door  string
	Staff string    `json:",omitempty"` // of the vendor's staff inside the account
	Entry int64     `json:",omitempty"`
	Until time.Time `json:",omitzero"`
	Token int64     `json:",omitempty"` // of a technical user
}

// Left is how long an act still takes at now, as far as one can tell; 0 when one
// cannot.
func (a BulkAct) Left(now time.Time) time.Duration {
	n, passed := a.Counts, now.Sub(a.Created)
	if a.State != BulkRunning || n.Done < 2*BulkChunk || n.Total <= n.Done || passed <= 0 {
		return 0
	}
	return time.Duration(float64(passed) * float64(n.Total-n.Done) / float64(n.Done))
}

// An UnderWay is something that somebody has begun and that goes on by itself: an act on
// many, an import or an export (BULK-4).
type UnderWay struct {
	Work        string // WorkAct, WorkImport or WorkExport
	UUID        string
	Kind        string // a BulkKind, an ExportKind, or the noun of an import
	Done, Total int64
	Created     time.Time
}

// What can be under way.
const (
	WorkAct    = "act"
	WorkImport = "import"
	WorkExport = "export"
)
