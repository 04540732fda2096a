package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

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
}

// Paste reads addresses into a draft, which waits seven days for its maker. Doubles are merged, in the draft too; pieces that are no
// address are kept with their place (ADD-1, ADD-2). People who are in the
// account are marked, those who were come with their former company and
// function; of others nothing is said (ADD-5).
//
// It refuses with addresses.too_many, addresses.empty and as Find does.
func (s *Imports) Paste(ctx context.Context, actor authz.Actor, account directory.AccountID, paste Pasting) (directory.Import, error) {
	i, counts, err := s.pasteInto(ctx, actor, account, paste.Draft)
	if err != nil {
		return i, err
	}
	limit := 0
	var reader authz.Rights
	var where homes
	if err := s.reading(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		reader = rights
		found, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		limit = s.policies(found).PasteLimit
		where, err = s.homesIn(ctx, r, rights, account, paste.Home)
		return err
	}); err != nil {
		return i, err
	}
	list, refusal := directory.ParseAddresses(paste.Text, limit)
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
		if where.refusal != nil {
			return i, where.refusal
		}
		i = directory.Import{Account: account, Noun: directory.ImportMembers, Format: directory.ImportPasted,
			Choices: directory.ImportChoices{Invite: directory.InviteByLevel, Home: paste.Home}}
		if i, err = s.newDraft(ctx, actor, i); err != nil {
			return i, err
		}
	}
	if paste.Mended > 0 {
		var gone int64
		if err := s.note(ctx, func(tx *store.Tx) (err error) {
			gone, err = tx.ClearInvalid(ctx, i.ID, paste.Mended)
			return err
		}); err != nil {
			return i, err
		}
		i.Choices.Addresses -= int(gone)
	}
	return s.pasted(ctx, reader, i, list, max(counts.Last, counts.lastInvalid))
}

// A pasteCount is what a draft holds before more is pasted into it.
type pasteCount struct {
	store.DraftCounts
	lastInvalid int64
}

