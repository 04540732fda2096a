package store

import (
	"context"
	"fmt"
	"time"

	"intendant/internal/directory"
)

const documentColumns = `d.key, d.uuid, d.unit_key, d.number, d.issued_on, d.amount, d.file_name, d.bytes`

func scanDocument(row scanner) (directory.Document, error) {
	var d directory.Document
	var day string
	if err := row.Scan(&d.ID, &d.UUID, &d.Unit, &d.Number, &day, &d.Amount, &d.File, &d.Bytes); err != nil {
		return d, err
	}
	at, err := time.Parse(time.DateOnly, day)
	d.Day = directory.DayOf(at, time.UTC)
	return d, err
}

// A DocumentList says which documents of an account are meant: those of units, or
// all.
type DocumentList struct {
	Account    directory.AccountID
	Units      []directory.UnitID
	All        bool
	Skip, Size int
}

// Documents reads documents that were not withdrawn, newest first, and how many
// there are.
func (r *Reader) Documents(ctx context.Context, l DocumentList) ([]directory.Document, int64, error) {
	where := func(a *args) string {
		text := ` FROM contract_document d WHERE d.account_key = ` + a.add(l.Account) + ` AND d.withdrawn_at IS NULL`
		if !l.All {
			text += ` AND d.unit_key` + inKeys(r, l.Units, a)
		}
		return text
	}
	var a args
	total, err := one(ctx, r, `SELECT count(*)`+where(&a), a, scanInt64)
	if err != nil {
		return nil, 0, fmt.Errorf("count documents: %w", err)
	}
	a = nil
	query := `SELECT ` + documentColumns + where(&a) + ` ORDER BY d.issued_on DESC, d.key DESC` + atMost(l.Size) + ` OFFSET ` + a.add(l.Skip)
	found, err := collect(ctx, r, query, a, scanDocument)
	if err != nil {
		return nil, 0, fmt.Errorf("read documents: %w", err)
	}
	return found, total, nil
}

// DocumentByUUID reads a document of an account. It refuses one that is another
// account's, or was withdrawn, like none: document.not_found.
func (r *Reader) DocumentByUUID(ctx context.Context, account directory.AccountID, uuid string) (directory.Document, error) {
	var a args
	query := `SELECT ` + documentColumns + ` FROM contract_document d WHERE d.account_key = ` + a.add(account) + ` AND d.uuid = ` + a.add(uuid) +
		` AND d.withdrawn_at IS NULL`
	d, err := one(ctx, r, query, a, scanDocument)
	if isNoRows(err) {
		return d, directory.Refuse(directory.NotFound, "document.not_found")
	}
	if err != nil {
		return d, fmt.Errorf("read document: %w", err)
	}
	return d, nil
}

// DocumentPart reads one part of a document's content, from 0; none after the last.
func (r *Reader) DocumentPart(ctx context.Context, document directory.DocumentID, part int) ([]byte, error) {
	var a args
	query := `SELECT content FROM contract_document_part WHERE document_key = ` + a.add(document) + ` AND part = ` + a.add(part)
	content, err := one(ctx, r, query, a, func(row scanner) (content []byte, err error) { return content, row.Scan(&content) })
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read part of document: %w", err)
	}
	return content, nil
}

// documentPart is how much of a document one row holds.
const documentPart = 256 << 10

// An InsertDocument writes a new document with its content.
type InsertDocument struct {
	Account  directory.AccountID
	Document directory.Document
	By       directory.UserID // 0: the command line
	Content  []byte
}

func (c InsertDocument) apply(ctx context.Context, tx *Tx) error {
	d := c.Document
	columns := []string{"key", "uuid", "account_key", "unit_key", "number", "issued_on", "amount", "file_name", "bytes", "added_by", "added_at"}
	row := []any{d.ID, d.UUID, c.Account, d.Unit, d.Number, d.Day.ISO(), d.Amount, d.File, len(c.Content), c.By, tx.Now}
	if _, err := tx.bulkInsert(ctx, "contract_document", columns, [][]any{row}, ""); err != nil {
		return fmt.Errorf("add document: %w", err)
	}
	var rows [][]any
	for from := 0; from < len(c.Content); from += documentPart {
		rows = append(rows, []any{d.ID, len(rows), c.Content[from:min(from+documentPart, len(c.Content))]})
	}
	if _, err := tx.bulkInsert(ctx, "contract_document_part", []string{"document_key", "part", "content"}, rows, ""); err != nil {
		return fmt.Errorf("add document's content: %w", err)
	}
	return nil
}

// A WithdrawDocument takes a document away: its content goes, its row says that it
// was there.
type WithdrawDocument struct {
	Document directory.DocumentID
	By       directory.UserID
}

func (c WithdrawDocument) apply(ctx context.Context, tx *Tx) error {
	var a args
	query := `UPDATE contract_document SET withdrawn_at = ` + a.add(tx.Now) + `, withdrawn_by = ` + a.add(c.By) +
		` WHERE key = ` + a.add(c.Document) + ` AND withdrawn_at IS NULL`
	if _, err := exec(ctx, tx, query, a); err != nil {
		return fmt.Errorf("withdraw document: %w", err)
	}
	a = nil
	if _, err := exec(ctx, tx, `DELETE FROM contract_document_part WHERE document_key = `+a.add(c.Document), a); err != nil {
		return fmt.Errorf("remove document's content: %w", err)
	}
	return nil
}
