// Package seatpanel puts the seats of a unit into words: the rail "your products"
// beside lists, and the line that sums them up (SEAT-1).
package seatpanel

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A View is the products of one unit as the rail shows them.
type View struct {
	ui.Page
	Panel app.SeatPanel
	All   *ui.Link // leads to the products of the whole account
	site  *page.Site
}

// Of is the view of a panel on a page.
func Of(q *page.Request, p ui.Page, panel app.SeatPanel) View {
	return View{Page: p, Panel: panel, site: q.Site, All: &ui.Link{Label: p.T("seats.panel.all"), Href: q.AccountPath("/products")}}
}

func (v View) lines() []ui.SeatLine {
	var lines []ui.SeatLine
	for _, l := range v.Panel.Lines {
		line := Line(v.Page, v.site, l)
		if l.Pool.Unit != v.Panel.Unit.ID {
			line.Notes = append([]string{v.T("seats.line.from", "Unit", l.Unit.Name)}, line.Notes...)
		}
		lines = append(lines, line)
	}
	return lines
}

// Line says of one pool what is bought, who has it, and what is left (SEAT-1,
// SEAT-9).
func Line(p ui.Page, site *page.Site, l app.SeatLine) ui.SeatLine {
	lang := p.Printer.Lang()
	line := ui.SeatLine{SeatView: ui.SeatView{Product: site.Catalogue().OfferName(l.Pool.Offer, lang), Modules: site.ModulesOf(lang, l.Pool.Offer),
		Used: l.Used(), Bought: l.Total()}, Text: Figures(p, l)}
	switch {
	case l.Lapsed && l.Used() == 0 && l.Coming.ID != 0: // it never began
	case l.Lapsed:
		line.Warnings = append(line.Warnings, p.T("seats.line.lapsed"))
	case l.Over > 0:
		line.Warnings = append(line.Warnings, p.T("seats.line.over", "Count", l.Over))
	}
	if ends := Ends(p, l); ends != "" {
		line.Notes = append(line.Notes, p.T("seats.line.ends", "Date", ends))
	}
	if l.Coming.ID != 0 {
		line.Notes = append(line.Notes, p.T("seats.line.coming", "Count", l.Coming.Quantity, "Date", p.Printer.Date(l.Coming.Starts)))
	}
	return line
}

// Figures say who has the seats of a pool: "4 assigned, 1 available".
func Figures(p ui.Page, l app.SeatLine) string {
	words := used(p, l)
	if l.Free > 0 {
		words = append(words, p.T("seats.line.free", "Count", l.Free))
	} else {
		words = append(words, p.T("seats.line.none"))
	}
	return strings.Join(words, ", ")
}

// Used says who has the seats of a pool, and how many are too many.
func Used(p ui.Page, l app.SeatLine) string {
	words := used(p, l)
	if l.Over > 0 {
		words = append(words, p.T("seats.line.over.short", "Count", l.Over))
	}
	return strings.Join(words, ", ")
}

func used(p ui.Page, l app.SeatLine) []string {
	words := []string{p.T("seats.line.assigned", "Count", l.Assigned)}
	if l.Reserved > 0 {
		words = append(words, p.T("seats.line.reserved", "Count", l.Reserved))
	}
	if l.HandedOn > 0 {
		words = append(words, p.T("seats.line.allotted", "Count", l.HandedOn))
	}
	return words
}

// Ends is the last day on which a pool has all its seats, or nothing.
func Ends(p ui.Page, l app.SeatLine) string {
	if l.Ends.IsZero() {
		return ""
	}
	zone := p.Printer.Zone()
	return p.Printer.Date(directory.LastDay(l.Ends, zone).Noon(zone))
}

// Summary says in a few words what seats a unit has of its own: bought by it or
// allotted to it. It says nothing of one that is served from above.
func Summary(p ui.Page, panel app.SeatPanel) string {
	var total, free int64
	own, bought, lapsed := false, false, true
	for _, l := range panel.Lines {
		if l.Pool.Unit != panel.Unit.ID {
			continue
		}
		own, bought, lapsed = true, bought || l.Bought > 0, lapsed && l.Lapsed
		total, free = total+l.Total(), free+l.Free
	}
	key := "seats.count.allotted"
	if bought {
		key = "seats.count"
	}
	switch {
	case !own:
		return ""
	case lapsed:
		return p.T("seats.summary.lapsed")
	case free == 0:
		return p.T("seats.summary.none", "Seats", p.T(key, "Count", total))
	}
	return p.T("seats.summary", "Seats", p.T(key, "Count", total), "Count", free)
}
