package mail

import (
	"fmt"
	"math"
	"strconv"
)

// usualColour stands in for a vendor's colour that cannot be read.
const usualColour = "#0b5d66"

// A palette is what a mail needs of the vendor's colour, in light and dark.
type palette struct {
	Solid, OnSolid, Link   string
	DarkSolid, DarkOnSolid string
}

type rgb struct{ r, g, b float64 }

// paletteOf derives a palette from "#rrggbb": as it is, or darkened until it
// can be read on white as a link; lightened until it can on black.
func paletteOf(colour string) palette {
	base, ok := parseColour(colour)
	if !ok {
		base, _ = parseColour(usualColour)
	}
	white, black, night := rgb{1, 1, 1}, rgb{0.055, 0.078, 0.086}, rgb{0.078, 0.094, 0.102}
	link := base
	for contrast(link, white) < 4.5 {
		link = link.towards(rgb{}, 0.1)
	}
	dark := base
	for contrast(dark, night) < 7 {
		dark = dark.towards(white, 0.1)
	}
	on := white
	if contrast(base, white) < 4.5 {
		on = black
	}
	return palette{Solid: base.String(), OnSolid: on.String(), Link: link.String(), DarkSolid: dark.String(), DarkOnSolid: black.String()}
}

func parseColour(text string) (rgb, bool) {
	if len(text) != 7 || text[0] != '#' {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{float64(n>>16&255) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

func (c rgb) towards(other rgb, share float64) rgb {
	mix := func(a, b float64) float64 { return a + (b-a)*share }
	return rgb{mix(c.r, other.r), mix(c.g, other.g), mix(c.b, other.b)}
}

// String writes the colour as "#rrggbb".
func (c rgb) String() string {
	part := func(x float64) int { return int(x*255 + 0.5) }
	return fmt.Sprintf("#%02x%02x%02x", part(c.r), part(c.g), part(c.b))
}

// contrast is the ratio of WCAG 2.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c rgb) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

func linear(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}
