package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/store"
)

// core is what the operations of this package stand on.
type core struct {
	gate   *gate.Gate
	roster *roster.Writer
}

// New makes the imports of an installation, whose files are read by a dictionary.
// customers and subscriptions are what files bring into the installation itself
// (VEND-4).
func New(g *gate.Gate, r *roster.Writer, d *Dictionary, customers, subscriptions Noun) *Imports {
	return &Imports{core: &core{g, r}, dictionary: d, customers: customers, subscriptions: subscriptions}
}

// Imports are files of members, of customers or of their subscriptions.
type Imports struct {
	*core
	dictionary               *Dictionary
	customers, subscriptions Noun // what files bring into the installation (VEND-4)
}

// Columns of days beside those of members: on which a contract ends, and the first
// and the last of a subscription.
const (
	ColumnContractEnds = "contract_ends"
	ColumnFirst        = "first"
	ColumnLast         = "last"
)

// A Noun is what an import brings in: the columns it knows, what tells one row
// from another, who may, and what becomes of rows.
type Noun struct {
	Fields  []sheet.Field
	Key     func(columns map[string]int, cells []string) string
	Permit  func(actor authz.Actor, rights authz.Rights) error // to read imports
	Require func(p *gate.Plan) error                           // to make and run them
	// About are the accounts that a chunk of rows writes to beside the import's own;
	// nil: none.
	About func(ctx context.Context, r *store.Reader, c ImportChunk) ([]directory.AccountID, error)
	// Plan plans a chunk and answers the rows' facts beside the plan's verdicts.
	Plan func(ctx context.Context, r *store.Reader, p *gate.Plan, c ImportChunk) ([]RowFacts, error)
}

// RowFacts are what is shown of one row of an import beside its outcome.
type RowFacts struct {
	Name     string             `json:",omitempty"`
	Email    string             `json:",omitempty"`
	Company  string             `json:",omitempty"`
	Creates  bool               `json:",omitempty"` // the company is new
	Function string             `json:",omitempty"` // codes
	Level    string             `json:",omitempty"` // code
	Products []string           `json:",omitempty"` // offers; in a project as directory.AccessTexts
	Ends     string             `json:",omitempty"` // last day, as 2027-12-31
	Invited  bool               `json:",omitempty"`
	Refusal  *directory.Error   `json:",omitempty"`
	Also     []*directory.Error `json:",omitempty"` // what else is wrong with the row
	Remarks  []*directory.Error `json:",omitempty"` // what is doubtful, and comes in all the same
	Changes  []audit.Change     `json:",omitempty"`
	Lacks    []gate.Lack        `json:",omitempty"` // roles that are required and lacked (ROLE-3)
	Offer    string             `json:",omitempty"` // what was sold, as offers are written
	Quantity string             `json:",omitempty"` // of that, as it stands in the file
	Cells    map[string]string  `json:",omitempty"` // of a row that is refused: what stands in the columns at fault
	At       int                `json:",omitempty"` // of a piece that is no address: its line
	Position int                `json:",omitempty"` // and character

	First, Last string           `json:",omitempty"` // of a piece that is no address: what its row says of the person
	Beside      directory.Beside `json:",omitzero"`
}

// An ImportedRow is one row of an import with its outcome: what it would be
// while the import is a draft.
type ImportedRow struct {
	Line    int64
	Outcome gate.Outcome
	Subject int64
	RowFacts
}

// Invalid is the outcome of a pasted piece that is no address.
const Invalid gate.Outcome = "invalid"

// noun is what an import brings in.
func (s *Imports) noun(i directory.Import) Noun {
	switch i.Brings() {
	case directory.ImportMembers:
		return s.memberNoun()
	case directory.ImportPlaces:
		return s.placeNoun(i.Choices.Project)
	case directory.ImportAccounts:
		return s.customers
	case directory.ImportSubscriptions:
		return s.subscriptions
	}
	return Noun{
		Permit:  func(authz.Actor, authz.Rights) error { return directory.Refuse(directory.NotFound, "import.not_found") },
		Require: func(*gate.Plan) error { return directory.Refuse(directory.NotFound, "import.not_found") },
	}
}

// importInto is an import of what files bring into an account: members; into the
// installation: customers (VEND-4).
func importInto(account directory.AccountID) directory.Import {
	if account == directory.Installation {
		return directory.Import{Account: account, Noun: directory.ImportAccounts}
	}
	return directory.Import{Account: account, Noun: directory.ImportMembers}
}