// pasteInto finds the draft to paste into, if one is named.
func (s *Imports) pasteInto(ctx context.Context, actor authz.Actor, account directory.AccountID, id string) (directory.Import, pasteCount, error) {
	var n pasteCount
	if id == "" {
		return directory.Import{}, n, nil
	}
	i, err := s.draft(ctx, actor, account, id)
	if err != nil {
		return i, n, err
	}
	err = s.peek(func(r *store.Reader) error {
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
func (s *Imports) pasted(ctx context.Context, reader authz.Rights, i directory.Import, list directory.AddressList, last int64) (directory.Import, error) {
	added := int64(0)
	for addresses := list.Addresses; len(addresses) > 0; {
		part := addresses[:min(chunk, len(addresses))]
		addresses = addresses[len(part):]
		rows := make([]directory.DraftRow, len(part))
		for n, a := range part {
			last++
			rows[n] = directory.DraftRow{Line: last, Email: a.Email, First: a.First, Last: a.Last}
		}
		if err := s.recognise(ctx, reader, i.Account, rows); err != nil {
			return i, err
		}
		if err := s.note(ctx, func(tx *store.Tx) error {
			n, err := tx.InsertDraftRows(ctx, i.ID, rows)
			added += n
			return err
		}); err != nil {
			return i, err
		}
	}
	for faults := list.Faults; len(faults) > 0; {
		part := faults[:min(chunk, len(faults))]
		faults = faults[len(part):]
		rows := make([]store.ImportRow, len(part))
		for n, f := range part {
			last++
			facts, err := json.Marshal(RowFacts{Email: f.Text, At: f.Line, Position: f.Position,
				Refusal: directory.InvalidField("email", f.Code, directory.Args{"Text": directory.Excerpt(f.Text)})})
			if err != nil {
				return i, err
			}
			rows[n] = store.ImportRow{Line: last, Outcome: string(Invalid), Facts: string(facts)}
		}
		if err := s.note(ctx, func(tx *store.Tx) error { return tx.PutImportRows(ctx, i.ID, rows) }); err != nil {
			return i, err
		}
	}
	i.Choices.Addresses += list.Read
	i.Choices.Doubles += list.Doubles + len(list.Addresses) - int(added)
	return s.touched(ctx, i, i.Counts.Total+added)
}

// touched notes that a draft is another than the one that was checked.
func (s *Imports) touched(ctx context.Context, i directory.Import, total int64) (directory.Import, error) {
	i.Checked, i.Batch, i.Counts = time.Time{}, uuid.NewString(), directory.ImportCounts{Total: total}
	return i, s.note(ctx, func(tx *store.Tx) error { return tx.UpdateImport(ctx, i) })
}

// recognise fills in what the account knows of people: who is there, and where
// those who were removed had been, as far as the reader sees (ADD-5, USER-6).
func (c *core) recognise(ctx context.Context, reader authz.Rights, account directory.AccountID, rows []directory.DraftRow) error {
	return c.read(ctx, func(r *store.Reader) error {
		emails := make([]string, len(rows))
		for n, row := range rows {
			emails[n] = row.Email
		}
		users, err := r.UsersByAddress(ctx, emails)
		if err != nil || len(users) == 0 {
			return err
		}
		keys := make([]directory.UserID, 0, len(users))
		for _, u := range users {
			keys = append(keys, u.ID)
		}
		places, err := r.MembersOf(ctx, account, keys)
		if err != nil || len(places) == 0 {
			return err
		}
		members := make([]directory.Member, 0, len(places))
		for _, m := range places {
			members = append(members, m)
		}
		companies, err := r.CompaniesByKey(ctx, companiesOf(members))
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, account)
		if err != nil {
			return err
		}
		for n := range rows {
			u := users[directory.FoldEmail(rows[n].Email)]
			m, known := places[u.ID]
			switch {
			case !known:
			case m.Removed.IsZero():
				rows[n].Member = m.ID
			case seesPeopleAt(reader, m.Unit):
				comeBack(&rows[n], u, m, formerPlace{companies[m.Company].Name, roles})
			}
		}
		return nil
	})
}

// A formerPlace is what somebody's place in the account was called.
type formerPlace struct {
	company string
	roles   []directory.Role
}

// comeBack proposes for somebody who was removed what they were.
func comeBack(row *directory.DraftRow, u directory.User, m directory.Member, was formerPlace) {
	row.First, row.Last, row.Company = namesOf(u, m).First, namesOf(u, m).Last, was.company
	for _, role := range was.roles {
		if slices.Contains(m.Functions, role.ID) && role.Archived.IsZero() {
			row.Function, row.Level = role.Code, role.DefaultLevel
			return
		}
	}
}

// namesOf are a member's own names, else those that were suggested.
func namesOf(u directory.User, m directory.Member) directory.PersonName {
	if u.First != "" || u.Last != "" {
		return directory.PersonName{First: u.First, Last: u.Last}
	}
	return m.Suggested
}

// A DraftLine is a row of a draft as it is shown. Of a member it shows who they
// are in this account; NewCompany says that its company would be created.
type DraftLine struct {
	directory.DraftRow
	There      bool
	NewCompany bool
}

// A DraftView is a page of a draft.
type DraftView struct {
	directory.Import
	Lines   []DraftLine
	Counts  store.DraftCounts
	Invalid []ImportedRow // the first pieces that are no address
	Faults  int64         // how many there are
	Choices AddChoices
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
	err = s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		rows, err := r.DraftPage(ctx, i.ID, (max(page, 1)-1)*DraftPageRows, DraftPageRows)
		if err != nil {
			return err
		}
		if v.Choices, err = s.choices(ctx, r, account, rights); err != nil {
			return err
		}
		if v.Counts, err = r.DraftCounts(ctx, i.ID); err != nil {
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
		v.Lines, err = s.draftLines(ctx, r, rights, i, rows)
		return err
	})
	return v, err
}

func (s *Imports) draftLines(ctx context.Context, r *store.Reader, rights authz.Rights, of directory.Import, rows []directory.DraftRow) ([]DraftLine, error) {
	lines := make([]DraftLine, len(rows))
	var keys []directory.MemberID
	var names []string
	for n, row := range rows {
		lines[n] = DraftLine{DraftRow: row, There: row.Member != 0}
		if row.Member != 0 {
			keys = append(keys, row.Member)
		} else if row.Company != "" {
			names = append(names, row.Company)
		}
	}
	named, err := r.CompaniesByName(ctx, of.Account, names)
	if err != nil {
		return nil, err
	}
	there, err := placesShown(ctx, r, of.Account, rights, keys)
	if err != nil {
		return nil, err
	}
	for n := range lines {
		l := &lines[n]
		if shown, ok := there[l.Member]; ok && l.There {
			shown.Line, shown.Email, shown.Member = l.Line, l.Email, l.Member
			l.DraftRow = shown
			continue
		}
		_, known := named[directory.Fold(l.Company)]
		l.NewCompany = l.Company != "" && !known
	}
	return lines, nil
}

// placesShown are members as rows of a draft show them, those in the reader's
// sight.
func placesShown(ctx context.Context, r *store.Reader, account directory.AccountID, rights authz.Rights, keys []directory.MemberID) (map[directory.MemberID]directory.DraftRow, error) {
	members, err := r.Members(ctx, account, keys)
	if err != nil || len(members) == 0 {
		return nil, err
	}
	members = slices.DeleteFunc(members, func(m directory.Member) bool { return !seesPeopleAt(rights, m.Unit) })
	ids := make([]directory.UserID, len(members))
	for n, m := range members {
		ids[n] = m.User
	}
	users, err := r.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	companies, err := r.CompaniesByKey(ctx, companiesOf(members))
	if err != nil {
		return nil, err
	}
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return nil, err
	}
	shown := make(map[directory.MemberID]directory.DraftRow, len(members))
	for _, m := range members {
		name := namesOf(users[m.User], m)
		row := directory.DraftRow{First: name.First, Last: name.Last, Company: companies[m.Company].Name}
		for _, role := range roles {
			if role.ID == m.Level {
				row.Level = role.Code
			}
			if row.Function == "" && slices.Contains(m.Functions, role.ID) {
				row.Function = role.Code
			}
		}
		shown[m.ID] = row
	}
	return shown, nil
}

