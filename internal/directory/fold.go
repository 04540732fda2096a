package directory

import (
	"unicode"
	"unicode/utf8"
)

// The plain letter of each lower-case letter of three ranges of Unicode, one
// byte a code point: '.' keeps the letter, '*' stands for the pairs of
// plainPair. A string is constant, which a map could not be.
const (
	plainLatinFrom = 0xdf // Latin-1, Extended-A, Extended-B
	plainLatin     = "*aaaaaa*ceeeeiiiidnooooo.ouuuuy*y.a.a.a.c.c.c.c.d.d.e.e.e.e.e.g.g" +
		".g.g.h.h.i.i.i.i.i.*.j.kk.l.l.l.l.l.n.n.nn.n.o.o.o.*.r.r.r.s.s.s" +
		".s.t.t.t.u.u.u.u.u.u.w.y..z.z.zsb..b....c...d.....f......kll..n." +
		".o...p.....t.t..u...y.z...............*..*..*.a.i.o.u.u.u.u.ue.a" +
		".a.*.g.g.k.o.o..j..*.g...n.a.*.o.a.a.e.e.i.i.o.o.r.r.u.u.s.t...h" +
		".d...z.a.e.o.o.o.o.ylntj....c..sz......e.j.q.r.y"
	plainAddedFrom = 0x1e00 // Latin Extended Additional
	plainAdded     = ".a.b.b.b.c.d.d.d.d.d.e.e.e.e.e.f.g.h.h.h.h.h.i.i.k.k.k.l.l.l.l.m" +
		".m.m.n.n.n.n.o.o.o.o.p.p.r.r.r.r.s.s.s.s.s.t.t.t.t.u.u.u.u.u.v.v" +
		".w.w.w.w.w.x.x.y.z.z.zhtwyasss...a.a.a.a.a.a.a.a.a.a.a.a.e.e.e.e" +
		".e.e.e.e.i.i.o.o.o.o.o.o.o.o.o.o.o.o.u.u.u.u.u.u.u.y.y.y.y.....y"
)

// Fold brings text into the form that is sorted, searched and compared: lower
// case, without accents, œ as oe and ß as ss, typographic apostrophes and
// hyphens plain, white space as single blanks with none at the ends, control
// and invisible characters gone. Folding twice is folding once. Letters of
// other scripts only lose their case.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	var space [64]byte // most names fit, and the copy at the end is the only one
	out := space[:0]
	blank := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		i += size
		if unicode.IsSpace(r) {
			blank = true
			continue
		}
		if invisible(r) {
			continue
		}
		if blank && len(out) > 0 {
			out = append(out, ' ')
		}
		blank = false
		out = appendPlain(out, unicode.ToLower(r))
	}
	return string(out)
}

// folded says whether s is plain ASCII that Fold leaves as it is.
func folded(s string) bool {
	blank := true // a blank at the start is one too many
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ':
			if blank {
				return false
			}
			blank = true
			continue
		case c < ' ' || c >= 0x7f || 'A' <= c && c <= 'Z':
			return false
		}
		blank = false
	}
	return !blank || s == ""
}

// invisible says whether r shows nothing by itself: control characters, marks
// that combine with the letter before, format characters such as the soft
// hyphen and the zero-width blank.
func invisible(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return r <= 0x9f || r == 0xad || 0x300 <= r && r <= 0x36f || r >= 0x600 && unicode.Is(unicode.Cf, r)
}

func appendPlain(out []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return append(out, byte(r))
	}
	plain := byte('.')
	switch {
	case plainLatinFrom <= r && r < plainLatinFrom+rune(len(plainLatin)):
		plain = plainLatin[r-plainLatinFrom]
	case plainAddedFrom <= r && r < plainAddedFrom+rune(len(plainAdded)):
		plain = plainAdded[r-plainAddedFrom]
	case r == '’' || r == '‘' || r == 'ʼ' || r == '‛' || r == '′':
		plain = '\''
	case '\u2010' <= r && r <= '\u2013':
		plain = '-'
	}
	switch plain {
	case '.':
		return utf8.AppendRune(out, r)
	case '*':
		return append(out, plainPair(r)...)
	}
	return append(out, plain)
}

func plainPair(r rune) string {
	switch r {
	case 'æ', 'ǣ', 'ǽ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ß':
		return "ss"
	case 'þ':
		return "th"
	case 'ĳ':
		return "ij"
	case 'ǆ', 'ǳ':
		return "dz"
	case 'ǉ':
		return "lj"
	}
	return "nj"
}
