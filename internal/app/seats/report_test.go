package seats_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestReport: every pool with its figures; a seat is unused when it is older than
// the days and its holder has not used the product in them.
func TestReport(t *testing.T) { // REP-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(w)
		f.buys(plans, 4, directory.Day{})
		people := f.people(3)
		w.Must(f.assign(people[0], plans))
		w.Must(f.assign(people[1], plans))
		w.Pass(40 * 24 * time.Hour)
		w.Must(f.assign(people[2], plans))
		f.asker()(people[0])
		w.Must(w.Checks.WriteUses(w.Context()))
		w.Pass(24 * time.Hour)
		w.Must(w.Seats.StateExternal(w.Context(), w.Operator(), f.account.ID, app.ExternalClaim{Member: people[1], Product: "plans"}))
		for days, unused := range map[int]int64{30: 1, 60: 0, 90: 0} {
			got, err := w.Seats.Report(w.Context(), f.admin, f.account.ID, days)
			w.Must(err)
			if len(got.Lines) != 1 || got.Total.Unused != unused || got.Total.Bought != 4 || got.Total.Assigned+got.Total.Reserved != 3 || got.Total.Free != 1 || got.Total.External != 1 {
				t.Errorf("REP-3 %d days: %+v", days, got)
			}
		}
		w.Must(w.Seats.StateExternal(w.Context(), w.Operator(), f.account.ID, app.ExternalClaim{Member: people[2], Product: "site"}))
		w.Must(w.Seats.StateExternal(w.Context(), w.Operator(), f.account.ID, app.ExternalClaim{Member: people[2], Product: "fleet"}))
		got, err := w.Seats.Report(w.Context(), f.admin, f.account.ID, 30)
		w.Must(err)
		if len(got.Lines) != 3 || got.Total.External != 3 || got.Total.Bought != 4 {
			t.Fatalf("REP-3 what is only brought along: %+v", got)
		}
		for _, l := range got.Lines[1:] {
			if l.External != 1 || l.Total() != 0 || l.Pool.ID != 0 || l.Pool.Offer != site && l.Pool.Offer.Product != "fleet" {
				t.Errorf("REP-3 of a product without seats: %+v", l)
			}
		}
		if _, err := w.Seats.Report(w.Context(), f.admin, f.account.ID, 7); w.Code(err) != "field.unknown_choice" {
			t.Errorf("other days: %v", err)
		}
	})
}
