package past

import (
	"net/http"
	"net/url"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A comparison is the page of what became otherwise between two days.
type comparison struct {
	view
	app.Differences
	q       app.DifferenceQuery
	typed   [2]string // what stands in the two fields
	problem [2]string // what is wrong with them
}

// usually is how many days lie between the two that are compared when none is named.
const usually = 7

// differencesAt leads to what became otherwise up to a day, in the account, for one
// member or in one unit.
func differencesAt(v view, member, unit string) string {
	values := url.Values{}
	for name, value := range map[string]string{"to": v.day.ISO(), "member": member, "unit": unit} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return v.req.AccountPath("/past/differences") + "?" + values.Encode()
}

// differences shows what became otherwise between two days, by person.
func (h Handler) differences(q *page.Request) error {
	values := q.URL.Query()
	c := comparison{view: view{h: h, req: q}, typed: [2]string{values.Get("from"), values.Get("to")}}
	c.q = app.DifferenceQuery{Member: values.Get("member"), Unit: values.Get("unit"), After: values.Get("after")}
	err := c.days()
	c.Page = q.InAccount(q.Printer.T("past.differences"), page.HistoryPlace)
	if err == nil {
		c.Differences, err = h.App.Past.Difference(q.Context(), q.Actor(), account(q), c.q)
	}
	refusal, _ := page.Refusal(err)
	switch {
	case err == nil:
		return q.Render(differencesPage(c))
	case refusal == nil:
		return err
	case refusal.Code == "list.bad_cursor":
		return q.Redirect(c.at(""))
	case refusal.Field == "from":
		c.problem[0] = c.Printer.Error(refusal)
	case refusal.Field == "to":
		c.problem[1] = c.Printer.Error(refusal)
	default:
		return err
	}
	return q.RenderStatus(http.StatusUnprocessableEntity, differencesPage(c))
}

// days reads the two days; without them they are the newest that is over, and a week
// before it, or the first of the account.
func (c *comparison) days() error {
	var err error
	if c.q.From, err = pastday.Read(c.req, "from"); err != nil {
		return err
	}
	if c.q.To, err = pastday.Read(c.req, "to"); err != nil {
		return err
	}
	zone := c.req.Printer.Zone()
	first := directory.DayOf(c.req.Frame.Account.Created, zone)
	if c.q.To == (directory.Day{}) {
		if c.q.To = pastday.Yesterday(c.req, c.h.Now()); c.q.To.UTC().Before(first.UTC()) {
			c.q.To = first
		}
		c.typed[1] = c.q.To.ISO()
	}
	if c.q.From == (directory.Day{}) {
		c.q.From = directory.DayOf(c.q.To.Noon(zone).AddDate(0, 0, -usually), zone)
		if c.q.From.UTC().Before(first.UTC()) {
			c.q.From = first
		}
		c.typed[0] = c.q.From.ISO()
	}
	c.day = c.q.To
	return nil
}

// at is a page of the differences.
func (c comparison) at(after string) string {
	values := url.Values{}
	for name, value := range map[string]string{"from": c.typed[0], "to": c.typed[1], "member": c.q.Member, "unit": c.q.Unit, "after": after} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return c.req.AccountPath("/past/differences") + "?" + values.Encode()
}

func (c comparison) next() string {
	if c.Next == "" {
		return ""
	}
	return c.at(c.Next)
}

func (c comparison) kept() []ui.Hidden {
	var kept []ui.Hidden
	for _, one := range []ui.Hidden{{Name: "member", Value: c.q.Member}, {Name: "unit", Value: c.q.Unit}} {
		if one.Value != "" {
			kept = append(kept, one)
		}
	}
	return kept
}

func (c comparison) refused() bool { return c.problem != [2]string{} }

// scope says of whom the differences are, where it is not the account.
func (c comparison) scope() string {
	switch {
	case c.Of != nil:
		return c.name(*c.Of)
	case c.In.ID != 0:
		return c.In.Name
	}
	return ""
}

// wide leads to the differences of the whole account.
func (c comparison) wide() string {
	c.q.Member, c.q.Unit = "", ""
	return c.at("")
}

func (c comparison) crumbs() []ui.Link {
	return []ui.Link{{Label: c.T("past.members"), Href: pastday.On(c.members(), c.day)}}
}

// acts are what can be done with the page: to take it along.
func (c comparison) acts() []ui.Act {
	if c.refused() || c.nothing() {
		return nil
	}
	return []ui.Act{exportAt(c.Page, c.req, directory.ExportDifferences, app.PastTable{From: c.q.From.ISO(), To: c.q.To.ISO(), Member: c.q.Member, Unit: c.q.Unit})}
}

// nothing reports whether nothing became otherwise.
func (c comparison) nothing() bool { return len(c.Differences.Units)+len(c.People) == 0 }

// A line is one change in words.
type line struct{ what, before, after string }

func (c comparison) lines(changes []app.PastChange) []line {
	lines := make([]line, len(changes))
	for i, one := range changes {
		lines[i] = line{c.what(one), c.fact(one.What, one.Before), c.fact(one.What, one.After)}
	}
	return lines
}

// what names what is otherwise: a field, or something that was not there before, or is
// no more.
func (c comparison) what(one app.PastChange) string {
	switch one.What {
	case app.PastStatus, app.PastHome, app.PastCompany, app.PastFunctions, app.PastEnds:
		return c.T("field." + one.What)
	case app.PastLevels:
		return c.T("field.access_level")
	}
	if key := "past.change." + one.Word(); c.Printer.Has(key) {
		return c.T(key)
	}
	return c.T("field." + one.What) // a text of the place
}

// fact is one side of a change.
func (c comparison) fact(what string, f app.PastFact) string {
	switch what {
	case app.PastStatus:
		return c.T("status." + f.Status.String())
	case app.PastGrant, app.PastPlaced, app.PastCame, app.PastLeft:
		if f.Unit.ID == 0 {
			return ""
		}
		if len(f.Roles) == 0 {
			return f.Unit.Name
		}
		return c.T("rights.why.role_at", "Role", c.roles(f.Roles), "Unit", f.Unit.Name)
	case app.PastSeat, app.PastExternal:
		if f.Text == "" {
			return ""
		}
		return c.offer(f.Text)
	case app.PastLevels, app.PastFunctions:
		return c.roles(f.Roles)
	case app.PastEnds:
		if f.Day == (directory.Day{}) {
			return ""
		}
		return pastday.Written(c.Page, f.Day)
	}
	if f.Unit.ID != 0 {
		return f.Unit.Name
	}
	return f.Text
}

// both reports whether a line has two sides to show.
func (l line) both(c comparison) (before, after string) {
	none := c.T("past.nothing")
	before, after = l.before, l.after
	if before == "" && after == "" {
		return "", ""
	}
	if before == "" {
		before = none
	}
	if after == "" {
		after = none
	}
	return before, after
}
