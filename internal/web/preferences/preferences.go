// Package preferences is the pages where people set what the vendor's products
// and this site do for them: their own, those of a member, and the page that
// stands for a first screen without an address of its own (PREF-1).
package preferences

import (
	"errors"
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
	s.Route("POST "+page.PreferencesPath, page.SignedIn, h.setOwn)
	s.Route("GET /accounts/{account}/members/{member}/preferences", page.InAccount, h.member)
	s.Route("POST /accounts/{account}/members/{member}/preferences", page.InAccount, h.setMember)
	s.Route("GET /accounts/{account}/start", page.InAccount, h.start)
}

// A place is whose preferences a page is about and how it stands.
type place struct {
	account directory.AccountID
	member  string // public id; empty for the reader's own
	path    string // of the page
	hidden  []ui.Hidden
	render  func(q *page.Request, refusal *directory.Error, v view) error
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
	typed   form              // what was sent and is shown again
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
		return at.render(q, nil, view{})
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
	at.render = func(q *page.Request, refusal *directory.Error, v view) error {
		v.Page, v.Leave = q.Entry(q.Printer.T("profile.title")), ui.Link{Label: q.Printer.T("profile.leave"), Href: "/"}
		v.Tabs, v.Choices, v.place = q.ProfileTabs(page.PreferencesPath), choices, at
		return q.RenderRefused(refusal, ownPage(v))
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
	at.render = func(q *page.Request, refusal *directory.Error, v view) error {
		name := v.Sheet.Person.Name()
		v.Page, v.place = q.InAccount(q.Printer.T("preferences.of", "Name", name), page.Members), at
		var err error
		if v.Member, err = q.MemberTabs(member, page.MemberPreferences); err != nil {
			return err
		}
		v.Leave = ui.Link{Label: q.Printer.T("grants.back"), Href: q.AccountPath("/members/" + url.PathEscape(member))}
		return q.RenderRefused(refusal, memberPage(v))
	}
	return at
}

func (h Handler) show(q *page.Request, at place, choices []ui.Tab) error {
	sheet, err := h.App.Preferences.Of(q.Context(), q.Actor(), at.account, at.member, query(q))
	if err != nil {
		return err
	}
	return at.render(q, nil, view{Sheet: sheet, Choices: choices, levels: h.levels(sheet, q.Printer.Lang())})
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
	at, choices, err := h.ownPlace(q)
	if err != nil {
		return err
	}
	if at.account == directory.Installation {
		return directory.Refuse(directory.NotFound, "preference.not_found")
	}
	return h.set(q, at, choices)
}

func (h Handler) setMember(q *page.Request) error { return h.set(q, h.memberPlace(q), nil) }

// set writes all that the page sets, or shows it again with what was typed: to
// seek units in it, or with each refusal at its field.
func (h Handler) set(q *page.Request, at place, choices []ui.Tab) error {
	f := form{q.PostForm}
	changes, faults := f.changes()
	if f.seeks() {
		return h.again(q, at, choices, f, nil)
	}
	var err error
	if len(faults) == 0 {
		err = h.App.Preferences.Set(q.Context(), q.Actor(), at.account, at.member, changes...)
	}
	var one *directory.Error
	if !errors.As(err, &faults) && errors.As(err, &one) && one.Field != "" {
		faults = app.PreferenceFaults{one}
	}
	if len(faults) > 0 {
		return h.again(q, at, choices, f, faults)
	}
	if err != nil {
		return err
	}
	q.Done(q.Printer.T("preferences.saved"))
	return q.Redirect(at.back(f))
}

// again shows the page with what was typed.
func (h Handler) again(q *page.Request, at place, choices []ui.Tab, f form, faults app.PreferenceFaults) error {
	sheet, err := h.App.Preferences.Of(q.Context(), q.Actor(), at.account, at.member, f.query())
	if err != nil {
		return err
	}
	v := view{Sheet: sheet, Choices: choices, levels: h.levels(sheet, q.Printer.Lang()), errors: map[string]string{}, typed: f}
	for _, one := range faults {
		v.errors[one.Field] = q.Printer.Error(one)
	}
	return at.render(q, directory.Together(faults...), v)
}

// back is the page, with the same part of the units that were sought in it.
func (at place) back(f form) string {
	values := url.Values{}
	for _, h := range at.hidden {
		values.Set(h.Name, h.Value)
	}
	to := ""
	if asked := f.query(); asked.Search != "" || asked.From > 1 {
		values.Set("tile", asked.Preference)
		values.Set("find", asked.Search)
		values.Set("from", strconv.Itoa(asked.From))
		to = "#p-" + url.PathEscape(asked.Preference)
	}
	if len(values) == 0 {
		return at.path
	}
	return at.path + "?" + values.Encode() + to
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
