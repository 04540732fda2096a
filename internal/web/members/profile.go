package members

import (
	"slices"
	"strings"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/i18n"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A panel is the member beside the table.
type panel struct {
	table
	m    app.MemberProfile
	now  time.Time
	tell telling.Teller
	ext  []directory.External // what they bring along, for whoever may change it
}

// profile shows one member beside the table (LIST-7).
func (h Handler) profile(q *page.Request) error {
	v, units, err := h.view(q)
	if err != nil {
		return err
	}
	m, err := h.App.Members.Profile(q.Context(), q.Actor(), account(q), member(q), v.MemberQuery)
	if refusal, _ := page.Refusal(err); refusal != nil && refusal.Code == "list.bad_cursor" {
		return q.Redirect(v.first().at(q.AccountPath("/members/" + member(q))))
	}
	if err != nil {
		return err
	}
	t := h.table(q, v, m.Page)
	t.units = units
	t.open = m.UUID
	t.Title = t.T("members.page_title", "Name", m.Name())
	p := panel{table: t, m: m, now: h.Now(), tell: q.Teller()}
	p.past = pastday.Leading(q, q.AccountPath("/past/members/"+m.UUID))
	p.past.ID = "f-on-member" // the table beside has one too
	if m.May.Seat && t.seated() {
		brought, err := h.App.Seats.Externals(q.Context(), q.Actor(), account(q), m.UUID)
		if err != nil {
			return err
		}
		p.ext = brought.Has
	}
	t.Aside = memberPanel(p)
	if a, ok := actNamed(q.URL.Query().Get("ask")); ok && a.loses && p.offers(a.name) {
		if p.m.May.Last && a.ends {
			if err := h.explainLast(q, &t, p, a); err != nil {
				return err
			}
			return q.Render(listPage(t))
		}
		t.ask, t.loses = p.dialog(a), p.losses(a.name)
		told, err := h.foresees(q, t.Page, m.UUID, a.name)
		if err != nil {
			return err
		}
		t.loses = append(t.loses, told.Losses()...)
	}
	return q.Render(listPage(t))
}

// explainLast says why the account's last administrator stays, and leads to naming
// another one (ACC-5, ACC-6).
func (h Handler) explainLast(q *page.Request, t *table, p panel, a act) error {
	o, err := h.App.Accounts.Overview(q.Context(), q.Actor(), account(q))
	if err != nil {
		return err
	}
	t.ask = p.dialog(a)
	t.ask.Act, t.ask.Lead = ui.Act{}, ""
	t.before = t.T("members.last", "Name", p.m.Name())
	if o.Proposed.ID != 0 {
		t.ways = append(t.ways, ui.Link{Label: t.T("overview.alone.name", "Name", o.Proposed.Name()), Href: t.base + "/" + o.Proposed.UUID + "?ask=name"})
	}
	t.ways = append(t.ways, ui.Link{Label: t.T("overview.alone.choose"), Href: t.base + "?status=active"})
	return nil
}

func (p panel) panelView() ui.PanelView {
	v := ui.PanelView{Position: p.T("members.position.outside"), Close: p.view.at(p.base)}
	switch {
	case p.m.Found && p.m.Position == 0: // too far down to be counted
		v.Position = p.T("members.count", "Count", p.m.Page.Total)
	case p.m.Found:
		v.Position = p.T("members.position", "Position", p.m.Position, "Total", p.m.Page.Total)
	}
	if p.m.Previous != "" {
		v.Previous = p.view.at(p.base + "/" + p.m.Previous)
	}
	if p.m.Next != "" {
		v.Next = p.view.at(p.base + "/" + p.m.Next)
	}
	return v
}

// acts are the buttons of the panel; the rest stands in its menu.
func (p panel) acts() []ui.Act {
	var acts []ui.Act
	if p.m.May.Edit {
		acts = append(acts, ui.Act{Label: p.T("members.act.edit"), Icon: "pencil", Size: ui.Small, Href: p.view.at(p.base + "/" + p.m.UUID + "/edit")})
	}
	return acts
}

// invite is the label of the invitation's button, or empty.
func (p panel) invite() string {
	switch {
	case p.m.May.Invite:
		return p.T("members.act.invite")
	case p.m.May.Resend:
		return p.T("members.act.resend")
	}
	return ""
}

func (p panel) offers(name string) bool {
	may := p.m.May
	return map[string]bool{"deactivate": may.Deactivate, "remove": may.Remove, "name": may.Name, "exclude": may.Exclude}[name]
}

// unseen is what is said of somebody who has never signed in: that they are at work in
// a product all the same, or that they never came.
func unseen(p *i18n.Printer, m app.ListedMember) string {
	var last directory.Day
	for _, h := range m.Products {
		if h.Used.UTC().After(last.UTC()) {
			last = h.Used
		}
	}
	if last == (directory.Day{}) {
		return p.T("members.panel.seen.never")
	}
	return p.T("members.panel.seen.product", "Date", p.DateShort(last.Noon(p.Zone())))
}

func (p panel) facts() []ui.CartItem {
	orNo := func(none, text string) ui.CartItem {
		if text == "" {
			return ui.CartItem{Value: p.T(none), Class: "quiet"}
		}
		return ui.CartItem{Value: text}
	}
	or := func(text string) ui.CartItem { return orNo("ui.none", text) }
	fact := func(key string, item ui.CartItem) ui.CartItem {
		item.Label = p.T(key)
		return item
	}
	seen := unseen(p.Printer, p.m.ListedMember)
	if !p.m.LastSeen.IsZero() {
		seen = p.Printer.Day(p.m.LastSeen, p.now)
	}
	facts := []ui.CartItem{
		fact("field.company", orNo("ui.none.company", p.m.Company)), fact("field.role", or(p.Printer.List(p.functionNames(p.m.ListedMember)))),
		fact("field.access_level", or(page.LevelNames(p.Printer, p.m.Levels))), fact("field.language", or(p.Printer.Language(p.m.Person.Language))),
		fact("members.panel.added", or(p.Printer.Date(p.m.Added))), fact("members.panel.seen", ui.CartItem{Value: seen}),
	}
	var more []ui.CartItem
	for _, further := range p.m.PlaceTexts.Each() {
		if *further.Value != "" {
			more = append(more, fact("field."+further.Kind.Field(), or(*further.Value)))
		}
	}
	if p.m.Person.UserName != p.m.Person.Email {
		more = append(more, fact("field.user_name", or(p.m.Person.UserName)))
	}
	if !p.m.Ends.IsZero() {
		more = append(more, fact("members.panel.ends", or(p.Printer.Date(directory.LastDay(p.m.Ends, p.Printer.Zone()).Noon(p.Printer.Zone())))))
	}
	return append(facts, more...)
}

// invitation says how the invitation stands, or nothing.
func (p panel) invitation() string {
	v := p.m.Invitation
	switch {
	case p.m.Status == directory.NotInvited:
		return p.T("members.panel.invitation.not_yet", "Name", p.m.Name())
	case p.m.Status != directory.Invited:
		return ""
	case v.State != "open":
		return p.T("members.panel.invitation.none")
	case !p.now.Before(v.Expires):
		return p.T("members.panel.invitation.expired", "Sent", v.Sent, "Until", v.Expires)
	}
	return p.T("members.panel.invitation.open", "Sent", v.Sent, "Until", v.Expires)
}

// rights reports whether the tree has anything to tell.
func (p panel) rights() bool {
	return len(p.m.Path) > 1 || slices.ContainsFunc(p.m.Path, func(s app.UnitStep) bool { return len(s.Roles) > 0 })
}

func flow(s app.UnitStep) string {
	switch {
	case len(s.Roles) > 0:
		return "has"
	case s.Below:
		return "below"
	}
	return ""
}

func (p panel) roleNames(roles []directory.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, r.Name(p.Printer.Lang()))
	}
	return p.Printer.List(names)
}

