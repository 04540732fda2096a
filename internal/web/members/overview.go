package members

import (
	"slices"
	"time"

	"intendant/internal/app"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/telling"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A front is the account's first page.
type front struct {
	ui.Page
	o      app.Overview
	level  catalogue.ServiceLevel
	base   string
	now    time.Time
	tell   telling.Teller
	vendor string
	seats  []app.ProductPools // what was bought, as far as the reader sees it
	site   *page.Site
	may    struct{ members, manage, requests, history, name, open bool }
}

// overview shows the account (ACC-4).
func (h Handler) overview(q *page.Request) error {
	if first := q.FirstScreen(); first != "" {
		return q.Redirect(first)
	}
	o, err := h.App.Accounts.Overview(q.Context(), q.Actor(), account(q))
	if err != nil {
		return err
	}
	f := front{Page: q.InAccount(q.Printer.T("nav.overview"), page.Overview), o: o, base: q.AccountPath(""), now: h.Now(), tell: q.Teller(), vendor: h.Catalogue().Branding.Name}
	f.level, _ = h.Catalogue().ServiceLevel(o.Account.ServiceLevel)
	rights := q.Frame.Rights
	open := o.Account.Writable() == nil
	f.may.members, f.may.manage = rights.May(authz.ViewMembers, 0), rights.MayAnywhere(authz.ManageMembers) && open
	f.may.requests, f.may.history = rights.May(authz.DecideRequests, 0), rights.MayAnywhere(authz.ViewHistory)
	f.may.open = open
	f.may.name = rights.May(authz.ManageAdministrators, 0) && open
	f.site = h.Site
	if q.SeesProducts() {
		if f.seats, err = h.App.Seats.Products(q.Context(), q.Actor(), account(q)); err != nil {
			return err
		}
		f.seats = slices.DeleteFunc(f.seats, func(p app.ProductPools) bool { return p.Sum().Total() == 0 && p.Sum().Used() == 0 }) // what is yet to begin
	}
	return q.Render(overviewPage(f))
}

// overviewSeats is how many products the overview shows.
const overviewSeats = 6

// seatRows are the first products with their seats (SEAT-1).
func (f front) seatRows() []ui.SeatView {
	var rows []ui.SeatView
	for _, p := range f.seats[:min(len(f.seats), overviewSeats)] {
		sum := p.Sum()
		lang := f.Printer.Lang()
		rows = append(rows, ui.SeatView{Product: f.site.Catalogue().OfferName(p.Offer, lang), Modules: f.site.ModulesOf(lang, p.Offer), Used: sum.Used(), Bought: sum.Total()})
	}
	return rows
}

// freeSeats is how many are free of all products.
func (f front) freeSeats() int64 {
	var free int64
	for _, p := range f.seats {
		free += p.Sum().Free
	}
	return free
}

func (f front) acts() []ui.Act {
	if !f.may.manage {
		return nil
	}
	return []ui.Act{{Label: f.T("members.add"), Icon: "user-plus", Kind: ui.Primary, Href: f.base + "/members/add"}}
}

// facts are the title block of the account.
func (f front) facts() []ui.CartItem {
	a := f.o.Account
	ends := f.T("overview.no_date")
	if !a.ContractEnds.IsZero() {
		ends = f.Printer.Date(a.ContractEnds)
	}
	referent := ui.CartItem{Label: f.T("overview.referent"), Value: f.T("overview.no_referent"), Class: "quiet"}
	if f.o.Referent.ID != 0 {
		referent = ui.CartItem{Label: f.T("overview.referent"), Value: f.o.Referent.Name(), Href: f.base + "/contacts"}
	}
	if f.o.Deputies > 0 {
		referent.Note = f.T("overview.deputies", "Count", f.o.Deputies)
	}
	return []ui.CartItem{
		{Label: f.T("overview.number"), Value: directory.SpellNumber(a.Number)},
		{Label: f.T("overview.level"), Value: f.level.Label.In(f.Printer.Lang()), Href: f.base + "/services"},
		{Label: f.T("overview.ends"), Value: ends}, referent,
		{Label: f.T("overview.address"), Value: a.Address.City},
	}
}

// aloneActs propose a second administrator (ACC-6).
func (f front) aloneActs() []ui.Act {
	choose := ui.Act{Label: f.T("overview.alone.choose"), Size: ui.Small, Href: f.base + "/members?status=active"}
	if f.o.Proposed.ID == 0 {
		return []ui.Act{choose}
	}
	choose.Label = f.T("overview.alone.other")
	return []ui.Act{choose, {Label: f.T("overview.alone.name", "Name", f.o.Proposed.Name()), Size: ui.Small, Kind: ui.Primary,
		Href: f.base + "/members/" + f.o.Proposed.UUID + "?ask=name"}}
}

func (f front) only() string {
	for _, m := range f.o.Administrators {
		if m.Status == directory.Active {
			return m.Name()
		}
	}
	return ""
}

// shares are the members by status.
func (f front) shares() []ui.Share {
	return page.MemberShares(f.Printer, f.o.Counts.ByStatus, f.base+"/members")
}

// what says what an administrator is in the account.
func (f front) what(m app.ListedMember) string {
	switch {
	case m.User == f.o.Account.Referent:
		return f.T("overview.administrator.referent")
	case m.Status == directory.Invited:
		return f.T("overview.administrator.invited")
	}
	return f.T("overview.administrator")
}

func (f front) requestsLink() *ui.Link {
	return &ui.Link{Label: f.T("overview.requests.all"), Href: f.base + "/requests"}
}

func (f front) link(key, rest string) *ui.Link { return &ui.Link{Label: f.T(key), Href: f.base + rest} }
