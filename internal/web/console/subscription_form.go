package console

import (
	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// selling is a customer whose subscriptions are written.
type selling struct {
	app.Customer
	Contract app.SeatContract
}

// selling reads the customer of the address with what they have bought.
func (h Handler) selling(q *page.Request) (selling, error) {
	var s selling
	var err error
	if s.Customer, err = h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id")); err != nil {
		return s, err
	}
	q.Localise(s.Account.TimeZone)
	s.Contract, err = h.App.Subscriptions.Of(q.Context(), q.Actor(), s.Account.ID)
	return s, err
}

// one is the subscription that the address names.
func (s selling) one(uuid string) (app.SubscriptionLine, error) {
	for _, l := range s.Contract.Subscriptions {
		if l.UUID == uuid {
			return l, nil
		}
	}
	return app.SubscriptionLine{}, directory.Refuse(directory.NotFound, "subscription.not_found")
}

// offerOptions are the products that can be sold to a customer.
func (h Handler) offerOptions(q *page.Request, offers []directory.Offer) []ui.Option {
	options := []ui.Option{{Label: q.Printer.T("subscription.product.choose")}}
	for _, o := range offers {
		options = append(options, ui.Option{Value: o.String(), Label: h.Catalogue().OfferName(o, q.Printer.Lang())})
	}
	return options
}

// listedUnits is up to how many units are offered to choose from; of more, one is
// named by its id.
const listedUnits = 300

// holderField asks which unit holds a subscription (SEAT-13).
func holderField(q *page.Request, s selling, value string) ui.Field {
	t := q.Printer.T
	f := ui.Field{Name: "unit", Label: t("subscription.unit"), Hint: t("subscription.unit.hint"), Value: value}
	if len(s.Contract.Units) > listedUnits {
		f.Hint = t("subscription.unit.id_hint")
		return f
	}
	f.Kind = "select"
	for _, u := range s.Contract.Units {
		option := ui.Option{Value: u.UUID, Label: u.Name}
		if u.ID == s.Account.Root {
			option = ui.Option{Label: t("subscription.unit.root", "Name", u.Name)}
		}
		f.Options = append(f.Options, option)
	}
	return f
}

// termFields are what new and changed subscriptions share.
func termFields(q *page.Request, v values) []ui.Field {
	t := q.Printer.T
	return []ui.Field{
		{Name: "quantity", Kind: "number", Label: t("subscription.quantity"), Value: v("quantity"), Required: true, Attrs: map[string]any{"min": "1"}},
		{Name: "first", Kind: "date", Label: t("subscription.first"), Value: v("first"), Hint: t("subscription.first.hint")},
		{Name: "last", Kind: "date", Label: t("subscription.last"), Value: v("last"), Hint: t("subscription.last.hint")},
		{Name: "reference", Label: t("field.reference"), Value: v("reference"), Hint: t("subscription.reference.hint")},
		{Name: "external_id", Label: t("field.external_id"), Value: v("external_id"), Hint: t("subscription.external.hint")},
		{Name: "price_note", Kind: "textarea", Label: t("field.price_note"), Value: v("price_note"), Attrs: map[string]any{"rows": "3"}},
	}
}

// typedTerm reads the fields of termFields.
func typedTerm(q *page.Request) app.SubscriptionTerm {
	return app.SubscriptionTerm{Quantity: integer(q.Field("quantity")), First: q.Day("first"), Last: q.Day("last"), Reference: q.Field("reference"),
		PriceNote: q.Field("price_note"), External: q.Field("external_id")}
}

// termOf is what a subscription says, as a form writes it.
func termOf(q *page.Request, s directory.Subscription) app.SubscriptionTerm {
	zone := q.Printer.Zone()
	return app.SubscriptionTerm{Quantity: s.Quantity, First: directory.DayOf(s.Starts, zone), Last: directory.LastDay(s.Ends, zone),
		Reference: s.Reference, PriceNote: s.PriceNote, External: s.External}
}

// newSubscriptionForm asks what a customer has bought.
func (h Handler) newSubscriptionForm(q *page.Request, s selling) form {
	t := q.Printer.T
	v := func(name string) string {
		if q.Method == "GET" && name == "first" {
			return directory.DayOf(h.Now(), q.Printer.Zone()).ISO()
		}
		return q.FormValue(name)
	}
	product := ui.Field{Name: "product", Kind: "select", Label: t("subscription.product"), Value: v("product"), Required: true,
		Options: h.offerOptions(q, s.Contract.Offers)}
	fields := append([]ui.Field{product, holderField(q, s, v("unit"))}, termFields(q, v)...)
	return form{Action: customerPath(s.Account, "/subscriptions/new"), Submit: t("subscription.add"), Back: customerPath(s.Account, ""),
		Parts: []part{{Title: t("subscription.part"), Note: t("subscription.part.note"), Two: true, Fields: fields}}}
}

