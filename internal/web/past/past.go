// Package past shows what an account was at the end of any past day: its members, one
// of them, a unit with who held what there, and what became otherwise between two days
// (HIST-5, REP-3). It changes nothing. The drawn tree and "Why?" of a past day are the
// pages of package rights.
package past

import (
	"net/http"

	"intendant/internal/app"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/pastday"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/past", page.InAccount, h.members)
	s.Route("GET /accounts/{account}/past/members/{member}", page.InAccount, h.person)
	s.Route("GET /accounts/{account}/past/units/{unit}", page.InAccount, h.unit)
	s.Route("GET /accounts/{account}/past/differences", page.InAccount, h.differences)
	s.Route("GET /accounts/{account}/past/export", page.InAccount, h.showExport)
	s.Route("POST /accounts/{account}/past/export", page.InAccount, h.export)
}

// account is the account of the page.
func account(q *page.Request) directory.AccountID { return q.Frame.Account.ID }

// A view is what all pages of this package stand on.
type view struct {
	ui.Page
	h    Handler
	req  *page.Request
	day  directory.Day
	pick pastday.View
}

// begin reads which day is asked for; without one it is the newest that is over, or
// today in an account that is no older. What is no day, or none that was, is said at
// the field of a page without an answer.
func (h Handler) begin(q *page.Request, title, today string) (view, error) {
	day, err := pastday.Read(q, pastday.Param)
	if err == nil && day == (directory.Day{}) {
		day = pastday.Yesterday(q, h.Now())
		if first := directory.DayOf(q.Frame.Account.Created, q.Printer.Zone()); day.UTC().Before(first.UTC()) {
			day = first
		}
	}
	v := view{h: h, req: q, day: day, pick: pastday.View{Action: q.URL.Path, Day: day, Today: today}}
	v.Page = q.InAccount(title, page.HistoryPlace)
	return v, err
}

// refused answers a day that cannot be shown with the field to choose another.
func (v view) refused(err error) error {
	refusal, _ := page.Refusal(err)
	if refusal == nil || refusal.Field != pastday.Param {
		return err
	}
	v.day, v.pick.Day = directory.Day{}, directory.Day{}
	v.pick.Typed, v.pick.Problem = v.req.URL.Query().Get(pastday.Param), v.Printer.Error(refusal)
	return v.req.RenderStatus(http.StatusUnprocessableEntity, noDay(v))
}

// written is the day as it is read.
func (v view) written() string { return pastday.Written(v.Page, v.day) }

func (v view) members() string { return v.req.AccountPath("/past") }

func (v view) person(member string) string {
	return pastday.On(v.req.AccountPath("/past/members/"+member), v.day)
}

func (v view) unit(unit string) string {
	return pastday.On(v.req.AccountPath("/past/units/"+unit), v.day)
}

// level is the word for one unit of a level.
func (v view) level(u directory.Unit) string {
	kind, _ := v.h.Catalogue().AccountType(v.req.Frame.Account.Type)
	if u.Parent == 0 || u.Level == catalogue.RootLevel {
		return kind.RootLabel.In(v.Printer.Lang())
	}
	if level, known := kind.Level(u.Level); known {
		return level.Label.In(v.Printer.Lang())
	}
	return u.Level
}

func (v view) roles(roles []directory.Role) string {
	return v.Printer.List(directory.RoleNames(roles, v.Printer.Lang()))
}

func (v view) offer(code string) string {
	return v.h.Catalogue().OfferName(directory.OfferOf(code), v.Printer.Lang())
}

func (v view) marks(held []directory.HeldProduct) []ui.ProductMark {
	return v.h.ProductMarks(v.Printer.Lang(), held)
}

// name is how somebody is called: by the name of today, or as erased.
func (v view) name(m app.PastMember) string {
	if m.Erased {
		return v.T("history.actor.erased")
	}
	return m.Name()
}

func (v view) by(p app.Person) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.User == 0:
		return ""
	}
	return v.T(p.Message)
}
