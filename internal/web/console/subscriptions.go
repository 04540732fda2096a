package console

import (
	"net/url"
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

const subscriptionsPath = "/vendor/subscriptions"

// subscriptionsView is the list of all customers' subscriptions as it is shown.
type subscriptionsView struct {
	Search  ui.SearchView
	Views   []ui.Tab
	Chips   []chip
	Filters []filterGroup
	Within  filterGroup // one of them
	Hidden  []ui.Hidden
	Columns []ui.Column
	Rows    []soldRow
	Pager   ui.PagerView
	Total   string
	Acts    []ui.Act
	Empty   emptyView
}

// A soldRow is one subscription of any customer.
type soldRow struct {
	ID, Customer, Number, Href string
	Name, Sub                  string
	Seats, Note, NoteTone      string
	Quantity, Ends             string
	Ending                     bool
	Tone, State                string
}

// subscriptionQuery reads the view of the subscriptions from an address.
func subscriptionQuery(v url.Values) app.SubscriptionQuery {
	days := int(integer(v.Get("within")))
	if !slices.Contains(endingWithin(), days) {
		days = 0
	}
	return app.SubscriptionQuery{Search: v.Get("q"), Products: v["product"], States: v["state"], Days: days, View: v.Get("view"),
		Sort: v.Get("sort"), Descending: v.Get("dir") == "desc", After: v.Get("after"), Before: v.Get("before")}
}

// endingWithin are the days within which an end can be sought.
func endingWithin() []int { return []int{90, 30, 7} }

func (h Handler) subscriptions(q *page.Request) error {
	asked := subscriptionQuery(q.URL.Query())
	list, err := h.App.Subscriptions.List(q.Context(), q.Actor(), asked)
	if err != nil {
		return err
	}
	p, err := h.shell(q, q.Printer.T("subscriptions.title"), page.AllSold)
	if err != nil {
		return err
	}
	return q.Render(subscriptionsPage(p, h.subscriptionsView(q, asked, list)))
}

// paged is a query of addresses without the page it is on.
func paged(v url.Values) query {
	at := query{}
	for name, values := range v {
		if name != "after" && name != "before" {
			at[name] = values
		}
	}
	return at
}

func (h Handler) subscriptionsView(q *page.Request, asked app.SubscriptionQuery, list app.SubscriptionList) subscriptionsView {
	t, at := q.Printer.T, paged(q.URL.Query())
	view := subscriptionsView{Total: q.Printer.Number(list.Totals.All), Columns: soldColumns(q, asked, at),
		Search: ui.SearchView{Name: "q", Value: asked.Search, Label: t("subscriptions.search"), Placeholder: t("subscriptions.search.hint")}}
	if may(q, authz.ManageSubscriptions) && may(q, authz.ImportCustomers) && !q.Actor().Limited() {
		view.Acts = []ui.Act{{Label: t("subscriptions.import"), Icon: "upload", Href: subscriptionsImportPath}}
	}
	counts := map[string]int64{"": list.Totals.All, app.SubscriptionViews()[0]: list.Totals.Ending, app.SubscriptionViews()[1]: list.Totals.OverUsed,
		app.SubscriptionViews()[2]: list.Totals.Lapsed}
	for _, one := range append([]string{""}, app.SubscriptionViews()...) {
		label := "subscriptions.view." + one
		switch {
		case one == "" && len(asked.States) > 0:
			label = "subscriptions.view.all"
		case one == "":
			label = "subscriptions.view.live"
		}
		view.Views = append(view.Views, ui.Tab{Label: t(label), Href: at.with(subscriptionsPath, "view", one), Count: q.Printer.Number(counts[one]),
			Current: asked.View == one})
	}
	h.soldFilters(q, asked, at, &view)
	for _, name := range []string{"view", "sort", "dir"} {
		if value := q.URL.Query().Get(name); value != "" {
			view.Hidden = append(view.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	for _, s := range list.Rows {
		view.Rows = append(view.Rows, h.soldRow(q, s))
	}
	view.Pager = ui.PagerView{From: list.From, To: list.From + int64(len(list.Rows)) - 1, Things: t("subscriptions.count", "Count", list.Found)}
	if list.Prev != "" {
		view.Pager.Previous = at.with(subscriptionsPath, "before", list.Prev)
	}
	if list.Next != "" {
		view.Pager.Next = at.with(subscriptionsPath, "after", list.Next)
	}
	if len(list.Rows) == 0 {
		view.Empty = emptyView{Title: t("subscriptions.empty"), Text: t("subscriptions.empty.text"), Acts: []ui.Act{{Label: t("customers.all"), Href: customersPath}}}
		if asked.Filtered() {
			view.Empty = emptyView{Title: t("subscriptions.empty.filtered"), Text: t("customers.empty.filtered.text"),
				Acts: []ui.Act{{Label: t("subscriptions.all"), Href: subscriptionsPath}}}
		}
	}
	return view
}

// soldFilters fills in the chips of what is set and the menu of what can be.
func (h Handler) soldFilters(q *page.Request, asked app.SubscriptionQuery, at query, view *subscriptionsView) {
	t := q.Printer.T
	products := filterGroup{Legend: t("subscription.product")}
	for _, o := range h.Catalogue().OffersOf("") {
		products.Checks = append(products.Checks, ui.Check{Name: "product", Value: o.String(), Label: h.offerName(q, o),
			Checked: slices.Contains(asked.Products, o.String())})
	}
	states := filterGroup{Legend: t("customers.column.state")}
	for _, s := range []app.SubscriptionState{app.SubscriptionComing, app.SubscriptionRunning, app.SubscriptionOver} {
		states.Checks = append(states.Checks, ui.Check{Name: "state", Value: string(s), Label: t("subscription.state." + string(s)),
			Checked: slices.Contains(asked.States, string(s))})
	}
	view.Filters = []filterGroup{products, states}
	view.Within = filterGroup{Legend: t("subscriptions.within"), Checks: []ui.Check{{Name: "within", Label: t("subscriptions.within.any"), Checked: asked.Days == 0}}}
	for _, days := range endingWithin() {
		view.Within.Checks = append(view.Within.Checks, ui.Check{Name: "within", Value: strconv.Itoa(days), Label: t("subscriptions.within.days", "Count", days),
			Checked: asked.Days == days})
	}
	for _, group := range append(view.Filters, view.Within) {
		for _, one := range group.Checks {
			if one.Checked && one.Value != "" {
				rest := slices.DeleteFunc(slices.Clone(at[one.Name]), func(id string) bool { return id == one.Value })
				view.Chips = append(view.Chips, chip{group.Legend, one.Label, at.with(subscriptionsPath, one.Name, rest...)})
			}
		}
	}
}

func soldColumns(q *page.Request, asked app.SubscriptionQuery, at query) []ui.Column {
	sort := asked.Sort
	if sort == "" {
		sort = "ends"
	}
	column := func(label, class, name string) ui.Column {
		c := ui.Column{Label: q.Printer.T(label), Class: class}
		if name == "" {
			return c
		}
		next := paged(url.Values(at))
		delete(next, "dir")
		if sort == name {
			c.Order = "ascending"
			if asked.Descending {
				c.Order = "descending"
			} else {
				next["dir"] = []string{"desc"}
			}
		}
		c.Sort = next.with(subscriptionsPath, "sort", name)
		return c
	}
	return []ui.Column{column("subscriptions.column.customer", "", "customer"), column("subscription.product", "p2", "product"),
		column("subscriptions.column.used", "num w-n", ""), column("subscription.quantity", "p3 num w-sw", "quantity"),
		column("subscription.last", "num w-date", "ends"), column("customers.column.state", "w-cst", "")}
}

func (h Handler) soldRow(q *page.Request, s app.ListedSubscription) soldRow {
	t := q.Printer.T
	q.Localise(s.Account.TimeZone)
	one := h.subscriptionRow(q, s.Account, s.SubscriptionLine, false)
	row := soldRow{ID: s.UUID, Customer: s.Account.Name, Number: s.Account.Number, Href: customerPath(s.Account, ""), Name: one.Name, Sub: one.Sub,
		Quantity: one.Quantity, Ends: one.To, Ending: one.Ending, Tone: one.Tone, State: one.State,
		Seats: t("customers.keys", "Used", s.Line.Used(), "Total", s.Line.Total())}
	switch {
	case s.Line.Lapsed && s.Line.Pool.Held > 0 && s.State == app.SubscriptionOver:
		row.Tone, row.State = "bad", t("subscriptions.lapsed", "Count", s.Line.Pool.Held)
	case s.State == app.SubscriptionRunning && s.Line.Over > 0:
		row.Tone, row.State = "bad", t("ui.seats.over", "Count", s.Line.Over)
	}
	return row
}
