package mail

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"intendant/internal/i18n"
)

// Content is one mail in words, not yet laid out. Every string is plain text;
// a paragraph may hold line ends.
type Content struct {
	Kind       string
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

// Compose writes a mail of a kind for the printer's reader. Values are named by
// the Value constants; those of people are made harmless here (rule MAIL-4), so
// they come as they were typed. Link is where the button leads. It is a fault
// when the kind is unknown, a value it needs is missing, or the kind has a
// button and link is empty.
func Compose(p *i18n.Printer, kind string, values map[string]string, link string) (Content, error) {
	r, known := recipes()[kind]
	if !known {
		return Content{}, fmt.Errorf("compose mail: unknown kind %q", kind)
	}
	for _, name := range append([]string{ValueVendor}, r.needs...) {
		if strings.TrimSpace(values[name]) == "" {
			return Content{}, fmt.Errorf("compose mail %s: value %s is missing", kind, name)
		}
	}
	if r.button != "" && link == "" {
		return Content{}, fmt.Errorf("compose mail %s: link is missing", kind)
	}
	w := writer{p: p, values: values}
	c := Content{
		Kind:       kind,
		Subject:    headerText(w.sentence("mail." + kind + ".subject")),
		Heading:    w.sentence(w.either("mail."+kind+".heading", "mail."+kind+".subject")),
		Paragraphs: strings.Split(w.sentence("mail."+kind+".body"), "\n\n"),
		Facts:      w.facts(r.facts),
		Foot:       w.sentence(w.either("mail."+kind+".foot", "mail.foot")),
	}
	c.Preheader = c.Paragraphs[0]
	c.Paragraphs[0] = w.greeting() + "\n" + c.Paragraphs[0]
	if r.quote != "" {
		c.Quote = defuseLines(values[r.quote])
	}
	if r.button != "" {
		c.Button = &Link{Label: w.sentence(r.button), URL: link, Help: w.sentence("mail.button_help")}
	}
	for _, key := range r.small {
		c.Small = append(c.Small, w.sentence(key))
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
	if strings.TrimSpace(w.values[ValueName]) == "" {
		return w.sentence("mail.greeting_plain")
	}
	return w.sentence("mail.greeting")
}

// value brings a value into the form its sentence or field shows.
func (w *writer) value(name string) any {
	text := w.values[name]
	switch name {
	case ValueUntil, ValueDeadline, ValueAt:
		at, err := time.Parse(time.RFC3339, text)
		switch {
		case err != nil:
			return defuse(text)
		case name == ValueUntil:
			return w.p.Date(at)
		}
		return w.p.DateTime(at)
	case ValueCount:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case ValueProducts:
		products := slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
		for i, product := range products {
			products[i] = defuse(product)
		}
		return w.p.List(products)
	case ValueUserName, ValueSecret:
		return defuseExact(text)
	}
	return defuse(text)
}

// facts fills the title block; empty values leave no field. The key of KeyNew
// is the secret under another label.
func (w *writer) facts(names []string) []Fact {
	var facts []Fact
	for _, name := range names {
		label, exact := name, name == ValueUserName
		if name == "Key" || name == ValueSecret {
			name, exact = ValueSecret, true
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
			Exact: exact && name == ValueSecret,
		}
		fact.Line = w.p.T("mail.fact_line", "Label", fact.Label, "Value", fact.Value)
		facts = append(facts, fact)
	}
	return facts
}

// snake writes the name of a value as message keys are written.
func snake(name string) string {
	if name == ValueUserName {
		return "user_name"
	}
	return strings.ToLower(name)
}