// reading runs a read of imports like one that the actor may see.
func (s *Imports) reading(ctx context.Context, actor authz.Actor, like directory.Import, read func(r *store.Reader, rights authz.Rights) error) error {
	return s.gate.View(ctx, actor, like.Account, func(r *store.Reader, rights authz.Rights) error {
		if err := s.noun(like).Permit(actor, rights); err != nil {
			return err
		}
		return read(r, rights)
	})
}

// sampleRows is how many rows the columns are matched by, dateRows by how many
// the order of their dates is found.
const (
	sampleRows = 20
	dateRows   = 500
)

// Upload takes a file in, finds out how it is written and proposes which column
// is what. Nothing but the draft is written (ADD-13). It refuses without
// members.manage, and what sheet.Open refuses.
func (s *Imports) Upload(ctx context.Context, actor authz.Actor, account directory.AccountID, name string, file io.Reader) (directory.Import, error) {
	i := importInto(account)
	i.FileName = name
	return s.upload(ctx, actor, i, file)
}

// UploadSubscriptions takes in a file of what customers have bought, as Upload does
// one of customers (VEND-4). It takes subscriptions.manage too.
func (s *Imports) UploadSubscriptions(ctx context.Context, actor authz.Actor, name string, file io.Reader) (directory.Import, error) {
	return s.upload(ctx, actor, directory.Import{Account: directory.Installation, Noun: directory.ImportAccounts, FileName: name,
		Choices: directory.ImportChoices{Sold: true}}, file)
}

func (s *Imports) upload(ctx context.Context, actor authz.Actor, i directory.Import, file io.Reader) (directory.Import, error) {
	if err := s.reading(ctx, actor, i, func(*store.Reader, authz.Rights) error { return nil }); err != nil {
		return i, err
	}
	sp, err := spoolFile(file, sheet.DefaultLimits().Bytes)
	if err != nil {
		return i, err
	}
	defer func() { _ = sp.Close() }() // it has no name and is gone
	i.Choices.Invite = directory.InviteNobody
	if i, err = s.detect(i, sp, nil); err != nil {
		return i, err
	}
	if i, err = s.newDraft(ctx, actor, i); err != nil {
		return i, err
	}
	buffer := make([]byte, filePart)
	for part := int64(0); part*filePart < sp.size; part++ {
		n, err := sp.ReadAt(buffer, part*filePart)
		if err != nil && !errors.Is(err, io.EOF) {
			return i, fmt.Errorf("read file aside: %w", err)
		}
		if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.InsertImportPart(ctx, i.ID, part, buffer[:n]) }); err != nil {
			return i, err
		}
	}
	return s.checkSoon(ctx, i, sp.size <= smallFile)
}

// detect reads the beginning of a file: how it is written, its head, the order
// of its dates, and what its columns seem to be unless that was chosen.
func (s *Imports) detect(i directory.Import, sp *spool, chosen map[string]int) (directory.Import, error) {
	reader, err := sp.open(i.FileName, i.Choices)
	if err != nil {
		return i, err
	}
	defer func() { _ = reader.Close() }()
	format := reader.Format()
	i.Format = format.Kind
	c := &i.Choices
	c.Read = directory.ImportReading{Charset: format.Charset, Separator: format.Separator, Sheet: format.Sheet}
	c.Sheets, c.Head = reader.Sheets(), meantTitles(reader.Head())
	var sample [][]string
	for len(sample) < dateRows {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return i, err
		}
		sample = append(sample, row.Cells)
	}
	c.Sample = nil
	if len(sample) > 0 {
		c.Sample = sample[0]
	}
	if c.Columns = chosen; chosen == nil {
		c.Columns = proposed(c.Head, sample[:min(len(sample), sampleRows)], s.noun(i).Fields)
	}
	c.Read.Dates, c.Read.Domains = orderOf(c.Columns, sample), frequentDomains(addressesIn(c.Columns, sample))
	return i, nil
}

// proposed are the columns that seem to hold the fields.
func proposed(head []string, sample [][]string, fields []sheet.Field) map[string]int {
	columns := map[string]int{}
	for n, column := range sheet.Match(head, sample, fields) {
		if column >= 0 {
			columns[fields[n].ID] = column
		}
	}
	return columns
}

