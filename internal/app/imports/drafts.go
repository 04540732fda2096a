package imports

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// DraftPageRows is how many rows one page of a draft shows.
const DraftPageRows = 200

// A Pasting is text pasted into a draft, a new one when Draft is empty. Mended
// takes out the pieces that were no address before, up to that line: what is
// pasted replaces them.
type Pasting struct {
	Draft, Text string
	Mended      int64
	Home        string // of a new draft: public id of the home unit; empty: as AddOptions
	Project     string // of a new draft: public id of the project that people are brought into; empty: into the account
}

// Paste reads addresses into a draft, which waits seven days for its maker. Doubles are merged, in the draft too; pieces that are no
// address are kept with their place (ADD-1, ADD-2). People who are in the
// account are marked, those who were come with their former company and
// function; of others nothing is said (ADD-5). In a project people of the account come
// with what they are there (PROJ-3).
//
// It refuses with addresses.too_many, addresses.empty and as Find does; a new draft
// without members.manage where it is made, and with project.archived.
func (s *Imports) Paste(ctx context.Context, actor authz.Actor, account directory.AccountID, paste Pasting) (directory.Import, error) {
	i, counts, err := s.pasteInto(ctx, actor, account, paste)
	if err != nil {
		return i, err
	}
	reader, err := s.pasteReader(ctx, actor, i, paste.Home)
	if err != nil {
		return i, err
	}
	limit := reader.limit
	list, refusal := s.dictionary.readPaste(paste.Text, limit, reader.choices)
	if refusal != nil {
		return i, refusal
	}
	if list.Read == 0 {
		return i, directory.InvalidField("addresses", "addresses.empty", nil)
	}
	if total := int(counts.Rows) + len(list.Addresses); total > limit && counts.Rows > 0 {
		return i, directory.InvalidField("addresses", "addresses.too_many", directory.Args{"count": total, "limit": limit})
	}
	if i.ID == 0 {
		if reader.homeless != nil {
			return i, reader.homeless
		}
		if i, err = s.newDraft(ctx, actor, i); err != nil {
			return i, err
		}
	}
	if i, err = s.pasted(ctx, reader, i, list, max(counts.Last, counts.lastInvalid)); err != nil || paste.Mended == 0 {
		return i, err
	}
	err = s.gate.Note(ctx, func(tx *store.Tx) error {
		gone, err := tx.ClearInvalid(ctx, i.ID, paste.Mended)
		if err != nil {
			return err
		}
		i.Choices.Addresses -= int(gone)
		return tx.UpdateImport(ctx, i)
	})
	return i, err
}

// pasteReader reads who pastes into a draft; home is the home unit of a new one.
func (s *Imports) pasteReader(ctx context.Context, actor authz.Actor, i directory.Import, home string) (pasteReader, error) {
	var reader pasteReader
	err := s.reading(ctx, actor, i, func(r *store.Reader, rights authz.Rights) error {
		reader.rights = rights
		found, err := r.Account(ctx, i.Account)
		if err != nil {
			return err
		}
		reader.limit, reader.accountType = s.gate.Policies(found).PasteLimit, found.Type
		if reader.choices, err = s.choices(ctx, r, rights, i); err != nil {
			return err
		}
		if i.ID != 0 || i.Brings() == directory.ImportPlaces {
			return nil
		}
		where, err := s.roster.HomesIn(ctx, r, rights, i.Account, home)
		reader.homeless = where.Refusal
		return err
	})
	return reader, err
}

// A pasteReader is who pastes: their rights, what they may choose, and why they may
// bring nobody in where they said no home unit.
type pasteReader struct {
	rights      authz.Rights
	choices     roster.AddChoices
	homeless    *directory.Error
	accountType string
	limit       int
}

// A pasteCount is what a draft holds before more is pasted into it.
type pasteCount struct {
	store.DraftCounts
	lastInvalid int64
}

// pasteInto finds the draft to paste into, or begins one that is not written yet.
func (s *Imports) pasteInto(ctx context.Context, actor authz.Actor, account directory.AccountID, paste Pasting) (directory.Import, pasteCount, error) {
	var n pasteCount
	if paste.Draft == "" {
		i := directory.Import{Account: account, Noun: directory.ImportMembers, Format: directory.ImportPasted,
			Choices: directory.ImportChoices{Invite: directory.InviteByLevel, Home: paste.Home, Project: paste.Project}}
		return i, n, nil
	}
	i, err := s.draft(ctx, actor, account, paste.Draft)
	if err != nil {
		return i, n, err
	}
	err = s.gate.Peek(func(r *store.Reader) error {
		if n.DraftCounts, err = r.DraftCounts(ctx, i.ID); err != nil {
			return err
		}
		_, n.lastInvalid, err = r.CountInvalid(ctx, i.ID)
		return err
	})
	return i, n, err
}