// product is what an offer is called.
func (p panel) product(o directory.Offer) string {
	return p.site.Catalogue().OfferName(o, p.Printer.Lang())
}

// productsOf are the names of what a place in a project gives, in the order of the
// catalogue.
func (p panel) productsOf(access directory.Access) []string {
	var names []string
	for _, product := range p.site.Catalogue().ProductsOf(p.acct.Type) {
		if access.Of(product.ID) != directory.NoAccess {
			names = append(names, product.Label.In(p.Printer.Lang()))
		}
	}
	return names
}

// dialog asks before an act with a loss; it names the person.
func (p panel) dialog(a act) *ui.DialogView {
	d := &ui.DialogView{ID: "ask-" + a.name, Title: p.T("members."+a.name+".title", "Name", p.m.Name()), Action: p.base + "/" + p.m.UUID + "/" + a.name,
		Open: true, Close: p.href(p.m.ListedMember), Act: ui.Act{Label: p.T("members.act." + a.name), Kind: ui.Danger}}
	back := p.href(p.m.ListedMember)
	if a.name == "remove" {
		back = p.view.at(p.base)
	}
	if a.name == "name" {
		d.Lead, d.Act.Kind = p.T("members.name.lead"), ui.Primary
	}
	d.Hidden = []ui.Hidden{{Name: "return", Value: back}}
	return d
}

