package drawing

import "strings"

// TextWidth is about how wide a text is in the face of the pages, at a size:
// near enough to draw a box around it.
func TextWidth(text string, size float64) int {
	em := 0.0
	for _, r := range text {
		em += runeWidth(r)
	}
	return int(em*size) + 1
}

func runeWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("iljI.,:;'’|!·", r):
		return 0.29
	case strings.ContainsRune("ftr()[]- \u00a0\u202f", r):
		return 0.37
	case strings.ContainsRune("mwMW@%—", r):
		return 0.89
	case r >= 'A' && r <= 'Z', r >= 'À' && r <= 'Þ':
		return 0.68
	case r >= 0x2e80: // the scripts of East Asia fill their square
		return 1.02
	}
	return 0.57
}

// Shorten is text that is at most width wide at a size; what was cut ends in an
// ellipsis.
func Shorten(text string, size float64, width int) string {
	if TextWidth(text, size) <= width {
		return text
	}
	room := float64(width)/size - runeWidth('m')
	for i, r := range text {
		if room -= runeWidth(r); room < 0 {
			return strings.TrimRight(text[:i], " \u00a0\u202f'’-") + "…"
		}
	}
	return text
}
