package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/letter"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const (
	lettersPath = "/vendor/letters"
	postedPath  = lettersPath + "/posted"
)

// lettersView is the page of the letters whose keys are kept.
type lettersView struct {
	Waiting, Printed []ui.Check
	Kept             string // for how long
	Dialog           *dialog
}

// letters lists the accounts whose letters wait to be printed, and those whose letters
// were and are not said to be posted: printing is confirmed there (KEY-6, VEND-4).
func (h Handler) letters(q *page.Request) error {
	return h.showLetters(q, q.URL.Query()["account"], nil)
}

// chosenLetters prints the letters of the accounts ticked, or asks before they are said
// to be posted. Without either it shows those accounts alone.
func (h Handler) chosenLetters(q *page.Request) error {
	ticked := q.PostForm["account"]
	do := q.Field("do")
	if do == "" && q.Field("which") != "all" && len(ticked) == 0 {
		return directory.Refuse(directory.Conflict, "letter.none_ticked")
	}
	if do == "" {
		return h.showLetters(q, ticked, nil)
	}
	chosen, err := h.chosen(q, ticked)
	if err != nil {
		return err
	}
	if do == "print" {
		return h.printLetters(q, chosen)
	}
	return h.showLetters(q, nil, postedDialog(q, ticked))
}

// postLetters says that the letters of the accounts named were posted: their keys are
// wiped (KEY-6).
func (h Handler) postLetters(q *page.Request) error {
	chosen, err := h.chosen(q, q.PostForm["account"])
	if err != nil {
		return err
	}
	posted, err := h.App.Keys.Posted(q.Context(), q.Actor(), chosen)
	if err != nil {
		return err
	}
	q.Toast(q.Printer.T("letters.posted.done", "Count", posted), "")
	return q.Redirect(lettersPath)
}

// chosen are the accounts ticked, each with when its letters had been printed last as
// the page showed it.
func (h Handler) chosen(q *page.Request, ticked []string) ([]app.ChosenLetter, error) {
	if len(ticked) == 0 {
		return nil, directory.Refuse(directory.Conflict, "letter.none_ticked")
	}
	seen, ids := map[string]time.Time{}, make([]string, len(ticked))
	for i, value := range ticked {
		id, at, _ := strings.Cut(value, "@")
		ids[i] = id
		if micros, err := strconv.ParseInt(at, 10, 64); err == nil && micros != 0 {
			seen[id] = time.UnixMicro(micros)
		}
	}
	keys, err := h.App.Accounts.Keys(q.Context(), q.Actor(), ids)
	if err != nil {
		return nil, err
	}
	chosen := make([]app.ChosenLetter, len(keys))
	for i, key := range keys {
		chosen[i] = app.ChosenLetter{Account: key, Seen: seen[ids[i]]}
	}
	return chosen, nil
}

// showLetters shows the page, of some accounts or of all.
func (h Handler) showLetters(q *page.Request, uuids []string, d *dialog) error {
	var ids []directory.AccountID
	if len(uuids) > 0 {
		var err error
		if ids, err = h.App.Accounts.Keys(q.Context(), q.Actor(), uuids); err != nil {
			return err
		}
	}
	states, err := h.App.Keys.Letters(q.Context(), q.Actor(), ids)
	if err != nil {
		return err
	}
	p, err := h.shell(q, q.Printer.T("letters.title"), page.Customers)
	if err != nil {
		return err
	}
	t := q.Printer.T
	v := lettersView{Dialog: d, Kept: t("letters.kept", "Count", int(directory.LetterKept.Hours()/24))}
	for _, s := range states {
		value := s.Account.UUID + "@" + micros(s.At)
		label := t("letters.account", "Name", s.Account.Name, "Number", s.Account.Number)
		if s.Waiting > 0 {
			v.Waiting = append(v.Waiting, ui.Check{Name: "account", Value: value, Label: label, Checked: true,
				Hint: t("letters.waiting", "Count", s.Waiting, "When", q.Printer.Relative(s.Since, h.Now()))})
		}
		if s.Opened > 0 {
			v.Printed = append(v.Printed, ui.Check{Name: "account", Value: value, Label: label, Checked: len(ids) == 1, Hint: h.printedWhen(q, s)})
		}
	}
	return q.Render(lettersPage(p, v))
}

// printedWhen says who read letters last and how long their keys are kept.
func (h Handler) printedWhen(q *page.Request, s app.LetterState) string {
	name := s.By.Name()
	if s.By.ID == 0 {
		name = h.Catalogue().Branding.Name
	}
	return q.Printer.T("letters.printed", "Count", s.Opened, "When", q.Printer.Relative(s.At, h.Now()), "Name", name, "Until", q.Printer.Date(s.Until))
}

func micros(at time.Time) string {
	if at.IsZero() {
		return "0"
	}
	return strconv.FormatInt(at.UnixMicro(), 10)
}

// postedDialog asks before keys are wiped for good.
func postedDialog(q *page.Request, ticked []string) *dialog {
	t := q.Printer.T
	d := dialogOf(q, t("letters.posted.title", "Count", len(ticked)), "", postedPath, lettersPath)
	for _, value := range ticked {
		d.Hidden = append(d.Hidden, ui.Hidden{Name: "account", Value: value})
	}
	d.Losses = []ui.Loss{{Text: t("letters.posted.wiped")}, {Text: t("letters.posted.lost")}, {Text: t("customer.show.stays"), Stays: true}}
	d.Act = ui.Act{Label: t("letters.posted.do"), Icon: "send", Kind: ui.Danger}
	return d
}

// printLetters answers the letters of the accounts ticked as one PDF (KEY-5, VEND-4).
func (h Handler) printLetters(q *page.Request, chosen []app.ChosenLetter) error {
	if err := h.printable(); err != nil {
		return err
	}
	var pdf bytes.Buffer
	if _, err := h.App.Keys.PrintLetters(q.Context(), q.Actor(), chosen, h.into(&pdf)); err != nil {
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
func (h Handler) into(pdf *bytes.Buffer) func([]app.KeyLetter) error {
	return func(letters []app.KeyLetter) error {
		pdf.Reset()
		c := h.Catalogue()
		brand := letter.Brand{Name: c.Branding.Name, Colour: c.Branding.Colour, Logo: h.BrandLogo(), Support: c.Branding.Support.Phone,
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
		q.Site.Log.ErrorContext(q.Context(), "a letter was printed but not received whole", "error", err)
	}
	return nil
}
