package letter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// glyphs knows what the fonts can print: Latin, Greek and Cyrillic.
type glyphs struct {
	fonts  []*sfnt.Font
	buffer sfnt.Buffer
}

func newGlyphs() (*glyphs, error) {
	g := &glyphs{}
	for _, ttf := range [][]byte{goregular.TTF, gomonobold.TTF} {
		font, err := sfnt.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("read font: %w", err)
		}
		g.fonts = append(g.fonts, font)
	}
	return g, nil
}

// known brings a text into characters the fonts have: narrow spaces become
// usual ones, line ends spaces; a letter without a picture loses its accents, and
// becomes a question mark when that does not help. What shows nothing goes.
func (g *glyphs) known(text string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "?")) {
		switch {
		case r == '\u202f' || r == '\u2007':
			b.WriteRune('\u00a0')
		case r == '\u2010' || r == '\u2011':
			b.WriteByte('-')
		case g.has(r):
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn):
		default:
			b.WriteRune(g.nearest(r))
		}
	}
	return b.String()
}

func (g *glyphs) nearest(r rune) rune {
	if base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r))); g.has(base) {
		return base
	}
	return '?'
}

func (g *glyphs) has(r rune) bool {
	if unicode.In(r, unicode.Cc, unicode.Cf) || r > 0xffff {
		return false
	}
	for _, font := range g.fonts {
		if index, err := font.GlyphIndex(&g.buffer, r); err != nil || index == 0 {
			return false
		}
	}
	return true
}
