package app

import (
	"context"
	"time"

	"intendant/internal/app/gate"
	"intendant/internal/app/roster"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// A NewUnit is a unit to add.
type NewUnit struct {
	Under    string // public id of the unit above; empty: the root
	Level    string // of the catalogue's unit levels
	Name     string
	External string // the id by which products know it, or empty
}

// Add adds a unit under another (UNIT-2). It refuses without units.manage at the
// unit above, with unit.archived, unit.level_not_here where the catalogue does
// not put that level (UNIT-1), unit.too_deep, unit.external_taken, and the field
// at fault.
func (s *Units) Add(ctx context.Context, actor authz.Actor, account directory.AccountID, n NewUnit) (directory.Unit, error) {
	var made directory.Unit
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		above, err := s.above(ctx, r, p, n.Under)
		if err != nil {
			return err
		}
		u := directory.Unit{ID: directory.UnitID(p.NewKey()), UUID: roster.PublicID(), Parent: above.ID, Level: n.Level, Version: 1}
		if err := s.fits(ctx, r, p.Basis, u, above.ID); err != nil {
			return err
		}
		if err := roster.NameUnit(ctx, r, &u, &n.Name, &n.External); err != nil {
			return err
		}
		if refusal := roster.NamedApart(p.Rights.Tree(), u, "name"); refusal != nil {
			return refusal
		}
		p.Change(store.InsertUnits{Account: p.Account, Units: []directory.Unit{u}})
		entry := unitEntry(p, audit.UnitCreated, u)
		entry.Note("name", "", u.Name)
		entry.Note("unit_level", "", u.Level)
		entry.NoteValue("parent", audit.Nothing, audit.Thing(audit.Unit, above.ID, above.Name))
		entry.Note("external_id", "", u.External)
		p.Record(entry)
		made = u
		return nil
	})
	return made, err
}

// above finds the unit to add under, and asks for the right to.
func (s *Units) above(ctx context.Context, r *store.Reader, p *gate.Plan, uuid string) (directory.Unit, error) {
	if uuid == "" {
		if err := p.Require(authz.ManageUnits, 0); err != nil {
			return directory.Unit{}, err
		}
		root, _ := p.Rights.Tree().Unit(0)
		return root, nil
	}
	return s.managed(ctx, r, p, uuid)
}

// managed finds a unit and asks for units.manage there. It refuses with
// unit.not_found what is out of the actor's sight.
func (s *Units) managed(ctx context.Context, r *store.Reader, p *gate.Plan, uuid string) (directory.Unit, error) {
	u, err := unitInSight(ctx, r, p.Rights, p.Account, uuid)
	if err != nil {
		return u, err
	}
	if _, walled := p.Rights.Tree().Project(u.ID); walled { // projects have acts of their own
		return u, directory.Refuse(directory.NotFound, "unit.not_found")
	}
	return u, p.Require(authz.ManageUnits, u.ID)
}

// unitInSight finds a unit of the account whose insides the reader may see. It
// refuses with unit.not_found, and with account.not_found whoever may not know
// of the account.
func unitInSight(ctx context.Context, r *store.Reader, rights authz.Rights, account directory.AccountID, uuid string) (directory.Unit, error) {
	if !rights.Member() {
		return directory.Unit{}, directory.Refuse(directory.NotFound, "account.not_found")
	}
	u, err := r.UnitByUUID(ctx, account, uuid)
	if err == nil && !roster.OpensUnit(rights, u.ID) {
		err = directory.Refuse(directory.NotFound, "unit.not_found")
	}
	return u, err
}

// fits refuses to hang a unit of that level under another where the other or
// one above it is archived, where the catalogue does not put it (UNIT-1), and
// where the tree would grow too deep. A unit that is
// there already brings all below it.
func (s *Units) fits(ctx context.Context, r *store.Reader, b gate.Basis, u directory.Unit, under directory.UnitID) error {
	tree := b.Rights.Tree()
	above, _ := tree.Unit(under)
	if !tree.Live(under) {
		return roster.ArchivedAt(tree, under)
	}
	account, err := r.Account(ctx, b.Account)
	if err != nil {
		return err
	}
	kind, _ := s.gate.Catalogue().AccountType(account.Type)
	if level, known := kind.Level(u.Level); !known || level.Project || !kind.MayStandUnder(u.Level, tree.Level(under)) {
		if u.Level == "" {
			return directory.InvalidField("level", "field.required", nil)
		}
		return directory.InvalidField("level", "unit.level_not_here", directory.Args{"Level": level.Label.In(account.Language), "Under": above.Name})
	}
	height := 0
	for _, id := range tree.Below(u.ID) {
		height = max(height, tree.Depth(id)-tree.Depth(u.ID))
	}
	if tree.Depth(under)+1+height >= directory.UnitDepthMost {
		return &directory.Error{Kind: directory.Conflict, Code: "unit.too_deep", Args: directory.Args{"Max": directory.UnitDepthMost}}
	}
	return nil
}

