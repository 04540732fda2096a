// Package acts is the pages of acts on many that go on by themselves: how far one
// is, who was refused and why, and the latest ones of an account. Programs have
// the same by REST.
package acts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/sheet"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/acts", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/acts/{act}", page.InAccount, h.show)
	s.Route("POST /accounts/{account}/acts/{act}/stop", page.InAccount, h.stop)
	s.Route("POST /accounts/{account}/acts/{act}/again", page.InAccount, h.again)
	s.Route("GET /accounts/{account}/acts/{act}/result.csv", page.InAccount, h.csv)
	s.Route("GET /accounts/{account}/acts/{act}/result.xlsx", page.InAccount, h.xlsx)
}

// refusedRows is how many of those who were refused a page shows.
const refusedRows = 50

// An actView is one act on many, running or over.
type actView struct {
	ui.Page
	act     directory.BulkAct
	results []app.ActResult
	show    app.Outcome // which of them
	after   int64       // those changed after it
	number  int
	base    string
	members string
	undo    string // address of what it would take to take it back (PLAN-2)
	now     time.Time
}

func (h Handler) show(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	v := actView{Page: q.InAccount("", page.Members), number: pageNumber(q), base: q.AccountPath("/acts/" + q.PathValue("act")),
		members: q.AccountPath("/members"), undo: q.UndoPath(app.UndoTarget{Act: q.PathValue("act")}), now: h.Now()}
	ctx, actor, account, id := q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("act")
	var err error
	if v.act, err = h.App.Acts.Find(ctx, actor, account, id); err != nil {
		return err
	}
	v.Title = kindName(v.Page, v.act)
	if v.running() {
		v.Refresh, v.number = 5, 1
	}
	v.choose(q.FormValue("show"))
	window := app.ActResults{Outcome: v.show, Skip: (v.number - 1) * refusedRows, Limit: refusedRows}
	if v.show == app.Changed {
		v.after, _ = strconv.ParseInt(q.FormValue("after"), 10, 64)
		window.Skip, window.After = 0, v.after
	}
	if v.results, err = h.App.Acts.ResultsOf(ctx, actor, account, id, window); err != nil {
		return err
	}
	return q.Render(actPage(v))
}

// choose says whose results are shown: those asked for, else the first there are.
func (v *actView) choose(show string) {
	n := v.act.Counts
	counts := map[app.Outcome]int64{app.Refused: n.Refused, app.Unchanged: n.Unchanged, app.Changed: n.Changed}
	if v.show = app.Outcome(show); counts[v.show] > 0 {
		return
	}
	for _, v.show = range []app.Outcome{app.Refused, app.Unchanged, app.Changed} {
		if counts[v.show] > 0 {
			return
		}
	}
}

// tabs lead to those who were refused, found as they should be, and changed.
func (v actView) tabs() []ui.Tab {
	n := v.act.Counts
	var tabs []ui.Tab
	for _, one := range []struct {
		outcome app.Outcome
		label   string
		count   int64
	}{{app.Refused, "act.result.refused", n.Refused}, {app.Unchanged, "act.result.unchanged", n.Unchanged}, {app.Changed, "act.result.changed", n.Changed}} {
		if one.count > 0 {
			tabs = append(tabs, ui.Tab{Label: v.T(one.label), Count: v.Printer.Number(one.count), Href: v.base + "?show=" + string(one.outcome), Current: one.outcome == v.show})
		}
	}
	return tabs
}

// tries reports whether those who were refused can be tried again.
func (v actView) tries() bool { return !v.running() && v.act.Counts.Refused > 0 && v.act.Change != "" }

// headActs lead back, and to the result as a file once it is over.
func (v actView) headActs() []ui.Act {
	acts := []ui.Act{{Label: v.T("members.back"), Icon: "users", Href: v.members}}
	if !v.running() {
		acts = append(acts, ui.Act{Label: v.T("act.result.csv"), Icon: "download", Href: v.base + "/result.csv"},
			ui.Act{Label: v.T("act.result.xlsx"), Icon: "download", Href: v.base + "/result.xlsx"})
	}
	if !v.running() && v.act.Counts.Changed > 0 {
		acts = append(acts, ui.Act{Label: v.T("undo.title"), Href: v.undo})
	}
	return acts
}

