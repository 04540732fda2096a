package guide

import (
	"bytes"
	"fmt"
	"html"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"intendant/docs"
)

// first is the guide whose headings name the sections of all: those of another
// language stand in the same order, under the same anchors.
const first = "administrator.md"

// A guide is one language's text as a page shows it.
type guide struct {
	sections []section
	body     string
}

// A section is a part of the guide with its anchor.
type section struct{ ID, Title string }

// read renders one of the embedded guides.
func read(file string) (guide, error) {
	source, root, err := parse(file)
	if err != nil {
		return guide{}, err
	}
	_, origin, err := parse(first)
	if err != nil {
		return guide{}, err
	}
	r := &reading{source: source, anchors: map[string]string{}}
	ids, headings := titles(mustRead(first), origin), chapters(root)
	if len(ids) != len(headings) {
		return guide{}, fmt.Errorf("%s has %d sections, %s has %d", file, len(headings), first, len(ids))
	}
	var g guide
	for i, h := range headings {
		title, id := plain(h, source), slug(ids[i])
		r.anchors[slug(title)] = id
		h.SetAttributeString("id", []byte(id))
		g.sections = append(g.sections, section{ID: id, Title: title})
	}
	if err := r.adapt(root); err != nil {
		return guide{}, fmt.Errorf("%s: %w", file, err)
	}
	var out bytes.Buffer
	if err := markdown().Renderer().Render(&out, source, root); err != nil {
		return guide{}, fmt.Errorf("render %s: %w", file, err)
	}
	g.body = r.captioned(out.String())
	return g, nil
}

// captioned names each table by the heading it stands under, for whoever does not see
// where it stands.
func (r *reading) captioned(body string) string {
	for _, title := range r.tables {
		body = strings.Replace(body, "<table>\n", "<table><caption class=\"vh\">"+html.EscapeString(title)+"</caption>\n", 1)
	}
	return body
}

func markdown() goldmark.Markdown { return goldmark.New(goldmark.WithExtensions(extension.Table)) }

func parse(file string) ([]byte, ast.Node, error) {
	source, err := docs.Guides.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("read guide: %w", err)
	}
	return source, markdown().Parser().Parse(text.NewReader(source)), nil
}

// mustRead is the text of a guide that was parsed already.
func mustRead(file string) []byte {
	source, _ := docs.Guides.ReadFile(file) // was read before
	return source
}

// chapters are the headings of the second level.
func chapters(root ast.Node) []*ast.Heading {
	var found []*ast.Heading
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, is := n.(*ast.Heading); is && h.Level == 2 {
			found = append(found, h)
		}
	}
	return found
}

func titles(source []byte, root ast.Node) []string {
	var all []string
	for _, h := range chapters(root) {
		all = append(all, plain(h, source))
	}
	return all
}

// plain is what a node says, without its marks.
func plain(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // never fails
		if t, is := n.(*ast.Text); is && entering {
			out.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// slug is the anchor that a heading has where the guide is read beside the source.
func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// A reading fits a text to the page.
type reading struct {
	source  []byte
	anchors map[string]string // of the text, to those of all languages
	tables  []string          // the heading above each
}

// adapt takes the title off, which the page has already, leads links to sections and
// pictures where they are served, and leaves of a link to another text its words.
func (r *reading) adapt(root ast.Node) error {
	if h, is := root.FirstChild().(*ast.Heading); is && h.Level == 1 {
		root.RemoveChild(root, h)
	}
	var gone []*ast.Link
	above := ""
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			above = plain(n, r.source)
		case *east.Table:
			r.tables = append(r.tables, above)
		case *ast.Image:
			name := path.Base(string(n.Destination))
			if !slices.Contains(pictures(), name) {
				return ast.WalkStop, fmt.Errorf("no picture %s", name)
			}
			n.Destination = []byte(picturePath + name)
		case *ast.Link:
			anchor, within := strings.CutPrefix(string(n.Destination), "#")
			switch id := r.anchors[anchor]; {
			case within && id == "":
				return ast.WalkStop, fmt.Errorf("no section %s", anchor)
			case within:
				n.Destination = []byte("#" + id)
			case !strings.Contains(string(n.Destination), "://"):
				gone = append(gone, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, link := range gone {
		for child := link.FirstChild(); child != nil; child = link.FirstChild() {
			link.Parent().InsertBefore(link.Parent(), link, child)
		}
		link.Parent().RemoveChild(link.Parent(), link)
	}
	if err != nil {
		return fmt.Errorf("fit the guide to its page: %w", err)
	}
	return nil
}

// pictures are the names of those that the guides show.
func pictures() []string {
	entries, _ := docs.Guides.ReadDir("pictures") // compiled in
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}
