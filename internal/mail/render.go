package mail

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"unicode"
)

//go:embed mail.html
var layout string

// A Brand is how the vendor shows itself in a mail.
type Brand struct {
	Name    string
	Colour  string // "#rrggbb"
	Address string // one line; it may begin with the name
	Logo    *Logo  // nil: the initial and the name stand in its place
}

// Imprint is the last line of a mail: the name, once, and the address.
func (b Brand) Imprint() string {
	switch first, _, _ := strings.Cut(b.Address, ","); {
	case b.Address == "":
		return b.Name
	case strings.EqualFold(strings.TrimSpace(first), strings.TrimSpace(b.Name)):
		return b.Address
	}
	return b.Name + ", " + b.Address
}

// page is what the layout shows.
type page struct {
	Content
	Lang, Initial string
	Brand         Brand
	Palette       paletteCSS
	Rows          []factRow
}

// paletteCSS is a palette the layout may put into styles: its colours were
// written by this package.
type paletteCSS struct {
	Solid, OnSolid, Link, DarkSolid, DarkOnSolid template.CSS
}

type factRow struct{ Cells []factCell }

type factCell struct {
	Fact
	Width string
	Span  int
	Line  template.CSS
}

// Render lays a mail out as HTML and as text. Both say the same and carry the
// same link, and no other. Strings are escaped; of the colour only six
// hexadecimal digits are taken. A link that is no http or https address is a
// fault.
func Render(b Brand, lang string, c Content) (html, text string, err error) {
	if c.Button != nil {
		address, err := url.Parse(c.Button.URL)
		if err != nil || address.Host == "" || (address.Scheme != "https" && address.Scheme != "http") {
			return "", "", fmt.Errorf("render mail %s: link is no web address", c.Kind)
		}
	}
	parsed, err := template.New("mail").Funcs(template.FuncMap{
		"lines": func(s string) []string { return strings.Split(s, "\n") },
	}).Parse(layout)
	if err != nil {
		return "", "", fmt.Errorf("render mail: %w", err)
	}
	colours := paletteOf(b.Colour)
	var out strings.Builder
	err = parsed.Execute(&out, page{
		Content: c, Lang: lang, Brand: b, Initial: initial(b.Name), Rows: factRows(c.Facts),
		Palette: paletteCSS{
			Solid: template.CSS(colours.Solid), OnSolid: template.CSS(colours.OnSolid), Link: template.CSS(colours.Link),
			DarkSolid: template.CSS(colours.DarkSolid), DarkOnSolid: template.CSS(colours.DarkOnSolid),
		},
	})
	if err != nil {
		return "", "", fmt.Errorf("render mail %s: %w", c.Kind, err)
	}
	return out.String(), plain(b, c), nil
}

func initial(name string) string {
	for _, r := range name {
		return string(unicode.ToUpper(r))
	}
	return ""
}

// factRows sets facts two a row; the last one of an odd number takes its row.
func factRows(facts []Fact) []factRow {
	var rows []factRow
	for i := 0; i < len(facts); i += 2 {
		line := template.CSS("#e6eaeb")
		if i+2 >= len(facts) {
			line = "#d3d9dc"
		}
		if i+1 == len(facts) {
			rows = append(rows, factRow{[]factCell{{facts[i], "100%", 2, line}}})
			break
		}
		rows = append(rows, factRow{[]factCell{{facts[i], "50%", 1, line}, {facts[i+1], "50%", 1, line}}})
	}
	return rows
}

// plain is the text part.
func plain(b Brand, c Content) string {
	blocks := []string{c.Heading, strings.Join(c.Paragraphs, "\n\n")}
	if c.Quote != "" {
		blocks = append(blocks, "> "+strings.ReplaceAll(c.Quote, "\n", "\n> "))
	}
	var facts []string
	for _, fact := range c.Facts {
		facts = append(facts, fact.Line)
	}
	if len(facts) > 0 {
		blocks = append(blocks, strings.Join(facts, "\n"))
	}
	if c.Button != nil {
		blocks = append(blocks, c.Button.Label+"\n"+c.Button.URL)
	}
	blocks = append(blocks, c.Small...)
	// Two hyphens and a blank begin what mail programs fold away.
	return strings.Join(blocks, "\n\n") + "\n\n-- \n" + c.Foot + "\n" + b.Imprint() + "\n"
}
