package letter

import (
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Font families by their use.
const (
	plain  = "plain"
	medium = "medium"
	bold   = "bold"
	mono   = "mono"
)

// Measures of the page, in millimetres.
const (
	pageWidth  = 210.0
	left       = 24.0
	right      = 190.0
	slipHeight = 23.0
	slipGap    = 3.0
	footLine   = 287.0
	pointSize  = 25.4 / 72
	smallest   = 0.7 // of its size, before text is cut
)

// Greys, as in the pages.
const (
	ink     = 0x15191b
	inkSoft = 0x3f494f
	inkNote = 0x4d575d
	line    = 0x9aa4a9
	lineIn  = 0xc9d0d3
)

// A sheet is the document being printed.
type sheet struct {
	pdf    *fpdf.Fpdf
	glyphs *glyphs
	brand  Brand
	dry    bool // measure only: nothing is printed
}

// A style is how a text is set.
type style struct {
	family string
	size   float64 // points
	colour int
}

func (s *sheet) set(st style) {
	s.pdf.SetFont(st.family, "", st.size)
	s.pdf.SetTextColor(st.colour>>16&255, st.colour>>8&255, st.colour&255)
}

// width is how wide a text is in a style.
func (s *sheet) width(st style, text string) float64 {
	s.pdf.SetFont(st.family, "", st.size)
	return s.pdf.GetStringWidth(s.glyphs.known(text))
}

// put writes a text on a line with its baseline at y.
func (s *sheet) put(x, y float64, st style, text string) {
	if s.dry {
		return
	}
	s.set(st)
	s.pdf.Text(x, y, s.glyphs.known(text))
}

// fit writes a text that may not be wider than room: it is set smaller, and
// cut only when that does not help.
func (s *sheet) fit(x, y, room float64, st style, text string) {
	st, text = s.fitted(room, st, text)
	s.put(x, y, st, text)
}

// fitMiddle is fit around the middle of the room.
func (s *sheet) fitMiddle(x, y, room float64, st style, text string) {
	st, text = s.fitted(room, st, text)
	s.put(x+(room-s.width(st, text))/2, y, st, text)
}

func (s *sheet) fitted(room float64, st style, text string) (style, string) {
	text = s.glyphs.known(text)
	wide := s.width(st, text)
	if wide <= room {
		return st, text
	}
	st.size *= max(room/wide*0.995, smallest)
	runes := []rune(text)
	for len(runes) > 0 && s.width(st, text) > room {
		runes = runes[:len(runes)-1]
		text = strings.TrimRight(string(runes), " ") + "…"
	}
	return st, text
}

// wrap breaks a text into lines of at most room; a word longer than a line is
// broken too.
func (s *sheet) wrap(room float64, st style, text string) []string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(strings.ReplaceAll(s.glyphs.known(text), "\u00a0", string(glued))) {
		word = strings.ReplaceAll(word, string(glued), "\u00a0")
		if joined := strings.TrimSpace(current + " " + word); s.width(st, joined) <= room {
			current = joined
			continue
		}
		if current != "" {
			lines = append(lines, current)
		}
		for runes := []rune(word); s.width(st, word) > room && len(runes) > 1; word = string(runes) {
			n := len(runes) - 1
			for n > 1 && s.width(st, string(runes[:n])) > room {
				n--
			}
			lines = append(lines, string(runes[:n]))
			runes = runes[n:]
		}
		current = word
	}
	return append(lines, current)
}

// glued stands for the no-break space while words are told apart; no font has
// it, so it is in no text.
const glued = '\ue000'

// paragraph writes a text from baseline y on and answers the next baseline.
func (s *sheet) paragraph(x, y, room float64, st style, text string) float64 {
	for _, line := range s.wrap(room, st, text) {
		s.put(x, y, st, line)
		y += lead(st)
	}
	return y
}

// lead is the distance of two lines.
func lead(st style) float64 { return st.size * 1.43 * pointSize }

func (s *sheet) draw(grey int, width float64) {
	s.pdf.SetDrawColor(grey>>16&255, grey>>8&255, grey&255)
	s.pdf.SetLineWidth(width * pointSize)
}

// colour reads the vendor's colour, or takes the usual one.
func (s *sheet) colour() int {
	if n, err := strconv.ParseUint(strings.TrimPrefix(s.brand.Colour, "#"), 16, 32); err == nil && len(s.brand.Colour) == 7 {
		return int(n)
	}
	return 0x0b5d66
}
