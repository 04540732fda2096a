package page

import (
	"slices"

	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/assets"
	"intendant/internal/web/ui"
)

// A Place is an entry of an account's navigation.
type Place string

// The places of an account and of the vendor's console.
const (
	Overview     Place = "overview"
	Dashboard    Place = "dashboard"
	Members      Place = "members"
	Requests     Place = "requests"
	Contacts     Place = "contacts"
	Services     Place = "services"
	Contract     Place = "contract"
	Units        Place = "units"
	Companies    Place = "companies"
	Projects     Place = "projects"
	Library      Place = "library"
	Products     Place = "products"
	WhoMayWhat   Place = "rights"
	Roles        Place = "roles"
	Programs     Place = "technical_users"
	HistoryPlace Place = "history"
	Settings     Place = "settings"
	Guide        Place = "guide"
	NoPlace      Place = ""

	Customers         Place = "customers"
	KeyRequests       Place = "key_requests"
	AllSold           Place = "subscriptions"
	MailQueue         Place = "mail"
	CataloguePlace    Place = "catalogue"
	VendorHistory     Place = "vendor_history"
	Staff             Place = "staff"
	VendorUsers       Place = "users"
	ApplicationsPlace Place = "applications"
	MailboxPlace      Place = "mailbox"
	CustomerImports   Place = "customer_imports"
	WithoutAdmin      Place = "without_administrator"
	accountPrefix           = "/accounts/"
)

// AccountPath is an address within the account of this page.
func (q *Request) AccountPath(rest string) string {
	return accountPrefix + q.PathValue("account") + rest
}

// LogoPath is where the account's logo is read, or empty when it has none.
func (q *Request) LogoPath() string {
	if q.Frame == nil || !q.Frame.Account.Logo {
		return ""
	}
	return q.AccountPath("/logo.png")
}

// Entry is a page before or beside any account: sign-in, key, invitation.
func (q *Request) Entry(title string) ui.Page {
	p := q.basic(title)
	return p
}

// InAccount is a page of the account in the address.
func (q *Request) InAccount(title string, here Place) ui.Page {
	p := q.basic(title)
	f := q.Frame
	p.Account = &ui.Account{Name: f.Account.Name, Number: f.Account.Number, Choose: "/accounts", Logo: q.LogoPath()}
	role := "shell.role.member"
	switch {
	case f.Rights.May(authz.ManageAdministrators, 0):
		role = "shell.role.administrator"
	case f.Rights.MayAnywhere(authz.ManageMembers):
		role = "shell.role.manager"
	}
	if p.Person != nil {
		p.Person.Role = p.T(role)
	}
	p.Nav, p.Notice = q.accountNav(here), q.notice()
	if e := f.Entry; e.Key != 0 && e.Account == f.Account.ID {
		p.Banner = &ui.Banner{Reason: e.Reason, Until: e.Expires, Leave: "/vendor/leave"}
	}
	return p
}

// notice says that the account is suspended or closed, and its administrators
// why (ACC-12).
func (q *Request) notice() string {
	a := q.Frame.Account
	if a.State == directory.AccountOpen {
		return ""
	}
	text := q.Printer.T("account.notice." + string(a.State))
	if a.StateReason != "" && q.Frame.Rights.May(authz.ManageAdministrators, 0) {
		text += " " + q.Printer.T("account.notice.reason", "Reason", a.StateReason)
	}
	return text
}

// SeesProducts reports whether the account can have products and the reader sees
// those of any unit (SEAT-1).
func (q *Request) SeesProducts() bool {
	rights := q.Frame.Rights
	sees := rights.MayAnywhere(authz.ViewMembers) || rights.MayAnywhere(authz.ManageUnits) || rights.MayAnywhere(authz.AssignSeats)
	return sees && len(q.Site.Catalogue().OffersOf(q.Frame.Account.Type)) > 0
}

// SeesEverybody reports whether the reader sees all members of the account.
func (q *Request) SeesEverybody() bool { return q.Frame.Rights.Scope(authz.ViewMembers).All() }

