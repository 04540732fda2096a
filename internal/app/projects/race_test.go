package projects_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/directory"
)

// atOnce does several things at the same time, and answers what each was refused with,
// in their order; a fault fails the test.
func (f firm) atOnce(acts ...func() error) []string {
	f.t.Helper()
	errs := make([]error, len(acts))
	var group sync.WaitGroup
	start := make(chan struct{})
	for i, act := range acts {
		group.Go(func() {
			<-start
			errs[i] = act()
		})
	}
	close(start)
	group.Wait()
	codes := make([]string, len(errs))
	for i, err := range errs {
		codes[i] = f.Code(err)
	}
	return codes
}

// rounds is how often a race is run.
const rounds = 6

// TestAddedAtOnce: of several who bring the same person in at the same time one makes
// the place, and the others find it; so for somebody who is new to the account.
func TestAddedAtOnce(t *testing.T) { // PROJ-2, PROJ-8
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		chief, _ := f.leader(project, "fatou.diarra@maraval.example")
		for round := range rounds {
			email := fmt.Sprintf("new.n%d@kestner.example", round)
			if round%2 == 0 {
				f.hire(email, "")
			}
			outcomes := make([]app.Outcome, 4)
			var acts []func() error
			for i := range outcomes {
				by := f.admin
				if i%2 > 0 {
					by = chief
				}
				acts = append(acts, func() error {
					verdicts, err := f.try(by, project, app.PlaceOptions{}, mail(email))
					if err == nil {
						outcomes[i] = verdicts[0].Outcome
					}
					return apptest.ErrOf(verdicts, err)
				})
			}
			codes, added := f.atOnce(acts...), 0
			for i, o := range outcomes {
				if o == app.Added {
					added++
				} else if o != app.Unchanged {
					t.Errorf("PROJ-8 round %d: %q, refused with %q", round, o, codes[i])
				}
			}
			page := f.members(project, app.ProjectMemberQuery{Search: email})
			if added != 1 || page.Found != 1 || len(page.Rows) != 1 {
				t.Errorf("PROJ-2 round %d: %d say they added, %d found in %d rows", round, added, page.Found, len(page.Rows))
			}
		}
		if n := len(f.entries(audit.PlaceAdded)); n != rounds+1 {
			t.Errorf("HIST-1 %d entries of places, want %d", n, rounds+1)
		}
	})
}

// TestLeavesWhileChanged: somebody loses the base product while others add and change
// them. In the end they are in the project whole or not at all, counted once, and can
// be brought in.
func TestLeavesWhileChanged(t *testing.T) { // PROJ-5, PROJ-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		email := "camille.aubrac@maraval.example"
		_, m := f.hire(email, "Kestner Bau", "architect")
		for range rounds {
			f.add(f.admin, project, mail(email))
			codes := f.atOnce(
				func() error {
					return f.change(f.admin, project, m, app.PlaceChange{Access: map[string]string{"plans": directory.NoAccess}, Leave: true})
				},
				func() error {
					return f.change(f.admin, project, m, app.PlaceChange{Access: map[string]string{"site": directory.AdministratorAccess}})
				},
				func() error { return apptest.ErrOf(f.try(f.admin, project, app.PlaceOptions{}, mail(email))) },
				func() error { return f.leave(f.admin, project, m) },
			)
			for _, code := range codes {
				if code != "" && code != "place.not_found" {
					t.Errorf("PROJ-5 refused with %q", code)
				}
			}
			page := f.members(project, app.ProjectMemberQuery{})
			if page.Found != int64(len(page.Rows)) || page.Project.Members != page.Found {
				t.Errorf("PROJ-2 %d found, %d counted, %d shown", page.Found, page.Project.Members, len(page.Rows))
			}
			for _, row := range page.Rows {
				if row.Access.Of("plans") != directory.MemberAccess || row.Company.Name != "Kestner Bau" {
					t.Errorf("PROJ-5 in the project with %s", said(row))
				}
			}
		}
		f.add(f.admin, project, mail(email))
		f.Must(f.leave(f.admin, project, m))
	})
}