// AddChoices are what a form offers for a new member: companies that are
// there, functions and levels the actor may give.
type AddChoices struct {
	Companies         []directory.Company
	Functions, Levels []directory.Role
	Homes             []HomeChoice // units that may be the home, at most 200 and the one asked for
	MoreHomes         bool
	Home              string // public id of the home unit that is proposed; empty: one is to be chosen
}

// offeredCompanies is how many companies a form proposes; others are typed.
const offeredCompanies = 1000

// DefaultLevel is the level a function proposes, if it may be given.
func (c AddChoices) DefaultLevel(function string) string {
	for _, role := range c.Functions {
		if role.Code == function {
			if slices.ContainsFunc(c.Levels, func(l directory.Role) bool { return l.Code == role.DefaultLevel }) {
				return role.DefaultLevel
			}
		}
	}
	return ""
}

// Homes finds the units that may be somebody's home by a part of their names,
// and the one that is chosen, at most 200. It refuses without members.manage.
func (s *Members) Homes(ctx context.Context, actor authz.Actor, account directory.AccountID, search, chosen string) ([]HomeChoice, error) {
	var found []HomeChoice
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := requireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		kind, _ := s.catalogue().AccountType(a.Type)
		found, _ = homeChoices(rights, kind, chosen, search)
		return nil
	})
	return found, err
}

// Choices are what a form offers for a new member. It refuses without
// members.manage.
func (s *Members) Choices(ctx context.Context, actor authz.Actor, account directory.AccountID) (AddChoices, error) {
	var found AddChoices
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err := requireSomewhere(rights, authz.ManageMembers); err != nil {
			return err
		}
		found, err = s.choices(ctx, r, account, rights)
		return err
	})
	return found, err
}

// choices are what the form of adding offers to somebody with these rights.
func (c *core) choices(ctx context.Context, r *store.Reader, account directory.AccountID, rights authz.Rights) (AddChoices, error) {
	var found AddChoices
	roles, err := r.Roles(ctx, account)
	if err != nil {
		return found, err
	}
	a, err := r.Account(ctx, account)
	if err != nil {
		return found, err
	}
	kind, _ := c.catalogue().AccountType(a.Type)
	found.Homes, found.MoreHomes = homeChoices(rights, kind, "", "")
	if tops := topmost(rights); len(tops) == 1 {
		found.Home = tops[0].UUID
	}
	ro := &roster{Basis: Basis{Account: account, Rights: rights}, account: a, roles: roles}
	for _, role := range roles {
		if _, refusal := ro.giveable(role.Kind, role.Code, ""); refusal != nil {
			continue
		}
		switch role.Kind {
		case directory.Function:
			found.Functions = append(found.Functions, role)
		case directory.Level:
			found.Levels = append(found.Levels, role)
		}
	}
	found.Companies, err = r.Companies(ctx, account, offeredCompanies)
	return found, err
}
