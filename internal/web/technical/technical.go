// Package technical shows the technical users of an account: programs that use
// the API by tokens, each with a person who answers for it (SIGN-5). A token is
// shown once, on the page that answers its making, and on no other.
package technical

import (
	"strconv"
	"time"

	"intendant/internal/app"
	"intendant/internal/directory"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/technical-users", page.InAccount, h.list)
	s.Route("GET /accounts/{account}/technical-users/new", page.InAccount, h.blank)
	s.Route("POST /accounts/{account}/technical-users/new", page.InAccount, h.create)
	s.Route("GET /accounts/{account}/technical-users/{technical}", page.InAccount, h.show)
	s.Route("POST /accounts/{account}/technical-users/{technical}", page.InAccount, h.edit)
	s.Route("POST /accounts/{account}/technical-users/{technical}/responsible", page.InAccount, h.setResponsible)
	s.Route("POST /accounts/{account}/technical-users/{technical}/tokens", page.InAccount, h.makeToken)
	s.Route("POST /accounts/{account}/technical-users/{technical}/tokens/{secret}/revoke", page.InAccount, h.revokeToken)
	s.Route("POST /accounts/{account}/technical-users/{technical}/remove", page.InAccount, h.remove)
}

// A listView is the technical users of an account.
type listView struct {
	ui.Page
	Base string
	Rows []app.ListedTechnicalUser
	Now  time.Time
}

func (h Handler) list(q *page.Request) error {
	rows, err := h.App.TechnicalUsers.List(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	v := listView{Page: q.InAccount(q.Printer.T("technical.title"), page.Programs), Base: q.AccountPath("/technical-users"), Rows: rows, Now: h.Now()}
	return q.Render(listPage(v))
}

func (v listView) head() ui.HeadView {
	return ui.HeadView{Title: v.T("technical.title"), Total: v.Printer.Number(int64(len(v.Rows))), Sub: v.T("technical.lead"),
		Acts: []ui.Act{{Label: v.T("technical.new"), Icon: "plus", Kind: ui.Primary, Href: v.Base + "/new"}}}
}

func (v listView) columns() []ui.Column {
	t := v.T
	return []ui.Column{{Label: t("technical.name"), Class: "w-name"}, {Label: t("technical.state")}, {Label: t("technical.responsible"), Class: "p2"},
		{Label: t("technical.home"), Class: "p3"}, {Label: t("technical.tokens"), Class: "p3 num"}, {Label: t("technical.used"), Class: "p4 num"}}
}

// live is how many tokens of it are good.
func live(u app.ListedTechnicalUser, now time.Time) int64 {
	var n int64
	for _, t := range u.Tokens {
		if t.Live(now) {
			n++
		}
	}
	return n
}

// used is when any token of it was used last.
func used(u app.ListedTechnicalUser) time.Time {
	var last time.Time
	for _, t := range u.Tokens {
		if t.LastUsed.After(last) {
			last = t.LastUsed
		}
	}
	return last
}

// state is the shape and the message key of what its tokens are worth.
func state(u app.ListedTechnicalUser) (shape, key string) {
	switch {
	case u.Member.Status != directory.Active:
		return "off", "technical.state.off"
	case !u.Answered:
		return "bad", "technical.state.unanswered"
	}
	return "active", "technical.state.works"
}

// find is the technical user in the address, as the list has it.
func (h Handler) find(q *page.Request) (app.ListedTechnicalUser, error) {
	rows, err := h.App.TechnicalUsers.List(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return app.ListedTechnicalUser{}, err
	}
	for _, row := range rows {
		if row.Member.UUID == q.PathValue("technical") {
			return row, nil
		}
	}
	return app.ListedTechnicalUser{}, directory.Refuse(directory.NotFound, "technical.not_found")
}

func version(n int64) string { return strconv.FormatInt(n, 10) }
