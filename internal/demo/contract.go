package demo

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"intendant/internal/app"
	"intendant/internal/directory"
)

// tellContract names a deputy of the account's referent, and lets the vendor put
// two invoices there.
func (b *builder) tellContract(account *directory.Account) {
	b.ago(410, "a deputy of Groupe Maraval", func() error {
		helene := b.users["helene.castaing@maraval.example"]
		naming := app.ContractNaming{Part: app.DeputyPart}
		found, err := b.App.Contracts.Choices(b.ctx, helene, account.ID, naming, "camille.aubrac@maraval.example")
		if err != nil {
			return err
		}
		for _, person := range found.People {
			naming.Member = person.Member
		}
		_, err = b.App.Contracts.Name(b.ctx, helene, account.ID, naming)
		return err
	})
	for _, one := range []struct {
		days           float64
		number, amount string
	}{{400, "F-2025-0412", "18 640,00 € HT"}, {35, "F-2026-0387", "19 210,00 € HT"}} {
		b.ago(one.days, "invoice "+one.number, func() error {
			day := directory.DayOf(b.now.Add(-time.Duration(one.days*24)*time.Hour), time.UTC)
			content, err := invoice(one.number, account.Name, one.amount, day)
			if err != nil {
				return err
			}
			_, err = b.App.Contracts.AddDocument(b.ctx, b.staff(), account.ID, app.ContractNewDocument{Number: one.number, Day: day, Amount: one.amount,
				File: one.number + ".pdf", Content: content})
			return err
		})
	}
}

// invoice is a page that says what it is.
func invoice(number, customer, amount string, day directory.Day) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCreationDate(day.UTC())
	pdf.SetModificationDate(day.UTC())
	latin := pdf.UnicodeTranslatorFromDescriptor("")
	pdf.AddPage()
	pdf.SetFont("Helvetica", "B", 16)
	pdf.CellFormat(0, 12, latin("Facture "+number), "", 1, "", false, 0, "")
	pdf.SetFont("Helvetica", "", 11)
	for _, line := range []string{customer, day.ISO(), amount} {
		pdf.CellFormat(0, 8, latin(line), "", 1, "", false, 0, "")
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("print an invoice: %w", err)
	}
	return out.Bytes(), nil
}