// accountType is that of the account in the address.
func (q *Request) accountType() catalogue.AccountType {
	kind, _ := q.Site.Catalogue().AccountType(q.Frame.Account.Type)
	return kind
}

// HasProjects reports whether accounts of the type have projects.
func (q *Request) HasProjects() bool {
	_, has := q.accountType().ProjectLevel()
	return has
}

// SeesProjects reports whether the account has projects that the reader sees or may
// create (LIST-8).
func (q *Request) SeesProjects() bool {
	rights := q.Frame.Rights
	return q.HasProjects() && (rights.ProjectsInUse() > 0 || rights.MayAnywhere(authz.ManageProjects))
}

// A screen is a place that can be all that opens for somebody (ACC-13).
type screen struct {
	opens      authz.Permission
	place      Place
	icon, rest string
}

func screens() []screen {
	return []screen{{authz.ViewDashboards, Dashboard, "report-analytics", "/dashboard"}, {authz.ManageLibrary, Library, "list", "/library"}}
}

// only are the screens that are all that opens for the reader: the dashboard for an
// executive, the library for who administers standards, both for who is both, as long
// as they are in no project. That they may know of the account is no more than that
// (ACC-13). There are none for whom more opens.
func (q *Request) only() []screen {
	if q.Frame.Rights.ProjectsInUse() > 0 {
		return nil
	}
	beside := []authz.Permission{authz.ViewAccount}
	for _, s := range screens() {
		beside = append(beside, s.opens)
	}
	return slices.DeleteFunc(screens(), func(s screen) bool { return !q.Frame.Rights.Confined(s.opens, beside...) })
}

// FirstScreen is the address of the page at which the reader arrives instead of the
// account's own, or empty (ACC-13).
func (q *Request) FirstScreen() string {
	if all := q.only(); len(all) > 0 {
		return q.AccountPath(all[0].rest)
	}
	return ""
}

// SeesLibrary reports whether the reader is offered the library: with project types
// and templates in it, or because functions are not offered to them elsewhere.
func (q *Request) SeesLibrary() bool {
	return q.Frame.Rights.May(authz.ManageLibrary, 0) && (q.HasProjects() || !q.Frame.Rights.Oversees())
}

// unitsLabel is what the account calls its units, where they are all of one level.
func (q *Request) unitsLabel(usual string) string {
	kind := q.accountType()
	if sole, is := kind.SoleLevel(); is {
		return sole.Plural.In(q.Printer.Lang())
	}
	return usual
}

func (q *Request) accountNav(here Place) []ui.NavItem {
	t := q.Printer.T
	item := func(place Place, icon, rest string) ui.NavItem {
		return ui.NavItem{Label: t("nav." + string(place)), Icon: icon, Href: q.AccountPath(rest), Current: place == here}
	}
	if all := q.only(); len(all) > 0 {
		items := make([]ui.NavItem, len(all))
		for i, s := range all {
			items[i] = item(s.place, s.icon, s.rest)
		}
		return items
	}
	return slices.Concat(q.peopleNav(item), q.rightsNav(item), []ui.NavItem{q.guideNav(item, here)}, q.underWayNav())
}

// guideNav leads to what the guide for administrators says of the page that is open.
func (q *Request) guideNav(item itemOf, here Place) ui.NavItem {
	nav := item(Guide, "help-circle", "/guide")
	nav.Heading = q.Printer.T("nav.heading.help")
	if of := q.Printer.T("guide.language"); of != q.Printer.Lang() { // said before it is opened
		nav.Label = q.Printer.T("nav.guide.foreign", "Language", q.Printer.Language(of))
	}
	if about := map[Place]string{
		Members: "keep-members-in-order", Requests: "let-people-in", Companies: "keep-companies-in-order", Projects: "work-in-projects",
		Units: "arrange-the-account-in-units", Products: "assign-what-you-have-bought", Contract: "say-who-looks-after-the-contract",
		Roles: "make-and-change-roles", Library: "keep-a-library-for-new-projects", WhoMayWhat: "see-who-may-do-what",
		HistoryPlace: "see-what-happened", Programs: "connect-a-program", Settings: "settings",
	}[here]; about != "" {
		nav.Href += "#" + about
	}
	return nav
}

