package history

import (
	"strconv"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
)

// A day is the entries of one day under its heading.
type day struct {
	ID, Title string
	Past      string // the account on that day, or empty
	Events    []event
}

// An event is one line as it is read: a sentence, how it came in, and what
// changed.
type event struct {
	At      time.Time
	Clock   string
	Face    string // whose initials stand beside, empty for no person
	Parts   []part
	Door    string
	Unit    string
	Many    string // where the entries of the act on many stand, or empty
	Label   string // of the link to them
	Account string // whose history it stands in, where several are shown
	Number  string
	Several int    // in how many accounts an act was, or 0
	OfOne   string // where the history of that account stands
	Changes []telling.Change
	Given   bool // nothing was before: the values stand in one line
	Erased  bool
	Undo    string // where it can be taken back, or empty
	About   string // what that is about, for readers that do not see the line
	Undone  string // by whom and when it was, or empty
	Struck  bool   // all of it
}

// A part is a piece of a sentence.
type part struct {
	Text   string
	Strong bool
	Href   string
}

// days puts lines under their days.
func (h Handler) days(q *page.Request, f filter, found app.EntryPage) []day {
	var days []day
	now := h.Now()
	for _, s := range found.Entries {
		title := q.Printer.Day(s.At, now)
		if n := len(days); n == 0 || days[n-1].Title != title {
			days = append(days, day{ID: "day-" + strconv.Itoa(n+1), Title: title})
			if q.Frame != nil {
				days[n].Past = pastday.On(q.AccountPath("/past"), directory.DayOf(s.At, q.Printer.Zone()))
			}
		}
		last := &days[len(days)-1]
		last.Events = append(last.Events, eventOf(q, f, s))
	}
	return days
}

func eventOf(q *page.Request, f filter, s app.Shown) event {
	tell := q.Teller()
	e := event{At: s.At, Clock: q.Printer.Time(s.At), Parts: parts(tell, f, s), Door: tell.Door(s), Unit: s.Unit,
		Account: s.Account, Number: s.Number, Erased: s.Entry.Erased, Face: s.Actor.Name, Changes: tell.Changes(s)}
	folded := s.Act != nil && s.Act.Entries > 1
	if s.Unit == s.Account || folded {
		e.Unit = "" // the account's own unit says nothing more, and an act is in many
	}
	if s.Entry.Batch != "" && f.get(byBatch) == "" && f.path != "" {
		e.Many, e.Label = f.with(byBatch, s.Entry.Batch, byPerson, "", bySearch, ""), q.Printer.T("history.many.act")
		if folded {
			e.Label = q.Printer.T("history.many.open", "Count", s.Act.Entries)
			e.Erased = false
			if s.Act.Accounts > 1 {
				e.Several = s.Act.Accounts
			}
		}
	}
	e.Undo, e.Undone, e.Struck = undoLink(q, s), undoneBy(q, s), s.Undone != nil && !s.Undone.Part
	if e.Undo != "" {
		e.About = tell.Plain(s)
	}
	e.Given = !strings.HasSuffix(string(s.Entry.Kind), "changed")
	for _, c := range e.Changes {
		e.Given = e.Given && c.Before == "" && !c.Hidden
	}
	return e
}

// parts are the pieces of the sentence; whom it is about leads to the history
// about them.
func parts(tell telling.Teller, f filter, s app.Shown) []part {
	var parts []part
	for _, p := range tell.Sentence(s) {
		one := part{Text: p.Text, Strong: p.Role == telling.Actor}
		if p.Role == telling.Subject && s.Subject.UUID != "" && f.path != "" {
			one.Href = f.path + "?" + byPerson + "=" + s.Subject.UUID
		}
		parts = append(parts, one)
	}
	return parts
}
