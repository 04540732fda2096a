package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A SeedUnit is one unit of a generated tree. Under is the name of the unit
// above, which comes earlier; without it the unit stands under the root.
type SeedUnit struct{ Name, Level, Under string }

// SeedUnits grows an account's tree as it is told, in one transaction: for
// generated data, as the program itself. Names must differ. It answers the
// units' keys by name, the empty name for the root.
func (s *Accounts) SeedUnits(ctx context.Context, account directory.AccountID, rows []SeedUnit) (map[string]directory.UnitID, error) {
	var keys map[string]directory.UnitID
	actor := gate.SystemActor()
	actor.Batch = uuid.NewString()
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("only the program itself seeds units")
		a, err := r.Account(ctx, account)
		if err != nil {
			return err
		}
		keys = map[string]directory.UnitID{"": a.Root}
		units := store.InsertUnits{Account: account}
		for _, row := range rows {
			above, known := keys[row.Under]
			if !known {
				return fmt.Errorf("seed unit %s: nothing above is called %s", row.Name, row.Under)
			}
			u := directory.Unit{ID: directory.UnitID(p.NewKey()), UUID: roster.PublicID(), Parent: above, Level: row.Level, Name: row.Name, Version: 1}
			keys[row.Name] = u.ID
			units.Units = append(units.Units, u)
			entry := p.Entry(audit.UnitCreated, 0, int64(u.ID))
			entry.Unit = u.ID
			entry.Note("name", "", u.Name)
			entry.Note("unit_level", "", u.Level)
			entry.NoteValue("parent", audit.Nothing, audit.Thing(audit.Unit, above, row.Under))
			p.Record(entry)
		}
		p.Change(units)
		return nil
	})
	return keys, err
}

// A SeedGrant is one role that a person of the account holds at a unit.
type SeedGrant struct {
	User directory.UserID
	Role string // code of a role of kind rights
	Unit directory.UnitID
}

// SeedGrants gives roles as told, in one transaction, as given by that user:
// for generated data, as the program itself.
func (s *Members) SeedGrants(ctx context.Context, account directory.AccountID, by directory.UserID, rows []SeedGrant) error {
	actor := gate.SystemActor()
	actor.Batch = uuid.NewString()
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		p.OpenToAnyone("only the program itself seeds grants")
		users := make([]directory.UserID, 0, len(rows))
		for _, row := range rows {
			users = append(users, row.User)
		}
		slices.Sort(users)
		members, err := r.MembersOf(ctx, account, slices.Compact(users))
		if err != nil {
			return err
		}
		ro, err := s.roster.Roster(ctx, r, p)
		if err != nil {
			return err
		}
		given := store.InsertGrants{Account: account, By: by}
		for _, row := range rows {
			role, known := ro.RoleByCode(directory.RightsRole, row.Role)
			m := members[row.User]
			if !known || m.ID == 0 {
				return fmt.Errorf("seed grant of %s to user %d: no such role or member", row.Role, row.User)
			}
			given.Grants = append(given.Grants, directory.Grant{ID: directory.GrantID(p.NewKey()), Member: m.ID, Role: role.ID, Unit: row.Unit, From: p.Now})
			entry := p.Entry(audit.GrantGiven, row.User, int64(m.ID))
			entry.Unit = row.Unit
			entry.NoteValue("role", audit.Nothing, ro.RoleValue(role.ID))
			p.Record(entry)
		}
		p.Change(given)
		return nil
	})
	return err
}
