// Package exportform is the page on which somebody says how a list is to be exported:
// as what, with which columns, and how much that is (REP-2). The lists that are
// exported have it each at an address below their own, with their filter in it.
package exportform

import (
	"net/http"
	"slices"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Names of the fields.
const (
	formatField = "format"
	columnField = "columns"
)

// An Asked is a list as it is to be exported.
type Asked struct {
	Kind  directory.ExportKind
	Query any        // of the list, with its filter
	Whole any        // of the list without
	Also  []string   // columns that the list shows beside the usual ones
	Form  string     // address of this page, with the filter
	Back  ui.Link    // to the list
	Place page.Place // in the side
}

// A view is the form.
type view struct {
	ui.Page
	Asked
	found, all int64
	columns    []ui.Check
	formats    []ui.Check
	exports    string
	errors     []ui.FieldError

	formatFault, columnFault string
}

// Show answers the form. It refuses as the export itself would.
func Show(q *page.Request, a Asked) error { return show(q, a, nil) }

func show(q *page.Request, a Asked, refusal *directory.Error) error {
	t := q.Printer.T
	v := view{Page: q.InAccount(t("export.title."+string(a.Kind)), a.Place), Asked: a, exports: q.AccountPath("/exports")}
	var err error
	if v.found, err = v.count(q, a.Query); err != nil {
		return err
	}
	if v.all, err = v.count(q, a.Whole); err != nil {
		return err
	}
	chosen, sent := q.PostForm[columnField], q.Method == http.MethodPost
	for _, c := range q.Site.App.Exports.Columns(a.Kind) {
		ticked := c.Usual || slices.Contains(a.Also, c.ID)
		if sent {
			ticked = slices.Contains(chosen, c.ID)
		}
		v.columns = append(v.columns, ui.Check{Name: columnField, Value: c.ID, Label: t("export.column." + c.ID), Checked: ticked})
	}
	for i, format := range directory.ExportFormats() {
		v.formats = append(v.formats, ui.Check{Name: formatField, Value: string(format), Label: t("export.format." + string(format)),
			Hint: t("export.format." + string(format) + ".hint"), Checked: string(format) == q.PostFormValue(formatField) || !sent && i == 0})
	}
	v.errors = page.Mark(q.Printer, nil, refusal, page.Group{Name: formatField, Legend: t("export.format"), Fault: &v.formatFault},
		page.Group{Name: columnField, Legend: t("members.columns"), Fault: &v.columnFault})
	return q.RenderRefused(refusal, formPage(v))
}

func (v view) count(q *page.Request, query any) (int64, error) {
	return q.Site.App.Exports.Count(q.Context(), q.Actor(), q.Frame.Account.ID, v.Kind, query)
}

// Begin asks for the export that the form describes and leads to it, running or done.
func Begin(q *page.Request, a Asked) error {
	if err := q.ParseForm(); err != nil {
		return err
	}
	e, err := q.Site.App.Exports.Begin(q.Context(), q.Actor(), q.Frame.Account.ID, app.ExportAsk{Kind: a.Kind, Format: directory.ExportFormat(q.PostFormValue(formatField)),
		Query: a.Query, Columns: q.PostForm[columnField], Language: q.Printer.Lang(), Zone: q.Printer.Zone(), Wait: q.Patience()})
	if refusal, fault := page.Refusal(err); refusal != nil && refusal.Kind != directory.NotFound {
		return show(q, a, refusal)
	} else if fault != nil || err != nil {
		return err
	}
	return q.Redirect(q.AccountPath("/exports/" + e.UUID))
}

// lead says how much is exported.
func (v view) lead() string {
	key := "export.all." + string(v.Kind)
	if v.found != v.all {
		key = "export.found." + string(v.Kind)
	}
	return v.T(key, "Count", v.found, "All", v.Printer.Number(v.all))
}

// fixed reports whether there is nothing to choose among the columns.
func (v view) fixed() bool {
	return !slices.ContainsFunc(v.columns, func(c ui.Check) bool { return !c.Checked }) && v.Kind == directory.ExportHistory
}

func (v view) acts() []ui.Act {
	return []ui.Act{{Label: v.T("export.list.title"), Icon: "download", Href: v.exports}}
}

func (v view) submit() ui.Act {
	return ui.Act{Label: v.T("export.run"), Icon: "download", Kind: ui.Primary, Disabled: v.found == 0}
}
