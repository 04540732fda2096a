package members

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/exportform"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// exporting is the table as its address says, to be exported (REP-2).
func (h Handler) exporting(q *page.Request) (exportform.Asked, error) {
	v, _, err := h.view(q)
	v = v.first()
	address := v
	if len(address.Units) == 0 {
		address.Whole = true // not those ticked beforehand, which were taken off
	}
	list := q.AccountPath("/members")
	a := exportform.Asked{Kind: directory.ExportMembers, Query: v.MemberQuery, Whole: app.MemberQuery{}, Form: address.at(list + "/export"),
		Back: ui.Link{Label: q.Printer.T("members.title"), Href: address.at(list)}, Place: page.Members}
	if v.Seen {
		a.Also = []string{"seen"}
	}
	return a, err
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
