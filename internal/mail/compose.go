package mail

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/internal/directory"
	"intendant/internal/i18n"
)

// Content is one mail in words, not yet laid out. Every string is plain text;
// a paragraph may hold line ends.
type Content struct {
	Kind       directory.MailKind
	Subject    string
	Preheader  string // what lists of mails show beside the subject
	Heading    string
	Paragraphs []string
	Facts      []Fact
	Quote      string // what a person wrote; never a link
	Button     *Link
	Small      []string
	Foot       string
}

// A Fact is one field of the title block.
type Fact struct {
	Label, Value string
	Line         string // both, as the text part has them
	Exact        bool   // to be copied letter by letter: set in even-width type
}

// A Link is the button of a mail. Help introduces the address written out.
type Link struct {
	Label, URL, Help string
}

// Compose writes a mail of a kind for the printer's reader, as its row of
// directory.MailRules says. Values are its facts; those of people are made
// harmless here (rule MAIL-4), so they come as they were typed. Link is where the
// button leads. It is a fault when the kind is unknown, a value it needs is
// missing, or the kind has a button and link is empty.
func Compose(p *i18n.Printer, kind directory.MailKind, values map[string]string, link string) (Content, error) {
	r, known := kind.Rule()
	if !known {
		return Content{}, fmt.Errorf("compose mail: unknown kind %q", kind)
	}
	for _, name := range append([]string{directory.FactVendor}, r.Needs...) {
		if strings.TrimSpace(values[name]) == "" {
			return Content{}, fmt.Errorf("compose mail %s: value %s is missing", kind, name)
		}
	}
	if r.Button != "" && link == "" {
		return Content{}, fmt.Errorf("compose mail %s: link is missing", kind)
	}
	w, stem := writer{p: p, values: values}, "mail."+string(kind)
	c := Content{
		Kind:       kind,
		Subject:    headerText(w.sentence(stem + ".subject")),
		Heading:    w.sentence(w.either(stem+".heading", stem+".subject")),
		Paragraphs: strings.Split(w.sentence(stem+".body"), "\n\n"),
		Facts:      w.facts(r.Facts),
		Foot:       w.sentence(w.either(stem+".foot", "mail.foot")),
	}
	c.Preheader = c.Paragraphs[0]
	c.Paragraphs[0] = w.greeting() + "\n" + c.Paragraphs[0]
	if r.Quote != "" {
		c.Quote = defuseLines(values[r.Quote])
	}
	if r.Button != "" {
		c.Button = &Link{Label: w.sentence("mail.button." + r.Button), URL: link, Help: w.sentence("mail.button_help")}
	}
	for _, which := range r.Small {
		c.Small = append(c.Small, w.sentence("mail.small."+which))
	}
	if w.broken != "" {
		return Content{}, fmt.Errorf("compose mail %s: message %s is missing or lacks a value", kind, w.broken)
	}
	return c, nil
}

// A writer fills the messages of one mail and remembers the first that failed.
type writer struct {
	p      *i18n.Printer
	values map[string]string
	broken string
}

func (w *writer) either(first, otherwise string) string {
	if w.p.Has(first) {
		return first
	}
	return otherwise
}

func (w *writer) sentence(key string) string {
	var pairs []any
	for name := range w.values {
		pairs = append(pairs, name, w.value(name))
	}
	text := w.p.T(key, pairs...)
	if text == "["+key+"]" && w.broken == "" {
		w.broken = key
	}
	return text
}

func (w *writer) greeting() string {
	if strings.TrimSpace(w.values[directory.FactName]) == "" {
		return w.sentence("mail.greeting_plain")
	}
	return w.sentence("mail.greeting")
}

// value brings a value into the form its sentence or field shows.
func (w *writer) value(name string) any {
	text := w.values[name]
	switch name {
	case directory.FactUntil, directory.FactDeadline, directory.FactAt:
		if day, err := time.Parse(time.DateOnly, text); err == nil && name == directory.FactUntil {
			return w.p.Date(directory.DayOf(day, time.UTC).Noon(w.p.Zone())) // a day is the same wherever it is read
		}
		at, err := time.Parse(time.RFC3339, text)
		switch {
		case err != nil:
			return defuse(text)
		case name == directory.FactUntil:
			return w.p.Date(at)
		}
		return w.p.DateTime(at)
	case directory.FactCount:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case directory.FactProducts:
		products := slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
		for i, product := range products {
			products[i] = defuse(product)
		}
		return w.p.List(products)
	case directory.FactNumber:
		return defuse(directory.SpellNumber(text))
	case directory.FactUserName, directory.FactSecret:
		return defuseExact(text)
	}
	return defuse(text)
}

// facts fills the title block; empty values leave no field. A key is the secret
// under another label.
func (w *writer) facts(names []string) []Fact {
	var facts []Fact
	for _, name := range names {
		label, exact := name, name == directory.FactUserName
		if name == directory.FactKey || name == directory.FactSecret {
			name, exact = directory.FactSecret, true
		}
		if strings.TrimSpace(w.values[name]) == "" {
			continue
		}
		value := w.value(name)
		if n, ok := value.(int); ok {
			value = w.p.Number(int64(n))
		}
		fact := Fact{
			Label: w.sentence("mail.fact." + snake(label)),
			Value: fmt.Sprint(value),
			Exact: exact && name == directory.FactSecret,
		}
		fact.Line = w.p.T("mail.fact_line", "Label", fact.Label, "Value", fact.Value)
		facts = append(facts, fact)
	}
	return facts
}

// snake writes the name of a value as message keys are written.
func snake(name string) string {
	if name == directory.FactUserName {
		return "user_name"
	}
	return strings.ToLower(name)
}
