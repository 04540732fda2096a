package page

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// wasField carries what a form was drawn with, so that it is known afterwards which
// fields its reader changed, and which somebody else (PLAN-4).
const wasField = "was"

// A Drawn is a form as it is drawn of what stands now: its fields, and its boxes and
// choices.
type Drawn struct {
	Fields []ui.Field
	Groups []Group
}

// A drawnPart is one field of it, or one group: its values, which of them can be sent at
// all, and what they are called where they are chosen. What stands fixed is said too.
type drawnPart struct {
	name, refused string
	date          bool
	values        []string
	sends         func(value string) bool
	words         map[string]string // nil: what is typed says itself
	fixed         []string
}

// parts are what can be changed of the form.
func (d Drawn) parts() []drawnPart {
	var parts []drawnPart
	for _, f := range d.Fields {
		if off, _ := f.Attrs["disabled"].(bool); off || f.Kind == "password" || f.Kind == "file" {
			continue
		}
		p := drawnPart{name: f.Name, refused: f.Name, date: f.Kind == "date", values: meant([]string{f.Value}), sends: func(string) bool { return true }}
		for _, o := range f.Options {
			if p.words == nil {
				p.words = map[string]string{}
			}
			if p.words[o.Value] = o.Label; o.Selected || o.Value == f.Value {
				p.values = meant([]string{o.Value})
			}
		}
		parts = append(parts, p)
	}
	for _, g := range d.Groups {
		p := drawnPart{name: g.Name, refused: cmp.Or(g.Refused, g.Name), words: map[string]string{}}
		fixed := map[string]bool{}
		for _, c := range g.Checks {
			p.words[c.Value], fixed[c.Value] = c.Label, c.Disabled
			switch {
			case c.Checked && c.Disabled:
				p.fixed = append(p.fixed, c.Label)
			case c.Checked:
				p.values = append(p.values, c.Value)
			}
		}
		p.sends = func(value string) bool { return !fixed[value] }
		slices.Sort(p.values)
		parts = append(parts, p)
	}
	return parts
}

// of are the values of the part in a form that was sent, as they are compared.
func (p drawnPart) of(form url.Values) []string {
	values := slices.DeleteFunc(slices.Clone(form[p.name]), func(value string) bool { return !p.sends(value) })
	return meant(slices.Sorted(slices.Values(values)))
}

// said are values of the part in words; false where one of them is called nothing, since
// it cannot be chosen any more.
func (p drawnPart) said(q *Request, values []string) (string, bool) {
	words := slices.Clone(p.fixed)
	for _, value := range values {
		word, known := p.words[value]
		switch {
		case p.words == nil && p.date:
			day, refusal := directory.ParseDay(p.name, value, directory.DayFirst)
			if word = value; refusal == nil {
				word = q.Printer.Date(day.Noon(q.Printer.Zone()))
			}
		case p.words == nil:
			word = value
		case !known:
			return "", false
		}
		words = append(words, word)
	}
	if p.words != nil && len(values) == 0 { // a choice of none may have a name
		words = append(words, p.words[""])
	}
	return cmp.Or(q.Printer.List(meant(words)), q.Printer.T("ui.none")), true
}

// meant are values as they are compared: without blanks around, and none where nothing
// is typed.
func meant(values []string) []string {
	var all []string
	for _, value := range values {
		if value = strings.ReplaceAll(strings.TrimSpace(value), "\r\n", "\n"); value != "" {
			all = append(all, value)
		}
	}
	return all
}

// Was is what a form carries of what it is drawn with. One that comes back carries what
// it was drawn with first.
func (q *Request) Was(d Drawn) ui.Hidden {
	if q.PostForm.Has(wasField) {
		return ui.Hidden{Name: wasField, Value: q.PostFormValue(wasField)}
	}
	return ui.Hidden{Name: wasField, Value: d.was()}
}

// MadeOn is what a form carries of the version it is drawn of, and of what it is drawn
// with. One that comes back carries those it was sent with.
func (q *Request) MadeOn(version string, d Drawn) []ui.Hidden {
	if q.PostForm.Has("version") {
		version = q.PostForm.Get("version")
	}
	return []ui.Hidden{{Name: "version", Value: version}, q.Was(d)}
}

func (d Drawn) was() string {
	was := url.Values{}
	for _, p := range d.parts() {
		was[p.name] = p.values
		if len(p.values) == 0 {
			was[p.name] = []string{""}
		}
	}
	return was.Encode()
}

// Meanwhile tells of a refusal of a form that was made on an older version what changed
// meanwhile, at each field, from what to what, and by whom and when where that is known:
// now is the form as it would be drawn of what stands now, on the version that stands
// now. What was sent is put right with it: fields that nobody touched on the form have
// what stands now, the others keep what was typed, and sending it again saves it. Any
// other refusal stays as it is.
func (q *Request) Meanwhile(refusal *directory.Error, now Drawn, version string) *directory.Error {
	if refusal == nil || refusal.Code != "stale" {
		return refusal
	}
	told := &directory.Error{Kind: refusal.Kind, Code: "stale.somebody"}
	if by, _ := refusal.Args["Name"].(string); by != "" {
		at, _ := refusal.Args["At"].(time.Time)
		told.Code, told.Args = "stale.by", directory.Args{"Name": by, "When": q.Printer.Relative(at, q.Site.Now())}
	}
	was, err := url.ParseQuery(q.PostFormValue(wasField))
	known := err == nil && len(was) > 0
	for _, p := range now.parts() {
		before, typed := p.of(was), p.of(q.PostForm)
		if slices.Equal(typed, p.values) || known && slices.Equal(before, p.values) {
			continue // as it stands, or changed by nobody else
		}
		code, args := "stale.now", directory.Args{}
		args["Value"], _ = p.said(q, p.values)
		if from, told := p.said(q, before); known && told {
			code, args["Was"] = "stale.changed", from
		}
		if known && slices.Equal(typed, before) {
			code = map[string]string{"stale.now": "stale.taken", "stale.changed": "stale.followed"}[code]
			q.PostForm[p.name] = p.values
		}
		told.More = append(told.More, &directory.Error{Kind: refusal.Kind, Code: code, Field: p.refused, Args: args})
	}
	if len(told.More) == 0 {
		told.Code = "stale.same"
	}
	q.PostForm.Set("version", version)
	q.PostForm.Set(wasField, now.was())
	return told
}
