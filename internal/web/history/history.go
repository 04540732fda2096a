// Package history is the pages that tell what happened: the history of an
// account, the vendor's view of all histories and of the access log, the queue
// of mails, and the built-in mailbox.
package history

import (
	"errors"
	"net/http"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/sheet"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes. Those of the mailbox exist only where it is
// switched on (MAIL-3).
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/history", page.InAccount, h.account)
	s.Route("POST /accounts/{account}/history/export", page.InAccount, h.export)
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
	Export string // where the export is posted to, or empty
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
		v.Export = q.AccountPath("/history/export")
		v.Acts = []ui.Act{{Label: q.Printer.T("history.export"), Icon: "download", Attrs: map[string]any{"form": "export"}}}
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

// export hands over all that the filter chooses as a table. That it was done
// stands in the history itself (HIST-4).
func (h Handler) export(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	f := readFilter(q, q.AccountPath("/history"))
	if err := f.narrow(q); err != nil {
		return err
	}
	out := exporting{h: h, q: q}
	err := h.App.History.Export(q.Context(), q.Actor(), q.Frame.Account.ID, f.chosen(), out.rows)
	switch {
	case err == nil:
		return out.end()
	case out.table == nil:
		return err // nothing was sent yet
	}
	h.Log.ErrorContext(q.Context(), "export history", "error", err)
	panic(http.ErrAbortHandler) // half a table must not look whole
}

// An exporting writes history as a table while it is read.
type exporting struct {
	h     Handler
	q     *page.Request
	table sheet.Writer
}

func (o *exporting) begin() error {
	t := o.q.Printer.T
	o.table = o.q.CSV("history.csv")
	var head []sheet.Cell
	for _, key := range []string{"history.column.at", "history.column.what", "history.column.door", "history.change.field",
		"history.change.before", "history.change.after"} {
		head = append(head, sheet.Text(t(key)))
	}
	return o.table.Row(head)
}

// rows writes entries, one line for each change.
func (o *exporting) rows(entries []app.Shown) error {
	if o.table == nil {
		if err := o.begin(); err != nil {
			return err
		}
	}
	var faults error
	for _, s := range entries {
		e := eventOf(o.q, filter{}, s)
		start := []sheet.Cell{sheet.Moment(s.Entry.At.In(o.q.Printer.Zone())), sheet.Text(o.q.Teller().Plain(s)), sheet.Text(e.Door)}
		changes := e.Changes
		if len(changes) == 0 {
			changes = []telling.Change{{}}
		}
		for _, c := range changes {
			faults = errors.Join(faults, o.table.Row(append(start[:3:3], sheet.Text(c.Field), sheet.Text(c.Before), sheet.Text(c.After))))
		}
	}
	return faults
}

func (o *exporting) end() error {
	if o.table == nil {
		if err := o.begin(); err != nil {
			return err
		}
	}
	return o.table.Close()
}
