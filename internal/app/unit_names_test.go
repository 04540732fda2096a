package app_test

import (
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestSiblingsAreToldApart: two units under one have names of their own (UNIT-2).
func TestSiblingsAreToldApart(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newSmithy(w)
		ctx, id := w.Context(), h.account.ID
		root := h.account.Root
		h.unit(root, "group", "Ouest")
		h.unit(root, "group", "Est")
		add := func(name string) (directory.Unit, error) {
			return w.Units.Add(ctx, h.admin, id, app.NewUnit{Level: "group", Name: name})
		}
		wantTaken := func(what string, err error, field string) {
			t.Helper()
			if w.Code(err) != "unit.name_taken" || fieldOf(err) != field {
				t.Errorf("%s: %v at %q", what, err, fieldOf(err))
			}
		}
		_, err := add("OUEST ")
		wantTaken("UNIT-2 added", err, "name")
		other, err := add("Nord")
		w.Must(err)
		name := "ést"
		wantTaken("UNIT-2 renamed", w.Units.Change(ctx, h.admin, id, other.UUID, app.UnitChange{Name: &name, Version: other.Version}), "name")
		same := "NORD"
		w.Must(w.Units.Change(ctx, h.admin, id, other.UUID, app.UnitChange{Name: &same, Version: other.Version}))
		w.Must(w.Units.Archive(ctx, h.admin, id, other.UUID, other.Version+1))
		_, err = add("Nord")
		w.Must(err)
		wantTaken("UNIT-2 restored", w.Units.Restore(ctx, h.admin, id, other.UUID, other.Version+2), "name")
	})
}
