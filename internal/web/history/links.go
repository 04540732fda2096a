package history

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"intendant/internal/web/ui"
)

// links lists where the links of a message lead, each address once. Only web
// addresses count.
func links(message string) []ui.Link {
	root, err := html.Parse(strings.NewReader(message))
	if err != nil {
		return nil
	}
	var found []ui.Link
	seen := map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.A {
			continue
		}
		for _, a := range n.Attr {
			if a.Key != "href" || seen[a.Val] || !onTheWeb(a.Val) {
				continue
			}
			seen[a.Val] = true
			label := strings.Join(strings.Fields(text(n)), " ")
			if label == "" {
				label = a.Val
			}
			found = append(found, ui.Link{Label: label, Href: a.Val})
		}
	}
	return found
}

func onTheWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// leadingOut makes the links of a message lead out of its frame.
func leadingOut(message string) string {
	const base = `<base target="_top">`
	if before, after, found := strings.Cut(message, "<head>"); found {
		return before + "<head>" + base + after
	}
	return base + message
}
