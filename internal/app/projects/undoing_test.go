package projects_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/app/projects"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
)

// backed takes entries back, and says in short what came of them: the outcome, what is
// left, why it was refused.
func (f firm) backed(by authz.Actor, entries []audit.Entry) string {
	f.t.Helper()
	return f.TakenBack(projects.Opposites(f.Projects), by, entries...)
}

// act are the entries about projects that something leaves, newest first.
func (f firm) act(do func()) []audit.Entry {
	return slices.DeleteFunc(f.Written(f.account.ID, do), func(e audit.Entry) bool { return e.Kind.Group() != "project" })
}

func TestProjectsTakenBack(t *testing.T) { // PLAN-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		want := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("PLAN-2 %s: %q, want %q", what, got, want)
			}
		}
		kind, err := f.Library.CreateType(f.Context(), f.admin, f.account.ID, "École")
		f.Must(err)
		other, err := f.Library.CreateType(f.Context(), f.admin, f.account.ID, "Pont")
		f.Must(err)
		id := f.create(f.admin, "Collège des Sablons")
		facts := func() directory.Project {
			p := f.shown(id).Project
			p.Version, p.Revision = 0, 0
			return p
		}
		day := func(d int) *directory.Day { return &directory.Day{Year: 2026, Month: time.March, Day: d} }
		before := app.ProjectChange{Number: text("AB 12"), Type: &kind.UUID, Address: text("3, rue du Port"), TimeZone: text("Indian/Reunion"),
			Starts: day(2), Ends: day(9), Products: &[]string{"plans", "site"}, External: text("P1")}
		f.Must(f.edit(f.admin, id, before))
		old := facts()
		all := app.ProjectChange{Name: text("Collège des Pins"), Number: text("X"), Type: &other.UUID, Address: text("Ailleurs"), TimeZone: text("Europe/Paris"),
			Starts: day(12), Ends: day(19), Products: &[]string{"plans"}, External: text("P2")}
		t.Run("PLAN-2 every field comes back", func(t *testing.T) {
			edited := f.act(func() { f.Must(f.edit(f.admin, id, all)) })
			want("all", f.backed(f.admin, edited), "changed")
			if now := facts(); !reflect.DeepEqual(now, old) {
				t.Errorf("PLAN-2 the project is %+v, want %+v", now, old)
			}
			want("again", f.backed(f.admin, edited), "unchanged")
		})
		for _, test := range []struct {
			field string
			since app.ProjectChange
			keep  func(into *directory.Project, now directory.Project)
		}{
			{"name", app.ProjectChange{Name: text("Lycée")}, func(p *directory.Project, n directory.Project) { p.Name = n.Name }},
			{"external_id", app.ProjectChange{External: text("P3")}, func(p *directory.Project, n directory.Project) { p.External = n.External }},
			{"number", app.ProjectChange{Number: text("Y")}, func(p *directory.Project, n directory.Project) { p.Number = n.Number }},
			{"project_address", app.ProjectChange{Address: text("Loin")}, func(p *directory.Project, n directory.Project) { p.Address = n.Address }},
			{"time_zone", app.ProjectChange{TimeZone: text("Europe/Lisbon")}, func(p *directory.Project, n directory.Project) { p.TimeZone = n.TimeZone }},
			{"project_starts", app.ProjectChange{Starts: day(1)}, func(p *directory.Project, n directory.Project) { p.Starts = n.Starts }},
			{"project_ends", app.ProjectChange{Ends: day(29)}, func(p *directory.Project, n directory.Project) { p.Ends = n.Ends }},
			{"project_type", app.ProjectChange{Type: text("")}, func(p *directory.Project, n directory.Project) { p.Type = n.Type }},
			{"products", app.ProjectChange{Products: &[]string{"plans", "budget"}}, func(p *directory.Project, n directory.Project) { p.Products = n.Products }},
		} {
			t.Run(fmt.Sprintf("PLAN-2 %s changed since is left, the rest comes back", test.field), func(t *testing.T) {
				edited := f.act(func() { f.Must(f.edit(f.admin, id, all)) })
				since := f.act(func() { f.Must(f.edit(f.admin, id, test.since)) })
				wanted := old
				test.keep(&wanted, facts())
				want(test.field, f.backed(f.admin, edited), "changed "+test.field)
				if now := facts(); !reflect.DeepEqual(now, wanted) {
					t.Errorf("PLAN-2 the project is %+v, want %+v", now, wanted)
				}
				want("what is left alone", f.backed(f.admin, edited), "refused "+test.field+" undo.changed_since")
				want("both, netted", f.backed(f.admin, append(since, edited...)), "changed")
				if now := facts(); !reflect.DeepEqual(now, old) {
					t.Errorf("PLAN-2 both taken back, the project is %+v, want %+v", now, old)
				}
			})
		}
		f.takenBackStates(want, id)
		f.takenBackRefused(want, id, other)
	})
}

