package mail

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	w, stem := writer{p: p, values: counted(r, values)}, "mail."+string(kind)
	c := Content{
		Kind:       kind,
		Subject:    headerText(w.sentence(stem + ".subject")),
		Heading:    w.sentence(w.either(stem+".heading", stem+".subject")),
		Paragraphs: strings.Split(w.sentence(w.body(stem)), "\n\n"),
		Facts:      w.facts(r.Facts),
		Foot:       w.sentence(w.either(stem+".foot", "mail.foot")),
	}
	c.Preheader = capital(c.Paragraphs[0])
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

// counted are the values with how many things a list among them names, by which
// sentences choose their plural, unless it was said.
func counted(r directory.MailRule, values map[string]string) map[string]string {
	for _, list := range []string{directory.FactProducts, directory.FactPeople} {
		if slices.Contains(r.Facts, list) && values[directory.FactCount] == "" {
			values = maps.Clone(values)
			values[directory.FactCount] = strconv.Itoa(max(len(lines(values[list])), 1))
		}
	}
	return values
}

// lines are the texts of a list, one a line.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// capital is a text that begins with a capital: what follows a greeting may begin
// small.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
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

// body is the message of what the mail says: another one where of something there is
// none left and that is worth a sentence of its own.
func (w *writer) body(stem string) string {
	if w.values[directory.FactCount] == "0" {
		return w.either(stem+".none", stem+".body")
	}
	return stem + ".body"
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
		return w.p.T("mail.moment", "Moment", w.p.DateTime(at), "Zone", offset(at.In(w.p.Zone())))
	case directory.FactCount:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case directory.FactProducts, directory.FactPeople:
		names := lines(text)
		for i, name := range names {
			names[i] = defuse(name)
		}
		return w.p.List(names)
	case directory.FactNumber:
		return defuse(directory.SpellNumber(text))
	case directory.FactUserName, directory.FactSecret:
		return defuseExact(text)
	}
	return defuse(text)
}

// offset is in which zone an hour stands, as everybody reads it: "UTC+1". A mail
// is read wherever its reader is, so none of its hours stands without.
func offset(at time.Time) string {
	_, seconds := at.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '\u2212', -seconds
	}
	hours := fmt.Sprintf("UTC%c%d", sign, seconds/3600)
	if minutes := seconds % 3600 / 60; minutes != 0 {
		hours += fmt.Sprintf(":%02d", minutes)
	}
	return hours
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