// TestMergedWhileAssigned: a company becomes another one while people get it in a
// project; nobody keeps the double or loses both.
func TestMergedWhileAssigned(t *testing.T) { // COMP-4, PROJ-3
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		var people []directory.Member
		for i := range 3 {
			email := fmt.Sprintf("someone.n%d@maraval.example", i)
			_, m := f.hire(email, "Maraval")
			people = append(people, m)
			f.add(f.admin, project, mail(email))
		}
		for round := range rounds {
			double, late := fmt.Sprintf("Kestner %d", round), fmt.Sprintf("late.n%d@maraval.example", round)
			f.hire(fmt.Sprintf("owner.n%d@kestner.example", round), double)
			f.hire(late, "")
			picks := f.picks()
			codes := f.atOnce(
				func() error {
					_, err := f.Companies.Merge(f.Context(), f.admin, f.account.ID, app.CompanyMerging{Into: picks["Maraval"], Doubles: []app.CompanyPick{picks[double]}})
					return err
				},
				func() error { return f.change(f.admin, project, people[0], app.PlaceChange{Company: &double}) },
				func() error { return f.change(f.admin, project, people[1], app.PlaceChange{Company: &double}) },
				func() error {
					return apptest.ErrOf(f.try(f.admin, project, app.PlaceOptions{}, row{NewMember: app.NewMember{Email: late, Company: double}}))
				})
			if !slices.Equal(codes, []string{"", "", "", ""}) {
				t.Errorf("COMP-4 refused with %q", codes)
			}
			page := f.members(project, app.ProjectMemberQuery{})
			for _, row := range page.Rows {
				if row.Company.Name != "Maraval" {
					t.Errorf("COMP-4 %s works for %q", row.Person.Email, row.Company.Name)
				}
			}
			if c := page.Project.Companies; len(c) != 1 || c[0].Members != page.Found {
				t.Errorf("COMP-4 the project has the companies %+v", c)
			}
		}
	})
}

// picks are the companies of the account by name.
func (f firm) picks() map[string]app.CompanyPick {
	f.t.Helper()
	page, err := f.Companies.List(f.Context(), f.admin, f.account.ID, app.CompanyQuery{Size: 100})
	f.Must(err)
	picks := map[string]app.CompanyPick{}
	for _, c := range page.Rows {
		picks[c.Name] = app.CompanyPick{ID: c.UUID, Version: c.Version}
	}
	return picks
}

// TestLastAdministratorLeaves: the only administrator of a project leaves it while they
// bring somebody in, and makes another one administrator: whatever came first, who left
// changes nothing any more, and the account's administrator still reaches in.
func TestLastAdministratorLeaves(t *testing.T) { // PROJ-7, PROJ-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		for round := range rounds {
			project := f.create(f.admin, fmt.Sprintf("Chantier %d", round))
			chief, m := f.leader(project, fmt.Sprintf("chief.n%d@maraval.example", round))
			email := fmt.Sprintf("next.n%d@maraval.example", round)
			_, next := f.hire(email, "")
			codes := f.atOnce(
				func() error { return f.leave(chief, project, m) },
				func() error { return apptest.ErrOf(f.try(chief, project, app.PlaceOptions{}, leading(email))) })
			there := f.members(project, app.ProjectMemberQuery{})
			want := map[string]int64{"": 1, "project.not_found": 0}
			if n, known := want[codes[1]]; codes[0] != "" || !known || there.Found != n {
				t.Errorf("PROJ-7 round %d: refused with %q, %d are there", round, codes, there.Found)
			}
			f.refused("PROJ-11 who left", apptest.ErrOf(f.try(chief, project, app.PlaceOptions{}, mail(email))), "project.not_found")
			f.add(f.admin, project, leading(email))
			f.in(project, next)
		}
	})
}

// TestEditedAtOnce: of two who change, archive or restore a project over the same
// version, one is told that it is not what they saw.
func TestEditedAtOnce(t *testing.T) { // PROJ-1, PLAN-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		f := newFirm(t, w)
		project := f.create(f.admin, "Collège des Sablons")
		seen := func() int64 { return f.shown(project).Revision }
		edit := func(name string, version int64) func() error {
			return func() error {
				_, err := f.Projects.Edit(f.Context(), f.admin, f.at(project), app.ProjectChange{Version: version, Address: &name})
				return err
			}
		}
		for round := range rounds {
			v := seen()
			codes := f.atOnce(edit(fmt.Sprintf("1, rue %d", round), v), edit(fmt.Sprintf("2, rue %d", round), v))
			if slices.Sort(codes); !slices.Equal(codes, []string{"", "stale"}) {
				t.Errorf("PLAN-4 two changes: %q", codes)
			}
			v = seen()
			archive := func() error { return f.Projects.Archive(f.Context(), f.admin, f.at(project), v) }
			codes = f.atOnce(archive, archive, edit(fmt.Sprintf("3, rue %d", round), v))
			if slices.Sort(codes); !slices.Equal(codes, []string{"", "stale", "stale"}) {
				t.Errorf("PLAN-4 archived and changed: %q", codes)
			}
			if f.shown(project).Live {
				f.Must(f.Projects.Archive(f.Context(), f.admin, f.at(project), seen()))
			}
			v = seen()
			restore := func() error { return f.Projects.Restore(f.Context(), f.admin, f.at(project), v) }
			codes = f.atOnce(restore, restore)
			if slices.Sort(codes); !slices.Equal(codes, []string{"", "stale"}) {
				t.Errorf("PLAN-4 restored twice: %q", codes)
			}
		}
	})
}
