// Package exports is the pages of tables that were asked for: how far one is and its
// file, and those of an account whose files are kept (REP-2). What is exported is said
// at the list that it is of.
package exports

import (
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/export"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/exports", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/exports/{export}", page.InAccount, h.show)
	s.Route("GET /accounts/{account}/exports/{export}/file", page.InAccount, h.file)
	s.Route("POST /accounts/{account}/exports/{export}/stop", page.InAccount, h.stop)
	s.Route("POST /accounts/{account}/exports/{export}/drop", page.InAccount, h.drop)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// id is the public id in the address.
func id(q *page.Request) string { return q.PathValue("export") }

// base is the address of all of them.
func base(q *page.Request) string { return q.AccountPath("/exports") }

// placeOf is where the list stands in the side that an export is of.
func placeOf(kind directory.ExportKind) page.Place {
	switch kind {
	case directory.ExportHistory:
		return page.HistoryPlace
	case directory.ExportProjectMembers:
		return page.Projects
	}
	return page.Members
}

// A runView is one export, running or over.
type runView struct {
	ui.Page
	export directory.Export
	base   string
	all    string
	now    time.Time
}

func (h Handler) show(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	e, err := h.App.Exports.Find(q.Context(), q.Actor(), account(q), id(q))
	if err != nil {
		return err
	}
	v := runView{Page: q.InAccount(q.Printer.T("export.title."+string(e.Kind)), placeOf(e.Kind)), export: e, base: base(q) + "/" + id(q), all: base(q), now: h.Now()}
	if v.running() {
		v.Refresh = 5
	}
	return q.Render(runPage(v))
}

// file hands over what was written, in parts that hold no reading between them.
func (h Handler) file(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	d, err := h.App.Exports.Download(q.Context(), q.Actor(), account(q), id(q))
	if err != nil {
		return err
	}
	name := export.FileName(h.Bundle.Printer(d.Language, q.Printer.Zone()), d.Export, q.Frame.Account.Number)
	return q.SendParts(page.Sent{Type: export.ContentType(d.Format), Name: name, Bytes: d.Bytes}, d.Part)
}

// stop ends an export; one that is over by now is shown as it ended.
func (h Handler) stop(q *page.Request) error {
	err := h.App.Exports.Stop(q.Context(), q.Actor(), account(q), id(q))
	if refusal, fault := page.Refusal(err); err != nil && (fault != nil || refusal.Code != "export.ended") {
		return err
	}
	return q.Redirect(base(q) + "/" + id(q))
}

func (h Handler) drop(q *page.Request) error {
	if err := h.App.Exports.Drop(q.Context(), q.Actor(), account(q), id(q)); err != nil {
		return err
	}
	q.Toast(q.Printer.T("export.dropped"), "")
	return q.Redirect(base(q))
}

func (v runView) running() bool { return v.export.State == directory.ExportRunning }

func (v runView) done() bool { return v.export.State == directory.ExportDone }

// lead says what whoever looks may do meanwhile, or how it ended.
func (v runView) lead() string {
	if v.running() {
		return v.T("import.running.lead")
	}
	return v.T("act.over", "State", v.T("export.state."+string(v.export.State)), "Date", v.Printer.DateTime(v.export.Ended))
}

// doneOf goes on after the number of rows that are written.
func (v runView) doneOf() string {
	text := v.T("export.done_of", "Count", v.export.Total, "Total", v.Printer.Number(v.export.Total))
	if left := int(v.export.Left(v.now).Seconds()); left > 0 {
		text += ", " + v.T("import.left", "Count", max(1, (left+4)/5*5))
	}
	return text
}

// facts are those of a file.
func (v runView) facts() []ui.CartItem {
	return []ui.CartItem{
		{Label: v.T("export.rows"), Value: v.Printer.Number(v.export.Done)},
		{Label: v.T("export.size"), Value: v.Printer.Bytes(v.export.Bytes)},
		{Label: v.T("export.kept"), Value: v.Printer.DateTime(v.export.Expires)},
	}
}

// why says why there is no file.
func (v runView) why() string {
	switch {
	case v.export.State == directory.ExportFailed:
		return v.T("act.failed.why")
	case v.export.Stopped != nil:
		return v.Printer.Error(v.export.Stopped)
	}
	return v.T("export.stopped")
}

func (v runView) download() ui.Act {
	return ui.Act{Label: v.T("export.download", "Format", v.T("export.format."+string(v.export.Format))), Icon: "download", Kind: ui.Primary, Href: v.base + "/file",
		Attrs: map[string]any{"download": true, "hx-boost": "false"}}
}

// A listView is the exports of an account.
type listView struct {
	ui.Page
	exports []app.ListedExport
	base    string
}

func (h Handler) list(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	v := listView{Page: q.InAccount(q.Printer.T("export.list.title"), page.Members), base: base(q)}
	var err error
	if v.exports, err = h.App.Exports.Recent(q.Context(), q.Actor(), account(q)); err != nil {
		return err
	}
	return q.Render(listPage(v))
}

func (v listView) columns() []ui.Column {
	return []ui.Column{{Label: v.T("export.column.what_list"), Class: "w-name"}, {Label: v.T("members.column.status")}, {Label: v.T("export.rows"), Class: "num p3"},
		{Label: v.T("export.size"), Class: "num p3"}, {Label: v.T("export.kept"), Class: "p2"}, {Label: v.T("ui.actions"), Class: "num", Silent: true}}
}

func (v listView) name(e app.ListedExport) string {
	return v.T("export.name", "What", v.T("export.kind."+string(e.Kind)), "Format", v.T("export.format."+string(e.Format)))
}

// under says who asked, and when.
func (v listView) under(e app.ListedExport) string {
	if e.By.Name == "" {
		return v.Printer.DateTime(e.Created)
	}
	return v.T("export.by", "Name", e.By.Name, "Date", v.Printer.DateTime(e.Created))
}

func (v listView) href(e app.ListedExport) string { return v.base + "/" + e.UUID }

// state is the shape and the word of how far an export is.
func (v listView) state(e app.ListedExport) (tone, icon, label string) {
	label = v.T("export.state." + string(e.State))
	switch e.State {
	case directory.ExportDone:
		return "ok", "circle-check", label
	case directory.ExportRunning:
		return "info", "refresh", label
	}
	return "warn", "ban", label
}

// toMembers leads to the list whose export is asked for most.
func (v listView) toMembers() ui.Act {
	return ui.Act{Label: v.T("nav.members"), Href: strings.TrimSuffix(v.base, "/exports") + "/members"}
}
