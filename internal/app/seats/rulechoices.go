package seats

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// RuleChoices are what a rule can be made of: the offers of the account type, the
// functions where the reader assigns in the whole account, and a page of the units
// where they assign, with how many there are.
type RuleChoices struct {
	Offers    []directory.Offer
	Functions []directory.Role
	Units     []directory.Unit
	Total     int
}

// mostRuleUnits is how many units are offered; whoever means another searches.
const mostRuleUnits = 50

// RuleChoices lists what MakeRule takes, units by words of their name where some are
// given (SEAT-11). It takes seats.assign somewhere.
func (s *Seats) RuleChoices(ctx context.Context, actor authz.Actor, account directory.AccountID, search string) (RuleChoices, error) {
	var c RuleChoices
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.RequireSomewhere(rights, authz.AssignSeats); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		c.Offers = s.gate.Catalogue().OffersOf(a.Type)
		sought, tree := directory.Fold(search), rights.Tree()
		for _, u := range tree.Units() {
			if !strings.Contains(directory.Fold(u.Name), sought) || !rights.May(authz.AssignSeats, u.ID) || roster.ArchivedAt(tree, u.ID) != nil {
				continue
			}
			if c.Total++; c.Total <= mostRuleUnits {
				c.Units = append(c.Units, u)
			}
		}
		if !rights.May(authz.AssignSeats, 0) {
			return nil
		}
		roles, err := r.Roles(ctx, account)
		for _, o := range roles {
			if o.Kind == directory.Function && o.Archived.IsZero() {
				c.Functions = append(c.Functions, o)
			}
		}
		return err
	})
	return c, err
}
