package console

import (
	"slices"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// customersView is the list of customers as it is shown.
type customersView struct {
	Search  ui.SearchView
	Views   []ui.Tab
	Chips   []chip
	Filters []filterGroup
	Hidden  []ui.Hidden
	Columns []ui.Column
	Rows    []customerRow
	Pager   ui.PagerView
	Total   string
	Found   string
	Acts    []ui.Act
	Tick    bool
	Clear   string
	Waiting int64 // letters of all accounts
	Empty   emptyView
}

// A chip is a filter that is set.
type chip struct{ Label, Value, Remove string }

// A filterGroup is one field of the filter menu.
type filterGroup struct {
	Legend string
	Checks []ui.Check
}

type emptyView struct {
	Title, Text string
	Acts        []ui.Act
}

// A customerRow is one customer.
type customerRow struct {
	ID, Number, Name, Href  string
	Shield, Level           string
	Members, Administrators string
	NoAdministrator         bool
	Keys                    string
	Tone, State             string // of the state; no tone: all is well
	Locked                  bool
	Ends                    string
	Ended                   bool
	Narrow                  string
	Menu                    []ui.MenuItem
}

func (h Handler) customers(q *page.Request) error {
	v := q.URL.Query()
	offset, _ := strconv.ParseInt(v.Get("from"), 10, 64)
	asked := app.CustomerQuery{Filter: filterOf(v), Sort: v.Get("sort"), Descending: v.Get("dir") == "desc", Offset: offset}
	if !slices.Contains(app.CustomerSorts(), asked.Sort) {
		asked.Sort = "number"
	}
	list, err := h.App.Accounts.List(q.Context(), q.Actor(), asked)
	if err != nil {
		return err
	}
	figures, err := h.App.Accounts.Figures(q.Context(), q.Actor())
	if err != nil {
		return err
	}
	p := q.InConsole(q.Printer.T("customers.title"), page.Customers,
		page.ConsoleCounts{Customers: figures.Customers, KeyRequests: figures.KeyRequests, MailTrouble: figures.MailTrouble})
	view := h.customersView(q, asked, list)
	view.Waiting = figures.Letters
	return q.Render(customersPage(p, view))
}

func (h Handler) customersView(q *page.Request, asked app.CustomerQuery, list app.CustomerList) customersView {
	t, at := q.Printer.T, query(q.URL.Query())
	view := customersView{
		Search:  ui.SearchView{Name: "q", Value: asked.Filter.Search, Label: t("customers.search"), Placeholder: t("customers.search.hint")},
		Views:   h.viewTabs(q, asked, list),
		Total:   q.Printer.Number(list.Totals.All),
		Columns: customerColumns(q, asked),
		Tick:    may(q, authz.HandleKeys),
		Clear:   q.URL.RequestURI(),
	}
	h.filters(q, asked.Filter, &view)
	for _, name := range []string{"view", "sort", "dir"} {
		if value := q.URL.Query().Get(name); value != "" {
			view.Hidden = append(view.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	if may(q, authz.ImportCustomers) {
		view.Acts = append(view.Acts, ui.Act{Label: t("customers.import"), Icon: "upload", Href: customersPath + "/import"})
	}
	if may(q, authz.CreateAccounts) {
		view.Acts = append(view.Acts, ui.Act{Label: t("customers.new"), Icon: "plus", Kind: ui.Primary, Href: customersPath + "/new"})
	}
	for _, line := range list.Lines {
		view.Rows = append(view.Rows, h.customerRow(q, line))
	}
	view.Pager = ui.PagerView{From: list.Offset + 1, To: list.Offset + int64(len(list.Lines)), Things: t("customers.count", "Count", list.Found)}
	if len(list.Lines) == 0 {
		view.Pager.From = 0
		view.Empty = h.emptyCustomers(q, asked.Filter)
	}
	if list.Offset > 0 {
		view.Pager.Previous = from(at, max(list.Offset-app.CustomerPage, 0))
	}
	if next := list.Offset + app.CustomerPage; next < list.Found {
		view.Pager.Next = from(at, next)
	}
	return view
}

// from is this list from an offset on.
func from(at query, offset int64) string {
	if offset == 0 {
		return at.with(customersPath, "from")
	}
	return at.with(customersPath, "from", strconv.FormatInt(offset, 10))
}

func (h Handler) emptyCustomers(q *page.Request, f app.CustomerFilter) emptyView {
	t := q.Printer.T
	if f.Search != "" || f.View != "" || len(f.Levels)+len(f.Types)+len(f.States) > 0 {
		return emptyView{Title: t("customers.empty.filtered"), Text: t("customers.empty.filtered.text"),
			Acts: []ui.Act{{Label: t("customers.all"), Href: customersPath}}}
	}
	empty := emptyView{Title: t("customers.empty"), Text: t("customers.empty.text")}
	if may(q, authz.CreateAccounts) {
		empty.Acts = []ui.Act{{Label: t("customers.new"), Kind: ui.Primary, Href: customersPath + "/new"}}
	}
	return empty
}

// viewTabs are the ready-made views with their exact counts (VEND-1).
func (h Handler) viewTabs(q *page.Request, asked app.CustomerQuery, list app.CustomerList) []ui.Tab {
	at := query(q.URL.Query())
	counts := []int64{list.Totals.WithoutAdministrator, list.Totals.Locked, list.Totals.Unclaimed, list.Totals.KeyRequested}
	tabs := []ui.Tab{{Label: q.Printer.T("customers.view.all"), Href: at.with(customersPath, "view"),
		Count: q.Printer.Number(list.Totals.All), Current: asked.Filter.View == ""}}
	for i, view := range app.CustomerViews() {
		tabs = append(tabs, ui.Tab{Label: q.Printer.T("customers.view." + view), Href: at.with(customersPath, "view", view),
			Count: q.Printer.Number(counts[i]), Current: asked.Filter.View == view})
	}
	return tabs
}

// filters fills in the chips of what is set and the menu of what can be.
func (h Handler) filters(q *page.Request, f app.CustomerFilter, view *customersView) {
	c, t, lang, at := h.Catalogue(), q.Printer.T, q.Printer.Lang(), query(q.URL.Query())
	type choice struct{ id, label string }
	levels, types, states := []choice{}, []choice{}, []choice{}
	for _, l := range c.ServiceLevels {
		levels = append(levels, choice{l.ID, l.Label.In(lang)})
	}
	for _, a := range c.AccountTypes {
		types = append(types, choice{a.ID, a.Label.In(lang)})
	}
	for _, s := range []directory.AccountState{directory.AccountOpen, directory.AccountSuspended, directory.AccountClosed} {
		states = append(states, choice{string(s), t("account.state." + string(s))})
	}
	for _, group := range []struct {
		name, label string
		choices     []choice
		set         []string
	}{{"level", t("field.service_level"), levels, f.Levels}, {"type", t("field.account_type"), types, f.Types},
		{"state", t("customers.column.state"), states, f.States}} {
		shown := filterGroup{Legend: group.label}
		for _, one := range group.choices {
			on := slices.Contains(group.set, one.id)
			shown.Checks = append(shown.Checks, ui.Check{Name: group.name, Value: one.id, Label: one.label, Checked: on})
			if on {
				rest := slices.DeleteFunc(slices.Clone(group.set), func(id string) bool { return id == one.id })
				view.Chips = append(view.Chips, chip{group.label, one.label, at.with(customersPath, group.name, rest...)})
			}
		}
		view.Filters = append(view.Filters, shown)
	}
}

func customerColumns(q *page.Request, asked app.CustomerQuery) []ui.Column {
	at := query(q.URL.Query())
	column := func(name, class string, sorts bool) ui.Column {
		c := ui.Column{Label: q.Printer.T("customers.column." + name), Class: class}
		if !sorts {
			return c
		}
		next := query{}
		for key, values := range at {
			next[key] = values
		}
		delete(next, "dir")
		if asked.Sort == name {
			c.Order = "ascending"
			if asked.Descending {
				c.Order = "descending"
			} else {
				next["dir"] = []string{"desc"}
			}
		}
		c.Sort = next.with(customersPath, "sort", name)
		return c
	}
	return []ui.Column{column("number", "w-cno p2", true), column("name", "", true), column("level", "p3 w-co", true),
		column("members", "p2 num w-sw", true), column("administrators", "p2 num w-sw", true), column("keys", "p3 num w-n", false),
		column("state", "w-cst", false), column("ends", "p3 num w-date", true)}
}

func (h Handler) customerRow(q *page.Request, line app.CustomerLine) customerRow {
	t, n := q.Printer.T, q.Printer.Number
	row := customerRow{
		ID: line.UUID, Number: line.Number, Name: line.Name, Href: customerPath(line.Account, ""),
		Members: n(line.Members), Administrators: n(line.Administrators), NoAdministrator: line.Administrators == 0,
		Keys: t("customers.keys", "Used", line.KeysUsed, "Total", line.KeysLive), State: t("customers.state.fine"),
		Narrow: t("customers.narrow", "Number", directory.SpellNumber(line.Number), "Count", line.Members),
	}
	row.Shield, row.Level = h.serviceSign(q, line.ServiceLevel)
	switch {
	case line.State != directory.AccountOpen:
		row.Tone, row.State = "off", t("account.state."+string(line.State))
	case line.Locked:
		row.Locked, row.Tone, row.State = true, "bad", t("customers.state.locked")
	case line.Requests > 0:
		row.Tone, row.State = "warn", t("customers.state.request")
	case line.Claimed.IsZero():
		row.Tone, row.State = "none", t("customers.state.unclaimed")
	case line.Administrators == 0:
		row.Tone, row.State = "warn", t("customers.state.without_administrator")
	}
	switch {
	case line.ContractEnds.IsZero():
		row.Ends = t("customers.ends.never")
	case !h.Now().Before(line.ContractEnds):
		row.Ends, row.Ended = t("customers.ends.over"), true
	default:
		row.Ends = q.Printer.DateShort(line.ContractEnds)
	}
	row.Menu = []ui.MenuItem{{Label: t("customers.open"), Icon: "building", Href: row.Href}}
	if may(q, authz.ChangeAccounts) {
		row.Menu = append(row.Menu, ui.MenuItem{Label: t("customer.edit"), Icon: "pencil", Href: customerPath(line.Account, "/edit")})
	}
	if may(q, authz.HandleKeys) {
		row.Menu = append(row.Menu, ui.MenuItem{Label: t("customer.make_keys"), Icon: "key", Href: row.Href + "?do=keys"})
	}
	if may(q, authz.EnterAccounts) {
		row.Menu = append(row.Menu, ui.MenuItem{Label: t("customer.enter"), Icon: "login-2", Href: row.Href + "?do=enter"})
	}
	return row
}
