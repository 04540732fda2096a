package history

import (
	"time"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const (
	historyPath = "/vendor/history"
	accessPath  = "/vendor/history/access"
)

// console shows a page of the vendor's console with the counts of its
// navigation.
func (h Handler) console(q *page.Request, title string, here page.Place, show func(ui.Page) templ.Component) error {
	f, err := h.App.Accounts.Figures(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	return q.Render(show(q.InConsole(title, here, page.ConsoleCounts{Customers: f.Customers, KeyRequests: f.KeyRequests, MailTrouble: f.MailTrouble})))
}

// tabs lead between the two logs.
func tabs(q *page.Request, here string) []ui.Tab {
	return []ui.Tab{
		{Label: q.Printer.T("history.title"), Href: historyPath, Current: here == historyPath},
		{Label: q.Printer.T("access.title"), Href: accessPath, Current: here == accessPath},
	}
}

// vendor shows the histories of all accounts and of the installation.
func (h Handler) vendor(q *page.Request) error {
	f := readFilter(q, historyPath)
	found, err := h.App.History.ListAll(q.Context(), q.Actor(), f.chosen(), f.window())
	if err != nil {
		return err
	}
	v := h.view(q, f, found)
	v.Tabs = tabs(q, historyPath)
	for i := range v.Days {
		for j := range v.Days[i].Events {
			h.whose(q, f, &v.Days[i].Events[j])
		}
	}
	return h.console(q, v.Title, page.VendorHistory, func(p ui.Page) templ.Component { return historyPage(p, v) })
}

// whose says whose history an event stands in, where that is not one account's
// anyway.
func (h Handler) whose(q *page.Request, f filter, e *event) {
	switch {
	case f.set(byAccount):
	case e.Several > 0:
		e.Account = q.Printer.T("history.many.accounts", "Count", e.Several)
	case e.Number == "":
		e.Account, e.OfOne = q.Printer.T("history.filter.own"), f.with(byAccount, ownHistory)
	default:
		e.OfOne = f.with(byAccount, e.Number)
	}
}

// A line is one of the access log.
type line struct {
	At          time.Time
	Who, Typed  string
	Href        string // all lines of that person
	Outcome     string
	Tone        string
	Account     string
	From, Agent string
}

// An accessView is a page of the access log.
type accessView struct {
	Title  string
	Tabs   []ui.Tab
	Filter filter
	Found  string
	Lines  []line
	Pager  ui.PagerView
	Newest string
}

// access shows sign-ins and refused attempts, of everybody or of one person.
func (h Handler) access(q *page.Request) error {
	f := readFilter(q, accessPath)
	c := app.AccessFilter{Who: f.get(bySearch), Number: f.get(byAccount), Refused: f.set(byRefused)}
	if c.Who == "" {
		c.Who = f.get(byPerson)
	}
	c.From, c.To = f.between()
	found, err := h.App.History.AccessLog(q.Context(), q.Actor(), c, f.window())
	if err != nil {
		return err
	}
	v := accessView{Title: q.Printer.T("history.title"), Tabs: tabs(q, accessPath), Filter: f,
		Found: q.Printer.T("access.found", "Count", found.Total)}
	for _, s := range found.Lines {
		if s.Person.UUID != "" {
			f.names[s.Person.UUID] = called(q, s.Person)
		}
		v.Lines = append(v.Lines, h.line(q, f, s))
	}
	v.Pager, v.Newest = f.pager(len(v.Lines), found.Next, found.Total, v.Found)
	return h.console(q, v.Title, page.VendorHistory, func(p ui.Page) templ.Component { return accessPage(p, v) })
}

func (h Handler) line(q *page.Request, f filter, s app.ShownAccess) line {
	l := line{At: s.At, Who: called(q, s.Person), Account: s.Account, From: s.Access.Address, Agent: s.Agent, Tone: "bad",
		Outcome: h.outcome(q, s)}
	switch s.Outcome {
	case "signed_in":
		l.Tone = "ok"
	case "code_asked":
		l.Tone = "none"
	}
	switch {
	case s.Person.UUID != "":
		l.Href = f.with(bySearch, "", byPerson, s.Person.UUID)
	case s.User == 0 && s.Name != "" && !missing(s):
		l.Who = s.Name
	}
	return l
}

// missing reports whether the line's name is the right that was missing, and
// not what somebody typed.
func missing(s app.ShownAccess) bool {
	return s.Outcome == "denied.permission" || s.Outcome == "denied.duty" || s.Outcome == "denied.application"
}

// outcome is the line's sentence.
func (h Handler) outcome(q *page.Request, s app.ShownAccess) string {
	switch s.Outcome {
	case "denied.permission":
		name := s.Name
		if permission, ok := h.Catalogue().Permission(name); ok {
			name = permission.Label.In(q.Printer.Lang())
		}
		return q.Printer.T("access.denied.permission", "Permission", name)
	case "denied.duty":
		return q.Printer.T("access.denied.duty", "Duty", duty(q, s.Name))
	case "denied.application":
		return q.Printer.T("access.denied.application", "Duty", duty(q, s.Name))
	}
	if key := s.Message(); q.Printer.Has(key) {
		if text := q.Printer.T(key); text != "["+key+"]" {
			return text
		}
	}
	return q.Printer.T("access.refused")
}

// duty is what a duty of staff, or a right of an application, is called.
func duty(q *page.Request, name string) string {
	for _, key := range []string{"staff.duty." + name, "applications.right." + name} {
		if q.Printer.Has(key) {
			return q.Printer.T(key)
		}
	}
	return name
}
