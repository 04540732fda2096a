package app

import (
	"context"
	"maps"
	"slices"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A RoleDifference is a shipped role that the account changed, beside what the
// catalogue in force says of it. The account's stays until somebody sets it back
// (ROLE-3).
type RoleDifference struct {
	Role     ShownRole
	Declared directory.Role // as the catalogue has it
	Gone     bool           // the catalogue has it no more
	Names    bool           // what it is called differs
	More     []string       // permissions that only the account's has
	Less     []string       // permissions that only the catalogue's has
	Level    bool           // the default level differs
	Products bool           // the default products differ
	Place    bool           // where it is offered differs
	Archived bool           // the account took it off its lists
}

// Differences are the shipped roles that the account changed and of which the
// catalogue in force says something else. It refuses without roles.manage.
func (s *Roles) Differences(ctx context.Context, actor authz.Actor, account directory.AccountID) ([]RoleDifference, error) {
	var found []RoleDifference
	err := s.gate.View(ctx, actor, account, func(r *store.Reader, rights authz.Rights) error {
		if err := gate.Require(rights, authz.ManageRoles, 0); err != nil {
			return err
		}
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		roles, err := r.Roles(ctx, account)
		if err != nil {
			return err
		}
		holders, err := r.RoleHolders(ctx, account, 0)
		if err != nil {
			return err
		}
		for _, o := range roles {
			if s.differs(a, o) {
				found = append(found, s.difference(a, ShownRole{Role: o, Holders: holders[o.ID], Differs: true}))
			}
		}
		return nil
	})
	return found, err
}

func (c *core) difference(a directory.Account, o ShownRole) RoleDifference {
	d := RoleDifference{Role: o, Archived: !o.Archived.IsZero()}
	declared, ok := c.declared(a, o.Role)
	if !ok {
		d.Gone = true
		return d
	}
	d.Declared = shippedRole(o.Role, declared)
	d.Names = !maps.Equal(o.Names, d.Declared.Names)
	d.More, d.Less = without(o.Permissions, d.Declared.Permissions), without(d.Declared.Permissions, o.Permissions)
	d.Level, d.Place = o.DefaultLevel != d.Declared.DefaultLevel, o.Place != d.Declared.Place
	d.Products = !sameSet(o.DefaultProducts, d.Declared.DefaultProducts)
	return d
}

// declared is what the catalogue in force says of a shipped role of an account.
func (c *core) declared(a directory.Account, o directory.Role) (catalogue.Role, bool) {
	if !o.Shipped {
		return catalogue.Role{}, false
	}
	t, _ := c.gate.Catalogue().AccountType(a.Type)
	declared, ok := c.gate.Catalogue().Role(o.Code)
	return declared, ok && string(declared.Kind) == string(o.Kind) && t.HasRole(o.Code)
}

// differs reports whether the account changed a shipped role, so that it is
// another than the catalogue's.
func (c *core) differs(a directory.Account, o directory.Role) bool {
	return o.Shipped && o.Changed && !c.asDeclared(a, o)
}

// asDeclared reports whether a shipped role is as the catalogue has it, whatever
// the order of its lists.
func (c *core) asDeclared(a directory.Account, o directory.Role) bool {
	declared, ok := c.declared(a, o)
	if !ok || !o.Archived.IsZero() {
		return false
	}
	d := shippedRole(o, declared)
	return o.Place == d.Place && o.DefaultLevel == d.DefaultLevel && o.Proposed == d.Proposed && maps.Equal(o.Names, d.Names) &&
		sameSet(o.Permissions, d.Permissions) && sameSet(o.DefaultProducts, d.DefaultProducts)
}

// without are the members of list that are not in other.
func without(list, other []string) []string {
	var rest []string
	for _, s := range list {
		if !slices.Contains(other, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

func sameSet(a, b []string) bool { return len(without(a, b)) == 0 && len(without(b, a)) == 0 }