// underWayNav leads back, from any page, to what the reader has begun and goes on by
// itself: acts on many, imports and exports, with how far each is. It is gone when they are over
// (BULK-4).
func (q *Request) underWayNav() []ui.NavItem {
	var nav []ui.NavItem
	for _, w := range q.Frame.UnderWay {
		name, rest := q.Printer.T("nav.under_way.import"), "/imports/"
		switch w.Work {
		case directory.WorkAct:
			name, rest = q.Printer.T("act.kind."+w.Kind), "/acts/"
		case directory.WorkExport:
			name, rest = q.Printer.T("export.title."+w.Kind), "/exports/"
		}
		label := q.Printer.T("nav.under_way", "Name", name, "Percent", q.Printer.Percent(w.Done, max(w.Total, 1)))
		nav = append(nav, ui.NavItem{Label: label, Icon: "refresh", Href: q.AccountPath(rest + w.UUID), Heading: q.Printer.T("nav.heading.under_way")})
	}
	return nav
}

// An itemOf is an entry of the side, with its icon and the rest of its address.
type itemOf func(place Place, icon, rest string) ui.NavItem

// peopleNav are the entries of whom and what an account has.
func (q *Request) peopleNav(item itemOf) []ui.NavItem {
	f := q.Frame
	nav := []ui.NavItem{item(Overview, "layout-dashboard", "")}
	if f.Rights.May(authz.ViewDashboards, 0) {
		nav = append(nav, item(Dashboard, "report-analytics", "/dashboard"))
	}
	if f.Rights.MayAnywhere(authz.ViewMembers) {
		members := item(Members, "users", "/members")
		if q.SeesEverybody() { // a number of people out of sight tells too much
			members.Count = f.Counts.Members()
		}
		nav = append(nav, members)
	}
	if f.Rights.May(authz.DecideRequests, 0) {
		requests := item(Requests, "user-question", "/requests")
		requests.Count, requests.Waiting = f.Counts.Waiting, true
		nav = append(nav, requests)
	}
	if f.Rights.MayAnywhere(authz.ViewMembers) {
		units := item(Units, "sitemap", "/units")
		units.Label = q.unitsLabel(units.Label)
		nav = append(nav, units)
	}
	if f.Rights.May(authz.ViewMembers, 0) {
		nav = append(nav, item(Companies, "building", "/companies"))
	}
	if q.SeesProjects() {
		projects := item(Projects, "folders", "/projects")
		projects.Count = int64(f.Rights.ProjectsInUse())
		nav = append(nav, projects)
	}
	if q.SeesProducts() {
		nav = append(nav, item(Products, "license", "/products"))
	}
	nav = append(nav, item(Contacts, "address-book", "/contacts"), item(Services, "shield-check", "/services"))
	if f.Contract {
		nav = append(nav, item(Contract, "license", "/contract"))
	}
	return nav
}

// rightsNav are the entries of who may what, and of what was done.
func (q *Request) rightsNav(item itemOf) []ui.NavItem {
	f, t := q.Frame, q.Printer.T
	var nav []ui.NavItem
	manages := f.Rights.MayAnywhere(authz.ManageMembers)
	for _, more := range []struct {
		may     bool
		heading string
		item    ui.NavItem
	}{
		{true, "nav.heading.rights", item(WhoMayWhat, "git-branch", "/rights")},
		{f.Rights.Oversees(), "nav.heading.rights", item(Roles, "id-badge-2", "/roles")},
		{q.SeesLibrary(), "nav.heading.rights", item(Library, "list", "/library")},
		{manages, "nav.heading.rights", item(Programs, "api", "/technical-users")},
		{f.Rights.MayAnywhere(authz.ViewHistory), "nav.heading.follow", item(HistoryPlace, "history", "/history")},
		{f.Rights.May(authz.ManageAccount, 0), "nav.heading.follow", item(Settings, "settings", "/settings")},
	} {
		if more.may {
			more.item.Heading = t(more.heading)
			nav = append(nav, more.item)
		}
	}
	return nav
}