// editSubscriptionForm asks what changes of a subscription; product and unit stay.
func (h Handler) editSubscriptionForm(q *page.Request, s selling, l app.SubscriptionLine) form {
	t, fields := q.Printer.T, standingTerm(q, l).Fields
	if q.Method != "GET" {
		fields = termFields(q, q.PostFormValue)
	}
	f := form{Action: subscriptionPath(s.Account, l.UUID, "/edit"), Submit: t("subscription.save"), Back: customerPath(s.Account, ""),
		Hidden: q.MadeOn(numeral(l.Version), standingTerm(q, l)),
		Parts:  []part{{Title: h.offerName(q, l.Offer), Note: l.Unit.Name, Two: true, Fields: fields}}}
	f.Parts[0].Fields[0].Hint = t("subscription.held", "Count", s.held(l))
	for _, item := range subscriptionMenu(q, s.Account, l)[1:] { // the menu of a row is not there on a phone
		switch item.Icon {
		case "adjustments":
			continue // the quantity stands in the form
		case "ban":
			item.Label = t("subscription.end.act")
		}
		f.Acts = append(f.Acts, ui.Act{Label: item.Label, Icon: item.Icon, Href: item.Href})
	}
	return f
}

// standingTerm is the form of a subscription as it is.
func standingTerm(q *page.Request, l app.SubscriptionLine) page.Drawn {
	term := termOf(q, l.Subscription)
	known := map[string]string{"quantity": numeral(term.Quantity), "first": term.First.ISO(), "last": term.Last.ISO(),
		"reference": term.Reference, "external_id": term.External, "price_note": term.PriceNote}
	return page.Drawn{Fields: termFields(q, func(name string) string { return known[name] })}
}

// held is how many seats of a subscription's pool are in use.
func (s selling) held(l app.SubscriptionLine) int64 {
	for _, line := range s.Contract.Lines {
		if line.Pool.ID == l.Pool {
			return line.Used()
		}
	}
	return 0
}

func (h Handler) offerName(q *page.Request, o directory.Offer) string {
	return h.Catalogue().OfferName(o, q.Printer.Lang())
}

func (h Handler) newSubscription(q *page.Request) error {
	s, err := h.selling(q)
	if err != nil {
		return err
	}
	return h.showSubscriptionForm(q, nil, s, q.Printer.T("subscription.new.title"), h.newSubscriptionForm(q, s))
}

// showSubscriptionForm answers with a form under the customer's page.
func (h Handler) showSubscriptionForm(q *page.Request, refusal *directory.Error, s selling, title string, f form) error {
	p, err := h.shell(q, title, page.Customers)
	if err != nil {
		return err
	}
	return q.RenderRefused(refusal, formPage(p, ui.Link{Label: s.Account.Name, Href: customerPath(s.Account, "")}, f))
}

// subscriptionAgain answers a refused form with what was typed; a fault goes on.
func (h Handler) subscriptionAgain(q *page.Request, s selling, title string, f form, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	f.refuse(q, refusal)
	return h.showSubscriptionForm(q, refusal, s, title, f)
}

func (h Handler) addSubscription(q *page.Request) error {
	s, err := h.selling(q)
	if err != nil {
		return err
	}
	n := app.NewSubscription{Offer: directory.OfferOf(q.Field("product")), Unit: q.Field("unit"), Term: typedTerm(q)}
	_, err = h.App.Subscriptions.Add(q.Context(), q.Actor(), s.Account.ID, n)
	if err := q.Together(err); err != nil {
		return h.subscriptionAgain(q, s, q.Printer.T("subscription.new.title"), h.newSubscriptionForm(q, s), err)
	}
	q.Toast(q.Printer.T("subscription.added", "Name", h.offerName(q, n.Offer)), "")
	return q.Redirect(customerPath(s.Account, ""))
}

// changing reads the subscription that the address names, with its customer.
func (h Handler) changing(q *page.Request) (selling, app.SubscriptionLine, error) {
	s, err := h.selling(q)
	if err != nil {
		return s, app.SubscriptionLine{}, err
	}
	l, err := s.one(q.PathValue("subscription"))
	return s, l, err
}

func (h Handler) editSubscription(q *page.Request) error {
	s, l, err := h.changing(q)
	if err != nil {
		return err
	}
	return h.showSubscriptionForm(q, nil, s, q.Printer.T("subscription.edit.title", "Name", h.offerName(q, l.Offer)), h.editSubscriptionForm(q, s, l))
}

// changeAgain answers a refused change as the subscription is now.
func (h Handler) changeAgain(q *page.Request, err error) error {
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	s, l, fault := h.changing(q)
	if fault != nil {
		return fault
	}
	refusal = q.Meanwhile(refusal, standingTerm(q, l), numeral(l.Version))
	return h.subscriptionAgain(q, s, q.Printer.T("subscription.edit.title", "Name", h.offerName(q, l.Offer)), h.editSubscriptionForm(q, s, l), refusal)
}

func (h Handler) changeSubscription(q *page.Request) error {
	s, l, err := h.changing(q)
	if err != nil {
		return err
	}
	change, name := app.SubscriptionChange{Version: q.Version(), Term: typedTerm(q)}, h.offerName(q, l.Offer)
	if err := q.Together(h.App.Subscriptions.Change(q.Context(), q.Actor(), s.Account.ID, l.UUID, change)); err != nil {
		return h.changeAgain(q, err)
	}
	q.Toast(q.Printer.T("subscription.saved", "Name", name), "")
	return q.Redirect(customerPath(s.Account, ""))
}
