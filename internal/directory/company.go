package directory

import (
	"cmp"
	"slices"
	"strings"
)

// MergeMost is how many doubles go into a company in one act (COMP-4).
const MergeMost = 50

// alike is from what resemblance on a name is shown to who types another.
const alike = 0.45

// NearCompanies are the companies whose names are like one that was typed, the
// likest first, at most limit: so that nobody makes a double (COMP-2). What only
// case, accents or blanks tell apart is the likest of all.
func NearCompanies(name string, among []Company, limit int) []Company {
	type near struct {
		Company
		like float64
	}
	typed := lettersOf(name)
	if len(typed.pairs) == 0 {
		return nil
	}
	var found []near
	for _, c := range among {
		if like := typed.like(lettersOf(c.Name)); like >= alike {
			found = append(found, near{c, like})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(b.like, a.like) })
	companies := make([]Company, 0, limit)
	for _, n := range found[:min(limit, len(found))] {
		companies = append(companies, n.Company)
	}
	return companies
}

// letters are a name without case, accents and signs, by pairs of letters.
type letters struct {
	text  string
	pairs map[string]int
	total int
}

func lettersOf(name string) letters {
	words := strings.FieldsFunc(Fold(name), func(r rune) bool { return strings.ContainsRune(" .,-_'&/()", r) })
	l := letters{text: strings.Join(words, " "), pairs: map[string]int{}}
	for _, word := range words {
		runes := []rune(" " + word)
		for i := range len(runes) - 1 {
			l.pairs[string(runes[i:i+2])]++
			l.total++
		}
	}
	return l
}

// like is from 0, nothing in common, to 1, the same. A name that is wholly the
// beginning of the other is like it, however long that is.
func (l letters) like(other letters) float64 {
	common := 0
	for pair, n := range l.pairs {
		common += min(n, other.pairs[pair])
	}
	share := 2 * float64(common) / float64(max(l.total+other.total, 1))
	shorter, longer := l.text, other.text
	if len(shorter) > len(longer) {
		shorter, longer = longer, shorter
	}
	if len(shorter) > 2 && strings.HasPrefix(longer+" ", shorter+" ") {
		return max(share, 0.9)
	}
	return share
}
