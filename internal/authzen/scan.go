package authzen

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// deepest is how many objects and lists of a request may stand within each
// other.
const deepest = 64

// errSyntax answers what is no JSON.
var errSyntax = errors.New("no JSON")

// A scanner reads one JSON text in one pass, member by member, and allocates
// only what was escaped. Strings it gives out are parts of the text. It is
// stricter than encoding/json: names of members differ by case, and half of a
// pair of surrogates is no character.
type scanner struct {
	text  string
	at    int
	depth int
}

func (s *scanner) blanks() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// next is the first byte of what comes, or 0 at the end.
func (s *scanner) next() byte {
	s.blanks()
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// take passes one byte that must come next.
func (s *scanner) take(b byte) error {
	if s.next() != b {
		return errSyntax
	}
	s.at++
	return nil
}

// end reports whether nothing follows but blanks.
func (s *scanner) end() bool { return s.next() == 0 && s.at == len(s.text) }

// enter begins an object or a list.
func (s *scanner) enter(open byte) error {
	s.depth++
	if s.depth > deepest {
		return errSyntax
	}
	return s.take(open)
}

// more passes to the next member or value of what was entered; it is false once,
// at its end. First is what next was asked for first.
func (s *scanner) more(first *bool, end byte) (bool, error) {
	switch b := s.next(); {
	case b == end:
		s.at++
		s.depth--
		return false, nil
	case *first:
		*first = false
		return true, nil
	case b != ',':
		return false, errSyntax
	}
	s.at++
	if s.next() == end {
		return false, errSyntax // a comma before the end
	}
	return true, nil
}

// name reads the name of a member and its colon.
func (s *scanner) name() (string, error) {
	name, err := s.string()
	if err != nil {
		return "", err
	}
	return name, s.take(':')
}

func (s *scanner) string() (string, error) {
	if err := s.take('"'); err != nil {
		return "", err
	}
	ascii := true
	for i := s.at; i < len(s.text); i++ {
		switch b := s.text[i]; {
		case b == '"':
			part := s.text[s.at:i]
			s.at = i + 1
			if !ascii && !utf8.ValidString(part) {
				return "", errSyntax
			}
			return part, nil
		case b == '\\':
			return s.escaped(i)
		case b < ' ':
			return "", errSyntax
		case b >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", errSyntax
}

// escaped reads a string whose first backslash stands at i.
func (s *scanner) escaped(i int) (string, error) {
	var b strings.Builder
	b.WriteString(s.text[s.at:i])
	for i < len(s.text) {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			if out := b.String(); utf8.ValidString(out) {
				return out, nil
			}
			return "", errSyntax
		case c < ' ':
			return "", errSyntax
		case c != '\\':
			b.WriteByte(c)
			i++
		default:
			r, size := unescape(s.text[i:])
			if size == 0 {
				return "", errSyntax
			}
			b.WriteRune(r)
			i += size
		}
	}
	return "", errSyntax
}

const (
	escapes   = `"\/bfnrt`
	unescapes = "\"\\/\b\f\n\r\t"
)

// unescape reads the escape a text begins with, and how long it is; 0 for none.
func unescape(text string) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(escapes, text[1]); i >= 0 {
		return rune(unescapes[i]), 2
	}
	r, ok := unit(text)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	low, ok := unit(text[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// unit reads one \uXXXX.
func unit(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// skip passes one value of any kind.
func (s *scanner) skip() error {
	switch s.next() {
	case '{':
		return s.skipAll('{', '}')
	case '[':
		return s.skipAll('[', ']')
	case '"':
		_, err := s.string()
		return err
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	_, err := s.number()
	return err
}

func (s *scanner) skipAll(open, end byte) error {
	if err := s.enter(open); err != nil {
		return err
	}
	first := true
	for {
		more, err := s.more(&first, end)
		if !more || err != nil {
			return err
		}
		if open == '{' {
			if _, err := s.name(); err != nil {
				return err
			}
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

func (s *scanner) literal(word string) error {
	if !strings.HasPrefix(s.text[s.at:], word) {
		return errSyntax
	}
	s.at += len(word)
	return nil
}

// null passes a null, if one comes.
func (s *scanner) null() bool { return s.next() == 'n' && s.literal("null") == nil }

// number reads a number as it is written.
func (s *scanner) number() (string, error) {
	s.blanks()
	from := s.at
	if s.peek('-') {
		s.at++
	}
	if s.peek('0') {
		s.at++
	} else if s.digits() == 0 {
		return "", errSyntax
	}
	if s.peek('.') {
		s.at++
		if s.digits() == 0 {
			return "", errSyntax
		}
	}
	if s.peek('e') || s.peek('E') {
		s.at++
		if s.peek('+') || s.peek('-') {
			s.at++
		}
		if s.digits() == 0 {
			return "", errSyntax
		}
	}
	return s.text[from:s.at], nil
}

func (s *scanner) peek(b byte) bool { return s.at < len(s.text) && s.text[s.at] == b }

func (s *scanner) digits() int {
	from := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at - from
}
