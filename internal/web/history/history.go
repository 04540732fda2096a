// Package history is the pages that tell what happened: the history of an
// account, the vendor's view of all histories and of the access log, the queue
// of mails, and the built-in mailbox.
package history

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/exportform"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
	"intendant/internal/web/unitfilter"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes. Those of the mailbox exist only where it is
// switched on (MAIL-3).
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/history", page.InAccount, h.account)
	s.Route("GET /accounts/{account}/history/export", page.InAccount, h.showExport)
	s.Route("POST /accounts/{account}/history/export", page.InAccount, h.export)
	s.Route("GET /accounts/{account}/history/undo", page.InAccount, h.preview)
	s.Route("POST /accounts/{account}/history/undo", page.InAccount, h.undo)
	s.Route("GET /vendor/history", page.StaffOnly, h.vendor)
	s.Route("GET /vendor/history/access", page.StaffOnly, h.access)
	s.Route("GET /vendor/mail", page.StaffOnly, h.queue)
	s.Route("POST /vendor/mail/{mail}/retry", page.StaffOnly, h.retry)
	if s.Mailbox {
		s.Route("GET /mailbox", page.StaffOnly, h.mailbox)
		s.Route("GET /mailbox/{message}", page.StaffOnly, h.message)
		s.Route("GET /mailbox/{message}/html", page.StaffOnly, h.messageHTML)
	}
}

// windowSize is how many lines a page shows.
const windowSize = 50

// A historyView is a page of history.
type historyView struct {
	Title  string
	Tabs   []ui.Tab
	Acts   []ui.Act
	Filter filter
	Found  string
	Act    *event // whose entries these are, where it is one act's
	Days   []day
	Pager  ui.PagerView
	Newest string // the page without a place, when this is not the first
	Past   pastday.View
}

// A none is what an empty list says: that nothing is there yet, or that nothing
// was found.
type none struct{ Icon, Title, Text, Found string }

// account shows the history of an account to who may see it (HIST-2).
func (h Handler) account(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	f := readFilter(q, q.AccountPath("/history"))
	if err := f.narrow(q); err != nil {
		return err
	}
	found, err := h.App.History.List(q.Context(), q.Actor(), q.Frame.Account.ID, f.chosen(), f.window())
	if err != nil {
		return err
	}
	v := h.view(q, f, found)
	v.Past = pastday.Leading(q, q.AccountPath("/past"))
	if q.Frame.Rights.May(authz.RunExports, 0) {
		out := f
		out.path += "/export"
		v.Acts = []ui.Act{{Label: q.Printer.T("export.act"), Icon: "download", Href: out.with()}}
	}
	return q.Render(historyPage(q.InAccount(v.Title, page.HistoryPlace), v))
}

func (h Handler) view(q *page.Request, f filter, found app.EntryPage) historyView {
	t := q.Printer.T
	f.name(q, found)
	v := historyView{Title: t("history.title"), Filter: f, Found: t("history.found", "Count", found.Total),
		Days: h.days(q, f, found)}
	if !f.set(byBatch) && !f.set(byPerson) && !f.set(bySearch) {
		v.Found = t("history.lines", "Count", found.Total) // an act on many is one
	}
	if found.Of != nil {
		act := eventOf(q, f, *found.Of)
		v.Act = &act
		v.Found = t("history.many.found", "Count", found.Total)
	}
	v.Pager, v.Newest = f.pager(len(found.Entries), found.Next, found.Total, v.Found)
	return v
}

// exporting is the history as its address says, to be exported (REP-2). That it was
// done stands in the history itself (HIST-4).
func (h Handler) exporting(q *page.Request) (exportform.Asked, error) {
	q.Localise(q.Frame.Account.TimeZone)
	list := q.AccountPath("/history")
	f := readFilter(q, list)
	if err := f.narrow(q); err != nil {
		return exportform.Asked{}, err
	}
	if len(f.units.IDs()) == 0 {
		f.values.Set(unitfilter.Param, unitfilter.Whole) // not those ticked beforehand, which were taken off
	}
	back := f.with()
	f.path = list + "/export"
	return exportform.Asked{Kind: directory.ExportHistory, Query: f.chosen(), Whole: app.HistoryFilter{}, Form: f.with(),
		Back: ui.Link{Label: q.Printer.T("history.title"), Href: back}, Place: page.HistoryPlace}, nil
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