// orderOf is the order in which a file writes its dates.
func orderOf(columns map[string]int, sample [][]string) directory.DayOrder {
	var dates []string
	for _, cells := range sample {
		dates = append(dates, CellOf(columns, cells, columnEnds), CellOf(columns, cells, ColumnContractEnds),
			CellOf(columns, cells, ColumnFirst), CellOf(columns, cells, ColumnLast))
	}
	return directory.OrderOf(dates)
}

// newDraft writes an import that waits to be confirmed. It changes nothing yet
// and so leaves no history.
func (s *Imports) newDraft(ctx context.Context, actor authz.Actor, i directory.Import) (directory.Import, error) {
	i.UUID, i.User, i.State, i.Batch = uuid.NewString(), actor.User, directory.ImportDraft, uuid.NewString()
	startedBy(&i, actor)
	_, err := s.gate.Perform(ctx, actor, i.Account, func(_ context.Context, _ *store.Reader, p *gate.Plan) error {
		if err := s.noun(i).Require(p); err != nil {
			return err
		}
		i.ID, i.Created = directory.ImportID(p.NewKey()), p.Now
		p.Pending(store.InsertImport{Import: i})
		return nil
	})
	return i, err
}

// Find reads an import of the account. A draft is its maker's alone; who manages
// the members of some units or of projects only finds their own. It refuses with
// import.not_found.
func (s *Imports) Find(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Import, error) {
	i, err := directory.Import{}, error(nil)
	err = s.finding(ctx, actor, account, id, func(_ *store.Reader, _ authz.Rights, found directory.Import) error {
		i = found
		return nil
	})
	return i, err
}

// finding reads about an import that the actor finds.
func (s *Imports) finding(ctx context.Context, actor authz.Actor, account directory.AccountID, id string,
	read func(r *store.Reader, rights authz.Rights, i directory.Import) error) error {
	return s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		i, err := s.find(ctx, r, importReader{actor, rights}, account, id)
		if err != nil {
			return err
		}
		return read(r, rights, i)
	})
}

// An importReader is who reads imports.
type importReader struct {
	authz.Actor
	rights authz.Rights
}

// owner is whose imports are shown: all when 0, else those of somebody who
// manages the members of some units only.
func (b importReader) owner(account directory.AccountID) directory.UserID {
	if account == directory.Installation || b.rights.May(authz.ManageMembers, 0) {
		return 0
	}
	return b.User
}

// find asks first for what imports like it ask for, and where there is none for what
// those of the account do.
func (s *Imports) find(ctx context.Context, r *store.Reader, by importReader, account directory.AccountID, id string) (directory.Import, error) {
	i, err := r.ImportByUUID(ctx, account, id)
	if err != nil {
		i = importInto(account)
	}
	if denied := s.noun(i).Permit(by.Actor, by.rights); denied != nil {
		return i, denied
	}
	owner := by.owner(account)
	if err == nil && i.User != by.User && (i.State == directory.ImportDraft || owner != 0) {
		err = directory.Refuse(directory.NotFound, "import.not_found")
	}
	return i, err
}

// Recent lists the account's last imports; who manages the members of some units
// only sees their own.
func (s *Imports) Recent(ctx context.Context, actor authz.Actor, account directory.AccountID, limit int) ([]directory.Import, error) {
	var found []directory.Import
	like := importInto(account)
	err := s.reading(ctx, actor, like, func(r *store.Reader, rights authz.Rights) (err error) {
		found, err = r.Imports(ctx, account, store.ImportList{Noun: like.Noun, Owner: importReader{actor, rights}.owner(account), Limit: limit})
		return err
	})
	return found, err
}

// An ImportSetting corrects how a file is read and what is done with its rows.
type ImportSetting struct {
	Charset, Separator, Sheet string
	Columns                   map[string]int // field to column; nil proposes anew
	Dates                     string         // one of directory.DayOrders, or empty: as found
	Change                    bool
	Invite                    string
	Home                      string // public id of the home unit; empty: as AddOptions
}

// Settings reads a draft anew as the setting says and checks its rows again.
// Where the charset, the separator or the sheet is another, the columns are
// proposed anew.
func (s *Imports) Settings(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, set ImportSetting) (directory.Import, error) {
	i, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return i, err
	}
	if i.State != directory.ImportDraft {
		return i, directory.Refuse(directory.Conflict, "import.started")
	}
	c := &i.Choices
	other := set.Charset != c.Charset || set.Separator != c.Separator || set.Sheet != c.Sheet
	c.Charset, c.Separator, c.Sheet, c.Dates, c.Change, c.Invite = set.Charset, set.Separator, set.Sheet, set.Dates, set.Change, set.Invite
	if !i.Pasted() { // a paste has said it
		c.Home = set.Home
	}
	if other { // these are other rows
		set.Columns, c.Hidden, c.Mended, c.Meant, c.Others = nil, "", nil, nil, nil
	}
	return s.readAgain(ctx, i, set.Columns)
}

