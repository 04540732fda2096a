// Package preferences is the pages where people set what the vendor's products
// and this site do for them: their own, those of a member, and the page that
// stands for a first screen without an address of its own (PREF-1).
package preferences

import (
	"net/http"
	"net/url"
	"strconv"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET "+page.PreferencesPath, page.SignedIn, h.own)
	s.Route("POST "+page.PreferencesPath+"/{preference}", page.SignedIn, h.setOwn)
	s.Route("GET /accounts/{account}/members/{member}/preferences", page.InAccount, h.member)
	s.Route("POST /accounts/{account}/members/{member}/preferences/{preference}", page.InAccount, h.setMember)
	s.Route("GET /accounts/{account}/start", page.InAccount, h.start)
}

// A place is whose preferences a page is about and how it stands.
type place struct {
	account directory.AccountID
	member  string // public id; empty for the reader's own
	path    string // of the page
	hidden  []ui.Hidden
	render  func(q *page.Request, status int, v view) error
}

// A view is what a page of preferences shows.
type view struct {
	ui.Page
	Tabs    []ui.Tab
	Member  ui.MemberTabsView // of the member, when it is not the reader's own page
	Leave   ui.Link
	Choices []ui.Tab // the reader's accounts, when there are several
	Sheet   app.PreferenceSheet
	place   place
	levels  map[string]string
	errors  map[string]string // by preference
	typed   url.Values        // of the form that was refused
	at      string            // its preference
}

// query reads which part of a tile's units is wanted.
func query(q *page.Request) app.PreferenceQuery {
	from, err := strconv.Atoi(q.FormValue("from"))
	if err != nil || from < 1 {
		from = 1
	}
	return app.PreferenceQuery{Preference: q.FormValue("tile"), Search: q.FormValue("find"), From: from}
}

// own shows the reader's preferences, account by account.
func (h Handler) own(q *page.Request) error {
	at, choices, err := h.ownPlace(q)
	if err != nil {
		return err
	}
	if at.account == directory.Installation {
		return at.render(q, http.StatusOK, view{})
	}
	return h.show(q, at, choices)
}

// ownPlace is the account that the address names, else the first that has
// preferences; no account at all when none has.
func (h Handler) ownPlace(q *page.Request) (place, []ui.Tab, error) {
	own, err := h.App.Users.Accounts(q.Context(), q.Actor())
	if err != nil {
		return place{}, nil, err
	}
	asked := directory.CleanNumber(q.FormValue("account"))
	at := place{path: page.PreferencesPath}
	var choices []ui.Tab
	for _, one := range own {
		if len(h.Catalogue().PreferencesOf(one.Account.Type, false)) == 0 || one.Account.State != directory.AccountOpen || one.Factor {
			continue
		}
		number := directory.CleanNumber(one.Account.Number)
		here := asked == number || asked == "" && at.account == directory.Installation
		if here {
			at.account, at.hidden = one.Account.ID, []ui.Hidden{{Name: "account", Value: number}}
		}
		choices = append(choices, ui.Tab{Label: one.Account.Name, Href: at.path + "?account=" + url.QueryEscape(number), Current: here})
	}
	if asked != "" && at.account == directory.Installation {
		return at, nil, directory.Refuse(directory.NotFound, "account.not_found")
	}
	if len(choices) < 2 {
		choices = nil
	}
	at.render = func(q *page.Request, status int, v view) error {
		v.Page, v.Leave = q.Entry(q.Printer.T("profile.title")), ui.Link{Label: q.Printer.T("profile.leave"), Href: "/"}
		v.Tabs, v.Choices, v.place = q.ProfileTabs(page.PreferencesPath), choices, at
		return q.RenderStatus(status, ownPage(v))
	}
	return at, choices, nil
}

// member shows the preferences of a member to who manages them.
func (h Handler) member(q *page.Request) error {
	return h.show(q, h.memberPlace(q), nil)
}

func (h Handler) memberPlace(q *page.Request) place {
	member := q.PathValue("member")
	at := place{account: q.Frame.Account.ID, member: member, path: q.AccountPath("/members/" + url.PathEscape(member) + "/preferences")}
	at.render = func(q *page.Request, status int, v view) error {
		name := v.Sheet.Person.Name()
		v.Page, v.place = q.InAccount(q.Printer.T("preferences.of", "Name", name), page.Members), at
		var err error
		if v.Member, err = q.MemberTabs(member, page.MemberPreferences); err != nil {
			return err
		}
		v.Leave = ui.Link{Label: q.Printer.T("grants.back"), Href: q.AccountPath("/members/" + url.PathEscape(member))}
		return q.RenderStatus(status, memberPage(v))
	}
	return at
}

func (h Handler) show(q *page.Request, at place, choices []ui.Tab) error {
	sheet, err := h.App.Preferences.Of(q.Context(), q.Actor(), at.account, at.member, query(q))
	if err != nil {
		return err
	}
	return at.render(q, http.StatusOK, view{Sheet: sheet, Choices: choices, levels: h.levels(sheet, q.Printer.Lang())})
}