// A UnitChange is what an edit of a unit sets; nil leaves a field alone.
type UnitChange struct {
	Name     *string
	External *string
	Version  int64 // the version the form showed (PLAN-4)
}

// Change renames a unit or gives it another external id. It refuses without
// units.manage there, with stale, with unit.archived, with unit.root for the
// name of the root, which is the account's, and with the field at fault.
func (s *Units) Change(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, change UnitChange) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		before, err := s.changeable(ctx, r, p, unit, change.Version)
		if err != nil {
			return err
		}
		after := before
		if err := roster.NameUnit(ctx, r, &after, change.Name, change.External); err != nil {
			return err
		}
		if after.Name != before.Name && before.Parent == 0 {
			return unitRoot(before)
		}
		if refusal := roster.NamedApart(p.Rights.Tree(), after, "name"); refusal != nil && directory.Fold(after.Name) != directory.Fold(before.Name) {
			return refusal
		}
		if after == before {
			return nil
		}
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{after}})
		entry := unitEntry(p, audit.UnitChanged, after)
		entry.Note("name", before.Name, after.Name)
		entry.Note("external_id", before.External, after.External)
		p.Record(entry)
		return nil
	})
	return err
}

// changeable finds a unit that the actor may change and that is as they saw it.
func (s *Units) changeable(ctx context.Context, r *store.Reader, p *gate.Plan, uuid string, version int64) (directory.Unit, error) {
	u, err := s.managed(ctx, r, p, uuid)
	if err != nil {
		return u, err
	}
	if refusal := u.At(version); refusal != nil {
		return u, refusal
	}
	if refusal := roster.ArchivedAt(p.Rights.Tree(), u.ID); refusal != nil {
		return u, refusal
	}
	return u, nil
}

func unitRoot(u directory.Unit) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: "unit.root", Args: directory.Args{"Name": u.Name}}
}

// Archive takes a unit, with all below it, out of the lists that one chooses
// from: nobody and nothing can be added there, and no role given. What is there
// is kept, and its people keep what they hold, there and elsewhere. It refuses
// without units.manage there, with stale, with unit.root, and with unit.archived
// what is archived already.
func (s *Units) Archive(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, version int64) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := s.changeable(ctx, r, p, unit, version)
		if err != nil {
			return err
		}
		if u.Parent == 0 {
			return unitRoot(u)
		}
		u.Archived = p.Now
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{u}})
		p.Record(unitEntry(p, audit.UnitArchived, u))
		return nil
	})
	return err
}

// Restore brings an archived unit back as it was. It refuses without
// units.manage there, with stale, and with unit.archived while a unit above it
// is archived; one that is not archived stays as it is.
func (s *Units) Restore(ctx context.Context, actor authz.Actor, account directory.AccountID, unit string, version int64) error {
	_, err := s.gate.Perform(ctx, actor, account, func(ctx context.Context, r *store.Reader, p *gate.Plan) error {
		u, err := s.managed(ctx, r, p, unit)
		if err != nil {
			return err
		}
		if refusal := u.At(version); refusal != nil {
			return refusal
		}
		if u.Archived.IsZero() {
			return nil
		}
		if refusal := roster.ArchivedAt(p.Rights.Tree(), u.Parent); refusal != nil {
			return refusal
		}
		if refusal := roster.NamedApart(p.Rights.Tree(), u, "name"); refusal != nil {
			return refusal
		}
		u.Archived = time.Time{}
		p.Change(store.UpdateUnits{Account: p.Account, Units: []directory.Unit{u}})
		p.Record(unitEntry(p, audit.UnitRestored, u))
		return nil
	})
	return err
}

// unitEntry starts the entry of what was done to a unit.
func unitEntry(p *gate.Plan, kind audit.Kind, u directory.Unit) audit.Entry {
	entry := p.Entry(kind, 0, int64(u.ID))
	entry.Unit = u.ID
	return entry
}
