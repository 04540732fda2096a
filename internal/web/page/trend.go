package page

import (
	"time"

	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/web/ui"
)

// SeatWords are what pictures over time call what was bought and what was taken of
// it.
func SeatWords(p *i18n.Printer) ui.TrendWords {
	return ui.TrendWords{Limit: p.T("seats.report.bought"), Used: p.T("seats.trend.held"), Figures: p.T("trend.figures"), Day: p.T("trend.day")}
}

// MemberWords are what they call members and those of them who are active.
func MemberWords(p *i18n.Printer) ui.TrendWords {
	return ui.TrendWords{Limit: p.T("nav.members"), Used: p.T("overview.status.active"), Figures: p.T("trend.figures"), Day: p.T("trend.day")}
}

// ProjectWords are what they call projects and those of them in use.
func ProjectWords(p *i18n.Printer) ui.TrendWords {
	return ui.TrendWords{Limit: p.T("nav.projects"), Used: p.T("projects.view.in_use"), Figures: p.T("trend.figures"), Day: p.T("trend.day")}
}

// TrendOf is a trend as a picture with a sentence, and with the figures of its first
// and last day and of each month's end between.
func TrendOf(p *i18n.Printer, title string, t directory.Trend, words ui.TrendWords) ui.TrendView {
	last := len(t.Taken) - 1
	day := func(i int) time.Time { return t.From.UTC().AddDate(0, 0, i) }
	v := ui.TrendView{Title: title, First: p.DateShort(day(0)), Last: p.DateShort(day(last)), Limit: t.Whole, Used: t.Taken, Most: max(1, t.Most()), Words: words}
	v.Label = p.T("trend.label", "Title", title, "From", p.Date(day(0)), "To", p.Date(day(last)), "Limit", words.Limit, "Used", words.Used,
		"FirstUsed", p.Number(t.Taken[0]), "FirstLimit", p.Number(t.Whole[0]), "LastUsed", p.Number(t.Taken[last]), "LastLimit", p.Number(t.Whole[last]))
	for i := last; i >= 0; i-- {
		if i == last || i == 0 || day(i).Month() != day(i+1).Month() {
			v.Months = append(v.Months, ui.TrendMonth{Day: p.DateShort(day(i)), Limit: t.Whole[i], Used: t.Taken[i]})
		}
	}
	return v
}

// SeatTrends are the pictures of what an account had bought.
func (q *Request) SeatTrends(trends []directory.Trend) []ui.TrendView {
	views := make([]ui.TrendView, len(trends))
	for i, t := range trends {
		views[i] = TrendOf(q.Printer, q.Site.Catalogue().OfferName(t.Offer, q.Printer.Lang()), t, SeatWords(q.Printer))
	}
	return views
}
