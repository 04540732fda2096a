package roster

import (
	"context"

	"github.com/google/uuid"

	"intendant/internal/store"
)

// Settle hands the gathered rows to the plan. It refuses with
// administrator.last.
func (ro *Roster) Settle(ctx context.Context, r *store.Reader) error {
	if err := ro.keepAdministrator(ctx, r); err != nil {
		return err
	}
	if !ro.exact {
		if err := ro.followSeatRules(ctx, r); err != nil {
			return err
		}
	}
	if err := ro.endReferents(ctx, r); err != nil {
		return err
	}
	if err := ro.announce(ctx, r); err != nil {
		return err
	}
	if len(ro.NewUsers) > 0 {
		ro.Plan.Change(store.InsertUsers(ro.NewUsers))
	}
	if len(ro.newCompanies) > 0 {
		ro.Plan.Change(store.InsertCompanies{Account: ro.Account.ID, Companies: ro.newCompanies})
	}
	if len(ro.added) > 0 {
		ro.Plan.Change(store.InsertMembers{Account: ro.Account.ID, Rows: ro.added})
	}
	if len(ro.changed) > 0 {
		ro.Plan.Change(store.UpdateMembers(ro.changed))
	}
	if len(ro.roleChanges.Start)+len(ro.roleChanges.End) > 0 {
		ro.Plan.Change(ro.roleChanges)
	}
	ro.settleSeats()
	endProvisional(ro.Plan, ro.disarmed)
	if len(ro.unsaid) > 0 {
		ro.Plan.Change(ro.unsaid)
	}
	return nil
}

// PublicID is a new id that grows with time: the rows of one moment then lie
// together in its index. It is no secret and no right comes from knowing it.
func PublicID() string { return uuid.Must(uuid.NewV7()).String() }