// again tries those once more who were refused, and shows what became of them.
func (h Handler) again(q *page.Request) error {
	next := ""
	_, err := h.App.Acts.Again(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("act"), app.Deed{Wait: q.Patience(), Told: &next})
	if err != nil {
		return err
	}
	return q.Redirect(q.AccountPath("/acts/" + next))
}

func (h Handler) csv(q *page.Request) error {
	return h.file(q, func() sheet.Writer { return q.CSV("result.csv") })
}

func (h Handler) xlsx(q *page.Request) error {
	return h.file(q, func() sheet.Writer { return q.XLSX("result.xlsx", q.Printer.T("members.result.title")) })
}

// file hands over what became of each, those who were refused first (BULK-3).
func (h Handler) file(q *page.Request, begin func() sheet.Writer) error {
	ctx, actor, account, id := q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("act")
	act, err := h.App.Acts.Downloading(ctx, actor, account, id)
	if err != nil {
		return err
	}
	v := actView{Page: q.InAccount("", page.Members), act: act}
	table := begin()
	head := []string{v.T("members.column.name"), v.T("field.email"), v.T("act.result.outcome"), v.T("members.result.reason")}
	if err := table.Row(page.Texts(head)); err != nil {
		return err
	}
	err = h.App.Acts.EachResult(ctx, actor, account, id, func(some []app.ActResult) error {
		for _, one := range some {
			why := ""
			if one.Outcome == app.Refused {
				why = v.why(one.Refused)
			}
			if err := table.Row(page.Texts([]string{one.Name, one.Email, v.T("outcome." + string(one.Outcome)), why})); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return table.Close()
}

// stop ends an act; one that is over by now is shown as it ended.
func (h Handler) stop(q *page.Request) error {
	err := h.App.Acts.Stop(q.Context(), q.Actor(), q.Frame.Account.ID, q.PathValue("act"))
	if refusal, fault := page.Refusal(err); err != nil && (fault != nil || refusal.Code != "act.ended") {
		return err
	}
	return q.Redirect(q.AccountPath("/acts/" + q.PathValue("act")))
}

// A listView is the latest acts on many of an account.
type listView struct {
	ui.Page
	acts []directory.BulkAct
	base string
}

func (h Handler) list(q *page.Request) error {
	q.Localise(q.Frame.Account.TimeZone)
	v := listView{Page: q.InAccount(q.Printer.T("act.list.title"), page.Members), base: q.AccountPath("/acts")}
	var err error
	if v.acts, err = h.App.Acts.Recent(q.Context(), q.Actor(), q.Frame.Account.ID, app.RecentActs); err != nil {
		return err
	}
	return q.Render(listPage(v))
}

func pageNumber(q *page.Request) int {
	n, err := strconv.Atoi(q.FormValue("page"))
	if err != nil || n > 1_000_000 {
		return 1
	}
	return max(n, 1)
}

// kindName is what an act does, in words.
func kindName(p ui.Page, act directory.BulkAct) string { return p.T("act.kind." + string(act.Kind)) }

// line is an act in the list, after its name.
func (v listView) line(act directory.BulkAct) string {
	return v.T("act.list.line", "Date", v.Printer.DateTime(act.Created), "State", v.T("act.state."+string(act.State)),
		"Done", v.Printer.Number(act.Counts.Done), "Total", v.Printer.Number(act.Counts.Total))
}

func (v actView) running() bool { return v.act.State == directory.BulkRunning }

// lead says what whoever looks may do meanwhile, or when it was over.
func (v actView) lead() string {
	if v.running() {
		return v.T("import.running.lead")
	}
	return v.T("act.over", "State", v.T("act.state."+string(v.act.State)), "Date", v.Printer.DateTime(v.act.Ended))
}

// doneOf goes on after the number of those that are done.
func (v actView) doneOf() string {
	text := v.T("act.done_of", "Total", v.Printer.Number(v.act.Counts.Total))
	if left := int(v.act.Left(v.now).Seconds()); left > 0 {
		text += ", " + v.T("import.left", "Count", max(1, (left+4)/5*5))
	}
	return text
}

func (v actView) counts() []ui.CartItem {
	n := v.act.Counts
	items := []ui.CartItem{
		{Label: v.T("outcome.changed"), Value: v.Printer.Number(n.Changed)},
		{Label: v.T("outcome.unchanged"), Value: v.Printer.Number(n.Unchanged)},
		{Label: v.T("outcome.refused"), Value: v.Printer.Number(n.Refused)},
	}
	if v.act.Kind == directory.BulkAdd {
		items[0].Label = v.T("outcome.added")
	}
	if n.Refused > 0 {
		items[2].Class = "is-warn"
	}
	if n.Invited > 0 {
		items = append(items, ui.CartItem{Label: v.T("import.invitations"), Value: v.Printer.Number(n.Invited)})
	}
	return items
}

// stopped says why an act ended before everything was done.
func (v actView) stopped() []string {
	n := v.act.Counts
	note := v.T("act.stopped.note", "Done", v.Printer.Number(n.Done), "Total", v.Printer.Number(n.Total))
	switch {
	case v.act.State == directory.BulkFailed:
		return []string{note, v.T("act.failed.why")}
	case v.act.Stopped != nil:
		return []string{note, v.T("act.stopped.why"), v.Printer.Error(v.act.Stopped)}
	}
	return []string{note}
}

// who is who was refused; nobody is named who is out of sight.
func (v actView) who(one app.RefusedOne) ui.WhoView {
	name := one.Name
	switch {
	case name == "" && one.Email == "":
		name = v.T("act.somebody")
	case name == "":
		return ui.WhoView{Name: one.Email}
	}
	return ui.WhoView{Name: name, Sub: one.Email}
}

// why is why, and at which unit.
func (v actView) why(one app.RefusedOne) string {
	if one.Refusal == nil {
		return v.T("outcome.refused")
	}
	if one.UnitName == "" {
		return v.Printer.Error(one.Refusal)
	}
	return v.T("act.refused.at", "Unit", one.UnitName, "Reason", v.Printer.Error(one.Refusal))
}

func (v actView) pager() ui.PagerView {
	n := v.act.Counts
	all := map[app.Outcome]int64{app.Refused: n.Refused, app.Unchanged: n.Unchanged, app.Changed: n.Changed}[v.show]
	p := ui.PagerView{Things: v.T("members.result."+string(v.show), "Count", all)}
	if v.show == app.Changed {
		if last := len(v.results) - 1; last == refusedRows-1 && !v.running() {
			p.Next = fmt.Sprintf("%s?show=changed&after=%d", v.base, v.results[last].Line)
		}
		return p
	}
	if len(v.results) > 0 {
		p.From = int64((v.number-1)*refusedRows) + 1
		p.To = p.From + int64(len(v.results)) - 1
	}
	at := func(n int) string { return fmt.Sprintf("%s?show=%s&page=%d", v.base, v.show, n) }
	if v.running() {
		return p
	}
	if v.number > 1 {
		p.Previous = at(v.number - 1)
	}
	if p.To > 0 && p.To < all {
		p.Next = at(v.number + 1)
	}
	return p
}

// resultTitle is what those who are shown have in common.
func (v actView) resultTitle() string {
	if v.show == app.Refused {
		return v.T("members.result.refused.title")
	}
	return v.T("act.result." + string(v.show))
}

func (v actView) resultColumn() string {
	if v.show == app.Refused {
		return v.T("members.result.reason")
	}
	return v.T("act.result.outcome")
}

// became is what became of one of them: why they were refused, or what they are now.
func (v actView) became(one app.ActResult) string {
	if one.Outcome == app.Refused {
		return v.why(one.Refused)
	}
	return v.T("outcome." + string(one.Outcome))
}

// toMembers leads to where acts on many begin.
func (v listView) toMembers() ui.Act {
	return ui.Act{Label: v.T("adding.to_members"), Href: strings.TrimSuffix(v.base, "/acts") + "/members"}
}
