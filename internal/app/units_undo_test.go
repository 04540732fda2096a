package app_test

import (
	"slices"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// rename gives a unit another name as somebody.
func (p park) rename(name, to string) {
	p.T.Helper()
	u := p.unit(name)
	p.Must(p.Units.Change(p.Context(), p.admin, p.account.ID, u.UUID, app.UnitChange{Name: &to, Version: u.Version}))
}

// coded gives a unit another external id.
func (p park) coded(name, to string) {
	p.T.Helper()
	u := p.unit(name)
	p.Must(p.Units.Change(p.Context(), p.admin, p.account.ID, u.UUID, app.UnitChange{External: &to, Version: u.Version}))
}

// under is what a unit hangs under.
func (p park) under(name string) string {
	page := p.unit(name)
	return page.Path[len(page.Path)-2].Name
}

// backed takes entries back, and says in short what came of the first: its outcome, what
// is left, why it was refused.
func (p park) backed(by authz.Actor, entries []audit.Entry) string {
	p.T.Helper()
	return cameOf(p.World, by, entries)
}

// cameOf takes entries back, and says in short what came of the first.
func cameOf(w *apptest.World, by authz.Actor, entries []audit.Entry) string {
	w.T.Helper()
	return w.TakenBack(w.App.Opposites(), by, entries...)
}

func TestUnitsTakenBack(t *testing.T) { // PLAN-2, ROLE-6
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		p := newPark(w)
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
			}
		}
		act := func(do func()) []audit.Entry { return w.Written(p.account.ID, do) }
		archive := func(name string) {
			u := p.unit(name)
			w.Must(w.Units.Archive(w.Context(), p.admin, p.account.ID, u.UUID, u.Version))
		}
		t.Run("PLAN-2 a name comes back, an id set since stays", func(t *testing.T) {
			renamed := act(func() { p.rename("Maraval Conseil", "Maraval Études") })
			p.coded("Maraval Études", "SIRET 5")
			want("the name", p.backed(p.admin, renamed), "changed")
			if u := p.unit("Maraval Conseil"); u.External != "SIRET 5" || u.Version < 3 {
				t.Errorf("PLAN-2 the id set since is %q", u.External)
			}
			want("again", p.backed(p.admin, renamed), "unchanged")
			p.rename("Maraval Conseil", "Maraval Bureau")
			want("renamed since", p.backed(p.admin, renamed), "refused name undo.changed_since")
			p.rename("Maraval Bureau", "Maraval Conseil")
		})
		t.Run("PLAN-2 what is changed since is left, the rest comes back", func(t *testing.T) {
			u := p.unit("Maraval Conseil")
			name, id := "Maraval Audit", "A1"
			both := act(func() {
				w.Must(w.Units.Change(w.Context(), p.admin, p.account.ID, u.UUID, app.UnitChange{Name: &name, External: &id, Version: u.Version}))
			})
			p.coded("Maraval Audit", "A2")
			want("both", p.backed(p.admin, both), "changed external_id")
			if u := p.unit("Maraval Conseil"); u.External != "A2" {
				t.Errorf("PLAN-2 what is left is %q", u.External)
			}
		})
		t.Run("PLAN-2 undo of undo", func(t *testing.T) {
			renamed := act(func() { p.rename("Gand", "Gent") })
			back := act(func() { want("undo", p.backed(p.admin, renamed), "changed") })
			want("undo of undo", p.backed(p.admin, back), "changed")
			want("its name", p.unit("Gent").Name, "Gent")
			want("undone again", p.backed(p.admin, renamed), "changed")
		})
		t.Run("PLAN-2 names that were exchanged are named and left", func(t *testing.T) {
			several := act(func() {
				p.rename("Maraval Conseil", "Entre-temps")
				p.rename("Maraval Location", "Maraval Conseil")
				p.rename("Entre-temps", "Maraval Location")
			})
			want("exchanged", p.backed(p.admin, several), "refused name unit.name_taken")
			want("one after the other", p.backed(p.admin, several[:2]), "changed")
			want("the first of them", p.backed(p.admin, several[2:]), "changed")
		})
		t.Run("PLAN-2 a name taken since is not taken away", func(t *testing.T) {
			renamed := act(func() { p.rename("Maraval Europe", "Maraval Monde") })
			w.Must(apptest.ErrOf(nil, func() error {
				_, err := w.Units.Add(w.Context(), p.admin, p.account.ID, app.NewUnit{Level: "group", Name: "Maraval Europe"})
				return err
			}()))
			want("taken", p.backed(p.admin, renamed), "refused name unit.name_taken")
			archive("Maraval Europe")
			want("free again", p.backed(p.admin, renamed), "changed")
		})
		t.Run("PLAN-2 added and archived", func(t *testing.T) {
			var made directory.Unit
			added := act(func() {
				var err error
				made, err = w.Units.Add(w.Context(), p.admin, p.account.ID, app.NewUnit{Level: "group", Name: "Maraval Asie"})
				w.Must(err)
			})
			below := act(func() {
				_, err := w.Units.Add(w.Context(), p.admin, p.account.ID, app.NewUnit{Level: "company", Name: "Maraval Japon", Under: made.UUID})
				w.Must(err)
			})
			want("something hangs on it", p.backed(p.admin, added), "refused state undo.changed_since")
			undone := act(func() { want("with what hangs on it", p.backed(p.admin, slices.Concat(below, added)), "changed") })
			if p.unit("Maraval Asie").Archived.IsZero() || p.unit("Maraval Japon").Archived.IsZero() {
				t.Error("PLAN-2 what was added is in use still")
			}
			want("again", p.backed(p.admin, added), "unchanged")
			want("undo of undo", p.backed(p.admin, undone), "changed")
			if p.unit("Maraval Japon").Archived.IsZero() == false || p.unit("Maraval Asie").Archived.IsZero() == false {
				t.Error("PLAN-2 undo of undo has not brought both back")
			}
			archived := act(func() { archive("Maraval Japon") })
			archive("Maraval Asie")
			want("under what is archived", p.backed(p.admin, archived), "refused state unit.archived")
		})
		p.takenBackMoves(want)
	})
}

// takenBackMoves holds what takes a move back against ROLE-6 and the tree of today.
func (p park) takenBackMoves(want func(what, got, want string)) {
	p.T.Helper()
	moved := p.Written(p.account.ID, func() {
		if got := p.move(p.admin, "Agence de Nantes", "Maraval Benelux"); got != "" {
			p.T.Fatal(got)
		}
	})
	both, _ := p.person("deux@maraval.example", "manager", "Maraval Europe")
	p.Must(p.Members.SeedGrants(p.Context(), p.account.ID, p.admin.User, []app.SeedGrant{{User: both.User, Role: "manager", Unit: p.keys["Maraval France"]}}))
	fleet, _ := p.person("parc@maraval.example", "fleet-manager", "Maraval France")
	want("nobody gains by undo what the undoer may not give", p.backed(both, moved), "refused parent unit.move_gives")
	stranger := p.Person("passant@exemple.example")
	want("a stranger", p.backed(stranger, moved), "refused account.not_found")
	_ = fleet
	one, _ := p.person("ouest@maraval.example", "manager", "Maraval France")
	want("out of sight", p.backed(one, moved), "refused unit.not_found")
	want("by an administrator", p.backed(p.admin, moved), "changed")
	want("where it was", p.under("Agence de Nantes"), "Maraval Location")
	want("again", p.backed(p.admin, moved), "unchanged")
}
