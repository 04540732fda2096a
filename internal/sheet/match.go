package sheet

import (
	"slices"
	"strings"
	"unicode"

	"intendant/internal/directory"
)

// A Field is what a column may hold: the words its title may be in any
// language, and what its cells look like.
type Field struct {
	ID    string
	Words []string               // "nom", "nom de famille", "last name"…
	Looks func(cell string) bool // may be nil
}

// A proposal rates a column for a field.
type proposal struct {
	field, column int
	score         float64
}

// The least a proposal must reach, and what the look of all cells adds. Looks
// alone propose a column only where it has no title.
const (
	leastScore = 50
	fullLooks  = 60
)

// Match proposes the column of each field, by its position in head, or -1. A
// column serves one field. Titles decide, whatever their case, accents and
// punctuation; the sample of rows decides between them.
func Match(head []string, sample [][]string, fields []Field) []int {
	var proposals []proposal
	for f, field := range fields {
		for column, title := range head {
			score := titleScore(words(title), field)
			looks := looksScore(sample, column, field)
			if score > 0 || len(words(title)) == 0 {
				score += looks
			}
			if score >= leastScore {
				proposals = append(proposals, proposal{field: f, column: column, score: score})
			}
		}
	}
	slices.SortStableFunc(proposals, func(a, b proposal) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	chosen := slices.Repeat([]int{-1}, len(fields))
	taken := make(map[int]bool)
	for _, p := range proposals {
		if chosen[p.field] < 0 && !taken[p.column] {
			chosen[p.field] = p.column
			taken[p.column] = true
		}
	}
	return chosen
}

// titleScore is 100 for the very words of a field, less where the title says
// more.
func titleScore(title []string, field Field) float64 {
	best := 0.0
	for _, text := range field.Words {
		wanted := words(text)
		if len(wanted) == 0 || len(title) == 0 {
			continue
		}
		switch at := indexOf(title, wanted); {
		case slices.Equal(title, wanted), strings.Join(title, "") == strings.Join(wanted, ""):
			return 100
		case at >= 0:
			// "nom de la société" is about its last word; a longer match is surer
			share := float64(len(wanted)) / float64(len(title))
			best = max(best, 50+30*share+5*float64(at)/float64(len(title)))
		}
	}
	return best
}

func indexOf(title, wanted []string) int {
	for at := 0; at+len(wanted) <= len(title); at++ {
		if slices.Equal(title[at:at+len(wanted)], wanted) {
			return at
		}
	}
	return -1
}

// looksScore is the share of filled cells that look like the field.
func looksScore(sample [][]string, column int, field Field) float64 {
	if field.Looks == nil {
		return 0
	}
	filled, alike := 0, 0
	for _, row := range sample {
		if column >= len(row) || strings.TrimSpace(row[column]) == "" {
			continue
		}
		filled++
		if field.Looks(strings.TrimSpace(row[column])) {
			alike++
		}
	}
	if filled == 0 {
		return 0
	}
	return fullLooks * float64(alike) / float64(filled)
}

// words are the letters and digits of a title, folded; "E-Mail" is one word.
func words(title string) []string {
	folded := strings.ReplaceAll(directory.Fold(title), "e-mail", "email")
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
