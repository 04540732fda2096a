package roster

import (
	"context"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// followSeatRules gives seats to those whom a rule of the account is about since
// this plan: who comes, gets the function, or moves to the unit (SEAT-11). A rule
// gives what whoever made it may give there still (ROLE-6). Where nothing is left
// nobody is refused for it: the rule's page lists who got none.
func (ro *Roster) followSeatRules(ctx context.Context, r *store.Reader) error {
	if !ro.Account.SeatRules || len(ro.added)+len(ro.changed) == ro.ruled.added+ro.ruled.changed {
		return nil
	}
	if ro.ruled.rules == nil {
		rules, err := r.SeatRules(ctx, ro.Account.ID)
		if err != nil {
			return err
		}
		ro.ruled.rules = rules
	}
	for _, row := range slices.Concat(ro.added[ro.ruled.added:], ro.changed[ro.ruled.changed:]) {
		for _, rule := range ro.ruled.rules {
			if err := ro.followSeatRule(rule, row); err != nil {
				return err
			}
		}
	}
	ro.ruled.added, ro.ruled.changed = len(ro.added), len(ro.changed)
	return nil
}

// A ruled is how far a plan has followed the rules of seats: a plan about many does so
// after each chunk of them, as the chunks of an act do, so that both give the last seats
// to the same people (PLAN-1).
type ruled struct {
	rules          []directory.SeatRule
	added, changed int
}

func (ro *Roster) followSeatRule(rule directory.SeatRule, row store.MemberRow) error {
	u := ro.People[row.User]
	was := row.Before != nil && ro.ruledBy(rule, row.Before.Member)
	if was || !ro.ruledBy(rule, row.Member) || u.Technical() {
		return nil
	}
	if rule.By != 0 {
		rights, err := ro.still(rule.By)
		if err != nil {
			return err
		}
		if !rights.May(authz.AssignSeats, row.Unit) {
			return nil
		}
	}
	p, err := ro.freeSeat(row.Member, rule.Offer)
	if refusal, fault := gate.AsRefusal(err); refusal != nil || fault != nil {
		return fault
	}
	ro.takeSeat(u, row.Member, p)
	ro.tellProduct(u, row.Member, directory.MailProductAssigned, p.pool.Offer)
	return nil
}

// ruledBy reports whether a rule is about a member as they stand.
func (ro *Roster) ruledBy(rule directory.SeatRule, m directory.Member) bool {
	switch {
	case !m.Removed.IsZero() || m.Status == directory.Inactive:
		return false
	case rule.Function != 0:
		return slices.Contains(m.Functions, rule.Function)
	}
	return ro.Rights.Tree().Covers(rule.Unit, m.Unit)
}
