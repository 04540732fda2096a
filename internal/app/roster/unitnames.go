package roster

import (
	"context"

	"intendant/internal/app/gate"
	"intendant/internal/authz"
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

// NamedApart refuses with unit.name_taken a unit that would stand beside another of
// the same name, whatever case and accents: nobody could tell them apart.
func NamedApart(t *authz.Tree, u directory.Unit, field string) *directory.Error {
	other, taken := t.Namesake(u.Parent, u.Name)
	if u.Parent == 0 || !taken || other.ID == u.ID {
		return nil
	}
	above, _ := t.Unit(u.Parent)
	return directory.InvalidField(field, "unit.name_taken", directory.Args{"Name": other.Name, "Under": above.Name})
}
