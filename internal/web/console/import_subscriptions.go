package console

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/web/imported"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const subscriptionsImportPath = subscriptionsPath + "/import"

// subscriptionsImportForm asks for a file of what customers have bought (VEND-4).
func (h Handler) subscriptionsImportForm(q *page.Request) error {
	if _, err := h.App.Imports.Recent(q.Context(), q.Actor(), directory.Installation, 1); err != nil {
		return err
	}
	return h.showSoldForm(q, 200, soldFields(q))
}

func soldFields(q *page.Request) form {
	t := q.Printer.T
	return form{Action: subscriptionsImportPath, Submit: t("customers.import.read"), Back: subscriptionsPath, Multipart: true, Parts: []part{
		{Title: t("subscriptions.import.file"), Fields: []ui.Field{{Name: "file", Kind: "file", Label: t("field.file"), Hint: t("subscriptions.import.hint"),
			Required: true, Attrs: map[string]any{"accept": ".csv,.tsv,.txt,.xlsx,.ods"}}}}}}
}

func (h Handler) showSoldForm(q *page.Request, status int, f form) error {
	p, err := h.shell(q, q.Printer.T("subscriptions.import"), page.AllSold)
	if err != nil {
		return err
	}
	return q.RenderStatus(status, formPage(p, ui.Link{Label: q.Printer.T("subscriptions.title"), Href: subscriptionsPath}, f))
}

func (h Handler) importSubscriptions(q *page.Request) error {
	file, err := q.Arriving("file")
	var i directory.Import
	if err == nil {
		i, err = h.App.Imports.UploadSubscriptions(q.Context(), q.Actor(), file.Name, file)
		err = file.Refusal(err)
	}
	if err == nil {
		return q.Redirect("/vendor/imports/" + i.UUID)
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	f := soldFields(q)
	f.refuse(q, refusal)
	return h.showSoldForm(q, page.StatusOf(refusal.Kind), f)
}

// An importKind is what the page of an import calls things, by what it brings in.
type importKind struct {
	title, back, again, start, there, done string
	place                                  page.Place
	fields                                 []sheet.Field
	heads                                  [4]string // of number, name and two more
}

func importKindOf(noun string) importKind {
	if noun == directory.ImportSubscriptions {
		return importKind{title: "subscriptions.import", back: subscriptionsPath, again: subscriptionsImportPath, start: "subscriptions.import.start",
			there: "subscriptions.import.there", done: "subscriptions.import.done", place: page.AllSold, fields: app.SubscriptionFields(),
			heads: [4]string{"customers.column.number", "subscriptions.column.customer", "subscription.product", "subscription.last"}}
	}
	return importKind{title: "customers.import", back: customersPath, again: importPath, start: "customers.import.start", there: "customers.import.there",
		done: "customers.import.done", place: page.Customers, fields: app.CustomerFields(),
		heads: [4]string{"customers.column.number", "field.account_name", "customers.column.level", "field.buyer_email"}}
}

// soldLine is a row of an import of subscriptions: what was sold, and how many.
func (h Handler) soldLine(q *page.Request, r app.ImportedRow, row *importRow) {
	row.Level = q.Printer.T("subscriptions.import.sold", "Product", h.offerName(q, directory.OfferOf(r.Offer)), "Quantity", r.Quantity)
	row.Buyer = r.Ends
}

// outcomeNote is what there is to say of a row that is not refused: what changes, or that
// it is there.
func (h Handler) outcomeNote(q *page.Request, i directory.Import, r app.ImportedRow) string {
	if r.Outcome == app.Unchanged {
		return q.Printer.T(importKindOf(i.Brings()).there)
	}
	var changes []string
	tell := q.Teller()
	for _, c := range r.Changes {
		say := func(v audit.Value) string {
			if v.IsZero() {
				return q.Printer.T("ui.none")
			}
			return tell.Value(c.Field, v, func(audit.Ref) string { return "" })
		}
		changes = append(changes, q.Printer.T("subscriptions.import.change", "Field", tell.Field(c.Field), "Before", say(c.Before), "After", say(c.After)))
	}
	return strings.Join(changes, " ; ")
}

// importResult is the file with what became of each row.
func (h Handler) importResult(q *page.Request) error {
	i, err := h.App.Imports.Find(q.Context(), q.Actor(), directory.Installation, q.PathValue("import"))
	if err != nil {
		return err
	}
	return imported.File{Import: i, Only: app.Outcome(q.FormValue("outcome")), Detail: func(row app.ImportedRow) string { return h.outcomeNote(q, i, row) }}.Send(q)
}
