package rights

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/directory"
	"intendant/internal/web/pastday"
)

// An address is a view of the drawn tree: whose, what is opened and closed, what
// is looked for, and how large. All of it stands in the URL.
type address struct {
	base   string
	On     string // a past day; empty: today
	Person string
	Open   []branch
	Closed []string
	Unit   string
	All    bool
	Zoom   int // percent; 0: as wide as the page
}

// A branch is a unit that was opened, and how many of those under it come
// before the first shown.
type branch struct {
	unit string
	from int
}

// mostBranches is how many opened and closed branches an address may name.
const mostBranches = 60

// zooms are the sizes there are.
func zooms() []int { return []int{50, 75, 100, 150, 200} }

func readAddress(base string, form url.Values) address {
	a := address{base: base, On: form.Get(pastday.Param), Person: form.Get("person"), Unit: form.Get("unit"), All: form.Get("all") != ""}
	if zoom, err := strconv.Atoi(form.Get("zoom")); err == nil && slices.Contains(zooms(), zoom) {
		a.Zoom = zoom
	}
	from, seen := form["from"], map[string]bool{}
	for i, unit := range form["open"] {
		if len(a.Open) == mostBranches || len(unit) > 36 || seen[unit] {
			continue
		}
		one := branch{unit: unit}
		if i < len(from) {
			one.from, _ = strconv.Atoi(from[i]) // what is no number is the beginning
		}
		one.from = min(max(one.from, 0), 1_000_000)
		a.Open, seen[unit] = append(a.Open, one), true
	}
	for _, unit := range form["closed"] {
		if len(a.Closed) < mostBranches && len(unit) <= 36 && !slices.Contains(a.Closed, unit) {
			a.Closed = append(a.Closed, unit)
		}
	}
	return a
}

// String is the address as a link.
func (a address) String() string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set(pastday.Param, a.On)
	set("person", a.Person)
	set("unit", a.Unit)
	if a.All {
		v.Set("all", "1")
	}
	if a.Zoom != 0 {
		v.Set("zoom", strconv.Itoa(a.Zoom))
	}
	further := slices.ContainsFunc(a.Open, func(b branch) bool { return b.from > 0 })
	for _, b := range a.Open {
		v.Add("open", b.unit)
		if further {
			v.Add("from", strconv.Itoa(b.from))
		}
	}
	for _, unit := range a.Closed {
		v.Add("closed", unit)
	}
	if len(v) == 0 {
		return a.base
	}
	return a.base + "?" + v.Encode()
}

// opened is the address with one branch open.
func (a address) opened(unit string, from int) address {
	a = a.closed(unit)
	a.Closed = a.Closed[:len(a.Closed)-1]
	a.Open = append(a.Open, branch{unit, from})
	if extra := len(a.Open) - mostBranches; extra > 0 {
		a.Open = a.Open[extra:]
	}
	return a
}

// closed is the address with one branch closed.
func (a address) closed(unit string) address {
	a.Open = slices.DeleteFunc(slices.Clone(a.Open), func(b branch) bool { return b.unit == unit })
	a.Closed = append(slices.DeleteFunc(slices.Clone(a.Closed), func(c string) bool { return c == unit }), unit)
	if extra := len(a.Closed) - mostBranches; extra > 0 {
		a.Closed = a.Closed[extra:]
	}
	return a
}

// plain is the address of the same person with nothing opened, closed or
// looked for.
func (a address) plain() address {
	return address{base: a.base, On: a.On, Person: a.Person, Zoom: a.Zoom}
}

func (a address) whole() address {
	a = a.plain()
	a.All = true
	return a
}

func (a address) zoomed(zoom int) address {
	a.Zoom = zoom
	return a
}

func (a address) of(person string) address {
	return address{base: a.base, On: a.On, Person: person, Zoom: a.Zoom}
}

func (a address) marked(unit string) address {
	a.Unit = unit
	return a
}

// fold is what the address asks of a scene.
func (a address) fold(units []directory.Unit) fold {
	f := fold{Open: map[directory.UnitID]int{}, Closed: map[directory.UnitID]bool{}, All: a.All}
	for _, u := range units {
		if slices.Contains(a.Closed, u.UUID) {
			f.Closed[u.ID] = true
		}
		if i := slices.IndexFunc(a.Open, func(b branch) bool { return b.unit == u.UUID }); i >= 0 {
			f.Open[u.ID] = a.Open[i].from
		}
		if u.UUID == a.Unit {
			f.Marked = u.ID
		}
	}
	return f
}
