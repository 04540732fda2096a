package history

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// undoneRows is how many people and things a preview shows, and a result.
const undoneRows = 50

// An undoView is what taking something back would do, or has done.
type undoView struct {
	ui.Page
	line   event
	action string
	back   string
	hidden []ui.Hidden
	facts  []ui.CartItem
	rows   []undoRow
	beyond string // what is not judged, or not shown
	done   bool
	idle   bool // nothing would be done
}

// An undoRow is one person or thing.
type undoRow struct {
	who     ui.WhoView
	outcome string
	bad     bool
	changes []telling.Change
	left    []string
}

// target is what the address, or the form, names.
func target(q *page.Request) app.UndoTarget {
	n, err := strconv.ParseInt(q.FormValue("entry"), 10, 64)
	if err != nil {
		n = 0
	}
	return app.UndoTarget{Entry: n, Act: q.FormValue("act"), Wait: app.UsualWait}
}

// preview shows what would be given back to whom, and what would be left and why
// (PLAN-1, PLAN-2).
func (h Handler) preview(q *page.Request) error {
	v, t, err := h.undoPage(q)
	if err != nil {
		return err
	}
	found, err := h.App.Undo.Preview(q.Context(), q.Actor(), q.Frame.Account.ID, t)
	if err != nil {
		return err
	}
	v.count(found.Verdicts, found.Entries)
	if v.idle = found.Verdicts.Count(app.Changed) == 0; found.Total > len(found.Verdicts) {
		v.beyond = v.T("undo.beyond", "Count", int64(len(found.Verdicts)), "Total", v.Printer.Number(int64(found.Total)))
	}
	shown := v.judged(found.Verdicts)
	told, err := h.App.History.Told(q.Context(), q.Actor(), q.Frame.Account.ID, about(found.Entries, shown))
	if err != nil {
		return err
	}
	v.list(q, shown, told)
	return q.Render(undoPage(v))
}

// undo takes it back, and says what became of each.
func (h Handler) undo(q *page.Request) error {
	v, t, err := h.undoPage(q)
	if err != nil {
		return err
	}
	verdicts, err := h.App.Undo.Do(q.Context(), q.Actor(), q.Frame.Account.ID, t)
	var going *app.Unfinished
	if errors.As(err, &going) {
		return q.Redirect(q.AccountPath("/acts/" + going.Act.UUID))
	}
	if err != nil {
		return err
	}
	if leaves := slices.ContainsFunc(verdicts, func(o app.Verdict) bool { return len(o.Left)+len(o.Because) > 0 || o.Refusal != nil }); !leaves && verdicts.Count(app.Changed) > 0 {
		q.Done(q.Printer.T("undo.done", "Count", int64(verdicts.Count(app.Changed))))
		return q.Redirect(v.back)
	}
	v.done, v.idle = true, verdicts.Count(app.Changed) == 0
	v.count(verdicts, nil)
	v.list(q, v.judged(verdicts), nil)
	return q.Render(undoPage(v))
}

// undoPage is the page about what the address names.
func (h Handler) undoPage(q *page.Request) (undoView, app.UndoTarget, error) {
	q.Localise(q.Frame.Account.TimeZone)
	t := target(q)
	v := undoView{Page: q.InAccount(q.Printer.T("undo.title"), page.HistoryPlace), action: q.AccountPath("/history/undo"), back: q.ReturnTo(q.AccountPath("/history"))}
	line, err := h.App.History.Line(q.Context(), q.Actor(), q.Frame.Account.ID, t.Entry, t.Act)
	if err != nil {
		return v, t, err
	}
	v.line = eventOf(q, filter{}, line)
	if t.Act != "" {
		v.line.Changes = nil // of its first entry alone
		v.hidden = append(v.hidden, ui.Hidden{Name: "act", Value: t.Act})
	} else {
		v.hidden = append(v.hidden, ui.Hidden{Name: "entry", Value: strconv.FormatInt(t.Entry, 10)})
	}
	if to := q.FormValue("return"); to != "" {
		v.hidden = append(v.hidden, ui.Hidden{Name: "return", Value: v.back})
	}
	return v, t, nil
}

// lead says that nothing is done yet, as long as that is so.
func (v undoView) lead() string {
	if v.done {
		return ""
	}
	return v.T("undo.lead")
}

