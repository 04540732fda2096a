package i18n

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"intendant/internal/i18n/messages"
)

// A Bundle holds the messages of every language.
type Bundle struct {
	codes    []string // the first answers who asked for none of them
	naming   Naming
	matcher  language.Matcher
	speeches map[string]*speech
}

// A speech is what a Printer needs of one language.
type speech struct {
	code      string
	tag       language.Tag
	plain     map[string]string      // messages without placeholder and plural
	forms     map[string]forms       // the others
	localizer func() *i18n.Localizer // knows the plural rules; made for the first plural
	elisions  elisions
	numbers   numbers
	calendar  calendar
	names     map[string]string // of every language, by its code, as its speakers write it
	countries func() []Country
}

// Load reads the embedded message files. It fails when a file is not a flat
// object of strings and plural forms.
func Load() (*Bundle, error) {
	b := &Bundle{codes: messages.Languages(), speeches: map[string]*speech{}}
	var tags []language.Tag
	names := map[string]string{}
	speeches, errs := make([]*speech, len(b.codes)), make([]error, len(b.codes))
	var wg sync.WaitGroup
	for i, code := range b.codes { // side by side: they are most of what a start takes
		wg.Go(func() { speeches[i], errs[i] = loadSpeech(code) })
	}
	wg.Wait()
	for i, code := range b.codes {
		s := speeches[i]
		if errs[i] != nil {
			return nil, fmt.Errorf("load messages of %s: %w", code, errs[i])
		}
		s.names, names[code] = names, s.plain["language.name"]
		b.speeches[code] = s
		tags = append(tags, s.tag)
	}
	b.matcher = language.NewMatcher(tags)
	return b, nil
}

// Languages returns the codes of the supported languages.
func (b *Bundle) Languages() []string { return slices.Clone(b.codes) }

// Match returns the supported language that suits best. Each of preferred is a
// language tag or an Accept-Language header; an earlier one that matches at
// all wins over a later one. Without any match it returns the first language.
func (b *Bundle) Match(preferred ...string) string {
	for _, p := range preferred {
		if b.speeches[p] != nil {
			return p
		}
		tags, _, err := language.ParseAcceptLanguage(p)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, confidence := b.matcher.Match(tags...); confidence > language.No {
			return b.codes[i]
		}
	}
	return b.codes[0]
}

// Printer returns the printer of a language; times are told in zone, or in UTC
// when zone is nil. A language that is not supported is matched to one.
func (b *Bundle) Printer(lang string, zone *time.Location) *Printer {
	if zone == nil {
		zone = time.UTC
	}
	return &Printer{speech: b.speeches[b.Match(lang)], zone: zone, naming: b.naming}
}

// A Naming is what a catalogue calls the permission or the account type of an id, in a
// language: a refusal carries ids, which no sentence shows.
type Naming func(lang, what, id string) (string, bool)

// Names gives the bundle the names of a catalogue, before anything is written with it.
func (b *Bundle) Names(naming Naming) { b.naming = naming }

// ImportWords are the words by which files may call a thing, in every language:
// the title of a column ("member.email") or what stands in a cell
// ("civility.mr"). Without the message there are none.
func (b *Bundle) ImportWords(thing string) []string {
	var found []string
	for _, code := range b.codes {
		for word := range strings.SplitSeq(b.speeches[code].plain["import.words."+thing], ",") {
			if word = strings.TrimSpace(word); word != "" && !slices.Contains(found, word) {
				found = append(found, word)
			}
		}
	}
	return found
}

// LanguageNames are the supported languages by their codes, each with its names
// in all of them.
func (b *Bundle) LanguageNames() map[string][]string {
	names := map[string][]string{}
	for _, code := range b.codes {
		for _, reader := range b.codes {
			if namer := display.Languages(b.speeches[reader].tag); namer != nil { // else nobody has written them down
				names[code] = append(names[code], namer.Name(b.speeches[code].tag))
			}
		}
	}
	return names
}

// CountryNames are the countries by their codes, each with its names in all
// supported languages and its code of three letters.
func (b *Bundle) CountryNames() map[string][]string {
	names := map[string][]string{}
	for _, code := range b.codes {
		for _, c := range b.speeches[code].countries() {
			names[c.Code] = append(names[c.Code], c.Name)
		}
	}
	for code := range names {
		if three := language.MustParseRegion(code).ISO3(); three != "ZZZ" { // which is that it has none
			names[code] = append(names[code], three)
		}
	}
	return names
}

func loadSpeech(code string) (*speech, error) {
	s := &speech{
		code:  code,
		tag:   language.MustParse(code),
		plain: make(map[string]string, usualMessages),
		forms: make(map[string]forms, usualMessages/2),
	}
	err := messages.Visit(code, func(key string, m messages.Message) {
		if m.One == "" && !strings.Contains(m.Other, "{{") {
			s.plain[key] = m.Other
		} else {
			s.forms[key] = newForms(&i18n.Message{One: m.One, Many: m.Many, Other: m.Other})
		}
	})
	if err != nil {
		return nil, err
	}
	s.localizer = sync.OnceValue(func() *i18n.Localizer { return newLocalizer(s.tag) })
	s.numbers = newNumbers(s)
	s.elisions = newElisions(s.plain["language.elided"], s.plain["language.not_elided"])
	s.calendar = newCalendar(s)
	s.countries = sync.OnceValue(func() []Country { return listCountries(s.tag) })
	return s, nil
}

// usualMessages is for how many messages there is room before any is read.
const usualMessages = 4000

// pattern is a message without plural forms.
func (s *speech) pattern(key string) pattern {
	if f, filled := s.forms[key]; filled {
		return f.patterns[other]
	}
	return pattern{s.plain[key]}
}
