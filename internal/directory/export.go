package directory

import (
	"iter"
	"time"
)

// ExportDays is how long the file of an export is kept (REP-2).
const ExportDays = 7

// ExportKind is what a table tells of.
type ExportKind string

// The kinds there are. What each has in its columns says its source in package app.
const (
	ExportMembers        ExportKind = "members"
	ExportProjectMembers ExportKind = "project_members"
	ExportHistory        ExportKind = "history"
	ExportPastMembers    ExportKind = "past_members" // of a day
	ExportRights         ExportKind = "rights"       // of a day, today among them
	ExportDifferences    ExportKind = "differences"  // of two days
)

// ExportFormat is how a table is written.
type ExportFormat string

// A table is text with separators, or a workbook.
const (
	ExportCSV  ExportFormat = "csv"
	ExportXLSX ExportFormat = "xlsx"
)

// ExportFormats are all of them, the usual one first.
func ExportFormats() []ExportFormat { return []ExportFormat{ExportXLSX, ExportCSV} }

// ExportState is how far an export has come.
type ExportState string

// An export runs until its file is whole, until it is stopped by somebody or for a
// reason, or until its worker has tried too often. Only one that is done has a file.
const (
	ExportRunning ExportState = "running"
	ExportDone    ExportState = "done"
	ExportStopped ExportState = "stopped"
	ExportFailed  ExportState = "failed"
)

// An Export is a table that somebody asked for: it runs by itself, and its file can
// be taken for some days (REP-2).
type Export struct {
	ID       ExportID
	UUID     string
	Account  AccountID
	User     UserID // who asked; 0 for the command line
	Asker    BulkAsker
	Kind     ExportKind
	Format   ExportFormat
	Over     UnitID   // the project whose members it has; 0: the account
	Reach    []UnitID // in whose sight it was asked for, where that was not all of it
	Asked    string   // filter and sort, as JSON that its source reads
	Columns  []string
	Language string // the asker's, with which words and separators are chosen
	Zone     string // where its days begin
	State    ExportState
	Stopped  *Error // why it ended before its time; nil when somebody stopped it
	Run      int64  // how often it was begun: one that a crash has cut off begins anew
	Done     int64  // rows so far
	Total    int64  // rows when it was asked for
	Bytes    int64  // of the file as it is downloaded
	Parts    int64  // in which the file is kept
	Batch    string
	Created  time.Time
	Ended    time.Time
	Expires  time.Time
}

// Left is how long an export still takes at now, as far as one can tell; 0 when one
// cannot.
func (e Export) Left(now time.Time) time.Duration {
	passed := now.Sub(e.Created)
	if e.State != ExportRunning || e.Done < 2*BulkChunk || e.Total <= e.Done || passed <= 0 {
		return 0
	}
	return time.Duration(float64(passed) * float64(e.Total-e.Done) / float64(e.Done))
}

// An ExportColumn is one column of a table.
type ExportColumn struct {
	ID    string
	Usual bool // part of the table where nobody chose columns
}

// ExportCellKind is how a cell is to be written.
type ExportCellKind uint8

// What a cell holds. Words are put to codes and roles where the table is written.
const (
	ExportText    ExportCellKind = iota // Text, as it is
	ExportNumber                        // Number
	ExportDay                           // the day of At
	ExportLastDay                       // the last day before At
	ExportMoment                        // At
	ExportCodes                         // Texts, or Text alone, of a Vocabulary
	ExportRoles                         // Roles, by their names
)

// An ExportCell is one value of a table. The zero cell is empty.
type ExportCell struct {
	Kind       ExportCellKind
	Text       string
	Number     int64
	At         time.Time
	Vocabulary string
	Texts      []string
	Roles      []Role
}

// An ExportRow is one line of a table: its cells, or something that takes lines and
// words of its own, which its kind knows where the table is written.
type ExportRow struct {
	Cells []ExportCell
	Told  any
}

// ExportRows are rows one after the other, up to an error. What a row holds is good
// until the next one.
type ExportRows = iter.Seq2[ExportRow, error]

// RowsOfExport are rows that stand all there.
func RowsOfExport(rows []ExportRow) ExportRows {
	return func(yield func(ExportRow, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}
