package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/letter"
	"intendant/internal/web/page"
)

// printLetter answers the letter of one customer as a PDF; its keys are wiped
// with that (KEY-5, KEY-6).
func (h Handler) printLetter(q *page.Request) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	err = h.printable()
	if err == nil {
		err = h.App.Keys.OpenLetters(q.Context(), q.Actor(), c.Account.ID, app.ToPrint, h.into(&pdf))
	}
	if err != nil {
		return err
	}
	return sendPDF(q, q.Printer.T("letter.file")+"-"+directory.CleanNumber(c.Account.Number), &pdf)
}

// printLetters answers the letters of the customers ticked, or of all that wait,
// as one PDF (VEND-4).
func (h Handler) printLetters(q *page.Request) error {
	var ids []directory.AccountID
	if q.Field("which") != "all" {
		if len(q.PostForm["account"]) == 0 {
			return directory.Refuse(directory.Conflict, "letter.none")
		}
		var err error
		if ids, err = h.App.Accounts.Keys(q.Context(), q.Actor(), q.PostForm["account"]); err != nil {
			return err
		}
	}
	if err := h.printable(); err != nil {
		return err
	}
	var pdf bytes.Buffer
	if _, _, err := h.App.Keys.PrintLetters(q.Context(), q.Actor(), ids, h.into(&pdf)); err != nil {
		return err
	}
	return sendPDF(q, q.Printer.T("letter.file"), &pdf)
}

// printable refuses letters that could not say where a key is entered.
func (h Handler) printable() error {
	if h.BaseURL == "" {
		return directory.Refuse(directory.Conflict, "letter.no_base")
	}
	return nil
}

// into prints letters into a buffer, from the start each time it is called.
func (h Handler) into(pdf *bytes.Buffer) app.ReadLetters {
	return func(letters []app.KeyLetter) error {
		pdf.Reset()
		c := h.Catalogue()
		brand := letter.Brand{Name: c.Branding.Name, Colour: c.Branding.Colour, Support: c.Branding.Support.Phone,
			Address: slices.DeleteFunc(slices.Clone(c.Branding.PostalAddress), func(line string) bool { return line == c.Branding.Name })}
		if brand.Support == "" {
			brand.Support = c.Branding.Support.Email
		}
		pages := make([]letter.Letter, len(letters))
		for i, l := range letters {
			pages[i] = h.letterOf(l)
		}
		if err := letter.Write(pdf, brand, pages); err != nil {
			return fmt.Errorf("print letters: %w", err)
		}
		return nil
	}
}

func filled(texts ...string) []string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}

// letterOf is one letter in the account's language.
func (h Handler) letterOf(l app.KeyLetter) letter.Letter {
	a := l.Account
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	printer := h.Bundle.Printer(h.Bundle.Match(a.Language), zone)
	level, _ := h.Catalogue().ServiceLevel(a.ServiceLevel)
	out := letter.Letter{Printer: printer, AccountName: a.Name, Number: directory.SpellNumber(a.Number), Level: level.Label.In(printer.Lang()),
		Date: h.Now(), Keys: l.Keys, KeyURL: strings.TrimSuffix(h.BaseURL, "/") + "/network"}
	name := a.Contact.Name
	if name == "" && l.Buyer.ID != 0 {
		name = l.Buyer.Name()
	}
	if name != "" {
		out.Address = append(out.Address, printer.T("letter.attention", "Name", name))
	}
	out.Address = append(out.Address, filled(a.Address.Street, strings.TrimSpace(a.Address.PostalCode+" "+a.Address.City))...)
	if a.Address.Country != "" {
		out.Address = append(out.Address, printer.Country(a.Address.Country))
	}
	return out
}

// sendPDF answers a file that is kept nowhere on the way.
func sendPDF(q *page.Request, name string, pdf *bytes.Buffer) error {
	header := q.W.Header()
	header.Set("Content-Type", "application/pdf")
	header.Set("Content-Disposition", `attachment; filename="`+name+`.pdf"`)
	header.Set("Cache-Control", "no-store")
	q.W.WriteHeader(http.StatusOK)
	if _, err := pdf.WriteTo(q.W); err != nil && !errors.Is(err, http.ErrHandlerTimeout) {
		q.Site.Log.ErrorContext(q.Context(), "a letter was wiped but not received whole", "error", err)
	}
	return nil
}
