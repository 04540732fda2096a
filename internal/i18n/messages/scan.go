package messages

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Message is a text, or its plural forms: then One is not empty.
type Message struct{ One, Many, Other string }

// Visit calls visit with each message of a language, in the order of its file. It is
// what a start waits for, four times, and so reads by itself what json would take ten
// times as long for: one object of texts and of objects with the members one, many and
// other. It fails where the file is anything else.
func Visit(code string, visit func(key string, m Message)) error {
	text, err := Read(code)
	if err != nil {
		return err
	}
	if err := read(text, visit); err != nil {
		return fmt.Errorf("parse messages of %s: %w", code, err)
	}
	return nil
}

func read(file string, visit func(key string, m Message)) error {
	s := scan{rest: file}
	s.object(func(key string) {
		m := Message{}
		if s.next() == '{' {
			s.object(func(form string) { s.form(&m, form) })
		} else {
			m.Other = s.text()
		}
		visit(key, m)
	})
	if s.next() != 0 {
		s.fail("more than one object")
	}
	if s.fault != "" {
		return fmt.Errorf("%s before %.40q", s.fault, s.rest)
	}
	return nil
}

// A scan is what is left of a file, until the first fault.
type scan struct {
	rest  string
	fault string
}

func (s *scan) fail(fault string) {
	if s.fault == "" {
		s.fault = fault
	}
}

// form reads one plural form.
func (s *scan) form(m *Message, form string) {
	text := s.text()
	switch form {
	case "one":
		m.One = text
	case "many":
		m.Many = text
	case "other":
		m.Other = text
	default:
		s.fail("an unknown plural form")
	}
}

// next is the next byte that is no blank, 0 at the end of the file.
func (s *scan) next() byte {
	for i := range len(s.rest) {
		if c := s.rest[i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			s.rest = s.rest[i:]
			return c
		}
	}
	s.rest = ""
	return 0
}

// pass goes over a byte that must come next.
func (s *scan) pass(c byte) bool {
	if s.next() != c {
		s.fail("no " + string(rune(c)))
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// object reads an object: member reads the value of each key.
func (s *scan) object(member func(key string)) {
	if !s.pass('{') {
		return
	}
	for first := true; s.fault == "" && s.next() != '}'; first = false {
		if !first && !s.pass(',') {
			return
		}
		key := s.text()
		if s.pass(':') {
			member(key)
		}
	}
	s.pass('}')
}

// text reads a string.
func (s *scan) text() string {
	if !s.pass('"') {
		return ""
	}
	if i := strings.IndexByte(s.rest, '"'); i >= 0 && plainly(s.rest[:i]) {
		text := s.rest[:i]
		s.rest = s.rest[i+1:]
		return text
	}
	for i := 0; i < len(s.rest); i++ { // with escapes in it
		switch s.rest[i] {
		case '\\':
			i++
		case '"':
			var text string
			if json.Unmarshal([]byte(`"`+s.rest[:i+1]), &text) != nil {
				s.fail("an unreadable text")
			}
			s.rest = s.rest[i+1:]
			return text
		}
	}
	s.fail("an open text")
	return ""
}

// plainly reports whether a text stands for itself.
func plainly(text string) bool {
	for i := range len(text) {
		if text[i] == '\\' || text[i] < ' ' {
			return false
		}
	}
	return true
}
