package app

import (
	"context"
	"strings"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// UnitHomes are the units where the reader may put members.
type UnitHomes struct {
	Kind  catalogue.AccountType
	Units []UnitGoal
	Total int // more than Units when there are many: search
}

// Homes lists the units where the actor manages members, those whose name has
// the words sought: choices of a home unit (UNIT-5). It refuses without
// members.manage anywhere.
func (s *Units) Homes(ctx context.Context, actor authz.Actor, account directory.AccountID, search string) (UnitHomes, error) {
	var homes UnitHomes
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		g, err := s.grove(ctx, r, rights, account)
		if err != nil {
			return err
		}
		homes.Kind = g.kind
		words := directory.Fold(search)
		for i, u := range g.units {
			if !g.live[i] || !rights.May(authz.ManageMembers, u.ID) || !strings.Contains(directory.Fold(u.Name), words) {
				continue
			}
			homes.Total++
			if len(homes.Units) < foundUnits {
				homes.Units = append(homes.Units, UnitGoal{Unit: u, Path: g.path(i)})
			}
		}
		return nil
	})
	return homes, err
}

// MoveHome gives members another home unit: the table they stand in, and who
// may edit, deactivate, reset or remove them. Roles they hold stay as they are
// (UNIT-5). Verdicts name each as changed, unchanged or refused; it needs
// members.manage at both units. It refuses as a whole with unit.not_found,
// unit.archived, and unit.not_home for a project.
func (s *Members) MoveHome(ctx context.Context, actor authz.Actor, account directory.AccountID, who roster.Selection, unit string) (gate.Verdicts, error) {
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return gate.Require(rights, authz.ManageMembers, 0)
		}
		u, err := r.UnitByUUID(ctx, account, unit)
		if err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		return s.roster.MayBeHome(rights, a, u)
	})
	if err != nil {
		return nil, err
	}
	return s.EditMembers(ctx, actor, account, who, roster.MemberChange{Unit: &unit})
}
