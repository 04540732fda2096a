package address

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

//go:embed lookalike.txt
var lookalikes string

// alike replaces what looks like something else by that.
var alike = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	for line := range strings.Lines(lookalikes) {
		if seen, read, found := strings.Cut(strings.TrimSpace(line), " "); found && seen != "#" {
			pairs = append(pairs, seen, read)
		}
	}
	return strings.NewReplacer(pairs...)
})

// Looks is what a domain looks like at a glance, whatever letters it is written with:
// two that look alike have the same. It is compared and never shown.
func Looks(domain string) string {
	var bare strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(domain)) {
		if r < 0x300 || r > 0x36f { // marks on letters
			bare.WriteRune(r)
		}
	}
	return alike().Replace(bare.String())
}