// levels are the words of unit levels in the account.
func (h Handler) levels(sheet app.PreferenceSheet, lang string) map[string]string {
	t, _ := h.Catalogue().AccountType(sheet.Account.Type)
	names := map[string]string{catalogue.RootLevel: t.RootLabel.In(lang)}
	for _, level := range t.UnitLevels {
		names[level.ID] = level.Label.In(lang)
	}
	return names
}

func (h Handler) setOwn(q *page.Request) error {
	at, _, err := h.ownPlace(q)
	if err != nil {
		return err
	}
	if at.account == directory.Installation {
		return directory.Refuse(directory.NotFound, "preference.not_found")
	}
	return h.set(q, at)
}

func (h Handler) setMember(q *page.Request) error { return h.set(q, h.memberPlace(q)) }

// set writes one preference and shows the tile again.
func (h Handler) set(q *page.Request, at place) error {
	id := q.PathValue("preference")
	change, err := read(q, id)
	if err == nil {
		err = h.App.Preferences.Set(q.Context(), q.Actor(), at.account, at.member, change)
	}
	if err == nil {
		q.Done(q.Printer.T("preferences.saved"))
		return q.Redirect(at.back(q))
	}
	refusal, fault := page.Refusal(err)
	if fault != nil {
		return fault
	}
	if refusal.Field == "" && refusal.Kind != directory.Conflict {
		return refusal
	}
	sheet, fault := h.App.Preferences.Of(q.Context(), q.Actor(), at.account, at.member, query(q))
	if fault != nil {
		return fault
	}
	v := view{Sheet: sheet, levels: h.levels(sheet, q.Printer.Lang()), errors: map[string]string{id: q.Printer.Error(refusal)}, typed: q.PostForm, at: id}
	return at.render(q, page.StatusOf(refusal.Kind), v)
}

// read is what a form sets. Placed units come as three lists side by side.
func read(q *page.Request, id string) (app.PreferenceChange, error) {
	c := app.PreferenceChange{ID: id, Version: q.Version()}
	c.Value.Choice, c.Value.Unit = q.Field("choice"), q.Field("chosen")
	ticked := map[string]bool{}
	for _, unit := range q.PostForm["tick"] {
		ticked[unit] = true
	}
	places := q.PostForm["place"]
	for i, unit := range q.PostForm["unit"] {
		if i >= len(places) {
			return c, directory.Refuse(directory.Invalid, "form.broken")
		}
		at, err := strconv.Atoi(places[i])
		if err != nil {
			return c, directory.InvalidField(id, "preference.bad_place", nil)
		}
		switch q.Field("move") {
		case "up:" + unit:
			at--
		case "down:" + unit:
			at++
		}
		c.Placed = append(c.Placed, app.PlacedUnit{Unit: unit, Place: at, Ticked: ticked[unit]})
	}
	return c, nil
}

// back is the page at the tile that was set, with the same part of its units.
func (at place) back(q *page.Request) string {
	id := q.PathValue("preference")
	values := url.Values{}
	for _, h := range at.hidden {
		values.Set(h.Name, h.Value)
	}
	for _, name := range []string{"find", "from"} {
		if value := q.Field(name); value != "" {
			values.Set(name, value)
			values.Set("tile", id)
		}
	}
	to := at.path
	if len(values) > 0 {
		to += "?" + values.Encode()
	}
	return to + "#p-" + url.PathEscape(id)
}

// start leads to the screen chosen to open first. One that has no address is named,
// with what the product will read; of an account that is not open it is the overview,
// which says so.
func (h Handler) start(q *page.Request) error {
	if q.Frame.Account.State != directory.AccountOpen {
		return q.Redirect(q.AccountPath(""))
	}
	sheet, err := h.App.Preferences.Of(q.Context(), q.Actor(), q.Frame.Account.ID, "", app.PreferenceQuery{})
	if err != nil {
		return err
	}
	tile, has := sheet.Use(catalogue.StartScreen)
	screen, _ := tile.Declared.Option(tile.Value.Choice)
	if !has || screen.ID == "" {
		return q.Redirect(q.AccountPath(""))
	}
	if link := screen.ScreenLink(directory.CleanNumber(sheet.Account.Number)); link != "" {
		return q.Redirect(link)
	}
	title := screen.Label.In(q.Printer.Lang())
	v := view{Page: q.InAccount(title, page.NoPlace), Sheet: sheet, levels: h.levels(sheet, q.Printer.Lang())}
	return q.Render(startPage(v, startView{Screen: title, Vendor: h.Catalogue().Branding.Name, Overview: q.AccountPath(""),
		Change: page.PreferencesPath + "?account=" + url.QueryEscape(directory.CleanNumber(sheet.Account.Number))}))
}

// A startView is what the page of a first screen says.
type startView struct {
	Screen, Vendor   string
	Overview, Change string
}
