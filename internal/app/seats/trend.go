package seats

import (
	"context"
	"time"

	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// Trends are the seats of an account over the past year, of each offer of which
// there were any. It takes what Report takes.
func (s *Seats) Trends(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]directory.Trend, error) {
	var trends []directory.Trend
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := reports(rights); err != nil {
			return err
		}
		stock, err := r.Stock(ctx, account)
		if err != nil {
			return err
		}
		now := s.gate.Instant()
		since := directory.DayNumber(now) - directory.TrendDays
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		past := directory.SeatPast{Pools: stock.Pools(), Zone: roster.ZoneOf(a)}
		if past.Days, err = r.SeatDays(ctx, account, since); err != nil {
			return err
		}
		if past.Terms, err = r.Terms(ctx, account, time.Unix(since*24*60*60, 0)); err != nil {
			return err
		}
		for _, offer := range s.offers(stock) {
			if t := past.Trend(offer, now); t.Most() > 0 {
				trends = append(trends, t)
			}
		}
		return nil
	})
	return trends, err
}