// takenBackStates holds archiving, restoring and creating against their opposites.
func (f firm) takenBackStates(want func(what, got, want string), id string) {
	f.t.Helper()
	archived := f.act(func() { f.Must(f.Projects.Archive(f.Context(), f.admin, f.at(id), f.shown(id).Revision)) })
	back := f.act(func() { want("archived", f.backed(f.admin, archived), "changed") })
	if !f.shown(id).Live {
		f.t.Error("PLAN-2 the project is archived still")
	}
	want("again", f.backed(f.admin, archived), "unchanged")
	want("undo of undo", f.backed(f.admin, back), "changed")
	renamed := f.act(func() {
		want("restored", f.backed(f.admin, archived), "changed")
		f.Must(f.edit(f.admin, id, app.ProjectChange{Name: text("Gare")}))
	})
	f.Must(f.Projects.Archive(f.Context(), f.admin, f.at(id), f.shown(id).Revision))
	want("what is archived is not renamed", f.backed(f.admin, renamed[:1]), "refused name project.archived")

	var made string
	created := f.act(func() { made = f.create(f.admin, "Pont de Rezé") })
	want("created", f.backed(f.admin, created), "changed")
	if f.shown(made).Live {
		f.t.Error("PLAN-2 the project that was created is in use still")
	}
	want("again", f.backed(f.admin, created), "unchanged")
	created = f.act(func() { made = f.create(f.admin, "Pont de Cheviré") })
	f.Pass(time.Minute)
	chief, _ := f.leader(made, "fatou.diarra@maraval.example")
	want("somebody came since", f.backed(f.admin, created), "refused state undo.changed_since")
	mine := f.act(func() { f.Must(f.edit(chief, made, app.ProjectChange{Number: text("77")})) })
	want("its own administrator may", f.backed(chief, mine), "changed")
	want("nobody else's", f.backed(chief, archived), "refused project.not_found")
}

// takenBackRefused holds what cannot be as it was against what is named and left.
func (f firm) takenBackRefused(want func(what, got, want string), id string, kind directory.ProjectType) {
	f.t.Helper()
	f.Must(f.Projects.Restore(f.Context(), f.admin, f.at(id), f.shown(id).Revision))
	f.Must(f.edit(f.admin, id, app.ProjectChange{Number: text("N 1"), Type: &kind.UUID, Address: text("Quai")}))
	edited := f.act(func() {
		f.Must(f.edit(f.admin, id, app.ProjectChange{Number: text("N 2"), Type: text(""), Address: text("Rue")}))
	})
	f.Must(f.edit(f.admin, f.create(f.admin, "Musée"), app.ProjectChange{Number: text("n1")}))
	_, err := f.Library.ArchiveType(f.Context(), f.admin, f.account.ID, kind.UUID)
	f.Must(err)
	want("a number taken and a type archived since", f.backed(f.admin, edited), "changed number project_type")
	if f.shown(id).Address != "Quai" {
		f.t.Error("PLAN-2 the rest did not come back")
	}
	want("nothing else is left", f.backed(f.admin, edited), "refused number project_type project.number_taken")
	stranger := f.Person("passant@exemple.example")
	want("a stranger", f.backed(stranger, edited), "refused account.not_found")
	there := firmOf(f.t, f.World, "204 818", "anne.roy@autre.example")
	foreign := slices.Clone(edited)
	foreign[0].Account = there.account.ID
	want("another account's", there.backed(there.admin, foreign), "refused project.not_found")
}
