package exports_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"intendant/internal/app"
	"intendant/internal/apptest"
	"intendant/internal/audit"
	"intendant/internal/authz"
	"intendant/internal/directory"
	"intendant/internal/sheet"
)

// later is an export that nobody waits for, with the job that goes on with it.
func (h house) later(by authz.Actor, a app.ExportAsk) (directory.Export, directory.Job) {
	h.T.Helper()
	a.Wait = time.Nanosecond
	e, err := h.Exports.Begin(h.Context(), by, h.account.ID, a)
	h.Must(err)
	if e.State != directory.ExportRunning {
		h.T.Fatalf("an export that nobody waits for is %s", e.State)
	}
	return e, directory.Job{Subject: int64(e.ID)}
}

// now is an export as the operator finds it.
func (h house) now(e directory.Export) directory.Export {
	h.T.Helper()
	now, err := h.Exports.Find(h.Context(), h.Operator(), h.account.ID, e.UUID)
	h.Must(err)
	return now
}

// TestExportByWorkers has three workers write one export at the same time, and one
// again after it: its file is whole and has everybody once.
func TestExportByWorkers(t *testing.T) { // REP-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 900)
		e, job := h.later(h.admin, ask(directory.ExportCSV, app.MemberQuery{}, "email"))
		var workers sync.WaitGroup
		outcomes := make([]error, 3)
		for i := range outcomes {
			workers.Go(func() { outcomes[i] = h.Exports.RunExport(h.Context(), job) })
		}
		workers.Wait()
		h.Must(h.Exports.RunExport(h.Context(), job)) // who lost comes again, and finds it done
		rows := lines(t, h.file(h.admin, e))
		slices.SortFunc(rows, slices.Compare)
		if n := len(slices.CompactFunc(rows, slices.Equal)); h.now(e).State != directory.ExportDone || n != 902 || len(rows) != 902 {
			t.Errorf("%s with %d lines, %d of them different: %v", h.now(e).State, len(rows), n, outcomes)
		}
		h.Must(h.Exports.Purge(h.Context()))
		h.file(h.admin, e) // what other runs have left goes, the file stays
	})
}

// TestExportIsStoppedByRights takes rights away between the asking and the writing.
func TestExportIsStoppedByRights(t *testing.T) { // REP-2, HIST-4
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 3)
		second, place := w.Member(h.account, "second@maraval.example")
		level := func(codes ...string) {
			h.Must(apptest.ErrOf(h.Members.EditMembers(h.Context(), w.Operator(), h.account.ID, app.Of(place.UUID), app.MemberChange{Levels: apptest.Levels(codes...)})))
		}
		level("administrator")
		lost, first := h.later(second, ask(directory.ExportCSV, app.MemberQuery{}))
		gone, then := h.later(second, ask(directory.ExportXLSX, app.MemberQuery{}))
		level()
		h.Must(h.Exports.RunExport(h.Context(), first))
		if now := h.now(lost); now.State != directory.ExportStopped || now.Stopped == nil || now.Stopped.Code != "denied.permission" {
			t.Errorf("without the right it is %s: %v", now.State, now.Stopped)
		}
		h.Must(apptest.ErrOf(h.Members.Remove(h.Context(), h.admin, h.account.ID, app.Of(place.UUID))))
		h.Must(h.Exports.RunExport(h.Context(), then))
		if now := h.now(gone); now.State != directory.ExportStopped || now.Stopped == nil || now.Stopped.Code != "export.asker_gone" {
			t.Errorf("of somebody who is gone it is %s: %v", now.State, now.Stopped)
		}
		if _, err := h.Exports.Download(h.Context(), w.Operator(), h.account.ID, gone.UUID); w.Code(err) != "export.no_file" {
			t.Errorf("its file is %q", w.Code(err))
		}
	})
}

