package seats

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// box is the id of what a script puts into the page that stands.
const box = "assign"

// An assigning is the choice of a product for one person: a page, or a dialog
// where a script asks for it.
type assigning struct {
	ui.Page
	app.SeatChoices
	h       Handler
	at      string // address of the member
	back    string
	chosen  string
	refusal *directory.Error
	passing bool
}

// showAssign shows what can be given to the person (SEAT-2, SEAT-3).
func (h Handler) showAssign(q *page.Request) error {
	a, err := h.assigning(q)
	if err != nil {
		return err
	}
	return q.Render(a.shown())
}

func (h Handler) assigning(q *page.Request) (assigning, error) {
	c, err := h.choices(q)
	a := assigning{SeatChoices: c, h: h, at: q.AccountPath("/members/" + url.PathEscape(member(q))), back: back(q), passing: q.Passing()}
	if err != nil {
		return a, err
	}
	a.Page = q.InAccount(q.Printer.T("seats.assign.to", "Name", c.Name), page.NoPlace)
	return a, nil
}

// shown is the page, or the dialog alone.
func (a assigning) shown() templ.Component {
	if a.passing {
		return assignDialog(a)
	}
	return assignPage(a)
}

// assign gives the product, and goes back to where the reader was (SEAT-5). What
// is refused is said where the choice is, with what is free by then (SEAT-4).
func (h Handler) assign(q *page.Request) error {
	offer := directory.OfferOf(q.FormValue("product"))
	verdicts, err := h.App.Seats.Assign(q.Context(), q.Actor(), account(q), app.Of(member(q)), offer)
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if offer.Product == "" && err != nil {
		err = directory.InvalidField("product", "field.required", nil)
	}
	if err != nil {
		return h.assignRefused(q, offer, err)
	}
	said := "seats.done.assigned"
	if verdicts.Count(app.Unchanged) > 0 {
		said = "seats.done.held"
	}
	return h.done(q, act{verdicts[0].Name, offer, said})
}

func (h Handler) assignRefused(q *page.Request, offer directory.Offer, err error) error {
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	a, err := h.assigning(q)
	if err != nil {
		return err
	}
	a.refusal, a.chosen = refusal, offer.String()
	if a.passing {
		q.Instead("#" + box)
	}
	return q.RenderRefused(refusal, a.shown())
}

// withdraw takes a seat back (SEAT-6), and goes back to where the reader was.
func (h Handler) withdraw(q *page.Request) error {
	offer := directory.OfferOf(q.FormValue("held"))
	verdicts, err := h.App.Seats.Withdraw(q.Context(), q.Actor(), account(q), app.Of(member(q)), offer)
	if err == nil {
		err = verdicts.FirstRefusal()
	}
	if err != nil {
		return err
	}
	if verdicts.Count(app.Unchanged) > 0 {
		return h.done(q, act{verdicts[0].Name, offer, "seats.done.not_held"})
	}
	return h.done(q, act{verdicts[0].Name, offer, "seats.done.withdrawn"})
}

// An act is what was done to one person's seat: whose, of what, and the words for it.
type act struct {
	name  string
	offer directory.Offer
	said  string
}

// done says what was done, with the way back, and leads to where the reader was.
func (h Handler) done(q *page.Request, a act) error {
	q.Done(q.Printer.T(a.said, "Product", h.product(q, a.offer), "Name", a.name))
	return q.Redirect(back(q))
}

func (a assigning) hidden() []ui.Hidden { return []ui.Hidden{{Name: "return", Value: a.back}} }

// picks are the products with a free seat.
func (a assigning) picks() []ui.Choice {
	var picks []ui.Choice
	chosen := slices.ContainsFunc(a.Free, func(c app.OfferChoice) bool { return c.Offer.String() == a.chosen })
	for i, c := range a.Free {
		value := c.Offer.String()
		picks = append(picks, ui.Choice{Name: "product", Value: value, Label: a.name(c.Offer), Note: a.h.ModulesOf(a.Printer.Lang(), c.Offer),
			End: a.T("seats.assign.of", "Free", c.Line.Free, "Total", c.Line.Total()), Checked: value == a.chosen || !chosen && i == 0})
	}
	return picks
}

