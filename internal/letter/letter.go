// Package letter prints the letters that carry admin keys to a customer, as
// one PDF (rule KEY-5). A letter is an A4 sheet for a window envelope; below its
// cut line each key has a slip that works alone: number, key, where to enter
// it, to whom it was given. The keys pass through and are kept nowhere (rule
// KEY-6).
package letter

import (
	"errors"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"

	"intendant/internal/i18n"
)

// A Brand is the vendor as sender.
type Brand struct {
	Name    string
	Colour  string   // "#rrggbb"
	Logo    []byte   // PNG; without one the sign is drawn
	Address []string // street, then postcode and town
	Place   string   // where the letter is dated; may be empty
	Support string   // telephone or address of support; may be empty
}

// A Letter goes to one account.
type Letter struct {
	Printer     *i18n.Printer // the account's language
	AccountName string
	Number      string // the customer number as it is printed
	Level       string // name of the service level; may be empty
	Licences    string // what the subscriptions hold; may be empty
	Address     []string
	Date        time.Time
	Keys        []string // formatted, see directory.FormatKey
	KeyURL      string   // where keys are entered, such as "https://espace.example/key"
}

const (
	firstPageSlips = 3
	laterPageSlips = 9
)

// Write prints the letters one after the other. A letter takes one page for up
// to three keys and further ones, of slips only, for more. The same letters
// give the same bytes. A letter without printer or keys is a fault.
func Write(w io.Writer, brand Brand, letters []Letter) error {
	if len(letters) == 0 {
		return errors.New("write letters: none given")
	}
	for _, l := range letters {
		if l.Printer == nil || len(l.Keys) == 0 {
			return fmt.Errorf("write letter of account number %s: it has no language or no keys", l.Number)
		}
	}
	s, err := newSheet(brand, letters[0])
	if err != nil {
		return fmt.Errorf("write letters: %w", err)
	}
	for _, l := range letters {
		s.letter(l)
	}
	if err := s.pdf.Output(w); err != nil {
		return fmt.Errorf("write letters: %w", err)
	}
	return nil
}

// newSheet opens the document in the form of its first letter.
func newSheet(brand Brand, first Letter) (*sheet, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(first.Date)
	pdf.SetModificationDate(first.Date)
	pdf.SetProducer("Intendant", true)
	pdf.SetTitle(first.Printer.T("letter.document"), true)
	pdf.SetLang(first.Printer.Lang())
	pdf.AddUTF8FontFromBytes(plain, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(medium, "", gomedium.TTF)
	pdf.AddUTF8FontFromBytes(bold, "", gobold.TTF)
	pdf.AddUTF8FontFromBytes(mono, "", gomonobold.TTF)
	glyphs, err := newGlyphs()
	if err != nil {
		return nil, err
	}
	return &sheet{pdf: pdf, glyphs: glyphs, brand: brand}, pdf.Error()
}
