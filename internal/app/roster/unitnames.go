package roster

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/catalogue"
	"intendant/internal/directory"
	"intendant/internal/store"
)

// NameUnit gives a unit a name and an external id, which no other unit of the
// account may have; nil leaves either alone.
func NameUnit(ctx context.Context, r *store.Reader, u *directory.Unit, name, external *string) error {
	var faults directory.Faults
	if name != nil && (*name != u.Name || u.Name == "") {
		clean, refusal := directory.CleanUnitName(*name)
		if err := faults.Note(refusal); err != nil {
			return err
		}
		if refusal == nil {
			u.Name = clean
		}
	}
	if external != nil && *external != u.External {
		return faults.With(nameOutside(ctx, r, u, *external))
	}
	return faults.Err()
}

// nameOutside gives a unit the id by which products know it. It refuses what no such id
// can be, and with unit.external_taken another unit's.
func nameOutside(ctx context.Context, r *store.Reader, u *directory.Unit, external string) error {
	clean, refusal := directory.CleanUnitExternal(external)
	if refusal != nil {
		return refusal
	}
	u.External = clean
	if clean == "" {
		return nil
	}
	other, err := r.UnitByExternal(ctx, u.ID.Account(), clean)
	switch {
	case gate.RefusedWith(err, "unit.not_found") || err == nil && other.ID == u.ID:
		return nil
	case err != nil:
		return err
	}
	return directory.InvalidField("external", "unit.external_taken", nil)
}

// UnitKnown is the unit of a public id, or of the id by which products know it.
func UnitKnown(t *authz.Tree, id string) (directory.UnitID, bool) {
	if unit, known := t.UnitByUUID(id); known {
		return unit, true
	}
	return t.UnitByExternal(id)
}

// UnitFits refuses to hang a unit of that level under another where the other or
// one above it is archived, where the catalogue does not put it (UNIT-1), and
// where the tree would grow too deep. A unit that is
// there already brings all below it.
func UnitFits(tree *authz.Tree, account directory.Account, kind catalogue.AccountType, u directory.Unit, under directory.UnitID) *directory.Error {
	above, _ := tree.Unit(under)
	if !tree.Live(under) {
		return ArchivedAt(tree, under)
	}
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

// UnitEntry starts the entry of what was done to a unit.
func UnitEntry(p *gate.Plan, kind audit.Kind, u directory.Unit) audit.Entry {
	entry := p.Entry(kind, 0, int64(u.ID))
	entry.Unit = u.ID
	return entry
}

// UnitMade tells of a unit that is added under another.
func UnitMade(p *gate.Plan, u, above directory.Unit) audit.Entry {
	entry := UnitEntry(p, audit.UnitCreated, u)
	entry.Note("name", "", u.Name)
	entry.Note("unit_level", "", u.Level)
	entry.NoteValue("parent", audit.Nothing, audit.Thing(audit.Unit, above.ID, above.Name))
	entry.Note("external_id", "", u.External)
	return entry
}

// UnitRenamed tells what a unit is called from now on.
func UnitRenamed(p *gate.Plan, before, after directory.Unit) audit.Entry {
	entry := UnitEntry(p, audit.UnitChanged, after)
	entry.Note("name", before.Name, after.Name)
	entry.Note("external_id", before.External, after.External)
	return entry
}

// UnitRoot refuses what cannot be done to the root of an account.
func UnitRoot(u directory.Unit) *directory.Error {
	return &directory.Error{Kind: directory.Conflict, Code: "unit.root", Args: directory.Args{"Name": u.Name}}
}

// NamedApart refuses with unit.name_taken a unit that would stand beside another of
// the same name, whatever case and accents: nobody could tell them apart.
func NamedApart(t *authz.Tree, u directory.Unit, field string) *directory.Error {
	other, taken := t.Namesake(u.Parent, u.Name)
	if u.Parent == 0 || !taken || other.ID == u.ID {
		return nil
	}
	above, _ := t.Unit(u.Parent)
	return UnitNameTaken(other, above, field)
}

// UnitNameTaken refuses the name that another unit under the same one has.
func UnitNameTaken(other, above directory.Unit, field string) *directory.Error {
	return directory.InvalidField(field, "unit.name_taken", directory.Args{"Name": other.Name, "Under": above.Name})
}
