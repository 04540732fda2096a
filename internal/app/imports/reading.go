package imports

import (
	"slices"
	"strings"

	"intendant/internal/directory"
)

// A reading takes the words of one row of a file and keeps all that is wrong with
// them.
type reading struct {
	vocabulary
	faults []*directory.Error
}

// fault keeps what is wrong with a word, and the word, to be said once for the
// whole file what it stands for.
func (r *reading) fault(field, text, near string, refusal *directory.Error) {
	r.faults = append(r.faults, refusal)
	r.unknown.add(field, text, near)
}

// means is what was said that a word of a field stands for; empty: nothing.
func (r *reading) means(field, text string) (code string, said bool) {
	code, said = r.meant[field][directory.Fold(text)]
	return code, said
}

// code reads a cell that names one thing.
func (r *reading) code(field, cell string, read func(cell string) (string, *directory.Error)) string {
	if code, said := r.means(field, cell); said {
		return code
	}
	code, refusal := read(cell)
	if other, said := r.others[field]; refusal != nil && said {
		return other
	}
	if refusal != nil {
		r.fault(field, cell, "", refusal)
	}
	return code
}

// What stands between several names in a cell; offers have a slash of their own.
const (
	listed       = ",;/\n\r"
	listedOffers = ",;\n\r"
)

// A list is a column whose cells name one thing or several.
type list struct {
	field, separators string
	known             map[string]string                                         // folded name or code to code
	unknown           func(text string) (refusal *directory.Error, near string) // near: the code of what is called almost so
}

// codes reads a cell that names one thing or several, or has the word for none.
func (r *reading) codes(l list, cell string) []string {
	if r.none[directory.Fold(cell)] {
		return nil
	}
	if code, ok := l.known[directory.Fold(cell)]; ok {
		return []string{code}
	}
	if code, said := r.means(l.field, cell); said {
		return some(code)
	}
	var codes []string
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return strings.ContainsRune(l.separators, c) }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		code, ok := l.known[directory.Fold(part)]
		if !ok {
			code, ok = r.means(l.field, part)
		}
		if !ok {
			code, ok = r.others[l.field]
		}
		if !ok {
			refusal, near := l.unknown(part)
			r.fault(l.field, part, near, refusal)
			continue
		}
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// some is a code as a list, none where it is empty.
func some(code string) []string {
	if code == "" {
		return nil
	}
	return []string{code}
}

// unknownWords are the words of a file that are not known, each once. None keeps
// nothing.
type unknownWords struct {
	at    map[[2]string]int // by field and folded word
	words []directory.UnknownWord
	more  map[[2]string]bool // those that are counted only
}

func (u *unknownWords) add(field, text, near string) {
	if u == nil {
		return
	}
	key := [2]string{field, directory.Fold(text)}
	if at, known := u.at[key]; known {
		u.words[at].Rows++
		return
	}
	if directory.Excerpt(text) != text { // a sentence is mended, not said
		return
	}
	if len(u.words) == directory.MaxUnknownWords {
		if len(u.more) < directory.MaxCountedWords-directory.MaxUnknownWords {
			u.more[key] = true
		}
		return
	}
	u.at[key] = len(u.words)
	u.words = append(u.words, directory.UnknownWord{Field: field, Text: text, Near: near, Rows: 1})
}
