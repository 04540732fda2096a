package history

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"intendant/internal/app"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
	"intendant/internal/web/unitfilter"
)

// Names of a filter's values in an address.
const (
	byDay      = "from"
	byLastDay  = "to"
	byActor    = "by"
	bySearch   = "q"
	byPerson   = "person"
	byGroup    = "kind"
	byDoor     = "door"
	byBatch    = "batch"
	byAccount  = "account"
	byRefused  = "refused"
	byState    = "state"
	fromPlace  = "before"
	fromNumber = "n"
)

// ownHistory is the value of byAccount that means the installation itself.
const ownHistory = "own"

// A filter is what an address asks a list for. Names are what people in it are
// called, by UUID.
type filter struct {
	path   string
	values url.Values
	zone   *time.Location
	groups []app.HistoryGroup
	names  map[string]string
	units  unitfilter.Filter // of an account's history
}

// readFilter reads the filter of a page at path. What cannot be read chooses
// nothing.
func readFilter(q *page.Request, path string) filter {
	f := filter{path: path, values: url.Values{}, zone: q.Printer.Zone(), groups: q.Site.App.History.Kinds(), names: map[string]string{}}
	for _, name := range []string{byDay, byLastDay, byActor, bySearch, byPerson, byGroup, byDoor, byBatch, byAccount, byRefused, byState,
		fromPlace, fromNumber} {
		if value := strings.TrimSpace(q.FormValue(name)); value != "" && len(value) <= 400 {
			f.values.Set(name, value)
		}
	}
	if f.set(bySearch) {
		f.values.Del(byPerson) // a new search takes the place of the person
	}
	for _, name := range []string{byDay, byLastDay} {
		if _, err := time.Parse(time.DateOnly, f.get(name)); err != nil {
			f.values.Del(name)
		}
	}
	return f
}

func (f filter) get(name string) string { return f.values.Get(name) }

// window is the part of the list that is asked for.
func (f filter) window() app.Window { return app.Window{Before: f.get(fromPlace), Size: windowSize} }

// between are the days of the filter, from midnight to midnight.
func (f filter) between() (from, to time.Time) {
	if day, err := time.ParseInLocation(time.DateOnly, f.get(byDay), f.zone); err == nil {
		from = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, f.get(byLastDay), f.zone); err == nil {
		to = day.AddDate(0, 0, 1)
	}
	return from, to
}

// narrow reads the units of an account's history. The address keeps those that
// it names and those ticked beforehand alike (PREF-1).
func (f *filter) narrow(q *page.Request) error {
	units, err := unitfilter.Read(q, authz.ViewHistory, f.set(byPerson) || f.set(byBatch))
	f.units = units
	switch {
	case len(units.IDs()) > 0:
		f.values[unitfilter.Param] = units.IDs()
	case unitfilter.Named(q.URL.Query()):
		f.values.Set(unitfilter.Param, unitfilter.Whole)
	}
	return err
}

// chosen is the filter as the operations take it.
func (f filter) chosen() app.HistoryFilter {
	c := app.HistoryFilter{By: f.get(byActor), About: f.get(bySearch), Door: authz.Door(f.get(byDoor)), Batch: f.get(byBatch)}
	c.From, c.To = f.between()
	c.Units = f.units.IDs()
	if c.About == "" {
		c.About = f.get(byPerson)
	}
	if group := f.get(byGroup); group != "" {
		c.Kinds = audit.KindsOf(group)
	}
	switch account := f.get(byAccount); account {
	case "":
	case ownHistory:
		c.Accounts = []directory.AccountID{directory.Installation}
	default:
		c.Number = account
	}
	return c
}

// any reports whether the filter leaves anything out.
func (f filter) any() bool {
	for name := range f.values {
		if name != fromPlace && name != fromNumber && f.get(name) != unitfilter.Whole {
			return true
		}
	}
	return false
}

// with is the address with another value; an empty one takes it off. The list
// begins anew.
func (f filter) with(pairs ...string) string {
	values := url.Values{}
	for name, value := range f.values {
		if name != fromPlace && name != fromNumber {
			values[name] = value
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			values.Del(pairs[i])
		}
	}
	if len(values) == 0 {
		return f.path
	}
	return f.path + "?" + values.Encode()
}

