package undo_test

import (
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
)

// TestOffers holds what the history offers to take back to what the reader may: what
// only the vendor changes is offered to the vendor (PLAN-2).
func TestOffers(t *testing.T) { // PLAN-2
	testEach(t, "construction", func(t *testing.T, f firm) {
		f.buys(plans, 5)
		people := f.people(1)
		f.edit(app.MemberChange{Company: text("Kestner")}, people[0])
		f.Pass(time.Second)
		offered := func(by authz.Actor, kind audit.Kind) bool {
			t.Helper()
			page, err := f.History.List(f.Context(), by, f.account.ID, app.HistoryFilter{Kinds: []audit.Kind{kind}}, gate.Window{Size: 5})
			f.Must(err)
			if len(page.Entries) == 0 {
				t.Fatalf("no entry of %s", kind)
			}
			return page.Entries[0].Undoable
		}
		if offered(f.admin, audit.SubscriptionAdded) {
			t.Error("the customer's administrator is offered to take back what was sold")
		}
		if !offered(f.Operator(), audit.SubscriptionAdded) {
			t.Error("the vendor is not offered to take back what was sold")
		}
		if !offered(f.admin, audit.MemberChanged) {
			t.Error("the administrator is not offered to take back an edit")
		}
	})
}