// draft finds a draft of pasted addresses that waits.
func (s *Imports) draft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Import, error) {
	i, err := s.Find(ctx, actor, account, id)
	switch {
	case err != nil:
		return i, err
	case !i.Pasted():
		return i, directory.Refuse(directory.NotFound, "import.not_found")
	case i.State != directory.ImportDraft:
		return i, directory.Refuse(directory.Conflict, "import.started")
	}
	return i, nil
}

// pasted writes the rows of a paste after the last line there is.
func (s *Imports) pasted(ctx context.Context, reader pasteReader, i directory.Import, list directory.AddressList, last int64) (directory.Import, error) {
	added := int64(0)
	for part := range slices.Chunk(list.Addresses, roster.Chunk) {
		lines := make([]int64, len(part))
		for n := range lines {
			last++
			lines[n] = last
		}
		n, err := s.insertPasted(ctx, reader, i, pastedPart{addresses: part, lines: lines})
		if err != nil {
			return i, err
		}
		added += n
	}
	for part := range slices.Chunk(list.Faults, roster.Chunk) {
		rows := make([]store.ImportRow, len(part))
		for n, f := range part {
			last++
			row, err := faultRow(last, f)
			if err != nil {
				return i, err
			}
			rows[n] = row
		}
		if err := s.gate.Note(ctx, func(tx *store.Tx) error { return tx.PutImportRows(ctx, i.ID, rows) }); err != nil {
			return i, err
		}
	}
	i.Choices.Addresses += list.Read
	i.Choices.Doubles += list.Doubles + len(list.Addresses) - int(added)
	return s.touched(ctx, i, i.Counts.Total+added)
}

// A pastedPart is what is written of a paste at once: addresses that become rows, each
// at its line, after what with does in the same transaction.
type pastedPart struct {
	addresses []directory.PastedAddress
	lines     []int64
	with      func(tx *store.Tx) error // nil: nothing
}

// insertPasted makes rows and answers how many are new. What a row of a table says and
// nobody can choose is told beside the row until it is changed.
func (s *Imports) insertPasted(ctx context.Context, reader pasteReader, i directory.Import, part pastedPart) (int64, error) {
	words := s.wordsOf(reader.choices, reader.accountType)
	rows := make([]directory.DraftRow, len(part.addresses))
	var told []store.ImportRow
	for n, a := range part.addresses {
		rows[n] = directory.DraftRow{Line: part.lines[n], Email: a.Email, First: a.First, Last: a.Last}
		if faults := words.into(&rows[n], a.Beside); len(faults) > 0 {
			facts, err := json.Marshal(RowFacts{Email: a.Email, Refusal: faults[0], Also: faults[1:]})
			if err != nil {
				return 0, err
			}
			told = append(told, store.ImportRow{Line: rows[n].Line, Outcome: string(gate.Refused), Facts: string(facts)})
		}
	}
	if err := s.roster.Recognise(ctx, reader.rights, i.Account, reader.choices, rows); err != nil {
		return 0, err
	}
	var added int64
	err := s.gate.Note(ctx, func(tx *store.Tx) (err error) {
		if part.with != nil {
			if err := part.with(tx); err != nil {
				return err
			}
		}
		if added, err = tx.InsertDraftRows(ctx, i.ID, rows); err != nil {
			return err
		}
		return tx.PutImportRows(ctx, i.ID, told)
	})
	return added, err
}

// faultRow keeps a piece that is no address at a line, with what its row says of the
// person.
func faultRow(line int64, f directory.AddressFault) (store.ImportRow, error) {
	facts, err := json.Marshal(RowFacts{Email: f.Text, At: f.Line, Position: f.Position, First: f.Row.First, Last: f.Row.Last, Beside: f.Row.Beside,
		Refusal: directory.InvalidField("email", f.Code, directory.Args{"Text": directory.Excerpt(f.Text)})})
	return store.ImportRow{Line: line, Outcome: string(Invalid), Facts: string(facts)}, err
}

// touched notes that a draft is another than the one that was checked.
func (s *Imports) touched(ctx context.Context, i directory.Import, total int64) (directory.Import, error) {
	i.Checked, i.Batch, i.Counts = time.Time{}, uuid.NewString(), directory.ImportCounts{Total: total}
	return i, s.gate.Note(ctx, func(tx *store.Tx) error { return tx.UpdateImport(ctx, i) })
}

// A DraftLine is a row of a draft as it is shown. Of somebody who is there already it
// shows who they are there; NewCompany says that its company would be created.
type DraftLine struct {
	directory.DraftRow
	There      bool
	NewCompany bool
	Status     directory.Status   // in the account, of whoever is to come into a project; 0: new to the account
	Faults     []*directory.Error // why it was refused, or would be, as it stands: all that is wrong
}

// A DraftView is a page of a draft.
type DraftView struct {
	directory.Import
	Lines   []DraftLine
	Counts  store.DraftCounts
	Invalid []ImportedRow // the first pieces that are no address
	Faults  int64         // how many there are
	Choices roster.AddChoices
	Seats   []DraftSeats
}

// DraftSeats are how many seats of an offer the people of a draft would take, and
// how many are free.
type DraftSeats struct {
	Offer        directory.Offer
	Wanted, Free int64
}