// hidden are the values that a form keeps: all that are set, since what is set
// stands as a chip and has no field.
func (f filter) hidden() []ui.Hidden {
	var hidden []ui.Hidden
	for _, name := range []string{byDay, byLastDay, byActor, byPerson, byGroup, byDoor, byBatch, byAccount, byRefused, byState} {
		if value := f.get(name); value != "" {
			hidden = append(hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	return hidden
}

// set reports whether the filter has a value of that name.
func (f filter) set(name string) bool { return f.get(name) != "" }

// pager says where a page stands and leads on.
func (f filter) pager(shown int, next string, total int64, things string) (v ui.PagerView, newest string) {
	first, err := strconv.ParseInt(f.get(fromNumber), 10, 64)
	if err != nil || first < 1 || first > total || f.get(fromPlace) == "" {
		first = 1
	}
	v = ui.PagerView{From: first, To: first + int64(shown) - 1, Things: things}
	if shown == 0 {
		v.To = 0
	}
	if next != "" {
		v.Next = f.with(fromPlace, next, fromNumber, strconv.FormatInt(v.To+1, 10))
	}
	if f.get(fromPlace) != "" {
		newest = f.with()
	}
	return v, newest
}

// name learns what people in the filter are called from the entries found:
// nothing is told of people the reader does not see.
func (f filter) name(q *page.Request, found app.EntryPage) {
	for _, s := range found.Entries {
		for _, p := range []app.Person{s.Actor, s.Subject} {
			if p.UUID != "" {
				f.names[p.UUID] = called(q, p)
			}
		}
	}
}

func called(q *page.Request, p app.Person) string { return q.Teller().Person(p) }

// A chip is a filter that is set.
type chip struct{ Label, Value, Remove string }

// chips are the filters that are set, in the order they are offered.
func (f filter) chips(p ui.Page) []chip {
	var chips []chip
	if f.set(byDay) || f.set(byLastDay) {
		chips = append(chips, chip{p.T("history.filter.dates"), f.days(p), f.with(byDay, "", byLastDay, "")})
	}
	for _, one := range []struct{ name, label string }{
		{byActor, "history.filter.by"}, {byPerson, "history.filter.person"}, {byGroup, "history.filter.kind"},
		{byDoor, "history.filter.door"}, {byBatch, "history.filter.batch"}, {byAccount, "history.filter.account"},
		{byRefused, "access.filter.refused"},
	} {
		if f.set(one.name) {
			chips = append(chips, chip{p.T(one.label), f.words(p, one.name), f.with(one.name, "")})
		}
	}
	return chips
}

func (f filter) days(p ui.Page) string {
	from, to := f.between()
	switch {
	case from.IsZero():
		return p.T("history.filter.until", "Day", p.Printer.DateShort(to.AddDate(0, 0, -1)))
	case to.IsZero():
		return p.T("history.filter.since", "Day", p.Printer.DateShort(from))
	}
	return p.Printer.DateShort(from) + " – " + p.Printer.DateShort(to.AddDate(0, 0, -1))
}

// words is how a filter's value is shown.
func (f filter) words(p ui.Page, name string) string {
	value := f.get(name)
	switch name {
	case byActor, byPerson:
		if known := f.names[value]; known != "" {
			return known
		}
		if uuid.Validate(value) == nil {
			return p.T("history.actor.unknown")
		}
	case byGroup:
		if key := (app.HistoryGroup{Group: value}).Title(); p.Printer.Has(key) {
			return p.T(key)
		}
	case byDoor:
		if key := "history.door." + value; p.Printer.Has(key) {
			return p.T(key)
		}
	case byBatch:
		return p.T("history.filter.batch.one")
	case byAccount:
		if value == ownHistory {
			return p.T("history.filter.own")
		}
	case byRefused:
		return p.T("access.filter.refused.only")
	}
	return value
}

func (f filter) groupOptions(p ui.Page) []ui.Option {
	options := []ui.Option{{Label: p.T("history.filter.all")}}
	for _, g := range f.groups {
		options = append(options, ui.Option{Value: g.Group, Label: p.T(g.Title())})
	}
	return options
}

func (f filter) doorOptions(p ui.Page) []ui.Option {
	options := []ui.Option{{Label: p.T("history.filter.all")}}
	for _, door := range []authz.Door{authz.DoorPage, authz.DoorImport, authz.DoorAPI, authz.DoorCommand, authz.DoorJob} {
		options = append(options, ui.Option{Value: string(door), Label: p.T("history.door." + string(door))})
	}
	return options
}

// placeholder says what may be sought.
func (f filter) placeholder(p ui.Page) string {
	if p.Account == nil {
		return p.T("history.search.hint.vendor")
	}
	return p.T("history.search.hint")
}

func toneIcon(tone string) string {
	if tone == "ok" {
		return "circle-check"
	}
	return "ban"
}