// readAgain reads a draft anew, with the columns as they were chosen or nil, and
// checks its rows again.
func (s *Imports) readAgain(ctx context.Context, i directory.Import, chosen map[string]int) (directory.Import, error) {
	var size int64
	if !i.Pasted() {
		sp, err := s.spoolImport(ctx, i.ID)
		if err != nil {
			return i, err
		}
		defer func() { _ = sp.Close() }()
		size = sp.size
		if i, err = s.detect(i, sp, chosen); err != nil {
			return i, err
		}
	}
	i.Checked, i.Batch, i.Choices.Stopped, i.Choices.Found = time.Time{}, uuid.NewString(), "", directory.ImportFound{}
	i.Counts, i.LastLine = directory.ImportCounts{Total: i.Counts.Total}, 0
	if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.UpdateImport(ctx, i) }); err != nil {
		return i, err
	}
	return s.checkSoon(ctx, i, size <= smallFile && i.Counts.Total <= smallRun)
}

// An ImportFilter chooses rows of an import.
type ImportFilter struct {
	Outcome gate.Outcome // empty: all
	Skip    int
	Limit   int
}

// Rows reads rows of an import with their outcomes.
func (s *Imports) Rows(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, f ImportFilter) ([]ImportedRow, error) {
	var found []ImportedRow
	err := s.finding(ctx, actor, account, id, func(r *store.Reader, _ authz.Rights, i directory.Import) error {
		rows, err := r.ImportRows(ctx, i.ID, store.ImportRowFilter{Outcome: string(f.Outcome), Skip: f.Skip, Limit: f.Limit})
		if err != nil {
			return err
		}
		found, err = importedRows(rows)
		return err
	})
	return found, err
}

func importedRows(rows []store.ImportRow) ([]ImportedRow, error) {
	found := make([]ImportedRow, len(rows))
	for n, row := range rows {
		found[n] = ImportedRow{Line: row.Line, Outcome: gate.Outcome(row.Outcome), Subject: row.Subject}
		if err := json.Unmarshal([]byte(row.Facts), &found[n].RowFacts); err != nil {
			return nil, fmt.Errorf("read facts of line %d: %w", row.Line, err)
		}
	}
	return found, nil
}

// A ResultRow is one row of the result file: the cells as they came, and what
// became of them.
type ResultRow struct {
	Cells []string
	ImportedRow
}

// Result calls visit with every row of an import and its outcome, in the order
// of the file; the columns' titles are the import's Head. Rows that were not
// reached have no outcome.
func (s *Imports) Result(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, visit func(ResultRow) error) error {
	i, err := s.Find(ctx, actor, account, id)
	if err != nil {
		return err
	}
	if i.Pasted() {
		return s.pasteResult(ctx, i, visit)
	}
	i.LastLine = 0
	return s.eachChunk(ctx, i, func(rows []SourceRow) error {
		outcomes, err := s.outcomes(ctx, i.ID, int64(rows[0].Line)-1, len(rows))
		if err != nil {
			return err
		}
		known := make(map[int64]ImportedRow, len(outcomes))
		for _, o := range outcomes {
			known[o.Line] = o
		}
		for _, row := range rows {
			result := known[int64(row.Line)]
			result.Line = int64(row.Line)
			if err := visit(ResultRow{Cells: row.Cells, ImportedRow: result}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Imports) outcomes(ctx context.Context, id directory.ImportID, after int64, limit int) ([]ImportedRow, error) {
	var rows []store.ImportRow
	err := s.gate.Peek(func(r *store.Reader) (err error) {
		rows, err = r.ImportRows(ctx, id, store.ImportRowFilter{After: after, Limit: limit})
		return err
	})
	if err != nil {
		return nil, err
	}
	return importedRows(rows)
}

func (s *Imports) pasteResult(ctx context.Context, i directory.Import, visit func(ResultRow) error) error {
	for after := int64(0); ; {
		rows, err := s.outcomes(ctx, i.ID, after, roster.Chunk)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := visit(ResultRow{Cells: []string{row.Email, row.Name, row.Company}, ImportedRow: row}); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Line
	}
}
