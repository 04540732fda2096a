package past

import (
	"cmp"
	"net/url"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/exportform"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// whatParam says in the address of the form which table of past days is exported.
const whatParam = "what"

// exportAt leads to the form that exports a table of past days.
func exportAt(p ui.Page, q *page.Request, kind directory.ExportKind, asked app.PastTable) ui.Act {
	values := url.Values{whatParam: {string(kind)}}
	for name, value := range map[string]string{pastday.Param: asked.Day, "from": asked.From, "to": asked.To, "member": asked.Member, "unit": asked.Unit} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return ui.Act{Label: p.T("export.act"), Icon: "download", Href: q.AccountPath("/past/export") + "?" + values.Encode()}
}

// exporting is what the address asks for. It refuses with not_found what is no table of
// past days.
func (h Handler) exporting(q *page.Request) (exportform.Asked, error) {
	values := q.URL.Query()
	kind := directory.ExportKind(cmp.Or(values.Get(whatParam), string(directory.ExportPastMembers)))
	a := exportform.Asked{Kind: kind, Form: q.URL.RequestURI(), Place: page.HistoryPlace}
	asked := app.PastTable{Day: values.Get(pastday.Param), From: values.Get("from"), To: values.Get("to"), Member: values.Get("member"), Unit: values.Get("unit")}
	a.Query, a.Whole = asked, asked
	back := q.AccountPath("/past?") + url.Values{pastday.Param: {cmp.Or(asked.Day, asked.To)}}.Encode()
	switch a.Kind {
	case directory.ExportPastMembers, directory.ExportRights:
	case directory.ExportDifferences:
		back = q.AccountPath("/past/differences?") + values.Encode()
	default:
		return a, directory.Refuse(directory.NotFound, "not_found")
	}
	a.Back = ui.Link{Label: q.Printer.T("past.members"), Href: back}
	return a, nil
}

func (h Handler) showExport(q *page.Request) error {
	a, err := h.exporting(q)
	if err != nil {
		return err
	}
	return exportform.Show(q, a)
}

func (h Handler) export(q *page.Request) error {
	a, err := h.exporting(q)
	if err != nil {
		return err
	}
	return exportform.Begin(q, a)
}
