package console

import (
	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// askedSubscription is the dialog about a subscription that the address names,
// for whoever may do it.
func (h Handler) askedSubscription(q *page.Request, a directory.Account) (*dialog, error) {
	do, uuid := q.URL.Query().Get("do"), q.URL.Query().Get("subscription")
	if uuid == "" || !may(q, authz.ManageSubscriptions) {
		return nil, nil
	}
	e, err := h.App.Subscriptions.Ending(q.Context(), q.Actor(), a.ID, uuid)
	if err != nil {
		return nil, err
	}
	q.Localise(a.TimeZone)
	switch do {
	case "extend":
		return h.extendDialog(q, a, e), nil
	case "resize":
		return h.resizeDialog(q, a, e), nil
	case "end":
		return h.endDialog(q, a, e), nil
	}
	return nil, nil
}

// carried is the version of the subscription on which a dialog was made.
func carried(q *page.Request, e app.SubscriptionEnd) []ui.Hidden {
	version := q.PostFormValue("version")
	if version == "" {
		version = numeral(e.Version)
	}
	return []ui.Hidden{{Name: "version", Value: version}}
}

// nextYear is the last day of a term that is as long again, from the day after it.
func nextYear(last directory.Day) directory.Day {
	if last == (directory.Day{}) {
		return last
	}
	next := last.UTC().AddDate(0, 0, 1).AddDate(1, 0, -1) // the end of February stays one
	return directory.Day{Year: next.Year(), Month: next.Month(), Day: next.Day()}
}

func (h Handler) extendDialog(q *page.Request, a directory.Account, e app.SubscriptionEnd) *dialog {
	t, zone := q.Printer.T, q.Printer.Zone()
	last := directory.LastDay(e.Ends, zone)
	day := nextYear(last).ISO()
	if q.PostForm.Has("last") {
		day = q.PostFormValue("last")
	}
	d := dialogOf(q, t("subscription.extend.title", "Name", h.offerName(q, e.Offer)),
		t("subscription.extend.lead", "Day", q.Printer.Date(last.Noon(zone))), subscriptionPath(a, e.UUID, "/extend"), customerPath(a, ""))
	d.Hidden = carried(q, e)
	d.Fields = []ui.Field{{Name: "last", Kind: "date", Label: t("subscription.extend.last"), Value: day, Required: true}}
	over := e.State == app.SubscriptionOver
	anew := q.PostFormValue("way") == "anew" || over
	d.Radios = &radios{Legend: t("subscription.extend.way"), Checks: []ui.Check{
		{Name: "way", Value: "same", Label: t("subscription.extend.same"), Hint: t("subscription.extend.same.hint"), Checked: !anew, Disabled: over},
		{Name: "way", Value: "anew", Label: t("subscription.extend.anew"), Hint: t("subscription.extend.anew.hint"), Checked: anew}}}
	d.Act = ui.Act{Label: t("subscription.extend"), Icon: "refresh", Kind: ui.Primary}
	return d
}

func (h Handler) resizeDialog(q *page.Request, a directory.Account, e app.SubscriptionEnd) *dialog {
	t, drawn := q.Printer.T, standingQuantity(q, e)
	d := dialogOf(q, t("subscription.resize.title", "Name", h.offerName(q, e.Offer)), t("subscription.resize.lead", "Count", e.Held),
		subscriptionPath(a, e.UUID, "/resize"), customerPath(a, ""))
	d.Hidden, d.Fields = q.MadeOn(numeral(e.Version), drawn), drawn.Fields
	if q.PostForm.Has("quantity") {
		d.Fields[0].Value = q.PostFormValue("quantity")
	}
	d.Losses = []ui.Loss{{Text: t("subscription.resize.over")}, {Text: t("subscription.resize.stays"), Stays: true}}
	d.Act = ui.Act{Label: t("subscription.resize.do"), Kind: ui.Primary}
	return d
}

// standingQuantity is the dialog about the quantity of a subscription as it is.
func standingQuantity(q *page.Request, e app.SubscriptionEnd) page.Drawn {
	return page.Drawn{Fields: []ui.Field{{Name: "quantity", Kind: "number", Label: q.Printer.T("subscription.quantity"), Value: numeral(e.Quantity), Required: true,
		Attrs: map[string]any{"min": "1"}}}}
}

// endDialog names what is lost: the seats of how many people lapse today (SEAT-9).
func (h Handler) endDialog(q *page.Request, a directory.Account, e app.SubscriptionEnd) *dialog {
	t := q.Printer.T
	d := dialogOf(q, t("subscription.end.title", "Name", h.offerName(q, e.Offer)),
		t("subscription.end.lead", "Account", a.Name, "Count", e.Quantity), subscriptionPath(a, e.UUID, "/end"), customerPath(a, ""))
	d.Hidden = carried(q, e)
	switch {
	case e.State == app.SubscriptionComing:
		d.Losses = []ui.Loss{{Text: t("subscription.end.coming")}}
	case e.Loss.Lapsing > 0:
		d.Losses = []ui.Loss{{Text: t("subscription.end.lapses", "Count", e.Loss.Lapsing)}}
	case e.Loss.Over > 0:
		d.Losses = []ui.Loss{{Text: t("subscription.end.over", "Count", e.Loss.Over)}}
	default:
		d.Losses = []ui.Loss{{Text: t("subscription.end.nobody"), Stays: true}}
	}
	d.Losses = append(d.Losses, ui.Loss{Text: t("subscription.end.stays"), Stays: true})
	d.Act = ui.Act{Label: t("subscription.end"), Kind: ui.Danger}
	return d
}

// onSubscription runs one act on the subscription of the address: what it refuses
// comes back in its dialog.
func (h Handler) onSubscription(q *page.Request, ask func(directory.Account, app.SubscriptionEnd) *dialog, done string, do func(directory.Account, app.SubscriptionEnd) error) error {
	c, err := h.App.Accounts.Show(q.Context(), q.Actor(), q.PathValue("id"))
	if err != nil {
		return err
	}
	e, err := h.App.Subscriptions.Ending(q.Context(), q.Actor(), c.Account.ID, q.PathValue("subscription"))
	if err != nil {
		return err
	}
	q.Localise(c.Account.TimeZone)
	if err := do(c.Account, e); err != nil {
		return h.refused(q, c, ask(c.Account, e), err)
	}
	q.Toast(q.Printer.T(done, "Name", h.offerName(q, e.Offer)), "")
	return q.Redirect(customerPath(c.Account, ""))
}

func (h Handler) extendSubscription(q *page.Request) error {
	return h.onSubscription(q, func(a directory.Account, e app.SubscriptionEnd) *dialog { return h.extendDialog(q, a, e) },
		"subscription.extended", func(a directory.Account, e app.SubscriptionEnd) error {
			longer := app.SubscriptionLonger{Last: q.Day("last"), Anew: q.Field("way") == "anew", Version: q.Version()}
			if longer.Last == (directory.Day{}) {
				q.Misread(directory.InvalidField("last", "field.required", nil))
			}
			return q.Together(h.App.Subscriptions.Extend(q.Context(), q.Actor(), a.ID, e.UUID, longer))
		})
}

func (h Handler) resizeSubscription(q *page.Request) error {
	return h.onSubscription(q, func(a directory.Account, e app.SubscriptionEnd) *dialog { return h.resizeDialog(q, a, e) },
		"subscription.saved", func(a directory.Account, e app.SubscriptionEnd) error {
			term := termOf(q, e.Subscription)
			term.Quantity = integer(q.Field("quantity"))
			err := h.App.Subscriptions.Change(q.Context(), q.Actor(), a.ID, e.UUID, app.SubscriptionChange{Term: term, Version: q.Version()})
			refusal, fault := page.Refusal(err)
			if refusal == nil {
				return fault
			}
			return q.Meanwhile(refusal, standingQuantity(q, e), numeral(e.Version))
		})
}

func (h Handler) endSubscription(q *page.Request) error {
	return h.onSubscription(q, func(a directory.Account, e app.SubscriptionEnd) *dialog { return h.endDialog(q, a, e) },
		"subscription.ended", func(a directory.Account, e app.SubscriptionEnd) error {
			return h.App.Subscriptions.End(q.Context(), q.Actor(), a.ID, e.UUID, q.Version())
		})
}
