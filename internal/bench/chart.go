package bench

import (
	"bytes"
	"fmt"
	"html"
	"math"
)

// The measures of a chart, in pixels.
const (
	chartLabels = 210
	chartScale  = 560
	chartLine   = 20
	chartFoot   = 30
)

// Chart draws how long things take as SVG: a line a figure, from the middle of its times
// to the slowest of a hundred, on a scale by tens from 10 µs to 100 s. What was measured in
// a smaller account too stands there twice, the smaller one paler.
func Chart(figures []Figure) []byte {
	var timed []Figure
	largest := int64(0)
	for _, f := range figures {
		if f.P50 > 0 {
			timed = append(timed, f)
			largest = max(largest, f.Members)
		}
	}
	height := len(timed)*chartLine + chartFoot
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="system-ui, sans-serif" font-size="12">`,
		chartLabels+chartScale+20, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/>`)
	for tens, name := range []string{"10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"} {
		x := chartAt(10 * math.Pow10(tens))
		fmt.Fprintf(&b, `<path d="M%[1]d 0V%[2]d" stroke="#e3e6ea"/><text x="%[1]d" y="%[3]d" text-anchor="middle" fill="#5b6470">%[4]s</text>`,
			x, height-chartFoot+6, height-10, name)
	}
	for i, f := range timed {
		y := i*chartLine + chartLine/2
		colour := "#2457a6"
		if f.Members < largest {
			colour = "#9db8dd"
		}
		from, to := chartAt(float64(f.P50)), chartAt(float64(max(f.P99, f.P50)))
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" fill="#1d2530">%s · %d</text>`, chartLabels-10, y+4, html.EscapeString(f.Name), f.Members)
		fmt.Fprintf(&b, `<path d="M%[1]d %[2]dH%[3]d" stroke="%[4]s" stroke-width="3" stroke-linecap="round"/><circle cx="%[1]d" cy="%[2]d" r="5" fill="%[4]s"/>`,
			from, y, to, colour)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// chartAt is where a time in microseconds stands on the scale.
func chartAt(micros float64) int {
	tens := math.Log10(max(micros, 10)) - 1
	return chartLabels + int(chartScale*min(tens/7, 1))
}
