package dashboards_test

import (
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/directory"
)

// TestMembersOverTime: each day keeps how many there were at its end, whatever came
// after; days without a change are as the one before; the line goes back a year at
// most.
func TestMembersOverTime(t *testing.T) { // ACC-13
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.Account("204817")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		_, karim := w.Member(account, "karim@maraval.example")
		_, zoe := w.Member(account, "zoe@maraval.example")
		day := func() { w.Pass(24 * time.Hour) }
		show := func() directory.Trend {
			t.Helper()
			board, err := w.Dashboards.Show(w.Context(), admin, account.ID)
			w.Must(err)
			return board.Members
		}
		wants := func(first int, whole, taken []int64) {
			t.Helper()
			got := show()
			if len(got.Whole) != first+len(whole) {
				t.Fatalf("%d days, want %d", len(got.Whole), first+len(whole))
			}
			for i := range whole {
				if got.Whole[first+i] != whole[i] || got.Taken[first+i] != taken[i] {
					t.Errorf("day %d: %d of %d, want %d of %d", first+i, got.Taken[first+i], got.Whole[first+i], taken[i], whole[i])
				}
			}
		}
		wants(0, []int64{3}, []int64{3})
		day()
		day()
		w.Must(apptest.ErrOf(w.Members.Deactivate(w.Context(), admin, account.ID, app.Of(karim.UUID))))
		w.Must(apptest.ErrOf(w.Members.Reactivate(w.Context(), admin, account.ID, app.Of(karim.UUID))))
		w.Must(apptest.ErrOf(w.Members.Deactivate(w.Context(), admin, account.ID, app.Of(karim.UUID))))
		wants(0, []int64{3, 3, 3}, []int64{3, 3, 2})
		day()
		w.Must(apptest.ErrOf(w.Members.Remove(w.Context(), admin, account.ID, app.Of(zoe.UUID))))
		wants(0, []int64{3, 3, 3, 2}, []int64{3, 3, 2, 1})
		w.Pass(directory.TrendDays * 24 * time.Hour)
		wants(directory.TrendDays, []int64{2}, []int64{1})
		if got := show(); got.Whole[0] != 2 || got.From != directory.DayOf(w.Now().AddDate(-1, 0, 0), time.UTC) {
			t.Errorf("a year later it begins on %s with %d", got.From.ISO(), got.Whole[0])
		}
	})
}

// TestProjectsOverTime counts the projects that were there on each day, and those of
// them that were in use.
func TestProjectsOverTime(t *testing.T) { // ACC-13, PROJ-1
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		account := w.AccountOf("204817", "construction")
		admin := w.Administrator(account, "helene.castaing@maraval.example")
		division, err := w.Units.Add(w.Context(), admin, account.ID, app.NewUnit{Level: "division", Name: "Ouest"})
		w.Must(err)
		create := func(name, under string) directory.Project {
			p, _, err := w.Projects.Create(w.Context(), admin, account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}, Under: under})
			w.Must(err)
			return p
		}
		first := create("Collège des Sablons", "")
		w.Pass(48 * time.Hour)
		create("Gare de Rezé", division.UUID)
		w.Pass(24 * time.Hour)
		w.Must(w.Projects.Archive(w.Context(), admin, app.ProjectAt{Account: account.ID, Project: first.UUID}, first.Revision))
		board, err := w.Dashboards.Show(w.Context(), admin, account.ID)
		w.Must(err)
		if got := board.Projects; !slices.Equal(got.Whole, []int64{1, 1, 2, 2}) || !slices.Equal(got.Taken, []int64{1, 1, 2, 1}) {
			t.Errorf("ACC-13 projects over time: %v, of them in use %v", got.Whole, got.Taken)
		}
		w.Pass(24 * time.Hour)
		w.Must(w.Units.Archive(w.Context(), admin, account.ID, division.UUID, division.Version))
		board, err = w.Dashboards.Show(w.Context(), admin, account.ID)
		w.Must(err)
		if got := board.Projects; !slices.Equal(got.Taken, []int64{1, 1, 2, 1, 0}) {
			t.Errorf("ACC-13 nobody works below an archived unit: in use %v", got.Taken)
		}
	})
}
