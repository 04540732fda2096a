// Package dashboard is the page of an account over time (ACC-13).
package dashboard

import (
	"intendant/internal/app"
	"intendant/internal/web/page"
	"intendant/internal/web/ui"
)

// A Handler answers the pages of this package.
type Handler struct{ *page.Site }

// Mount declares the routes.
func Mount(s *page.Site) {
	h := Handler{s}
	s.Route("GET /accounts/{account}/dashboard", page.InAccount, h.show)
}

// A view is the dashboard of an account.
type view struct {
	ui.Page
	app.Board
	people   string // address of the members' list, for whoever may see it
	seats    []ui.TrendView
	projects string // address of the list of projects, for whoever sees some
}

func (h Handler) show(q *page.Request) error {
	board, err := h.App.Dashboards.Show(q.Context(), q.Actor(), q.Frame.Account.ID)
	if err != nil {
		return err
	}
	v := view{Page: q.InAccount(q.Printer.T("nav.dashboard"), page.Dashboard), Board: board, seats: q.SeatTrends(board.Seats)}
	if q.SeesEverybody() {
		v.people = q.AccountPath("/members")
	}
	if q.SeesProjects() {
		v.projects = q.AccountPath("/projects")
	}
	return q.Render(show(v))
}

// empty reports whether there is nothing to show.
func (v view) empty() bool {
	return v.Members.Most() == 0 && v.Projects.Most() == 0 && len(v.seats) == 0
}

// inUse is how many projects there are now.
func (v view) inUse() int64 { return v.Projects.Taken[len(v.Projects.Taken)-1] }

// toProjects leads to the projects, for whoever sees some.
func (v view) toProjects() *ui.Link {
	if v.projects == "" {
		return nil
	}
	return &ui.Link{Label: v.T("nav.projects"), Href: v.projects}
}
