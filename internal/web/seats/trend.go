package seats

import (
	"time"

	"intendant/internal/directory"
	"intendant/internal/web/ui"
)

// trendWords are what the pictures call what was bought and what was taken of it.
func (r reporting) trendWords() ui.TrendWords {
	return ui.TrendWords{Limit: r.T("seats.report.bought"), Used: r.T("seats.trend.held"), Figures: r.T("seats.trend.figures"), Day: r.T("seats.trend.day")}
}

// trend is the seats of an offer over the past year as a picture.
func (r reporting) trend(t directory.Trend) ui.TrendView {
	last := len(t.Taken) - 1
	day := func(i int) time.Time { return t.From.UTC().AddDate(0, 0, i) }
	name := r.h.Catalogue().OfferName(t.Offer, r.Printer.Lang())
	v := ui.TrendView{Title: name, First: r.Printer.DateShort(day(0)), Last: r.Printer.DateShort(day(last)), Limit: t.Whole, Used: t.Taken, Words: r.trendWords()}
	n := r.Printer.Number
	v.Label = r.T("seats.trend.label", "Product", name, "From", r.Printer.Date(day(0)), "To", r.Printer.Date(day(last)),
		"FirstHeld", n(t.Taken[0]), "FirstBought", n(t.Whole[0]), "Held", n(t.Taken[last]), "Bought", n(t.Whole[last]))
	for i := last; i >= 0; i-- {
		if i == last || i == 0 || day(i).Month() != day(i+1).Month() {
			v.Months = append(v.Months, ui.TrendMonth{Day: r.Printer.DateShort(day(i)), Limit: t.Whole[i], Used: t.Taken[i]})
		}
	}
	return v
}
