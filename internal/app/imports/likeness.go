package imports

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"intendant/internal/address"
	"intendant/internal/directory"
)

// Of how many members of an account the domains are counted, how many of them an
// address may be taken for, how often one stands there at least, and how many
// domains of a file are remembered.
const (
	sampledMembers    = 2000
	frequentOnes      = 20
	leastFrequent     = 3
	rememberedDomains = 10_000
	comparedLength    = 6 // of a domain that may differ by one letter
)

// domainOf is the domain of an address, as people read it.
func domainOf(email string) string {
	shown := address.Shown(email)
	return shown[strings.LastIndexByte(shown, '@')+1:]
}

// frequentDomains are the domains in which most addresses are.
func frequentDomains(emails []string) []string {
	counts := map[string]int{}
	for _, email := range emails {
		counts[domainOf(email)]++
	}
	var found []string
	for domain, n := range counts {
		if n >= leastFrequent {
			found = append(found, domain)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return found[:min(len(found), frequentOnes)]
}

// addressesIn are the addresses in the rows that a file begins with.
func addressesIn(columns map[string]int, sample [][]string) []string {
	var found []string
	for _, cells := range sample {
		if a, code := directory.ReadAddress(CellOf(columns, cells, columnEmail)); code == "" {
			found = append(found, a.Email)
		}
	}
	return found
}

// A likeness finds domains that look like known ones and are others.
type likeness struct {
	known  map[string]bool
	looks  map[string]string // how a known domain looks, and it
	before map[string]string // domains asked about before, and what they look like
}

func likenessTo(domains []string) likeness {
	l := likeness{known: map[string]bool{}, looks: map[string]string{}, before: map[string]string{}}
	for _, domain := range domains {
		shown := domainOf("@" + domain)
		l.known[shown] = true
		l.looks[address.Looks(shown)] = shown
	}
	return l
}

// of is the domain of an address and the known one it may be taken for, or none.
func (l likeness) of(email string) (domain, like string) {
	domain = domainOf(email)
	if l.known[domain] || len(l.known) == 0 {
		return domain, ""
	}
	like, asked := l.before[domain]
	if !asked {
		like = l.find(domain)
		if len(l.before) < rememberedDomains {
			l.before[domain] = like
		}
	}
	return domain, like
}

func (l likeness) find(domain string) string {
	looks := address.Looks(domain)
	if like := l.looks[looks]; like != "" {
		return like
	}
	best := ""
	for known, like := range l.looks {
		if len(known) >= comparedLength && nearly(looks, known) && (best == "" || like < best) {
			best = like
		}
	}
	return best
}

// nearly reports whether two texts differ by one letter, or by two that changed
// places.
func nearly(a, b string) bool {
	if d := len(a) - len(b); d < -1 || d > 1 {
		return false
	}
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	restA, restB := a[at:], b[at:]
	switch {
	case len(restA) > len(restB):
		return restA[1:] == restB
	case len(restA) < len(restB):
		return restA == restB[1:]
	case len(restA) == 0:
		return false
	case restA[1:] == restB[1:]:
		return true
	}
	return len(restA) > 1 && restA[0] == restB[1] && restA[1] == restB[0] && restA[2:] == restB[2:]
}

// mixedScripts is the first word with letters of Latin and of a script that looks
// like it, as no name has; empty where there is none.
func mixedScripts(text string) string {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		latin := strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
		other := strings.ContainsFunc(word, func(r rune) bool {
			return unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee)
		})
		if latin && other {
			return word
		}
	}
	return ""
}
