package members

import (
	"net/http"
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
	"intendant/internal/web/unitfilter"
)

// A table is what the page of the list shows.
type table struct {
	ui.Page
	view  view
	base  string // address of the list
	found app.MemberPage
	acct  directory.Account
	may   struct{ manage, seats, export bool }
	all   bool   // every found member is ticked
	open  string // public id of the member beside
	ask   *ui.DialogView
	loses []ui.Loss

	before string // why what is asked would be refused, and what leads on
	ways   []ui.Link

	site  *page.Site
	units unitfilter.Filter
	past  pastday.View // where the member, or the list, of a past day is

	history    string            // address of the history
	doings     string            // address of the acts on many
	levelNames map[string]string // of units
	lacks      func([]app.Lack) string
}

// list shows the table (LIST-1).
func (h Handler) list(q *page.Request) error {
	v, units, err := h.view(q)
	if err != nil {
		return err
	}
	found, err := h.App.Members.List(q.Context(), q.Actor(), account(q), v.MemberQuery)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "list.bad_cursor" {
		q.Toast(q.Printer.T("members.cursor_old"), "")
		return q.Redirect(v.first().at(q.AccountPath("/members")))
	}
	if err != nil {
		return err
	}
	t := h.table(q, v, found)
	t.units = units
	t.all = q.URL.Query().Get("all") != "" && t.may.manage
	return q.Render(listPage(t))
}

// going are the acts on many that go on at this moment.
func (t table) going() []directory.BulkAct {
	return slices.DeleteFunc(slices.Clone(t.found.Acts), func(act directory.BulkAct) bool { return act.State != directory.BulkRunning })
}

// goingOn leads to an act on many that goes on.
func (t table) goingOn(act directory.BulkAct) []ui.Act {
	return []ui.Act{{Label: t.T("act.notice.open"), About: t.T("act.kind." + string(act.Kind)), Size: ui.Small, Href: t.doings + "/" + act.UUID}}
}

// goingText says what goes on, and how far it is.
func (t table) goingText(act directory.BulkAct) string {
	return t.T("act.notice", "Act", t.T("act.kind."+string(act.Kind)), "Done", t.Printer.Number(act.Counts.Done), "Total", t.Printer.Number(act.Counts.Total))
}

// view is what the address says, with the units ticked beforehand where it names
// none (PREF-1).
func (h Handler) view(q *page.Request) (view, unitfilter.Filter, error) {
	v := readView(q.URL.Query(), zone(q))
	units, err := unitfilter.Read(q, authz.ViewMembers, len(v.Homes) > 0)
	v.Units = units.IDs()
	return v, units, err
}

func (h Handler) table(q *page.Request, v view, found app.MemberPage) table {
	t := table{Page: q.InAccount(q.Printer.T("members.title"), page.Members), past: pastday.Leading(q, q.AccountPath("/past")), view: v, base: q.AccountPath("/members"), found: found,
		acct: q.Frame.Account, site: h.Site, lacks: q.LacksRole}
	t.may.manage = q.Frame.Rights.MayAnywhere(authz.ManageMembers) && q.Frame.Account.Writable() == nil
	t.may.seats = t.may.manage && t.seated() && q.Frame.Rights.MayAnywhere(authz.AssignSeats)
	t.may.export = q.Frame.Rights.MayAnywhere(authz.RunExports)
	t.history, t.doings = q.AccountPath("/history"), q.AccountPath("/acts")
	t.levelNames = levelNames(h.Catalogue(), q.Frame.Account.Type, q.Printer.Lang())
	return t
}

// levelNames are the words of unit levels in an account of the type.
func levelNames(c *catalogue.Catalogue, accountType, lang string) map[string]string {
	t, _ := c.AccountType(accountType)
	names := map[string]string{catalogue.RootLevel: t.RootLabel.In(lang)}
	for _, level := range t.UnitLevels {
		names[level.ID] = level.Label.In(lang)
	}
	return names
}

// zone is where the account is: its days begin there.
func zone(q *page.Request) *time.Location {
	location, err := time.LoadLocation(q.Frame.Account.TimeZone)
	if err != nil {
		return time.UTC
	}
	return location
}

func (t table) total() string { return t.Printer.Number(t.found.All) }

func (t table) foundText() string {
	if t.found.Total == t.found.All && !t.view.Filtered() {
		return ""
	}
	return t.T("members.found", "Found", t.found.Total, "All", t.found.All)
}

func (t table) acts() []ui.Act {
	var acts []ui.Act
	if t.may.export {
		acts = append(acts, ui.Act{Label: t.T("export.act"), Icon: "download", Href: t.view.first().at(t.base + "/export")})
	}
	if !t.may.manage {
		return acts
	}
	if len(t.found.Acts) > 0 {
		acts = append(acts, ui.Act{Label: t.T("act.list.title"), Icon: "users", Href: t.doings})
	}
	return append(acts, []ui.Act{
		{Label: t.T("members.import"), Icon: "upload", Href: t.base + "/import"},
		{Label: t.T("members.add"), Icon: "user-plus", Href: t.base + "/add", Kind: ui.Primary},
	}...)
}

