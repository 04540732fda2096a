package page

import (
	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/web/ui"
)

// ServiceRows puts an offer into the reader's words (ACC-11).
func (q *Request) ServiceRows(offer app.Offer) []ui.ServiceRow {
	lang := q.Printer.Lang()
	var rows []ui.ServiceRow
	for _, s := range offer.Services {
		row := ui.ServiceRow{Name: s.Section.Label.In(lang), Help: s.Section.Help.In(lang), Opens: q.Printer.T(catalogue.OpensKey(s.Opens))}
		switch s.Opens {
		case catalogue.Free:
			row.Tone = "ok"
		case catalogue.Limited, catalogue.Chargeable:
			row.Tone = "warn"
		}
		if s.Opens != catalogue.Closed {
			row.Link = s.Section.Link
		}
		var levels []string
		for _, l := range s.OpenedBy {
			levels = append(levels, l.Label.In(lang))
		}
		if len(levels) > 0 {
			row.OpenedBy = q.Printer.T("services.opened_by", "Levels", q.Printer.Either(levels))
		}
		rows = append(rows, row)
	}
	return rows
}
