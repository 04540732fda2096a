package htmlcheck

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Problems says in which ways a whole page breaks the rules of every page; an
// empty answer is a good page. It cannot see colours or sizes: the browser tests
// do.
func Problems(page string) []string {
	root, err := Parse(page)
	if err != nil {
		return []string{err.Error()}
	}
	c := &checker{root: root, ids: make(map[string]int)}
	if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(page)), "<!doctype html>") {
		c.report("no doctype")
	}
	for n := range root.n.Descendants() {
		if n.Type == html.ElementNode {
			if id, has := attr(n, "id"); has {
				c.ids[id]++
			}
		}
	}
	c.document()
	c.nestedForms(page)
	for n := range root.n.Descendants() {
		if n.Type == html.ElementNode {
			c.element(n)
		}
	}
	return c.problems
}

type checker struct {
	root     Node
	ids      map[string]int
	problems []string
}

func (c *checker) report(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// document checks what a page has exactly once.
func (c *checker) document() {
	for _, tag := range []string{"title", "h1", "main"} {
		found := c.root.All("head title")
		if tag != "title" {
			found = c.root.All("body " + tag)
		}
		if len(found) != 1 {
			c.report("%d %s, want one", len(found), tag)
		} else if found[0].Text() == "" {
			c.report("%s is empty", tag)
		}
	}
	if page, err := c.root.One("html"); err != nil || page.Attr("lang") == "" {
		c.report("html has no lang")
	}
	for id, n := range c.ids {
		if n > 1 || id == "" {
			c.report("id %q stands %d times", id, n)
		}
	}
}

func (c *checker) element(n *html.Node) {
	c.inline(n)
	c.foreign(n)
	c.references(n)
	switch n.Data {
	case "input", "select", "textarea":
		c.control(n)
	case "button", "a":
		if n.Data == "button" || hasAttr(n, "href") {
			c.named(n)
		}
		if inside(n, "a", "button", "label") {
			c.report("%s inside another control", describe(n))
		}
	case "img":
		if !hasAttr(n, "alt") {
			c.report("%s without alt", describe(n))
		}
	case "th":
		if (Node{n}).Text() == "" && !(Node{n}).Has("input") {
			c.report("empty %s", describe(n))
		}
	case "table":
		if !(Node{n}).Has("caption") && !hasAttr(n, "aria-label") && !hasAttr(n, "aria-labelledby") && !inside(n, "li") {
			c.report("%s without caption", describe(n))
		}
	}
}

// nestedForms reads the words of the page itself: a parser, like a browser,
// drops a form inside a form without a word, and its buttons go elsewhere.
func (c *checker) nestedForms(page string) {
	tokens := html.NewTokenizer(strings.NewReader(page))
	open := false
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return
		}
		name, _ := tokens.TagName()
		if string(name) != "form" {
			continue
		}
		if kind == html.StartTagToken && open {
			c.report("a form inside a form")
		}
		open = kind == html.StartTagToken
	}
}

// inline refuses what the content security policy would.
func (c *checker) inline(n *html.Node) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
			c.report("%s carries %s", describe(n), a.Key)
		}
		if strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
			c.report("%s has a script for an address", describe(n))
		}
	}
	if n.Data == "style" || n.Data == "script" && !hasAttr(n, "src") {
		c.report("inline %s", n.Data)
	}
}

// foreign refuses files of another origin; links may lead there.
func (c *checker) foreign(n *html.Node) {
	for _, name := range []string{"src", "href"} {
		value, has := attr(n, name)
		if !has || name == "href" && n.Data != "link" && n.Data != "use" {
			continue
		}
		if strings.Contains(value, "//") {
			c.report("%s loads %s", describe(n), value)
		}
	}
}

func (c *checker) references(n *html.Node) {
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "commandfor"} {
		value, _ := attr(n, name)
		for id := range strings.FieldsSeq(value) {
			if c.ids[id] == 0 {
				c.report("%s: %s names %q, which is not there", describe(n), name, id)
			}
		}
	}
}

// control asks for a name: a label around it, one that points at it, or one to
// be read aloud.
func (c *checker) control(n *html.Node) {
	switch kind, _ := attr(n, "type"); kind {
	case "hidden", "submit", "button", "image", "reset":
		return
	}
	if hasName(n) || inside(n, "label") {
		return
	}
	if id, has := attr(n, "id"); has {
		for _, label := range c.root.All("label") {
			if label.Attr("for") == id && label.Text() != "" {
				return
			}
		}
	}
	c.report("%s has no label", describe(n))
}

func (c *checker) named(n *html.Node) {
	if hasName(n) || (Node{n}).Text() != "" {
		return
	}
	for _, img := range (Node{n}).All("img") {
		if img.Attr("alt") != "" {
			return
		}
	}
	c.report("%s has no name", describe(n))
}

func hasName(n *html.Node) bool {
	label, _ := attr(n, "aria-label")
	by, _ := attr(n, "aria-labelledby")
	return strings.TrimSpace(label) != "" || by != ""
}

func hasAttr(n *html.Node, name string) bool { return Node{n}.HasAttr(name) }

func inside(n *html.Node, tags ...string) bool {
	for a := range n.Ancestors() {
		for _, tag := range tags {
			if a.Type == html.ElementNode && a.Data == tag {
				return true
			}
		}
	}
	return false
}

// describe names an element so that a person finds it.
func describe(n *html.Node) string {
	var b strings.Builder
	b.WriteString("<" + n.Data)
	for _, name := range []string{"id", "class", "name", "href", "value"} {
		if value, has := attr(n, name); has {
			fmt.Fprintf(&b, " %s=%q", name, value)
		}
	}
	return b.String() + ">"
}
