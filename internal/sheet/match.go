package sheet

import (
	"slices"
	"strings"
	"unicode"

	"intendant/internal/directory"
)

// A Field is what a column may hold: the words its title may be in any
// language, the usual ones first, and what its cells look like. A word with an
// equals sign before it is a whole title only ("=title" is not half of
// "Organization Title"). A field without an ID are the titles of columns that
// hold none of the others.
type Field struct {
	ID    string
	Words []string               // "=nom", "nom de famille", "last name"…
	Looks func(cell string) bool // may be nil
	Only  bool                   // no column of whose cells none looks like it
}

// A proposal rates a column for a field.
type proposal struct {
	field, column int
	score         float64
}

// The least a proposal must reach, and what the look of all cells adds. Looks
// alone propose a column only where it has no title. A later word for a field
// is less sure than an earlier one.
const (
	leastScore = 50
	fullLooks  = 60
	laterWord  = 0.01
)

// Match proposes the column of each field, by its position in head, or -1. A
// column serves one field. Titles decide, whatever their case, accents and
// punctuation; the sample of rows decides between them.
func Match(head []string, sample [][]string, fields []Field) []int {
	var proposals []proposal
	for column, title := range head {
		said := words(title)
		if slices.ContainsFunc(fields, func(f Field) bool { return f.ID == "" && titleScore(said, f) > exactScore }) {
			continue
		}
		for f, field := range fields {
			if score := fieldScore(said, sample, column, field); score >= leastScore && field.ID != "" {
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

// fieldScore rates a column for a field by its title and its cells.
func fieldScore(title []string, sample [][]string, column int, field Field) float64 {
	score, alike, filled := titleScore(title, field), 0.0, false
	if field.Looks != nil {
		alike, filled = looksLike(sample, column, field)
	}
	switch {
	case field.Only && filled && alike == 0:
		return 0
	case score > 0 || len(title) == 0:
		return score + fullLooks*alike
	}
	return 0
}

// What a title is worth that says the very words of a field.
const (
	fullScore  = 100
	exactScore = 90
)

// titleScore is about 100 for the very words of a field, less where the title says
// more.
func titleScore(title []string, field Field) float64 {
	best := 0.0
	for n, text := range field.Words {
		whole, is := strings.CutPrefix(text, "=")
		wanted := words(whole)
		if len(wanted) == 0 || len(title) == 0 {
			continue
		}
		switch at := indexOf(title, wanted); {
		case slices.Equal(title, wanted), strings.Join(title, "") == strings.Join(wanted, ""):
			best = max(best, fullScore-laterWord*float64(n))
		case at >= 0 && !is:
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

// looksLike is the share of filled cells that look like the field, and whether
// any is filled.
func looksLike(sample [][]string, column int, field Field) (share float64, any bool) {
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
		return 0, false
	}
	return float64(alike) / float64(filled), true
}

// words are the letters and digits of a title, folded, without what stands in
// square brackets behind it, as "[Required]"; "E-Mail" is one word.
func words(title string) []string {
	split := func(text string) []string {
		folded := strings.ReplaceAll(directory.Fold(text), "e-mail", "email")
		return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	bare, _, _ := strings.Cut(title, "[")
	if said := split(bare); len(said) > 0 {
		return said
	}
	return split(title)
}
