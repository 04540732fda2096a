// Package dashboards shows an account over time, in figures and lines: its members,
// its projects and its seats (ACC-13, SEAT-1).
package dashboards

import (
	"context"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Dashboards are the pictures of accounts over time.
type Dashboards struct{ gate *gate.Gate }

// New makes the dashboards of an installation.
func New(g *gate.Gate) *Dashboards { return &Dashboards{g} }

// A Board is an account over the past year. Of nobody it tells a name.
type Board struct {
	Counts   store.Counts
	Members  directory.Trend
	Projects directory.Trend
	Seats    []directory.Trend // of each offer of which there were any
}

// Show answers the dashboard of an account. It refuses without dashboards.view in
// the whole account.
func (s *Dashboards) Show(ctx context.Context, actor authz.Actor, account directory.AccountID) (Board, error) {
	var b Board
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err = gate.Require(rights, authz.ViewDashboards, 0); err != nil {
			return err
		}
		if b.Counts, err = r.Counts(ctx, account); err != nil {
			return err
		}
		now := s.gate.Instant()
		days, err := r.AccountDays(ctx, account, directory.DayNumber(now)-directory.TrendDays)
		if err != nil {
			return err
		}
		b.Members = directory.MemberTrend(days, now)
		spans, err := r.ProjectSpans(ctx, account)
		if err != nil {
			return err
		}
		endWithUnits(rights.Tree(), spans)
		b.Projects = directory.ProjectTrend(spans, now)
		b.Seats, err = s.seats(ctx, r, account)
		return err
	})
	return b, err
}

// endWithUnits ends the spans of projects that stand below archived units with the
// first of them: nobody works there, as in the list of projects (PROJ-1).
func endWithUnits(tree *authz.Tree, spans []directory.ProjectSpan) {
	for i, span := range spans {
		for _, above := range tree.Path(span.Project) {
			u, _ := tree.Unit(above)
			if ended := &spans[i].Archived; !u.Archived.IsZero() && (ended.IsZero() || u.Archived.Before(*ended)) {
				*ended = u.Archived
			}
		}
	}
}

// Seats are the lines of the seat report: those of a Board, for whoever sees the
// holders of all seats. It refuses with denied.permission.
func (s *Dashboards) Seats(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]directory.Trend, error) {
	var trends []directory.Trend
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) (err error) {
		if err = roster.RequireAllHolders(rights); err != nil {
			return err
		}
		trends, err = s.seats(ctx, r, account)
		return err
	})
	return trends, err
}

func (s *Dashboards) seats(ctx context.Context, r *store.Reader, account directory.AccountID) ([]directory.Trend, error) {
	stock, err := r.Stock(ctx, account)
	if err != nil {
		return nil, err
	}
	a, err := r.Account(ctx, account)
	if err != nil {
		return nil, err
	}
	now := s.gate.Instant()
	since := directory.DayNumber(now) - directory.TrendDays
	past := directory.SeatPast{Pools: stock.Pools(), Zone: roster.ZoneOf(a)}
	if past.Days, err = r.SeatDays(ctx, account, since); err != nil {
		return nil, err
	}
	if past.Terms, err = r.Terms(ctx, account, time.Unix(since*24*60*60, 0)); err != nil {
		return nil, err
	}
	var trends []directory.Trend
	for _, offer := range stock.Offers(s.gate.Catalogue().OffersOf("")) {
		if t := past.Trend(offer, now); t.Most() > 0 {
			trends = append(trends, t)
		}
	}
	return trends, nil
}