// seatsOf counts what a draft would take of each product, in the order of the
// catalogue. Of a product that is named without edition all that are free count.
// Access in a project takes none.
func seatsOf(ctx context.Context, r *store.Reader, i directory.Import, choices roster.AddChoices) ([]DraftSeats, error) {
	if i.Brings() == directory.ImportPlaces {
		return nil, nil
	}
	wanted, err := r.DraftProducts(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	var found []DraftSeats
	add := func(offer directory.Offer) {
		if n := wanted[offer.String()]; n > 0 {
			found = append(found, DraftSeats{Offer: offer, Wanted: n, Free: choices.Free(offer)})
			delete(wanted, offer.String())
		}
	}
	for _, p := range choices.Products {
		add(directory.Offer{Product: p.Offer.Product})
		add(p.Offer)
	}
	for _, text := range slices.Sorted(maps.Keys(wanted)) {
		add(directory.OfferOf(text))
	}
	return found, nil
}

// shownFaults is how many pieces that are no address a page lists.
const shownFaults = 200

// Draft reads a page of a draft, the first being 1.
func (s *Imports) Draft(ctx context.Context, actor authz.Actor, account directory.AccountID, id string, page int) (DraftView, error) {
	var v DraftView
	i, err := s.draft(ctx, actor, account, id)
	if err != nil {
		return v, err
	}
	v.Import = i
	err = s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		rows, err := r.DraftPage(ctx, i.ID, (max(page, 1)-1)*DraftPageRows, DraftPageRows)
		if err != nil {
			return err
		}
		if v.Choices, err = s.choices(ctx, r, rights, i); err != nil {
			return err
		}
		if v.Counts, err = r.DraftCounts(ctx, i.ID); err != nil {
			return err
		}
		if v.Seats, err = seatsOf(ctx, r, i, v.Choices); err != nil {
			return err
		}
		invalid, err := r.ImportRows(ctx, i.ID, store.ImportRowFilter{Outcome: string(Invalid), Limit: shownFaults})
		if err != nil {
			return err
		}
		if v.Invalid, err = importedRows(invalid); err != nil {
			return err
		}
		if v.Faults, _, err = r.CountInvalid(ctx, i.ID); err != nil {
			return err
		}
		return s.show(ctx, r, rights, &v, rows)
	})
	return v, err
}

// show fills the lines of a page with what is known of the rows.
func (s *Imports) show(ctx context.Context, r *store.Reader, rights authz.Rights, v *DraftView, rows []directory.DraftRow) error {
	v.Lines = make([]DraftLine, len(rows))
	var names []string
	for n, row := range rows {
		v.Lines[n] = DraftLine{DraftRow: row, There: row.Member != 0}
		if row.Member == 0 && row.Company != "" {
			names = append(names, row.Company)
		}
	}
	named, err := r.CompaniesByName(ctx, v.Account, names)
	if err != nil {
		return err
	}
	people, err := peopleOf(ctx, r, rights, v.Import, *v)
	if err != nil {
		return err
	}
	refused, err := refusals(ctx, r, v.ID, rows)
	if err != nil {
		return err
	}
	account, err := r.Account(ctx, v.Account)
	if err != nil {
		return err
	}
	for n := range v.Lines {
		l := &v.Lines[n]
		if shown, ok := people.there[l.Member]; ok && l.There {
			shown.Line, shown.Email, shown.Member = l.Line, l.Email, l.Member
			l.DraftRow = shown
			continue
		}
		_, known := named[directory.Fold(l.Company)]
		l.NewCompany = l.Company != "" && !known
		l.Status, l.Faults = people.status[l.Known], s.rowFaults(l.DraftRow, refused[l.Line], v.Choices, account.Language)
	}
	return nil
}

// refusals are why rows of a page were refused when they were last tried or pasted, by
// line.
func refusals(ctx context.Context, r *store.Reader, id directory.ImportID, rows []directory.DraftRow) (map[int64][]*directory.Error, error) {
	found := map[int64][]*directory.Error{}
	if len(rows) == 0 {
		return found, nil
	}
	tried, err := r.ImportRows(ctx, id, store.ImportRowFilter{Outcome: string(gate.Refused), After: rows[0].Line - 1, Limit: len(rows)})
	if err != nil {
		return nil, err
	}
	refused, err := importedRows(tried)
	for _, row := range refused {
		found[row.Line] = row.Faults()
	}
	return found, err
}

// PlacesShown are members as rows of a draft show them, those in the reader's
// sight.
func PlacesShown(ctx context.Context, r *store.Reader, account directory.AccountID, rights authz.Rights, keys []directory.MemberID) (map[directory.MemberID]directory.DraftRow, error) {
	members, err := r.Members(ctx, account, keys)
	if err != nil || len(members) == 0 {
		return nil, err
	}
	members = slices.DeleteFunc(members, func(m directory.Member) bool { return !roster.SeesPeopleAt(rights, m.Unit) })
	return rowsOf(ctx, r, account, members)
}
