package console

import (
	"net/url"
	"strings"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// contractView is what a customer has bought, as their page shows it: the bars,
// and the subscriptions that fill them.
type contractView struct {
	Pools []poolView
	Rows  []subscriptionRow
	Add   string // where to add one, or empty
	Menus bool
	Note  string
}

// A poolView is the seats of an offer at a unit.
type poolView struct {
	Name, Modules, Parts string
	Used, Total          int64
	Note, Tone           string
}

// A subscriptionRow is one subscription.
type subscriptionRow struct {
	ID, Name, Sub   string
	Href            string // where it is changed, or empty
	Quantity        string
	From, To        string
	Tone, State     string
	Ending          bool // within a month
	PriceNote, Unit string
	Menu            []ui.MenuItem
}

// subscriptionPath is where one of a customer's subscriptions is changed.
func subscriptionPath(a directory.Account, uuid, rest string) string {
	return customerPath(a, "/subscriptions/"+url.PathEscape(uuid)+rest)
}

func (h Handler) contractView(q *page.Request, a directory.Account, c app.SeatContract) contractView {
	manages := may(q, authz.ManageSubscriptions) && a.State != directory.AccountClosed
	v := contractView{Menus: manages}
	if manages {
		v.Add = customerPath(a, "/subscriptions/new")
	}
	for _, l := range c.Lines {
		v.Pools = append(v.Pools, h.poolView(q, a, l))
	}
	for _, s := range c.Subscriptions {
		v.Rows = append(v.Rows, h.subscriptionRow(q, a, s, manages))
	}
	return v
}

func (h Handler) poolView(q *page.Request, a directory.Account, l app.SeatLine) poolView {
	t, c, lang := q.Printer.T, h.Catalogue(), q.Printer.Lang()
	v := poolView{Name: c.OfferName(l.Pool.Offer, lang), Used: l.Used(), Total: l.Total()}
	var modules, parts []string
	for _, m := range c.OfferModules(l.Pool.Offer) {
		modules = append(modules, m.Label.In(lang))
	}
	v.Modules = strings.Join(modules, ", ")
	if l.Unit.ID != a.Root {
		parts = append(parts, l.Unit.Name)
	}
	if l.Reserved > 0 {
		parts = append(parts, t("subscription.reserved", "Count", l.Reserved))
	}
	if l.HandedOn > 0 {
		parts = append(parts, t("subscription.handed_on", "Count", l.HandedOn))
	}
	v.Parts = strings.Join(parts, " · ")
	switch {
	case l.Lapsed:
		v.Note, v.Tone = t("subscription.lapsed"), "is-bad"
	case l.Over > 0:
		v.Note, v.Tone = t("ui.seats.over", "Count", l.Over), "is-bad"
	default:
		v.Note, v.Tone = t("ui.seats.free", "Count", l.Free), "quiet"
	}
	return v
}

// soon is within how many days an end stands out.
const soon = 30

func (h Handler) subscriptionRow(q *page.Request, a directory.Account, s app.SubscriptionLine, manages bool) subscriptionRow {
	t, zone := q.Printer.T, q.Printer.Zone()
	row := subscriptionRow{ID: s.UUID, Name: h.Catalogue().OfferName(s.Offer, q.Printer.Lang()), Quantity: q.Printer.Number(s.Quantity),
		From: q.Printer.DateShort(directory.DayOf(s.Starts, zone).Noon(zone)), To: t("subscription.open_ended"),
		State: t("subscription.state." + string(s.State)), PriceNote: s.PriceNote}
	row.Tone = map[app.SubscriptionState]string{app.SubscriptionComing: "invited", app.SubscriptionRunning: "active", app.SubscriptionOver: "off"}[s.State]
	var sub []string
	if s.Unit.ID != a.Root {
		sub = append(sub, s.Unit.Name)
	}
	if s.Reference != "" {
		sub = append(sub, s.Reference)
	}
	row.Sub = strings.Join(sub, " · ")
	if !s.Ends.IsZero() {
		row.To = q.Printer.DateShort(directory.LastDay(s.Ends, zone).Noon(zone))
		row.Ending = s.State == app.SubscriptionRunning && s.Ends.Before(h.Now().AddDate(0, 0, soon))
	}
	if manages {
		row.Menu = subscriptionMenu(q, a, s)
		row.Href = row.Menu[0].Href
	}
	return row
}

// subscriptionMenu is what can be done with a subscription.
func subscriptionMenu(q *page.Request, a directory.Account, s app.SubscriptionLine) []ui.MenuItem {
	t := q.Printer.T
	ask := func(do string) string { return customerPath(a, "?do="+do+"&subscription="+url.QueryEscape(s.UUID)) }
	menu := []ui.MenuItem{{Label: t("subscription.edit"), Icon: "pencil", Href: subscriptionPath(a, s.UUID, "/edit")}}
	if !s.Ends.IsZero() {
		menu = append(menu, ui.MenuItem{Label: t("subscription.extend"), Icon: "refresh", Href: ask("extend")})
	}
	if s.State != app.SubscriptionOver {
		menu = append(menu, ui.MenuItem{Label: t("subscription.resize"), Icon: "adjustments", Href: ask("resize")},
			ui.MenuItem{Label: t("subscription.end"), Icon: "ban", Href: ask("end"), Danger: true})
	}
	return menu
}
