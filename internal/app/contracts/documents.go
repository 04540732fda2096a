package contracts

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A Document is an invoice with the unit it is for.
type Document struct {
	directory.Document
	Unit directory.Unit
}

// Documents are one page of documents, newest first.
type Documents struct {
	Rows  []Document
	Total int64
	From  int // position of the first one, from 1; 0 without any
}

// DocumentsPerPage is how many documents a page lists.
const DocumentsPerPage = 50

// A DocumentWindow is the part of a list of documents that is asked for.
type DocumentWindow struct {
	Skip int // documents that come before it
	Size int // at most DocumentsPerPage; 0: that many
}

// documents reads a page of documents: the last one when so many are not there any
// more.
func documents(ctx context.Context, r *store.Reader, t *authz.Tree, l store.DocumentList, w DocumentWindow) (Documents, error) {
	l.Size, l.Skip = DocumentsPerPage, max(0, w.Skip)
	if w.Size > 0 {
		l.Size = min(w.Size, DocumentsPerPage)
	}
	rows, total, err := r.Documents(ctx, l)
	if err == nil && len(rows) == 0 && total > 0 {
		l.Skip = (int(total) - 1) / l.Size * l.Size
		rows, total, err = r.Documents(ctx, l)
	}
	d := Documents{Total: total}
	for _, row := range rows {
		unit, _ := t.Unit(row.Unit)
		d.Rows = append(d.Rows, Document{Document: row, Unit: unit})
	}
	if len(rows) > 0 {
		d.From = l.Skip + 1
	}
	return d, err
}

// CustomerDocuments are a customer's documents as the vendor sees them. It refuses
// with denied.duty and account.not_found.
func (s *Contracts) CustomerDocuments(ctx context.Context, actor authz.Actor, account directory.AccountID, w DocumentWindow) (Documents, error) {
	var d Documents
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) error {
		if err := gate.InPortfolio(actor, account); err != nil {
			return err
		}
		t, err := s.gate.Tree(ctx, r, account)
		if err != nil {
			return err
		}
		d, err = documents(ctx, r, t, store.DocumentList{Account: account, All: true}, w)
		return err
	})
	return d, err
}

// CustomerDocument is one of a customer's documents as the vendor sees it, wherever
// it stands in the list. It refuses like CustomerDocuments, and with
// document.not_found.
func (s *Contracts) CustomerDocument(ctx context.Context, actor authz.Actor, account directory.AccountID, document string) (directory.Document, error) {
	var d directory.Document
	err := s.gate.Console(ctx, actor, authz.ViewAccounts, func(r *store.Reader) (err error) {
		if err := gate.InPortfolio(actor, account); err != nil {
			return err
		}
		d, err = r.DocumentByUUID(ctx, account, document)
		return err
	})
	return d, err
}

// A NewDocument is an invoice to add.
type NewDocument struct {
	Unit    string // public id, external id or name; empty: the root
	Number  string
	Day     directory.Day
	Amount  string
	File    string // what it was called
	Content []byte
}

// AddDocument adds an invoice to a customer's (SEAT-8): who looks after the
// contract of its unit, or of one above, finds it there. It refuses without
// accounts.change, with unit.not_found, with the field at fault, with
// document.empty, document.too_large and document.not_pdf whatever the file is
// called, and with document.number_taken while another document of the account has
// that number: an invoice that is sent twice is there once.
func (s *Contracts) AddDocument(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewDocument) (directory.Document, error) {
	var made directory.Document
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		if err := p.RequireDuty(authz.ChangeAccounts); err != nil {
			return err
		}
		t, err := s.gate.Tree(ctx, r, account)
		if err != nil {
			return err
		}
		unit, unknown := unitCalled(t, n.Unit)
		d := directory.Document{Unit: unit, Number: n.Number, Day: n.Day, Amount: n.Amount, File: n.File, Bytes: int64(len(n.Content))}
		if refusal := directory.Together(unknown, d.Clean(), directory.CheckDocument(n.Content)); refusal != nil {
			return refusal
		}
		d.ID, d.UUID = directory.DocumentID(p.NewKey()), roster.PublicID()
		p.Change(store.InsertDocument{Account: account, Document: d, By: p.Actor.User, Content: n.Content})
		p.Record(documentEntry(p, audit.DocumentAdded, d))
		made = d
		return nil
	})
	return made, err
}

