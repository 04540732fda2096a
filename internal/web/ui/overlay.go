package ui

import (
	"math"
	"strconv"

	"intendant/internal/i18n"
)

// A Loss is one line of a confirmation: what goes, or what Stays.
type Loss struct {
	Text  string
	Stays bool
}

// A Choice is one line of Pick.
type Choice struct {
	Name, Value      string
	Label, Note, End string
	Checked          bool
}

// barActs is how many acts stand in the bar of a selection itself; the others are
// in its menu.
const barActs = 5

func keep(p *i18n.Printer, v DialogView) string {
	if v.Keep != "" {
		return v.Keep
	}
	return p.T("ui.cancel")
}

// seatBar is a bar of 200 units: what is used, and beyond a mark what is too
// much. Widths are attributes of the drawing, not style.
type seatBar struct{ used, mark, over string }

const (
	barWidth  = 200.0
	overWidth = 9.0
)

func newSeatBar(used, bought int64) seatBar {
	switch {
	case used > bought:
		return seatBar{used: px(barWidth - overWidth - 1), mark: px(barWidth - overWidth - 1.5), over: px(barWidth - overWidth)}
	case bought == 0:
		return seatBar{used: "0"}
	}
	width := math.Round(barWidth * float64(used) / float64(bought))
	if used > 0 {
		width = max(2, width)
	}
	return seatBar{used: px(width)}
}

// A slice is one part of the bar of shares, placed.
type slice struct{ class, x, width string }

// slices lays the shares side by side over width units, two apart. Every share
// that counts anybody is seen.
func slices(shares []Share, width float64) []slice {
	const gap, least = 2.0, 4.0
	var total, shown float64
	for _, s := range shares {
		if s.Count > 0 {
			total += float64(s.Count)
			shown++
		}
	}
	if total == 0 {
		return nil
	}
	room := width - gap*(shown-1) - least*shown
	placed := make([]slice, 0, len(shares))
	x := 0.0
	for _, s := range shares {
		if s.Count <= 0 {
			continue
		}
		w := least + room*float64(s.Count)/total
		placed = append(placed, slice{class: "g-" + s.Class, x: px(x), width: px(w)})
		x += w + gap
	}
	return placed
}

func px(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

func totalOf(shares []Share) int64 {
	var total int64
	for _, s := range shares {
		total += s.Count
	}
	return total
}

func seatNote(p *i18n.Printer, s SeatView) string {
	if s.Used > s.Bought {
		return p.T("ui.seats.over", "Count", s.Used-s.Bought)
	}
	return p.T("ui.seats.free", "Count", s.Bought-s.Used)
}

// sharesLabel says the bar of shares in words.
func sharesLabel(p *i18n.Printer, title string, shares []Share) string {
	parts := make([]string, 0, len(shares))
	for _, s := range shares {
		parts = append(parts, p.T("ui.share", "Count", s.Count, "Label", s.Label))
	}
	return p.T("ui.shares", "Title", title, "Parts", p.List(parts))
}

// staysLast puts what goes before what stays, each in its order.
func staysLast(lines []Loss) []Loss {
	var gone, kept []Loss
	for _, l := range lines {
		if l.Stays {
			kept = append(kept, l)
		} else {
			gone = append(gone, l)
		}
	}
	return append(gone, kept...)
}
