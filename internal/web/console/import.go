package console

import (
	"slices"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/imported"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const importPath = customersPath + "/import"

// importForm asks for a file of customers (VEND-4).
func (h Handler) importForm(q *page.Request) error {
	if _, err := h.App.Imports.Recent(q.Context(), q.Actor(), directory.Installation, 1); err != nil {
		return err
	}
	return h.showForm(q, 200, q.Printer.T("customers.import"), importFields(q))
}

func importFields(q *page.Request) form {
	t := q.Printer.T
	return form{Action: importPath, Submit: t("customers.import.read"), Back: customersPath, Multipart: true, Parts: []part{
		{Title: t("customers.import.file"), Fields: []ui.Field{{Name: "file", Kind: "file", Label: t("field.file"), Hint: t("customers.import.hint"),
			Required: true, Attrs: map[string]any{"accept": ".csv,.tsv,.txt,.xlsx,.ods"}}}}}}
}

func (h Handler) importCustomers(q *page.Request) error {
	again := func(err error) error { return h.again(q, q.Printer.T("customers.import"), importFields(q), err) }
	file, err := q.Arriving("file")
	if err != nil {
		return again(err)
	}
	i, err := h.App.Imports.Upload(q.Context(), q.Actor(), directory.Installation, file.Name, file)
	err = file.Refusal(err)
	if err != nil {
		return again(err)
	}
	return q.Redirect("/vendor/imports/" + i.UUID)
}

// importView is the preview of an import, how far it is, or its result.
type importView struct {
	Action, Lead string
	Facts        []ui.CartItem
	Columns      []ui.CartItem
	Missing      []string
	Rows         []importRow
	Shown        string
	Draft        bool
	Ready        bool
	Working      bool
	Done, Total  int64
	Finished     bool
	Create       string
	Title        string
	Back, Again  string
	Heads        [4]string
	Sold         bool // what customers have bought, not customers
	Results      []ui.Act
	Refused      []ui.Act // the rows left out, as files
	Hidden       int64
	HiddenRadios []ui.Check
	Wait         string // why it cannot be started yet
}

type importRow struct {
	Line, Number, Name, Level, Buyer, Tone, Outcome string
	Why                                             []string
}

// shownRows is how many rows of an import are shown; the exact counts are of
// all.
const shownRows = 200

func (h Handler) showImport(q *page.Request) error {
	i, err := h.App.Imports.Find(q.Context(), q.Actor(), directory.Installation, q.PathValue("import"))
	if err != nil {
		return err
	}
	rows, err := h.App.Imports.Rows(q.Context(), q.Actor(), directory.Installation, i.UUID, app.ImportFilter{Limit: shownRows})
	if err != nil {
		return err
	}
	kind := importKindOf(i.Brings())
	p, err := h.shell(q, q.Printer.T(kind.title), kind.place)
	if err != nil {
		return err
	}
	return q.Render(importPage(p, h.importView(q, i, rows)))
}

func (h Handler) importView(q *page.Request, i directory.Import, rows []app.ImportedRow) importView {
	t, n, kind := q.Printer.T, q.Printer.Number, importKindOf(i.Brings())
	v := importView{Title: t(kind.title), Back: kind.back, Again: kind.again, Sold: i.Brings() == directory.ImportSubscriptions, Action: "/vendor/imports/" + i.UUID, Draft: i.State == directory.ImportDraft, Done: i.Counts.Done, Total: i.Counts.Total,
		Finished: i.State == directory.ImportDone, Create: t(kind.start, "Count", i.Counts.Added+i.Counts.Changed)}
	for n, head := range kind.heads {
		v.Heads[n] = t(head)
	}
	v.Ready = v.Draft && !i.Checked.IsZero() && i.Counts.Added+i.Counts.Changed > 0
	if v.Finished || i.State == directory.ImportStopped {
		v.Results = imported.Downloads(q.Printer, v.Action, "", "import.result.download")
	} else if v.Draft && i.Counts.Faulty > 0 {
		v.Refused = imported.Downloads(q.Printer, v.Action, "?outcome=refused", "import.faulty.download", "Count", i.Counts.Faulty)
	}
	v.askHidden(q, i)
	v.Working = i.State == directory.ImportRunning || (v.Draft && i.Checked.IsZero())
	v.Lead = t("customers.import.lead." + string(i.State))
	v.Facts = []ui.CartItem{{Label: t("field.file"), Value: i.FileName}, {Label: t("outcome.added"), Value: n(i.Counts.Added)},
		{Label: t(kind.there), Value: n(i.Counts.Unchanged)}, {Label: t("outcome.refused"), Value: n(i.Counts.Faulty)}}
	if v.Sold {
		v.Facts = slices.Insert(v.Facts, 2, ui.CartItem{Label: t("outcome.changed"), Value: n(i.Counts.Changed)})
		v.Lead = t("subscriptions.import.lead." + string(i.State))
	}
	for _, f := range kind.fields {
		at, found := i.Choices.Columns[f.ID]
		if !found || at >= len(i.Choices.Head) {
			v.Missing = append(v.Missing, t("field."+f.ID))
			continue
		}
		v.Columns = append(v.Columns, ui.CartItem{Label: i.Choices.Head[at], Value: t("field." + f.ID)})
	}
	for _, r := range rows {
		row := importRow{Line: n(r.Line), Number: r.Company, Name: r.Name, Buyer: r.Email, Outcome: t("outcome." + string(r.Outcome)), Tone: "ok"}
		if row.Name == "" {
			row.Name = t("ui.none")
		}
		if v.Sold {
			h.soldLine(q, r, &row)
		} else {
			_, row.Level = h.serviceSign(q, r.Level)
		}
		switch note := h.outcomeNote(q, i, r); {
		case r.Refusal != nil:
			row.Tone, row.Why = "bad", imported.Faults(q.Printer, r)
		case note != "":
			row.Why = []string{note}
		}
		if r.Outcome == app.Unchanged {
			row.Tone = ""
		}
		v.Rows = append(v.Rows, row)
	}
	if i.Counts.Total > int64(len(rows)) && len(rows) == shownRows {
		v.Shown = t("customers.import.shown", "Shown", len(rows), "Count", i.Counts.Total)
	}
	return v
}

// askHidden asks what becomes of rows that the sheet hides.
func (v *importView) askHidden(q *page.Request, i directory.Import) {
	if !v.Draft || i.Checked.IsZero() || i.Choices.Found.Hidden == 0 {
		return
	}
	v.Hidden, v.HiddenRadios = int64(i.Choices.Found.Hidden), imported.HiddenRadios(q.Printer, i.Choices)
	if i.Choices.HiddenUnsaid() {
		v.Ready, v.Wait = false, q.Printer.T("error.import.hidden")
	}
}

// mendImport takes what becomes of rows that the sheet hides.
func (h Handler) mendImport(q *page.Request) error {
	i, err := h.App.Imports.Mend(q.Context(), q.Actor(), directory.Installation, q.PathValue("import"), app.ImportMending{Hidden: q.Field("hidden")})
	if err != nil {
		return err
	}
	return q.Redirect("/vendor/imports/" + i.UUID)
}

func (h Handler) startImport(q *page.Request) error {
	i, err := h.App.Imports.Start(q.Context(), q.Actor(), directory.Installation, q.PathValue("import"))
	if err != nil {
		return err
	}
	if i.State == directory.ImportDone {
		q.Toast(q.Printer.T(importKindOf(i.Brings()).done, "Count", i.Counts.Added+i.Counts.Changed), "")
	}
	return q.Redirect("/vendor/imports/" + i.UUID)
}