// hidden are the values the search form keeps that no field of it holds.
func (t table) hidden() []ui.Hidden {
	var hidden []ui.Hidden
	if t.view.Sort != "" {
		hidden = append(hidden, ui.Hidden{Name: "sort", Value: t.view.Sort})
	}
	if t.view.Descending {
		hidden = append(hidden, ui.Hidden{Name: "order", Value: "desc"})
	}
	for _, unit := range t.view.Homes {
		hidden = append(hidden, ui.Hidden{Name: "home", Value: unit})
	}
	return hidden
}

// A chip is a filter that is set.
type chip struct{ label, value, remove string }

func (t table) chips() []chip {
	var chips []chip
	add := func(field, label string, names []string) {
		switch len(names) {
		case 0:
			return
		case 1:
			chips = append(chips, chip{label, names[0], t.view.without(field).at(t.base)})
		default:
			chips = append(chips, chip{label, t.T("members.filter.chosen", "Count", len(names)), t.view.without(field).at(t.base)})
		}
	}
	add("status", t.T("members.column.status"), chosen(t.statuses()))
	add("company", t.T("members.column.company"), chosen(t.companies()))
	add("role", t.T("members.column.functions"), chosen(t.functions()))
	add("level", t.T("members.column.level"), chosen(t.levels()))
	add("product", t.T("members.column.products"), chosen(t.products()))
	add("held", t.T("members.filter.held"), chosen(t.holdings()))
	add("home", t.T("members.home.unit"), t.homes())
	add(lacksParam, t.T("members.filter.required_roles"), chosen(t.required()))
	if dates := t.dates(); dates != "" {
		chips = append(chips, chip{t.T("members.filter.added"), dates, t.view.without("added").at(t.base)})
	}
	return chips
}

func chosen(checks []ui.Check) []string {
	var names []string
	for _, c := range checks {
		if c.Checked {
			names = append(names, c.Label)
		}
	}
	return names
}

// dates says the days of the filter in a few words.
func (t table) dates() string {
	from, to := t.view.AddedFrom, t.view.AddedTo
	last := to.AddDate(0, 0, -1)
	switch {
	case from.IsZero() && to.IsZero():
		return ""
	case to.IsZero():
		return t.T("members.filter.since", "Date", t.Printer.DateShort(from))
	case from.IsZero():
		return t.T("members.filter.until", "Date", t.Printer.DateShort(last))
	}
	return t.T("members.filter.between", "From", t.Printer.DateShort(from), "To", t.Printer.DateShort(last))
}

func (t table) statuses() []ui.Check {
	var checks []ui.Check
	for s := directory.Active; s <= directory.Inactive; s++ {
		checks = append(checks, ui.Check{Name: "status", Value: s.String(), Label: t.T("status." + s.String()), Checked: slices.Contains(t.view.Statuses, s)})
	}
	return checks
}

func (t table) companies() []ui.Check {
	var checks []ui.Check
	for _, c := range t.found.Choices.Companies {
		checks = append(checks, ui.Check{Name: "company", Value: c.UUID, Label: c.Name, Checked: slices.Contains(t.view.Companies, c.UUID)})
	}
	if len(checks) == 0 {
		return nil
	}
	return append(checks, ui.Check{Name: "company", Value: app.None, Label: t.T("members.filter.no_company"), Checked: slices.Contains(t.view.Companies, app.None)})
}

func (t table) roles(field string, roles []directory.Role, set []string) []ui.Check {
	var checks []ui.Check
	for _, r := range roles {
		checks = append(checks, ui.Check{Name: field, Value: r.Code, Label: r.Name(t.Printer.Lang()), Checked: slices.Contains(set, r.Code)})
	}
	return checks
}

func (t table) functions() []ui.Check {
	return t.roles("role", t.found.Choices.Functions, t.view.Functions)
}

func (t table) levels() []ui.Check {
	return append(t.roles("level", t.found.Choices.Levels, t.view.Levels), ui.Check{Name: "level", Value: app.None,
		Label: t.T("members.filter.no_level"), Checked: slices.Contains(t.view.Levels, app.None)})
}

// products are those with seats; of one that has editions also each of them.
func (t table) products() []ui.Check {
	var checks []ui.Check
	add := func(o directory.Offer, name string) {
		checks = append(checks, ui.Check{Name: "product", Value: o.String(), Label: name, Checked: slices.Contains(t.view.Products, o.String())})
	}
	for _, p := range t.found.Choices.Products {
		if !p.Seated {
			continue
		}
		add(directory.Offer{Product: p.ID}, label(p, t.Printer.Lang()))
		for _, e := range p.Editions {
			add(directory.Offer{Product: p.ID, Edition: e.ID}, e.Label.In(t.Printer.Lang()))
		}
	}
	return checks
}