// TestExportAtUnits exports as who may at a part of the tree only: who is in sight
// there, and no file after the sight was lost.
func TestExportAtUnits(t *testing.T) { // REP-2, UNIT-5
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 0)
		list, err := h.Units.List(h.Context(), h.admin, h.account.ID, app.UnitQuery{})
		h.Must(err)
		root, err := h.Units.Unit(h.Context(), h.admin, h.account.ID, list.Root.UUID, app.UnitView{})
		h.Must(err)
		var units []directory.Unit
		for _, name := range []string{"Nord", "Sud"} {
			unit, err := h.Units.Add(h.Context(), h.admin, h.account.ID, app.NewUnit{Level: root.Levels[0].ID, Name: name})
			h.Must(err)
			units = append(units, unit)
			for i := range 3 {
				h.Must(apptest.ErrOf(h.Members.Add(h.Context(), h.admin, h.account.ID, []app.NewMember{{Row: 1, Email: fmt.Sprintf("%s%d@maraval.example", name, i),
					Home: unit.UUID}}, app.AddOptions{Silent: true})))
			}
		}
		role, err := h.Roles.Create(h.Context(), h.admin, h.account.ID, app.NewRole{Kind: directory.RightsRole,
			Names: map[string]string{directory.EveryLanguage: "Exporteur"}, Permissions: []string{"members.view", "export.run"}})
		h.Must(err)
		leader, place := w.Member(h.account, "cheffe@maraval.example")
		give := func(give func(app.Giving) error, unit directory.Unit) {
			h.Must(give(app.Giving{Who: app.Of(place.UUID), Role: role.UUID, Units: []string{unit.UUID}}))
		}
		given := func(g app.Giving) error { _, err := h.Grants.Give(h.Context(), h.admin, h.account.ID, g); return err }
		ended := func(g app.Giving) error { _, err := h.Grants.End(h.Context(), h.admin, h.account.ID, g); return err }
		give(given, units[0])
		e, err := h.Exports.Begin(h.Context(), leader, h.account.ID, ask(directory.ExportCSV, app.MemberQuery{}, "email"))
		h.Must(err)
		if got := lines(t, h.file(leader, e)); len(got) != 4 || got[1][0] != "Nord0@maraval.example" && got[1][0] != "nord0@maraval.example" {
			t.Errorf("of Nord: %q", got)
		}
		if _, err := h.Exports.Begin(h.Context(), leader, h.account.ID, app.ExportAsk{Kind: directory.ExportHistory, Format: directory.ExportCSV}); w.Code(err) != "denied.permission" {
			t.Errorf("the history is exported with %q", w.Code(err))
		}
		give(given, units[1])
		h.file(leader, e) // more is in sight than was: the file stays open
		give(ended, units[0])
		if _, err := h.Exports.Download(h.Context(), leader, h.account.ID, e.UUID); w.Code(err) != "export.reach_lost" {
			t.Errorf("what is out of sight is downloaded with %q", w.Code(err))
		}
		if found, err := h.Exports.Recent(h.Context(), leader, h.account.ID); err != nil || len(found) != 1 {
			t.Errorf("%d are listed to who asked for one, %v", len(found), err)
		}
	})
}

// TestExportOfAProject exports the members of a project as its page lists them, for its
// administrator, and for nobody who does not see it (PROJ-11).
func TestExportOfAProject(t *testing.T) { // REP-2, PROJ-11
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := house{World: w, account: w.AccountOf("204 817", "construction")}
		h.admin = w.Administrator(h.account, "helene.castaing@maraval.example")
		name := "Collège des Sablons"
		made, _, err := h.Projects.Create(h.Context(), h.admin, h.account.ID, app.NewProject{Change: app.ProjectChange{Name: &name}})
		h.Must(err)
		at := app.ProjectAt{Account: h.account.ID, Project: made.UUID}
		for i, function := range []string{"site-manager", "architect", "architect"} {
			row := app.NewPlace{NewMember: app.NewMember{Row: 1, Email: fmt.Sprintf("p%d@maraval.example", i), Last: fmt.Sprintf("Nom %d", i), Functions: []string{function}, Company: fmt.Sprintf("Maraval %d", i)}}
			verdicts, err := h.Projects.Add(h.Context(), h.admin, at, []app.NewPlace{row}, app.PlaceOptions{})
			h.Must(apptest.ErrOf(verdicts, err))
		}
		of := func(q app.ProjectMemberQuery, columns ...string) app.ExportAsk {
			return app.ExportAsk{Kind: directory.ExportProjectMembers, Format: directory.ExportCSV, Query: app.ExportedProject{Project: made.UUID, MemberQuery: q},
				Columns: columns, Language: "fr"}
		}
		for sort, want := range map[string]string{"email": "p2 p1", "company": "p2 p1", "name": "p2 p1", "level": "p2 p1"} {
			got := lines(t, h.whole(of(app.ProjectMemberQuery{Functions: []string{"architect"}, Sort: sort, Descending: true}, "email", "company")))
			if len(got) != 3 || got[0][1] != "Société" || got[1][0][:2]+" "+got[2][0][:2] != want {
				t.Errorf("by %s: %q", sort, got)
			}
		}
		if all := lines(t, h.whole(of(app.ProjectMemberQuery{}))); len(all) != 4 || len(all[0]) != 9 {
			t.Errorf("%q", all)
		}
		outside, _ := w.Member(h.account, "dehors@maraval.example")
		if _, err := h.Exports.Begin(h.Context(), outside, h.account.ID, of(app.ProjectMemberQuery{})); w.Code(err) != "project.not_found" {
			t.Errorf("who does not see the project is refused with %q", w.Code(err))
		}
		inside := w.Actor("p0@maraval.example")
		if _, err := h.Exports.Begin(h.Context(), inside, h.account.ID, of(app.ProjectMemberQuery{})); err == nil {
			t.Error("who works there without the right exports it")
		}
		page, err := h.History.List(h.Context(), h.admin, h.account.ID, app.HistoryFilter{Kinds: []audit.Kind{audit.ExportRun}, Unit: made.ID}, app.Window{})
		h.Must(err)
		if page.Total != 5 {
			t.Errorf("HIST-4 %d entries stand at the project, want 5", page.Total)
		}
	})
}