// unitCalled is the one unit of a public id, an external id, or a name; the root
// for none. It refuses with unit.not_found and unit.ambiguous.
func unitCalled(t *authz.Tree, text string) (directory.UnitID, *directory.Error) {
	if text = strings.TrimSpace(text); text == "" {
		return t.Root(), nil
	}
	var called []directory.UnitID
	for _, u := range t.Units() {
		if u.UUID == text || u.External == text {
			return u.ID, nil
		}
		if directory.Fold(u.Name) == directory.Fold(text) {
			called = append(called, u.ID)
		}
	}
	switch len(called) {
	case 0:
		return 0, directory.InvalidField("unit", "unit.not_found", nil)
	case 1:
		return called[0], nil
	}
	return 0, directory.InvalidField("unit", "unit.ambiguous", directory.Args{"Unit": directory.Short(text, directory.Quoted)})
}

// documentEntry is an entry about a document. Whoever sees the history of its unit
// reads its number and no more: day and amount are for who looks after the
// contract (ACC-9).
func documentEntry(p *gate.Plan, kind audit.Kind, d directory.Document) audit.Entry {
	entry := p.Entry(kind, 0, int64(d.ID))
	entry.Unit = d.Unit
	entry.Note("document_number", "", d.Number)
	return entry
}

// WithdrawDocument takes a customer's document away: its content is removed, the
// history says that it was there. It refuses without accounts.change, and with
// document.not_found.
func (s *Contracts) WithdrawDocument(ctx context.Context, actor authz.Actor, account directory.AccountID, document string) (directory.Document, error) {
	var d directory.Document
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
		if err := p.RequireDuty(authz.ChangeAccounts); err != nil {
			return err
		}
		if d, err = r.DocumentByUUID(ctx, account, document); err != nil {
			return err
		}
		p.Change(store.WithdrawDocument{Document: d.ID, By: p.Actor.User})
		entry := p.Entry(audit.DocumentWithdrawn, 0, int64(d.ID))
		entry.Unit = d.Unit
		entry.Note("document_number", d.Number, "")
		p.Record(entry)
		return nil
	})
	return d, err
}

// A Download is a document and its content, read part by part, each a reading of
// its own: whoever takes it slowly keeps no reading from others (NODE-7).
type Download struct {
	directory.Document
	gate *gate.Gate
	next int
}

// Part is what comes next, nothing at the end. A document that is withdrawn
// meanwhile ends short of its size.
func (d *Download) Part(ctx context.Context) ([]byte, error) {
	var part []byte
	err := d.gate.Read(ctx, func(r *store.Reader) (err error) {
		part, err = r.DocumentPart(ctx, d.ID, d.next)
		return err
	})
	d.next++
	return part, err
}

// Download opens a document for who looks after the contract of its unit, and
// records that they read it (HIST-4). It refuses everybody else with
// document.not_found, in the same words as an id that no document has, and with
// account.not_found whoever does not belong to the account.
func (s *Contracts) Download(ctx context.Context, actor authz.Actor, account directory.AccountID, document string) (*Download, error) {
	return s.open(ctx, actor, account, document, func(ctx context.Context, r *store.Reader, p *gate.Plan, d directory.Document) error {
		h, err := holdOf(ctx, r, actor, p.Rights, account)
		if err != nil {
			return err
		}
		return p.RequireAs(func(authz.Rights) error {
			if d.ID == 0 || !h.looksAfter(d.Unit) {
				return directory.Refuse(directory.NotFound, "document.not_found")
			}
			return nil
		})
	})
}

// DownloadForVendor is Download for staff who look at customers.
func (s *Contracts) DownloadForVendor(ctx context.Context, actor authz.Actor, account directory.AccountID, document string) (*Download, error) {
	return s.open(ctx, actor, account, document, func(_ context.Context, _ *store.Reader, p *gate.Plan, d directory.Document) error {
		if err := p.RequireDuty(authz.ViewAccounts); err != nil {
			return err
		}
		if d.ID == 0 {
			return directory.Refuse(directory.NotFound, "document.not_found")
		}
		return nil
	})
}

// open finds a document, zero for none, lets ask decide, and records the reading.
func (s *Contracts) open(ctx context.Context, actor authz.Actor, account directory.AccountID, document string,
	ask func(ctx context.Context, r *store.Reader, p *gate.Plan, d directory.Document) error) (*Download, error) {
	var d directory.Document
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) (err error) {
		if d, err = r.DocumentByUUID(ctx, account, document); err != nil && !gate.RefusedWith(err, "document.not_found") {
			return err
		}
		if err := ask(ctx, r, p, d); err != nil {
			return err
		}
		p.Record(documentEntry(p, audit.DocumentDownloaded, d))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Download{Document: d, gate: s.gate}, nil
}
