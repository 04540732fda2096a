package seats

import (
	"net/url"
	"slices"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// mostTakers is how many people are offered to take a seat over; whoever means
// another one searches.
const mostTakers = 12

// A handing is the choice of the person to whom a seat goes.
type handing struct {
	ui.Page
	app.SeatChoices
	at      string // address of the giver
	back    string
	held    directory.Offer
	product string
	search  string
	chosen  string
	people  []app.ListedMember
	total   int64
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
	if g.SeatChoices, err = h.choices(q); err != nil {
		return g, err
	}
	if !slices.ContainsFunc(g.Held, func(p directory.HeldProduct) bool { return p.Own && p.Offer == g.held }) {
		return g, directory.Refuse(directory.NotFound, "seat.not_held")
	}
	g.product = h.product(q, g.held)
	g.Page = q.InAccount(q.Printer.T("seats.hand_over.title", "Product", g.product), page.NoPlace)
	query := app.MemberQuery{Search: g.search, Statuses: []directory.Status{directory.Active, directory.Invited, directory.NotInvited}}
	found, err := h.App.Members.List(q.Context(), q.Actor(), account(q), query)
	if err != nil {
		return g, err
	}
	g.total = found.Total
	for _, m := range found.Rows {
		if len(g.people) < mostTakers && g.takes(m) {
			g.people = append(g.people, m)
		}
	}
	return g, nil
}

// takes reports whether somebody could have the seat: not whoever has the product
// already.
func (g handing) takes(m app.ListedMember) bool {
	has := slices.ContainsFunc(m.Products, func(p directory.HeldProduct) bool {
		return p.Own && !p.Lapsed && p.Offer.Product == g.held.Product
	})
	return m.ID != g.Member.ID && !has && !m.Person.Technical()
}

// handOver moves the seat in one act: it is never free in between.
func (h Handler) handOver(q *page.Request) error {
	to := q.Field("to")
	handing := app.SeatHanding{From: member(q), To: to, Offer: directory.OfferOf(q.FormValue("held"))}
	err := error(directory.InvalidField("to", "field.required", nil))
	if to != "" {
		err = h.App.Seats.HandOver(q.Context(), q.Actor(), account(q), handing)
	}
	if err != nil {
		return h.handOverRefused(q, err)
	}
	taker, err := h.App.Seats.Choices(q.Context(), q.Actor(), account(q), to)
	if err != nil {
		return err
	}
	giver, err := h.choices(q)
	if err != nil {
		return err
	}
	q.Toast(q.Printer.T("seats.done.handed", "Product", h.product(q, handing.Offer), "From", giver.Name, "To", taker.Name), "")
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
	for _, m := range g.people {
		checks = append(checks, ui.Check{Name: "to", Value: m.UUID, Label: m.Name(), Hint: m.Person.Email, Checked: m.UUID == g.chosen})
	}
	return checks
}

// searches reports whether there are more people than those offered.
func (g handing) searches() bool { return g.search != "" || g.total > int64(len(g.people))+1 }

func (g handing) foot() []ui.Act {
	acts := []ui.Act{{Label: g.T("ui.cancel"), Href: g.back}}
	if len(g.people) > 0 {
		acts = append(acts, ui.Act{Label: g.T("seats.hand_over"), Icon: "switch-horizontal", Kind: ui.Primary})
	}
	return acts
}
