// Package pastday is what all pages have that lead to a past day or show one: the field
// to choose the day, and the banner that says that this is not today (HIST-5).
package pastday

import (
	"net/url"
	"time"

	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// Param is the name of the day in addresses.
const Param = "on"

// A View is a day that a page shows, or that it leads to.
type View struct {
	Action  string        // where a chosen day leads; empty: the reader may see no past
	Keep    []ui.Hidden   // what is kept beside the day
	Day     directory.Day // the one that is shown; the zero day: today
	Typed   string        // what stands in the field
	Problem string        // what is wrong with it
	Today   string        // the same of today, or empty
	ID      string        // of the field, where a page has two of them
}

// May reports whether the reader sees past days at all: whoever reads the history
// anywhere.
func May(q *page.Request) bool { return q.Frame.Rights.MayAnywhere(authz.ViewHistory) }

// Leading is the field on a page of today that leads to another page of a past day;
// empty for who sees none.
func Leading(q *page.Request, action string, keep ...ui.Hidden) View {
	if !May(q) {
		return View{}
	}
	return View{Action: action, Keep: keep}
}

// Read reads the day of the address, in the calendar of the account. Without one it is
// the zero day. It refuses with field.bad_date.
func Read(q *page.Request, field string) (directory.Day, error) {
	q.Localise(q.Frame.Account.TimeZone)
	day, refusal := directory.ParseDay(field, q.URL.Query().Get(field), directory.DayFirst)
	if refusal != nil {
		return day, refusal
	}
	return day, nil
}

// Yesterday is the newest day that is over in the account.
func Yesterday(q *page.Request, now time.Time) directory.Day {
	q.Localise(q.Frame.Account.TimeZone)
	return directory.DayOf(now.In(q.Printer.Zone()).AddDate(0, 0, -1), q.Printer.Zone())
}

// Written is a day as it is read.
func Written(p ui.Page, day directory.Day) string {
	return p.Printer.Date(day.Noon(p.Printer.Zone()))
}

// On is an address with a day.
func On(address string, day directory.Day, more ...string) string {
	v := url.Values{}
	if day != (directory.Day{}) {
		v.Set(Param, day.ISO())
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			v.Set(more[i], more[i+1])
		}
	}
	if len(v) == 0 {
		return address
	}
	return address + "?" + v.Encode()
}

func (v View) value() string {
	if v.Typed == "" {
		return v.Day.ISO()
	}
	return v.Typed
}

func (v View) label(p ui.Page) string {
	if v.Day == (directory.Day{}) {
		return p.T("past.pick")
	}
	return p.T("past.as_of", "Day", Written(p, v.Day))
}

func (v View) back(p ui.Page) []ui.Act {
	if v.Today == "" {
		return nil
	}
	return []ui.Act{{Label: p.T("past.back"), Icon: "arrow-back-up", Href: v.Today}}
}
