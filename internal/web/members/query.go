package members

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/unitfilter"
)

// lacksParam finds who lacks a role that is required (ROLE-3).
const lacksParam = "lacks"

// A view is what an address says of the table: the query, and which optional
// columns it shows (LIST-6).
type view struct {
	app.MemberQuery
	Seen  bool // the column of the last sign-in (LIST-1)
	Whole bool // no unit, not even those ticked beforehand (PREF-1)
	zone  *time.Location
}

// readView reads an address. What it says of nothing known is left out.
func readView(values url.Values, zone *time.Location) view {
	v := view{zone: zone, Seen: slices.Contains(values["column"], "seen")}
	v.Search = strings.ToValidUTF8(strings.ReplaceAll(values.Get("q"), "\x00", ""), "")
	for _, name := range values["status"] {
		if status, ok := directory.ParseStatus(name); ok && !slices.Contains(v.Statuses, status) {
			v.Statuses = append(v.Statuses, status)
		}
	}
	for _, by := range directory.Holdings() {
		if slices.Contains(values["held"], string(by)) {
			v.Held = append(v.Held, by)
		}
	}
	for field, into := range v.lists() {
		for _, value := range values[field] {
			if value = clean(value); value != "" && !slices.Contains(*into, value) {
				*into = append(*into, value)
			}
		}
	}
	v.Units = slices.DeleteFunc(v.Units, func(id string) bool { return id == unitfilter.Whole })
	v.Whole = len(v.Units) == 0 && unitfilter.Named(values)
	v.AddedFrom = v.day(values.Get("from"))
	if to := v.day(values.Get("to")); !to.IsZero() {
		v.AddedTo = to.AddDate(0, 0, 1)
	}
	v.LacksRole = values.Get(lacksParam) != ""
	v.Sort, v.Descending = clean(values.Get("sort")), values.Get("order") == "desc"
	v.After, v.Before, v.Last = values.Get("after"), values.Get("before"), values.Get("last") != ""
	return v
}

// clean is a value without what no id or code has.
func clean(value string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(value), "\x00", ""), "")
}

func (v *view) lists() map[string]*[]string {
	return map[string]*[]string{"company": &v.Companies, "role": &v.Functions, "level": &v.Levels, "product": &v.Products, "unit": &v.Units, "home": &v.Homes}
}

func (v view) day(text string) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, text, v.zone)
	if err != nil {
		return time.Time{}
	}
	return day
}

// dates are the days of the filter as a date field writes them.
func (v view) dates() (from, to string) {
	if !v.AddedFrom.IsZero() {
		from = v.AddedFrom.In(v.zone).Format(time.DateOnly)
	}
	if !v.AddedTo.IsZero() {
		to = v.AddedTo.In(v.zone).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return from, to
}

// values writes the view as an address; reading them gives the view again.
func (v view) values() url.Values {
	values := url.Values{}
	add := func(field, value string) {
		if value != "" {
			values.Add(field, value)
		}
	}
	add("q", v.Search)
	for _, status := range v.Statuses {
		add("status", status.String())
	}
	for _, by := range v.Held {
		add("held", string(by))
	}
	for field, list := range v.lists() {
		for _, value := range *list {
			add(field, value)
		}
	}
	if v.Whole {
		add(unitfilter.Param, unitfilter.Whole)
	}
	from, to := v.dates()
	if v.LacksRole {
		add(lacksParam, "role")
	}
	add("from", from)
	add("to", to)
	add("sort", v.Sort)
	if v.Descending {
		add("order", "desc")
	}
	if v.Seen {
		add("column", "seen")
	}
	add("after", v.After)
	add("before", v.Before)
	if v.Last {
		add("last", "1")
	}
	return values
}

// at is path with the view as its query.
func (v view) at(path string) string {
	if query := v.values().Encode(); query != "" {
		return path + "?" + query
	}
	return path
}

// first is the view at its first page.
func (v view) first() view {
	v.After, v.Before, v.Last = "", "", false
	return v
}

// without takes a filter off.
func (v view) without(field string) view {
	v = v.first()
	switch field {
	case "status":
		v.Statuses = nil
	case "added":
		v.AddedFrom, v.AddedTo = time.Time{}, time.Time{}
	case "held":
		v.Held = nil
	case lacksParam:
		v.LacksRole = false
	default:
		if list, ok := v.lists()[field]; ok {
			*list = nil
		}
	}
	v.Whole = v.Whole || field == unitfilter.Param
	return v
}

// sorted is the view sorted by a column: a second time the other way round.
func (v view) sorted(column string) view {
	v.Descending = v.column() == column && !v.Descending
	v.Sort = column
	return v.first()
}

func (v view) column() string {
	if v.Sort == "" {
		return "name"
	}
	return v.Sort
}

// filters is the view without search, sort and page.
func (v view) filtered() bool {
	only := v.MemberQuery
	only.Search = ""
	return only.Filtered()
}
