package seats

import (
	"net/url"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A handing is the choice of the person to whom a seat goes.
type handing struct {
	ui.Page
	app.SeatTakers
	at      string // address of the giver
	back    string
	held    directory.Offer
	product string
	search  string
	chosen  string
	refusal *directory.Error
}

// showHandOver shows who could take the seat over.
func (h Handler) showHandOver(q *page.Request) error {
	g, err := h.handing(q)
	if err != nil {
		return err
	}
	return q.Render(handOverPage(g))
}

func (h Handler) handing(q *page.Request) (handing, error) {
	g := handing{at: q.AccountPath("/members/" + url.PathEscape(member(q))), back: back(q), held: directory.OfferOf(q.FormValue("held")),
		search: q.FormValue("q"), chosen: q.FormValue("to")}
	var err error
	g.SeatTakers, err = h.App.Seats.Takers(q.Context(), q.Actor(), account(q), app.SeatTakerQuery{From: member(q), Offer: g.held, Search: g.search})
	if err != nil {
		return g, err
	}
	g.product = h.product(q, g.held)
	g.Page = q.InAccount(q.Printer.T("seats.hand_over.title", "Product", g.product), page.NoPlace)
	return g, nil
}

// handOver moves the seat in one act: it is never free in between.
func (h Handler) handOver(q *page.Request) error {
	to := q.Field("to")
	handing := app.SeatHanding{From: member(q), To: to, Offer: directory.OfferOf(q.FormValue("held"))}
	if to == "" {
		return h.handOverRefused(q, directory.InvalidField("to", "field.required", nil))
	}
	handed, err := h.App.Seats.HandOver(q.Context(), q.Actor(), account(q), handing)
	if err != nil {
		return h.handOverRefused(q, err)
	}
	q.Done(q.Printer.T("seats.done.handed", "Product", h.product(q, handing.Offer), "From", handed.From, "To", handed.To))
	return q.Redirect(back(q))
}

func (h Handler) handOverRefused(q *page.Request, err error) error {
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	g, err := h.handing(q)
	if err != nil {
		return err
	}
	g.refusal = refusal
	return q.RenderRefused(refusal, handOverPage(g))
}

func (g handing) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "held", Value: g.held.String()}, {Name: "return", Value: g.back}}
}

func (g handing) takers() []ui.Check {
	var checks []ui.Check
	for _, m := range g.People {
		checks = append(checks, ui.Check{Name: "to", Value: m.UUID, Label: m.Name(), Hint: m.Person.Email, Checked: m.UUID == g.chosen})
	}
	return checks
}

// searches reports whether there are more people than those offered.
func (g handing) searches() bool { return g.search != "" || g.Total > int64(len(g.People)) }

func (g handing) foot() []ui.Act {
	acts := []ui.Act{{Label: g.T("ui.cancel"), Href: g.back}}
	if len(g.People) > 0 {
		acts = append(acts, ui.Act{Label: g.T("seats.hand_over"), Icon: "switch-horizontal", Kind: ui.Primary})
	}
	return acts
}