func (a assigning) name(o directory.Offer) string {
	return a.h.Catalogue().OfferName(o, a.Printer.Lang())
}

// missing says why products that were bought are not among the choices (SEAT-3).
func (a assigning) missing() []string {
	var lines []string
	for _, c := range a.Missing {
		key := "seats.assign.all_assigned"
		switch l := c.Line; {
		case l.Lapsed:
			key = "seats.assign.lapsed"
		case l.Over > 0 || l.Total() > l.Used():
			key = "seats.assign.over"
		case l.HandedOn > 0:
			key = "seats.assign.all_used"
		}
		lines = append(lines, a.T(key, "Product", a.name(c.Offer), "Count", c.Line.Total()))
	}
	for _, c := range a.Instead {
		held := slices.IndexFunc(a.Held, func(h directory.HeldProduct) bool { return h.Own && h.Offer.Product == c.Offer.Product })
		lines = append(lines, a.T("seats.assign.other_edition", "Product", a.name(c.Offer), "Held", a.name(a.Held[held].Offer)))
	}
	return lines
}

// possible reports whether there is anything to choose from, for this person.
func (a assigning) possible() bool { return len(a.Free) > 0 && a.Member.Status != directory.Inactive }

// nothing says why there is nothing to choose from.
func (a assigning) nothing() string {
	switch {
	case a.Member.Status == directory.Inactive:
		return a.T("seats.assign.inactive", "Name", a.Name)
	case len(a.Missing) == 0 && len(a.Held) == 0:
		return a.T("seats.assign.bought_nothing", "Unit", a.Unit.Name)
	}
	return a.T("seats.assign.nothing", "Name", a.Name)
}

// handOver leads to the choice of another person for a seat.
func (a assigning) handOver(o directory.Offer) ui.Act {
	values := url.Values{"held": {o.String()}, "return": {a.back}}
	return ui.Act{Label: a.T("seats.hand_over"), About: a.name(o), Size: ui.Small, Kind: ui.Plain,
		Href: a.at + "/seats/hand-over?" + values.Encode()}
}

// takeBack ends a seat that is held. Its form stands beside the other: nobody
// takes a seat back who means to choose one.
func (a assigning) takeBack(o directory.Offer) ui.Act {
	return ui.Act{Label: a.T("seats.withdraw"), About: a.name(o), Size: ui.Small, Name: "held", Value: o.String(), Attrs: templ.Attributes{"form": "held"}}
}

func (a assigning) dialog() ui.DialogView {
	v := ui.DialogView{ID: "assign-dialog", Title: a.Title, Action: a.at + "/assign", Hidden: a.hidden(), Open: true, Passing: true, Attrs: replaced(a.at + "/assign")}
	v.Keep = a.T("seats.close")
	if a.possible() {
		v.Keep = ""
		v.Lead = a.T("seats.assign.lead", "Unit", a.Unit.Name)
		v.Act = ui.Act{Label: a.T("seats.assign"), Icon: "key", Kind: ui.Primary}
	}
	return v
}

// replaced makes a form's answer take the place of the page that stands, with what
// it says was done.
func replaced(action string) templ.Attributes {
	attrs := ui.Live("")
	delete(attrs, "hx-get")
	delete(attrs, "hx-push-url")
	attrs["hx-post"], attrs["hx-select-oob"], attrs["hx-replace-url"] = action, "#toasts", "true"
	return attrs
}

func (a assigning) foot() []ui.Act {
	acts := []ui.Act{{Label: a.T("ui.cancel"), Href: a.back}}
	if a.possible() {
		acts = append(acts, ui.Act{Label: a.T("seats.assign"), Icon: "key", Kind: ui.Primary, Attrs: templ.Attributes{"form": "choice"}})
	}
	return acts
}