// InConsole is a page of the vendor's console.
func (q *Request) InConsole(title string, here Place, counts ConsoleCounts) ui.Page {
	p := q.basic(title)
	t := q.Printer.T
	if p.Person != nil {
		p.Person.Role = t("staff.role." + q.In.User.Staff)
	}
	item := func(place Place, icon, href, heading string, count int64, waiting bool) ui.NavItem {
		n := ui.NavItem{Label: t("nav." + string(place)), Icon: icon, Href: href, Current: place == here, Count: count, Waiting: waiting}
		if heading != "" {
			n.Heading = t(heading)
		}
		return n
	}
	p.Nav = []ui.NavItem{
		item(Customers, "building", "/vendor/customers", "", counts.Customers, false),
		item(KeyRequests, "key", "/vendor/key-requests", "", counts.KeyRequests, true),
		item(AllSold, "license", "/vendor/subscriptions", "", 0, false),
		item(MailQueue, "mail", "/vendor/mail", "", counts.MailTrouble, true),
		item(CataloguePlace, "certificate", "/vendor/catalogue", "nav.heading.installation", 0, false),
		item(Staff, "users", "/vendor/staff", "nav.heading.installation", 0, false),
	}
	if q.Actor().MayDuty(authz.ManageApplications) {
		p.Nav = append(p.Nav, item(ApplicationsPlace, "api", "/vendor/applications", "nav.heading.installation", 0, false))
	}
	p.Nav = append(p.Nav,
		item(VendorUsers, "user-off", "/vendor/users", "nav.heading.installation", 0, false),
		item(VendorHistory, "history", "/vendor/history", "nav.heading.installation", 0, false),
	)
	if q.Site.Mailbox {
		p.Nav = append(p.Nav, item(MailboxPlace, "mailbox", "/mailbox", "nav.heading.installation", 0, false))
	}
	return p
}

// ConsoleCounts are the figures of the console's navigation.
type ConsoleCounts struct{ Customers, KeyRequests, MailTrouble int64 }

func (q *Request) basic(title string) ui.Page {
	c := q.Site.Catalogue()
	p := ui.Page{
		Printer: q.Printer, Title: title, Return: q.URL.RequestURI(), Flash: q.takeToasts(),
		Brand: ui.Brand{
			Name: c.Branding.Name, Colour: c.Branding.Colour, Logo: q.Site.brandLogo(), Tagline: c.Branding.Tagline.In(q.Printer.Lang()),
			Languages: q.Site.Bundle.Languages(),
			Links:     []ui.Link{{Label: q.Printer.T("shell.help"), Href: "/help"}},
		},
	}
	if q.Method != "GET" {
		p.Return = q.URL.Path
	}
	if c.Branding.Legal != "" {
		p.Brand.Links = append(p.Brand.Links, ui.Link{Label: q.Printer.T("shell.legal"), Href: c.Branding.Legal})
	}
	if c.Branding.Privacy != "" {
		p.Brand.Links = append(p.Brand.Links, ui.Link{Label: q.Printer.T("shell.privacy"), Href: c.Branding.Privacy})
	}
	if !assets.ValidColour(p.Brand.Colour) {
		p.Brand.Colour = "#0b5d66"
	}
	if cookie, err := q.Cookie(ui.ThemeCookie); err == nil {
		p.Theme = ui.ParseTheme(cookie.Value)
	}
	if q.SignedIn() {
		p.Person = &ui.Person{Name: q.In.User.Name(), Profile: "/profile", Sessions: "/profile/sessions", SignOut: "/sign-out"}
	}
	return p
}
