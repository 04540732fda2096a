package app

import (
	"context"
	"strings"

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
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return require(rights, authz.ManageMembers, 0)
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
func (s *Members) MoveHome(ctx context.Context, actor authz.Actor, account directory.AccountID, who Selection, unit string) (Verdicts, error) {
	err := s.view(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if !rights.MayAnywhere(authz.ManageMembers) {
			return require(rights, authz.ManageMembers, 0)
		}
		u, err := r.UnitByUUID(ctx, account, unit)
		if err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		return s.mayBeHome(rights, a, u)
	})
	if err != nil {
		return nil, err
	}
	return s.EditMembers(ctx, actor, account, who, MemberChange{Unit: &unit})
}

// mayBeHome refuses a unit where the actor may put nobody.
func (c *core) mayBeHome(rights authz.Rights, account directory.Account, u directory.Unit) error {
	if !opensUnit(rights, u.ID) && !rights.May(authz.ManageMembers, u.ID) {
		return directory.InvalidField("unit", "unit.not_found", nil)
	}
	if err := require(rights, authz.ManageMembers, u.ID); err != nil {
		return err
	}
	kind, _ := c.catalogue().AccountType(account.Type)
	if level, known := kind.Level(u.Level); known && level.Project {
		return directory.InvalidField("unit", "unit.not_home", directory.Args{"Name": u.Name})
	}
	if refusal := archivedAt(rights.Tree(), u.ID); refusal != nil {
		refusal.Field = "unit"
		return refusal
	}
	return nil
}

// settleIn gives a member the home unit of a public id. It refuses like
// MoveHome; the unit they have is no change.
func (a *acting) settleIn(m *directory.Member, uuid string) error {
	if a.home.ID == 0 || a.home.UUID != uuid {
		tree := a.Rights.Tree()
		id, found := tree.UnitByUUID(uuid)
		if !found {
			return directory.InvalidField("unit", "unit.not_found", nil)
		}
		a.home, _ = tree.Unit(id)
	}
	if a.home.ID == m.Unit {
		return nil
	}
	if err := a.mayHome(a.home); err != nil {
		return err
	}
	m.Unit = a.home.ID
	return nil
}