// holdings are by what a product is held (EXT-2).
func (t table) holdings() []ui.Check {
	if len(t.products()) == 0 && len(t.view.Held) == 0 {
		return nil
	}
	var checks []ui.Check
	for _, by := range directory.Holdings() {
		checks = append(checks, ui.Check{Name: "held", Value: string(by), Label: t.T("seats.by." + string(by)), Checked: slices.Contains(t.view.Held, by)})
	}
	return checks
}

// required finds who lacks a required role, where the account requires any
// (ROLE-3).
func (t table) required() []ui.Check {
	if !t.found.Choices.LacksRole && !t.view.LacksRole {
		return nil
	}
	return []ui.Check{{Name: lacksParam, Value: "role", Label: t.T("members.filter.lacks_role"), Checked: t.view.LacksRole}}
}

func label(p catalogue.Product, lang string) string { return p.Label.In(lang) }

func (t table) columns() []ui.Column {
	head := func(name, class string) ui.Column {
		return ui.Column{Label: t.T("members.column." + name), Class: class, Sort: t.view.sorted(name).at(t.base), Order: t.order(name)}
	}
	name := head("name", "w-name")
	name.Also = &ui.SortLink{Label: t.T("members.column.email"), Sort: t.view.sorted("email").at(t.base), Order: t.order("email")}
	columns := []ui.Column{name, head("status", "w-state"), head("company", "p2 w-co"), head("functions", "p3"),
		head("level", "p4 w-lvl"), head("products", "p4 w-prod"), head("added", "p4 w-date num")}
	if t.view.Seen {
		columns[5].Class = "p4 w-lvl" // makes room
		columns = append(columns, head("seen", "p4 w-date num"))
	}
	return columns
}

func (t table) order(column string) string {
	switch {
	case t.view.column() != column:
		return ""
	case t.view.Descending:
		return "descending"
	}
	return "ascending"
}

// open is the address of a member's panel in this view.
func (t table) href(m app.ListedMember) string { return t.view.at(t.base + "/" + m.UUID) }

// under is what stands under a member's name: the address, or that it is a
// program (SIGN-5).
func (t table) under(m app.ListedMember) string {
	if m.Person.Technical() {
		return t.T("technical.badge")
	}
	return m.Person.Email
}

func (t table) row(m app.ListedMember) ui.RowView {
	r := ui.RowView{ID: "m-" + m.UUID, Who: m.SortedName(), Open: m.UUID == t.open, Faint: m.Status == directory.Inactive, Ticked: t.all}
	if t.may.manage {
		r.Tick, r.Value, r.Form = "member", m.UUID, ui.SelectionForm
	}
	return r
}

func (t table) functionNames(m app.ListedMember) []string {
	var names []string
	for _, f := range m.Functions {
		names = append(names, f.Name(t.Printer.Lang()))
	}
	return names
}

func (t table) marks(m app.ListedMember) []ui.ProductMark {
	return t.site.ProductMarks(t.Printer.Lang(), m.Products)
}

func (t table) pager() ui.PagerView {
	p := ui.PagerView{From: t.found.From, To: t.found.To(), Things: t.T("members.count", "Count", t.found.Total)}
	if t.found.Prev != "" {
		v := t.view.first()
		if t.found.From != 1 {
			v.Before = t.found.Prev
		}
		p.Previous = v.at(t.base)
	}
	if t.found.Next != "" {
		v := t.view.first()
		v.After = t.found.Next
		p.Next = v.at(t.base)
	}
	return p
}

// selection is the bar of acts on those ticked.
func (t table) selection() ui.SelectionView {
	all := t.view.at(t.base)
	if values := t.view.values(); true {
		values.Set("all", "1")
		all = t.base + "?" + values.Encode()
	}
	ask := func(name, icon string) ui.Act {
		return ui.Act{Label: t.T("members.act." + name), Icon: icon, Name: "act", Value: name, Attrs: map[string]any{"formmethod": http.MethodGet}}
	}
	s := ui.SelectionView{Action: t.base + "/bulk", Total: t.found.Total, All: t.all, AllHref: all, Clear: t.view.at(t.base),
		Acts: []ui.Act{ask("edit", "pencil"), ask("invite", "send")}}
	if t.may.seats {
		s.Acts = append(s.Acts, ask("assign", "license"))
	}
	s.Acts = append(s.Acts, ask("grant", "key"), ask("home", "sitemap"))
	if t.may.seats {
		s.Acts = append(s.Acts, ask("take_back", "unlink"))
	}
	s.Acts = append(s.Acts, ask("deactivate", "user-off"), ask("reactivate", "user-check"), ask("remove", "trash"))
	if t.all {
		s.Hidden = hiddenOf(t.view.first().values())
	}
	return s
}

// administrator is the sign of a member who administers, or nothing (ACC-3).
func (t table) administrator(m app.ListedMember) string {
	if !m.ActsAsAdministrator() {
		return ""
	}
	return t.T("overview.administrator")
}
