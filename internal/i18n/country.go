package i18n

import (
	"sort"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// A Country is one choice of a list of countries.
type Country struct {
	Code string // ISO 3166-1, two letters
	Name string // in the reader's language
}

// Language returns a language's name as its own speakers write it: "Deutsch".
// A code that is no language is returned as it is.
func (p *Printer) Language(code string) string {
	if name := p.speech.names[code]; name != "" {
		return name
	}
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if name := display.Self.Name(tag); name != "" {
		return name
	}
	return code
}

// Country returns a country's name in the reader's language. A code that is no
// country is returned as it is.
func (p *Printer) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(p.speech.tag).Name(region); name != "" {
		return name
	}
	return code
}

// Countries returns every country, in the order of the reader's alphabet.
func (p *Printer) Countries() []Country {
	return append([]Country(nil), p.speech.countries()...)
}

func listCountries(tag language.Tag) []Country {
	namer := display.Regions(tag)
	var countries []Country
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := string([]rune{first, second})
			region, err := language.ParseRegion(code)
			// Codes of states that are gone have another canonical code.
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code {
				continue
			}
			if name := namer.Name(region); name != "" {
				countries = append(countries, Country{Code: code, Name: name})
			}
		}
	}
	order := collate.New(tag)
	sort.Slice(countries, func(i, j int) bool {
		return order.CompareString(countries[i].Name, countries[j].Name) < 0
	})
	return countries
}
