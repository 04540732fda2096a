// Package htmlcheck makes statements about the HTML that pages answer with:
// what they contain, and that they keep the rules of every page (one h1, one
// main, names on every control, no inline style or script). Only tests use it.
//
// Selectors are the small part of CSS that tests need: a tag, #id, .class,
// [name], [name=value], put together, with a blank for "somewhere inside".
package htmlcheck

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// A Node is one element of a page.
type Node struct{ n *html.Node }

// Parse reads a page or a part of one. Broken HTML is repaired as browsers do.
func Parse(page string) (Node, error) {
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return Node{}, fmt.Errorf("parse page: %w", err)
	}
	return Node{n}, nil
}

// All returns the elements that selector names, in the order of the page.
func (n Node) All(selector string) []Node {
	found := []Node{n}
	for part := range strings.FieldsSeq(selector) {
		test := compile(part)
		var inside []Node
		seen := make(map[*html.Node]bool)
		for _, from := range found {
			for d := range from.n.Descendants() {
				if d.Type == html.ElementNode && test(d) && !seen[d] {
					seen[d] = true
					inside = append(inside, Node{d})
				}
			}
		}
		found = inside
	}
	return found
}

// One returns the only element that selector names. It is an error when there
// is none or more than one.
func (n Node) One(selector string) (Node, error) {
	found := n.All(selector)
	if len(found) != 1 {
		return Node{}, fmt.Errorf("%d elements match %q, want one", len(found), selector)
	}
	return found[0], nil
}

// Has says whether any element matches selector.
func (n Node) Has(selector string) bool { return len(n.All(selector)) > 0 }

// Text is what a person reads there, blanks run together.
func (n Node) Text() string {
	var b strings.Builder
	for d := range n.n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Attr is the value of an attribute, empty when absent.
func (n Node) Attr(name string) string {
	value, _ := attr(n.n, name)
	return value
}

// HasAttr says whether the attribute stands there, with whatever value.
func (n Node) HasAttr(name string) bool {
	_, has := attr(n.n, name)
	return has
}

// Tag is the element's name.
func (n Node) Tag() string { return n.n.Data }

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// compile turns one part of a selector, without blanks, into a test.
func compile(part string) func(*html.Node) bool {
	var tests []func(*html.Node) bool
	for part != "" {
		end := strings.IndexAny(part[1:], "#.[") + 1
		if part[0] == '[' {
			end = strings.IndexByte(part, ']') + 1
		}
		if end <= 0 {
			end = len(part)
		}
		tests = append(tests, simple(part[:end]))
		part = part[end:]
	}
	return func(n *html.Node) bool {
		for _, test := range tests {
			if !test(n) {
				return false
			}
		}
		return true
	}
}

func simple(s string) func(*html.Node) bool {
	switch s[0] {
	case '#':
		return func(n *html.Node) bool { id, has := attr(n, "id"); return has && id == s[1:] }
	case '.':
		return func(n *html.Node) bool { return hasWord(n, "class", s[1:]) }
	case '[':
		name, value, exact := strings.Cut(strings.Trim(s, "[]"), "=")
		value = strings.Trim(value, `"'`)
		return func(n *html.Node) bool {
			got, has := attr(n, name)
			return has && (!exact || got == value)
		}
	}
	return func(n *html.Node) bool { return s == "*" || n.Data == s }
}

func hasWord(n *html.Node, name, word string) bool {
	value, _ := attr(n, name)
	for w := range strings.FieldsSeq(value) {
		if w == word {
			return true
		}
	}
	return false
}