// losses are what goes and what stays.
func (p panel) losses(name string) []ui.Loss {
	account := p.acct.Name
	var lines []ui.Loss
	switch name {
	case "deactivate":
		lines = append(lines, ui.Loss{Text: p.T("members.deactivate.access", "Account", account)})
		if len(p.m.Products) > 0 {
			lines = append(lines, ui.Loss{Text: p.T("members.deactivate.seats")})
		}
		if p.m.Status == directory.Invited {
			lines = append(lines, ui.Loss{Text: p.T("members.deactivate.invitation")})
		}
		if units := p.contracts(func(app.MemberPart) bool { return true }); len(units) > 0 {
			lines = append(lines, ui.Loss{Text: p.T("members.deactivate.parts", "Units", units)})
		}
		return append(lines, ui.Loss{Text: p.T("members.deactivate.stays"), Stays: true})
	case "remove":
		lines = append(lines, ui.Loss{Text: p.T("members.deactivate.access", "Account", account)})
		for _, level := range p.m.Levels {
			lines = append(lines, ui.Loss{Text: p.T("members.remove.level", "Level", level.Name(p.Printer.Lang()))})
		}
		lines = append(lines, ui.Loss{Text: p.T("members.remove.roles", "Account", account)})
		if n := p.m.InProjects; n > 0 { // those out of sight too (PROJ-6)
			lines = append(lines, ui.Loss{Text: p.T("members.remove.projects", "Count", n)})
		}
		if len(p.m.Products) > 0 {
			lines = append(lines, ui.Loss{Text: p.T("members.deactivate.seats")})
		}
		return append(append(lines, p.partLosses()...), ui.Loss{Text: p.T("members.remove.stays"), Stays: true})
	case "exclude":
		return []ui.Loss{{Text: p.T("members.exclude.rights", "Account", account)}, {Text: p.T("members.exclude.stays"), Stays: true}}
	}
	return nil
}

// partLosses says which contracts they look after no more (ACC-9, SEAT-7).
func (p panel) partLosses() []ui.Loss {
	var lines []ui.Loss
	own := app.MemberPart{Part: app.ReferentPart, Unit: directory.Unit{ID: p.acct.Root}}
	is := func(a, b app.MemberPart) bool { return a.Part == b.Part && a.Unit.ID == b.Unit.ID }
	if slices.ContainsFunc(p.m.Parts, func(a app.MemberPart) bool { return is(a, own) }) {
		lines = append(lines, ui.Loss{Text: p.T("members.remove.referent", "Account", p.acct.Name)})
	}
	for _, part := range []app.ContractPart{app.ReferentPart, app.DeputyPart} {
		units := p.contracts(func(a app.MemberPart) bool { return a.Part == part && !is(a, own) })
		if len(units) > 0 {
			lines = append(lines, ui.Loss{Text: p.T("members.remove.part."+string(part), "Units", units)})
		}
	}
	return lines
}

// contracts are the units of some of the contracts that they look after, in words.
func (p panel) contracts(of func(app.MemberPart) bool) []string {
	var units []string
	for _, part := range p.m.Parts {
		name := part.Unit.Name
		if name == "" {
			name = p.T("members.parts.hidden")
		}
		if of(part) && !slices.Contains(units, name) {
			units = append(units, name)
		}
	}
	return units
}

func (p panel) seatNote() string {
	if len(p.m.Products) == 0 {
		return ""
	}
	return p.T("members.panel.products", "Count", len(p.m.Products))
}

// projectNote is in how many projects they are (LIST-7).
func (p panel) projectNote() string {
	if p.m.InProjects == 0 {
		return ""
	}
	return p.Printer.Number(p.m.InProjects)
}

// placeLink leads to the place in the project, for whoever may change it, else to the
// project.
func (p panel) placeLink(place app.ProjectPlace) string {
	at := strings.TrimSuffix(p.base, "/members") + "/projects/" + place.Project.UUID
	if place.Manageable {
		at += "/members/" + p.m.UUID
	}
	return at
}

// placeWords are role, company and level of a place, as far as it has them.
func (p panel) placeWords(place app.ProjectPlace) string {
	var words []string
	for _, text := range []string{p.roleNames(place.Functions), place.Company, place.Level.Name(p.Printer.Lang())} {
		if text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, ", ")
}

func (p panel) historyLink() *ui.Link {
	return &ui.Link{Label: p.T("members.panel.history.all"), Href: p.history + "?person=" + p.m.Person.UUID}
}

// treeLink leads to the drawn tree of what the member holds (ROLE-9).
func (p panel) treeLink() *ui.Link {
	return &ui.Link{Label: p.T("rights.title"), Href: p.whoMayWhat() + "?person=" + p.m.UUID}
}

// whyLink leads to all that the member may do at a unit, and why (ROLE-9).
func (p panel) whyLink(s app.UnitStep) string {
	return p.whoMayWhat() + "/why?person=" + p.m.UUID + "&unit=" + s.Unit.UUID
}

// whoMayWhat is the address of the pages of rights, beside the members'.
func (p panel) whoMayWhat() string { return strings.TrimSuffix(p.base, "/members") + "/rights" }

// levelName is the word of a unit's level in this kind of account.
func (p panel) levelName(u directory.Unit) string {
	if name, ok := p.levelNames[u.Level]; ok {
		return name
	}
	return u.Level
}