// TestExportsAtATime bounds how many of one asker run.
func TestExportsAtATime(t *testing.T) { // REP-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 1)
		var last directory.Export
		for range 5 {
			last, _ = h.later(h.admin, ask(directory.ExportCSV, app.MemberQuery{}))
		}
		_, err := h.Exports.Begin(h.Context(), h.admin, h.account.ID, ask(directory.ExportCSV, app.MemberQuery{}))
		if w.Code(err) != "export.too_many" {
			t.Errorf("a sixth is refused with %q", w.Code(err))
		}
		h.Must(h.Exports.Stop(h.Context(), h.admin, h.account.ID, last.UUID))
		if err := h.Exports.Stop(h.Context(), h.admin, h.account.ID, last.UUID); w.Code(err) != "export.ended" {
			t.Errorf("stopped again it answers %q", w.Code(err))
		}
		h.whole(ask(directory.ExportCSV, app.MemberQuery{}))
		jobs, err := h.Jobs.Next(h.Context(), 100)
		h.Must(err)
		due := 0
		for _, job := range jobs {
			if job.Kind == app.JobExport {
				due++
				if err := h.Exports.RunExport(h.Context(), job); err != nil {
					t.Error(err)
				}
			}
		}
		if due != 5 {
			t.Errorf("%d jobs are due, want 5", due)
		}
	})
}

// TestExportTriesEnd gives a worker its last try, with words that cannot be written.
func TestExportTriesEnd(t *testing.T) { // REP-2
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 1)
		a := ask(directory.ExportCSV, app.MemberQuery{})
		a.Zone = time.FixedZone("Nowhere/At/All", 0)
		e, job := h.later(h.admin, a)
		if err := h.Exports.RunExport(h.Context(), job); err == nil || h.now(e).State != directory.ExportRunning {
			t.Errorf("a first try ended %s, %v", h.now(e).State, err)
		}
		job.Tries = directory.JobTries - 1
		if err := h.Exports.RunExport(h.Context(), job); err == nil || h.now(e).State != directory.ExportFailed {
			t.Errorf("the last try ended %s, %v", h.now(e).State, err)
		}
		var refusal *directory.Error
		if err := h.Exports.RunExport(h.Context(), job); err != nil || errors.As(err, &refusal) {
			t.Errorf("after it: %v", err)
		}
	})
}

// TestLargeExport writes files of several pieces: a worker has them at once, their
// parts make a whole, and one that is stopped meanwhile is left alone.
func TestLargeExport(t *testing.T) { // REP-2, NODE-7
	const many = 30_000
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		h := newHouse(w, 0)
		w.Crowd(h.account, many)
		var columns []string
		for _, c := range h.Exports.Columns(directory.ExportMembers) {
			columns = append(columns, c.ID)
		}
		for _, format := range directory.ExportFormats() {
			e := h.begin(ask(format, app.MemberQuery{Sort: "email"}, columns...))
			if e.State != directory.ExportRunning || e.Total != many+1 {
				t.Fatalf("of %d rows it is %s at once", e.Total, e.State)
			}
			h.Must(h.Exports.RunExport(h.Context(), directory.Job{Subject: int64(e.ID)}))
			file, now := h.file(h.admin, e), h.now(e)
			if now.Parts < 2 || now.Done != many+1 {
				t.Errorf("%s: %d parts, %d rows", format, now.Parts, now.Done)
			}
			if format == directory.ExportCSV {
				rows := lines(t, file)
				email := slices.Index(rows[0], "E-mail")
				seen := map[string]bool{}
				for i, row := range rows[1:] {
					if seen[row[email]] = true; i > 0 && rows[i][email] > row[email] {
						t.Fatalf("%q stands after %q", row[email], rows[i][email])
					}
				}
				if len(seen) != many+1 {
					t.Errorf("%d people of %d", len(seen), many+1)
				}
				continue
			}
			r, err := sheet.Open("x.xlsx", bytes.NewReader(file), int64(len(file)), sheet.Options{})
			h.Must(err)
			n := 0
			for ; err == nil; n++ {
				_, err = r.Next()
			}
			if n != many+2 {
				t.Errorf("a workbook of %d rows: %v", n-1, err)
			}
		}
		e := h.begin(ask(directory.ExportCSV, app.MemberQuery{}, columns...))
		ended := make(chan error, 1)
		go func() { ended <- h.Exports.RunExport(h.Context(), directory.Job{Subject: int64(e.ID)}) }()
		for h.now(e).Done == 0 {
			time.Sleep(time.Millisecond)
		}
		h.Must(h.Exports.Stop(h.Context(), h.admin, h.account.ID, e.UUID))
		if err := <-ended; err != nil || h.now(e).State != directory.ExportStopped {
			t.Errorf("a worker of an export that was stopped ends with %v, and it is %s", err, h.now(e).State)
		}
		h.Must(h.Exports.Purge(h.Context()))
	})
}
