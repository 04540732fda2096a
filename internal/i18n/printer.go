package i18n

import (
	"fmt"
	"time"

	"intendant/internal/directory"
)

// A Printer writes for one reader: in a language and a time zone.
type Printer struct {
	speech *speech
	zone   *time.Location
	naming Naming
}

// Lang returns the code of the printer's language.
func (p *Printer) Lang() string { return p.speech.code }

// Zone is the time zone that times are told in.
func (p *Printer) Zone() *time.Location { return p.zone }

// Has reports whether there is a message of that key.
func (p *Printer) Has(key string) bool {
	if _, ok := p.speech.plain[key]; ok {
		return true
	}
	_, ok := p.speech.forms[key]
	return ok
}

// T returns the message of key. Pairs are names and values of its
// placeholders: "Name", member.Name(), "Count", 12. The value named Count (or
// count, in a refusal) chooses the plural form. Integers, times and lists of strings are written as
// the language writes them; a number that is to stay as it is (a customer
// number) is passed as a string.
//
// A key that does not exist, or a message whose placeholders did not all get a
// value, returns the key in brackets; the tests of this package find both in
// the code.
func (p *Printer) T(key string, pairs ...any) string {
	if text, ok := p.speech.plain[key]; ok {
		return text
	}
	return p.fill(key, func(name string) (any, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return nil, false
	})
}

// Error returns the sentence of a refusal: the message of "error." and its
// code, filled with its values. What a value names by an id is called as the
// catalogue and the console call it.
func (p *Printer) Error(e *directory.Error) string {
	key := "error." + e.Code
	if text, ok := p.speech.plain[key]; ok {
		return text
	}
	return p.fill(key, func(name string) (any, bool) {
		value, ok := e.Args[name]
		if text, is := value.(string); is {
			value = directory.Short(p.named(name, text), mostQuoted)
			if name == "Number" { // refusals name customer numbers only
				value = directory.SpellNumber(directory.Short(text, mostQuoted))
			}
		}
		return value, ok
	})
}

// named is what an id in a refusal is called; any other text is as it is.
func (p *Printer) named(what, id string) string {
	if key := "staff.duty." + id; what == "Duty" && p.Has(key) {
		return p.T(key)
	}
	if p.naming != nil {
		if name, ok := p.naming(p.Lang(), what, id); ok {
			return name
		}
	}
	return id
}

// mostQuoted is how much of what somebody typed a sentence repeats.
const mostQuoted = 120

// fill writes a message with placeholders.
func (p *Printer) fill(key string, value func(name string) (any, bool)) string {
	forms, ok := p.speech.forms[key]
	if !ok {
		return "[" + key + "]"
	}
	form := other
	if forms.plural {
		for _, name := range []string{"Count", "count"} {
			if count, ok := value(name); ok {
				form = p.speech.pluralForm(count)
			}
		}
	}
	complete := true
	text := forms.patterns[form].fill(func(name string) string {
		v, ok := value(name)
		complete = complete && ok
		return p.format(v)
	}, p.speech.elisions)
	if !complete {
		return "[" + key + "]"
	}
	return text
}

// format writes the values whose form depends on the language.
func (p *Printer) format(value any) string {
	if n, ok := integer(value); ok {
		return p.Number(n)
	}
	switch v := value.(type) {
	case string:
		return v
	case time.Time:
		return p.Date(v)
	case []string:
		return p.List(v)
	}
	return fmt.Sprint(value)
}

func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case uint32:
		return int64(v), true
	case uint16:
		return int64(v), true
	case uint8:
		return int64(v), true
	}
	return 0, false
}