// count says how many are given back what they had, how many are left, which mails do
// not leave, and seats that are taken.
func (v *undoView) count(verdicts app.Verdicts, entries []audit.Entry) {
	left, withheld, seats := int64(0), int64(0), int64(0)
	for _, o := range verdicts {
		if o.Outcome == app.Changed {
			withheld += int64(o.Withheld)
			if len(o.Left)+len(o.Because) > 0 {
				left++
			}
		}
	}
	for _, e := range entries {
		if e.Kind == audit.SeatAssigned {
			seats++
		}
	}
	add := func(key string, n int64, class string) {
		v.facts = append(v.facts, ui.CartItem{Label: v.T(key), Value: v.Printer.Number(n), Class: class})
	}
	warn := func(n int64) string {
		if n > 0 {
			return "is-warn"
		}
		return ""
	}
	add("undo.restored", int64(verdicts.Count(app.Changed)), "")
	add("undo.in_part", left, warn(left))
	refused := int64(verdicts.Count(app.Refused))
	add("undo.refused", refused, warn(refused))
	if seats > 0 {
		add("undo.seats", seats, "")
	}
	if withheld > 0 {
		add("undo.withheld", withheld, "")
	}
}

// judged are the verdicts that are shown: those that leave something first.
func (v *undoView) judged(verdicts app.Verdicts) app.Verdicts {
	sorted := slices.Clone(verdicts)
	weight := func(o app.Verdict) int {
		switch {
		case o.Refusal != nil:
			return 0
		case len(o.Left)+len(o.Because) > 0:
			return 1
		case o.Outcome == app.Changed:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(sorted, func(a, b app.Verdict) int { return weight(a) - weight(b) })
	if len(sorted) > undoneRows {
		sorted = sorted[:undoneRows]
		if v.beyond == "" {
			v.beyond = v.T("undo.shown", "Count", int64(undoneRows), "Total", v.Printer.Number(int64(len(verdicts))))
		}
	}
	return sorted
}

// about are the entries of those that are shown.
func about(entries []audit.Entry, shown app.Verdicts) []audit.Entry {
	people, things := map[directory.UserID]bool{}, map[int64]bool{}
	for _, o := range shown {
		people[o.Member.User], things[o.Subject] = true, true
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e audit.Entry) bool {
		return (e.Subject == 0 || !people[e.Subject]) && (e.Object == 0 || !things[e.Object])
	})
}

// list puts verdicts into words.
func (v *undoView) list(q *page.Request, shown app.Verdicts, told []app.Shown) {
	tell := q.Teller()
	for _, o := range shown {
		row := undoRow{who: ui.WhoView{Name: o.Name, Sub: o.Email}, outcome: v.T("undo.outcome." + string(o.Outcome)), bad: o.Refusal != nil}
		if row.who.Name == "" {
			if row.who = (ui.WhoView{Name: o.Email}); o.Email == "" {
				row.who.Name = v.T("act.somebody")
			}
		}
		if o.Refusal != nil {
			row.outcome = v.Printer.Error(o.Refusal)
		}
		for _, s := range told {
			if o.Member.User != 0 && s.Entry.Subject == o.Member.User || o.Subject != 0 && s.Entry.Object == o.Subject {
				row.changes = append(row.changes, tell.Changes(s)...)
			}
		}
		for _, field := range o.Left {
			row.left = append(row.left, v.T("undo.left", "Field", tell.Field(field)))
		}
		for _, b := range o.Because {
			if o.Refusal == nil {
				row.left = append(row.left, because(v, tell, b))
			}
		}
		v.rows = append(v.rows, row)
	}
}

// change is a field with what it becomes again.
func (v undoView) change(c telling.Change) string {
	value := c.After
	if value == "" {
		value = v.T("history.change.none")
	}
	if c.Before != "" {
		value = c.Before + " → " + value
	}
	return v.T("history.given", "Field", c.Field, "Value", value)
}

// because says what is left for another reason than a change since.
func because(v *undoView, tell telling.Teller, b app.UndoBecause) string {
	reason := v.Printer.Error(b.Why)
	switch {
	case b.Field == "mail", b.Field == "token":
		return reason
	case b.What == "":
		return v.T("undo.because", "Field", tell.Field(b.Field), "Reason", reason)
	}
	return v.T("undo.because.of", "Field", tell.Field(b.Field), "What", b.What, "Reason", reason)
}

// undoLink is where a line can be taken back, or empty.
func undoLink(q *page.Request, s app.Shown) string {
	if !s.Undoable || q.Frame == nil {
		return ""
	}
	values := url.Values{}
	if s.Act != nil {
		values.Set("act", s.Act.Batch)
	} else {
		values.Set("entry", strconv.FormatInt(s.Entry.N, 10))
	}
	return q.AccountPath("/history/undo?" + values.Encode())
}

// undoneBy says by whom and when a line was undone.
func undoneBy(q *page.Request, s app.Shown) string {
	if s.Undone == nil {
		return ""
	}
	key := "undo.by"
	if s.Undone.Part {
		key = "undo.by_part"
	}
	return q.Printer.T(key, "Date", q.Printer.DateTime(s.Undone.At), "Name", q.Teller().Person(s.Undone.By))
}
