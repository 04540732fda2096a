package projects

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/exportform"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// exporting is the table of members as its address says, to be exported (REP-2).
func (h Handler) exporting(q *page.Request) exportform.Asked {
	v := readView(q, q.URL.Query()).first()
	id := q.PathValue("project")
	whole := app.ProjectMemberQuery{Product: v.Product}
	return exportform.Asked{Kind: directory.ExportProjectMembers, Query: app.ExportedProject{Project: id, MemberQuery: v.ProjectMemberQuery},
		Whole: app.ExportedProject{Project: id, MemberQuery: whole}, Form: v.of("/members/export"),
		Back: ui.Link{Label: q.Printer.T("members.title"), Href: v.list()}, Place: page.Projects}
}

func (h Handler) showExport(q *page.Request) error { return exportform.Show(q, h.exporting(q)) }

func (h Handler) export(q *page.Request) error { return exportform.Begin(q, h.exporting(q)) }
