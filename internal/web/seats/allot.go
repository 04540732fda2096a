package seats

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// An allotting is the task of giving a unit seats of its own: first which unit,
// then how many (SEAT-10).
type allotting struct {
	ui.Page
	base     string // address of the page of products
	offer    directory.Offer
	product  string
	search   string
	units    app.Allottable
	chosen   app.AllotmentChoice // once a unit is
	quantity string
	field    ui.Field // for how many
	errors   []ui.FieldError
}

// showAllot asks for the unit, or for how many seats it has.
func (h Handler) showAllot(q *page.Request) error {
	a, err := h.allotting(q, nil)
	if err != nil {
		return err
	}
	return q.Render(allotPage(a))
}

// allotting is the task as far as the address or the form has come; what was
// refused stands at its field.
func (h Handler) allotting(q *page.Request, refusal *directory.Error) (allotting, error) {
	a, err := h.allottingTo(q)
	if err != nil {
		return a, err
	}
	fields := []ui.Field{a.asks(refusal == nil)}
	a.errors = page.Mark(q.Printer, fields, refusal)
	a.field = fields[0]
	return a, nil
}

func (h Handler) allottingTo(q *page.Request) (allotting, error) {
	a := allotting{base: q.AccountPath("/products"), offer: directory.OfferOf(q.FormValue("product")), search: strings.TrimSpace(q.FormValue("q")),
		quantity: q.FormValue("quantity")}
	if !slices.Contains(h.Catalogue().OffersOf(q.Frame.Account.Type), a.offer) {
		return a, directory.Refuse(directory.NotFound, "not_found")
	}
	a.product = h.product(q, a.offer)
	a.Page = q.InAccount(q.Printer.T("seats.allot.title", "Product", a.product), page.Products)
	var err error
	unit := q.FormValue("unit")
	if q.FormValue("find") != "" {
		unit = ""
	}
	if unit == "" {
		a.units, err = h.App.Seats.Allottable(q.Context(), q.Actor(), account(q), a.offer, app.AllotmentQuery{Search: a.search})
		return a, err
	}
	if a.units, err = h.App.Seats.Allottable(q.Context(), q.Actor(), account(q), a.offer, app.AllotmentQuery{Unit: unit}); err != nil {
		return a, err
	}
	if a.units.Total == 0 {
		return a, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	a.chosen = a.units.Choices[0]
	return a, nil
}

// allot writes how many seats the unit has from above.
func (h Handler) allot(q *page.Request) error {
	n, err := strconv.ParseInt(q.Field("quantity"), 10, 64)
	if err != nil {
		n = -1 // no number is refused like one that is out of bounds
	}
	given := app.Allotment{Unit: q.Field("unit"), Offer: directory.OfferOf(q.Field("product")), Quantity: n, Version: q.Version()}
	if err = h.App.Seats.Allot(q.Context(), q.Actor(), account(q), given); err == nil {
		q.Done(q.Printer.T("seats.done.allotted", "Product", h.product(q, given.Offer), "Count", n))
		return q.Redirect(q.AccountPath("/products"))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	a, err := h.allotting(q, refusal)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, allotPage(a))
}

func (a allotting) action() string { return a.base + "/allot" }

// choosing reports whether the unit is still to be chosen.
func (a allotting) choosing() bool { return a.chosen.Unit.ID == 0 }

func (a allotting) hidden() []ui.Hidden {
	hidden := []ui.Hidden{{Name: "product", Value: a.offer.String()}}
	if !a.choosing() {
		hidden = append(hidden, ui.Hidden{Name: "unit", Value: a.chosen.Unit.UUID}, ui.Hidden{Name: "version", Value: strconv.FormatInt(a.chosen.Version, 10)})
	}
	return hidden
}

func (a allotting) steps() []ui.Step {
	first, second := "current", ""
	if !a.choosing() {
		first, second = "done", "current"
	}
	return []ui.Step{{Label: a.T("seats.allot.step.unit"), State: first}, {Label: a.T("seats.allot.step.quantity"), State: second}}
}

// way writes the names on the way to a unit.
func way(path []directory.Unit) string {
	var names []string
	for _, u := range path[:len(path)-1] {
		names = append(names, u.Name)
	}
	return strings.Join(names, " › ")
}

func (a allotting) choices() []ui.Check {
	var checks []ui.Check
	for i, c := range a.units.Choices {
		hint := way(c.Path)
		if c.Has > 0 {
			hint += ", " + a.T("seats.count.allotted", "Count", c.Has)
		}
		checks = append(checks, ui.Check{Name: "unit", Value: c.Unit.UUID, Label: c.Unit.Name, Hint: hint, Checked: i == 0 && a.search != ""})
	}
	return checks
}

func (a allotting) facts() []ui.CartItem {
	return []ui.CartItem{{Label: a.T("seats.products.unit"), Value: a.chosen.Unit.Name, Note: way(a.chosen.Path)},
		{Label: a.T("seats.allot.from"), Value: a.chosen.Source.Name},
		{Label: a.T("seats.allot.has"), Value: a.Printer.Number(a.chosen.Has)},
		{Label: a.T("seats.allot.left"), Value: a.Printer.Number(a.chosen.Most - a.chosen.Has)}}
}

// asks is the field for how many: what the unit has, or what was typed.
func (a allotting) asks(fresh bool) ui.Field {
	value := a.quantity
	if fresh && value == "" {
		value = strconv.FormatInt(a.chosen.Has, 10)
	}
	return ui.Field{Name: "quantity", Kind: "number", Label: a.T("seats.allot.quantity"), Value: value, Required: true,
		Hint: a.T("seats.allot.quantity.hint", "Unit", a.chosen.Source.Name), Attrs: map[string]any{"min": "0", "inputmode": "numeric"}}
}

func (a allotting) acts() []ui.Act {
	acts := []ui.Act{{Label: a.T("ui.cancel"), Href: a.base}}
	switch {
	case !a.choosing():
		return []ui.Act{{Label: a.T("seats.allot.again"), Href: a.action() + "?product=" + url.QueryEscape(a.offer.String())},
			{Label: a.T("seats.allot"), Icon: "git-branch", Kind: ui.Primary}}
	case len(a.units.Choices) > 0:
		return append(acts, ui.Act{Label: a.T("seats.allot.next"), Kind: ui.Primary})
	}
	return acts
}
