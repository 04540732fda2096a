package seats

import (
	"strings"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A making is the form of a new rule.
type making struct {
	ruling
	choices app.SeatRuleChoices
	typed   app.NewSeatRule
	search  string
	fields  []ui.Field
	errors  []ui.FieldError
}

// showNewRule shows the form; a search for a unit brings it again.
func (h Handler) showNewRule(q *page.Request) error {
	m, err := h.making(q, nil)
	if err != nil {
		return err
	}
	return q.Render(newRulePage(m))
}

func (h Handler) making(q *page.Request, refusal *directory.Error) (making, error) {
	m := making{ruling: h.ruling(q, q.Printer.T("seats.rules.new"), nil), typed: typedRule(q), search: strings.TrimSpace(q.FormValue("q"))}
	if err := q.Frame.Account.Writable(); err != nil {
		return m, err
	}
	var err error
	m.choices, err = h.App.Seats.RuleChoices(q.Context(), q.Actor(), account(q), m.search)
	m.fields = m.form()
	m.errors = page.Mark(m.Printer, m.fields, refusal)
	return m, err
}

func typedRule(q *page.Request) app.NewSeatRule {
	return app.NewSeatRule{Offer: directory.OfferOf(q.FormValue("product")), Function: q.FormValue("function"), Unit: q.FormValue("unit")}
}

// makeRule makes the rule, and leads to its page of those who have no seat yet.
func (h Handler) makeRule(q *page.Request) error {
	rule := typedRule(q)
	err := h.App.Seats.MakeRule(q.Context(), q.Actor(), account(q), rule)
	if err == nil {
		q.Done(q.Printer.T("seats.rules.made"))
		return q.Redirect(q.AccountPath("/products/rules"))
	}
	refusal, err := page.Refusal(err)
	if err != nil {
		return err
	}
	m, err := h.making(q, refusal)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, newRulePage(m))
}

func (m making) form() []ui.Field {
	lang := m.Printer.Lang()
	product := ui.Field{Name: "product", Label: m.T("field.product"), Kind: "select", Value: m.typed.Offer.String(), Required: true}
	for _, o := range m.choices.Offers {
		product.Options = append(product.Options, ui.Option{Value: o.String(), Label: m.h.Catalogue().OfferName(o, lang)})
	}
	fields := []ui.Field{product}
	if len(m.choices.Functions) > 0 {
		function := ui.Field{Name: "function", Label: m.T("field.function"), Kind: "select", Value: m.typed.Function, Hint: m.T("seats.rules.function.hint"),
			Options: []ui.Option{{Label: m.T("seats.rules.function.none")}}}
		for _, f := range m.choices.Functions {
			function.Options = append(function.Options, ui.Option{Value: f.UUID, Label: f.Name(lang)})
		}
		fields = append(fields, function)
	}
	unit := ui.Field{Name: "unit", Label: m.T("field.unit"), Kind: "select", Value: m.typed.Unit, Hint: m.T("seats.rules.unit.hint"),
		Options: []ui.Option{{Label: m.T("seats.rules.unit.none")}}}
	for _, u := range m.choices.Units {
		unit.Options = append(unit.Options, ui.Option{Value: u.UUID, Label: u.Name})
	}
	return append(fields, unit)
}

// searches reports whether there are more units than those offered.
func (m making) searches() bool { return m.search != "" || m.choices.Total > len(m.choices.Units) }

func (m making) foot() []ui.Act {
	return []ui.Act{{Label: m.T("ui.cancel"), Href: m.base + "/rules"}, {Label: m.T("seats.rules.make"), Kind: ui.Primary}}
}
