package directory

import (
	"slices"
	"time"
)

// ImportState is how far an import has come.
type ImportState string

// An import waits as a draft until its maker confirms it, then runs until it is
// done or stopped.
const (
	ImportDraft   ImportState = "draft"
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"
	ImportStopped ImportState = "stopped"
)

// What an import brings in.
const (
	ImportMembers       = "members"
	ImportAccounts      = "accounts"
	ImportSubscriptions = "subscriptions"
	ImportPlaces        = "places"
)

// ImportPasted is the format of a draft of pasted addresses; files are "csv",
// "xlsx" or "ods".
const ImportPasted = "paste"

// Who gets an invitation when an import adds people.
const (
	InviteAll     = "all"
	InviteByLevel = "level" // who is given an access level (ADD-8)
	InviteNobody  = "nobody"
)

// DraftDays is how long a draft waits, ImportDays how long the file and the
// result of an import are kept.
const (
	DraftDays  = 7
	ImportDays = 30
)

// An Import is a file, or a list of pasted addresses, on its way in (ADD-13).
type Import struct {
	ID       ImportID
	UUID     string
	Account  AccountID
	User     UserID // whose it is; 0 for the command line
	Noun     string
	FileName string
	Format   string
	Choices  ImportChoices
	State    ImportState
	Counts   ImportCounts
	LastLine int64 // rows up to this line are done
	Batch    string
	Created  time.Time
	Checked  time.Time // when the preview was made; zero while it is being made
	Started  time.Time
	Ended    time.Time
}

// Brings is what the import brings in: its noun, or, of one of customers that
// says so, what they have bought, and of one of members that names a project, places
// in it.
func (i Import) Brings() string {
	switch {
	case i.Choices.Sold:
		return ImportSubscriptions
	case i.Choices.Project != "":
		return ImportPlaces
	}
	return i.Noun
}

// Pasted reports whether the rows were pasted, and not read from a file.
func (i Import) Pasted() bool { return i.Format == ImportPasted }

// Workbook reports whether the rows are those of a sheet of a workbook.
func (i Import) Workbook() bool { return i.Format == "xlsx" || i.Format == "ods" }

// ImportCounts are how many rows there are, and what became of those that are
// done.
type ImportCounts struct {
	Total, Done, Added, Changed, Faulty, Unchanged, Invited int64
}

// ImportChoices are how a file is read and what is done with its rows.
type ImportChoices struct {
	Charset   string         // empty: as found
	Separator string         // empty: as found
	Sheet     string         // empty: the first
	Dates     string         // how 1/2/2027 is read: one of DayOrders, empty: as found
	Sheets    []string       // of the workbook
	Read      ImportReading  // as it was read
	Head      []string       // titles of the columns
	Sample    []string       // the first row
	Columns   map[string]int // field to column, from 0
	Change    bool           // rows change people who are there already
	Sold      bool           // of customers: the rows are what they have bought
	Invite    string
	Home      string // public id of the home unit of whoever names none (UNIT-5)
	Project   string // public id of the project whose members they become
	Addresses int    // pieces read of a paste
	Doubles   int    // merged addresses of a paste
	Hidden    string // what becomes of rows that the sheet hides: HiddenTaken, HiddenLeft, empty: not said
	// Meant is what the words of a column that are not known stand for, by field and
	// folded word: a code, or empty: nothing.
	Meant   map[string]map[string]string `json:",omitempty"`
	Others  map[string]string            `json:",omitempty"` // and what all other unknown words of a field stand for
	Mended  map[int]map[string]string    `json:",omitempty"` // cells that were corrected, by line and field
	Found   ImportFound                  // what the preview found beside its rows
	By      string                       // kind of the actor who started it
	Staff   string                       // and, of the vendor's staff, their role and entry
	Entry   int64
	Until   time.Time
	Stopped string // code of the refusal that stopped it
}

// What becomes of rows that a sheet hides or filters away.
const (
	HiddenTaken = "take"
	HiddenLeft  = "leave"
)

// How many words that are not known a preview keeps, and how many rows of a file
// can be corrected in it.
const (
	MaxUnknownWords = 200
	MaxMendedRows   = 1000
	MaxCountedWords = 100_000 // that are not known, in a preview
)

// ImportFound is what the preview of a file found beside the outcomes of its rows.
type ImportFound struct {
	Hidden    int           `json:",omitempty"` // rows that the sheet hides
	Unknown   []UnknownWord `json:",omitempty"` // the first MaxUnknownWords
	Words     int           `json:",omitempty"` // how many there are, at most MaxCountedWords
	Remarked  int64         `json:",omitempty"` // rows that come in and are doubtful
	Doubtful  []DoubtfulRow `json:",omitempty"` // the first MaxDoubtfulRows of them
	Addresses int64         `json:",omitempty"` // rows with something in the column of the address that reads as one
}

// MaxDoubtfulRows is how many doubtful rows a preview lists.
const MaxDoubtfulRows = 50

// A DoubtfulRow is a row that comes in, and what is to be looked at before.
type DoubtfulRow struct {
	Line int
	Who  string
	Why  *Error
}

// An UnknownWord is a word of a column that is no role, level, product, civility or
// language, and in how many rows it stands.
type UnknownWord struct {
	Field, Text string
	Near        string `json:",omitempty"` // the code of what is called almost so
	Rows        int
}

// ImportReading is how a file was read.
type ImportReading struct {
	Charset, Separator, Sheet string
	Dates                     DayOrder
	Domains                   []string `json:",omitempty"` // of the addresses, those that are frequent
}

// HiddenUnsaid reports whether the rows that the sheet hides wait for an answer.
func (c ImportChoices) HiddenUnsaid() bool { return c.Found.Hidden > 0 && c.Hidden == "" }

// DayOrder is the order in which the dates are read.
func (c ImportChoices) DayOrder() DayOrder {
	if slices.Contains(DayOrders(), DayOrder(c.Dates)) && c.Dates != "" {
		return DayOrder(c.Dates)
	}
	return c.Read.Dates
}
