package directory

import (
	"cmp"
	"slices"
	"strings"
)

// MergeMost is how many doubles go into a company in one act (COMP-4).
const MergeMost = 50

// alike is from what resemblance on a name is shown to who types another.
const alike = 0.6

// NearCompanies are the companies whose names are like one that was typed, the
// likest first, at most limit: so that nobody makes a double (COMP-2). What only
// case, accents or blanks tell apart is the likest of all.
func NearCompanies(name string, among []Company, limit int) []Company {
	type near struct {
		Company
		like float64
	}
	typed := likenessOf(name)
	if typed.total == 0 {
		return nil
	}
	var likest []near
	for _, c := range among {
		like := typed.to(c.Name)
		if like < alike {
			continue
		}
		at, _ := slices.BinarySearchFunc(likest, like, func(n near, like float64) int { return cmp.Or(cmp.Compare(like, n.like), -1) })
		if at < limit {
			likest = slices.Insert(likest[:min(len(likest), limit-1)], at, near{c, like})
		}
	}
	companies := make([]Company, len(likest))
	for i, n := range likest {
		companies[i] = n.Company
	}
	return companies
}

// A pair is two letters that stand side by side, or the beginning of a word.
type pair struct{ first, second rune }

// A likeness compares names with one that was typed, by their pairs.
type likeness struct {
	text  []rune // plain
	pairs map[pair]int
	total int
	left  map[pair]int // of the pairs, while a name is compared
	other []rune       // the name that is compared, plain
}

func likenessOf(name string) *likeness {
	l := &likeness{text: plainName(nil, name), pairs: map[pair]int{}, left: map[pair]int{}}
	for i := range len(l.text) - 1 {
		if l.text[i+1] != ' ' {
			l.pairs[pair{l.text[i], l.text[i+1]}]++
			l.total++
		}
	}
	return l
}

// plainName writes a name into a buffer without case, accents and signs, a blank
// before each word.
func plainName(into []rune, name string) []rune {
	into = into[:0]
	blank := true
	for _, r := range Fold(name) {
		if strings.ContainsRune(" .,-_'&/()", r) {
			blank = true
			continue
		}
		if blank {
			into = append(into, ' ')
		}
		into, blank = append(into, r), false
	}
	return into
}

// to is how like a name is: from 0, nothing in common, to 1, the same. A name that
// is wholly the beginning of the other is like it, however long that is.
func (l *likeness) to(name string) float64 {
	l.other = plainName(l.other, name)
	clear(l.left)
	common, total := 0, 0
	for i := range len(l.other) - 1 {
		if l.other[i+1] == ' ' {
			continue
		}
		total++
		p := pair{l.other[i], l.other[i+1]}
		if n := l.pairs[p]; n > 0 && l.left[p] < n {
			l.left[p]++
			common++
		}
	}
	share := 2 * float64(common) / float64(max(l.total+total, 1))
	shorter, longer := l.text, l.other
	if len(shorter) > len(longer) {
		shorter, longer = longer, shorter
	}
	if begins := len(shorter) > 3 && slices.Equal(shorter, longer[:len(shorter)]); begins && (len(shorter) == len(longer) || longer[len(shorter)] == ' ') {
		return max(share, 0.9)
	}
	return share
}
