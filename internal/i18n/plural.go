package i18n

import (
	"fmt"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The plural forms our languages know.
const (
	other = iota
	one
	many
)

// forms is a message cut into patterns, one for each plural form.
type forms struct {
	plural   bool
	patterns [3]pattern
}

func newForms(m *i18n.Message) forms {
	f := forms{plural: m.One != ""}
	f.patterns[other] = newPattern(m.Other)
	if f.plural {
		f.patterns[one], f.patterns[many] = newPattern(m.One), newPattern(m.Many)
	}
	return f
}

// newLocalizer makes a localizer of one message, whose text is the name of the
// plural form. The library keeps the plural rules to itself, and executes a
// template and a language match for each message; asking it for the form only
// keeps the tables fast.
func newLocalizer(tag language.Tag) *i18n.Localizer {
	bundle := i18n.NewBundle(tag)
	form := &i18n.Message{ID: "form", One: "one", Many: "many", Other: "other"}
	if err := bundle.AddMessages(tag, form); err != nil {
		panic(fmt.Sprintf("add plural forms of %s: %v", tag, err)) // they are part of the program
	}
	return i18n.NewLocalizer(bundle, tag.String())
}

// pluralForm returns the form for a count; what is no integer takes the
// general one.
func (s *speech) pluralForm(count any) int {
	n, ok := integer(count)
	if !ok {
		return other
	}
	name, err := s.localizer().Localize(&i18n.LocalizeConfig{MessageID: "form", PluralCount: n})
	switch {
	case err != nil:
		return other
	case name == "one":
		return one
	case name == "many":
		return many
	}
	return other
}
