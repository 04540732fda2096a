package bench

import (
	"intendant/internal/app"
	"intendant/internal/directory"
)

// seats measures giving everybody a seat in one act, the report of an account in
// which everybody has one, and taking them back: each needs the one before, so that
// all are measured as soon as one is wanted. The subscription that it takes is ended.
func (r *run) seats() error {
	names := []string{"seats-assign", "seat-report", "seats-withdraw"}
	if !r.wanted(names[0]) && !r.wanted(names[1]) && !r.wanted(names[2]) {
		return nil
	}
	offers := r.App.Catalogue.InForce().OffersOf(r.account.Type)
	if len(offers) == 0 {
		r.skip("bench.why.no_product", names...)
		return nil
	}
	offer := offers[0]
	all := app.MemberQuery{Statuses: []directory.Status{directory.Active}, Size: 1}
	page, err := r.App.Members.List(r.ctx, r.actor, r.account.ID, all)
	if err != nil {
		return err
	}
	sold, err := r.App.Subscriptions.Add(r.ctx, r.actor, r.account.ID, app.NewSubscription{Offer: offer,
		Term: app.SubscriptionTerm{Quantity: page.Total, Reference: "intendant bench"}})
	if err != nil {
		return err
	}
	who := app.Selection{All: &all, Count: page.Total}
	every := *r
	every.Only = nil
	err = every.rate(names[0], int(page.Total), func() error {
		_, err := r.App.Seats.Assign(r.ctx, r.actor, r.account.ID, who, offer)
		return err
	})
	if err != nil {
		return err
	}
	err = every.timed(names[1], r.Samples, func(int) error {
		_, err := r.App.Seats.Report(r.ctx, r.actor, r.account.ID, app.SeatReportDays()[0])
		return err
	})
	if err != nil {
		return err
	}
	err = every.rate(names[2], int(page.Total), func() error {
		_, err := r.App.Seats.Withdraw(r.ctx, r.actor, r.account.ID, who, offer)
		return err
	})
	if err != nil {
		return err
	}
	return r.App.Subscriptions.End(r.ctx, r.actor, r.account.ID, sold.UUID, sold.Version)
}
